"""PyTorch code of a network: nn.Sequential, and small modules of its own for what torch has not in this form."""

from engine.exports.exported_run import ExportedRun
from engine.exports.programs.program import Line, lines
from engine.nn.network import Stage
from engine.spec.choices import ActivationName, LossName
from engine.spec.spec import Spec


def activations(spec: Spec) -> dict[ActivationName, str]:
    return {
        "linear": "",
        "step": "Step()",
        "sigmoid": "nn.Sigmoid()",
        "tanh": "nn.Tanh()",
        "relu": "nn.ReLU()",
        "leaky_relu": f"nn.LeakyReLU({spec.leaky_slope})",
        "elu": "nn.ELU()" if spec.elu_alpha == 1 else f"nn.ELU({spec.elu_alpha})",
        "softplus": "nn.Softplus()",
        "silu": "nn.SiLU()",
        "gelu": "nn.GELU()",
    }


def loss_function(spec: Spec) -> str:
    names: dict[LossName, str] = {
        "mse": "MSELoss",
        "mae": "L1Loss",
        "huber": "HuberLoss",
        "bce": "BCEWithLogitsLoss",
        "cross_entropy": "CrossEntropyLoss",
    }
    settings = ['reduction="sum"'] if spec.reduction == "sum" else []
    if spec.loss == "huber" and spec.huber_delta != 1:
        settings.append(f"delta={spec.huber_delta}")
    return f"nn.{names[spec.loss]}({', '.join(settings)})"


STEP = """
class Step(nn.Module):
    \"\"\"1 where z > 0, else 0; its derivative is 0.\"\"\"

    def forward(self, z):
        return torch.sign(torch.relu(z))
"""

DROPOUT = """
class Dropout(nn.Module):
    \"\"\"As nn.Dropout, with the masks of the run on the page.\"\"\"

    def __init__(self, p, layer):
        super().__init__()
        self.p, self.layer = p, layer

    def forward(self, h):
        if not self.training:
            return h
        return h * torch.from_numpy(keep_mask(step, self.layer, *h.shape, self.p)) / (1 - self.p)
"""

RESIDUAL = """
class Residual(nn.Sequential):
    \"\"\"Adds its input to its output.\"\"\"

    def forward(self, x):
        return super().forward(x) + x
"""

NORM = """
class BatchNorm(nn.BatchNorm1d):
    \"\"\"A batch of one sample has no spread: it is normalised as in inference.\"\"\"

    def forward(self, z):
        if len(z) > 1 or not self.training:
            return super().forward(z)
        return nn.functional.batch_norm(z, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)
"""


def module_classes(run: ExportedRun) -> list[list[Line]]:
    stages = run.network.stages
    needed = {
        STEP: "step" in run.network.activations,
        DROPOUT: any(stage.dropout for stage in stages),
        RESIDUAL: any(stage.residual for stage in stages),
        NORM: run.has_batch_of_one and any(stage.batch_norm for stage in stages),
    }
    return [lines(code) for code, used in needed.items() if used]


def network_code(run: ExportedRun) -> list[Line]:
    code = [Line("net = nn.Sequential(")]
    for number, stage in enumerate(run.network.stages):
        modules = ", ".join(_modules(run, number, stage))
        text = f"Residual({modules})" if stage.residual else modules
        code.append(Line(f"    {text},", f"forward-{number}"))
    return [*code, Line(")")]


def _modules(run: ExportedRun, number: int, stage: Stage) -> list[str]:
    spec = run.spec
    bias = "" if spec.biases else ", bias=False"
    norm = f"{'BatchNorm' if run.has_batch_of_one else 'nn.BatchNorm1d'}({stage.outputs}{_norm_settings(spec)})"
    return [
        f"nn.Linear({stage.inputs}, {stage.outputs}{bias})",
        *([norm] if stage.batch_norm else []),
        *([activation] if (activation := activations(spec)[stage.activation]) else []),
        *([f"Dropout({stage.dropout}, layer={number})"] if stage.dropout else []),
    ]


def _norm_settings(spec: Spec) -> str:
    eps = "" if spec.norm_epsilon == 1e-5 else f", eps={spec.norm_epsilon}"
    return eps + ("" if spec.norm_momentum == 0.1 else f", momentum={spec.norm_momentum}")


def norm_biases(run: ExportedRun) -> list[Line]:
    """After backward: a bias below a norm has no effect, and its gradient is rounding that Adam would make steps of."""
    below = [i for i, stage in enumerate(run.network.stages) if stage.batch_norm] if run.spec.biases else []
    if not below:
        return []
    code = [
        f"for linear in [{', '.join(f'linears[{i}]' for i in below)}]:  # the norm takes this bias off again",
        "    linear.bias.grad.zero_()",
    ]
    if run.has_batch_of_one:
        code = ["if len(x) > 1:", *(f"    {line}" for line in code)]
    return lines("\n".join(code), "backward")
