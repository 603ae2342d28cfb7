"""Choices: the names a person may pick from, and the facts about each that decide what goes with what.

No arithmetic: what a name does stands in the table of its own file (`datasets`, `activations`, `optimizers`, …).
"""

from dataclasses import dataclass
from typing import Literal, get_args

DatasetName = Literal[
    "circle", "xor", "gauss", "spiral", "moons", "rings", "checkerboard", "pinwheel", "blobs", "function",
    "plane", "multi_gauss", "sine",
    "and_gate", "or_gate", "nand_gate", "xor_gate",
    "arithmetic",
    "own", "own_values",
    "digits", "mnist", "digit_pictures", "large_digit_pictures", "random",
]  # fmt: skip
FeatureName = Literal["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"]
FunctionName = Literal["line", "parabola", "cubic", "sine"]
ActivationName = Literal[
    "linear", "step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus"
]  # fmt: skip
LossName = Literal["mse", "mae", "huber", "bce", "cross_entropy"]
ReductionName = Literal["mean", "sum"]
OptimizerName = Literal[
    "sgd", "momentum", "nag", "adagrad", "rmsprop", "adam", "adamw", "muon", "perceptron", "evolution"
]  # fmt: skip
InitializerName = Literal[
    "pytorch", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal", "normal", "zeros", "constant"
]  # fmt: skip
ScheduleName = Literal["constant", "step", "exponential", "cosine"]
ClipName = Literal["none", "norm", "value"]
BackendName = Literal["compiled", "by_hand", "autograd"]
BugName = Literal[
    "forgotten_slope",
    "forgotten_two",
    "transposed_weight",
    "mean_for_sum",
    "gradient_not_cleared",
    "adam_uncorrected",
    "adam_multiplied",
    "adam_stale",
    "adamw_gradient",
    "stop_on_batches",
    "norm_constant",
    "dropout_one_way",
]

FEATURES: tuple[FeatureName, ...] = get_args(FeatureName)

LOGIT_LOSSES: frozenset[LossName] = frozenset({"bce", "cross_entropy"})
"""Their outputs are logits, so the output layer has no activation of its own."""
CLASS_LOSSES: frozenset[LossName] = LOGIT_LOSSES
"""They compare classes, so real-valued targets have no use for them."""


@dataclass(frozen=True)
class Kind:
    """What a data set is, as far as other choices must know."""

    targets: Literal["classes", "values"] = "classes"
    samples: int | None = 500
    """How many there are unless the Spec says; None: as many as it has points of its own."""
    only: bool = False
    """Whether there are no others beside these samples."""
    plane: bool = True
    """Whether its inputs are features of points (x1, x2) of the plane; else they are columns of their own."""
    low: float = -6
    high: float = 6
    """The part of the plane that is drawn, both ways."""
    unit: float = 1
    """Coordinates and real-valued targets enter the network divided by this."""
    classes: int | None = 2
    """How many classes; None: the Spec says."""
    inputs: int = 0
    """Input columns where the inputs are not of the plane; 0: the Spec says."""
    side: int = 0
    """Pixels a side where the inputs are square pictures; 0: they are none."""
    pixel_mean: float = 0
    """Of all its pixels, from 0 to 1, and their deviation: what normalised pictures are shifted and divided by."""
    pixel_deviation: float = 1
    outputs: int = 1
    """Values per sample where the targets are values; 0: the Spec says."""
    noise: bool = True
    """Whether the noise knob means anything."""
    whole: bool = False
    """All samples are training and test set at once: there are too few of them, or none may be missing."""


_MANY = Kind(classes=None)
_GATE = Kind(samples=4, only=True, low=-0.5, high=1.5, noise=False, whole=True)

KINDS: dict[DatasetName, Kind] = {
    "circle": Kind(),
    "xor": Kind(),
    "gauss": Kind(),
    "spiral": Kind(),
    "moons": _MANY,
    "rings": _MANY,
    "checkerboard": _MANY,
    "pinwheel": _MANY,
    "blobs": _MANY,
    "function": Kind(),
    "plane": Kind(targets="values", samples=1200),
    "multi_gauss": Kind(targets="values", samples=1200),
    "sine": Kind(targets="values"),
    "and_gate": _GATE,
    "or_gate": _GATE,
    "nand_gate": _GATE,
    "xor_gate": _GATE,
    "arithmetic": Kind(targets="values", samples=441, low=-10, high=10, unit=10, outputs=2, noise=False),
    "own": Kind(samples=None, classes=None, noise=False),
    "own_values": Kind(targets="values", samples=None, noise=False),
    "digits": Kind(
        samples=1797,
        only=True,
        plane=False,
        inputs=64,
        side=8,
        classes=10,
        noise=False,
        pixel_mean=0.3053,
        pixel_deviation=0.3760,
    ),
    "mnist": Kind(
        samples=12_000,
        plane=False,
        inputs=784,
        side=28,
        classes=10,
        noise=False,
        pixel_mean=0.1307,
        pixel_deviation=0.3081,
    ),
    "digit_pictures": Kind(
        targets="values", samples=10, only=True, plane=False, inputs=10, outputs=64, noise=False, whole=True
    ),
    "large_digit_pictures": Kind(
        targets="values", samples=10, only=True, plane=False, inputs=10, outputs=784, noise=False, whole=True
    ),
    "random": Kind(targets="values", samples=64, plane=False, inputs=0, outputs=0, noise=False, whole=True),
}
"""One entry per DatasetName."""

READS: dict[OptimizerName, tuple[str, ...]] = {
    "sgd": (),
    "momentum": ("momentum", "dampening"),
    "nag": ("momentum",),
    "adagrad": ("epsilon", "rate_decay", "initial_accumulator"),
    "rmsprop": ("alpha", "epsilon", "centered"),
    "adam": ("beta1", "beta2", "epsilon", "amsgrad"),
    "adamw": ("beta1", "beta2", "epsilon", "amsgrad"),
    "muon": ("muon_momentum", "nesterov", "newton_schulz_steps", "beta1", "beta2", "epsilon"),
    "perceptron": (),
    "evolution": ("sigma", "pairs"),
}
"""The settings of its own that each optimizer reads; the rate, penalties, clipping and schedules are everybody's."""
