"""Snapshot ⇄ frame bytes. Pure: no clock, no socket. `static/js/wire/frames.js` reads the same bytes.

A frame is one msgpack map. Grids are int8: value = q / 127 · scale, scale = the largest |value|; row 0 is the top.
No cell of the boundary changes its side of the threshold, and where need be its scale is larger, so that the threshold
is a level.
  version, revision, frame, step, epoch, samples: int    steps_per_second, learning_rate, penalty: float
  train_loss, test_loss: float    train_accuracy, test_accuracy, epoch_loss: float or nil
  stopped    nil or the stop rule that ended the run
  sizes      [inputs, hidden…, outputs]
  drawn      nil where all neurons are drawn, else for each of these columns the numbers of those that are
  tensors    [[name, shape], …]: what the next three hold, in this order; of large networks what lies between drawn
             neurons
  parameters, gradients, updates: float32le[count]                     each tensor row by row
  gradient_norms: float32le[layers]                                    ‖∂L/∂W‖₂ of each layer's weights, all of them
  boundary   nil or {side, scale, values: int8[side·side], threshold}  output 0, or how far class 1 is ahead of class 0
  classes    nil or {side, winners, strength: uint8[side·side]}        of three classes and more: which of them wins,
             and its score (see engine.evaluation.predictions), 255 = all; the boundary is nil then
  maps       nil or {kind, side, scales: float32le[N], values: int8[N·side·side]}
             kind "plane": every drawn neuron, layer by layer, the output's last
             kind "weights": the drawn neurons of the first layer, what each weighs the pixels of a picture with
  focus      nil or {layer, neuron, side, scale, values}               one neuron at full resolution
  scores     {train, test}: {accuracy, precision, …: float or nil}
  confusion  nil or {train, test}: rows of true, columns of said classes, how many samples
  roc        nil or {train, test}: nil or {fpr, tpr: uint8[n], 255 = 1, auc: float}
"""

import math
from functools import lru_cache
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray

from engine.evaluation.metrics import Roc
from engine.evaluation.predictions import predictions_of
from engine.spec.spec import Spec
from engine.training.snapshot import Snapshot

VERSION = 2
RESOLUTION = 100
"""Cells per side of the boundary: as fine as the panel that shows it."""

MAPS_BYTES = 5000
"""For all neuron maps together: with a boundary of 10,000 bytes and its parameters a frame stays under 16 kB."""
SMALLEST_MAP, LARGEST_MAP = 16, 24
"""Cells per side. Below 16 a spiral is no longer seen; a neuron's tile has about 40 pixels, so 24 looks smooth."""

WIDEST_DRAWN = 32
"""Neurons of a column that are all drawn; of a wider one so many stand for the rest:"""
DRAWN_OF_WIDE = 12

MOST_SENT_WHOLE = 4096
"""Sent whole, 49 kB with gradients and updates; of a larger network only what lies between drawn neurons."""

LARGEST = 1e30
"""Values of a grid are cut there: a diverged network may say anything, and sums of these still fit float32."""

SMALLEST_SCALE = 2.0**-100
"""Maps below it are multiplied first: from 3.7e-37 down 127 / scale is beyond float32."""

Focus = tuple[int, int]
"""A neuron: linear layer counted from 0, neuron."""

Array = NDArray[np.float32]
Columns = list[list[int]]
"""For each column, inputs first, numbers of neurons."""


