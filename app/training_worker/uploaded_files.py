"""Files that people send: each is read in a process of its own, where whatever is in it harms nobody.

The readers themselves do work that grows with the length of a file and no faster; should one not, its process ends at
its limit of time or memory, and the person who sent the file is told. What comes back is read as data that anybody may
have written.
"""

import asyncio
import gc
import json
import logging
import math
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from itertools import accumulate
from typing import Annotated, Any, Literal, TypeVar, TypeVarTuple

import numpy as np
from annotated_types import Ge
from pydantic import TypeAdapter

from app.training_worker import keeping
from app.training_worker.kept_run import KeptRun
from app.training_worker.worker_processes.harm import HarmReason
from app.training_worker.worker_processes.processes import Processes, ProcessHarmed
from app.wire.messages import FileCode, Refusal
from engine.data import uploads
from engine.data.digits import DataSources
from engine.data.uploads import Upload, Wishes
from engine.kept import document
from engine.spec.spec import Spec
from engine.training import model_file, safetensors_file
from engine.training.layer_stack import change_to, shapes_of
from engine.training.weights import Weights, fitted

log = logging.getLogger(__name__)

R = TypeVar("R")
Ts = TypeVarTuple("Ts")


@dataclass(frozen=True)
class SaidExperiment:
    """What the process says of a kept experiment, before its arrays."""

    facts: dict[str, Any]
    layout: list[tuple[str, Literal["<f4", "<f8", "<i8"], list[Annotated[int, Ge(0)]]]]
    scores: dict[str, float | None]
    picture: dict[str, Any]


UPLOAD = TypeAdapter(Upload)
SAID_EXPERIMENT = TypeAdapter(SaidExperiment)
RENAMED = TypeAdapter(tuple[str, ...])
LENGTH = struct.Struct("<I")

HARM: dict[HarmReason, FileCode] = {
    "time": "file_takes_too_long",
    "memory": "file_takes_too_much_memory",
    "died": "file_reader_ended",
}


async def weights(processes: Processes, spec: Spec, data: bytes) -> Weights:
    """The weights in a file of torch or safetensors, for the network of this Spec. Raises Fault where they are others,
    and Refusal where they cannot be read."""
    answer = await _read(processes, weights_of, spec, data)
    head = LENGTH.size + (LENGTH.unpack_from(answer)[0] if len(answer) >= LENGTH.size else len(answer))
    try:
        renamed = RENAMED.validate_json(answer[LENGTH.size : head])
        numbers = np.frombuffer(answer[head:], "<f4")
    except ValueError:
        raise Refusal(HARM["died"], {}) from None
    shapes = shapes_of(spec)
    ends = list(accumulate(math.prod(shape) for shape in shapes.values()))
    if len(numbers) != ends[-1] or not np.isfinite(numbers).all():
        raise Refusal(HARM["died"], {})
    parts = np.split(numbers, ends[:-1])
    tensors = {name: part.reshape(shape).copy() for (name, shape), part in zip(shapes.items(), parts, strict=True)}
    return Weights(tensors, renamed)


async def experiment(processes: Processes, data: bytes, sources: DataSources) -> KeptRun:
    """A kept experiment in a `.playground` file. Raises Fault where it does not hold together, and Refusal where it
    cannot be read."""
    answer = await _read(processes, experiment_of, data, sources)
    try:
        return await asyncio.to_thread(_experiment_read, answer)
    except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError, struct.error):
        raise Refusal(HARM["died"], {}) from None


def _experiment_read(answer: bytes) -> KeptRun:
    """Checked as if nobody had: the process may be another by now."""
    end = LENGTH.size + LENGTH.unpack_from(answer)[0]
    said = SAID_EXPERIMENT.validate_json(answer[LENGTH.size : end])
    arrays = {}
    for name, dtype, shape in said.layout:
        count = math.prod(shape)
        arrays[name] = np.frombuffer(answer, dtype, count, end).reshape(shape)
        end += count * np.dtype(dtype).itemsize
    return KeptRun(document.read(said.facts, arrays), said.scores, said.picture)


async def points(processes: Processes, data: bytes, name: str, wishes: Wishes) -> Upload:
    """See `uploads.read`. Raises Fault, and Refusal where the file cannot be read."""
    found = await _read(processes, points_of, data, name, wishes)
    try:
        return UPLOAD.validate_python(found)
    except ValueError:
        raise Refusal(HARM["died"], {}) from None


def weights_of(spec: Spec, data: bytes) -> bytes:
    """In the process: the names that were others, as JSON with its length before it, and one tensor after another, in
    the order of `shapes_of`."""
    shapes = shapes_of(spec)
    stored = safetensors_file.stored(data) if safetensors_file.is_safetensors(data) else model_file.stored(data)
    found = fitted(stored, shapes, partial(change_to, spec))
    renamed = json.dumps(found.renamed).encode()
    numbers = b"".join(found.tensors[name].astype("<f4").tobytes() for name in shapes)
    return LENGTH.pack(len(renamed)) + renamed + numbers


def experiment_of(data: bytes, sources: DataSources) -> bytes:
    """In the process: what is said of it as JSON with its length before it, and one array after another."""
    found = keeping.read_file(data, sources)
    facts, arrays = document.written(found.experiment)
    layout = [(name, values.dtype.newbyteorder("<").str, values.shape) for name, values in arrays.items()]
    said = {"facts": facts, "layout": layout, "scores": found.scores, "picture": found.picture}
    head = json.dumps(said).encode()
    return b"".join([LENGTH.pack(len(head)), head, *(values.tobytes() for values in arrays.values())])


def points_of(data: bytes, name: str, wishes: Wishes) -> dict[str, Any]:
    """In the process. Half a million rows are as many new lists, and to look for cycles in them takes twice as long as
    to read them."""
    gc.disable()
    try:
        return asdict(uploads.read(data, name, wishes))
    finally:
        gc.enable()


async def _read(processes: Processes, reader: Callable[[*Ts], R], *arguments: *Ts) -> R:
    try:
        return await processes.run("file", reader, *arguments)
    except ProcessHarmed as harm:
        log.warning("a file could not be read: %r", harm)
        raise Refusal(HARM[harm.reason], {} if harm.limit is None else {"limit": harm.limit}) from None
    except RuntimeError:
        log.exception("a reader of files failed")
        raise Refusal("file_cannot_be_read", {}) from None
