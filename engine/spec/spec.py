"""Spec: one whole experiment as one frozen value.

Every bound of an experiment lives here, in a type. The page's controls, the answers to a refused command and the
engine itself all read the same bounds. A Spec holds no arrays and does nothing: `engine.training.trainer` runs it.
The names a person may pick from are in `engine.spec.choices`; which of them go together is checked below, as a Fault.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Self

from annotated_types import Ge, Gt, Le, Len
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator

from engine.fault import Fault
from engine.spec.choices import (
    CLASS_LOSSES,
    FEATURES,
    KINDS,
    LOGIT_LOSSES,
    ActivationName,
    ClipName,
    DatasetName,
    FeatureName,
    FunctionName,
    InitializerName,
    Kind,
    LossName,
    OptimizerName,
    ReductionName,
    ScheduleName,
)
from engine.spec.cost import MOST_MULTIPLICATIONS, step_cost
from engine.spec.own_points import MOST_OWN_POINTS, OwnName, OwnPoint, OwnUnit

DIVERGENCE = 1e12
"""A batch loss, a gradient, a new parameter, or a mean or deviation of batch norm beyond this size, or not a number,
ends the run: float32 overflows at 3.4e38, and the squares of gradients, which Adam keeps, must still fit."""

MOST_LAYERS = 8
"""Hidden ones: as many columns as a screen has room for."""

WIDEST_LAYER = 1024
"""Neurons: more than a picture of MNIST has pixels."""

MOST_SAMPLES = 70_000
"""As many as MNIST has."""

MOST_INPUTS = 1000
"""Inputs of a network: MNIST has 784."""

MOST_DATA = 55_000_000
"""Numbers, samples times inputs: all of MNIST, 220 MB as float32."""

MOST_CLASSES = 8
"""Of points: as many colours as can be told apart."""

MOST_PARAMETERS = 300_000
"""Of a network: above 784-256-128-10 (235,146) and 10-64-256-784; a larger one is too slow to watch."""

LARGEST_VALUE = 1e6
"""Of a parameter or an input that is given by hand: what is larger overflows float32 within few layers."""

MOST_PLANE_SAMPLES = 5000
"""Of the plane, where every sample is drawn."""

MOST_NORMED = 6_000_000
"""Numbers of one batch, its inputs and all its neurons, where there is batch norm, which needs the whole batch at once:
four float32 are kept for each, 96 MB. 5,000 pictures of MNIST in 784-256-128-10 fit."""

MOST_BATCH = 5000
"""Samples of a batch that is not the whole training set."""

UNSPLIT = 10
"""Fewer samples than this are not dealt out: training and test set are both all of them."""

Whole = Annotated[int, Strict()]
Real = Annotated[float, Strict()]
Seed = Annotated[Whole, Ge(0), Le(2**31 - 1)]

LIVE: dict[str, Any] = {"live": True}
"""Marks a field that changes while a run goes on; a change of any other field starts the run again."""


class Layer(BaseModel):
    """One hidden layer: linear, batch norm, activation, dropout, residual link, in this order.

    Without an activation of its own it takes the Spec's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: Annotated[Whole, Ge(1), Le(WIDEST_LAYER)]
    activation: ActivationName | None = None
    dropout: Annotated[Real, Ge(0), Le(0.9)] = Field(
        default=0, description="the chance that a neuron is left out of a training step; the others are scaled up"
    )
    batch_norm: bool = False
    residual: bool = Field(default=False, description="adds the layer's input to its output; both must be as wide")


def _layer_from_width(value: object) -> object:
    is_width = isinstance(value, int) and not isinstance(value, bool)
    return {"width": value} if is_width else value


