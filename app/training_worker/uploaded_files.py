"""Files that people send: each is read in a process of its own, where whatever is in it harms nobody.

The readers themselves do work that grows with the length of a file and no faster; should one not, its process ends at
its limit of time or memory, and the person who sent the file is told. What comes back is read as data that anybody may
have written.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import asdict
from itertools import accumulate
from typing import Any, TypeVar, TypeVarTuple

import numpy as np
from pydantic import TypeAdapter

from app.training_worker.processes import HarmReason, Processes, ProcessHarmed
from app.wire.messages import FileCode, Refusal
from engine.data import uploads
from engine.data.uploads import Upload, Wishes
from engine.nn.network import Array, Network
from engine.spec.spec import Spec
from engine.training import model_file, safetensors_file

log = logging.getLogger(__name__)

R = TypeVar("R")
Ts = TypeVarTuple("Ts")

UPLOAD = TypeAdapter(Upload)

HARM: dict[HarmReason, FileCode] = {
    "time": "file_takes_too_long",
    "memory": "file_takes_too_much_memory",
    "died": "file_reader_ended",
}


async def weights(processes: Processes, spec: Spec, data: bytes) -> dict[str, Array]:
    """The weights in a file of torch or safetensors, for the network of this Spec. Raises Fault where they are others,
    and Refusal where they cannot be read."""
    numbers = np.frombuffer(await _read(processes, weights_of, spec, data), "<f4")
    shapes = _shapes(spec)
    ends = list(accumulate(math.prod(shape) for shape in shapes.values()))
    if len(numbers) != ends[-1] or not np.isfinite(numbers).all():
        raise Refusal(HARM["died"], {})
    parts = np.split(numbers, ends[:-1])
    return {name: part.reshape(shape).copy() for (name, shape), part in zip(shapes.items(), parts, strict=True)}


async def points(processes: Processes, data: bytes, name: str, wishes: Wishes) -> Upload:
    """See `uploads.read`. Raises Fault, and Refusal where the file cannot be read."""
    found = await _read(processes, points_of, data, name, wishes)
    try:
        return UPLOAD.validate_python(found)
    except ValueError:
        raise Refusal(HARM["died"], {}) from None


def weights_of(spec: Spec, data: bytes) -> bytes:
    """In the process: one tensor after another, in the order of `_shapes`."""
    shapes = _shapes(spec)
    read = safetensors_file.read if safetensors_file.is_safetensors(data) else model_file.read
    tensors = read(data, shapes)
    return b"".join(tensors[name].astype("<f4").tobytes() for name in shapes)


def points_of(data: bytes, name: str, wishes: Wishes) -> dict[str, Any]:
    """In the process."""
    return asdict(uploads.read(data, name, wishes))


def _shapes(spec: Spec) -> dict[str, tuple[int, ...]]:
    network = Network.of(spec)
    return {**network.shapes, **network.buffer_shapes}


async def _read(processes: Processes, reader: Callable[[*Ts], R], *arguments: *Ts) -> R:
    try:
        return await processes.run("file", reader, *arguments)
    except ProcessHarmed as harm:
        log.warning("a file could not be read: %r", harm)
        raise Refusal(HARM[harm.reason], {} if harm.limit is None else {"limit": harm.limit}) from None
