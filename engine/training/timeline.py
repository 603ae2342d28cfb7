"""Timeline: the checkpoints of a run that are kept, so that it can be shown, continued or branched from any of them.

A run is a tree of branches. Between two kept checkpoints of a branch nothing but training happened, so any step between
them is reproduced, bit for bit, by training on from the earlier one. Memory is bounded: checkpoints are thinned out,
but never the first and the newest of a branch, or the best. Those where something was changed are dropped last, and
then the one before is marked as having a gap: training on from it no longer reproduces the steps that follow.
"""

import math
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Self

from engine.nn.network import State
from engine.spec.choices import BackendName, BugName
from engine.spec.spec import Spec
from engine.training.stopping import StoppingState

CHECKPOINT_OVERHEAD_BYTES = 1000
"""Estimate of what a checkpoint takes beside its arrays."""


@dataclass(frozen=True)
class Checkpoint:
    """Everything of a run except its data, which a Trainer never changes."""

    spec: Spec
    state: State
    stopping: StoppingState
    bug: BugName | None = None
    """The bug injected into the backend."""
    backend: BackendName = "compiled"
    """The one that trains; where there is a bug, the one that trains once it is taken out."""

    @property
    def nbytes(self) -> int:
        state = self.state
        nbytes = CHECKPOINT_OVERHEAD_BYTES + state.parameters.nbytes + state.updates.nbytes + state.buffers.nbytes
        for array in state.optimizer_state.values():  # of thousands of checkpoints: a generator takes twice as long
            nbytes += array.nbytes
        return nbytes


@dataclass(frozen=True)
class Moment:
    """A checkpoint of the timeline, with what decides whether it is kept."""

    checkpoint: Checkpoint
    test_loss: float
    pinned: bool
    """Something was changed here; such checkpoints are thinned out last."""
    gap: bool = False
    """A change between this moment and the next was thinned out: training on from here does not lead to the next."""

    @property
    def step(self) -> int:
        return self.checkpoint.state.step


@dataclass(frozen=True)
class RecordRule:
    """Which steps the timeline records a checkpoint of; asked before one is made, because that costs a copy."""

    last_step: int
    """The newest recorded step of the branch."""
    spacing: int

    def includes(self, step: int) -> bool:
        return step > self.last_step and step // self.spacing > self.last_step // self.spacing


@dataclass
class Branch:
    parent: int | None
    first_step: int
    """The step at which it leaves its parent."""
    changed: tuple[str, ...]
    """What was changed there: names of fields of the Spec, or of tensors."""
    moments: list[Moment] = field(default_factory=list)
    """Ordered by step; the first is that of first_step."""

    @property
    def last_step(self) -> int:
        return self.moments[-1].step


