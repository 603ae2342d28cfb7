"""Layout: offsets of a network's parameters and buffers in the kernels' arrays, and the rows of its activations."""

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
    """(layers, COLUMNS), see `settings.py`"""
    index: NDArray[np.int64]
    """(count,): offset of each parameter of the flat vector of `Network`."""
    size: int
    """Of the array of parameters, padding included."""
    weights_end: int
    """All parameters before it are weights."""
    running_index: NDArray[np.int64]
    """Offset in `running` of each number of the flat vector of buffers."""
    running_size: int
    rows: int
    """Of one group in values."""


def layout_of(network: Network) -> Layout:
    """Weights of all layers in tiles, then their biases, then γ and β; means of all norms, then variances."""
    plan = np.zeros((network.layers, settings.COLUMNS), dtype=np.int64)
    index = np.zeros(network.count, dtype=np.int64)
    offset = row = units = 0
    for line, stage in zip(plan, network.stages, strict=True):
        in_tiles, out_tiles = tiles(stage.inputs), tiles(stage.outputs)
        line[[settings.INS, settings.OUTS]] = stage.inputs, stage.outputs
        line[[settings.IN_TILES, settings.OUT_TILES]] = in_tiles, out_tiles
        line[settings.WEIGHT] = offset
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
        offset += out_tiles * in_tiles * TILE * TILE
    weights_end = offset

    running_index = [np.zeros(0, dtype=np.int64)]
    for layer, (line, stage) in enumerate(zip(plan, network.stages, strict=True)):
        i, o = np.arange(stage.inputs), np.arange(stage.outputs)[:, np.newaxis]
        tile = o // TILE * line[settings.IN_TILES] + i // TILE
        weight = line[settings.WEIGHT] + tile * TILE * TILE + o % TILE * TILE + i % TILE
        index[network.slices[f"layers.{layer}.weight"]] = weight.ravel()
        units_of_layer = np.arange(stage.outputs)
        vectors = [(settings.BIAS, f"layers.{layer}.bias")]  # without biases zeros stand here
        if stage.batch_norm:
            vectors += [(settings.SCALE, f"norms.{layer}.weight"), (settings.SHIFT, f"norms.{layer}.bias")]
            running_index += [
                line[settings.STATISTICS] + units_of_layer,
                units + line[settings.STATISTICS] + units_of_layer,
            ]
        for column, name in vectors:
            line[column] = offset
            if name in network.slices:
                index[network.slices[name]] = offset + units_of_layer
            offset += tiles(stage.outputs) * TILE
    rows = row + tiles(network.sizes[-1]) * TILE
    size = offset + WIDTH - TILE  # sixteen are read where four are meant
    return Layout(plan, index, size, weights_end, np.concatenate(running_index), 2 * units, rows)


def tiles(width: int) -> int:
    """Tiles that hold so many units."""
    return -(-width // TILE)


def aligned(count: int) -> Array:
    """Zeros that start on a cache line, filled up to whole Lanes."""
    count = -(-count // WIDTH) * WIDTH
    raw = np.zeros(count + WIDTH, dtype=np.float32)
    skip = -(raw.ctypes.data // 4) % WIDTH
    return raw[skip : skip + count]
