"""Lanes: sixteen float32 numbers in one register, as a type for numba functions.

One register of AVX-512, two of AVX2, four of NEON: LLVM cuts it to what the machine has. The kernels compute with
Lanes, not with loops over arrays, because their sums then stay in registers where loops would keep them in memory.

Each primitive below is written as the LLVM instructions it becomes: `primitive(result, arguments)` registers it, and
numba functions call it without the builder. An array arrives as the address of its first element, and **no index is
checked**, neither against the end nor for its sign.
"""

import operator
from collections.abc import Callable
from typing import Any, TypeVar, cast

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, models, register_model

WIDTH = 16

Function = TypeVar("Function", bound=Callable[..., Any])
Generate = Callable[..., Any]
Value = Any  # an llvmlite value: llvmlite and numba carry no types of their own

_FLOAT = ir.FloatType()
_FLOATS = ir.VectorType(_FLOAT, WIDTH)
_INT = ir.IntType(32)
_INTS = ir.VectorType(_INT, WIDTH)
_ALIGN = 4  # bytes; buffers that start on 64 are faster, not required
_FUSE = ("contract",)  # a·b + c may be rounded once instead of twice, in every run alike


def inlined(function: Function) -> Function:
    """A numba function that becomes part of its callers."""
    return cast(Function, njit(nogil=True, error_model="numpy", _nrt=False, forceinline=True)(function))


def separate(function: Function) -> Function:
    """A numba function that is called and not inlined: rare or long code would make its callers slower."""
    return cast(Function, njit(nogil=True, error_model="numpy", _nrt=False)(function))


class LanesType(types.Type):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(name="Lanes")


lanes = LanesType()


@register_model(LanesType)
class LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _FLOATS)


def primitive(result: Any, *arguments: Any, key: Any = None) -> Callable[[Generate], Generate]:
    """Makes generate(builder, …) callable in numba functions, as itself or as the Python operator `key`."""

    def register(generate: Generate) -> Generate:
        name = key or generate

        class Template(AbstractTemplate):  # type: ignore[misc]
            key = name

            def generic(self, given: Any, _: Any) -> Any:
                fits = len(given) == len(arguments) and all(map(_fits, given, arguments))
                return signature(result, *given) if fits else None

        infer_global(name, types.Function(Template))

        @lower_builtin(name, *arguments)  # type: ignore[untyped-decorator]
        def lower(context: Any, builder: Any, signature: Any, values: Any) -> Value:
            kinds = zip(signature.args, values, strict=True)
            made = generate(builder, *(_converted(context, builder, kind, value) for kind, value in kinds))
            return context.get_dummy_value() if made is None else made

        return generate

    return register


def _fits(given: Any, wanted: Any) -> bool:
    return isinstance(given, wanted) if isinstance(wanted, type) else given == wanted


def _converted(context: Any, builder: Any, kind: Any, value: Value) -> Value:
    if isinstance(kind, types.Array):
        return context.make_array(kind)(context, builder, value).data
    if isinstance(kind, types.Integer):
        return context.cast(builder, value, kind, types.intp)
    if isinstance(kind, types.Float):
        return context.cast(builder, value, kind, types.float32)
    return value


# Memory

_AT = (types.Array, types.Integer)


def _address(builder: Any, data: Value, index: Value, kind: Any) -> Value:
    return builder.bitcast(builder.gep(data, [index]), kind.as_pointer())


@primitive(lanes, *_AT)
def load(builder: Any, data: Value, index: Value) -> Value:
    """The sixteen numbers from array[index] on."""
    return builder.load(_address(builder, data, index, _FLOATS), align=_ALIGN)


@primitive(types.void, *_AT, lanes)
def store(builder: Any, data: Value, index: Value, value: Value) -> None:
    builder.store(value, _address(builder, data, index, _FLOATS), align=_ALIGN)


@primitive(types.void, *_AT, lanes)
def store_four(builder: Any, data: Value, index: Value, value: Value) -> None:
    """Stores the first four of the sixteen."""
    four = builder.shuffle_vector(value, value, _constant(range(4)))
    builder.store(four, _address(builder, data, index, four.type), align=_ALIGN)


@primitive(types.void, *_AT, lanes)
def store_bytes(builder: Any, data: Value, index: Value, value: Value) -> None:
    """Stores whole numbers from −128 to 255 as a byte each."""
    kind = ir.VectorType(ir.IntType(8), WIDTH)
    whole = builder.trunc(builder.fptosi(value, _INTS), kind)
    builder.store(whole, _address(builder, data, index, kind), align=1)


