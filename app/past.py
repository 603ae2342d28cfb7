"""Past: what a session keeps of its run: moments to go back to, a loss curve for each branch, changes to be undone."""

from collections import deque
from dataclasses import dataclass
from typing import Any

from app.history import Entry, History
from app.messages import Refusal
from engine.timeline import Position, Timeline

MOST_CHANGES = 100
"""Changes that can be undone: more than anybody remembers having made."""

MOST_BRANCHES = 40
"""More are no longer told apart on a chart, and each keeps its first and its last moment."""

TURNING = 250
"""Steps: the same field changed again within so many, a third of a second, is a knob still being turned."""


@dataclass(frozen=True)
class Change:
    """Where the run stood on one side of a change."""

    branch: int
    position: Position


class Past:
    def __init__(self, start: Position, entry: Entry, most_bytes: int, most_entries: int) -> None:
        self.timeline = Timeline(most_bytes, start, entry.test_loss)
        self._most_bytes = most_bytes
        self._histories = [History(most_entries)]
        self.history.add(entry)
        self._undo: deque[Change] = deque(maxlen=MOST_CHANGES)
        self._redo: deque[Change] = deque(maxlen=MOST_CHANGES)
        self._changed: tuple[str, ...] = ()
        self._changed_at = 0

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
        before = self.history.until(position.state.step)
        self.timeline.branch(position, test_loss, changed)
        self._histories.append(before)

    # Undo and redo

    def changing(self, position: Position, changed: tuple[str, ...]) -> None:
        """A change was made from here; what had been undone can no longer be redone. A knob that is being turned is
        one change."""
        step = position.state.step
        turning = changed == self._changed and 0 <= step - self._changed_at <= TURNING and "." not in changed[0]
        if not (turning and self._undo):
            self._keep(self._undo, Change(self.timeline.current, position))
        self._changed, self._changed_at = changed, step
        self._redo.clear()

    def step_back(self, here: Position) -> Change | None:
        """The change to take back; None where there is none."""
        return self._swap(self._undo, self._redo, here)

    def step_forward(self, here: Position) -> Change | None:
        """The change to make again; None where there is none."""
        return self._swap(self._redo, self._undo, here)

    def _swap(self, taken: deque[Change], given: deque[Change], here: Position) -> Change | None:
        if not taken:
            return None
        self.settle()
        self._keep(given, Change(self.timeline.current, here))
        return taken.pop()

    def _keep(self, changes: deque[Change], change: Change) -> None:
        """Forgets the oldest where they take too much memory."""
        changes.append(change)
        while len(changes) > 1 and sum(kept.position.size for kept in changes) > self._most_bytes:
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
