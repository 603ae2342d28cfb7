"""Timeline: the moments of a run that are kept, so that it can be seen, continued or branched from any of them.

A run is a tree of branches. Between two kept moments of a branch nothing but training happened, so that any step in
between is had again, bit for bit, by going on from the moment before it. What it keeps is bounded in bytes: it thins
moments out, but never those where a branch begins, the newest, or the best. Those where something was changed go last,
and then the moment before is marked as one that cannot be gone on from as it was.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine.nn.network import State
from engine.spec.choices import BugName
from engine.spec.spec import Spec
from engine.training.stopping import Watch

OVERHEAD = 1000
"""Bytes of a moment beside its arrays, by and large."""


@dataclass(frozen=True)
class Position:
    """Everything of a run but its data, which stay the same as long as its Trainer."""

    spec: Spec
    state: State
    watch: Watch
    bug: BugName | None = None
    """Planted in it."""

    @property
    def size(self) -> int:
        """Bytes."""
        state = self.state
        arrays = (state.parameters, state.updates, state.buffers, *state.optimizer_state.values())
        return OVERHEAD + sum(array.nbytes for array in arrays)


@dataclass(frozen=True)
class Moment:
    position: Position
    test_loss: float
    pinned: bool
    """Something was changed here."""
    gap: bool = False
    """A change between this moment and the next has been thinned out: going on from here leads elsewhere."""

    @property
    def step(self) -> int:
        return self.position.state.step


@dataclass
class Branch:
    parent: int | None
    begins: int
    """The step at which it leaves its parent."""
    changed: tuple[str, ...]
    """What was changed there: fields of the Spec, or tensors."""
    moments: list[Moment] = field(default_factory=list)
    """In the order of steps; the first is where it begins."""

    @property
    def ends(self) -> int:
        return self.moments[-1].step


class Timeline:
    def __init__(self, most_bytes: int, start: Position, test_loss: float) -> None:
        """Begins with the start of a run as branch 0."""
        self.branches = [Branch(None, start.state.step, (), [Moment(start, test_loss, pinned=True)])]
        self.current = 0
        """The branch the run is on."""
        self.size = start.size
        self._most_bytes = most_bytes
        self._spacing = 1

    def wants(self, step: int) -> bool:
        """Whether a moment of this step would be kept; asked before one is made, which costs a copy."""
        last = self.branches[self.current].ends
        return step > last and step // self._spacing > last // self._spacing

    def record(self, position: Position, test_loss: float, *, pinned: bool = False) -> None:
        """Keeps a moment of the current branch. One of the same step as the newest takes its place; older ones are
        known already and change nothing."""
        moments = self.branches[self.current].moments
        if position.state.step < moments[-1].step:
            return
        if position.state.step == moments[-1].step:
            pinned |= moments[-1].pinned
            self.size -= moments.pop().position.size
        moments.append(Moment(position, test_loss, pinned))
        self.size += position.size
        while self.size > self._most_bytes and self._thin():
            pass

    def branch(self, position: Position, test_loss: float, changed: tuple[str, ...]) -> None:
        """Leaves the current branch at a position that something was changed at; the new one is then the current."""
        self.branches.append(Branch(self.current, position.state.step, changed, [Moment(position, test_loss, True)]))
        self.size += position.size
        self.current = len(self.branches) - 1
        while self.size > self._most_bytes and self._thin():
            pass

    def nearest(self, branch: int, step: int) -> Moment:
        """The newest moment at or before a step on the way from the start to this branch's end.

        Raises IndexError for a branch that is not there, ValueError for a step before the start.
        """
        found = self.branches[branch]
        if step < found.begins:
            if found.parent is None:
                raise ValueError(f"the run starts at step {found.begins} and has no step {step}")
            return self.nearest(found.parent, step)
        return next(moment for moment in reversed(found.moments) if moment.step <= step)

    @property
    def best(self) -> Moment:
        """The moment of least test loss."""
        return min(self._all(), key=lambda moment: math.inf if math.isnan(moment.test_loss) else moment.test_loss)

    def _all(self) -> Iterator[Moment]:
        for branch in self.branches:
            yield from branch.moments

    def _thin(self) -> bool:
        """Doubles the distance between moments; whether doing so again may still help."""
        self._spacing *= 2
        longest = max(branch.ends for branch in self.branches)
        changes_too = self._spacing > longest  # nothing but changes is left between the ends
        best = self.best
        for branch in self.branches:
            kept = [branch.moments[0]]
            for moment in branch.moments[1:]:
                near = moment.step // self._spacing == kept[-1].step // self._spacing
                spared = moment is best or moment is branch.moments[-1] or (moment.pinned and not changes_too)
                if not near or spared:
                    kept.append(moment)
                elif moment.pinned or moment.gap:
                    kept[-1] = replace(kept[-1], gap=True)
            branch.moments = kept
        self.size = sum(moment.position.size for moment in self._all())
        return not changes_too
