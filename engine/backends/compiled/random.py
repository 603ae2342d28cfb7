"""Twins of the functions of `engine/nn/random.py`, where they are described: the same numbers, sixteen at a time."""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types

from engine.backends.compiled.lanes import WIDTH, Value, inlined, lanes, primitive

_INT = ir.IntType(32)
_INTS = ir.VectorType(_INT, WIDTH)
_FLOATS = ir.VectorType(ir.FloatType(), WIDTH)
_ROW = 0x9E3779B1
_COLUMN = 0x85EBCA77


@inlined
def shuffle(order: Any, count: Any, seed: Any, epoch: Any) -> Any:
    """The twin of `batch_order`."""
    gamma = np.uint64(0x9E3779B97F4A7C15)
    mix_1 = np.uint64(0xBF58476D1CE4E5B9)
    mix_2 = np.uint64(0x94D049BB133111EB)
    state = np.uint64(seed) * gamma + np.uint64(epoch) * mix_1 + mix_2
    for i in range(count):
        order[i] = i
    for i in range(count - 1, 0, -1):
        state += gamma
        z = state
        z = (z ^ (z >> np.uint64(30))) * mix_1
        z = (z ^ (z >> np.uint64(27))) * mix_2
        z = z ^ (z >> np.uint64(31))
        j = ((z >> np.uint64(32)) * np.uint64(i + 1)) >> np.uint64(32)
        other = order[j]
        order[j] = order[i]
        order[i] = other


@inlined
def key32(seed: Any, step: Any, purpose: Any) -> Any:
    gamma = np.uint64(0x9E3779B97F4A7C15)
    mix_1 = np.uint64(0xBF58476D1CE4E5B9)
    mix_2 = np.uint64(0x94D049BB133111EB)
    z = np.uint64(seed) * gamma + np.uint64(step) * mix_1 + np.uint64(purpose) * mix_2 + gamma
    z = (z ^ (z >> np.uint64(30))) * mix_1
    z = (z ^ (z >> np.uint64(27))) * mix_2
    return np.int64((z ^ (z >> np.uint64(31))) >> np.uint64(32))


@primitive(lanes, types.Integer, types.Integer, types.Integer, types.Integer)
def keep_mask(builder: Any, row: Value, column: Value, key: Value, limit: Value) -> Value:
    """1 where `keep_mask` keeps a value, else 0, for sixteen rows from `row` on; limit: dropout·2²⁴, key: `key32`."""
    first = builder.mul(builder.trunc(row, _INT), _INT(_ROW))
    start = builder.add(first, builder.mul(builder.trunc(column, _INT), _INT(_COLUMN)))
    places = builder.add(_all(builder, start), _constant([lane * _ROW % 2**32 for lane in range(WIDTH)]))
    bits = builder.lshr(_hash(builder, builder.xor(places, _all(builder, builder.trunc(key, _INT)))), _same(8))
    keeps = builder.icmp_unsigned(">=", bits, _all(builder, builder.trunc(limit, _INT)))
    return builder.uitofp(keeps, _FLOATS)


@primitive(lanes, types.Array, types.Integer, types.Integer)
def signs(builder: Any, places: Value, index: Value, key: Value) -> Value:
    """±1 as the function of that name gives it, for the parameters places[index] … of the flat vector, int32."""
    address = builder.bitcast(builder.gep(places, [index]), _INTS.as_pointer())
    hashed = builder.mul(builder.load(address, align=4), _same(_ROW))
    bits = _hash(builder, builder.xor(hashed, _all(builder, builder.trunc(key, _INT))))
    one = _same(0x3F800000)  # the bits of 1.0; the uppermost bit is the sign
    return builder.bitcast(builder.or_(builder.and_(bits, _same(0x80000000)), one), _FLOATS)


def _hash(builder: Any, x: Value) -> Value:
    x = builder.mul(builder.xor(x, builder.lshr(x, _same(16))), _same(0x7FEB352D))
    x = builder.mul(builder.xor(x, builder.lshr(x, _same(15))), _same(0x846CA68B))
    return builder.xor(x, builder.lshr(x, _same(16)))


def _all(builder: Any, number: Value) -> Value:
    first = builder.insert_element(ir.Constant(_INTS, ir.Undefined), number, _INT(0))
    return builder.shuffle_vector(first, first, _same(0))


def _same(number: int) -> Value:
    return _constant([number] * WIDTH)


def _constant(numbers: list[int]) -> Value:
    return ir.Constant(_INTS, numbers)
