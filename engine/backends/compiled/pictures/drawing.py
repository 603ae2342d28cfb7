"""The arrays of `picture.py`: made for the first picture of a run, and kept."""

import math

import numpy as np
from numpy.typing import NDArray

from engine.backends.compiled import kernels, settings
from engine.backends.compiled.arguments import Canvas, MeasuredSet, PlainArguments, Scene
from engine.backends.compiled.lanes import WIDTH
from engine.backends.compiled.layout import Layout, aligned
from engine.backends.compiled.pictures import picture
from engine.backends.compiled.pictures.calls import address_of
from engine.backends.pictures import MeasuredSet as GivenSet
from engine.backends.pictures import Measures, PictureInputs
from engine.nn.network import Array, Network
from engine.nn.picture_layout import LARGEST, tensor_places

SMALLEST_SCALE = 2.0**-100
"""Scales below it are multiplied first: from 3.7e-37 down 127 / scale is beyond float32."""

MOST_ROOM = 25 * WIDTH
"""Samples or cells at a time: 10,000 cells are 25 times as many."""
OUTPUT_VALUES = 1 << 16
"""Of all neurons at so many cells, 256 kB: in wide networks there are fewer at a time, at least four groups."""


class Drawing:
    """Pictures of one run in one buffer."""

    def __init__(self, network: Network, layout: Layout, inputs: PictureInputs, data: NDArray[np.uint8]) -> None:
        """data: the bytes of the picture."""
        self.inputs, self.data = inputs, data
        self.advance = self.infer = 0
        """Addresses of the kernels, from the first picture on."""
        neurons, room = sum(network.sizes[1:]), outputs_room(network)
        self.train, self.test = tuple(_measured(inputs.train)), tuple(_measured(inputs.test))
        scene = _scene(network, layout, inputs, room)
        self.scene, self.scene_without_grids = tuple(scene), tuple(_without_grids(scene))
        grid = aligned(max(math.prod(section.shape) for section in inputs.layout.sections))
        self.readings = np.zeros(settings.GRADIENT_NORMS + network.layers)
        self.canvas = tuple(
            Canvas(
                inputs=aligned(network.sizes[0] * room),
                outputs=aligned(neurons * room),
                grid=grid,
                bits=grid.view(np.int32),
                floats=data[: data.size // 4 * 4].view(np.float32),
                halves=data[: data.size // 2 * 2].view(np.uint16),
                bytes=data.view(np.int8),
                readings=self.readings,
            )
        )

    def draw(
        self,
        steps: int,
        gradient: Array,
        arguments: PlainArguments,
        whole_gradient: Array,
        still: PlainArguments,
        grids: bool,
    ) -> Measures:
        """Arguments as `kernels.advance` takes them: for the steps, and for all samples in their order."""
        if not self.infer:  # every run has arguments of the same types
            self.advance = address_of(kernels.advance, steps, True, gradient, arguments)
            self.infer = address_of(kernels.infer, gradient, 1, 0, 1, gradient, arguments)
        picture.draw(
            steps, self.advance, self.infer, gradient, arguments, whole_gradient, still,
            self.train, self.test, self.scene if grids else self.scene_without_grids, self.canvas,
        )  # fmt: skip
        train_loss, test_loss, train_accuracy, test_accuracy, penalty, *norms = self.readings.tolist()
        classes = self.inputs.train.classes is not None
        return Measures(
            train_loss,
            test_loss,
            train_accuracy if classes else None,
            test_accuracy if classes else None,
            penalty,
            tuple(norms),
        )


def outputs_room(network: Network) -> int:
    """Samples or cells at a time."""
    return WIDTH * max(4, min(MOST_ROOM // WIDTH, OUTPUT_VALUES // (sum(network.sizes[1:]) * WIDTH)))


def _measured(given: GivenSet) -> MeasuredSet:
    inputs, targets = (np.ascontiguousarray(values, dtype=np.float32) for values in given[:2])
    classes = np.zeros(0, dtype=np.int64) if given.classes is None else given.classes
    order = np.minimum(np.arange(len(inputs) + WIDTH), len(inputs) - 1)
    return MeasuredSet(inputs, targets, classes, order)


def _scene(network: Network, layout: Layout, inputs: PictureInputs, room: int) -> Scene:
    parts = inputs.layout
    drawn = parts.drawn or tuple(tuple(range(size)) for size in parts.sizes)
    starts = np.cumsum((0, *parts.sizes[1:-1]))
    rows = [start + neuron for start, column in zip(starts, drawn[1:], strict=True) for neuron in column]
    pixels = layout.index[network.slices["layers.0.weight"]].reshape(parts.sizes[1], parts.sizes[0])

    def at(name: str) -> int:
        """In numbers of its kind."""
        return parts[name].offset // np.dtype(parts[name].kind).itemsize if name in parts else 0

    choices = np.zeros(settings.SCENE_CHOICES, dtype=np.int64)
    choices[settings.ROOM] = room
    choices[settings.BOUNDARY] = 0 if inputs.boundary is None else inputs.boundary.shape[1]
    choices[settings.DIFFERENCE] = inputs.is_difference
    choices[settings.CLASSES] = "classes" in parts
    choices[settings.MAPS] = parts["maps"].shape[0] if "maps" in parts else 0
    choices[settings.MAPS_OF_WEIGHTS] = parts.maps_of == "weights"
    choices[settings.MAP_CELLS] = parts.map_side**2
    choices[settings.HALVES] = parts["parameters"].kind == "<f2"
    choices[settings.BOUNDARY_SCALE_AT] = at("boundary_scale")
    choices[settings.MAP_SCALES_AT] = at("map_scales")
    choices[settings.MAP_RANGES_AT] = at("map_ranges")
    choices[settings.SCALES_AT] = at("parameters_scales")
    choices[settings.VALUES_AT] = at("parameters")
    choices[settings.BOUNDARY_AT] = at("classes") or at("boundary")
    choices[settings.MAPS_AT] = at("maps")
    nothing = np.zeros(0, dtype=np.float32)
    return Scene(
        choices=choices,
        numbers=np.array([inputs.threshold, inputs.low_target, LARGEST, SMALLEST_SCALE]),
        boundary=_read_only(nothing if inputs.boundary is None else inputs.boundary.ravel()),
        plane=_read_only(nothing if inputs.plane is None else inputs.plane.ravel()),
        map_rows=np.array(rows, dtype=np.int64),
        pixels=pixels[list(drawn[1])].ravel(),
        tensors=layout.index[tensor_places(network, parts)],
        tensor_ends=np.cumsum([math.prod(shape) for _, shape in parts.tensors]),
    )


def _without_grids(scene: Scene) -> Scene:
    choices = scene.choices.copy()
    choices[[settings.BOUNDARY, settings.MAPS]] = 0
    return scene._replace(choices=choices)


def _read_only(values: Array) -> Array:
    """A view of another type for numba than an array that may be written to."""
    view = values.view()
    view.flags.writeable = False
    return view
