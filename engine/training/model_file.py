"""Model file: named tensors as the file that torch.save writes and torch.load opens; written and read without torch.

A .pt file is an uncompressed zip of one folder: data.pkl (a pickle of the names, shapes and storage keys), data/0,
data/1, … (the numbers of each storage), byteorder and version. A pickle is a program, which `read` does not run: it
steps through the opcodes, handles the few that a dictionary of tensors consists of, and refuses any other. Whatever it
holds, the work grows with its length and no faster: tuples have bounds, and only texts are keys.
"""

import io
import pickletools
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from engine.fault import Fault
from engine.nn.network import Array
from engine.spec.bounds import MOST_PICKLE_BYTES
from engine.training.weights import Shapes, finite_float32, refuse_others

STORAGES = {"FloatStorage": "f4", "DoubleStorage": "f8", "HalfStorage": "f2", "LongStorage": "i8"}
"""torch's storage types → NumPy's types; LongStorage holds num_batches_tracked of a norm."""

LONGEST_TUPLE = 8
"""Values: of the arguments of a tensor, which has fewer dimensions."""

DEEPEST_TUPLE = 4
"""Tuples inside one another: the shape of a tensor is in its arguments."""

MOST_MARKS = 8
"""Open at once: one for the dictionary, one each for arguments, storage and shape of a tensor."""

LONGEST_GLOBAL = 100
"""Characters of a name that the pickle imports."""

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


def read(data: bytes, shapes: Shapes) -> dict[str, Array]:
    """The tensors of exactly these names and shapes, as float32. Raises Fault."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive, shapes)
    except Fault:
        raise
    except ZIP_ERRORS:
        raise Fault("model_not_torch", {}) from None


def _read(archive: zipfile.ZipFile, shapes: Shapes) -> dict[str, Array]:
    pickles = [entry for entry in archive.infolist() if entry.filename.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise Fault("model_not_torch", {})
    if pickles[0].file_size > MOST_PICKLE_BYTES:
        raise Fault("model_foreign", {"given": "a long program"})
    folder = pickles[0].filename.removesuffix("data.pkl")
    found = _tensors(_entry(archive, pickles[0].filename))
    refuse_others({name: tensor.shape for name, tensor in found.items()}, shapes)
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
    return finite_float32(name, values)


# The opcodes of a pickle of tensors


@dataclass(frozen=True)
class _Global:
    """The name of something that the pickle imports."""

    name: str


@dataclass(frozen=True)
class _Storage:
    key: str
    kind: str
    """NumPy's type."""


class _Tuple(tuple[Any, ...]):
    """Knows how deep it is, so that nobody has to walk through it: a few bytes can hold the same tuple many times."""

    depth: int


