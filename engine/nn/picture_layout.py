"""Picture layout: what a picture of a run holds and where each part lies in its bytes. It follows from the Spec alone.

A picture is one buffer: first what is told raw, then the grids, one byte a cell. Every section is C-ordered,
little-endian and aligned to its type.

  raw
    gradient_norms  float32 (layers,)            ‖∂L/∂W‖₂ of each linear layer, of all its weights
    boundary_scale  float32 (1,)                 no boundary: absent, with its grid
    map_scales      float32 (maps,)              the largest |value| of each map
    map_ranges      float32 (maps, 2)            least and largest value of each neuron over the cells of its map, or of
                                                 the weights in it
    parameters, gradients, updates
                    float32 or float16 (values,) the tensors of `tensors`, one after the other; float16 are parts of
    parameters_scales, gradients_scales, updates_scales
                    float32 (tensors,)           only beside float16: the largest |value| of each tensor
  grids, row 0 at the top, column 0 at the left
    boundary        int8 (side, side)            q: value = q / 127 · scale; see "Grid of the boundary"
    classes         uint8 (side, side)           of three classes and more, in place of the boundary: 32 · the predicted
                                                 class + its score (engine.evaluation.predictions), 31 = all
    maps            int8 (maps, side, side)      every drawn neuron, layer by layer, the output's last; where inputs are
                                                 pictures, the weights of the first layer's drawn neurons

Grid of the boundary: output 0, or, of two classes with an output each, the second minus the first. No cell changes
its side of the threshold by being rounded, and the scale is such that the threshold is a level, where it can be, or in
float32 hardly above one. In grids, their scales and ranges and in float16 a value that is no number counts as 0, and
one beyond ±LARGEST as that; the scale of a tensor that is all 0 is 1.
"""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.nn.network import Network
from engine.spec.spec import Spec

Kind = Literal["<f4", "<f2", "|i1", "|u1"]

BOUNDARY_SIDE = 100
"""Cells: as fine as the panel that shows it."""

RAW_AND_MAPS_BYTES = 21_000
"""For all but the boundary's 10,000 cells: with those and its header a frame stays under 32 kB, compressed or not."""

TENSOR_BYTES = 14_400
"""For parameters, gradients and updates: 1,200 parameters in float32 or 2,400 in float16."""

MAPS_BYTES = 5000
"""For all maps together, as long as none is smaller than SMALLEST_SMOOTH."""
LEAST_MAP, SMALLEST_SMOOTH, LARGEST_MAP = 4, 16, 24
"""Cells per side. Below 16 a spiral is no longer seen well; a neuron's tile has about 40 pixels, so 24 looks smooth."""

WIDEST_DRAWN = (32, 24, 16, 12, 10, 8, 6)
"""Neurons of a column that are all drawn; the first of these with which the picture keeps its bounds."""
DRAWN_OF_WIDE = 12
"""Of a wider column at most so many stand for the rest."""

LARGEST = 1e30
"""Values of a grid are cut there: a diverged network may say anything, and sums of these still fit float32."""

Columns = tuple[tuple[int, ...], ...]
"""For each column, inputs first, numbers of neurons."""


class Section(NamedTuple):
    name: str
    kind: Kind
    shape: tuple[int, ...]
    offset: int
    """In bytes, from the start of the picture."""

    @property
    def bytes(self) -> int:
        return math.prod(self.shape) * np.dtype(self.kind).itemsize


@dataclass(frozen=True)
class PictureLayout:
    sizes: tuple[int, ...]
    """Inputs, hidden widths, outputs."""
    drawn: Columns | None
    """For each of these columns the neurons that are drawn; None: all."""
    between: Columns | None
    """The tensors hold only what lies between these neurons; None: all of it."""
    tensors: tuple[tuple[str, tuple[int, ...]], ...]
    """Names and shapes of what `parameters`, `gradients` and `updates` hold."""
    maps_of: Literal["plane", "weights"] | None
    map_side: int
    sections: tuple[Section, ...]
    raw_bytes: int
    """Before the grids."""
    size: int
    """In bytes."""

    @cached_property
    def grids(self) -> tuple[tuple[int, int], ...]:
        """How many each section of grids has, and their cells a side."""
        shapes = [section.shape for section in self.sections if section.offset >= self.raw_bytes]
        return tuple((math.prod(shape[:-2]), shape[-1]) for shape in shapes)

    def __getitem__(self, name: str) -> Section:
        return next(section for section in self.sections if section.name == name)

    def __contains__(self, name: str) -> bool:
        return any(section.name == name for section in self.sections)


def picture_layout(spec: Spec) -> PictureLayout:
    """The layout of the pictures of a Spec's run. Live changes of a Spec do not change it."""
    return _layout(Network.of(spec), spec.kind.plane, spec.kind.side, spec.class_count)


@lru_cache(maxsize=256)
def _layout(network: Network, plane: bool, pixels: int, classes: int) -> PictureLayout:
    """pixels: a side, where inputs are pictures."""
    layouts = (_with(network, plane, pixels, classes, widest) for widest in WIDEST_DRAWN)
    return next(layout for layout in layouts if layout is not None)


