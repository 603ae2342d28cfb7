"""The pickle in a file of weights: named tensors, without running it.

A pickle is a program. `unpickled` steps through its opcodes, handles those that dictionaries, lists and tensors consist
of, makes no call and refuses most others. Whatever it holds, the work grows with its length and no faster: tuples have
bounds, and only texts and numbers are keys.
"""

import pickletools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any, cast

from engine.fault import Fault
from engine.spec.bounds import MOST_PICKLE_BYTES

BFLOAT16 = "bf16"
"""The upper half of a float32, for which NumPy has no type."""

STORAGES = {
    **{"FloatStorage": "f4", "DoubleStorage": "f8", "HalfStorage": "f2", "BFloat16Storage": BFLOAT16},
    **{"LongStorage": "i8", "IntStorage": "i4", "ShortStorage": "i2", "CharStorage": "i1", "ByteStorage": "u1"},
}
"""torch's storage types → NumPy's types."""

LONGEST_TUPLE = 8
"""Values: of the arguments of a tensor, which has fewer dimensions."""

DEEPEST_TUPLE = 4
"""Tuples inside one another: the shape of a tensor is in its arguments."""

MOST_MARKS = 8
"""Open at once: one for the dictionary, one each for arguments, storage and shape of a tensor."""

LONGEST_GLOBAL = 100
"""Characters of a name that the pickle imports."""


@dataclass(frozen=True)
class Tensor:
    """Where a tensor's numbers are: the storage's key and NumPy type; offset and strides in numbers of that storage."""

    key: str
    kind: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


@dataclass(frozen=True)
class Unknown:
    """Something that the pickle imports, or would make of it by a call, which is not made."""

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
        self.storages: dict[str, str] = {}

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


@dataclass(frozen=True)
class Unpickled:
    value: Any
    """Of dictionaries, lists, tensors, texts and numbers; anything else in it is an `Unknown`."""
    storages: dict[str, str]
    """The key of each storage → NumPy's type of its numbers."""


def unpickled(stream: IO[bytes]) -> Unpickled:
    """The value that was saved; the stream then stands behind it. Raises Fault."""
    stack = _Stack()
    memo: dict[int, Any] = {}
    start = stream.tell()
    try:
        for opcode, operand, place in pickletools.genops(stream):
            name, argument = opcode.name, cast("Any", operand)
            if place is not None and place - start > MOST_PICKLE_BYTES:
                raise Fault("model_foreign", {"given": "a long program"})
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
                stack.push(Unknown(argument.replace(" ", ".")))
            elif name not in ("PROTO", "FRAME", "STOP"):
                raise Fault("model_foreign", {"given": name})
        (value,) = stack.values
    except Fault:
        raise
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        raise Fault("model_damaged", {"name": "data.pkl"}) from None
    return Unpickled(value, stack.storages)


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
        if not isinstance(key, str | int):
            raise Fault("model_foreign", {"given": type_name(key)})
        stack.top.update({key: value})


def _global(stack: _Stack) -> None:
    name, module = stack.pop(), stack.pop()
    if not (isinstance(name, str) and isinstance(module, str) and len(name) + len(module) < LONGEST_GLOBAL):
        raise Fault("model_damaged", {"name": "data.pkl"})
    stack.push(Unknown(f"{module}.{name}"))


def _storage(stack: _Stack) -> None:
    """("storage", type, key, device, count)"""
    _, kind, key, *_ = _as_tuple(stack.pop())
    name = kind.name.removeprefix("torch.")
    if name not in STORAGES:
        raise Fault("model_foreign", {"given": name[:40]})
    if not isinstance(key, str):
        raise Fault("model_damaged", {"name": "data.pkl"})
    stack.storages[key] = STORAGES[name]
    stack.push(_Storage(key, STORAGES[name]))


def _call(stack: _Stack) -> None:
    """The three known functions: rebuild a tensor, rebuild a parameter, make an OrderedDict. None is called, nor is any
    other."""
    arguments, called = stack.pop(), stack.pop()
    if called.name == "torch._utils._rebuild_tensor_v2":
        storage, offset, shape, strides, *_ = _as_tuple(arguments)
        numbers = (offset, *_as_tuple(shape), *_as_tuple(strides))
        if not all(isinstance(value, int) and 0 <= value < 2**31 for value in numbers):
            raise Fault("model_damaged", {"name": "data.pkl"})
        stack.push(Tensor(storage.key, storage.kind, offset, tuple(shape), tuple(strides)))
    elif called.name == "torch._utils._rebuild_parameter" and isinstance(arguments[0], Tensor):
        stack.push(arguments[0])
    elif called.name == "collections.OrderedDict" and not arguments:
        stack.push({})
    else:
        stack.push(Unknown(called.name))


def _as_tuple(value: object) -> _Tuple:
    """Raises TypeError for anything else: only a tuple is known to be short."""
    if not isinstance(value, _Tuple):
        raise TypeError
    return value


def _build(stack: _Stack) -> None:
    """Attributes, of a dictionary those where torch keeps versions of modules: not used here."""
    stack.pop()
    if not isinstance(stack.top, dict | Unknown):
        raise Fault("model_foreign", {"given": type_name(stack.top)})


def _append(stack: _Stack) -> None:
    value = stack.pop()
    stack.top.append(value)


def _extend(stack: _Stack) -> None:
    values = stack.pop_since_mark()
    stack.top.extend(values)


def _new(stack: _Stack) -> None:
    """An object of a class."""
    _, made = stack.pop(), stack.pop()
    stack.push(Unknown(made.name))


CONSTANTS: dict[str, Callable[[], Any]] = {
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": lambda: _made_tuple(()),
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "NONE": lambda: None,
}
LITERALS = frozenset({"BINUNICODE", "SHORT_BINUNICODE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"})
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
    "APPEND": _append,
    "APPENDS": _extend,
    "REDUCE": _call,
    "NEWOBJ": _new,
    "BUILD": _build,
}
"""Opcode → its effect on the stack."""


def type_name(value: object) -> str:
    return value.name[:40] if isinstance(value, Unknown) else type(value).__name__.strip("_").lower()