class Spec(BaseModel):
    """A whole experiment: data, network, loss and rule of descent. With its seed it determines a run, bit for bit."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    dataset: DatasetName = "circle"
    samples: Annotated[Whole, Ge(1), Le(MOST_SAMPLES)] | None = Field(
        default=None, description="samples in all, training and test; null: the data set's own number"
    )
    noise: Annotated[Real, Ge(0), Le(50)] = Field(default=0, description="per cent")
    train_fraction: Annotated[Real, Ge(0.1), Le(0.9)] = 0.5
    features: Annotated[tuple[FeatureName, ...], Len(1, len(FEATURES))] = ("x1", "x2")
    classes: Annotated[Whole, Ge(2), Le(MOST_CLASSES)] = Field(
        default=2, description="of moons, rings, checkerboard, pinwheel and blobs"
    )
    function: FunctionName = Field(default="sine", description="above and below which the classes of `function` lie")
    own_points: Annotated[tuple[OwnPoint, ...], Len(0, MOST_OWN_POINTS)] = Field(
        default=(), description="[x1, x2, label] of the data sets own and own_values"
    )
    own_units: Annotated[tuple[OwnUnit, ...], Len(0, 3)] = Field(
        default=(), description="[zero, unit] of x1, x2 and label: the file of own points has zero + unit · the number"
    )
    own_names: Annotated[tuple[OwnName, ...], Len(0, 3 + MOST_CLASSES)] = Field(
        default=(), description="what the file of own points calls x1, x2 and label, then its classes by number"
    )
    normalize: bool = Field(default=False, description="pixels less the mean of their data set, over its deviation")
    random_inputs: Annotated[Whole, Ge(1), Le(MOST_INPUTS)] = Field(default=10, description="input columns of `random`")
    random_outputs: Annotated[Whole, Ge(1), Le(10)] = Field(default=2, description="target columns of `random`")

    hidden: Annotated[tuple[Annotated[Layer, BeforeValidator(_layer_from_width)], ...], Len(0, MOST_LAYERS)] = (
        Layer(width=4),
        Layer(width=2),
    )
    activation: ActivationName = "tanh"
    output_activation: ActivationName | None = Field(
        default=None, description="null: tanh for classes with mse, mae or huber; linear for real-valued targets"
    )
    leaky_slope: Annotated[Real, Ge(0), Le(1)] = Field(default=0.01, description="of leaky_relu below 0")
    elu_alpha: Annotated[Real, Ge(0.01), Le(10)] = 1
    biases: bool = True
    norm_momentum: Annotated[Real, Gt(0), Le(1)] = Field(
        default=0.1, description="the share of a batch in the running mean and variance of batch norm"
    )
    norm_epsilon: Annotated[Real, Ge(1e-8), Le(0.1)] = 1e-5
    initializer: InitializerName = "pytorch"
    init_std: Annotated[Real, Gt(0), Le(10)] = Field(default=1, description="standard deviation of `normal`")
    init_constant: Annotated[Real, Ge(-10), Le(10)] = Field(default=0.1, description="every weight of `constant`")

    loss: LossName = "mse"
    huber_delta: Annotated[Real, Gt(0), Le(100)] = 1
    reduction: ReductionName = Field(
        default="mean", description="over the samples of a batch, and over outputs where the loss has one for each"
    )
    l1: Annotated[Real, Ge(0), Le(10)] = Field(
        default=0, description="adds l1·Σ|w| over the weights, biases left out", json_schema_extra=LIVE
    )
    l2: Annotated[Real, Ge(0), Le(10)] = Field(
        default=0, description="adds l2/2·Σw² over the weights, biases left out", json_schema_extra=LIVE
    )

    optimizer: OptimizerName = Field(default="sgd", json_schema_extra=LIVE)
    learning_rate: Annotated[Real, Gt(0), Le(10)] = Field(default=0.03, json_schema_extra=LIVE)
    batch_size: Annotated[Whole, Ge(1), Le(MOST_BATCH)] | None = Field(
        default=10, description="samples of a step; null: the whole training set", json_schema_extra=LIVE
    )
    weight_decay: Annotated[Real, Ge(0), Le(10)] | None = Field(
        default=None,
        description="decoupled: parameters shrink by rate·decay a step; null: 0.01 for adamw, 0.1 for muon, else 0",
        json_schema_extra=LIVE,
    )
    momentum: Annotated[Real, Ge(0), Le(0.999)] = Field(default=0.9, json_schema_extra=LIVE)
    dampening: Annotated[Real, Ge(0), Le(1)] = Field(default=0, json_schema_extra=LIVE)
    alpha: Annotated[Real, Ge(0), Le(0.9999)] = Field(
        default=0.99, description="how long rmsprop remembers squared gradients", json_schema_extra=LIVE
    )
    centered: bool = Field(default=False, description="rmsprop divides by the deviation", json_schema_extra=LIVE)
    rate_decay: Annotated[Real, Ge(0), Le(1)] = Field(
        default=0, description="of adagrad: rate/(1 + (t−1)·decay)", json_schema_extra=LIVE
    )
    initial_accumulator: Annotated[Real, Ge(0), Le(10)] = Field(default=0, description="of adagrad, when it starts")
    beta1: Annotated[Real, Ge(0), Le(0.9999)] = Field(default=0.9, json_schema_extra=LIVE)
    beta2: Annotated[Real, Ge(0), Le(0.99999)] = Field(default=0.999, json_schema_extra=LIVE)
    epsilon: Annotated[Real, Ge(1e-12), Le(1)] = Field(default=1e-8, json_schema_extra=LIVE)
    amsgrad: bool = Field(
        default=False, description="adam and adamw divide by the largest v̂ so far", json_schema_extra=LIVE
    )
    muon_momentum: Annotated[Real, Ge(0), Le(0.999)] = Field(default=0.95, json_schema_extra=LIVE)
    nesterov: bool = Field(default=True, description="muon looks ahead", json_schema_extra=LIVE)
    newton_schulz_steps: Annotated[Whole, Ge(1), Le(10)] = Field(default=5, json_schema_extra=LIVE)
    sigma: Annotated[Real, Gt(0), Le(1)] = Field(
        default=0.05, description="how far evolution's copies are moved", json_schema_extra=LIVE
    )
    pairs: Annotated[Whole, Ge(1), Le(64)] = Field(
        default=8, description="antithetic pairs of copies a step of evolution tries", json_schema_extra=LIVE
    )

    clip: ClipName = Field(default="none", description="what of a gradient is limited", json_schema_extra=LIVE)
    clip_limit: Annotated[Real, Ge(1e-6), Le(1e6)] = Field(default=1, json_schema_extra=LIVE)
    schedule: ScheduleName = Field(default="constant", json_schema_extra=LIVE)
    schedule_steps: Annotated[Whole, Ge(1), Le(1_000_000)] = Field(
        default=1000, description="steps between two drops, or to the end of the cosine", json_schema_extra=LIVE
    )
    schedule_factor: Annotated[Real, Ge(0), Le(1)] = Field(
        default=0.5, description="what is left of the rate after schedule_steps", json_schema_extra=LIVE
    )
    warmup_steps: Annotated[Whole, Ge(0), Le(100_000)] = Field(
        default=0, description="steps over which the rate rises from nothing", json_schema_extra=LIVE
    )

    stop_steps: Annotated[Whole, Ge(1)] | None = Field(default=None, json_schema_extra=LIVE)
    stop_epochs: Annotated[Whole, Ge(1)] | None = Field(default=None, json_schema_extra=LIVE)
    stop_loss: Annotated[Real, Ge(0)] | None = Field(
        default=None, description="stops when the mean training loss of an epoch is no more", json_schema_extra=LIVE
    )
    stop_change: Annotated[Real, Ge(0)] | None = Field(
        default=None, description="stops when that loss changes by less from epoch to epoch", json_schema_extra=LIVE
    )
    stop_patience: Annotated[Whole, Ge(1)] | None = Field(
        default=None, description="stops after so many epochs without a better test loss", json_schema_extra=LIVE
    )

    seed: Seed = 7
    data_seed: Seed | None = Field(default=None, description="of the samples and their split; null: the seed")
    start_seed: Seed | None = Field(default=None, description="of the first weights; null: the seed")

    @model_validator(mode="after")
    def _features_in_order(self) -> Self:
        if len(set(self.features)) < len(self.features):
            raise Fault("spec_feature_twice", {})
        ordered = tuple(name for name in FEATURES if name in self.features)
        if ordered != self.features:
            object.__setattr__(self, "features", ordered)
        return self

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        for fault in self._contradictions():
            raise fault
        return self

    def _contradictions(self) -> Iterator[Fault]:
        """What does not go together."""
        if self.kind.plane and (self.samples or 0) > MOST_PLANE_SAMPLES:
            yield Fault("spec_too_many_points", {"dataset": self.dataset, "limit": MOST_PLANE_SAMPLES})
        if self.wanted_samples * self.inputs > MOST_DATA:
            values = {"samples": self.wanted_samples, "inputs": self.inputs, "limit": MOST_DATA}
            yield Fault("spec_too_much_data", {**values, "most": MOST_DATA // self.inputs})
        if self.dataset in ("own", "own_values"):
            yield from self._odd_own_points()
        if self.loss in CLASS_LOSSES and self.is_regression:
            yield Fault("spec_needs_classes", {"loss": self.loss, "dataset": self.dataset})
        if self.loss in LOGIT_LOSSES and self.output_activation not in (None, "linear"):
            yield Fault("spec_logits", {"loss": self.loss, "activation": self.output_activation})
        widths = (self.inputs, *(layer.width for layer in self.hidden))
        for number, (layer, (below, width)) in enumerate(zip(self.hidden, pairwise(widths), strict=True), 1):
            if layer.residual and below != width:
                yield Fault("spec_residual", {"layer": number, "below": below, "width": width})
            if layer.batch_norm and self.batch_size == 1:
                yield Fault("spec_batch_of_one", {})
        yield from self._too_large_for_norms()
        if self.optimizer == "perceptron":
            yield from self._odd_perceptron()
        if self.optimizer == "evolution" and any(layer.dropout or layer.batch_norm for layer in self.hidden):
            yield Fault("spec_evolution", {})
        parameters = sum(below * above + above for below, above in pairwise((*widths, self.outputs)))
        if parameters > MOST_PARAMETERS:
            yield Fault("spec_parameters", {"count": parameters, "limit": MOST_PARAMETERS})
        yield from self._too_long_a_step((*widths, self.outputs))

    def _too_long_a_step(self, sizes: tuple[int, ...]) -> Iterator[Fault]:
        """Within the bound of parameters, a step of one sample is never too long."""
        fixed, each = step_cost(sizes, self.optimizer, self.pairs, self.newton_schulz_steps)
        samples = self.batch_samples
        if fixed + samples * each > MOST_MULTIPLICATIONS:
            values = {"samples": samples, "limit": MOST_MULTIPLICATIONS}
            fitting = min(MOST_BATCH, (MOST_MULTIPLICATIONS - fixed) // each)
            yield Fault("spec_step_too_long", {**values, "batch_size": fitting})

    def _too_large_for_norms(self) -> Iterator[Fault]:
        units = self.inputs + sum(layer.width for layer in self.hidden) + self.outputs
        samples = self.batch_samples
        if any(layer.batch_norm for layer in self.hidden) and samples * units > MOST_NORMED:
            most = MOST_NORMED // units
            yield Fault(
                "spec_norm_batch", {"samples": samples, "units": units, "limit": MOST_NORMED, "batch_size": most}
            )

    def _odd_own_points(self) -> Iterator[Fault]:
        if not self.own_points:
            yield Fault("spec_no_points", {})
        elif self.dataset == "own":
            labels = {label for _, _, label in self.own_points}
            if not all(label in range(MOST_CLASSES) for label in labels):
                yield Fault("spec_point_labels", {"last": MOST_CLASSES - 1})
            elif max(labels) < 1 or len(labels) < 2:
                yield Fault("spec_one_class", {})

    def _odd_perceptron(self) -> Iterator[Fault]:
        if self.hidden:
            yield Fault("spec_perceptron_hidden", {})
        if self.is_regression or self.class_count != 2:
            yield Fault("spec_perceptron_classes", {"dataset": self.dataset})
        if self.loss != "mse" or self.output_activation != "step":
            yield Fault("spec_perceptron_output", {})

    @property
    def kind(self) -> Kind:
        return KINDS[self.dataset]

    @property
    def is_regression(self) -> bool:
        return self.kind.targets == "values"

    @property
    def class_count(self) -> int:
        """How many classes the data have; 0 where targets are values."""
        if self.is_regression:
            return 0
        if self.dataset == "own":
            return int(max((label for _, _, label in self.own_points), default=1)) + 1
        return self.kind.classes or self.classes

    @property
    def wanted_samples(self) -> int:
        """Training and test samples; a data set that has fewer gives all it has, and so does one that is used whole."""
        there = self.kind.samples or len(self.own_points)
        if self.kind.only:
            return there if self.kind.whole else min(self.samples or there, there)
        return self.samples or there

    @property
    def training_samples(self) -> int:
        """As many are trained on, where there are as many as are wanted."""
        whole = self.kind.whole or self.wanted_samples < UNSPLIT
        return self.wanted_samples if whole else round(self.wanted_samples * self.train_fraction)

    @property
    def batch_samples(self) -> int:
        """Of a step; the last batch of an epoch may be smaller."""
        return min(self.batch_size or self.training_samples, self.training_samples)

    @property
    def inputs(self) -> int:
        """Input columns."""
        return len(self.features) if self.kind.plane else self.kind.inputs or self.random_inputs

    @property
    def outputs(self) -> int:
        """Output columns: one for two classes (two with cross_entropy), else one for each class or value."""
        if self.is_regression:
            return self.kind.outputs or self.random_outputs
        return self.class_count if self.loss == "cross_entropy" or self.class_count > 2 else 1

    @property
    def last_activation(self) -> ActivationName:
        """Of the output layer: what the Spec names, else tanh for classes ±1, linear for values and for logits."""
        if self.output_activation is not None:
            return self.output_activation
        return "linear" if self.loss in LOGIT_LOSSES or self.is_regression else "tanh"

    @property
    def low_target(self) -> float:
        """What stands for "not this class" beside 1: −1 where a loss compares the values of a tanh, else 0."""
        return -1.0 if self.loss not in LOGIT_LOSSES and self.last_activation == "tanh" else 0.0

    @property
    def threshold(self) -> float:
        """An output above it says the class +1 of two: halfway between the targets, and 0 for logits."""
        return 0.0 if self.loss in LOGIT_LOSSES else (1 + self.low_target) / 2

    @property
    def decay(self) -> float:
        """weight_decay, or the optimizer's own, as torch has it."""
        own = {"adamw": 0.01, "muon": 0.1}.get(self.optimizer, 0.0)
        return own if self.weight_decay is None else self.weight_decay

    def changed(self, **fields: object) -> "Spec":
        """The same experiment with some fields replaced, checked as a whole. Raises pydantic.ValidationError."""
        return Spec.model_validate({**self.model_dump(), **fields})


def is_live(field: str) -> bool:
    """Whether a change of this field of a Spec leaves the run going."""
    extra = Spec.model_fields[field].json_schema_extra
    return isinstance(extra, dict) and extra.get("live") is True


def restarting_fields(old: Spec, new: Spec) -> list[str]:
    """The fields whose change starts the run again, in the order of the Spec."""
    return [name for name in Spec.model_fields if getattr(old, name) != getattr(new, name) and not is_live(name)]