@primitive(lanes, *_AT)
def broadcast(builder: Any, data: Value, index: Value) -> Value:
    """array[index] in all lanes."""
    return _splat(builder, builder.load(builder.gep(data, [index])))


@primitive(lanes)
def lane_numbers(_: Any) -> Value:
    """0, 1, … 15."""
    return ir.Constant(_FLOATS, [float(lane) for lane in range(WIDTH)])


@primitive(lanes, types.Float)
def splat(builder: Any, number: Value) -> Value:
    """One number in all lanes."""
    return _splat(builder, number)


def _splat(builder: Any, number: Value) -> Value:
    first = builder.insert_element(ir.Constant(_FLOATS, ir.Undefined), number, _INT(0))
    return builder.shuffle_vector(first, first, _constant([0] * WIDTH))


def _constant(numbers: Any) -> Value:
    numbers = list(numbers)
    return ir.Constant(ir.VectorType(_INT, len(numbers)), numbers)


@primitive(lanes, types.Array, types.Array, types.Integer, types.Integer, types.Integer)
def gather(builder: Any, data: Value, indices: Value, start: Value, step: Value, offset: Value) -> Value:
    """data[indices[start + lane]·step + offset] in each lane, for int64 indices.

    One load after the other: x86's own gather is slower, and storing sixteen numbers to load them as Lanes stalls.
    """
    gathered = ir.Constant(_FLOATS, ir.Undefined)
    for lane in range(WIDTH):
        index = builder.load(builder.gep(indices, [builder.add(start, start.type(lane))]))
        place = builder.add(builder.mul(index, step), offset)
        gathered = builder.insert_element(gathered, builder.load(builder.gep(data, [place])), _INT(lane))
    return gathered


# Arithmetic


@primitive(lanes, lanes, lanes, key=operator.iadd)
@primitive(lanes, lanes, lanes, key=operator.add)
def _add(builder: Any, a: Value, b: Value) -> Value:
    return builder.fadd(a, b, flags=_FUSE)


@primitive(lanes, lanes, lanes, key=operator.sub)
def _subtract(builder: Any, a: Value, b: Value) -> Value:
    return builder.fsub(a, b, flags=_FUSE)


@primitive(lanes, lanes, lanes, key=operator.mul)
def _multiply(builder: Any, a: Value, b: Value) -> Value:
    return builder.fmul(a, b, flags=_FUSE)


@primitive(lanes, lanes, lanes, key=operator.truediv)
def _divide(builder: Any, a: Value, b: Value) -> Value:
    return builder.fdiv(a, b)


@primitive(lanes, lanes, lanes)
def smaller(builder: Any, a: Value, b: Value) -> Value:
    """min(a, b); where b is not a number, so is the answer."""
    return builder.select(builder.fcmp_ordered("<", a, b), a, b)


@primitive(lanes, lanes, lanes)
def larger(builder: Any, a: Value, b: Value) -> Value:
    """max(a, b); where b is not a number, so is the answer."""
    return builder.select(builder.fcmp_ordered(">", a, b), a, b)


@primitive(lanes, lanes, lanes, lanes)
def where_positive(builder: Any, condition: Value, a: Value, b: Value) -> Value:
    """a where condition > 0, else b."""
    return builder.select(builder.fcmp_ordered(">", condition, _zeros()), a, b)


@primitive(lanes, lanes, lanes)
def beyond(builder: Any, a: Value, limit: Value) -> Value:
    """1 where a is larger than the limit or not a number, else 0."""
    return builder.select(builder.fcmp_unordered(">", a, limit), _ones(), _zeros())


@primitive(lanes, lanes)
def numbers(builder: Any, a: Value) -> Value:
    """a, and 0 where it is not a number."""
    return builder.select(builder.fcmp_ordered("ord", a, a), a, _zeros())


@primitive(lanes, lanes)
def absolute(builder: Any, a: Value) -> Value:
    return _intrinsic(builder, "fabs", a)


@primitive(lanes, lanes)
def square_root(builder: Any, a: Value) -> Value:
    return _intrinsic(builder, "sqrt", a)


@primitive(lanes, lanes)
def nearest(builder: Any, a: Value) -> Value:
    """a rounded to a whole number, halves to the even one."""
    return _intrinsic(builder, "nearbyint", a)


@primitive(lanes, lanes)
def power_of_two(builder: Any, n: Value) -> Value:
    """2ⁿ for whole −126 ≤ n ≤ 127: n is put where float32 has its exponent."""
    biased = builder.add(builder.fptosi(n, _INTS), _constant([127] * WIDTH))
    return builder.bitcast(builder.shl(biased, _constant([23] * WIDTH)), _FLOATS)


