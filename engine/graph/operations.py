"""Operations of a graph: each value beside its slopes, one for each input.

In Python's 64-bit floats. Activations and terms of losses come from the engine's own tables, called on one number.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from engine.fault import Fault
from engine.nn.activations import Floats, activation_table
from engine.nn.losses import loss_table
from engine.spec.choices import ActivationName

Values = Sequence[float]


@dataclass(frozen=True)
class Operation:
    value: Callable[[Values], float]
    """y = value(x); raises Fault outside its domain."""
    slopes: Callable[[Values, float], Values]
    """∂y/∂xᵢ for each input = slopes(x, y); infinite or NaN where it does not exist."""
    min_inputs: int = 1
    max_inputs: int | None = 1
    """None: any number."""
    defaults: tuple[float, ...] = ()
    """Values of the last inputs, for those that are left out."""
    piece: Callable[[Values], int | None] = lambda x: 0
    """The smooth piece on which the inputs lie; None at a kink, where the left and the right slope differ."""


def _log(x: Values) -> float:
    if x[0] <= 0:
        raise Fault("graph_log_undefined", {"given": x[0]})
    return math.log(x[0])


def _sqrt(x: Values) -> float:
    if x[0] < 0:
        raise Fault("graph_root_undefined", {"given": x[0]})
    return math.sqrt(x[0])


def _divide(x: Values) -> float:
    if x[1] == 0:
        raise Fault("graph_division_by_zero", {})
    return x[0] / x[1]


def _power(x: Values) -> float:
    base, exponent = x
    if (base == 0 and exponent < 0) or (base < 0 and not exponent.is_integer()):
        raise Fault("graph_power_undefined", {"base": base, "exponent": exponent})
    return math.pow(base, exponent)


def _power_slopes(x: Values, y: float) -> Values:
    """b·aᵇ⁻¹ and aᵇ·log a. The second is 0 at a = 0 while b > 0, infinite at 0⁰, and does not exist for a < 0."""
    base, exponent = x
    at_zero = 0.0 if exponent > 0 else -math.inf
    along_exponent = y * math.log(base) if base > 0 else math.nan if base < 0 else at_zero
    if exponent == 0:
        return 0.0, along_exponent
    if base == 0 and exponent < 1:
        return math.inf, along_exponent
    return exponent * math.pow(base, exponent - 1), along_exponent


_activations = lru_cache(activation_table)
_losses = lru_cache(loss_table)


def _at(function: Callable[..., Floats], *x: float) -> float:
    """Calls a function of the engine's tables, made for arrays, on single numbers."""
    return float(function(*map(np.asarray, x)))


def _activation(name: ActivationName) -> Operation:
    """An activation without a setting."""
    activation = activation_table(leaky_slope=0, elu_alpha=1)[name]
    return Operation(lambda x: _at(activation.value, x[0]), lambda x, y: (_at(activation.slope, x[0], y),))


def _leaky_relu(x: Values) -> float:
    return _at(_activations(x[1], 1)["leaky_relu"].value, x[0])


def _leaky_relu_slopes(x: Values, y: float) -> Values:
    return _at(_activations(x[1], 1)["leaky_relu"].slope, x[0], y), min(x[0], 0.0)


def _elu(x: Values) -> float:
    return _at(_activations(0, x[1])["elu"].value, x[0])


def _elu_slopes(x: Values, y: float) -> Values:
    return _at(_activations(0, x[1])["elu"].slope, x[0], y), math.expm1(min(x[0], 0.0))


def _huber(x: Values) -> float:
    error, delta = x
    if delta <= 0:
        raise Fault("graph_threshold_undefined", {"given": delta})
    return _at(_losses(delta)["huber"].terms, error, 0)


def _huber_slopes(x: Values, y: float) -> Values:
    error, delta = x
    return _at(_losses(delta)["huber"].slopes, error, 0), max(abs(error) - delta, 0.0)


def _logsumexp(x: Values) -> float:
    """log Σ eˣ. The largest is taken off first, so that no exponent is positive."""
    largest = max(x)
    return largest + math.log(math.fsum(math.exp(value - largest) for value in x))


def _softmax(x: Values) -> float:
    """e^x₁ / Σ eˣ: the share of the first."""
    return math.exp(x[0] - _logsumexp(x))


def _softmax_slopes(x: Values, y: float) -> Values:
    """y·(1 − y) for the first, −y·share for another."""
    total = _logsumexp(x)
    return [y * ((place == 0) - math.exp(value - total)) for place, value in enumerate(x)]


def _standardize(x: Values) -> float:
    """(x − mean)/√(variance + ε): batch norm before its γ and β."""
    value, mean, variance, epsilon = x
    if variance + epsilon < 0:
        raise Fault("graph_root_undefined", {"given": variance + epsilon})
    if variance + epsilon == 0:
        raise Fault("graph_division_by_zero", {})
    return (value - mean) / math.sqrt(variance + epsilon)


