"""How the numbers of a file are placed on the plane: shifted and scaled until they fill it, and back."""

from collections.abc import Sequence
from dataclasses import dataclass

PLANE_EDGE = 6.0
"""Half the side of the plane."""
FILLED_EDGE = 5.0
"""Half the side of the square that coordinates are scaled to: as far as the data sets of the plane reach."""
LEAST_SPAN = 6.0
"""From the lowest to the highest coordinate: less leaves more than half of the plane empty."""
DECIMALS = 6


@dataclass(frozen=True)
class Scale:
    """A number of the file is zero + unit · what it is on the plane."""

    zero: float
    unit: float

    def placed(self, value: float) -> float:
        if self == IDENTITY:
            return value
        return round(min(max((value - self.zero) / self.unit, -PLANE_EDGE), PLANE_EDGE), DECIMALS)


IDENTITY = Scale(0, 1)


def must_be_fitted(values: Sequence[float]) -> bool:
    """Whether some lie outside the plane."""
    return min(values) < -PLANE_EDGE or max(values) > PLANE_EDGE


def fills_plane(values: Sequence[float]) -> bool:
    return not must_be_fitted(values) and max(values) - min(values) >= LEAST_SPAN


def fitted_scale(values: Sequence[float]) -> Scale:
    """The lowest is placed at −5 and the highest at 5; values that are all equal, as far as floats can tell, at 0."""
    low, high = min(values), max(values)
    middle, half = low / 2 + high / 2, high / 2 - low / 2  # halves first: the difference may pass the largest float
    unit = half / FILLED_EDGE
    return Scale(middle, unit or 1.0)  # of numbers a smallest float apart, too, the unit is 0
