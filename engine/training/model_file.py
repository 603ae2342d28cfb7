"""Model file: named tensors as the file that torch.save writes and torch.load opens; written and read without torch.

A .pt file is a zip, nothing in it compressed, of one folder: data.pkl (a pickle of the names, shapes and places),
data/0, data/1, … (the numbers of each storage), byteorder and version. A pickle is a program. `read` runs none: it
walks over the opcodes, knows the few that a dictionary of tensors is made of, and refuses any other.
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
"""torch's types of numbers that are read, as NumPy's; the last counts the batches a norm has seen."""

UNUSED = ".num_batches_tracked"
"""Ends the names of tensors that torch saves beside a norm's and that nothing here reads."""

BROKEN_ZIP = (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, EOFError, OSError, RuntimeError)
"""What zipfile raises of one: wrong sums, places outside the file, versions of the future, passwords."""

REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"
STORAGE = b"ctorch\nFloatStorage\n"
NO_HOOKS = b"\x89ccollections\nOrderedDict\n)R"
"""requires_grad False, and an empty OrderedDict of backward hooks."""


def write(tensors: Mapping[str, Array]) -> bytes:
    """The file: torch.load(weights_only=True) gives a dictionary of float32 tensors with these names."""
    pickled = bytearray(b"\x80\x02}(")  # protocol 2, an empty dictionary, and from here on its entries
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for key, (name, values) in enumerate(tensors.items()):
            strides = [stride // values.itemsize for stride in np.ascontiguousarray(values).strides]
            storage = b"(" + _text("storage") + STORAGE + _text(str(key)) + _text("cpu") + _whole(values.size) + b"tQ"
            place = storage + _whole(0) + _wholes(values.shape) + _wholes(strides)
            pickled += _text(name) + REBUILD + b"(" + place + NO_HOOKS + b"tR"
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
    except BROKEN_ZIP:
        raise Fault("model_not_torch", {}) from None


def _read(archive: zipfile.ZipFile, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Array]:
    pickles = [entry for entry in archive.infolist() if entry.filename.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise Fault("model_not_torch", {})
    if pickles[0].file_size > MOST_PICKLE_BYTES:
        raise Fault("model_foreign", {"given": "a long program"})
    folder = pickles[0].filename.removesuffix("data.pkl")
    tensors = _tensors(_entry(archive, pickles[0].filename))
    given = {name: tensor for name, tensor in tensors.items() if not name.endswith(UNUSED)}
    if set(given) != set(shapes):
        missing, extra = sorted(set(shapes) - set(given)), sorted(set(given) - set(shapes))
        raise Fault("model_names", {"missing": missing, "extra": extra})
    for name, shape in shapes.items():
        if given[name].shape != shape:
            raise Fault("model_shape", {"name": name, "given": _times(given[name].shape), "wanted": _times(shape)})
    big = folder + "byteorder" in archive.namelist() and _entry(archive, folder + "byteorder") == b"big"
    return {
        name: _numbers(name, _entry(archive, f"{folder}data/{given[name].key}"), given[name], big) for name in shapes
    }


def _entry(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        if archive.getinfo(name).compress_type == zipfile.ZIP_STORED:  # as torch does; else a few bytes become many
            return archive.read(name)
    except KeyError:
        pass
    raise Fault("model_damaged", {"name": name[:40]})


@dataclass(frozen=True)
class _Tensor:
    """Where a tensor's numbers lie: offset and strides count numbers of the storage."""

    key: str
    kind: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _numbers(name: str, data: bytes, tensor: _Tensor, big: bool) -> Array:
    """The numbers of one tensor out of its storage. Raises Fault where they are not there or not finite."""
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
class _Name:
    """What a pickle would import."""

    name: str


class _Mark:
    """Where a tuple or the entries of a dictionary begin."""


def _tensors(pickled: bytes) -> dict[str, _Tensor]:
    """What torch.save was given, if that was a dictionary of tensors. Raises Fault."""
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
            elif name in STEPS:
                STEPS[name](stack)
            elif name == "GLOBAL":
                stack.append(_Name(argument.replace(" ", ".")))
            elif name not in ("PROTO", "FRAME", "STOP"):
                raise Fault("model_foreign", {"given": name})
        (tensors,) = stack
    except Fault:
        raise
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        raise Fault("model_damaged", {"name": "data.pkl"}) from None
    if not isinstance(tensors, dict):
        raise Fault("model_foreign", {"given": _kind(tensors)})
    for name, value in tensors.items():
        if not (isinstance(name, str) and isinstance(value, _Tensor)):
            raise Fault("model_foreign", {"given": str(name)[:40]})
    return tensors


def _since_mark(stack: list[Any]) -> list[Any]:
    at = max(place for place, value in enumerate(stack) if isinstance(value, _Mark))
    values = stack[at + 1 :]
    del stack[at:]
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
    stack.append(_Name(f"{module}.{name}"))


def _storage(stack: list[Any]) -> None:
    """("storage", type, key, device, count) → (key, NumPy's type)"""
    _, kind, key, *_ = stack.pop()
    name = kind.name.removeprefix("torch.")
    if name not in STORAGES:
        raise Fault("model_foreign", {"given": name[:40]})
    stack.append((key, STORAGES[name]))


def _call(stack: list[Any]) -> None:
    """The three calls that are known: a tensor, the same as a parameter, an empty dictionary. None is made."""
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
    """Attributes of the dictionary: torch keeps versions of modules there, which nothing here needs."""
    stack.pop()
    if not isinstance(stack[-1], dict):
        raise Fault("model_foreign", {"given": _kind(stack[-1])})


CONSTANTS: dict[str, Callable[[], Any]] = {
    "EMPTY_DICT": dict,
    "EMPTY_TUPLE": tuple,
    "MARK": _Mark,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "NONE": lambda: None,
}
LITERALS = frozenset({"BINUNICODE", "SHORT_BINUNICODE", "BININT", "BININT1", "BININT2", "LONG1"})
STEPS: dict[str, Callable[[list[Any]], None]] = {
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
"""Opcode → what it does to the stack."""


def _kind(value: object) -> str:
    return value.name[:40] if isinstance(value, _Name) else type(value).__name__.strip("_").lower()


def _times(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "1"


def _text(text: str) -> bytes:
    encoded = text.encode()
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def _whole(number: int) -> bytes:
    return b"J" + struct.pack("<i", number)


def _wholes(numbers: Sequence[int]) -> bytes:
    return b"(" + b"".join(map(_whole, numbers)) + b"t"
