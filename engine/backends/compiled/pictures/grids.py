"""The grids of a picture: boundary or classes, and maps, a byte each. See `engine.nn.picture_layout`."""

from typing import Any

import numpy as np

from engine.backends.compiled.arguments import Canvas, Scene
from engine.backends.compiled.elementary import exp as exp_of_lanes
from engine.backends.compiled.elementary import sigmoid
from engine.backends.compiled.lanes import (
    WIDTH,
    absolute,
    inlined,
    larger,
    largest,
    load,
    nearest,
    numbers,
    separate,
    smaller,
    splat,
    store,
    store_bytes,
    where_positive,
)
from engine.backends.compiled.pictures.calls import call_for_nothing
from engine.backends.compiled.pictures.measures import rows_before
from engine.backends.compiled.settings import (
    BCE,
    BOUNDARY,
    BOUNDARY_AT,
    BOUNDARY_SCALE_AT,
    CLASSES,
    CROSS_ENTROPY,
    DIFFERENCE,
    LARGEST,
    LOSS,
    LOW_TARGET,
    MAP_CELLS,
    MAP_RANGES_AT,
    MAP_SCALES_AT,
    MAPS,
    MAPS_AT,
    MAPS_OF_WEIGHTS,
    OUTS,
    ROOM,
    SMALLEST_SCALE,
    THRESHOLD,
)


@inlined
def tamed(values: Any, limit: Any) -> Any:
    """Within ±limit, and 0 for what is no number."""
    return larger(splat(0.0) - limit, smaller(limit, numbers(values)))


@inlined
def factors(scale: Any, smallest: Any) -> Any:
    """By what to multiply, one after the other, for parts of scale / 127. 127 / scale alone may be beyond float32."""
    lift = np.float32(1)
    if scale < smallest:
        lift = np.float32(1 / smallest)
    lifted = np.float32(scale * lift)
    return lift, np.float32(127) / lifted if lifted > 0 else np.float32(127)


@separate
def draw_boundary(infer: Any, still: Any, config: Any, scene: Scene, canvas: Canvas) -> None:
    choices, outputs = scene.choices, canvas.outputs
    cells = choices[BOUNDARY]
    last = config.plan.shape[0] - 1
    row, width = rows_before(config.plan, last), config.plan[last, OUTS]
    limit = splat(scene.numbers[LARGEST])
    most = splat(0.0)
    for begin in range(0, cells, choices[ROOM]):
        count = min(choices[ROOM], cells - begin)
        call_for_nothing(infer, (scene.boundary, cells, begin, count, outputs, still))
        for i in range(0, count, WIDTH):
            if choices[CLASSES]:
                level = class_and_score(config, scene, outputs, row * count + i, count, width, limit)
                store_bytes(canvas.bytes, choices[BOUNDARY_AT] + begin + i, level)
            else:
                value = load(outputs, row * count + i)
                if choices[DIFFERENCE]:
                    value = load(outputs, (row + 1) * count + i) - value
                value = tamed(value, limit)
                most = larger(absolute(value), most)
                store(canvas.grid, begin + i, value)
    if not choices[CLASSES]:
        quantise_boundary(scene, canvas, largest(most))


@inlined
def class_and_score(config: Any, scene: Scene, outputs: Any, place: Any, step: Any, width: Any, limit: Any) -> Any:
    """32 · class + 31 · score: see `engine.evaluation.predictions`."""
    best = tamed(load(outputs, place), limit)
    winner = splat(0.0)
    for output in range(1, width):
        value = tamed(load(outputs, place + output * step), limit)
        winner = where_positive(value - best, splat(float(output)), winner)
        best = larger(value, best)
    kind = config.choices[LOSS]
    if kind == CROSS_ENTROPY:
        total = splat(0.0)
        for output in range(width):
            total += exp_of_lanes(tamed(load(outputs, place + output * step), limit) - best)
        score = splat(1.0) / total
    elif kind == BCE:
        score = sigmoid(best)
    else:
        low = scene.numbers[LOW_TARGET]
        score = (best - splat(low)) / splat(1 - low)
        score = larger(splat(0.0), smaller(splat(1.0), score))
    return splat(32.0) * winner + nearest(splat(31.0) * score)


