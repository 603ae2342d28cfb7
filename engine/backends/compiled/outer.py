"""Σ δ·aᵀ of few samples, one sample after the other; `products.py` has the sum over many samples at once.

For few samples its final sums over sixteen lanes would cost more than the products. Here a tile is a sum of outer
products: of a sample's four δ, each repeated four times, and its four inputs, four times over.
"""

from typing import Any

from llvmlite import ir
from numba import types

from engine.backends.compiled.lanes import WIDTH, Value, inlined, lanes, load, primitive, splat, store

_TILE = 4
_QUADS = _TILE * WIDTH
"""Of a tile of rows: four numbers of each of sixteen samples."""
_FOUR = ir.VectorType(ir.FloatType(), _TILE)


@inlined
def sum_outer(
    sums: Any, tile: Any, in_tiles: Any, out_tiles: Any,
    deltas: Any, target: Any, values: Any, source: Any, samples: Any, scratch: Any,
) -> Any:  # fmt: skip
    """Σ δ·aᵀ over the first samples of one group, in tiles; scratch: `scratch_size(in_tiles)` numbers."""
    first = WIDTH * WIDTH
    for i in range(in_tiles):
        transpose_tile(values, source + i * _QUADS, scratch, first + i * _QUADS)
    last = first + in_tiles * _QUADS
    for out in range(out_tiles):
        transpose_tile(deltas, target + out * _QUADS, scratch, last)
        for sample in range(samples):
            store(scratch, sample * WIDTH, repeat_each(scratch, last + sample_place(sample)))
        at = first
        for _ in range(in_tiles // 2):
            a = b = splat(0.0)
            for sample in range(samples):
                d = load(scratch, sample * WIDTH)
                quad = at + sample_place(sample)
                a += d * repeat_four(scratch, quad)
                b += d * repeat_four(scratch, quad + _QUADS)
            store(sums, tile, a)
            store(sums, tile + WIDTH, b)
            tile += 2 * WIDTH
            at += 2 * _QUADS
        if in_tiles % 2 == 1:
            a = splat(0.0)
            for sample in range(samples):
                a += load(scratch, sample * WIDTH) * repeat_four(scratch, at + sample_place(sample))
            store(sums, tile, a)
            tile += WIDTH


def scratch_size(in_tiles: int) -> int:
    return WIDTH * WIDTH + (in_tiles + 1) * _QUADS


@inlined
def transpose_tile(values: Any, row: Any, scratch: Any, place: Any) -> Any:
    """Four rows → the four numbers of each sample, side by side, at place + `sample_place`."""
    a = load(values, row)
    b = load(values, row + WIDTH)
    c = load(values, row + 2 * WIDTH)
    d = load(values, row + 3 * WIDTH)
    ab = interleave_low(a, b)
    cd = interleave_low(c, d)
    store(scratch, place, interleave_low_pairs(ab, cd))
    store(scratch, place + WIDTH, interleave_high_pairs(ab, cd))
    ab = interleave_high(a, b)
    cd = interleave_high(c, d)
    store(scratch, place + 2 * WIDTH, interleave_low_pairs(ab, cd))
    store(scratch, place + 3 * WIDTH, interleave_high_pairs(ab, cd))


@inlined
def sample_place(sample: Any) -> Any:
    """Samples 0, 4, 8, 12 come first, then 1, 5, 9, 13, and so on."""
    return (sample & 3) * WIDTH + (sample >> 2) * _TILE


# In each quad of lanes (0 1 2 3)


def _mixed(builder: Any, a: Value, b: Value, order: tuple[int, ...]) -> Value:
    """order: within a quad, 0 to 3 for a's and 4 to 7 for b's."""
    places = [lane % 4 + quad + WIDTH * (lane // 4) for quad in range(0, WIDTH, 4) for lane in order]
    return builder.shuffle_vector(a, b, _constant(places))


@primitive(lanes, lanes, lanes)
def interleave_low(builder: Any, a: Value, b: Value) -> Value:
    return _mixed(builder, a, b, (0, 4, 1, 5))


@primitive(lanes, lanes, lanes)
def interleave_high(builder: Any, a: Value, b: Value) -> Value:
    return _mixed(builder, a, b, (2, 6, 3, 7))


@primitive(lanes, lanes, lanes)
def interleave_low_pairs(builder: Any, a: Value, b: Value) -> Value:
    return _mixed(builder, a, b, (0, 1, 4, 5))


@primitive(lanes, lanes, lanes)
def interleave_high_pairs(builder: Any, a: Value, b: Value) -> Value:
    return _mixed(builder, a, b, (2, 3, 6, 7))


@primitive(lanes, types.Array, types.Integer)
def repeat_four(builder: Any, data: Value, index: Value) -> Value:
    """The four numbers from array[index] on, four times."""
    return _spread(builder, data, index, [lane % 4 for lane in range(WIDTH)])


@primitive(lanes, types.Array, types.Integer)
def repeat_each(builder: Any, data: Value, index: Value) -> Value:
    """The four numbers from array[index] on, the first in the first four lanes, and so on."""
    return _spread(builder, data, index, [lane // 4 for lane in range(WIDTH)])


def _spread(builder: Any, data: Value, index: Value, places: list[int]) -> Value:
    address = builder.bitcast(builder.gep(data, [index]), _FOUR.as_pointer())
    four = builder.load(address, align=4)
    return builder.shuffle_vector(four, four, _constant(places))


def _constant(places: list[int]) -> Value:
    return ir.Constant(ir.VectorType(ir.IntType(32), len(places)), places)
