"""Branches: the timeline of a run, and the curves of each of its branches."""

from copy import copy
from typing import Any, Self

from app.sessions.history.curves import History, Measurements, entries_message, log_message
from app.settings import Limits
from app.training_worker.page_data.measurements import Measured
from app.wire.messages import Refusal
from engine.kept.experiment import KeptExperiment
from engine.training.epoch_log import EpochLog
from engine.training.snapshot import CurveEntry
from engine.training.timeline import Checkpoint, Timeline


class Branches:
    def __init__(
        self,
        timeline: Timeline,
        histories: list[History],
        measurements: list[Measurements],
        logs: list[EpochLog],
        limits: Limits,
    ) -> None:
        """With the curves and the log of each branch of the timeline."""
        self.timeline = timeline
        self.histories = histories
        self.measurements = measurements
        self.logs = logs
        self._limits = limits

    @classmethod
    def of_start(cls, start: Checkpoint, entry: CurveEntry, limits: Limits) -> Self:
        timeline = Timeline(limits.timeline_bytes, start, entry.test_loss)
        branches = cls(timeline, [History(limits.history)], [Measurements(limits.measured)], [EpochLog()], limits)
        branches.history.add(entry)
        return branches

    @classmethod
    def of_kept(cls, start: Checkpoint, kept: KeptExperiment, entry: CurveEntry, limits: Limits) -> Self:
        """Of a kept experiment, from its start to where it stands. entry: of where that is."""
        first = kept.curve[0].test_loss if kept.curve else entry.test_loss
        timeline = Timeline(limits.timeline_bytes, start, first)
        timeline.record(kept.here, entry.test_loss, pinned=kept.changed)
        history = History.restored(limits.history, kept.curve_width, list(kept.curve))
        history.add(entry)
        return cls(timeline, [history], [Measurements(limits.measured)], [EpochLog(kept.log)], limits)

    def copied(self) -> Self:
        """Branches that go their own way from here."""
        other = copy(self)
        other.timeline = self.timeline.copied()
        other.histories = [history.copied() for history in self.histories]
        other.measurements = [measured.copied() for measured in self.measurements]
        other.logs = [log.copied() for log in self.logs]
        return other

    @property
    def current(self) -> int:
        """The branch the run is on."""
        return self.timeline.current

    @current.setter
    def current(self, branch: int) -> None:
        self.timeline.current = branch

    @property
    def start(self) -> Checkpoint:
        """Where the run began."""
        return self.timeline.branches[0].moments[0].checkpoint

    @property
    def history(self) -> History:
        """The loss curve of the current branch, its parents' parts before it."""
        return self.histories[self.current]

    @property
    def log(self) -> EpochLog:
        """The log of the current branch, its parents' parts before it."""
        return self.logs[self.current]

    def add(self, entry: CurveEntry, checkpoint: Checkpoint | None) -> None:
        """What a turn of training has shown, and where the run then stood if that is wanted."""
        self.history.add(entry)
        if checkpoint is not None:
            self.timeline.record(checkpoint, entry.test_loss)

    def measure(self, branch: int, measured: Measured) -> None:
        """What the layers of a branch were like at a step."""
        self.measurements[branch].add(measured)

    def place(self, checkpoint: Checkpoint, test_loss: float, changed: tuple[str, ...]) -> bool:
        """A change has put the run here. At the end of the branch that is kept as a moment; anywhere earlier a branch
        begins. Gives whether one did."""
        if checkpoint.state.step >= self.timeline.branches[self.current].last_step:
            self.timeline.record(checkpoint, test_loss, pinned=True)
            return False
        self.begin(checkpoint, test_loss, changed)
        return True

    def begin(self, checkpoint: Checkpoint, test_loss: float, changed: tuple[str, ...]) -> None:
        """Leaves the current branch here, with its curves up to here."""
        step = checkpoint.state.step
        before = (self.history.until(step), self.measurements[self.current].until(step), self.log.until(step))
        self.timeline.branch(checkpoint, test_loss, changed)
        self.histories.append(before[0])
        self.measurements.append(before[1])
        self.logs.append(before[2])

    def refuse_new(self, step: int) -> None:
        """Raises Refusal where a change at this step would begin a branch and there are too many."""
        branches = self.timeline.branches
        leaves = step < branches[self.current].last_step
        if leaves and (
            len(branches) >= self._limits.branches
            or sum(branch.moments[0].checkpoint.nbytes for branch in branches) > self._limits.timeline_bytes
        ):
            raise Refusal("too_many_branches", {"limit": len(branches)})

    def curves(self) -> dict[str, Any]:
        """The loss curve, the measurements and the log of the current branch, as a message."""
        measured = self.measurements[self.current].message()
        return {**self.history.message(), "measured": measured, "log": log_message(self.log.entries)}

    def missed(self, after: int, step: int) -> dict[str, Any] | None:
        """What has come after this step, up to `step`, whose own entry of the loss curve is in its frame, as a message;
        None: nothing."""
        entries = self.history.between(after, step)
        rows = self.log.between(after, step)
        if not (entries or rows):
            return None
        return {"type": "entries", **entries_message(entries), "log": log_message(rows)}

    def message(self, step: int) -> dict[str, Any]:
        """The branches with the curves of their own parts; step: where the run stands."""
        timeline = self.timeline
        return {
            "type": "timeline",
            "current": timeline.current,
            "step": step,
            "branches": [
                {
                    "parent": branch.parent,
                    "begins": branch.first_step,
                    "ends": branch.last_step,
                    "changed": list(branch.changed),
                    "curve": history.since(branch.first_step),
                }
                for branch, history in zip(timeline.branches, self.histories, strict=True)
            ],
        }
