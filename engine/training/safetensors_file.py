"""Model file as safetensors: a header of JSON that names the tensors, and their numbers. Nothing in it can be run."""

import struct
from collections.abc import Mapping

import safetensors.numpy
from safetensors import SafetensorError

from engine.fault import Fault
from engine.nn.network import Array
from engine.training.weights import Shapes, finite_float32, refuse_others

HEADER = struct.Struct("<Q")
"""The length of the JSON, before it."""


def is_safetensors(data: bytes) -> bool:
    """Whether it begins as such a file does; a file of torch is a zip."""
    return data[HEADER.size : HEADER.size + 1] == b"{"


def write(tensors: Mapping[str, Array]) -> bytes:
    """A file that safetensors.torch.load_file reads as a dictionary of float32 tensors with these names."""
    return safetensors.numpy.save({name: values.astype("<f4") for name, values in tensors.items()})


def read(data: bytes, shapes: Shapes) -> dict[str, Array]:
    """The tensors of exactly these names and shapes, as float32. Raises Fault."""
    try:
        found = safetensors.numpy.load(data)
    except SafetensorError:
        raise Fault("model_damaged", {"name": "safetensors"}) from None
    except KeyError as unknown:  # a type that NumPy has no numbers for
        raise Fault("model_foreign", {"given": str(unknown.args[0])[:40]}) from None
    refuse_others({name: values.shape for name, values in found.items()}, shapes)
    return {name: finite_float32(name, found[name]) for name in shapes}
