"""Products of matrices: weights in tiles, samples in lanes.

Values lie in groups of sixteen samples: a unit's values for a group are one Lanes, a row, and a group's rows follow one
another; a group starts `stride` numbers after the one before. Weights lie in tiles of 4 outputs × 4 inputs, one Lanes
each, output by output, all inputs of four outputs before the next four. Widths are filled up with zeros to whole tiles.

Four groups at a time let a weight, once loaded, serve all of them; one at a time do for small batches.
"""

from typing import Any

from engine.backends.compiled.lanes import (
    WIDTH,
    broadcast,
    inlined,
    load,
    separate,
    splat,
    store,
    store_four,
    sum_four,
    sum_sixteen,
)

TILE = 4


# W·a


@inlined
def multiply(
    weights: Any, tile: Any, bias: Any, in_tiles: Any, out_tiles: Any,
    values: Any, source: Any, target: Any, stride: Any, end: Any,
) -> Any:  # fmt: skip
    """z = W·a + b for all groups before `end`: reads rows from `source` on, writes rows from `target` on."""
    base = 0
    while base + 4 * stride <= end:
        multiply_four(weights, tile, bias, in_tiles, out_tiles, values, base + source, base + target, stride)
        base += 4 * stride
    while base < end:
        multiply_one(weights, tile, bias, in_tiles, out_tiles, values, base + source, base + target)
        base += stride


@inlined
def multiply_one(
    weights: Any, tile: Any, bias: Any, in_tiles: Any, out_tiles: Any, values: Any, source: Any, target: Any
) -> Any:
    row = target
    for _ in range(out_tiles):
        z0 = broadcast(weights, bias)
        z1 = broadcast(weights, bias + 1)
        z2 = broadcast(weights, bias + 2)
        z3 = broadcast(weights, bias + 3)
        bias += TILE
        column = source
        for _ in range(in_tiles):
            a = load(values, column)
            z0 += broadcast(weights, tile) * a
            z1 += broadcast(weights, tile + 4) * a
            z2 += broadcast(weights, tile + 8) * a
            z3 += broadcast(weights, tile + 12) * a
            a = load(values, column + WIDTH)
            z0 += broadcast(weights, tile + 1) * a
            z1 += broadcast(weights, tile + 5) * a
            z2 += broadcast(weights, tile + 9) * a
            z3 += broadcast(weights, tile + 13) * a
            a = load(values, column + 2 * WIDTH)
            z0 += broadcast(weights, tile + 2) * a
            z1 += broadcast(weights, tile + 6) * a
            z2 += broadcast(weights, tile + 10) * a
            z3 += broadcast(weights, tile + 14) * a
            a = load(values, column + 3 * WIDTH)
            z0 += broadcast(weights, tile + 3) * a
            z1 += broadcast(weights, tile + 7) * a
            z2 += broadcast(weights, tile + 11) * a
            z3 += broadcast(weights, tile + 15) * a
            column += 4 * WIDTH
            tile += TILE * TILE
        store(values, row, z0)
        store(values, row + WIDTH, z1)
        store(values, row + 2 * WIDTH, z2)
        store(values, row + 3 * WIDTH, z3)
        row += 4 * WIDTH


@separate
def multiply_four(
    weights: Any, tile: Any, bias: Any, in_tiles: Any, out_tiles: Any,
    values: Any, source: Any, target: Any, stride: Any,
) -> None:  # fmt: skip
    for out in range(out_tiles):
        z00 = z01 = z02 = z03 = broadcast(weights, bias)
        z10 = z11 = z12 = z13 = broadcast(weights, bias + 1)
        z20 = z21 = z22 = z23 = broadcast(weights, bias + 2)
        z30 = z31 = z32 = z33 = broadcast(weights, bias + 3)
        bias += TILE
        column = source
        for _ in range(in_tiles):
            for k in range(TILE):
                a0 = load(values, column)
                a1 = load(values, column + stride)
                a2 = load(values, column + 2 * stride)
                a3 = load(values, column + 3 * stride)
                w = broadcast(weights, tile + k)
                z00 += w * a0
                z01 += w * a1
                z02 += w * a2
                z03 += w * a3
                w = broadcast(weights, tile + k + 4)
                z10 += w * a0
                z11 += w * a1
                z12 += w * a2
                z13 += w * a3
                w = broadcast(weights, tile + k + 8)
                z20 += w * a0
                z21 += w * a1
                z22 += w * a2
                z23 += w * a3
                w = broadcast(weights, tile + k + 12)
                z30 += w * a0
                z31 += w * a1
                z32 += w * a2
                z33 += w * a3
                column += WIDTH
            tile += TILE * TILE
        row = target + out * (4 * WIDTH)
        store_rows(values, row, z00, z10, z20, z30)
        store_rows(values, row + stride, z01, z11, z21, z31)
        store_rows(values, row + 2 * stride, z02, z12, z22, z32)
        store_rows(values, row + 3 * stride, z03, z13, z23, z33)