def encode_frame(
    snapshot: Snapshot, spec: Spec, *, revision: int, frame: int, steps_per_second: float, focus: Focus | None = None
) -> bytes:
    drawn = drawn_neurons(snapshot.sizes)
    whole = sum(values.size for values in snapshot.parameters.values()) <= MOST_SENT_WHOLE
    columns = None if whole else drawn
    parameters = _between(snapshot.parameters, columns)
    return bytes(
        msgpack.packb(
            {
                "version": VERSION,
                "revision": revision,
                "frame": frame,
                "step": snapshot.step,
                "epoch": snapshot.epoch,
                "samples": snapshot.samples,
                "steps_per_second": steps_per_second,
                "learning_rate": snapshot.learning_rate,
                "train_loss": snapshot.train_loss,
                "test_loss": snapshot.test_loss,
                "epoch_loss": snapshot.epoch_loss,
                "train_accuracy": snapshot.train_accuracy,
                "test_accuracy": snapshot.test_accuracy,
                "penalty": snapshot.penalty,
                "stopped": snapshot.stopped,
                "sizes": list(snapshot.sizes),
                "drawn": drawn,
                "tensors": [[name, list(values.shape)] for name, values in parameters.items()],
                "parameters": _flat(parameters),
                "gradients": _flat(_between(snapshot.gradients, columns)),
                "updates": _flat(_between(snapshot.updates, columns)),
                "gradient_norms": np.asarray(snapshot.gradient_norms, dtype="<f4").tobytes(),
                "boundary": _boundary(snapshot),
                "classes": _bytes_of(winning_classes(snapshot, spec)),
                "maps": _weights(snapshot, drawn) if spec.kind.side else _maps(snapshot.maps, drawn),
                "focus": _focus(snapshot.maps, focus),
                **_qualities(snapshot),
            }
        )
    )


def decode_frame(data: bytes) -> dict[str, Any]:
    """The same keys with arrays in place of bytes. Raises ValueError for another version.

    boundary (side, side), the winning classes where there are three or more, or None; threshold beside it, or None
    classes None or {side, winners (side, side), strength (side, side) from 0 to 1}
    maps None or a list of (drawn neurons, side, side), one per layer; weights None or (drawn neurons, side, side)
    parameters, gradients and updates by name; gradient_norms, a tuple; roc with arrays from 0 to 1
    """
    frame: dict[str, Any] = msgpack.unpackb(data)
    if frame["version"] != VERSION:
        raise ValueError(f"this frame is of version {frame['version']} and this program reads version {VERSION}")
    frame["sizes"] = tuple(frame["sizes"])
    for name in ("parameters", "gradients", "updates"):
        frame[name] = _named(np.frombuffer(frame[name], dtype="<f4"), frame["tensors"])
    frame["gradient_norms"] = tuple(np.frombuffer(frame["gradient_norms"], dtype="<f4").tolist())
    boundary, classes = frame["boundary"], frame["classes"]
    frame["threshold"] = boundary and boundary["threshold"]
    frame["boundary"] = boundary and _decoded_grid(boundary)
    if classes:
        square = (classes["side"], classes["side"])
        winners, strength = (np.frombuffer(classes[name], np.uint8).reshape(square) for name in ("winners", "strength"))
        classes |= {"winners": winners, "strength": strength / np.float32(255)}
        frame["boundary"] = winners.astype(np.float32)
    maps = frame["maps"]
    frame["maps"], frame["weights"] = None, None
    if maps and maps["kind"] == "plane":
        widths = [len(column) for column in frame["drawn"] or map(range, frame["sizes"])]
        frame["maps"] = np.split(_decoded_grids(maps), np.cumsum(widths[1:-1]))
    elif maps:
        frame["weights"] = _decoded_grids(maps)
    if frame["focus"] is not None:
        frame["focus"]["values"] = _decoded_grid(frame["focus"])
    for curve in filter(None, (frame["roc"] or {}).values()):
        curve |= {name: np.frombuffer(curve[name], dtype=np.uint8) / 255 for name in ("fpr", "tpr")}
    return frame


def drawn_neurons(sizes: tuple[int, ...]) -> Columns | None:
    """Of each column the neurons that are drawn; None where that is all of them."""
    if max(sizes) <= WIDEST_DRAWN:
        return None
    return [
        list(range(size))
        if size <= WIDEST_DRAWN
        else np.linspace(0, size - 1, DRAWN_OF_WIDE).round().astype(int).tolist()
        for size in sizes
    ]