@separate
def quantise_boundary(scene: Scene, canvas: Canvas, most: Any) -> None:
    """The threshold becomes a level, where it can, and cells that would be rounded to it go to the level beside it."""
    threshold = scene.numbers[THRESHOLD]
    level, scale = threshold_level(threshold, most)
    canvas.floats[scene.choices[BOUNDARY_SCALE_AT]] = scale
    lift, factor = factors(scale, scene.numbers[SMALLEST_SCALE])
    lift, factor = splat(lift), splat(factor)
    at, middle, reach = splat(threshold), splat(float(level)), splat(0.5)
    if level < 0:  # between 0 and 1
        middle, reach = splat(0.5), splat(0.75)
    for i in range(0, scene.choices[BOUNDARY], WIDTH):
        value = load(canvas.grid, i)
        rounded = nearest(value * lift * factor)
        if level < 0:
            side = where_positive(value - at, splat(1.0), splat(0.0))
        else:
            side = where_positive(at - value, splat(-1.0), splat(0.0))
            side = middle + where_positive(value - at, splat(1.0), side)
        near = reach - absolute(rounded - middle)
        store_bytes(canvas.bytes, scene.choices[BOUNDARY_AT] + i, where_positive(near, side, rounded))


@inlined
def threshold_level(threshold: Any, most: Any) -> Any:
    """The level of the threshold and the scale, at least `most` but for rounding, at which it is that; level −1: it is
    between 0 and 1. In float32 the threshold's level is never above the threshold."""
    if threshold <= 0:
        return 0, most
    level = 127 if threshold >= most else int(127 * threshold / most)
    if level == 0:
        return -1, most
    exact = 127 * threshold / level
    scale = np.float32(exact)
    if scale > exact:
        scale = np.float32(exact * (1 - 2.0**-24))
    return level, scale


@separate
def draw_maps(infer: Any, still: Any, scene: Scene, canvas: Canvas, parameters: Any) -> None:
    choices, rows = scene.choices, scene.map_rows
    maps, cells, room = choices[MAPS], choices[MAP_CELLS], choices[ROOM]
    if choices[MAPS_OF_WEIGHTS]:
        for i in range(maps * cells):
            canvas.grid[i] = parameters[scene.pixels[i]]
    else:
        for first in range(0, cells, room):
            begin = min(first, max(0, cells - WIDTH))
            count = min(room, cells - begin)
            call_for_nothing(infer, (scene.plane, cells, begin, count, canvas.outputs, still))
            for number in range(maps):
                source, target = rows[number] * count, number * cells + begin
                for k in range(0, count, WIDTH):
                    i = min(k, count - WIDTH)
                    store(canvas.grid, target + i, load(canvas.outputs, source + i))
    for number in range(maps):
        quantise_map(scene, canvas, number, cells)


@separate
def quantise_map(scene: Scene, canvas: Canvas, number: Any, cells: Any) -> None:
    choices, limit, start = scene.choices, splat(scene.numbers[LARGEST]), number * cells
    above = below = splat(-scene.numbers[LARGEST])
    for k in range(0, cells, WIDTH):
        value = tamed(load(canvas.grid, start + min(k, cells - WIDTH)), limit)
        above = larger(value, above)
        below = larger(splat(0.0) - value, below)
    high, low = largest(above), -largest(below)
    scale = max(high, -low)
    canvas.floats[choices[MAP_SCALES_AT] + number] = scale
    canvas.floats[choices[MAP_RANGES_AT] + 2 * number] = low
    canvas.floats[choices[MAP_RANGES_AT] + 2 * number + 1] = high
    lift, factor = factors(scale, scene.numbers[SMALLEST_SCALE])
    for k in range(0, cells, WIDTH):
        i = min(k, cells - WIDTH)
        value = tamed(load(canvas.grid, start + i), limit)
        store_bytes(canvas.bytes, choices[MAPS_AT] + start + i, nearest(value * splat(lift) * splat(factor)))
