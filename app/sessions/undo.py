"""Past: what a session keeps of its run: moments to go back to, a loss curve for each branch, changes to be undone."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from app.sessions.curves import History, Measured, Measurements
from app.settings import Limits
from app.wire.messages import Refusal
from engine.spec.spec import Spec
from engine.training.snapshot import Entry
from engine.training.timeline import Position, Timeline

MOST_CHANGES = 100
"""Changes that can be undone: more than anybody remembers having made."""

MOST_BRANCHES = 40
"""More are no longer told apart on a chart, and each keeps its first and its last moment."""

TURNING = 0.5
"""Seconds: the same numbers changed again within so many are a knob still being turned."""

POINT_BYTES = 200
"""Of one point in a Spec, three numbers in a tuple."""


@dataclass(frozen=True)
class Change:
    """One side of a change: the Spec, and where the run stood. Of an earlier run nothing but its Spec is kept."""

    spec: Spec
    branch: int = 0
    position: Position | None = None

    @property
    def size(self) -> int:
        return self.position.size if self.position else POINT_BYTES * len(self.spec.own_points)


class Past:
    def __init__(self, start: Position, entry: Entry, limits: Limits) -> None:
        self.timeline = Timeline(limits.timeline_bytes, start, entry.test_loss)
        self._most_bytes = limits.timeline_bytes
        self._histories = [History(limits.history)]
        self._measurements = [Measurements(limits.measured)]
        self.history.add(entry)
        self._undo: deque[Change] = deque(maxlen=MOST_CHANGES)
        self._redo: deque[Change] = deque(maxlen=MOST_CHANGES)
        self._changed: tuple[str, ...] = ()
        self._changed_at = 0.0

    @property
    def history(self) -> History:
        """The loss curve of the branch the run is on, its parents' parts before it."""
        return self._histories[self.timeline.current]

    @property
    def changes(self) -> dict[str, int]:
        """How many can be undone and redone."""
        return {"undo": len(self._undo), "redo": len(self._redo)}

    def add(self, entry: Entry, position: Position | None) -> None:
        """What a slice has shown, and where the run then stood if that is wanted."""
        self.history.add(entry)
        if position is not None:
            self.timeline.record(position, entry.test_loss)

    def measure(self, branch: int, measured: Measured) -> None:
        """What the layers of a branch were like at a step."""
        self._measurements[branch].add(measured)

    def stand(self, position: Position, test_loss: float, changed: tuple[str, ...]) -> bool:
        """The run stands where training alone has not led it. At its end that is kept as a change; anywhere earlier a
        branch begins. Gives whether one did."""
        step = position.state.step
        if step >= self.timeline.branches[self.timeline.current].ends:
            self.timeline.record(position, test_loss, pinned=True)
            return False
        self.branch(position, test_loss, changed)
        return True

    def branch(self, position: Position, test_loss: float, changed: tuple[str, ...]) -> None:
        """Leaves the current branch here, with its curve up to here."""
        step = position.state.step
        before = (self.history.until(step), self._measurements[self.timeline.current].until(step))
        self.timeline.branch(position, test_loss, changed)
        self._histories.append(before[0])
        self._measurements.append(before[1])

    # Undo and redo

    def changing(self, position: Position, changed: tuple[str, ...], spec: Spec) -> None:
        """A change to a Spec is made from here; what had been undone can no longer be redone. A knob that is being
        turned is one change, and none where it is back where it was."""
        turning = self._change(Change(position.spec, self.timeline.current, position), changed)
        if turning and self._undo[-1].spec == spec:
            self._undo.pop()

    def follow(self, earlier: Past, left: Spec, spec: Spec) -> None:
        """This run begins because another Spec was chosen, or the same one again: changes of the run that is left can
        still be taken back, and so can this one."""
        self.inherit(earlier)
        changed = tuple(name for name in Spec.model_fields if getattr(left, name) != getattr(spec, name))
        if changed:
            self._change(Change(left), changed)
        while self._undo and self._undo[-1].spec == spec:  # what differed was the place in a run that is gone
            self._undo.pop()

    def inherit(self, earlier: Past) -> None:
        """The changes of an earlier run, each as its Spec alone: its moments are gone."""
        self._changed, self._changed_at = earlier._changed, earlier._changed_at
        for own, theirs in ((self._undo, earlier._undo), (self._redo, earlier._redo)):
            for change in theirs:
                if not own or own[-1].spec != change.spec:
                    own.append(Change(change.spec))

    def _change(self, left: Change, changed: tuple[str, ...]) -> bool:
        """Gives whether it is a part of the change before it."""
        now = time.monotonic()
        again = changed == self._changed and now - self._changed_at <= TURNING and bool(self._undo)
        turning = again and all(_is_knob(left.spec, name) for name in changed)
        if not turning:
            self._keep(self._undo, left)
        self._changed, self._changed_at = changed, now
        self._redo.clear()
        return turning

    def newest(self, *, undone: bool) -> Change | None:
        """The change to make again, or else to take back; None where there is none."""
        changes = self._redo if undone else self._undo
        return changes[-1] if changes else None

    def swap(self, here: Change, *, undone: bool) -> None:
        """The newest change is made again, or else taken back; here: where the run stood before that."""
        self.settle()
        taken, given = (self._redo, self._undo) if undone else (self._undo, self._redo)
        taken.pop()
        if here.position or not given or given[-1].spec != here.spec:  # of an earlier run the Spec alone tells
            self._keep(given, here)

    def _keep(self, changes: deque[Change], change: Change) -> None:
        """Forgets the oldest where they take too much memory."""
        changes.append(change)
        while len(changes) > 1 and sum(kept.size for kept in changes) > self._most_bytes:
            changes.popleft()

    def settle(self) -> None:
        """A knob that was being turned has been let go."""
        self._changed = ()

    def refuse_branch(self, step: int) -> None:
        """Raises Refusal where a change at this step would begin a branch and there are too many."""
        branches = self.timeline.branches
        leaves = step < branches[self.timeline.current].ends
        if leaves and (
            len(branches) >= MOST_BRANCHES
            or sum(branch.moments[0].position.size for branch in branches) > self._most_bytes
        ):
            raise Refusal("too_many_branches", {"limit": len(branches)})

    # What is said of it

    def curves(self) -> dict[str, Any]:
        """The loss curve and the measurements of the branch the run is on."""
        return {**self.history.message(), "measured": self._measurements[self.timeline.current].message()}

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
                    "begins": branch.begins,
                    "ends": branch.ends,
                    "changed": list(branch.changed),
                    "curve": history.since(branch.begins),
                }
                for branch, history in zip(timeline.branches, self._histories, strict=True)
            ],
            **self.changes,
        }


def _is_knob(spec: Spec, field: str) -> bool:
    """Whether it is a number of a Spec that one turns; a seed is drawn, and a switch, a name or a list is chosen."""
    value = getattr(spec, field) if field in Spec.model_fields else None
    return isinstance(value, int | float) and not isinstance(value, bool) and field != "seed"
