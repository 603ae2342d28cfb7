"""Values and slopes of the kernels' activations against float64, also where they saturate: the table of the README."""

import re
from collections.abc import Callable
from math import erfc, pi, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from engine import Spec
from engine.backends.compiled import activations, settings
from engine.backends.compiled.backend import Compiled
from engine.backends.compiled.lanes import WIDTH
from engine.nn.network import Network

Doubles = NDArray[np.float64]
README = Path(activations.__file__).parent / "README.md"
ROW = re.compile(r"^\| (\w+) \| (\S+) … (\S+) \| ([\d,.]+) \| ([\d,.]+) \|$", re.MULTILINE)
ALPHA = 1.3


def sigmoid(z: Doubles) -> Doubles:
    value: Doubles = np.where(z > 0, 1, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z)))
    return value


def normal(z: Doubles) -> Doubles:
    return np.array([erfc(number) / 2 for number in -z / sqrt(2)])


def slope_of_sigmoid(z: Doubles) -> Doubles:
    return sigmoid(z) * sigmoid(-z)


TRUE: dict[str, tuple[int, Callable[[Doubles], Doubles], Callable[[Doubles], Doubles]]] = {
    "tanh": (settings.TANH, np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "sigmoid": (settings.SIGMOID, sigmoid, slope_of_sigmoid),
    "softplus": (settings.SOFTPLUS, lambda z: np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))), sigmoid),
    "silu": (settings.SILU, lambda z: z * sigmoid(z), lambda z: sigmoid(z) + z * slope_of_sigmoid(z)),
    "gelu": (
        settings.GELU,
        lambda z: z * normal(z),
        lambda z: normal(z) + z * np.exp(-z * z / 2) / sqrt(2 * pi),
    ),
    "elu": (
        settings.ELU,
        lambda z: np.where(z > 0, z, ALPHA * np.expm1(np.minimum(z, 0))),
        lambda z: np.where(z > 0, 1, ALPHA * np.exp(np.minimum(z, 0))),
    ),
}


def activate(kind: Any, numbers: Any, values: Any, slopes: Any) -> None:
    activations.activate(kind, numbers, values, slopes, 0, values.size)


def told() -> list[tuple[str, float, float, float, float]]:
    """Activation, least and largest z, largest errors of value and slope."""
    rows = ROW.findall(README.read_text(encoding="utf-8"))
    plain = str.maketrans({"−": "-", ",": None})
    return [(name, *(float(number.translate(plain)) for number in rest)) for name, *rest in rows]


@pytest.mark.parametrize(("name", "least", "most", "value_ulps", "slope_ulps"), told(), ids=str)
def test_values_and_slopes_are_within_what_the_readme_says(
    name: str, least: float, most: float, value_ulps: float, slope_ulps: float
) -> None:
    """In ulps of float32 at the true number; no more, and not less than half of it."""
    kind, true_value, true_slope = TRUE[name]
    z = np.linspace(least, most, 3000 * WIDTH).astype(np.float32)
    spec = Spec(elu_alpha=ALPHA)
    numbers = Compiled(
        spec, Network.of(spec), np.zeros((1, 2), np.float32), np.zeros((1, 1), np.float32)
    ).config.settings
    values, slopes = z.copy(), np.empty_like(z)
    njit(activate)(kind, numbers, values, slopes)
    for found, true, ulps in ((values, true_value, value_ulps), (slopes, true_slope, slope_ulps)):
        wanted = true(z.astype(np.float64))
        worst = float((np.abs(found - wanted) / np.spacing(np.abs(wanted).astype(np.float32))).max())
        assert worst <= ulps
        assert worst > ulps / 2, "it is better than the README says; say so"


def test_every_activation_that_saturates_is_told() -> None:
    assert {name for name, *_ in told()} == set(TRUE)
