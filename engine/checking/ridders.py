"""The slope of a function of one number by differences, extrapolated to a step of 0, with an estimate of its error.

Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software 4 (1982) 75–76: central
differences for ever smaller steps, and Neville's scheme on them, which takes one more power of h² off their error in
each column. What two neighbours in the scheme differ by is the error of the better one.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

LARGEST, SMALLEST = 2**-5, 2**-24
"""Of the steps: the largest in units of |x| or 1, whichever is larger, the smallest in units of the smaller one."""
RATIO = 1.6
"""Of one step to the next. No power of two: steps that halve can all be multiples of the period of a sine."""
COLUMNS = 8
"""Of Neville's scheme: more take powers of h off that rounding has covered."""
ENOUGH = 1e-11
"""Relative error at which no smaller step is tried."""


@dataclass(frozen=True)
class Slope:
    value: float
    error: float
    """Estimate of its absolute error, extrapolation and rounding together"""

    @property
    def rank(self) -> tuple[float, float]:
        """The lower, the better: by the relative error, by the absolute one where that covers the value.

        By the absolute one alone, steps too long for a function that swings would win: they find next to no slope.
        """
        covered = self.error >= abs(self.value)
        return 1.0 if covered else self.error / abs(self.value), self.error


def slope(function: Callable[[float], float | None], x: float, rounding: float) -> Slope | None:
    """The slope at x, as sure as differences can be; None where no three steps in a row have values on both sides.

    function: None where it has no value on the smooth piece of x. rounding: absolute error of its values near x.
    """
    step = LARGEST * max(1.0, abs(x))
    least = max(SMALLEST * (min(1.0, abs(x)) or 1.0), math.ulp(x))  # below it, x plus a step may be x
    best: Slope | None = None
    row: list[float] = []
    while step >= least:
        above, below = x + step, x - step
        up, down = function(above), function(below)
        before, row = row, []
        if up is not None and down is not None:
            row = [(up - down) / (above - below)]
            unsure = 2 * rounding / step
            for column, coarse in enumerate(before[: COLUMNS - 1]):
                fine = row[-1]
                row.append(fine + (fine - coarse) / (RATIO ** (2 * column + 2) - 1))
                error = max(abs(row[-1] - fine), abs(row[-1] - coarse)) + unsure
                found = Slope(row[-1], error)
                if len(before) > 1 and (best is None or found.rank < best.rank):
                    best = found
            if best is not None and best.error <= max(ENOUGH * abs(best.value), min(unsure, abs(best.value))):
                break
        step /= RATIO
    return best
