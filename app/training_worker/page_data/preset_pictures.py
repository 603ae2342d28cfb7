"""A small picture of each preset, made by training it. It holds values, not colours: the page paints them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.wire.numbers import points
from engine.data.digits import DataSources
from engine.fault import Fault
from engine.nn.network import Array
from engine.spec.choices import BackendName
from engine.spec.presets import Preset
from engine.spec.spec import Spec
from engine.training.trainer import Trainer

SIDE = 44
"""Cells per side of a map: a card shows it at some 90 px."""
POINTS = 90
"""More would hide the map at that size."""
ENTRIES = 60
"""Of a loss curve; between two of them it looks whether it is to stop."""
TILES = 9
"""Pictures of one card, three by three."""


def make(preset: Preset, backend: BackendName, sources: DataSources, stopped: Callable[[], bool]) -> dict[str, Any]:
    """The picture of a preset that has a Spec, as the page takes it."""
    assert preset.spec is not None
    try:
        trainer = Trainer(preset.spec, backend=backend, sources=sources)
    except Fault:
        return {"kind": "missing"}
    curve = [trainer.evaluate()["train_loss"]]
    for entry in range(1, ENTRIES + 1):
        if stopped():
            break
        trainer.advance(preset.steps * entry // ENTRIES - trainer.step)
        if preset.curve:
            curve.append(trainer.evaluate()["train_loss"])
    scores = trainer.evaluate()
    return {
        "step": trainer.step,
        "train_loss": scores["train_loss"],
        "test_accuracy": scores["test_accuracy"],
        **({"kind": "curve", "losses": curve} if preset.curve else drawn(trainer)),
    }


def drawn(trainer: Trainer) -> dict[str, Any]:
    """What the network says over the plane, or pictures of what it holds; −127 … 127, 0 where a decision turns."""
    spec = trainer.spec
    if spec.dataset in ("digit_pictures", "large_digit_pictures"):
        return _tiles(trainer.predict(np.eye(spec.inputs, dtype=np.float32))[:TILES])
    if not spec.kind.plane:
        weights = trainer.parameters()["layers.0.weight"]
        return _tiles(weights[:: max(1, len(weights) // TILES)][:TILES])
    low, high = spec.kind.low, spec.kind.high
    centres = low + (np.arange(SIDE) + 0.5) * ((high - low) / SIDE)
    outputs = trainer.predict(np.stack(np.meshgrid(centres, centres[::-1]), axis=-1).reshape(-1, 2))
    some = slice(None, None, max(1, len(trainer.train_points) // POINTS))
    labels = trainer.train_labels.reshape(len(trainer.train_points), -1)[some, 0]
    plane = {
        **{"side": SIDE, "low": low, "high": high, "classes": spec.class_count},
        "points": points(trainer.train_points[some], labels),
    }
    if spec.class_count > 2:
        ordered = np.sort(outputs, axis=1)
        sure = np.tanh((ordered[:, -1] - ordered[:, -2]) / 2)
        return {"kind": "classes", **plane, "winners": outputs.argmax(axis=1).tolist(), "sure": _bytes(sure)}
    return {"kind": "map", **plane, "values": _bytes(_decision(spec, outputs))}


def _decision(spec: Spec, outputs: Array) -> Array:
    """(n, outputs) → (n,) in −1 … 1"""
    first: Array = outputs[:, 0]
    if spec.is_regression:
        return first / max(1.0, float(np.abs(first).max()))
    if spec.loss == "cross_entropy":
        first = outputs[:, 1] - first
    if spec.loss in ("bce", "cross_entropy"):
        return np.asarray(np.tanh(first / 2))
    return (first - spec.threshold) / (1 - spec.threshold)


def _tiles(rows: Array) -> dict[str, Any]:
    """(n, side²): each at its own full strength."""
    side = round(rows.shape[1] ** 0.5)
    strongest = np.abs(rows).max(axis=1, keepdims=True) + 1e-9
    return {"kind": "tiles", "side": side, "tiles": [_bytes(row) for row in rows / strongest]}


def _bytes(values: NDArray[Any]) -> list[int]:
    whole: list[int] = np.rint(np.clip(values, -1, 1) * 127).astype(int).tolist()
    return whole
