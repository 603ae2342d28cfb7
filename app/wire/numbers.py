"""Numbers as JSON has them."""

import math
from collections.abc import Iterable


def number(value: float | None, digits: int = 9) -> float | None:
    """With so many digits, or as many as a float32 has; null for what JSON has no word for."""
    return float(f"{value:.{digits}g}") if value is not None and math.isfinite(value) else None


def numbers(values: Iterable[float | None], digits: int = 9) -> list[float | None]:
    return [number(value, digits) for value in values]
