"""Reads a run as the store keeps it: see `run_writer`. What comes out is the same run, bit for bit."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.sessions.copies import RunCopy
from app.sessions.history.branches import Branches
from app.sessions.history.curves import History, Measurements
from app.sessions.history.undo import Change, SetUp, UndoStack
from app.sessions.run import Run
from app.sessions.saving.captured_run import FORMAT
from app.sessions.saving.run_writer import CURRENT_STATE, OF_OPTIMIZER, RunWriter
from app.settings import Limits
from app.store.records import Part, SavedRun
from app.training_worker.page_data.measurements import QUANTITIES, Measured
from app.training_worker.port import Placed
from app.wire.messages import Refusal
from engine.nn.network import State
from engine.spec.spec import Spec
from engine.training.epoch_log import EpochLog, EpochRow
from engine.training.snapshot import CurveEntry
from engine.training.stopping import StoppingState
from engine.training.timeline import Branch, Checkpoint, Moment, Timeline

DAMAGED = (ValueError, LookupError, TypeError, AttributeError)
"""What reading a run raises that does not hold together."""


@dataclass(frozen=True)
class ReadRun:
    """What was kept of a run, apart from its Trainer."""

    checkpoint: Checkpoint
    """Where it stood."""
    branches: Branches
    undo: UndoStack
    document: Mapping[str, Any]
    writer: RunWriter
    """Which knows what the store has of it."""

    def copy(self) -> RunCopy:
        """For another run to begin where this one was kept last."""
        document = self.document
        return RunCopy(
            self.checkpoint,
            self.branches,
            self.undo,
            document["speed"],
            before=None,
            set_by_hand=document["set_by_hand"],
            diverged_at=None,  # what has ended it tells the Trainer that goes there
            stop_reason=None,
        )


@dataclass(frozen=True)
class Restored:
    """And its Trainer, which stands where the run stood."""

    read: ReadRun
    placed: Placed
    elsewhere: bool
    """Whether another server kept it, or this one before it was started again."""

    def into(self, run: Run) -> None:
        """Into a run that has just begun. It plays, or takes the steps asked for, if it did and may, and if the engine
        is still the same."""
        document = self.read.document
        run.branches, run.undo, run.revision = self.read.branches, self.read.undo, document["revision"]
        run.place(self.placed)
        run.used, run.copied = True, document["copied"]
        run.set_by_hand, run.missed = document["set_by_hand"], "run_restored" if self.elsewhere else document["missed"]
        run.set_speed(document["speed"])
        if run.experiment.backend != self.read.checkpoint.backend:  # which came to harm: it may be meant to train on
            run.missed = "engine_replaced"
            return
        try:
            if document["playing"] and run.diverged_at is None and run.stop_reason is None:
                run.admit()
                run.play()
            run.add_pending(*document["pending"])
        except Refusal:  # too many train already
            run.missed = "run_restored_paused"


def read_run(saved: SavedRun, limits: Limits) -> ReadRun:
    """Raises one of DAMAGED where it does not hold together."""
    if saved.document["format"] != FORMAT:
        raise ValueError(f"the run is of format {saved.document['format']}, and only {FORMAT} can be read")
    return _Reader(saved, limits).run()


class _Reader:
    def __init__(self, saved: SavedRun, limits: Limits) -> None:
        self._document = saved.document
        self._limits = limits
        self._writer = RunWriter()
        self._arrays: list[NDArray[Any]] = []
        """Of all states: looked through at once, as each by itself takes longer."""
        self._stopping = StoppingState()
        self._stopping_values = list(astuple(self._stopping))
        self._parts: dict[str, dict[int, Part]] = {}
        for number, part in saved.parts.items():
            self._parts.setdefault(part.kind, {})[number] = part
        self._specs: dict[int, Spec] = {}
        for number, part in self._parts["spec"].items():
            spec = self._specs[number] = Spec.model_validate(part.facts)
            self._writer.add(spec, number)
        ((self._current_number, current),) = self._parts[CURRENT_STATE].items()
        self._current = self._checkpoint(current)

    def run(self) -> ReadRun:
        branches = self._branches()
        changes = {number: self._change(number, part) for number, part in self._parts.get("change", {}).items()}
        undo, redo = ([changes[number] for number in self._document[name]] for name in ("undo", "redo"))
        if not np.isfinite(np.concatenate(self._arrays, axis=None)).all():
            raise ValueError("a state holds numbers that are not finite")
        self._writer.add_current_state(self._current_number)
        return ReadRun(
            self._current, branches, UndoStack.restored(self._limits, undo, redo), self._document, self._writer
        )

    def _branches(self) -> Branches:
        found = [Branch(parent, first, tuple(changed)) for parent, first, changed in self._document["branches"]]
        for number, part in self._parts["moment"].items():
            facts = part.facts
            moment = Moment(self._checkpoint(part), facts["loss"], facts["pinned"], facts["gap"])
            found[facts["branch"]].moments.append(moment)
            self._writer.add(moment, number)
        for branch in found:
            branch.moments.sort(key=attrgetter("checkpoint.state.step"))
        limits, document = self._limits, self._document
        timeline = Timeline.restored(limits.timeline_bytes, found, document["current"], document["spacing"])
        pieces = [[self._pieces(kind, place) for kind in ("history", "layers", "log")] for place in range(len(found))]
        histories = [
            History.restored(limits.history, width, [entry for part in losses.values() for entry in _history(part)])
            for (losses, _, _), width in zip(pieces, document["widths"][0], strict=True)
        ]
        measurements = [
            Measurements.restored(limits.measured, width, [one for part in layers.values() for one in _measured(part)])
            for (_, layers, _), width in zip(pieces, document["widths"][1], strict=True)
        ]
        logs = [EpochLog([row for part in rows.values() for row in _log(part)]) for _, _, rows in pieces]
        for written, curves in zip(pieces, zip(histories, measurements, logs, strict=True), strict=True):
            self._writer.add_curve(curves[0], list(written[0]))
            self._writer.add_curve(curves[1], list(written[1]))
            self._writer.add_curve(curves[2], list(written[2]))
        return Branches(timeline, histories, measurements, logs, limits)

    def _pieces(self, kind: str, branch: int) -> dict[int, Part]:
        return {n: part for n, part in self._parts.get(kind, {}).items() if part.facts["branch"] == branch}

    def _change(self, number: int, part: Part) -> Change:
        checkpoint = self._checkpoint(part) if "progress" in part.facts else None
        set_up = None if part.facts["set_up"] is None else SetUp(**part.facts["set_up"])
        place = (part.facts.get("step", 0), part.facts.get("number", 0))  # runs of before have neither
        change = Change(self._specs[part.facts["left"]], part.facts["branch"], checkpoint, set_up, *place)
        self._writer.add(change, number)
        return change

    def _checkpoint(self, part: Part) -> Checkpoint:
        facts, arrays = part.facts, part.arrays
        parameters, updates, buffers = arrays["parameters"], arrays["updates"], arrays["buffers"]
        memory = {}
        if len(arrays) > len(("parameters", "updates", "buffers")):
            memory = {name.removeprefix(OF_OPTIMIZER): arrays[name] for name in arrays if name.startswith(OF_OPTIMIZER)}
        for values in (updates, *memory.values()):
            if values.shape != parameters.shape or values.ndim != 1:
                raise ValueError(f"a state of {parameters.shape} parameters remembers others")
        self._arrays += arrays.values()
        progress, stopping = _values(facts["progress"]), _values(facts["stopping"])
        state = State(parameters, memory, updates, buffers, *progress)  # whose order is that of State
        if stopping != self._stopping_values:  # of most moments it is the same
            self._stopping, self._stopping_values = StoppingState(*stopping), stopping
        backend = facts.get("backend", "compiled")  # once the only one
        return Checkpoint(self._specs[facts["spec"]], state, self._stopping, facts["bug"], backend)


def _values(fields: list[Any] | dict[str, Any]) -> list[Any]:
    """In their order; the first version of the database has them by their names."""
    return fields if isinstance(fields, list) else list(fields.values())


def _history(part: Part) -> Iterable[CurveEntry]:
    for step, (train, test, *norms) in zip(part.arrays["steps"].tolist(), part.arrays["values"].tolist(), strict=True):
        yield CurveEntry(step, train, test, tuple(norms))


def _measured(part: Part) -> Iterable[Measured]:
    for step, values in zip(part.arrays["steps"].tolist(), part.arrays["values"], strict=True):
        if len(values) != len(QUANTITIES):
            raise ValueError(f"{len(values)} quantities were measured, and now there are {len(QUANTITIES)}")
        yield Measured(step, values)


def _log(part: Part) -> Iterable[EpochRow]:
    arrays = part.arrays
    for epoch, step, values in zip(*(arrays[name].tolist() for name in ("epochs", "steps", "values")), strict=True):
        train, test, *scores = values
        train_accuracy, test_accuracy, errors = (None if math.isnan(score) else score for score in scores)
        yield EpochRow(epoch, step, train, test, train_accuracy, test_accuracy, None if errors is None else int(errors))
