"""Copies: what another run needs to begin where this one stands, with all that is known of it, and to go its own way.

The two share what never changes: moments, entries of curves, the data of one Spec.
"""

from dataclasses import dataclass

from app.sessions.history.branches import Branches
from app.sessions.history.undo import UndoStack
from engine.training.stopping import StopReason
from engine.training.timeline import Checkpoint


@dataclass(frozen=True)
class RunCopy:
    checkpoint: Checkpoint
    """Spec, weights, optimizer memory, random state, place in the epoch, planted bug."""
    branches: Branches
    undo: UndoStack
    speed: float | None
    before: Checkpoint | None
    set_by_hand: bool
    diverged_at: int | None
    stop_reason: StopReason | None
