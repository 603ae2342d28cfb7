"""The golden frames: what they hold, and how their files are written: python -m tests.app.wire.golden_frames

NAME.bin is a frame; NAME.json is what every reader must find in it, in the shape that static/js/wire/frames.js gives.
"""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from app.wire.frames import decode_frame, encode_frame
from engine.evaluation.metrics import Roc, Scores
from engine.nn.network import Array
from engine.spec.spec import Spec
from engine.training.snapshot import Snapshot

GOLDEN = Path(__file__).parents[2] / "golden"
RESOLUTION = 30

UNDEFINED = Scores(
    accuracy=None, precision=None, recall=None, f1=None, confusion=None, r2=None, mae=None, rmse=None
)  # fmt: skip
RAMP = np.linspace(-1, 1, RESOLUTION, dtype=np.float32)
SLOPE, SADDLE, FLAT = RAMP[None, :] + 0 * RAMP[:, None], RAMP[:, None] * RAMP[None, :], 0 * RAMP[:, None] * RAMP


def of_plane() -> bytes:
    """Two classes of the plane, ended by a stop rule; a neuron at full resolution."""
    maps = [np.stack([SLOPE, 0.5 * SADDLE, FLAT]), (3 * (RAMP[:, None] ** 2 - RAMP[None, :]))[None]]
    frame = snapshot((2, 3, 1), maps, classes=2)
    frame = replace(
        frame,
        stopped="change",
        test_accuracy=None,
        train=scores([[5, 1], [2, 8]]),
        train_roc=Roc(np.array([0.0, 0.125, 1.0]), np.array([0.0, 0.75, 1.0]), 0.8125),
    )
    return encode_frame(frame, Spec(), revision=3, frame=17, steps_per_second=750.5, focus=(0, 1))


def of_classes() -> bytes:
    """Three classes of the plane, told apart by softmax, and a hidden layer too wide to draw."""
    wide = np.stack([SLOPE * neuron for neuron in range(40)])
    maps = [wide, np.stack([SLOPE, SADDLE, 2 * FLAT + 0.25])]
    frame = replace(snapshot((2, 40, 3), maps, classes=3), test=scores([[3, 0, 1], [0, 0, 0], [1, 0, 2]]))
    spec = Spec(dataset="blobs", classes=3, hidden=(40,), loss="cross_entropy")
    return encode_frame(frame, spec, revision=1, frame=2, steps_per_second=0.0)


def of_pictures() -> bytes:
    """Pictures of 8×8 pixels, and so many parameters that only those between drawn neurons are sent."""
    spec = Spec(dataset="digits", hidden=(70,), loss="cross_entropy")
    frame = snapshot((64, 70, 10), None, classes=10)
    return encode_frame(frame, spec, revision=1, frame=1, steps_per_second=0.0)


FRAMES = {"frame": of_plane, "frame_classes": of_classes, "frame_pictures": of_pictures}


def snapshot(sizes: tuple[int, ...], maps: list[Array] | None, classes: int) -> Snapshot:
    """Made of plain arithmetic, so that no change of the engine changes it."""
    return Snapshot(
        step=1234,
        epoch=49,
        diverged=None,
        stopped=None,
        learning_rate=0.015,
        samples=12340,
        epoch_loss=0.1875,
        train_loss=0.125,
        test_loss=0.25,
        train_accuracy=0.9375,
        test_accuracy=0.875,
        penalty=0.5,
        train=UNDEFINED,
        test=UNDEFINED,
        train_roc=None,
        test_roc=None,
        sizes=sizes,
        classes=classes,
        threshold=0.0,
        parameters=_tensors(sizes, 1.0),
        gradients=_tensors(sizes, -0.25),
        updates=_tensors(sizes, 1e-3),
        gradient_norms=tuple(0.75 / (1 + layer) for layer in range(len(sizes) - 1)),
        maps=maps,
    )


def scores(confusion: list[list[int]]) -> Scores:
    return {**UNDEFINED, "accuracy": 0.8125, "f1": 0.5, "confusion": np.array(confusion)}


def expected(data: bytes) -> dict[str, Any]:
    """A golden frame decoded, as JSON."""
    decoded = decode_frame(data)
    for name in ("boundary", "maps", "weights"):
        decoded[name] = _as_grids(decoded[name])
    for name in ("parameters", "gradients", "updates"):
        decoded[name] = {tensor: values.ravel().tolist() for tensor, values in decoded[name].items()}
    if decoded["classes"]:
        winners, strength = (decoded["classes"][name].ravel() for name in ("winners", "strength"))
        decoded["classes"] |= {"winners": winners.tolist(), "strength": np.rint(strength * 255).tolist()}
    if decoded["focus"]:
        decoded["focus"] |= {"values": decoded["focus"]["values"].ravel().tolist()}
    for curve in filter(None, (decoded["roc"] or {}).values()):
        curve |= {name: curve[name].tolist() for name in ("fpr", "tpr")}
    return decoded


def _as_grids(maps: Any) -> Any:
    """Every map in lists of lists, as the grid that the page makes of it."""
    if maps is None or getattr(maps, "ndim", 3) == 2:
        return maps if maps is None else _grid(maps)
    return [_as_grids(part) for part in maps]


def _tensors(sizes: tuple[int, ...], scale: float) -> dict[str, Array]:
    tensors, first = {}, 0
    for layer, (below, above) in enumerate(pairwise(sizes)):
        for name, shape in ((f"layers.{layer}.weight", (above, below)), (f"layers.{layer}.bias", (above,))):
            count = int(np.prod(shape))
            tensors[name] = (scale * np.arange(first, first + count, dtype=np.float32)).reshape(shape)
            first += count
    return tensors


def _grid(values: Array) -> dict[str, Any]:
    return {"side": len(values), "scale": float(np.abs(values).max()), "values": values.ravel().tolist()}


if __name__ == "__main__":
    for name, make in FRAMES.items():
        (GOLDEN / f"{name}.bin").write_bytes(make())
        (GOLDEN / f"{name}.json").write_text(json.dumps(expected(make())) + "\n")
