"""Numbers as JSON has them."""

import math
from collections.abc import Iterable

import numpy as np

from engine.nn.network import Array


def number(value: float | None, digits: int = 9) -> float | None:
    """With so many digits, or as many as a float32 has; null for what JSON has no word for."""
    return float(f"{value:.{digits}g}") if value is not None and math.isfinite(value) else None


def numbers(values: Iterable[float | None], digits: int = 9) -> list[float | None]:
    return [number(value, digits) for value in values]


def points(places: Array, labels: Array) -> list[list[float]]:
    """(n, 2) and (n,) or (n, values) → [[x1, x2, t, …], …] with as many digits as a screen can show."""
    rows: list[list[float]] = np.column_stack([places, labels]).round(3).tolist()
    return [[round(value, 3) for value in row] for row in rows]
