"""NumPy code of exactly one network: forward, loss and backward, a line for each thing that this network has."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.exports.exported_run import ExportedRun
from engine.exports.programs.data_code import Names
from engine.exports.programs.program import Line, lines
from engine.nn.network import Stage
from engine.spec.choices import ActivationName, LossName
from engine.spec.spec import Spec


@dataclass(frozen=True)
class ActivationCode:
    value: str
    """From {z}"""
    slope: str
    """The gradient {d} of its output times its slope, from {z} and its output {a}"""


def activations(spec: Spec) -> dict[ActivationName, ActivationCode]:
    leaky, alpha = spec.leaky_slope, "" if spec.elu_alpha == 1 else f"{spec.elu_alpha} * "
    return {
        "linear": ActivationCode("{z}", "{d}"),
        "step": ActivationCode("({z} > 0).astype(np.float32)", "np.zeros_like({d})"),
        "sigmoid": ActivationCode("sigmoid({z})", "{d} * {a} * (1 - {a})"),
        "tanh": ActivationCode("np.tanh({z})", "{d} * (1 - {a}**2)"),
        "relu": ActivationCode("np.maximum({z}, 0)", "{d} * ({z} > 0)"),
        "leaky_relu": ActivationCode(
            f"np.where({{z}} > 0, {{z}}, {leaky} * {{z}})", f"np.where({{z}} > 0, {{d}}, {leaky} * {{d}})"
        ),
        "elu": ActivationCode(
            f"np.where({{z}} > 0, {{z}}, {alpha}np.expm1(np.minimum({{z}}, 0)))",
            f"{{d}} * np.where({{z}} > 0, np.ones_like({{z}}), {alpha}np.exp(np.minimum({{z}}, 0)))",
        ),
        "softplus": ActivationCode("np.logaddexp({z}, 0)", "{d} * sigmoid({z})"),
        "silu": ActivationCode("{z} * sigmoid({z})", "{d} * (sigmoid({z}) + {a} * (1 - sigmoid({z})))"),
        "gelu": ActivationCode("{z} * normal_cdf({z})", "{d} * (normal_cdf({z}) + {z} * normal_density({z}))"),
    }  # fmt: skip


SIGMOID = """
def sigmoid(z):
    \"\"\"1 / (1 + exp(-z)), without overflow.\"\"\"
    return np.exp(-np.logaddexp(0, -z))
"""

NORMAL = """
def normal_cdf(z):
    \"\"\"The share of a normal distribution below z.\"\"\"
    return np.vectorize(math.erfc, otypes=[np.float32])(z * -math.sqrt(0.5)) / 2


def normal_density(z):
    return np.exp(-np.square(np.clip(z, -40, 40)) / 2) / math.sqrt(2 * math.pi)
"""

LOG_SOFTMAX = """
def log_softmax(o):
    \"\"\"o - log(sum(exp(o))) of each row; the largest is taken off first, so that nothing overflows.\"\"\"
    o = o - o.max(axis=1, keepdims=True)
    return o - np.log(np.exp(o).sum(axis=1, keepdims=True))
"""


HUBER = """
def huber(e):
    \"\"\"e**2 / 2, and a straight line beyond {delta}.\"\"\"
    inner = np.minimum(np.abs(e), {delta})
    return inner * (np.abs(e) - inner / 2)