@inlined
def store_rows(values: Any, row: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    store(values, row, a)
    store(values, row + WIDTH, b)
    store(values, row + 2 * WIDTH, c)
    store(values, row + 3 * WIDTH, d)


# Wᵀ·δ


@inlined
def multiply_transposed(
    weights: Any, tile: Any, in_tiles: Any, out_tiles: Any,
    deltas: Any, above: Any, below: Any, stride: Any, end: Any, accumulate: Any,
) -> Any:  # fmt: skip
    """Wᵀ·δ for all groups before `end`, from the rows `above` to the rows `below`; accumulate: is added."""
    base = 0
    while base + 4 * stride <= end:
        transposed_four(weights, tile, in_tiles, out_tiles, deltas, base + above, base + below, stride, accumulate)
        base += 4 * stride
    while base < end:
        transposed_one(weights, tile, in_tiles, out_tiles, deltas, base + above, base + below, accumulate)
        base += stride


@inlined
def transposed_one(
    weights: Any, first_tile: Any, in_tiles: Any, out_tiles: Any, deltas: Any, above: Any, below: Any, accumulate: Any
) -> Any:
    for i in range(in_tiles):
        d0 = d1 = d2 = d3 = splat(0.0)
        column = below + i * (4 * WIDTH)
        if accumulate:
            d0 = load(deltas, column)
            d1 = load(deltas, column + WIDTH)
            d2 = load(deltas, column + 2 * WIDTH)
            d3 = load(deltas, column + 3 * WIDTH)
        tile = first_tile + i * (TILE * TILE)
        row = above
        for _ in range(out_tiles):
            d = load(deltas, row)
            d0 += broadcast(weights, tile) * d
            d1 += broadcast(weights, tile + 1) * d
            d2 += broadcast(weights, tile + 2) * d
            d3 += broadcast(weights, tile + 3) * d
            d = load(deltas, row + WIDTH)
            d0 += broadcast(weights, tile + 4) * d
            d1 += broadcast(weights, tile + 5) * d
            d2 += broadcast(weights, tile + 6) * d
            d3 += broadcast(weights, tile + 7) * d
            d = load(deltas, row + 2 * WIDTH)
            d0 += broadcast(weights, tile + 8) * d
            d1 += broadcast(weights, tile + 9) * d
            d2 += broadcast(weights, tile + 10) * d
            d3 += broadcast(weights, tile + 11) * d
            d = load(deltas, row + 3 * WIDTH)
            d0 += broadcast(weights, tile + 12) * d
            d1 += broadcast(weights, tile + 13) * d
            d2 += broadcast(weights, tile + 14) * d
            d3 += broadcast(weights, tile + 15) * d
            row += 4 * WIDTH
            tile += in_tiles * (TILE * TILE)
        store_rows(deltas, column, d0, d1, d2, d3)


@separate
def transposed_four(
    weights: Any, first_tile: Any, in_tiles: Any, out_tiles: Any,
    deltas: Any, above: Any, below: Any, stride: Any, accumulate: Any,
) -> None:  # fmt: skip
    for i in range(in_tiles):
        d00 = d01 = d02 = d03 = d10 = d11 = d12 = d13 = splat(0.0)
        d20 = d21 = d22 = d23 = d30 = d31 = d32 = d33 = splat(0.0)
        tile = first_tile + i * (TILE * TILE)
        row = above
        for _ in range(out_tiles):
            for k in range(0, TILE * TILE, TILE):
                e0 = load(deltas, row)
                e1 = load(deltas, row + stride)
                e2 = load(deltas, row + 2 * stride)
                e3 = load(deltas, row + 3 * stride)
                w = broadcast(weights, tile + k)
                d00 += w * e0
                d01 += w * e1
                d02 += w * e2
                d03 += w * e3
                w = broadcast(weights, tile + k + 1)
                d10 += w * e0
                d11 += w * e1
                d12 += w * e2
                d13 += w * e3
                w = broadcast(weights, tile + k + 2)
                d20 += w * e0
                d21 += w * e1
                d22 += w * e2
                d23 += w * e3
                w = broadcast(weights, tile + k + 3)
                d30 += w * e0
                d31 += w * e1
                d32 += w * e2
                d33 += w * e3
                row += WIDTH
            tile += in_tiles * (TILE * TILE)
        column = below + i * (4 * WIDTH)
        add_rows_to(deltas, column, d00, d10, d20, d30, accumulate)
        add_rows_to(deltas, column + stride, d01, d11, d21, d31, accumulate)
        add_rows_to(deltas, column + 2 * stride, d02, d12, d22, d32, accumulate)
        add_rows_to(deltas, column + 3 * stride, d03, d13, d23, d33, accumulate)


@inlined
def add_rows_to(values: Any, row: Any, a: Any, b: Any, c: Any, d: Any, accumulate: Any) -> Any:
    if accumulate:
        a += load(values, row)
        b += load(values, row + WIDTH)
        c += load(values, row + 2 * WIDTH)
        d += load(values, row + 3 * WIDTH)
    store_rows(values, row, a, b, c, d)


# Σ δ·aᵀ


@inlined
def sum_products(
    sums: Any, tile: Any, in_tiles: Any, out_tiles: Any,
    deltas: Any, target: Any, values: Any, source: Any, stride: Any, end: Any, accumulate: Any,
) -> Any:  # fmt: skip
    """Σ δ·aᵀ over the samples of all groups, in tiles: over groups, then over lanes; accumulate: added to `sums`."""
    for out in range(out_tiles):
        row = target + out * (4 * WIDTH)
        for i in range(in_tiles):
            column = source + i * (4 * WIDTH)
            g00 = g01 = g02 = g03 = g10 = g11 = g12 = g13 = splat(0.0)
            g20 = g21 = g22 = g23 = g30 = g31 = g32 = g33 = splat(0.0)
            for base in range(0, end, stride):
                d0 = load(deltas, base + row)
                d1 = load(deltas, base + row + WIDTH)
                d2 = load(deltas, base + row + 2 * WIDTH)
                d3 = load(deltas, base + row + 3 * WIDTH)
                a = load(values, base + column)
                g00 += d0 * a
                g10 += d1 * a
                g20 += d2 * a
                g30 += d3 * a
                a = load(values, base + column + WIDTH)
                g01 += d0 * a
                g11 += d1 * a
                g21 += d2 * a
                g31 += d3 * a
                a = load(values, base + column + 2 * WIDTH)
                g02 += d0 * a
                g12 += d1 * a
                g22 += d2 * a
                g32 += d3 * a
                a = load(values, base + column + 3 * WIDTH)
                g03 += d0 * a
                g13 += d1 * a
                g23 += d2 * a
                g33 += d3 * a
            total = sum_sixteen(
                g00, g01, g02, g03, g10, g11, g12, g13, g20, g21, g22, g23, g30, g31, g32, g33,
            )  # fmt: skip
            if accumulate:
                total += load(sums, tile)
            store(sums, tile, total)
            tile += TILE * TILE


@inlined
def sum_rows(
    sums: Any, place: Any, tiles: Any, deltas: Any, target: Any, stride: Any, end: Any, accumulate: Any
) -> Any:
    """Σ δ over the samples of all groups, for each unit."""
    row = target
    for _ in range(tiles):
        d0 = load(deltas, row)
        d1 = load(deltas, row + WIDTH)
        d2 = load(deltas, row + 2 * WIDTH)
        d3 = load(deltas, row + 3 * WIDTH)
        for base in range(stride, end, stride):
            d0 += load(deltas, base + row)
            d1 += load(deltas, base + row + WIDTH)
            d2 += load(deltas, base + row + 2 * WIDTH)
            d3 += load(deltas, base + row + 3 * WIDTH)
        total = sum_four(d0, d1, d2, d3)
        if accumulate:
            total += load(sums, place)
        store_four(sums, place, total)
        place += TILE
        row += 4 * WIDTH
