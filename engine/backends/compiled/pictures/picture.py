"""A picture of a run in one call: steps, losses, gradient and grids, down to the bytes of `engine.nn.picture_layout`.

Steps, the gradient and all inference are the kernels that there are, called by their address. Samples and cells go
through inference some at a time, so that what they give stays in a core's cache.
"""

from math import sqrt
from typing import Any

import numpy as np

from engine.backends.compiled.arguments import Canvas, MeasuredSet, Scene, named
from engine.backends.compiled.cache import cached
from engine.backends.compiled.lanes import inlined, separate
from engine.backends.compiled.pictures.calls import call_for_number
from engine.backends.compiled.pictures.grids import draw_boundary, draw_maps
from engine.backends.compiled.pictures.measures import measure, penalty, sums
from engine.backends.compiled.products import TILE
from engine.backends.compiled.settings import (
    BOUNDARY,
    GRADIENT_NORMS,
    HALVES,
    IN_TILES,
    LARGEST,
    MAPS,
    OUT_TILES,
    PENALTY,
    SCALES_AT,
    TEST_ACCURACY,
    TEST_LOSS,
    TRAIN_ACCURACY,
    TRAIN_LOSS,
    VALUES_AT,
    WEIGHT,
)


@cached
def draw(
    steps: Any, advance: Any, infer: Any, gradient: Any, arguments: Any, whole_gradient: Any, still: Any,
    train: Any, test: Any, scene: Any, canvas: Any,
) -> None:  # fmt: skip
    """Takes steps, and draws where the run then stands.

    advance, infer: addresses of those kernels. gradient and arguments are theirs for the steps; whole_gradient and
    still those for all samples in their order, with buffers of `ROOM`.
    """
    train, test, scene, canvas = MeasuredSet(*train), MeasuredSet(*test), Scene(*scene), Canvas(*canvas)
    if steps > 0:
        call_for_number(advance, (steps, True, gradient, arguments))
    call_for_number(advance, (1, False, whole_gradient, still))
    config, _, state, _, _ = named(still)
    plan, readings = config.plan, canvas.readings
    readings[TRAIN_LOSS], readings[TRAIN_ACCURACY] = measure(infer, still, config, train, scene, canvas)
    readings[TEST_LOSS], readings[TEST_ACCURACY] = measure(infer, still, config, test, scene, canvas)
    readings[PENALTY] = penalty(config, state.parameters)
    for layer in range(plan.shape[0]):
        start = plan[layer, WEIGHT]
        end = start + plan[layer, IN_TILES] * plan[layer, OUT_TILES] * TILE * TILE
        readings[GRADIENT_NORMS + layer] = sqrt(sums(whole_gradient, start, end)[1])
        canvas.floats[layer] = readings[GRADIENT_NORMS + layer]
    choices = scene.choices
    at, scales_at, count, tensors = choices[VALUES_AT], choices[SCALES_AT], scene.tensors.size, scene.tensor_ends.size
    put_tensors(scene, canvas, state.parameters, at, scales_at)
    put_tensors(scene, canvas, whole_gradient, at + count, scales_at + tensors)
    put_tensors(scene, canvas, state.updates, at + 2 * count, scales_at + 2 * tensors)
    if scene.choices[BOUNDARY] > 0:
        draw_boundary(infer, still, config, scene, canvas)
    if scene.choices[MAPS] > 0:
        draw_maps(infer, still, scene, canvas, state.parameters)


@separate
def put_tensors(scene: Scene, canvas: Canvas, values: Any, at: Any, scales_at: Any) -> None:
    """at, scales_at: where their sections start."""
    places, ends = scene.tensors, scene.tensor_ends
    if not scene.choices[HALVES]:
        for i in range(places.size):
            canvas.floats[at + i] = values[places[i]]
        return
    most = np.float32(scene.numbers[LARGEST])
    begin = 0
    for tensor in range(ends.size):
        scale = np.float32(0)
        for i in range(begin, ends[tensor]):
            value = values[places[i]]
            value = min(max(value, -most), most) if value == value else np.float32(0)
            canvas.grid[i] = value
            scale = max(scale, abs(value))
        scale = scale if scale > 0 else np.float32(1)
        canvas.floats[scales_at + tensor] = scale
        for i in range(begin, ends[tensor]):
            canvas.grid[i] /= scale
            canvas.halves[at + i] = half(canvas.grid[i], canvas.bits[i])
        begin = ends[tensor]


@inlined
def half(value: Any, bits: Any) -> Any:
    """The bits of a float16 next to a float32 |v| ≤ 1, halves to the even one."""
    sign = (bits >> 16) & 0x8000
    size = bits & 0x7FFFFFFF
    if size < 0x38800000:  # 2⁻¹⁴, below which a float16 counts in parts of 2⁻²⁴
        return np.uint16(sign | np.int32(np.rint(abs(value) * np.float32(2.0**24))))
    return np.uint16(sign | ((size - 0x38000000 + 0xFFF + ((size >> 13) & 1)) >> 13))
