"""Model file as safetensors: a header of JSON that names the tensors, and their numbers. Nothing in it can be run."""

import struct
from collections.abc import Mapping

import numpy as np
import safetensors
import safetensors.numpy
from safetensors import SafetensorError

from engine.fault import Fault
from engine.nn.network import Array
from engine.training.weights import Stored, finite_float32, widened

HEADER = struct.Struct("<Q")
"""The length of the JSON, before it."""

BFLOAT16 = "BF16"
TYPES = {
    **{"F64": "f8", "F32": "f4", "F16": "f2", BFLOAT16: "u2"},
    **{"I64": "i8", "I32": "i4", "I16": "i2", "I8": "i1", "U8": "u1"},
}
"""Names of types → NumPy's."""


def is_safetensors(data: bytes) -> bool:
    """Whether it begins as such a file does; a file of torch is a zip or a pickle."""
    return data[HEADER.size : HEADER.size + 1] == b"{"


def write(tensors: Mapping[str, Array]) -> bytes:
    """A file that safetensors.torch.load_file reads as a dictionary of float32 tensors with these names."""
    return safetensors.numpy.save({name: values.astype("<f4") for name, values in tensors.items()})


def stored(data: bytes) -> Stored:
    """What is in the file. Raises Fault."""
    try:
        found = dict(safetensors.deserialize(data))  # type: ignore[no-untyped-call]
    except SafetensorError:
        raise Fault("model_damaged", {"name": "safetensors"}) from None
    for tensor in found.values():
        if tensor["dtype"] not in TYPES:
            raise Fault("model_foreign", {"given": str(tensor["dtype"])[:40]})

    def load(name: str) -> Array:
        tensor = found[name]
        values = np.frombuffer(tensor["data"], "<" + TYPES[tensor["dtype"]]).reshape(tensor["shape"])
        return finite_float32(name, widened(values) if tensor["dtype"] == BFLOAT16 else values)

    return Stored({name: tuple(tensor["shape"]) for name, tensor in found.items()}, load)