class _Stack:
    """Of values, and where in it the entries of a tuple or a dictionary begin that is not yet made."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.marks: list[int] = []

    def push(self, value: object) -> None:
        self.values.append(value)

    def pop(self) -> Any:
        return self.values.pop()

    @property
    def top(self) -> Any:
        return self.values[-1]

    def mark(self) -> None:
        self.marks.append(len(self.values))
        if len(self.marks) > MOST_MARKS:
            raise _too_much()

    def pop_since_mark(self) -> list[Any]:
        mark = self.marks.pop()
        values = self.values[mark:]
        del self.values[mark:]
        return values


def _tensors(pickled: bytes) -> dict[str, _Tensor]:
    """The dictionary of tensors that was saved. Raises Fault if it is anything else."""
    stack = _Stack()
    memo: dict[int, Any] = {}
    try:
        for opcode, operand, _ in pickletools.genops(pickled):
            name, argument = opcode.name, cast("Any", operand)
            if name in ("BINGET", "LONG_BINGET"):
                stack.push(memo[argument])
            elif name in ("BINPUT", "LONG_BINPUT"):
                memo[argument] = stack.top
            elif name == "MEMOIZE":
                memo[len(memo)] = stack.top
            elif name in CONSTANTS:
                stack.push(CONSTANTS[name]())
            elif name in LITERALS:
                stack.push(argument)
            elif name in STACK_OPERATIONS:
                STACK_OPERATIONS[name](stack)
            elif name == "GLOBAL":
                stack.push(_Global(argument.replace(" ", ".")))
            elif name not in ("PROTO", "FRAME", "STOP"):
                raise Fault("model_foreign", {"given": name})
        (tensors,) = stack.values
    except Fault:
        raise
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        raise Fault("model_damaged", {"name": "data.pkl"}) from None
    if not isinstance(tensors, dict):
        raise Fault("model_foreign", {"given": _type_name(tensors)})
    for name, value in tensors.items():
        if not isinstance(value, _Tensor):
            raise Fault("model_foreign", {"given": name[:40]})
    return tensors


def _made_tuple(values: Sequence[Any]) -> _Tuple:
    """Raises Fault where it is longer or deeper than a tensor needs."""
    made = _Tuple(values)
    made.depth = 1 + max((value.depth for value in values if isinstance(value, _Tuple)), default=0)
    if len(made) > LONGEST_TUPLE or made.depth > DEEPEST_TUPLE:
        raise _too_much()
    return made


def _too_much() -> Fault:
    return Fault("model_too_much", {"entries": LONGEST_TUPLE, "depth": DEEPEST_TUPLE})


def _tuple(count: int) -> Callable[[_Stack], None]:
    return lambda stack: stack.push(_made_tuple([stack.pop() for _ in range(count)][::-1]))


def _set_items(stack: _Stack) -> None:
    values = stack.pop_since_mark()
    _update(stack, zip(values[::2], values[1::2], strict=True))


def _set_item(stack: _Stack) -> None:
    value, key = stack.pop(), stack.pop()
    _update(stack, [(key, value)])


def _update(stack: _Stack, entries: Iterable[tuple[object, object]]) -> None:
    """The dictionary on the stack."""
    for key, value in entries:
        if not isinstance(key, str):
            raise Fault("model_foreign", {"given": _type_name(key)})
        stack.top.update({key: value})


def _global(stack: _Stack) -> None:
    name, module = stack.pop(), stack.pop()
    if not (isinstance(name, str) and isinstance(module, str) and len(name) + len(module) < LONGEST_GLOBAL):
        raise Fault("model_damaged", {"name": "data.pkl"})
    stack.push(_Global(f"{module}.{name}"))


def _storage(stack: _Stack) -> None:
    """("storage", type, key, device, count)"""
    _, kind, key, *_ = _as_tuple(stack.pop())
    name = kind.name.removeprefix("torch.")
    if name not in STORAGES:
        raise Fault("model_foreign", {"given": name[:40]})
    if not isinstance(key, str):
        raise Fault("model_damaged", {"name": "data.pkl"})
    stack.push(_Storage(key, STORAGES[name]))


def _call(stack: _Stack) -> None:
    """The three known functions: rebuild a tensor, rebuild a parameter, make an OrderedDict. None is called."""
    arguments, called = stack.pop(), stack.pop()
    if called.name == "torch._utils._rebuild_tensor_v2":
        storage, offset, shape, strides, *_ = _as_tuple(arguments)
        numbers = (offset, *_as_tuple(shape), *_as_tuple(strides))
        if not all(isinstance(value, int) and 0 <= value < 2**31 for value in numbers):
            raise Fault("model_damaged", {"name": "data.pkl"})
        stack.push(_Tensor(storage.key, storage.kind, offset, tuple(shape), tuple(strides)))
    elif called.name == "torch._utils._rebuild_parameter" and isinstance(arguments[0], _Tensor):
        stack.push(arguments[0])
    elif called.name == "collections.OrderedDict" and not arguments:
        stack.push({})
    else:
        raise Fault("model_foreign", {"given": called.name[:40]})


def _as_tuple(value: object) -> _Tuple:
    """Raises TypeError for anything else: only a tuple is known to be short."""
    if not isinstance(value, _Tuple):
        raise TypeError
    return value


def _build(stack: _Stack) -> None:
    """Attributes of the dictionary, where torch keeps versions of modules: not used here."""
    stack.pop()
    if not isinstance(stack.top, dict):
        raise Fault("model_foreign", {"given": _type_name(stack.top)})


CONSTANTS: dict[str, Callable[[], Any]] = {
    "EMPTY_DICT": dict,
    "EMPTY_TUPLE": lambda: _made_tuple(()),
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "NONE": lambda: None,
}
LITERALS = frozenset({"BINUNICODE", "SHORT_BINUNICODE", "BININT", "BININT1", "BININT2", "LONG1"})
STACK_OPERATIONS: dict[str, Callable[[_Stack], None]] = {
    "MARK": _Stack.mark,
    "TUPLE": lambda stack: stack.push(_made_tuple(stack.pop_since_mark())),
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


def _utf8(text: str) -> bytes:
    encoded = text.encode()
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def _int(number: int) -> bytes:
    return b"J" + struct.pack("<i", number)


def _int_tuple(numbers: Sequence[int]) -> bytes:
    return b"(" + b"".join(map(_int, numbers)) + b"t"