def _with(network: Network, plane: bool, pixels: int, classes: int, widest: int) -> PictureLayout | None:
    """With columns of so many neurons drawn whole; None where that is too much."""
    sizes = network.sizes
    drawn = drawn_neurons(sizes, widest)
    whole = 6 * network.count <= TENSOR_BYTES
    between = None if whole else drawn or tuple(tuple(range(size)) for size in sizes)
    tensors = tuple((name, _shape_between(name, shape, between)) for name, shape in network.shapes.items())
    values = sum(math.prod(shape) for _, shape in tensors)
    kind: Kind = "<f4" if 12 * values <= TENSOR_BYTES else "<f2"
    maps, side = _maps(sizes, drawn, plane, pixels)
    raw: list[tuple[str, Kind, tuple[int, ...]]] = [("gradient_norms", "<f4", (network.layers,))]
    grids: list[tuple[str, Kind, tuple[int, ...]]] = []
    if plane and classes <= 2:
        raw.append(("boundary_scale", "<f4", (1,)))
        grids.append(("boundary", "|i1", (BOUNDARY_SIDE, BOUNDARY_SIDE)))
    elif plane:
        grids.append(("classes", "|u1", (BOUNDARY_SIDE, BOUNDARY_SIDE)))
    if maps:
        raw += [("map_scales", "<f4", (maps,)), ("map_ranges", "<f4", (maps, 2))]
    names = ("parameters", "gradients", "updates")
    if kind == "<f2":
        raw += [(f"{name}_scales", "<f4", (len(tensors),)) for name in names]
    raw += [(name, kind, (values,)) for name in names]
    left = RAW_AND_MAPS_BYTES - sum(math.prod(shape) * np.dtype(form).itemsize for _, form, shape in raw)
    if maps and not pixels:
        side = min(side, int(max(0, left / maps) ** 0.5))
    if 2 * values * 3 > TENSOR_BYTES or left < maps * side**2 or (maps and side < LEAST_MAP):
        return None
    if maps:
        grids.append(("maps", "|i1", (maps, side, side)))
    sections, raw_bytes, size = _placed(raw, grids)
    kind_of_maps: Literal["plane", "weights"] | None = ("weights" if pixels else "plane") if maps else None
    return PictureLayout(sizes, drawn, between, tensors, kind_of_maps, side if maps else 0, sections, raw_bytes, size)


def drawn_neurons(sizes: tuple[int, ...], widest: int = WIDEST_DRAWN[0]) -> Columns | None:
    """Of each column the neurons that are drawn; None where that is all of them."""
    if max(sizes) <= widest:
        return None
    few = min(widest, DRAWN_OF_WIDE)
    return tuple(
        tuple(range(size)) if size <= widest else tuple(np.linspace(0, size - 1, few).round().astype(int).tolist())
        for size in sizes
    )


def _shape_between(name: str, shape: tuple[int, ...], columns: Columns | None) -> tuple[int, ...]:
    """layers.1.weight goes from column 1 to column 2."""
    if columns is None:
        return shape
    layer = int(name.split(".")[1])
    rows = len(columns[layer + 1])
    return (rows, len(columns[layer])) if len(shape) == 2 else (rows,)


def _maps(sizes: tuple[int, ...], drawn: Columns | None, plane: bool, pixels: int) -> tuple[int, int]:
    """How many maps there are, and their side as long as there is room."""
    widths = [len(column) for column in drawn] if drawn else list(sizes)
    if plane:
        neurons = sum(widths[1:])
        return neurons, min(LARGEST_MAP, max(SMALLEST_SMOOTH, int((MAPS_BYTES / neurons) ** 0.5)))
    return (widths[1], pixels) if pixels else (0, 0)


def _placed(
    raw: list[tuple[str, Kind, tuple[int, ...]]], grids: list[tuple[str, Kind, tuple[int, ...]]]
) -> tuple[tuple[Section, ...], int, int]:
    """The sections with their offsets, the bytes of those before the grids and of all."""
    sections = []
    offset = 0
    for name, kind, shape in (*raw, *grids):
        sections.append(Section(name, kind, shape, offset))
        offset += sections[-1].bytes
    raw_bytes = sections[len(raw) - 1].offset + sections[len(raw) - 1].bytes
    return tuple(sections), raw_bytes, offset


def tensor_places(network: Network, layout: PictureLayout) -> NDArray[np.int64]:
    """Where each number of `parameters`, `gradients` and `updates` lies in the flat vector of the network."""
    parts = []
    for name, shape in network.shapes.items():
        places = np.arange(network.count)[network.slices[name]].reshape(shape)
        if layout.between is not None:
            layer = int(name.split(".")[1])
            places = places[list(layout.between[layer + 1])]
            if places.ndim == 2:
                places = places[:, list(layout.between[layer])]
        parts.append(places.ravel())
    return np.concatenate(parts)
