"""A run as the store keeps it, and read back: a document, and numbered parts that are written once.

Parts are what never changes in a run: a Spec, a moment of the timeline, a change that can be undone, a piece of a
curve; and where the run stands, which is another part each time.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.sessions.history.branches import Branches
from app.sessions.history.curves import History, Measurements
from app.sessions.history.undo import Change, SetUp, UndoStack
from app.sessions.run import Run
from app.settings import Limits
from app.store.records import MakePart, Part, PartsToMake, Save, SavedRun
from app.training_worker.measurements import QUANTITIES, Measured
from app.training_worker.port import Placed
from app.wire.messages import Refusal
from engine.nn.network import State
from engine.spec.spec import Spec
from engine.training.snapshot import CurveEntry
from engine.training.stopping import StoppingState
from engine.training.timeline import Branch, Checkpoint, Moment, Timeline

FORMAT = 1
"""Of document and parts; a run of another format is not read."""

DAMAGED = (ValueError, LookupError, TypeError, AttributeError)
"""What reading a run raises that does not hold together."""

OF_OPTIMIZER = "optimizer."
"""Before the names of what the optimizer remembers."""

Thing = Spec | Moment | Change
AnyCurve = History | Measurements


@dataclass
class WrittenCurve:
    curve: AnyCurve
    entries: Collection[object]
    """The list that was written; a curve that has been thinned has another."""
    count: int
    numbers: list[int]


class SavedParts:
    """Which parts of a run the store has, and by what numbers."""

    def __init__(self) -> None:
        self.whole = True
        """Whether it has nothing yet, or nothing that can be relied on."""
        self._numbers: dict[int, tuple[Thing, int]] = {}
        """By the id of a thing, which is held here for as long as that counts."""
        self._changes: set[int] = set()
        """Ids of the things that are changes."""
        self._seen: list[tuple[list[Moment], int, Moment]] | None = None
        """Of each branch its list of moments, how many there were, and the last of them."""
        self._curves: dict[int, WrittenCurve] = {}
        self._here: int | None = None
        self._last = 0

    def add(self, thing: Thing, number: int) -> None:
        self._numbers[id(thing)] = (thing, number)
        if isinstance(thing, Change):
            self._changes.add(id(thing))
        self._last = max(self._last, number)

    def add_curve(self, curve: AnyCurve, numbers: list[int]) -> None:
        self._curves[id(curve)] = WrittenCurve(curve, curve.entries, len(curve), numbers)
        self._last = max(self._last, *numbers, 0)

    def add_current_state(self, number: int) -> None:
        self._here, self.whole = number, False
        self._last = max(self._last, number)

    def save(self, key: str, run: Run, here: Checkpoint, server: str) -> Save:
        """What is new in a run that stands here; from now on that counts as written."""
        added: dict[int, MakePart] = {}
        dropped = self._add_things(run, here, added) + self._add_curves(run.branches, added)
        dropped += [] if self._here is None else [self._here]
        self._here = self._new()
        added[self._here] = partial(_checkpoint_part, "here", here, self._number(here.spec), {})
        undo, redo = ([self._number(change) for change in stack] for stack in run.undo.stacks)
        head = {**_head(run), "server": server, "undo": undo, "redo": redo}
        whole, self.whole = self.whole, False
        return Save(key, head, PartsToMake(added), () if whole else dropped, whole)

    def _number(self, thing: Thing) -> int:
        return self._numbers[id(thing)][1]

    def _new(self) -> int:
        self._last += 1
        return self._last

    def _add_things(self, run: Run, here: Checkpoint, added: dict[int, MakePart]) -> list[int]:
        """Gives the numbers of those that are gone."""
        branches = run.branches.timeline.branches
        moments = self._moments_added(branches)
        all_again = moments is None  # some may have gone
        if moments is None:
            moments = [(moment, place) for place, branch in enumerate(branches) for moment in branch.moments]
        changes = {id(change): change for stack in run.undo.stacks for change in stack}
        things: dict[int, Thing] = {id(here.spec): here.spec, **changes}
        things |= {id(moment): moment for moment, _ in moments}
        things |= {id(moment.checkpoint.spec): moment.checkpoint.spec for moment, _ in moments}
        for change in changes.values():
            things[id(change.spec)] = change.spec
            if change.checkpoint is not None:
                things[id(change.checkpoint.spec)] = change.checkpoint.spec
        kept_before = self._numbers.keys() if all_again else self._changes
        gone = [self._numbers.pop(one)[1] for one in kept_before - things.keys()]
        self._changes = set(changes)
        new = things.keys() - self._numbers.keys()
        self._numbers |= {one: (things[one], self._new()) for one in new}
        places = {id(moment): place for moment, place in moments}
        added |= {self._numbers[one][1]: self._part(things[one], places.get(one, 0)) for one in new}
        return gone

    def _moments_added(self, branches: list[Branch]) -> list[tuple[Moment, int]] | None:
        """Those since the last save, each with its branch; None where that cannot be told. A timeline only adds to a
        list of moments and replaces its last one, or else makes another list."""
        before, self._seen = self._seen, [(one.moments, len(one.moments), one.moments[-1]) for one in branches]
        if before is None or len(branches) < len(before):
            return None
        added: list[tuple[Moment, int]] = []
        for place, branch in enumerate(branches):
            moments, count, last = before[place] if place < len(before) else (branch.moments, 0, None)
            if moments is not branch.moments or len(moments) < count or (count and moments[count - 1] is not last):
                return None
            added += [(moment, place) for moment in moments[count:]]
        return added

    def _part(self, thing: Thing, branch: int) -> MakePart:
        """branch: of a moment."""
        if isinstance(thing, Spec):
            return partial(_spec_part, thing)
        if isinstance(thing, Moment):
            return partial(_moment_part, thing, branch, self._number(thing.checkpoint.spec))
        spec = None if thing.checkpoint is None else self._number(thing.checkpoint.spec)
        return partial(_change_part, thing, self._number(thing.spec), spec)

    def _add_curves(self, branches: Branches, added: dict[int, MakePart]) -> list[int]:
        """Gives the numbers of pieces that are gone."""
        curves: dict[int, WrittenCurve] = {}
        for curve, place in _placed_curves(branches):
            written = self._curves.get(id(curve))
            if written is None or written.entries is not curve.entries:
                written = WrittenCurve(curve, curve.entries, 0, [])
            if written.count < len(curve):
                number = self._new()
                added[number] = _curve_part(curve, place, written.count)
                written = WrittenCurve(curve, curve.entries, len(curve), [*written.numbers, number])
            curves[id(curve)] = written
        kept = {number for written in curves.values() for number in written.numbers}
        gone = [number for written in self._curves.values() for number in written.numbers if number not in kept]
        self._curves = curves
        return gone


def _placed_curves(branches: Branches) -> Iterable[tuple[AnyCurve, int]]:
    for place, (history, measurements) in enumerate(zip(branches.histories, branches.measurements, strict=True)):
        yield history, place
        yield measurements, place


def _curve_part(curve: AnyCurve, branch: int, first: int) -> MakePart:
    """Of the entries that it has now: later there may be more."""
    if isinstance(curve, History):
        return partial(_history_part, curve.entries[first:], branch)
    return partial(_layers_part, curve.entries[first:], branch)


def _history_part(entries: Sequence[CurveEntry], branch: int) -> Part:
    values = np.array([(one.train_loss, one.test_loss, *one.gradient_norms) for one in entries], "<f8")
    return Part("history", {"branch": branch}, {"steps": _steps(entries), "values": values})


def _layers_part(entries: Sequence[Measured], branch: int) -> Part:
    values = np.array([one.values for one in entries], "<f4")
    return Part("layers", {"branch": branch}, {"steps": _steps(entries), "values": values})


def _spec_part(spec: Spec) -> Part:
    return Part("spec", spec.model_dump(mode="json"), {})


def _moment_part(moment: Moment, branch: int, spec: int) -> Part:
    facts = {"branch": branch, "loss": moment.test_loss, "pinned": moment.pinned, "gap": moment.gap}
    return _checkpoint_part("moment", moment.checkpoint, spec, facts)


def _change_part(change: Change, left: int, spec: int | None) -> Part:
    """left, spec: the numbers of the Spec that was left and of that of its checkpoint, if it has one."""
    set_up = None if change.set_up is None else vars(change.set_up)
    facts = {"branch": change.branch, "left": left, "set_up": set_up}
    if change.checkpoint is None or spec is None:
        return Part("change", facts, {})
    return _checkpoint_part("change", change.checkpoint, spec, facts)


def _checkpoint_part(kind: str, checkpoint: Checkpoint, spec: int, more: Mapping[str, Any]) -> Part:
    """spec: the number of its Spec. more: facts of what it belongs to."""
    facts = {
        "spec": spec,
        "bug": checkpoint.bug,
        "stopping": vars(checkpoint.stopping),
        "progress": checkpoint.state.progress._asdict(),
    }
    return Part(kind, {**more, **facts}, arrays_of(checkpoint.state))


def _steps(entries: Iterable[CurveEntry] | Iterable[Measured]) -> NDArray[np.int64]:
    return np.array([one.step for one in entries], "<i8")


def arrays_of(state: State) -> dict[str, NDArray[Any]]:
    of_optimizer = {OF_OPTIMIZER + name: values for name, values in state.optimizer_state.items()}
    return {"parameters": state.parameters, "updates": state.updates, "buffers": state.buffers, **of_optimizer}


def _head(run: Run) -> dict[str, Any]:
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


# Reading


@dataclass(frozen=True)
class ReadRun:
    """What was kept of a run, apart from its Trainer."""

    here: Checkpoint
    branches: Branches
    undo: UndoStack
    head: Mapping[str, Any]
    written: SavedParts


@dataclass(frozen=True)
class Restored:
    """And its Trainer, which stands where the run stood."""

    read: ReadRun
    placed: Placed
    elsewhere: bool
    """Whether another server kept it, or this one before it was started again."""

    def into(self, run: Run) -> None:
        """Into a run that has just begun. It plays, or takes the steps asked for, if it did and may."""
        head = self.read.head
        run.branches, run.undo, run.revision = self.read.branches, self.read.undo, head["revision"]
        run.place(self.placed)
        run.used, run.copied = True, head["copied"]
        run.set_by_hand, run.missed = head["set_by_hand"], "run_restored" if self.elsewhere else head["missed"]
        run.set_speed(head["speed"])
        try:
            if head["playing"] and run.diverged_at is None and run.stop_reason is None:
                run.admit()
                run.play()
            run.add_pending(*head["pending"])
        except Refusal:  # too many train already
            run.missed = "run_restored_paused"


def read_run(saved: SavedRun, limits: Limits) -> ReadRun:
    """Raises one of DAMAGED where it does not hold together."""
    if saved.head["format"] != FORMAT:
        raise ValueError(f"the run is of format {saved.head['format']}, and only {FORMAT} can be read")
    return _Reader(saved, limits).run()


class _Reader:
    def __init__(self, saved: SavedRun, limits: Limits) -> None:
        self._head = saved.head
        self._limits = limits
        self._written = SavedParts()
        self._arrays: list[NDArray[Any]] = []
        """Of all states: looked through at once, as each by itself takes longer."""
        self._parts: dict[str, dict[int, Part]] = {}
        for number, part in saved.parts.items():
            self._parts.setdefault(part.kind, {})[number] = part
        self._specs: dict[int, Spec] = {}
        for number, part in self._parts["spec"].items():
            spec = self._specs[number] = Spec.model_validate(part.facts)
            self._written.add(spec, number)
        ((self._here_number, here),) = self._parts["here"].items()
        self._here = self._checkpoint(here)

    def run(self) -> ReadRun:
        branches = self._branches()
        changes = {number: self._change(number, part) for number, part in self._parts.get("change", {}).items()}
        undo, redo = ([changes[number] for number in self._head[name]] for name in ("undo", "redo"))
        if not np.isfinite(np.concatenate([values.ravel() for values in self._arrays])).all():
            raise ValueError("a state holds numbers that are not finite")
        self._written.add_current_state(self._here_number)
        return ReadRun(self._here, branches, UndoStack.restored(self._limits, undo, redo), self._head, self._written)

    def _branches(self) -> Branches:
        found = [Branch(parent, first, tuple(changed)) for parent, first, changed in self._head["branches"]]
        for number, part in self._parts["moment"].items():
            facts = part.facts
            moment = Moment(self._checkpoint(part), facts["loss"], facts["pinned"], facts["gap"])
            found[facts["branch"]].moments.append(moment)
            self._written.add(moment, number)
        for branch in found:
            branch.moments.sort(key=lambda moment: moment.step)
        limits, head = self._limits, self._head
        timeline = Timeline.restored(limits.timeline_bytes, found, head["current"], head["spacing"])
        pieces = [(self._pieces("history", place), self._pieces("layers", place)) for place in range(len(found))]
        histories = [
            History.restored(limits.history, width, [entry for part in losses.values() for entry in _history(part)])
            for (losses, _), width in zip(pieces, head["widths"][0], strict=True)
        ]
        measurements = [
            Measurements.restored(limits.measured, width, [one for part in layers.values() for one in _measured(part)])
            for (_, layers), width in zip(pieces, head["widths"][1], strict=True)
        ]
        for (losses, layers), history, measured in zip(pieces, histories, measurements, strict=True):
            self._written.add_curve(history, list(losses))
            self._written.add_curve(measured, list(layers))
        return Branches(timeline, histories, measurements, limits)

    def _pieces(self, kind: str, branch: int) -> dict[int, Part]:
        return {n: part for n, part in self._parts.get(kind, {}).items() if part.facts["branch"] == branch}

    def _change(self, number: int, part: Part) -> Change:
        checkpoint = self._checkpoint(part) if "progress" in part.facts else None
        set_up = None if part.facts["set_up"] is None else SetUp(**part.facts["set_up"])
        change = Change(self._specs[part.facts["left"]], part.facts["branch"], checkpoint, set_up)
        self._written.add(change, number)
        return change

    def _checkpoint(self, part: Part) -> Checkpoint:
        facts, arrays = part.facts, dict(part.arrays)
        count = arrays["parameters"].shape
        if len(count) != 1:
            raise ValueError(f"a state has parameters of shape {count}")
        self._arrays += arrays.values()
        memory = {name: arrays[name] for name in arrays if name.startswith(OF_OPTIMIZER)}
        if any(values.shape != count for values in (arrays["updates"], *memory.values())):
            raise ValueError(f"a state of {count} parameters remembers others")
        state = State(
            parameters=arrays["parameters"],
            optimizer_state={name.removeprefix(OF_OPTIMIZER): values for name, values in memory.items()},
            updates=arrays["updates"],
            buffers=arrays["buffers"],
            **facts["progress"],
        )
        return Checkpoint(self._specs[facts["spec"]], state, StoppingState(**facts["stopping"]), facts["bug"])


def _history(part: Part) -> Iterable[CurveEntry]:
    for step, (train, test, *norms) in zip(part.arrays["steps"].tolist(), part.arrays["values"].tolist(), strict=True):
        yield CurveEntry(step, train, test, tuple(norms))


def _measured(part: Part) -> Iterable[Measured]:
    for step, values in zip(part.arrays["steps"].tolist(), part.arrays["values"], strict=True):
        if len(values) != len(QUANTITIES):
            raise ValueError(f"{len(values)} quantities were measured, and now there are {len(QUANTITIES)}")
        yield Measured(step, values)