def _standardize_slopes(x: Values, y: float) -> Values:
    _, _, variance, epsilon = x
    deviation = math.sqrt(variance + epsilon)
    along_variance = -y / (2 * deviation * deviation)
    return 1 / deviation, -1 / deviation, along_variance, along_variance


def _sign(x: float) -> int | None:
    """1 or −1; None at 0."""
    return 1 if x > 0 else -1 if x < 0 else None


def _index_of_extreme(x: Values, extreme: float) -> int | None:
    """Which input is the extreme; None where several tie."""
    return x.index(extreme) if x.count(extreme) == 1 else None


def _extreme_slopes(x: Values, y: float) -> Values:
    """1 for the input that equals y; inputs that tie share it equally, as in torch."""
    return [(value == y) / x.count(y) for value in x]


OPERATIONS: dict[str, Operation] = {
    "add": Operation(lambda x: x[0] + x[1], lambda x, y: (1.0, 1.0), 2, 2),
    "subtract": Operation(lambda x: x[0] - x[1], lambda x, y: (1.0, -1.0), 2, 2),
    "negate": Operation(lambda x: -x[0], lambda x, y: (-1.0,)),
    "multiply": Operation(lambda x: x[0] * x[1], lambda x, y: (x[1], x[0]), 2, 2),
    "divide": Operation(_divide, lambda x, y: (1 / x[1], -y / x[1]), 2, 2),
    "power": Operation(_power, _power_slopes, 2, 2),
    "copy": Operation(lambda x: x[0], lambda x, y: (1.0,)),
    "sum": Operation(math.fsum, lambda x, y: [1.0] * len(x), 1, None),
    "mean": Operation(lambda x: math.fsum(x) / len(x), lambda x, y: [1 / len(x)] * len(x), 1, None),
    "max": Operation(max, _extreme_slopes, 2, None, piece=lambda x: _index_of_extreme(x, max(x))),
    "min": Operation(min, _extreme_slopes, 2, None, piece=lambda x: _index_of_extreme(x, min(x))),
    "exp": Operation(lambda x: math.exp(x[0]), lambda x, y: (y,)),
    "log": Operation(_log, lambda x, y: (1 / x[0],)),
    "sqrt": Operation(_sqrt, lambda x, y: (0.5 / y if y else math.inf,)),
    "abs": Operation(lambda x: abs(x[0]), lambda x, y: ((x[0] > 0) - (x[0] < 0) + 0.0,), piece=lambda x: _sign(x[0])),
    "sin": Operation(lambda x: math.sin(x[0]), lambda x, y: (math.cos(x[0]),)),
    "cos": Operation(lambda x: math.cos(x[0]), lambda x, y: (-math.sin(x[0]),)),
    "tan": Operation(lambda x: math.tan(x[0]), lambda x, y: (1 + y * y,), piece=lambda x: round(x[0] / math.pi)),
    "step": replace(_activation("step"), piece=lambda x: _sign(x[0])),
    "sigmoid": _activation("sigmoid"),
    "tanh": _activation("tanh"),
    "relu": replace(_activation("relu"), piece=lambda x: _sign(x[0])),
    # z where z > 0, else s·z: leaky_relu(z, s)
    "leaky_relu": Operation(_leaky_relu, _leaky_relu_slopes, 1, 2, (0.01,), piece=lambda x: _sign(x[0])),
    # z where z > 0, else α·(eᶻ − 1): elu(z, α)
    "elu": Operation(_elu, _elu_slopes, 1, 2, (1.0,), piece=lambda x: _sign(x[0])),
    "softplus": _activation("softplus"),
    "silu": _activation("silu"),
    "gelu": _activation("gelu"),
    # e²/2 where |e| ≤ δ, else δ·(|e| − δ/2): huber(e, δ)
    "huber": Operation(_huber, _huber_slopes, 1, 2, (1.0,), piece=lambda x: int(abs(x[0]) > x[1])),
    "logsumexp": Operation(_logsumexp, lambda x, y: [math.exp(value - y) for value in x], 1, None),
    "softmax": Operation(_softmax, _softmax_slopes, 2, None),
    "standardize": Operation(_standardize, _standardize_slopes, 3, 4, (1e-5,)),
}
"""At a kink, all as in torch: an activation has its left slope, abs 0, and inputs of max and min that tie share 1."""

OPERATORS = ("add", "subtract", "negate", "multiply", "divide", "power", "copy")
FUNCTIONS = tuple(name for name in OPERATIONS if name not in OPERATORS)
"""Operations written name(…). The others are operators; copy is y = x."""
