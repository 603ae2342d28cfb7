"""Undo and redo: the changes of a run that can be taken back and made again."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Self

from app.settings import Limits
from engine.spec.choices import BackendName, BugName
from engine.spec.spec import Spec
from engine.training.timeline import Checkpoint

TURNING = 0.5
"""Seconds: the same numbers changed again within so many are a knob still being turned."""

POINT_BYTES = 200
"""Of one point in a Spec, three numbers in a tuple."""


@dataclass(frozen=True)
class SetUp:
    """What a preset sets beside the Spec."""

    bug: BugName | None
    steps_per_second: float | None
    backend: BackendName = "compiled"


@dataclass(frozen=True)
class Change:
    """One side of a change: the Spec, and where the run stood. Of an earlier run nothing but its Spec is kept, and what
    else a preset has replaced."""

    spec: Spec
    branch: int = 0
    checkpoint: Checkpoint | None = None
    set_up: SetUp | None = None
    """None: as it is, on either side."""
    step: int = 0
    """Where the run stood, though nothing may be kept of it."""
    number: int = 0
    """Of the change, the same on both sides: a page knows by it which change is undone."""

    def differs(self, spec: Spec, set_up: SetUp | None) -> bool:
        """Whether going there from here would change anything."""
        return self.spec != spec or self.set_up not in (None, set_up)

    @property
    def outline(self) -> Change:
        """What is kept of it once its run is gone."""
        return Change(self.spec, set_up=self.set_up, step=self.step, number=self.number)

    @property
    def size(self) -> int:
        return self.checkpoint.nbytes if self.checkpoint else POINT_BYTES * len(self.spec.own_points)


class UndoStack:
    """Two stacks: what can be undone, and what was undone and can be made again."""

    def __init__(self, limits: Limits) -> None:
        self._most_bytes = limits.timeline_bytes
        self._undo: deque[Change] = deque(maxlen=limits.undo_changes)
        self._redo: deque[Change] = deque(maxlen=limits.undo_changes)
        self._last_number = 0
        self._changed: tuple[str, ...] = ()
        self._changed_at = 0.0

    def copied(self) -> Self:
        """The same changes, to be undone and made by themselves."""
        other = copy(self)
        other._undo, other._redo = self._undo.copy(), self._redo.copy()
        return other

    @classmethod
    def restored(cls, limits: Limits, undo: Iterable[Change], redo: Iterable[Change]) -> UndoStack:
        """Both oldest first, as `stacks` gives them."""
        stack = cls(limits)
        stack._undo.extend(undo)
        stack._redo.extend(redo)
        stack._last_number = max((change.number for kept in stack.stacks for change in kept), default=0)
        return stack

    @property
    def stacks(self) -> tuple[Sequence[Change], Sequence[Change]]:
        """What can be undone and what can be redone, oldest first."""
        return self._undo, self._redo

    @property
    def counts(self) -> dict[str, int]:
        """How many can be undone and redone."""
        return {"undo": len(self._undo), "redo": len(self._redo)}

    @property
    def numbers(self) -> dict[str, int | None]:
        """Of the changes that are the next to be undone and redone."""
        return {
            "undo_number": self._undo[-1].number if self._undo else None,
            "redo_number": self._redo[-1].number if self._redo else None,
        }

    def add(self, left: Change, changed: tuple[str, ...], spec: Spec) -> None:
        """A change away from `left`, to this Spec; what had been undone can no longer be redone. A knob that is being
        turned is one change, and none where it is back where it was."""
        turning = self._change(left, changed)
        if turning and self._undo[-1].spec == spec:
            self._undo.pop()

    def follow(self, earlier: UndoStack, left: Change, spec: Spec, set_up: SetUp | None = None) -> None:
        """This run begins because another Spec was chosen, or the same one again: changes of the run that is left can
        still be taken back, and so can this one. set_up: of this run, where that was chosen, too."""
        self.inherit(earlier)
        changed = tuple(name for name in Spec.model_fields if getattr(left.spec, name) != getattr(spec, name))
        if left.differs(spec, set_up):
            self._change(left, changed if left.set_up is None else ("set_up",))
        while self._undo and not self._undo[-1].differs(spec, set_up):  # they differed in checkpoints of the run left
            self._undo.pop()

    def inherit(self, earlier: UndoStack) -> None:
        """The changes of an earlier run, each as its Spec alone: its moments are gone."""
        self._changed, self._changed_at = earlier._changed, earlier._changed_at
        self._last_number = earlier._last_number
        for own, theirs in ((self._undo, earlier._undo), (self._redo, earlier._redo)):
            for change in theirs:
                if not own or change.differs(own[-1].spec, own[-1].set_up):
                    own.append(change.outline)

    def _change(self, left: Change, changed: tuple[str, ...]) -> bool:
        """Gives whether it is a part of the change before it."""
        now = time.monotonic()
        again = changed == self._changed and now - self._changed_at <= TURNING and bool(self._undo)
        turning = again and all(_is_knob(left.spec, name) for name in changed)
        if not turning:
            self._last_number += 1
            self._keep(self._undo, replace(left, number=self._last_number))
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
        number = taken.pop().number
        if here.checkpoint or not given or here.differs(given[-1].spec, given[-1].set_up):
            self._keep(given, replace(here, number=number))

    def _keep(self, changes: deque[Change], change: Change) -> None:
        """Forgets the oldest where they take too much memory."""
        changes.append(change)
        while len(changes) > 1 and sum(kept.size for kept in changes) > self._most_bytes:
            changes.popleft()

    def settle(self) -> None:
        """A knob that was being turned has been let go."""
        self._changed = ()


def _is_knob(spec: Spec, field: str) -> bool:
    """Whether it is a number of a Spec that one turns; a seed is drawn, and a switch, a name or a list is chosen."""
    value = getattr(spec, field) if field in Spec.model_fields else None
    return isinstance(value, int | float) and not isinstance(value, bool) and "seed" not in field
