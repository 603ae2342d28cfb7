"""A kept experiment as a document: facts that JSON can say, and named arrays. What is read may have been written by
anybody."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Gt, Le
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from engine.data.tables import shortened
from engine.fault import Fault
from engine.kept.experiment import KeptExperiment
from engine.nn.network import Array, Network, State
from engine.nn.optimizers import make_optimizer
from engine.spec.choices import BackendName, BugName
from engine.spec.spec import Spec
from engine.training.epoch_log import MOST_ROWS, EpochRow
from engine.training.snapshot import CurveEntry
from engine.training.stopping import StoppingState, StopReason
from engine.training.timeline import Checkpoint

MOST_NAME, MOST_NOTE = 120, 2000
"""Characters: a line of a table, and a page."""

MOST_ENTRIES = 5000
"""Of a curve: more than any server records."""

OF_OPTIMIZER = "optimizer."
"""Before the names of what the optimizer remembers."""

Arrays = Mapping[str, NDArray[Any]]
Count = Annotated[int, Ge(0), Le(2**53)]

NO_NUL = r"^[^\x00]*$"
"""Not every database has room for that character in a text."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=MOST_NAME, pattern=NO_NUL)]
Note = Annotated[str, StringConstraints(max_length=MOST_NOTE, pattern=NO_NUL)]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
    """JSON has no infinity, but 1e999 is read as one."""


class Progress(Part):
    """The numbers of a State; a sum that is not finite is null."""

    step: Count
    epoch: Count
    cursor: Count
    optimizer_steps: Count
    samples: Count
    loss_sum: float | None
    epoch_loss: float | None
    diverged: Count | None


class Stopping(Part):
    loss: float | None
    best: float | None
    best_epoch: Count
    stopped: StopReason | None


class Facts(Part):
    name: Name
    note: Note
    spec: dict[str, Any]
    bug: BugName | None
    backend: BackendName
    progress: Progress
    stopping: Stopping
    changed: bool
    steps_per_second: Annotated[float, Gt(0)] | None
    curve_width: Annotated[int, Ge(1), Le(2**53)]