def map_side(neurons: int) -> int:
    """As many cells as fit MAPS_BYTES with one byte each, within what is worth looking at."""
    return min(LARGEST_MAP, max(SMALLEST_MAP, int((MAPS_BYTES / neurons) ** 0.5)))


def _between(tensors: dict[str, Array], columns: Columns | None) -> dict[str, Array]:
    """What of each tensor belongs to these neurons alone: layers.1.weight goes from column 1 to column 2."""
    if columns is None:
        return tensors
    parts = {}
    for name, values in tensors.items():
        layer = int(name.split(".")[1])
        rows = values[columns[layer + 1]]
        parts[name] = rows[:, columns[layer]] if values.ndim == 2 else rows
    return parts


def _boundary(snapshot: Snapshot) -> dict[str, Any] | None:
    if snapshot.classes > 2 or (boundary := snapshot.boundary) is None:
        return None
    values, largest = _tamed_and_largest(boundary)
    threshold = snapshot.threshold if snapshot.classes else 0.0  # values are told apart by their sign alone
    level, scale = _level_of(threshold, largest)
    quantized = _quantize(values[None], np.array([scale], dtype=np.float32))
    _keep_sides(quantized.ravel(), values.ravel(), threshold, level)
    return {"side": len(values), "scale": scale, "values": quantized.tobytes(), "threshold": snapshot.threshold}


def _level_of(threshold: float, largest: float) -> tuple[int | None, float]:
    """(q, scale): what the threshold is quantized to and the scale, at least the largest |value|, at which that is
    exact; q is None where the threshold lies between 0 and the least level."""
    if not (threshold and largest):
        return 0, largest
    level = min(127, int(127 * threshold / largest))
    return (level, 127 * threshold / level) if level else (None, largest)


def _keep_sides(quantized: NDArray[np.int8], values: Array, threshold: float, level: int | None) -> None:
    """Moves cells that were rounded to the threshold, or across it, to the level beside it; in place."""
    rounded = quantized == level if level is not None else (quantized == 0) | (quantized == 1)
    (cells,) = rounded.nonzero()
    near = values[cells]
    sides = (near > threshold).view(np.int8) - (near < threshold).view(np.int8)
    quantized[cells] = level + sides if level is not None else sides > 0


def winning_classes(snapshot: Snapshot, spec: Spec) -> tuple[Array, Array] | None:
    """Of three classes and more, the predicted class at each cell and its score, both uint8 (side, side)."""
    if snapshot.maps is None or snapshot.classes < 3:
        return None
    outputs = _tamed(snapshot.maps[-1])
    winners = outputs.argmax(axis=0)
    scores = predictions_of(spec, outputs.reshape(len(outputs), -1).T)
    strength = np.rint(scores[np.arange(winners.size), winners.ravel()] * 255)
    return winners.astype(np.uint8), strength.reshape(winners.shape).astype(np.uint8)


def _bytes_of(classes: tuple[Array, Array] | None) -> dict[str, Any] | None:
    if classes is None:
        return None
    winners, strength = classes
    return {"side": len(winners), "winners": winners.tobytes(), "strength": strength.tobytes()}


def _maps(layers: list[Array] | None, drawn: Columns | None) -> dict[str, Any] | None:
    if layers is None:
        return None
    if drawn is not None:
        layers = [layer[column] for layer, column in zip(layers, drawn[1:], strict=True)]
    side = min(layers[0].shape[-1], map_side(sum(len(layer) for layer in layers)))
    cells = _averages(layers[0].shape[-1], side)
    return _grids("plane", np.concatenate([cells @ _tamed(layer) @ cells.T for layer in layers], dtype=np.float32))


def _weights(snapshot: Snapshot, drawn: Columns | None) -> dict[str, Any]:
    weights = snapshot.parameters["layers.0.weight"]
    side = math.isqrt(weights.shape[1])
    return _grids("weights", _tamed(weights[drawn[1]] if drawn else weights).reshape(-1, side, side))