class Timeline:
    def __init__(self, max_bytes: int, start: Checkpoint, test_loss: float) -> None:
        """start: the first checkpoint of branch 0. max_bytes: limit of all checkpoints together."""
        self.branches = [Branch(None, start.state.step, (), [Moment(start, test_loss, pinned=True)])]
        self.current = 0
        """Index of the branch that training continues."""
        self.nbytes = start.nbytes
        self._max_bytes = max_bytes
        self.spacing = 1
        """Steps between two moments that are kept where nothing was changed."""

    @classmethod
    def restored(cls, max_bytes: int, branches: list[Branch], current: int, spacing: int) -> Self:
        """One that goes on as the one did whose branches, `current` and `spacing` these were. Raises ValueError where
        they do not hold together."""
        if not 0 <= current < len(branches) or not all(branch.moments for branch in branches):
            raise ValueError(f"a branch has no moment, or there is no branch {current}")
        first = branches[0].moments[0]
        timeline = cls(max_bytes, first.checkpoint, first.test_loss)
        timeline.branches, timeline.current, timeline.spacing = branches, current, spacing
        timeline.nbytes = sum(moment.checkpoint.nbytes for moment in timeline._all_moments())
        return timeline

    def copied(self) -> Self:
        """A timeline that goes its own way from here; the two share their moments, which never change."""
        other = copy(self)
        other.branches = [replace(branch, moments=list(branch.moments)) for branch in self.branches]
        return other

    @property
    def record_rule(self) -> RecordRule:
        """Of the current branch, until something is recorded."""
        return RecordRule(self.branches[self.current].last_step, self.spacing)

    def record(self, checkpoint: Checkpoint, test_loss: float, *, pinned: bool = False) -> None:
        """Adds a checkpoint to the current branch. One of the same step as the newest replaces it; an older one is
        ignored."""
        moments = self.branches[self.current].moments
        if checkpoint.state.step < moments[-1].step:
            return
        if checkpoint.state.step == moments[-1].step:
            pinned |= moments[-1].pinned
            self.nbytes -= moments.pop().checkpoint.nbytes
        moments.append(Moment(checkpoint, test_loss, pinned))
        self.nbytes += checkpoint.nbytes
        while self.nbytes > self._max_bytes and self._thin():
            pass

    def branch(self, checkpoint: Checkpoint, test_loss: float, changed: tuple[str, ...]) -> None:
        """Starts a branch at a checkpoint where something was changed, and makes it the current one."""
        self.branches.append(
            Branch(self.current, checkpoint.state.step, changed, [Moment(checkpoint, test_loss, True)])
        )
        self.nbytes += checkpoint.nbytes
        self.current = len(self.branches) - 1
        while self.nbytes > self._max_bytes and self._thin():
            pass

    def nearest(self, branch: int, step: int) -> Moment:
        """The last moment at or before a step, on the path from the start of the run to the end of this branch.

        Raises IndexError for a branch that is not there, ValueError for a step before the start.
        """
        selected = self.branches[branch]
        if step < selected.first_step:
            if selected.parent is None:
                raise ValueError(f"the run starts at step {selected.first_step} and has no step {step}")
            return self.nearest(selected.parent, step)
        return next(moment for moment in reversed(selected.moments) if moment.step <= step)

    def changed_before(self, step: int) -> bool:
        """Whether anything was changed between the start of the run and this step of the current branch: training from
        the start on does not lead there, or not by the same settings all the way."""
        branch = self.branches[self.current]
        while True:
            way = [moment for moment in branch.moments if moment.step <= step]
            if any(moment.pinned for moment in way[1:]) or any(moment.gap and moment.step < step for moment in way):
                return True
            if branch.parent is None:
                return False
            if step >= branch.first_step:
                if branch.changed:
                    return True
                step = branch.first_step
            branch = self.branches[branch.parent]

    @property
    def best(self) -> Moment:
        """The moment with the lowest test loss."""
        return min(
            self._all_moments(), key=lambda moment: math.inf if math.isnan(moment.test_loss) else moment.test_loss
        )

    def _all_moments(self) -> Iterator[Moment]:
        for branch in self.branches:
            yield from branch.moments

    def _thin(self) -> bool:
        """Doubles the spacing of the moments that are kept. False if doubling it again would drop nothing more."""
        self.spacing *= 2
        last_step = max(branch.last_step for branch in self.branches)
        drop_pinned = self.spacing > last_step  # only pinned moments are left between first and last
        best = self.best
        for branch in self.branches:
            kept = [branch.moments[0]]
            for moment in branch.moments[1:]:
                same_interval = moment.step // self.spacing == kept[-1].step // self.spacing
                protected = moment is best or moment is branch.moments[-1] or (moment.pinned and not drop_pinned)
                if not same_interval or protected:
                    kept.append(moment)
                elif moment.pinned or moment.gap:
                    kept[-1] = replace(kept[-1], gap=True)
            branch.moments = kept
        self.nbytes = sum(moment.checkpoint.nbytes for moment in self._all_moments())
        return not drop_pinned
