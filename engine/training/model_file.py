"""Model file: named tensors as the file that torch.save writes and torch.load opens; written and read without torch.

A .pt file is an uncompressed zip of one folder: data.pkl (a pickle of the names, shapes and storage keys), data/0,
data/1, … (the numbers of each storage), byteorder and version; before torch 1.6 it was pickles and storages in a row.
A pickle is a program, which is not run (`pickled_tensors`).
"""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from typing import IO, TypeGuard

import numpy as np

from engine.fault import Fault
from engine.nn.network import Array
from engine.spec.bounds import MOST_PICKLE_BYTES
from engine.training.pickled_tensors import BFLOAT16, Tensor, type_name, unpickled
from engine.training.weights import Stored, finite_float32, widened

OLD_MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""A pickle of the number that files of torch before 1.6 begin with."""

STATE_DICTS = ("state_dict", "model_state_dict", "model", "net", "network", "module", "weights")
"""Names under which people save it beside other things, the clearest first."""

ZIP_ERRORS = (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, EOFError, OSError, RuntimeError)
"""What zipfile raises for damaged files: wrong checksums, offsets outside the file, unknown versions, passwords."""

REBUILD_TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\n"
FLOAT_STORAGE = b"ctorch\nFloatStorage\n"
NO_HOOKS = b"\x89ccollections\nOrderedDict\n)R"
"""requires_grad False, and an empty OrderedDict of backward hooks."""


def write(tensors: Mapping[str, Array]) -> bytes:
    """A file that torch.load(weights_only=True) reads as a dictionary of float32 tensors with these names."""
    pickled = bytearray(b"\x80\x02}(")  # protocol 2, an empty dictionary, and from here on its entries
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for key, (name, values) in enumerate(tensors.items()):
            strides = [stride // values.itemsize for stride in np.ascontiguousarray(values).strides]
            storage = (
                b"(" + _utf8("storage") + FLOAT_STORAGE + _utf8(str(key)) + _utf8("cpu") + _int(values.size) + b"tQ"
            )
            arguments = storage + _int(0) + _int_tuple(values.shape) + _int_tuple(strides)
            pickled += _utf8(name) + REBUILD_TENSOR + b"(" + arguments + NO_HOOKS + b"tR"
            archive.writestr(zipfile.ZipInfo(f"model/data/{key}"), values.astype("<f4").tobytes())
        archive.writestr(zipfile.ZipInfo("model/data.pkl"), bytes(pickled) + b"u.")
        archive.writestr(zipfile.ZipInfo("model/byteorder"), "little")
        archive.writestr(zipfile.ZipInfo("model/version"), "3\n")
    return buffer.getvalue()


def stored(data: bytes) -> Stored:
    """What is in the file. Raises Fault."""
    if data.startswith(OLD_MAGIC):
        return _stored_in_row(io.BytesIO(data), len(data))
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        return _stored_in_zip(archive)
    except Fault:
        raise
    except ZIP_ERRORS:
        raise Fault("model_not_torch", {}) from None


def _stored_in_zip(archive: zipfile.ZipFile) -> Stored:
    pickles = [entry for entry in archive.infolist() if entry.filename.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise Fault("model_not_torch", {})
    if pickles[0].file_size > MOST_PICKLE_BYTES:
        raise Fault("model_foreign", {"given": "a long program"})
    folder = pickles[0].filename.removesuffix("data.pkl")
    tensors = _state_dict(unpickled(io.BytesIO(_entry(archive, pickles[0].filename))).value)
    big = folder + "byteorder" in archive.namelist() and _entry(archive, folder + "byteorder") == b"big"

    def load(name: str) -> Array:
        return _numbers(name, _entry(archive, f"{folder}data/{tensors[name].key}"), tensors[name], big)

    return Stored({name: tensor.shape for name, tensor in tensors.items()}, load)


def _stored_in_row(stream: IO[bytes], length: int) -> Stored:
    """Of torch before 1.6: pickles of a magic number, a version, facts of the machine, the value and the keys of its
    storages; then the storages, each with the count of its numbers before it."""
    _, _, machine, saved, keys = (unpickled(stream) for _ in range(5))
    tensors = _state_dict(saved.value)
    if not isinstance(keys.value, list) or not isinstance(machine.value, dict):
        raise Fault("model_damaged", {"name": "storages"})
    big = machine.value.get("little_endian") is False
    storages = {}
    for key in keys.value:
        if not isinstance(key, str) or key not in saved.storages:
            raise Fault("model_damaged", {"name": "storages"})
        count = int.from_bytes(stream.read(8), "big" if big else "little")
        storages[key] = stream.read(min(count * _width(saved.storages[key]), length))

    def load(name: str) -> Array:
        return _numbers(name, storages.get(tensors[name].key, b""), tensors[name], big)

    return Stored({name: tensor.shape for name, tensor in tensors.items()}, load)


def _entry(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        # as torch saves; a compressed entry could be a zip bomb
        if archive.getinfo(name).compress_type == zipfile.ZIP_STORED:
            return archive.read(name)
    except (KeyError, *ZIP_ERRORS):
        pass
    raise Fault("model_damaged", {"name": name[:40]})


def _state_dict(value: object) -> dict[str, Tensor]:
    """The dictionary of tensors that was saved, or the one beside an optimizer and other things. Raises Fault."""
    if not isinstance(value, dict):
        raise Fault("model_foreign", {"given": type_name(value)})
    if _is_state_dict(value):
        return value
    inside = {name: part for name, part in value.items() if _is_state_dict(part) and part}
    name = next((name for name in STATE_DICTS if name in inside), None)
    if name is None and len(inside) == 1:
        (name,) = inside
    if name is not None:
        return inside[name]
    other = next(name for name, part in value.items() if not (isinstance(name, str) and isinstance(part, Tensor)))
    raise Fault("model_foreign", {"given": str(other)[:40]})


def _is_state_dict(value: object) -> TypeGuard[dict[str, Tensor]]:
    return isinstance(value, dict) and all(
        isinstance(name, str) and isinstance(part, Tensor) for name, part in value.items()
    )


def _width(kind: str) -> int:
    """Bytes of a number."""
    return 2 if kind == BFLOAT16 else np.dtype(kind).itemsize


def _numbers(name: str, data: bytes, tensor: Tensor, big: bool) -> Array:
    """The numbers of one tensor from its storage. Raises Fault if they are missing or not finite."""
    kind = np.dtype((">" if big else "<") + ("u2" if tensor.kind == BFLOAT16 else tensor.kind))
    storage = np.frombuffer(data[: len(data) // kind.itemsize * kind.itemsize], kind)
    last = tensor.offset + sum((size - 1) * stride for size, stride in zip(tensor.shape, tensor.strides, strict=True))
    if last >= len(storage):
        raise Fault("model_damaged", {"name": name})
    strides = [stride * kind.itemsize for stride in tensor.strides]
    values = np.lib.stride_tricks.as_strided(storage[tensor.offset :], tensor.shape, strides)
    return finite_float32(name, widened(values) if tensor.kind == BFLOAT16 else values)


def _utf8(text: str) -> bytes:
    encoded = text.encode()
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def _int(number: int) -> bytes:
    return b"J" + struct.pack("<i", number)


def _int_tuple(numbers: Sequence[int]) -> bytes:
    return b"(" + b"".join(map(_int, numbers)) + b"t"