def written(kept: KeptExperiment) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Facts and arrays."""
    state, here = kept.here.state, kept.here
    progress = {name: _finite(value) for name, value in state.progress._asdict().items()}
    facts = {
        "name": kept.name,
        "note": kept.note,
        "spec": here.spec.model_dump(mode="json"),
        "bug": here.bug,
        "backend": here.backend,
        "progress": progress,
        "stopping": {name: _finite(value) for name, value in asdict(here.stopping).items()},
        "changed": kept.changed,
        "steps_per_second": kept.steps_per_second,
        "curve_width": kept.curve_width,
    }
    norms = len(kept.curve[0].gradient_norms) if kept.curve else 0
    curve = [(one.train_loss, one.test_loss, *one.gradient_norms) for one in kept.curve]
    log = [(row.train_loss, row.test_loss, row.train_accuracy, row.test_accuracy, row.errors) for row in kept.log]
    return facts, {
        "start": kept.start,
        "parameters": state.parameters,
        "updates": state.updates,
        "buffers": state.buffers,
        **{OF_OPTIMIZER + name: values for name, values in state.optimizer_state.items()},
        "curve.steps": np.array([one.step for one in kept.curve], "<i8"),
        "curve.values": np.array(curve, "<f8").reshape(len(curve), 2 + norms),
        "log.epochs": np.array([row.epoch for row in kept.log], "<i8"),
        "log.steps": np.array([row.step for row in kept.log], "<i8"),
        "log.values": np.array(log, "<f8").reshape(len(log), 5),  # what a row has not is not a number
    }


def read(facts: object, arrays: Arrays) -> KeptExperiment:
    """Raises Fault where it does not hold together."""
    try:
        found = Facts.model_validate(facts)
    except ValidationError as error:
        raise _damaged(_place(error)) from None
    try:
        spec = Spec.model_validate(found.spec)
    except ValidationError as error:
        raise _damaged(_place(error, "spec")) from None
    state = _state(spec, found.progress, arrays)
    here = Checkpoint(spec, state, StoppingState(**found.stopping.model_dump()), found.bug, found.backend)
    start = _floats("start", arrays, state.parameters.shape)
    curve, log = _curve(arrays, layers=len(spec.hidden) + 1, last=state.step), _log(arrays, last=state.step)
    return KeptExperiment(
        found.name, found.note, here, start, found.changed, found.steps_per_second, curve, found.curve_width, log
    )


def _state(spec: Spec, progress: Progress, arrays: Arrays) -> State:
    network = Network.of(spec)
    memory = make_optimizer(spec, network).start(np.zeros(network.count, np.float32))
    found = {name.removeprefix(OF_OPTIMIZER) for name in arrays if name.startswith(OF_OPTIMIZER)}
    if found != set(memory):
        raise _damaged(OF_OPTIMIZER + min(found ^ set(memory)))
    shape = (network.count,)
    numbers = progress.model_dump()
    numbers["loss_sum"] = math.nan if progress.loss_sum is None else progress.loss_sum
    return State(
        _floats("parameters", arrays, shape),
        {name: _floats(OF_OPTIMIZER + name, arrays, shape) for name in memory},
        _floats("updates", arrays, shape),
        _floats("buffers", arrays, network.fresh_buffers().shape),
        **numbers,
    )


def _curve(arrays: Arrays, layers: int, last: int) -> tuple[CurveEntry, ...]:
    steps = _counts("curve.steps", arrays, MOST_ENTRIES, last)
    values = _numbers("curve.values", arrays, "<f8", (len(steps), 2 + layers if len(steps) else 2))
    rows = zip(steps, values.tolist(), strict=True)
    return tuple(CurveEntry(step, train, test, tuple(norms)) for step, (train, test, *norms) in rows)


def _log(arrays: Arrays, last: int) -> tuple[EpochRow, ...]:
    epochs, steps = (_counts(name, arrays, 2 * MOST_ROWS, last) for name in ("log.epochs", "log.steps"))
    values = _numbers("log.values", arrays, "<f8", (len(epochs), 5))
    if len(steps) != len(epochs):
        raise _damaged("log.steps")
    return tuple(_row(*row) for row in zip(epochs, steps, values.tolist(), strict=True))


def _row(epoch: int, step: int, values: Sequence[float]) -> EpochRow:
    train, test, *scores = values
    train_accuracy, test_accuracy, errors = (None if math.isnan(score) else score for score in scores)
    whole = None if errors is None or not math.isfinite(errors) else int(errors)
    return EpochRow(epoch, step, train, test, train_accuracy, test_accuracy, whole)


def _counts(name: str, arrays: Arrays, most: int, last: int) -> list[int]:
    """Rising numbers, none beyond the step where the run stands: there are as many epochs at most."""
    values = arrays.get(name)
    if values is None or values.dtype != "<i8" or values.ndim != 1 or len(values) > most:
        raise _damaged(name)
    if (values < 0).any() or (values > last).any() or (np.diff(values) <= 0).any():
        raise _damaged(name)
    found: list[int] = values.tolist()
    return found


def _floats(name: str, arrays: Arrays, shape: tuple[int, ...]) -> Array:
    values = _numbers(name, arrays, "<f4", shape)
    if not np.isfinite(values).all():
        raise _damaged(name)
    return values.astype(np.float32)  # a copy that can be written to


def _numbers(name: str, arrays: Arrays, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
    values = arrays.get(name)
    if values is None or values.dtype != dtype or values.shape != shape:
        raise _damaged(name)
    return values


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _place(error: ValidationError, before: str = "") -> str:
    """Of the first thing that is wrong."""
    place = error.errors(include_url=False, include_context=False, include_input=False)[0]["loc"]
    return ".".join([*([before] if before else []), *map(str, place)]) or "the document"


def _damaged(what: str) -> Fault:
    return Fault("kept_damaged", {"what": shortened(what)})
