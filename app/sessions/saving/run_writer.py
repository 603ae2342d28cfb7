"""RunWriter: a run as the store keeps it, a document and numbered parts that are written once.

Parts are what never changes in a run: a Spec, a moment of the timeline, a change that can be undone, a piece of a
curve; and where the run stands, which is another part each time. It works in the store's thread.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.sessions.history.curves import History
from app.sessions.history.undo import Change
from app.sessions.saving.captured_run import AnyCurve, CapturedCurve, CapturedMoments, CapturedRun
from app.store.records import MakePart, Part, PartsToMake, Save
from app.training_worker.page_data.measurements import Measured
from engine.nn.network import State
from engine.spec.spec import Spec
from engine.training.epoch_log import EpochLog, EpochRow
from engine.training.snapshot import CurveEntry
from engine.training.timeline import Checkpoint, Moment

CURRENT_STATE = "here"
"""The kind of the part that says where the run stands, as databases of this format have it."""

OF_OPTIMIZER = "optimizer."
"""Before the names of what the optimizer remembers."""

Content = Spec | Moment | Change
"""What a part is made of that is written once."""


@dataclass
class WrittenCurve:
    curve: AnyCurve
    original: Collection[object]
    """The curve's own list, as it was written; a curve that has been thinned has another."""
    count: int
    numbers: list[int]


class RunWriter:
    """Knows which parts of a run the store has, and by what numbers."""

    def __init__(self) -> None:
        self.knows_nothing = True
        """Whether the store has nothing yet, or nothing that can be relied on: the next save is of everything."""
        self._numbers: dict[int, tuple[Content, int]] = {}
        """By the id of a content, which is held here for as long as that counts."""
        self._changes: set[int] = set()
        """Ids of the contents that are changes."""
        self._branches: list[CapturedMoments] | None = None
        """As they were last written."""
        self._curves: dict[int, WrittenCurve] = {}
        self._current_state: int | None = None
        self._last = 0

    def add(self, content: Content, number: int) -> None:
        self._numbers[id(content)] = (content, number)
        if isinstance(content, Change):
            self._changes.add(id(content))
        self._last = max(self._last, number)

    def add_curve(self, curve: AnyCurve, numbers: list[int]) -> None:
        self._curves[id(curve)] = WrittenCurve(curve, curve.entries, len(curve), numbers)
        self._last = max(self._last, *numbers, 0)

    def add_current_state(self, number: int) -> None:
        self._current_state, self.knows_nothing = number, False
        self._last = max(self._last, number)

    def save(self, run: CapturedRun) -> Save:
        """What is new in the run; from now on that counts as written."""
        added: dict[int, MakePart] = {}
        dropped = self._add_contents(run, added) + self._add_curves(run.curves, added)
        dropped += [] if self._current_state is None else [self._current_state]
        self._current_state = self._new()
        here = run.checkpoint
        added[self._current_state] = partial(_checkpoint_part, CURRENT_STATE, here, self._number(here.spec), {})
        undo, redo = ([self._number(change) for change in stack] for stack in (run.undo, run.redo))
        document = {**run.document, "undo": undo, "redo": redo}
        is_complete, self.knows_nothing = self.knows_nothing, False
        return Save(run.key, document, PartsToMake(added), () if is_complete else dropped, is_complete)

    def _number(self, content: Content) -> int:
        return self._numbers[id(content)][1]

    def _new(self) -> int:
        self._last += 1
        return self._last

    def _add_contents(self, run: CapturedRun, added: dict[int, MakePart]) -> list[int]:
        """Gives the numbers of those that are gone."""
        moments = self._moments_added(run.branches)
        all_again = moments is None  # some may have gone
        if moments is None:
            moments = [(moment, place) for place, branch in enumerate(run.branches) for moment in branch.moments]
        changes = {id(change): change for change in (*run.undo, *run.redo)}
        contents: dict[int, Content] = {id(run.checkpoint.spec): run.checkpoint.spec, **changes}
        contents |= {id(moment): moment for moment, _ in moments}
        contents |= {id(moment.checkpoint.spec): moment.checkpoint.spec for moment, _ in moments}
        for change in changes.values():
            contents[id(change.spec)] = change.spec
            if change.checkpoint is not None:
                contents[id(change.checkpoint.spec)] = change.checkpoint.spec
        kept_before = self._numbers.keys() if all_again else self._changes
        gone = [self._numbers.pop(one)[1] for one in kept_before - contents.keys()]
        self._changes = set(changes)
        new = contents.keys() - self._numbers.keys()
        self._numbers |= {one: (contents[one], self._new()) for one in new}
        places = {id(moment): place for moment, place in moments}
        added |= {self._numbers[one][1]: self._part(contents[one], places.get(one, 0)) for one in new}
        return gone

    def _moments_added(self, branches: list[CapturedMoments]) -> list[tuple[Moment, int]] | None:
        """Those since the last save, each with its branch; None where that cannot be told."""
        before, self._branches = self._branches, branches
        if before is None or len(branches) < len(before):
            return None
        added: list[tuple[Moment, int]] = []
        for place, branch in enumerate(branches):
            written = before[place] if place < len(before) else CapturedMoments(branch.original, [])
            count = len(written.moments)
            if branch.original is not written.original or len(branch.moments) < count:
                return None
            if count and branch.moments[count - 1] is not written.moments[-1]:
                return None
            added += [(moment, place) for moment in branch.moments[count:]]
        return added

    def _part(self, content: Content, branch: int) -> MakePart:
        """branch: of a moment."""
        if isinstance(content, Spec):
            return partial(_spec_part, content)
        if isinstance(content, Moment):
            return partial(_moment_part, content, branch, self._number(content.checkpoint.spec))
        spec = None if content.checkpoint is None else self._number(content.checkpoint.spec)
        return partial(_change_part, content, self._number(content.spec), spec)

    def _add_curves(self, captured: list[CapturedCurve], added: dict[int, MakePart]) -> list[int]:
        """Gives the numbers of pieces that are gone."""
        curves: dict[int, WrittenCurve] = {}
        for one in captured:
            written = self._curves.get(id(one.curve))
            if written is None or written.original is not one.original:
                written = WrittenCurve(one.curve, one.original, 0, [])
            if written.count < len(one.entries):
                number = self._new()
                added[number] = _curve_part(one, written.count)
                written = WrittenCurve(one.curve, one.original, len(one.entries), [*written.numbers, number])
            curves[id(one.curve)] = written
        kept = {number for written in curves.values() for number in written.numbers}
        gone = [number for written in self._curves.values() for number in written.numbers if number not in kept]
        self._curves = curves
        return gone


