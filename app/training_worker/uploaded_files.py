"""Files that people send: each is read in a process of its own, where whatever is in it harms nobody.

The readers themselves do work that grows with the length of a file and no faster; should one not, its process ends at
its limit of time or memory, and the person who sent the file is told.
"""

import logging
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from app.training_worker.processes import HarmReason, Processes, ProcessHarmed
from app.wire.messages import FileCode, Refusal
from engine.data import uploads
from engine.data.uploads import Upload
from engine.nn.network import Array, Network
from engine.spec.spec import Spec
from engine.training import model_file, safetensors_file

log = logging.getLogger(__name__)

R = TypeVar("R")
Ts = TypeVarTuple("Ts")

HARM: dict[HarmReason, FileCode] = {
    "time": "file_takes_too_long",
    "memory": "file_takes_too_much_memory",
    "died": "file_reader_ended",
}


async def weights(processes: Processes, spec: Spec, data: bytes) -> dict[str, Array]:
    """The weights in a file of torch or safetensors, for the network of this Spec. Raises Fault where they are others,
    and Refusal where they cannot be read."""
    return await _read(processes, weights_for, spec, data)


async def points(processes: Processes, data: bytes, name: str, draw: int | None) -> Upload:
    """See `uploads.read`. Raises Fault, and Refusal where the file cannot be read."""
    return await _read(processes, uploads.read, data, name, draw)


def weights_for(spec: Spec, data: bytes) -> dict[str, Array]:
    network = Network.of(spec)
    read = safetensors_file.read if safetensors_file.is_safetensors(data) else model_file.read
    return read(data, {**network.shapes, **network.buffer_shapes})


async def _read(processes: Processes, reader: Callable[[*Ts], R], *arguments: *Ts) -> R:
    try:
        return await processes.run("file", reader, *arguments)
    except ProcessHarmed as harm:
        log.warning("a file could not be read: %r", harm)
        raise Refusal(HARM[harm.reason], {} if harm.limit is None else {"limit": harm.limit}) from None
