"""Layout: where the parameters and buffers of a network lie in the kernels' arrays, and in which rows its values."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.backends.compiled import settings
from engine.backends.compiled.lanes import WIDTH
from engine.backends.compiled.products import TILE
from engine.nn.network import Array, Network
from engine.spec.choices import ActivationName

ACTIVATIONS: dict[ActivationName, int] = {
    "linear": settings.LINEAR,
    "step": settings.STEP_AT_0,
    "sigmoid": settings.SIGMOID,
    "tanh": settings.TANH,
    "relu": settings.RELU,
    "leaky_relu": settings.LEAKY_RELU,
    "elu": settings.ELU,
    "gelu": settings.GELU,
    "silu": settings.SILU,
    "softplus": settings.SOFTPLUS,
}


@dataclass(frozen=True)
class Layout:
    plan: NDArray[np.int64]
    places: NDArray[np.int64]
    """(count,): where each parameter of the flat vector lies."""
    size: int
    """Of the array of parameters, padding included."""
    weights_end: int
    """All parameters before it are weights."""
    running_places: NDArray[np.int64]
    """Where each number of the vector of buffers lies."""
    running_size: int
    rows: int
    """Of a group in values."""


def layout_of(network: Network) -> Layout:
    """Weights of all layers in tiles, then their biases, then γ and β; means of all norms, then variances."""
    plan = np.zeros((network.layers, settings.COLUMNS), dtype=np.int64)
    places = np.zeros(network.count, dtype=np.int64)
    place = row = units = 0
    for line, stage in zip(plan, network.stages, strict=True):
        in_tiles, out_tiles = tiles(stage.inputs), tiles(stage.outputs)
        line[[settings.INS, settings.OUTS]] = stage.inputs, stage.outputs
        line[[settings.IN_TILES, settings.OUT_TILES]] = in_tiles, out_tiles
        line[settings.WEIGHT] = place
        line[settings.ACTIVATION] = ACTIVATIONS[stage.activation]
        line[settings.DROPPED] = int(stage.dropout * 2**24)
        line[settings.RESIDUAL] = stage.residual
        line[settings.HAS_BIAS] = network.biases
        line[settings.HAS_NORM] = stage.batch_norm
        line[settings.SOURCE] = row
        row += in_tiles * TILE
        line[settings.TARGET] = row
        line[settings.STATISTICS] = units
        units += out_tiles * TILE * stage.batch_norm
        place += out_tiles * in_tiles * TILE * TILE
    weights_end = place

    buffer_places = [np.zeros(0, dtype=np.int64)]
    for layer, (line, stage) in enumerate(zip(plan, network.stages, strict=True)):
        i, o = np.arange(stage.inputs), np.arange(stage.outputs)[:, np.newaxis]
        tile = o // TILE * line[settings.IN_TILES] + i // TILE
        weight = line[settings.WEIGHT] + tile * TILE * TILE + o % TILE * TILE + i % TILE
        places[network.slices[f"layers.{layer}.weight"]] = weight.ravel()
        across = np.arange(stage.outputs)
        vectors = [(settings.BIAS, f"layers.{layer}.bias")]  # where there is none, zeros stand for it
        if stage.batch_norm:
            vectors += [(settings.SCALE, f"norms.{layer}.weight"), (settings.SHIFT, f"norms.{layer}.bias")]
            buffer_places += [line[settings.STATISTICS] + across, units + line[settings.STATISTICS] + across]
        for column, name in vectors:
            line[column] = place
            if name in network.slices:
                places[network.slices[name]] = place + across
            place += tiles(stage.outputs) * TILE
    rows = row + tiles(network.sizes[-1]) * TILE
    size = place + WIDTH - TILE  # sixteen are read where four are meant
    return Layout(plan, places, size, weights_end, np.concatenate(buffer_places), 2 * units, rows)


def tiles(width: int) -> int:
    return -(-width // TILE)


def aligned(count: int) -> Array:
    """Zeros that start on a cache line, filled up to whole Lanes."""
    count = -(-count // WIDTH) * WIDTH
    raw = np.zeros(count + WIDTH, dtype=np.float32)
    skip = -(raw.ctypes.data // 4) % WIDTH
    return raw[skip : skip + count]
