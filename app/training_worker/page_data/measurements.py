"""Measured: what the layers of a run were like at one step."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

QUANTITIES = ("mean", "largest", "zeros", "update_ratio", "saturated", "dead_share", "spread")
"""What is kept of each layer beside the norm of its gradient, which every entry of the loss curve has."""


@dataclass(frozen=True, eq=False)
class Measured:
    step: int
    values: NDArray[np.float32]
    """(quantities, linear layers), as QUANTITIES has them; NaN where a layer has none."""
    ranges: list[tuple[float, float]] = field(init=False)
    """Of each quantity over all layers; worked out once, for a curve that is thinned asks for it time and again."""

    def __post_init__(self) -> None:
        finite = [row[np.isfinite(row)] for row in self.values]
        ranges = [(float(row.min()), float(row.max())) if len(row) else (0.0, 0.0) for row in finite]
        object.__setattr__(self, "ranges", ranges)
