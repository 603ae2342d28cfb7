"""CapturedRun: all that is to be kept of a run at one moment, taken on the event loop in some hundredths of a
millisecond, for the store's thread to write while the run goes on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.sessions.history.branches import Branches
from app.sessions.history.curves import History, Measurements
from app.sessions.history.undo import Change
from app.sessions.run import Run
from engine.training.epoch_log import EpochLog
from engine.training.timeline import Checkpoint, Moment

AnyCurve = History | Measurements | EpochLog

FORMAT = 1
"""Of document and parts; a run of another format is not read."""


@dataclass(frozen=True)
class CapturedMoments:
    """Those of a branch."""

    original: list[Moment]
    """The timeline's own list: it only adds to it and replaces its last moment, or else makes another one."""
    moments: list[Moment]


@dataclass(frozen=True)
class CapturedCurve:
    curve: AnyCurve
    branch: int
    original: Sequence[Any]
    """The curve's own list: it only adds to it, or else makes another one."""
    entries: list[Any]


@dataclass(frozen=True)
class CapturedRun:
    key: str
    checkpoint: Checkpoint
    """Where its Trainer stands."""
    document: dict[str, Any]
    branches: list[CapturedMoments]
    curves: list[CapturedCurve]
    undo: list[Change]
    redo: list[Change]

    @classmethod
    def of(cls, run: Run, checkpoint: Checkpoint, server: str) -> "CapturedRun":
        """server: which keeps it."""
        undo, redo = run.undo.stacks
        return cls(
            run.key,
            checkpoint,
            {**_document(run), "server": server},
            [CapturedMoments(one.moments, list(one.moments)) for one in run.branches.timeline.branches],
            list(_curves(run.branches)),
            list(undo),
            list(redo),
        )


def _curves(branches: Branches) -> Iterator[CapturedCurve]:
    for place, all_three in enumerate(zip(branches.histories, branches.measurements, branches.logs, strict=True)):
        for curve in all_three:
            yield CapturedCurve(curve, place, curve.entries, list(curve.entries))


def _document(run: Run) -> dict[str, Any]:
    branches = run.branches
    return {
        "format": FORMAT,
        "revision": run.revision,
        "playing": run.playing,
        "speed": run.pace.steps_per_second,
        "pending": [run.pending.steps, run.pending.epochs],
        "set_by_hand": run.set_by_hand,
        "missed": run.missed,
        "copied": run.copied,
        "current": branches.current,
        "spacing": branches.timeline.spacing,
        "branches": [[one.parent, one.first_step, list(one.changed)] for one in branches.timeline.branches],
        "widths": [[curve.width for curve in curves] for curves in (branches.histories, branches.measurements)],
    }