def _curve_part(captured: CapturedCurve, first: int) -> MakePart:
    entries, branch = captured.entries[first:], captured.branch
    if isinstance(captured.curve, EpochLog):
        return partial(_log_part, entries, branch)
    return partial(_history_part if isinstance(captured.curve, History) else _layers_part, entries, branch)


def _history_part(entries: Sequence[CurveEntry], branch: int) -> Part:
    values = np.array([(one.train_loss, one.test_loss, *one.gradient_norms) for one in entries], "<f8")
    return Part("history", {"branch": branch}, {"steps": _steps(entries), "values": values})


def _layers_part(entries: Sequence[Measured], branch: int) -> Part:
    values = np.array([one.values for one in entries], "<f4")
    return Part("layers", {"branch": branch}, {"steps": _steps(entries), "values": values})


def _log_part(rows: Sequence[EpochRow], branch: int) -> Part:
    """What a row has not is not a number."""
    numbers = [(row.train_loss, row.test_loss, row.train_accuracy, row.test_accuracy, row.errors) for row in rows]
    epochs, values = np.array([row.epoch for row in rows], "<i8"), np.array(numbers, "<f8")
    return Part("log", {"branch": branch}, {"epochs": epochs, "steps": _steps(rows), "values": values})


def _spec_part(spec: Spec) -> Part:
    return Part("spec", spec.model_dump(mode="json"), {})


def _moment_part(moment: Moment, branch: int, spec: int) -> Part:
    facts = {"branch": branch, "loss": moment.test_loss, "pinned": moment.pinned, "gap": moment.gap}
    return _checkpoint_part("moment", moment.checkpoint, spec, facts)


def _change_part(change: Change, left: int, spec: int | None) -> Part:
    """left, spec: the numbers of the Spec that was left and of that of its checkpoint, if it has one."""
    set_up = None if change.set_up is None else vars(change.set_up)
    facts = {"branch": change.branch, "left": left, "set_up": set_up, "step": change.step, "number": change.number}
    if change.checkpoint is None or spec is None:
        return Part("change", facts, {})
    return _checkpoint_part("change", change.checkpoint, spec, facts)


def _checkpoint_part(kind: str, checkpoint: Checkpoint, spec: int, more: Mapping[str, Any]) -> Part:
    """spec: the number of its Spec. more: facts of what it belongs to."""
    facts = {
        "spec": spec,
        "bug": checkpoint.bug,
        "backend": checkpoint.backend,
        "stopping": astuple(checkpoint.stopping),
        "progress": checkpoint.state.progress,
    }
    return Part(kind, {**more, **facts}, arrays_of(checkpoint.state))


def _steps(entries: Iterable[CurveEntry] | Iterable[Measured] | Iterable[EpochRow]) -> NDArray[np.int64]:
    return np.array([one.step for one in entries], "<i8")


def arrays_of(state: State) -> dict[str, NDArray[Any]]:
    of_optimizer = {OF_OPTIMIZER + name: values for name, values in state.optimizer_state.items()}
    return {"parameters": state.parameters, "updates": state.updates, "buffers": state.buffers, **of_optimizer}