@primitive(lanes, lanes)
def binary_exponent(builder: Any, a: Value) -> Value:
    """n with a = m·2ⁿ and √½ ≤ m < √2, for ordinary a > 0."""
    above = builder.sub(builder.bitcast(a, _INTS), _constant([0x3F3504F3] * WIDTH))  # the bits of √½
    return builder.sitofp(builder.ashr(above, _constant([23] * WIDTH)), _FLOATS)


@primitive(lanes, lanes)
def upper_half(builder: Any, a: Value) -> Value:
    """a with the lower 12 of its 24 digits set to zero, so that its square is exact."""
    return builder.bitcast(builder.and_(builder.bitcast(a, _INTS), _constant([-4096] * WIDTH)), _FLOATS)


def _intrinsic(builder: Any, name: str, a: Value) -> Value:
    kind = ir.FunctionType(_FLOATS, [_FLOATS])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{WIDTH}f32"), [a])


def _zeros() -> Value:
    return ir.Constant(_FLOATS, [0.0] * WIDTH)


def _ones() -> Value:
    return ir.Constant(_FLOATS, [1.0] * WIDTH)


# Sums over lanes


def _shuffled_sum(builder: Any, a: Value, b: Value, evens: list[int], odds: list[int]) -> Value:
    return builder.fadd(builder.shuffle_vector(a, b, _constant(evens)), builder.shuffle_vector(a, b, _constant(odds)))


_QUADS = range(0, WIDTH, 4)


@primitive(lanes, lanes, lanes)
def fold_halves(builder: Any, a: Value, b: Value) -> Value:
    """In each quad of lanes (0 1 2 3): a0+a2, b0+b2, a1+a3, b1+b3."""
    low = [lane for q in _QUADS for lane in (q, q + WIDTH, q + 1, q + 1 + WIDTH)]
    return _shuffled_sum(builder, a, b, low, [lane + 2 for lane in low])


@primitive(lanes, lanes, lanes)
def fold_pairs(builder: Any, a: Value, b: Value) -> Value:
    """In each quad of lanes (0 1 2 3): a0+a2, a1+a3, b0+b2, b1+b3."""
    low = [lane for q in _QUADS for lane in (q, q + 1, q + WIDTH, q + 1 + WIDTH)]
    return _shuffled_sum(builder, a, b, low, [lane + 2 for lane in low])


@primitive(lanes, lanes, lanes)
def fold_quads(builder: Any, a: Value, b: Value) -> Value:
    """Quads of lanes: a's first + second, third + fourth, then b's."""
    first = [q + lane for q in (0, 8, 16, 24) for lane in range(4)]
    return _shuffled_sum(builder, a, b, first, [lane + 4 for lane in first])


@inlined
def sum_four(a: Any, b: Any, c: Any, d: Any) -> Any:
    """The sums of four Lanes, in the first four lanes."""
    quads = fold_pairs(fold_halves(a, b), fold_halves(c, d))
    halves = fold_quads(quads, quads)
    return fold_quads(halves, halves)


@inlined
def sum_sixteen(
    a0: Any, a1: Any, a2: Any, a3: Any, b0: Any, b1: Any, b2: Any, b3: Any,
    c0: Any, c1: Any, c2: Any, c3: Any, d0: Any, d1: Any, d2: Any, d3: Any,
) -> Any:  # fmt: skip
    """The sums of sixteen Lanes, one in each lane, in their order."""
    a = fold_pairs(fold_halves(a0, a1), fold_halves(a2, a3))
    b = fold_pairs(fold_halves(b0, b1), fold_halves(b2, b3))
    c = fold_pairs(fold_halves(c0, c1), fold_halves(c2, c3))
    d = fold_pairs(fold_halves(d0, d1), fold_halves(d2, d3))
    return fold_quads(fold_quads(a, b), fold_quads(c, d))


@primitive(types.float32, lanes)
def first(builder: Any, a: Value) -> Value:
    """The number in the first lane."""
    return builder.extract_element(a, _INT(0))


@inlined
def total(a: Any) -> Any:
    """The sum of all sixteen."""
    return first(sum_four(a, a, a, a))


@primitive(types.float32, lanes)
def largest(builder: Any, a: Value) -> Value:
    """Of sixteen numbers."""
    kind = ir.FunctionType(_FLOAT, [_FLOATS])
    reduce = cgutils.get_or_insert_function(builder.module, kind, f"llvm.vector.reduce.fmax.v{WIDTH}f32")
    return builder.call(reduce, [a])
