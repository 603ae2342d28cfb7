"""Snapshot ⇄ frame bytes. Pure: no clock, no socket. `static/js/protocol.js` reads the same bytes.

A frame is one msgpack map. Grids are int8: value = q / 127 · scale, scale = the largest |value|; row 0 is the top.
  version, revision, frame, step, epoch: int      steps_per_second, train_loss, test_loss, penalty: float
  train_accuracy, test_accuracy: float or nil     sizes: [inputs, hidden…, outputs]
  boundary   {side, scale, values: int8[side·side]}                    network output 0
  maps       {side, scales: float32le[N], values: int8[N·side·side]}   every neuron, layer by layer, the output's last
  parameters, gradients, updates: float32le[count]                     layers.0.weight row by row, layers.0.bias, …
  gradient_norms: float32le[layers]                                    ‖∂L/∂W‖₂ of each layer's weights
  focus      nil or {layer, neuron, side, scale, values}               one neuron at full resolution
"""

from functools import lru_cache
from itertools import pairwise
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray

from engine.snapshot import Snapshot

VERSION = 1
RESOLUTION = 100
"""Cells per side of the boundary: as fine as the panel that shows it."""

MAPS_BYTES = 5000
"""For all neuron maps together: with a boundary of 10,000 bytes and its parameters a frame stays under 16 kB."""
SMALLEST_MAP, LARGEST_MAP = 16, 24
"""Cells per side. Below 16 a spiral is no longer seen; a neuron's tile has about 40 pixels, so 24 looks smooth."""

LARGEST = 1e30
"""Values of a grid are cut there: a diverged network may say anything, and sums of these still fit float32."""

Focus = tuple[int, int]
"""A neuron: linear layer counted from 0, neuron."""

Array = NDArray[np.float32]


def encode_frame(
    snapshot: Snapshot, *, revision: int, frame: int, steps_per_second: float, focus: Focus | None = None
) -> bytes:
    return bytes(
        msgpack.packb(
            {
                "version": VERSION,
                "revision": revision,
                "frame": frame,
                "step": snapshot.step,
                "epoch": snapshot.epoch,
                "steps_per_second": steps_per_second,
                "train_loss": snapshot.train_loss,
                "test_loss": snapshot.test_loss,
                "train_accuracy": snapshot.train_accuracy,
                "test_accuracy": snapshot.test_accuracy,
                "penalty": snapshot.penalty,
                "sizes": list(snapshot.sizes),
                "boundary": _grid(snapshot.boundary),
                "maps": _maps(snapshot.maps),
                "parameters": _flat(snapshot.parameters),
                "gradients": _flat(snapshot.gradients),
                "updates": _flat(snapshot.updates),
                "gradient_norms": np.asarray(snapshot.gradient_norms, dtype="<f4").tobytes(),
                "focus": focus and {"layer": focus[0], "neuron": focus[1], **_grid(snapshot.maps[focus[0]][focus[1]])},
            }
        )
    )


def decode_frame(data: bytes) -> dict[str, Any]:
    """The same keys with arrays in place of bytes: boundary (side, side); maps, a list of (width, side, side), one per
    layer; parameters, gradients and updates by name; gradient_norms, a tuple. Raises ValueError for another version."""
    frame: dict[str, Any] = msgpack.unpackb(data)
    if frame["version"] != VERSION:
        raise ValueError(f"this frame is of version {frame['version']} and this program reads version {VERSION}")
    sizes = frame["sizes"] = tuple(frame["sizes"])
    side = frame["maps"]["side"]
    scales = np.frombuffer(frame["maps"]["scales"], dtype="<f4")
    maps = _values(frame["maps"]["values"]).reshape(-1, side, side) * (scales / 127)[:, None, None]
    frame["maps"] = np.split(maps, np.cumsum(sizes[1:-1]))
    frame["boundary"] = _decoded_grid(frame["boundary"])
    for name in ("parameters", "gradients", "updates"):
        frame[name] = _named(np.frombuffer(frame[name], dtype="<f4"), sizes)
    frame["gradient_norms"] = tuple(np.frombuffer(frame["gradient_norms"], dtype="<f4").tolist())
    if frame["focus"] is not None:
        frame["focus"]["values"] = _decoded_grid(frame["focus"])
    return frame


def map_side(neurons: int) -> int:
    """As many cells as fit MAPS_BYTES with one byte each, within what is worth looking at."""
    return min(LARGEST_MAP, max(SMALLEST_MAP, int((MAPS_BYTES / neurons) ** 0.5)))


def _grid(values: Array) -> dict[str, Any]:
    scale, quantized = _quantize(_tamed(values)[None])
    return {"side": len(values), "scale": float(scale[0]), "values": quantized.tobytes()}


def _maps(layers: list[Array]) -> dict[str, Any]:
    side = map_side(sum(len(layer) for layer in layers))
    cells = _averages(layers[0].shape[-1], side)
    shrunk = np.concatenate([cells @ _tamed(layer) @ cells.T for layer in layers], dtype=np.float32)
    scales, quantized = _quantize(shrunk)
    return {"side": side, "scales": scales.astype("<f4").tobytes(), "values": quantized.tobytes()}


def _quantize(grids: Array) -> tuple[Array, NDArray[np.int8]]:
    """(n, side, side) → largest |value| of each, and int8."""
    scales = np.abs(grids).max(axis=(1, 2))
    factors = (127 / np.where(scales > 0, scales, 1)).astype(np.float32)
    return scales, np.rint(grids * factors[:, None, None]).astype(np.int8)


def _tamed(values: Array) -> Array:
    """Within ±LARGEST, NaN as 0; nearly always the very same array."""
    if values.min() >= -LARGEST and values.max() <= LARGEST:  # two passes are quicker than |values| in new memory
        return values
    return np.clip(np.nan_to_num(values), -LARGEST, LARGEST)


@lru_cache
def _averages(of: int, to: int) -> Array:
    """(to, of): row i averages the cells of the finer axis that lie under cell i, by the part that lies there."""
    fine, coarse = np.arange(of + 1) / of, np.arange(to + 1) / to
    overlap = np.minimum(fine[1:], coarse[1:, None]) - np.maximum(fine[:-1], coarse[:-1, None])
    return np.asarray(np.maximum(overlap, 0) * to, dtype=np.float32)


def _flat(tensors: dict[str, Array]) -> bytes:
    return np.concatenate([tensor.ravel() for tensor in tensors.values()]).astype("<f4", copy=False).tobytes()


def _values(data: bytes) -> Array:
    return np.frombuffer(data, dtype=np.int8).astype(np.float32)


def _decoded_grid(grid: dict[str, Any]) -> Array:
    return _values(grid["values"]).reshape(grid["side"], grid["side"]) * np.float32(grid["scale"] / 127)


def _named(flat: Array, sizes: tuple[int, ...]) -> dict[str, Array]:
    tensors, start = {}, 0
    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes)):
        weights, end = start + fan_in * fan_out, start + fan_in * fan_out + fan_out
        tensors[f"layers.{layer}.weight"] = flat[start:weights].reshape(fan_out, fan_in)
        tensors[f"layers.{layer}.bias"] = flat[weights:end]
        start = end
    return tensors
