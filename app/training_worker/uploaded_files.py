"""Files that people send: each is read in a process of its own, where whatever is in it harms nobody.

The readers themselves do work that grows with the length of a file and no faster; should one not, its process ends at
its limit of time or memory, and the person who sent the file is told. What comes back is read as data that anybody may
have written.
"""

import gc
import json
import logging
import math
import struct
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from itertools import accumulate
from typing import Any, TypeVar, TypeVarTuple

import numpy as np
from pydantic import TypeAdapter

from app.training_worker.worker_processes.harm import HarmReason
from app.training_worker.worker_processes.processes import Processes, ProcessHarmed
from app.wire.messages import FileCode, Refusal
from engine.data import uploads
from engine.data.uploads import Upload, Wishes
from engine.spec.spec import Spec
from engine.training import model_file, safetensors_file
from engine.training.layer_stack import change_to, shapes_of
from engine.training.weights import Weights, fitted

log = logging.getLogger(__name__)

R = TypeVar("R")
Ts = TypeVarTuple("Ts")

UPLOAD = TypeAdapter(Upload)
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
