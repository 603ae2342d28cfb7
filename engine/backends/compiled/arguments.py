"""Arguments: the arrays that the kernels work on, grouped in named tuples, which numba takes apart when it compiles.

A call from Python passes them as plain tuples: numba finds the type of those in C, in 0.1 µs, and of named ones in
Python, in 4 µs a call. `named` gives the names back.

All arrays are flat and float32 unless said. `settings.py` has the places in plan, choices, settings, counters and
losses; `layout.py` decides where each parameter lies.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.backends.compiled.lanes import inlined
from engine.nn.network import Array


class Config(NamedTuple):
    """What the network and the Spec determine."""

    plan: NDArray[np.int64]
    """(layers, COLUMNS): shapes, offsets and extras of each layer"""
    choices: NDArray[np.int64]
    settings: NDArray[np.float64]


class Samples(NamedTuple):
    """The training set."""

    inputs: Array
    """(samples, features)"""
    targets: Array
    """(samples, outputs)"""
    order: NDArray[np.int64]
    """(samples + 16,): the order of an epoch; the last sixteen only keep `gather` inside the array"""


class TrainState(NamedTuple):
    """What a training step changes."""

    parameters: Array
    """Tiles of the weights of every layer, then biases, γ and β; so too updates and each row of optimizer_state"""
    optimizer_state: Array
    """(3, …) in one row after the other"""
    updates: Array
    running: Array
    """Running means of batch norm, then running variances"""
    counters: NDArray[np.int64]
    losses: NDArray[np.float64]
    bounds: NDArray[np.float64]
    kept: Array
    """Parameters, updates and the rows of optimizer_state before a step that may have to be undone"""


class Buffers(NamedTuple):
    """Activations and gradients of as many groups of sixteen samples as there is room for: see `products.py`."""

    values: Array
    """(groups, rows, 16): the inputs, and the activations of every layer"""
    slopes: Array
    """Like values: see `passes.py`"""
    x_hat: Array
    """Like values: normalised weighted sums; empty without batch norm"""
    deltas: Array
    """Like values: ∂L/∂a, then ∂L/∂z, of every layer"""
    statistics: Array
    """Of batch norm: see `norms.py`"""
    outer: Array
    """Scratch of `outer.py`"""
    stride: int
    """Numbers of one group, rows · 16"""


class Scratch(NamedTuple):
    """What evolution and Muon need beside the rest."""

    flat_index: NDArray[np.int32]
    """Which number of the flat vector of parameters each number here is"""
    is_parameter: Array
    """1, or 0 in padding"""
    matrix: Array
    """Of evolution: the parameters it starts from. Of Muon: a weight and its products"""
    gram: Array
    """Of Muon: X·Xᵀ in tiles, then zeros that stand for a bias"""
    direction: Array
    """Of Muon: along which the inner weights move, laid out as the parameters"""


Arguments = tuple[Config, Samples, TrainState, Buffers, Scratch]
PlainArguments = tuple[tuple[object, ...], ...]


class MeasuredSet(NamedTuple):
    """Samples whose loss and accuracy a picture has."""

    inputs: Array
    """(samples, features)"""
    targets: Array
    """(samples, outputs)"""
    classes: NDArray[np.int64]
    """(samples,), from 0; empty where targets are values"""
    order: NDArray[np.int64]
    """(samples + 16,): 0, 1, …, the last one again and again"""


class Scene(NamedTuple):
    """What a picture shows: see `drawing.py`."""

    choices: NDArray[np.int64]
    numbers: NDArray[np.float64]
    boundary: Array
    """Inputs at the cells of the boundary, (features, cells)"""
    plane: Array
    """Inputs at the cells of a map, (features, cells)"""
    map_rows: NDArray[np.int64]
    """The neuron of each map, counted through all layers"""
    pixels: NDArray[np.int64]
    """(maps, cells): which parameters maps of weights show"""
    tensors: NDArray[np.int64]
    """Which parameters the picture holds"""
    tensor_ends: NDArray[np.int64]


class Canvas(NamedTuple):
    """Where a picture is drawn, and what for."""

    inputs: Array
    """Scratch: (features, room)"""
    outputs: Array
    """Scratch: (neurons of all layers, room)"""
    grid: Array
    """Scratch: the cells of the boundary, or of all maps"""
    bits: NDArray[np.int32]
    """The same memory"""
    floats: Array
    """The sections of float32"""
    halves: NDArray[np.uint16]
    """The whole picture, as are bytes"""
    bytes: NDArray[np.int8]
    readings: NDArray[np.float64]


class Surface(NamedTuple):
    """A plane through the parameters, and the samples whose loss is measured on it."""

    origin: Array
    """Laid out as the parameters"""
    directions: NDArray[np.float64]
    """(2, …), each laid out as the parameters: along x, along y"""
    xs: NDArray[np.float64]
    ys: NDArray[np.float64]
    losses: NDArray[np.float64]
    """(ys, xs): what is measured"""
    columns: Array
    """Inputs, (features, samples filled up to whole Lanes)"""
    targets: Array
    """(samples, outputs)"""
    base: NDArray[np.float64]
    """Scratch: the parameters where x is 0"""
    outputs: Array
    """Scratch: (neurons of all layers, room)"""
    room: int
    """Samples at a time"""


def plain(arguments: Arguments) -> PlainArguments:
    """For a call of a kernel from Python."""
    return tuple(tuple(group) for group in arguments)


@inlined
def named(arguments: Any) -> Any:
    """The groups of `plain` with their names, for numba functions."""
    return (
        Config(*arguments[0]),
        Samples(*arguments[1]),
        TrainState(*arguments[2]),
        Buffers(*arguments[3]),
        Scratch(*arguments[4]),
    )
