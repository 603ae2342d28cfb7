"""Rounded: what arithmetic in float32 should give, in float64, beside a bound of how far its rounding may be off.

Running error analysis (Wilkinson; Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.3): each
operation adds the rounding of its result to the errors that its operands bring along. A rule of descent takes these in
place of arrays and so tells for each entry what its own formula makes of rounding: no more, and no less.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from engine.checking.comparison import SMALLEST

Doubles = NDArray[np.float64]
Pair = tuple[Doubles, Doubles]
"""Values and errors."""

ROUNDING = 2.0**-24
"""Of float32: half a unit in the last place, relative"""

LARGEST = float(np.finfo(np.float32).max)


class Rounded(NDArrayOperatorsMixin):
    """Elementwise sums, products, quotients, roots and maxima, of Rounded, arrays that are exact, and numbers."""

    def __init__(self, value: Doubles, error: Doubles | None = None) -> None:
        self.value = value
        self.error = np.zeros_like(value) if error is None else error
        """Same shape, at least 0; infinite where nothing can be said"""

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *operands: Any, **keywords: Any) -> Any:
        operation = OPERATIONS.get(ufunc)
        if operation is None or method != "__call__" or keywords:
            return NotImplemented
        with np.errstate(all="ignore"):
            value, error = operation(*(_pair(operand) for operand in operands))
            if ufunc is not np.maximum:
                error = error + ROUNDING * np.abs(value) + SMALLEST
        known = np.isfinite(error) & (np.abs(value) < LARGEST)
        return Rounded(value, np.where(known, error, np.inf))


def _pair(operand: Any) -> Pair:
    """A number is rounded to float32 before it is used; an array is taken to be in float32."""
    if isinstance(operand, Rounded):
        return operand.value, operand.error
    value = np.asarray(operand, dtype=np.float64)
    return value, np.abs(value - value.astype(np.float32)) if value.ndim == 0 else np.zeros_like(value)


def _sum(a: Pair, b: Pair) -> Pair:
    return a[0] + b[0], a[1] + b[1]


def _difference(a: Pair, b: Pair) -> Pair:
    return a[0] - b[0], a[1] + b[1]


def _product(a: Pair, b: Pair) -> Pair:
    return a[0] * b[0], np.abs(a[0]) * b[1] + np.abs(b[0]) * a[1] + a[1] * b[1]


def _quotient(a: Pair, b: Pair) -> Pair:
    least = np.abs(b[0]) - b[1]
    value = a[0] / b[0]
    return value, np.where(least > 0, (a[1] + np.abs(value) * b[1]) / least, np.inf)


def _root(a: Pair) -> Pair:
    value = np.sqrt(a[0])
    return value, np.maximum(value - np.sqrt(np.maximum(a[0] - a[1], 0)), np.sqrt(a[0] + a[1]) - value)


def _maximum(a: Pair, b: Pair) -> Pair:
    return np.maximum(a[0], b[0]), np.maximum(a[1], b[1])


OPERATIONS: dict[np.ufunc, Callable[..., Pair]] = {
    np.add: _sum,
    np.subtract: _difference,
    np.multiply: _product,
    np.true_divide: _quotient,
    np.sqrt: _root,
    np.maximum: _maximum,
}
