"""Model file: named tensors as the file that torch.save writes and torch.load opens; written and read without torch.

A .pt file is an uncompressed zip of one folder: data.pkl (a pickle of the names, shapes and storage keys), data/0,
data/1, … (the numbers of each storage), byteorder and version. A pickle is a program, which `read` does not run: it
steps through the opcodes, handles the few that a dictionary of tensors consists of, and refuses any other.
"""

import io
import pickletools
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from engine.fault import Fault
from engine.nn.network import Array
from engine.spec.spec import MOST_PICKLE_BYTES

STORAGES = {"FloatStorage": "f4", "DoubleStorage": "f8", "HalfStorage": "f2", "LongStorage": "i8"}
"""torch's storage types → NumPy's types; LongStorage holds num_batches_tracked of a norm."""

IGNORED_SUFFIX = ".num_batches_tracked"
"""Of tensors that torch saves with a norm and that are not used here."""

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


def read(data: bytes, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Array]:
    """The tensors of exactly these names and shapes, as float32. Raises Fault."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive, shapes)
    except Fault:
        raise
    except ZIP_ERRORS:
        raise Fault("model_not_torch", {}) from None


def _read(archive: zipfile.ZipFile, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Array]:
    pickles = [entry for entry in archive.infolist() if entry.filename.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise Fault("model_not_torch", {})
    if pickles[0].file_size > MOST_PICKLE_BYTES:
        raise Fault("model_foreign", {"given": "a long program"})
    folder = pickles[0].filename.removesuffix("data.pkl")
    tensors = _tensors(_entry(archive, pickles[0].filename))
    found = {name: tensor for name, tensor in tensors.items() if not name.endswith(IGNORED_SUFFIX)}
    if set(found) != set(shapes):
        missing, extra = sorted(set(shapes) - set(found)), sorted(set(found) - set(shapes))
        raise Fault("model_names", {"missing": missing, "extra": extra})
    for name, shape in shapes.items():
        if found[name].shape != shape:
            raise Fault(
                "model_shape", {"name": name, "given": _shape_text(found[name].shape), "wanted": _shape_text(shape)}
            )
    big = folder + "byteorder" in archive.namelist() and _entry(archive, folder + "byteorder") == b"big"
    return {
        name: _numbers(name, _entry(archive, f"{folder}data/{found[name].key}"), found[name], big) for name in shapes
    }


def _entry(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        if (
            archive.getinfo(name).compress_type == zipfile.ZIP_STORED
        ):  # as torch saves; a compressed entry could be a zip bomb
            return archive.read(name)
    except KeyError:
        pass
    raise Fault("model_damaged", {"name": name[:40]})


@dataclass(frozen=True)
class _Tensor:
    """Where a tensor's numbers are: the storage's key and NumPy type; offset and strides in numbers of that storage."""

    key: str
    kind: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _numbers(name: str, data: bytes, tensor: _Tensor, big: bool) -> Array:
    """The numbers of one tensor from its storage. Raises Fault if they are missing or not finite."""
    kind = np.dtype((">" if big else "<") + tensor.kind)
    storage = np.frombuffer(data[: len(data) // kind.itemsize * kind.itemsize], kind)
    last = tensor.offset + sum((size - 1) * stride for size, stride in zip(tensor.shape, tensor.strides, strict=True))
    if last >= len(storage):
        raise Fault("model_damaged", {"name": name})
    strides = [stride * kind.itemsize for stride in tensor.strides]
    values = np.lib.stride_tricks.as_strided(storage[tensor.offset :], tensor.shape, strides)
    with np.errstate(over="ignore"):
        numbers = values.astype(np.float32)
    if not np.isfinite(numbers).all():
        raise Fault("model_not_finite", {"name": name})
    return numbers


# The opcodes of a pickle of tensors


@dataclass(frozen=True)
class _Global:
    """The name of something that the pickle imports."""

    name: str


class _Mark:
    """MARK on the stack: the start of a tuple or of the entries of a dictionary."""


def _tensors(pickled: bytes) -> dict[str, _Tensor]:
    """The dictionary of tensors that was saved. Raises Fault if it is anything else."""
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    try:
        for opcode, operand, _ in pickletools.genops(pickled):
            name, argument = opcode.name, cast("Any", operand)
            if name in ("BINGET", "LONG_BINGET"):
                stack.append(memo[argument])
            elif name in ("BINPUT", "LONG_BINPUT"):
                memo[argument] = stack[-1]
            elif name == "MEMOIZE":
                memo[len(memo)] = stack[-1]
            elif name in CONSTANTS:
                stack.append(CONSTANTS[name]())
            elif name in LITERALS:
                stack.append(argument)
            elif name in STACK_OPERATIONS:
                STACK_OPERATIONS[name](stack)
            elif name == "GLOBAL":
                stack.append(_Global(argument.replace(" ", ".")))
            elif name not in ("PROTO", "FRAME", "STOP"):
                raise Fault("model_foreign", {"given": name})
        (tensors,) = stack
    except Fault:
        raise
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        raise Fault("model_damaged", {"name": "data.pkl"}) from None
    if not isinstance(tensors, dict):
        raise Fault("model_foreign", {"given": _type_name(tensors)})
    for name, value in tensors.items():
        if not (isinstance(name, str) and isinstance(value, _Tensor)):
            raise Fault("model_foreign", {"given": str(name)[:40]})
    return tensors


def _since_mark(stack: list[Any]) -> list[Any]:
    mark = max(index for index, value in enumerate(stack) if isinstance(value, _Mark))
    values = stack[mark + 1 :]
    del stack[mark:]
    return values


def _tuple(count: int | None) -> Callable[[list[Any]], None]:
    def make(stack: list[Any]) -> None:
        values = _since_mark(stack) if count is None else [stack.pop() for _ in range(count)][::-1]
        stack.append(tuple(values))

    return make


def _set_items(stack: list[Any]) -> None:
    values = _since_mark(stack)
    stack[-1].update(zip(values[::2], values[1::2], strict=True))


def _set_item(stack: list[Any]) -> None:
    value, key = stack.pop(), stack.pop()
    stack[-1].update({key: value})


def _global(stack: list[Any]) -> None:
    name, module = stack.pop(), stack.pop()
    stack.append(_Global(f"{module}.{name}"))


def _storage(stack: list[Any]) -> None:
    """("storage", type, key, device, count) → (key, NumPy's type)"""
    _, kind, key, *_ = stack.pop()
    name = kind.name.removeprefix("torch.")
    if name not in STORAGES:
        raise Fault("model_foreign", {"given": name[:40]})
    stack.append((key, STORAGES[name]))


def _call(stack: list[Any]) -> None:
    """The three known functions: rebuild a tensor, rebuild a parameter, make an OrderedDict. None is called."""
    arguments, called = stack.pop(), stack.pop()
    if called.name == "torch._utils._rebuild_tensor_v2":
        (key, kind), offset, shape, strides, *_ = arguments
        if not all(isinstance(value, int) and 0 <= value < 2**31 for value in (offset, *shape, *strides)):
            raise Fault("model_damaged", {"name": "data.pkl"})
        stack.append(_Tensor(str(key), kind, offset, shape, strides))
    elif called.name == "torch._utils._rebuild_parameter" and isinstance(arguments[0], _Tensor):
        stack.append(arguments[0])
    elif called.name == "collections.OrderedDict" and not arguments:
        stack.append({})
    else:
        raise Fault("model_foreign", {"given": called.name[:40]})


def _build(stack: list[Any]) -> None:
    """Attributes of the dictionary, where torch keeps versions of modules: not used here."""
    stack.pop()
    if not isinstance(stack[-1], dict):
        raise Fault("model_foreign", {"given": _type_name(stack[-1])})


CONSTANTS: dict[str, Callable[[], Any]] = {
    "EMPTY_DICT": dict,
    "EMPTY_TUPLE": tuple,
    "MARK": _Mark,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "NONE": lambda: None,
}
LITERALS = frozenset({"BINUNICODE", "SHORT_BINUNICODE", "BININT", "BININT1", "BININT2", "LONG1"})
STACK_OPERATIONS: dict[str, Callable[[list[Any]], None]] = {
    "TUPLE": _tuple(None),
    "TUPLE1": _tuple(1),
    "TUPLE2": _tuple(2),
    "TUPLE3": _tuple(3),
    "SETITEM": _set_item,
    "SETITEMS": _set_items,
    "STACK_GLOBAL": _global,
    "BINPERSID": _storage,
    "REDUCE": _call,
    "BUILD": _build,
}
"""Opcode → its effect on the stack."""


def _type_name(value: object) -> str:
    return value.name[:40] if isinstance(value, _Global) else type(value).__name__.strip("_").lower()


def _shape_text(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "1"


def _utf8(text: str) -> bytes:
    encoded = text.encode()
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def _int(number: int) -> bytes:
    return b"J" + struct.pack("<i", number)


def _int_tuple(numbers: Sequence[int]) -> bytes:
    return b"(" + b"".join(map(_int, numbers)) + b"t"
