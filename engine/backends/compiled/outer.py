"""Σ δ·aᵀ of few samples, one after the other; `products.py` has the sum for many, which takes them all at once.

There the sums over sixteen lanes at the end cost more than the products, whether or not a sample lies in each. Here a
tile is a sum of outer products: of a sample's four δ, each four times, and its four inputs, repeated four times.
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
    """Of the first samples of one group; scratch: `scratch_size(in_tiles)` numbers."""
    first = WIDTH * WIDTH
    for i in range(in_tiles):
        turn(values, source + i * _QUADS, scratch, first + i * _QUADS)
    last = first + in_tiles * _QUADS
    for out in range(out_tiles):
        turn(deltas, target + out * _QUADS, scratch, last)
        for sample in range(samples):
            store(scratch, sample * WIDTH, each_four_times(scratch, last + place_of(sample)))
        at = first
        for _ in range(in_tiles // 2):
            a = b = splat(0.0)
            for sample in range(samples):
                d = load(scratch, sample * WIDTH)
                quad = at + place_of(sample)
                a += d * repeated(scratch, quad)
                b += d * repeated(scratch, quad + _QUADS)
            store(sums, tile, a)
            store(sums, tile + WIDTH, b)
            tile += 2 * WIDTH
            at += 2 * _QUADS
        if in_tiles % 2 == 1:
            a = splat(0.0)
            for sample in range(samples):
                a += load(scratch, sample * WIDTH) * repeated(scratch, at + place_of(sample))
            store(sums, tile, a)
            tile += WIDTH


def scratch_size(in_tiles: int) -> int:
    return WIDTH * WIDTH + (in_tiles + 1) * _QUADS


@inlined
def turn(values: Any, row: Any, scratch: Any, place: Any) -> Any:
    """Four rows → the four numbers of each sample, side by side, at `place_of` it."""
    a = load(values, row)
    b = load(values, row + WIDTH)
    c = load(values, row + 2 * WIDTH)
    d = load(values, row + 3 * WIDTH)
    ab = zip_low(a, b)
    cd = zip_low(c, d)
    store(scratch, place, zip_low_pairs(ab, cd))
    store(scratch, place + WIDTH, zip_high_pairs(ab, cd))
    ab = zip_high(a, b)
    cd = zip_high(c, d)
    store(scratch, place + 2 * WIDTH, zip_low_pairs(ab, cd))
    store(scratch, place + 3 * WIDTH, zip_high_pairs(ab, cd))


@inlined
def place_of(sample: Any) -> Any:
    """Samples 0, 4, 8, 12 come first, then 1, 5, 9, 13, and so on."""
    return (sample & 3) * WIDTH + (sample >> 2) * _TILE


# In each quad of lanes (0 1 2 3)


def _mixed(builder: Any, a: Value, b: Value, order: tuple[int, ...]) -> Value:
    """order: within a quad, 0 to 3 for a's and 4 to 7 for b's."""
    places = [lane % 4 + quad + WIDTH * (lane // 4) for quad in range(0, WIDTH, 4) for lane in order]
    return builder.shuffle_vector(a, b, _constant(places))


@primitive(lanes, lanes, lanes)
def zip_low(builder: Any, a: Value, b: Value) -> Value:
    return _mixed(builder, a, b, (0, 4, 1, 5))


@primitive(lanes, lanes, lanes)
def zip_high(builder: Any, a: Value, b: Value) -> Value:
    return _mixed(builder, a, b, (2, 6, 3, 7))


@primitive(lanes, lanes, lanes)
def zip_low_pairs(builder: Any, a: Value, b: Value) -> Value:
    return _mixed(builder, a, b, (0, 1, 4, 5))


@primitive(lanes, lanes, lanes)
def zip_high_pairs(builder: Any, a: Value, b: Value) -> Value:
    return _mixed(builder, a, b, (2, 3, 6, 7))


@primitive(lanes, types.Array, types.Integer)
def repeated(builder: Any, data: Value, index: Value) -> Value:
    """The four numbers from array[index] on, four times."""
    return _spread(builder, data, index, [lane % 4 for lane in range(WIDTH)])


@primitive(lanes, types.Array, types.Integer)
def each_four_times(builder: Any, data: Value, index: Value) -> Value:
    """The four numbers from array[index] on, the first in the first four lanes, and so on."""
    return _spread(builder, data, index, [lane // 4 for lane in range(WIDTH)])


def _spread(builder: Any, data: Value, index: Value, places: list[int]) -> Value:
    address = builder.bitcast(builder.gep(data, [index]), _FOUR.as_pointer())
    four = builder.load(address, align=4)
    return builder.shuffle_vector(four, four, _constant(places))


def _constant(places: list[int]) -> Value:
    return ir.Constant(ir.VectorType(ir.IntType(32), len(places)), places)