def _focus(layers: list[Array] | None, focus: Focus | None) -> dict[str, Any] | None:
    if layers is None or focus is None:
        return None
    layer, neuron = focus
    return {"layer": layer, "neuron": neuron, **_grid(layers[layer][neuron])}


def _qualities(snapshot: Snapshot) -> dict[str, Any]:
    """Scores, confusion matrices and ROC curves."""
    sets = {"train": snapshot.train, "test": snapshot.test}
    matrices = {name: scores["confusion"] for name, scores in sets.items()}
    curves = {"train": snapshot.train_roc, "test": snapshot.test_roc}
    return {
        "scores": {
            name: {score: value for score, value in scores.items() if score != "confusion"}
            for name, scores in sets.items()
        },
        "confusion": _of_both({name: None if matrix is None else matrix.tolist() for name, matrix in matrices.items()}),
        "roc": _of_both({name: curve and _roc(curve) for name, curve in curves.items()}),
    }


def _of_both(parts: dict[str, Any]) -> dict[str, Any] | None:
    return parts if any(part is not None for part in parts.values()) else None


def _roc(curve: Roc) -> dict[str, Any]:
    fpr, tpr = (np.rint(rates * 255).astype(np.uint8).tobytes() for rates in (curve.fpr, curve.tpr))
    return {"fpr": fpr, "tpr": tpr, "auc": curve.auc}


def _grid(values: Array) -> dict[str, Any]:
    values, largest = _tamed_and_largest(values)
    quantized = _quantize(values[None], np.array([largest], dtype=np.float32))
    return {"side": len(values), "scale": largest, "values": quantized.tobytes()}


def _grids(kind: str, grids: Array) -> dict[str, Any]:
    scales = np.abs(grids).max(axis=(1, 2))
    return {
        "kind": kind,
        "side": grids.shape[-1],
        "scales": scales.astype("<f4").tobytes(),
        "values": _quantize(grids, scales).tobytes(),
    }


def _quantize(grids: Array, scales: Array) -> NDArray[np.int8]:
    """(n, side, side), each in parts of its own scale."""
    if scales.min() < SMALLEST_SCALE:
        lift = np.where(scales < SMALLEST_SCALE, np.float32(1 / SMALLEST_SCALE), np.float32(1))
        grids, scales = grids * lift[:, None, None], scales * lift
        scales[scales == 0] = 1
    factors = np.float32(127) / scales
    levels = grids * factors[:, None, None]
    return np.rint(levels, out=levels).astype(np.int8)


def _tamed(values: Array) -> Array:
    """Within ±LARGEST, NaN as 0; nearly always the very same array."""
    return _tamed_and_largest(values)[0]


def _tamed_and_largest(values: Array) -> tuple[Array, float]:
    """And the largest |value|."""
    largest = max(values.max(), -values.min())  # two passes are quicker than |values| in new memory
    if largest <= LARGEST:  # as float32
        return values, float(largest)
    return _tamed_and_largest(np.clip(np.nan_to_num(values), -LARGEST, LARGEST))


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
    values = _values(grid["values"]).astype(np.float64) * (grid["scale"] / 127)  # as JavaScript: the threshold is exact
    decoded: Array = values.astype(np.float32).reshape(grid["side"], grid["side"])
    return decoded


def _decoded_grids(grids: dict[str, Any]) -> Array:
    scales = np.frombuffer(grids["scales"], dtype="<f4")
    units = (scales / np.float32(127)).astype(np.float32)
    return _values(grids["values"]).reshape(-1, grids["side"], grids["side"]) * units[:, None, None]


def _named(flat: Array, tensors: list[tuple[str, list[int]]]) -> dict[str, Array]:
    ends = np.cumsum([math.prod(shape) for _, shape in tensors])
    parts = np.split(flat, ends[:-1])
    return {name: part.reshape(shape) for (name, shape), part in zip(tensors, parts, strict=True)}
