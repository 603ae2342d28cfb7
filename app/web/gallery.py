"""Gallery: the presets as the page lists them, and a small picture of each, made by training it.

A picture is made when somebody first asks for it, in a thread of its own, one at a time, and kept. It knows no
colours: what it holds is painted by the page.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from fastapi import APIRouter, HTTPException, Request
from numpy.typing import NDArray

from app.training_worker.jobs import points
from engine.data.digits import Library
from engine.diagnosis.failures import BREAKAGES
from engine.fault import Fault
from engine.nn.network import Array, Network
from engine.spec.choices import BackendName
from engine.spec.presets import PRESETS, Preset
from engine.spec.spec import Spec
from engine.training.trainer import Trainer

SIDE = 44
"""Cells per side of a map: a card shows it at some 90 px."""
POINTS = 90
"""More would hide the map at that size."""
ENTRIES = 60
"""Of a loss curve, and the looks in between for being stopped."""
TILES = 9
"""Pictures of one card, three by three."""

router = APIRouter()


class Gallery:
    def __init__(self, backend: BackendName, library: Library) -> None:
        self._backend = backend
        self._library = library
        self._presets = {preset.name: preset for preset in PRESETS if preset.spec is not None}
        self._pictures: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="gallery")
        self._stopped = threading.Event()

    async def picture(self, name: str) -> dict[str, Any]:
        """Raises KeyError where no such preset is an experiment."""
        preset = self._presets[name]
        if name not in self._pictures:
            loop = asyncio.get_running_loop()
            self._pictures[name] = loop.run_in_executor(self._executor, self._make, preset)
        return await asyncio.shield(self._pictures[name])

    def stop(self) -> None:
        self._stopped.set()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _make(self, preset: Preset) -> dict[str, Any]:
        assert preset.spec is not None
        try:
            trainer = Trainer(preset.spec, backend=self._backend, library=self._library)
        except Fault:
            return {"kind": "missing"}
        curve = [trainer.evaluate()["train_loss"]]
        for entry in range(1, ENTRIES + 1):
            if self._stopped.is_set():
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
    if spec.dataset == "digit_pictures":
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


def listed(preset: Preset) -> dict[str, Any]:
    spec = preset.spec
    return {
        "name": preset.name,
        "rows": preset.rows,
        "group": preset.group,
        "steps": preset.steps,
        "page": preset.page,
        "race": preset.race,
        "spec": spec and spec.model_dump(mode="json"),
        "sizes": spec and Network.of(spec).sizes,
    }


@router.get("/api/breakages")
def breakages() -> list[dict[str, Any]]:
    """Runs that go wrong, and what mends them."""
    return [
        {"name": one.finding, "spec": one.spec.model_dump(mode="json"), "repair": one.repair, "steps": one.steps}
        for one in BREAKAGES
    ]


@router.get("/api/presets")
def presets() -> list[dict[str, Any]]:
    return [listed(preset) for preset in PRESETS]


@router.get("/api/presets/{name}/picture")
async def picture(name: str, request: Request) -> dict[str, Any]:
    gallery: Gallery = request.app.state.gallery
    try:
        return await gallery.picture(name)
    except KeyError:
        raise HTTPException(404) from None