"""


@dataclass(frozen=True)
class LossCode:
    terms: str
    """From outputs {o} and targets {y}"""
    slope: str
    per_sample: bool = False


def losses(spec: Spec) -> dict[LossName, LossCode]:
    delta = spec.huber_delta
    return {
        "mse": LossCode("({o} - {y}) ** 2", "2 * ({o} - {y})"),
        "mae": LossCode("np.abs({o} - {y})", "np.sign({o} - {y})"),
        "huber": LossCode(
            "huber({o} - {y})", f"np.clip({{o}} - {{y}}, -{delta}, {delta})"
        ),
        "bce": LossCode("np.logaddexp({o}, 0) - {o} * {y}", "(sigmoid({o}) - {y})"),
        "cross_entropy": LossCode("-{y} * log_softmax({o})", "(np.exp(log_softmax({o})) - {y})", per_sample=True),
    }  # fmt: skip


def loss_value(spec: Spec, outputs: str, targets: str) -> str:
    code = losses(spec)[spec.loss]
    terms = code.terms.format(o=outputs, y=targets)
    if spec.reduction == "sum":
        return f"np.sum({terms})"
    return f"np.sum({terms}) / len({targets})" if code.per_sample else f"np.mean({terms})"


def loss_slope(spec: Spec, outputs: str, targets: str) -> str:
    code = losses(spec)[spec.loss]
    slope = code.slope.format(o=outputs, y=targets)
    if spec.reduction == "sum":
        return slope
    return f"{slope} / len({targets})" if code.per_sample else f"{slope} / {targets}.size"


def functions(run: ExportedRun) -> list[list[Line]]:
    """Those that activations and loss call, as sections."""
    spec = run.spec
    names = set(run.network.activations)
    slope_of_bce = spec.loss == "bce" and spec.optimizer != "evolution"
    needed = {
        SIGMOID: bool(names & {"sigmoid", "softplus", "silu"}) or slope_of_bce,
        NORMAL: "gelu" in names,
        HUBER.format(delta=spec.huber_delta): spec.loss == "huber",
        LOG_SOFTMAX: spec.loss == "cross_entropy",
    }
    return [lines(code) for code, used in needed.items() if used]


@dataclass(frozen=True)
class LayerCode:
    """The names of what one layer computes, and the lines that do."""

    run: ExportedRun
    number: int

    @property
    def stage(self) -> Stage:
        return self.run.network.stages[self.number]

    @property
    def activation(self) -> ActivationCode:
        return activations(self.run.spec)[self.stage.activation]

    @property
    def is_linear(self) -> bool:
        return self.stage.activation == "linear"

    @property
    def below(self) -> str:
        return f"a{self.number - 1}" if self.number else Names.of(self.run).batch[0]

    @property
    def h(self) -> str:
        """Output of the activation."""
        return f"h{self.number}" if self.stage.dropout or self.stage.residual else f"a{self.number}"

    @property
    def n(self) -> str:
        """Input of the activation; its output where that changes nothing."""
        if self.is_linear:
            return self.h
        return f"n{self.number}" if self.stage.batch_norm else f"z{self.number}"

    @property
    def z(self) -> str:
        return f"z{self.number}" if self.stage.batch_norm else self.n

    @property
    def gradient(self) -> str:
        """Of its output; of its weighted sum where that is the same."""
        same = self.is_linear and not self.stage.dropout and not self.stage.batch_norm
        return f"d_z{self.number}" if same else f"d_a{self.number}"

    def weighted_sum(self, below: str) -> str:
        bias = f" + b{self.number}" if self.run.spec.biases else ""
        return f"{below} @ w{self.number}.T{bias}"

    def forward(self) -> Iterator[str]:
        """In training."""
        i, stage, spec = self.number, self.stage, self.run.spec
        yield f"{self.z} = {self.weighted_sum(self.below)}"
        if stage.batch_norm:
            own = f"{self.z}.mean(axis=0), {self.z}.var(axis=0)"
            if self.run.has_batch_of_one:  # it has no spread
                own = f"({own}) if len({self.below}) > 1 else (mean{i}, var{i})"
            yield f"mu{i}, v{i} = {own}"
            yield f"std{i} = np.sqrt(v{i} + {spec.norm_epsilon})"
            yield f"x_hat{i} = ({self.z} - mu{i}) / std{i}"
            yield f"{self.n} = gamma{i} * x_hat{i} + beta{i}"
        if not self.is_linear:
            yield f"{self.h} = {self.activation.value.format(z=self.n)}"
        kept = self.h
        if stage.dropout:
            mask = f"keep_mask(step, {i}, *{self.h}.shape, {stage.dropout}).astype(np.float32)"
            yield f"mask{i} = {mask} / {1 - stage.dropout}"
            kept = f"{self.h} * mask{i}"
        if kept != f"a{i}":
            yield f"a{i} = {kept}{f' + {self.below}' if stage.residual else ''}"

    def infer(self, below: str) -> Iterator[str]:
        """Without names for what lies between; below: the input, and the name of the output."""
        i, stage = self.number, self.stage
        z = self.weighted_sum(below)
        if stage.batch_norm:
            z = f"gamma{i} * ({z} - mean{i}) / np.sqrt(var{i} + {self.run.spec.norm_epsilon}) + beta{i}"
        value = self.activation.value
        if value.count("{z}") > 1 or (stage.residual and not self.is_linear):
            yield f"z = {z}"
            z = "z"
        yield f"a = {value.format(z=z)}{f' + {below}' if stage.residual else ''}"

    def backward(self) -> Iterator[str]:
        """From the gradient of its output."""
        i, stage = self.number, self.stage
        d = self.gradient
        if stage.dropout:
            yield f"d_h{i} = {d} * mask{i}"
            d = f"d_h{i}"
        d_n = f"d_n{i}" if stage.batch_norm else f"d_z{i}"
        if d_n != d:
            yield f"{d_n} = {self.activation.slope.format(d=d, z=self.n, a=self.h)}"
        if stage.batch_norm:
            yield f"d_gamma{i}, d_beta{i} = ({d_n} * x_hat{i}).sum(axis=0), {d_n}.sum(axis=0)"
            yield f"d_x_hat{i} = {d_n} * gamma{i}"
            whole = f"d_x_hat{i} - d_x_hat{i}.mean(axis=0) - x_hat{i} * (d_x_hat{i} * x_hat{i}).mean(axis=0)"
            if self.run.has_batch_of_one:
                yield f"if len({self.below}) > 1:  # each z also moves the mean and the spread of all"
                yield f"    d_x_hat{i} = {whole}"
                yield f"d_z{i} = d_x_hat{i} / std{i}"
            else:
                yield f"d_z{i} = ({whole}) / std{i}"
        weight, bias = f"d_z{i}.T @ {self.below}", f"d_z{i}.sum(axis=0)"
        if not self.run.spec.biases:
            yield f"d_w{i} = {weight}"
        elif not stage.batch_norm:
            yield f"d_w{i}, d_b{i} = {weight}, {bias}"
        else:
            one = f" if len({self.below}) > 1 else {bias}" if self.run.has_batch_of_one else ""
            yield f"d_w{i}, d_b{i} = {weight}, np.zeros_like(b{i}){one}  # the norm takes b{i} off again"
        if i:
            below = LayerCode(self.run, i - 1).gradient
            yield f"{below} = d_z{i} @ w{i}{f' + {self.gradient}' if stage.residual else ''}"


def layers_of(run: ExportedRun) -> list[LayerCode]:
    return [LayerCode(run, number) for number in range(run.network.layers)]


def parameter_names(run: ExportedRun) -> list[str]:
    """In the order of the flat vector."""
    short = {"layers.weight": "w", "layers.bias": "b", "norms.weight": "gamma", "norms.bias": "beta"}
    parts = [name.split(".") for name in run.network.names]
    return [f"{short[f'{kind}.{part}']}{number}" for kind, number, part in parts]


def buffer_names(run: ExportedRun) -> list[str]:
    return [f"{name}{i}" for i, stage in enumerate(run.network.stages) if stage.batch_norm for name in ("mean", "var")]
