"""HTTP for programs: the server's health, the Spec's schema, and small pictures of data and features."""

import math
from dataclasses import asdict
from functools import lru_cache
from typing import Any, get_args

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from app import VERSION
from app.sessions.manager import SessionManager
from app.settings import Limits
from app.training_worker.warming import Warming
from app.wire.numbers import points
from engine.backends.bugs import BUGS, GRADIENT_FREE
from engine.data.datasets import DATASETS, samples_of
from engine.data.digits import DataSources
from engine.fault import Fault
from engine.spec.choices import CLASS_LOSSES, FEATURES, KINDS, LOGIT_LOSSES, READS, BackendName, DatasetName
from engine.spec.cost import MOST_MULTIPLICATIONS, NEURON
from engine.spec.own_points import LONGEST_NAME, MOST_OWN_POINTS
from engine.spec.spec import (
    LARGEST_VALUE,
    MOST_BATCH,
    MOST_CLASSES,
    MOST_DATA,
    MOST_NORMED,
    MOST_PARAMETERS,
    MOST_PLANE_SAMPLES,
    UNSPLIT,
    Spec,
)
from engine.training.snapshot import grid_inputs

THUMBNAIL_POINTS = 150
"""More would run together at the size of a thumbnail."""
CLASSES_SHOWN = 3
"""Of data sets that can have two to eight."""
DIGIT_SHOWN = 3
"""Its picture stands for the digits: it is least like a letter."""
TILE_SIDE = 24
"""Cells per side of a feature's map, as many as the largest neuron map."""

router = APIRouter()


@router.get("/healthz")
async def health(request: Request) -> dict[str, Any]:
    manager: SessionManager = request.app.state.manager
    warming: Warming = request.app.state.warming
    store = manager.store
    return {
        "status": "ok",
        "sessions": manager.sessions,
        "playing": manager.playing,
        "viewers": manager.viewers,
        "memory": {"used": manager.memory.used, "limit": manager.memory.limit},
        "store": {"state": "off", "kept": 0} if store is None else {"state": store.state, "kept": store.kept},
        "version": VERSION,
        "warm": warming.done,
    }


@router.get("/readyz")
async def ready(request: Request) -> JSONResponse:
    """Whether newcomers are welcome here: 200, or 503 while one of these does not hold."""
    manager: SessionManager = request.app.state.manager
    warming: Warming = request.app.state.warming
    holds = {
        "serving": not manager.stopping,
        "warm": warming.done,
        "store": manager.store is None or manager.store.state == "ok",
        "seats": manager.has_seats,
        "memory": not manager.memory.is_full,
    }
    return JSONResponse({"ready": all(holds.values()), **holds}, 200 if all(holds.values()) else 503)


@router.get("/api/spec/schema")
def schema() -> dict[str, Any]:
    return _schema()


@router.get("/api/choices")
def choices(request: Request) -> dict[str, Any]:
    return all_choices(request.app.state.settings.limits, request.app.state.data_sources)


@router.get("/api/datasets")
def datasets(request: Request) -> dict[str, Any]:
    return all_datasets(request.app.state.data_sources)


@router.get("/api/features")
def features() -> dict[str, Any]:
    return _features()


def all_choices(limits: Limits, sources: DataSources) -> dict[str, Any]:
    return {
        **_choices(),
        "points_bytes": limits.points_bytes,
        "model_bytes": limits.model_bytes,
        "usual_pace": limits.NORMAL_PACE,
        "missing": [] if sources.mnist_folder else ["mnist"],
    }


@lru_cache
def _schema() -> dict[str, Any]:
    return Spec.model_json_schema()


@lru_cache
def _choices() -> dict[str, Any]:
    """What goes with what, so that the page need not know it by heart."""
    return {
        "datasets": {name: asdict(kind) for name, kind in KINDS.items()},
        "reads": READS,
        "class_losses": sorted(CLASS_LOSSES),
        "logit_losses": sorted(LOGIT_LOSSES),
        "most_batch": MOST_BATCH,
        "most_classes": MOST_CLASSES,
        "most_data": MOST_DATA,
        "most_multiplications": MOST_MULTIPLICATIONS,
        "neuron_multiplications": NEURON,
        "most_normed": MOST_NORMED,
        "most_own_points": MOST_OWN_POINTS,
        "longest_name": LONGEST_NAME,
        "most_parameters": MOST_PARAMETERS,
        "most_plane_samples": MOST_PLANE_SAMPLES,
        "unsplit": UNSPLIT,
        "largest_value": LARGEST_VALUE,
        "bugs": list(BUGS),
        "engines": list(get_args(BackendName)),
        "without_gradient": sorted(GRADIENT_FREE),
    }


PICTURES: tuple[DatasetName, ...] = ("digit_pictures", "large_digit_pictures")
"""Data sets whose targets are pictures."""


@lru_cache
def all_datasets(sources: DataSources) -> dict[str, Any]:
    """Each data set without noise in small: its points [x1, x2, t], or one of its pictures in rows from 0 to 1. Points
    of one's own and random numbers have none; MNIST is left out where no folder is set."""
    shown = [name for name in DATASETS if KINDS[name].plane and name not in ("own", "own_values")]
    mnist: list[DatasetName] = ["mnist"] if sources.mnist_folder else []
    return {name: _in_small(name, sources) for name in (*shown, "digits", *mnist, *PICTURES, "random")}


def _in_small(name: DatasetName, sources: DataSources) -> dict[str, Any]:
    kind = KINDS[name]
    many = {"classes": CLASSES_SHOWN} if kind.plane and kind.classes is None else {}
    fits = {"loss": "mse", "samples": THUMBNAIL_POINTS if kind.plane else None}
    spec = Spec.model_validate({"dataset": name, **fits, **many})
    small: dict[str, Any] = {
        "samples": kind.samples,
        "regression": kind.targets == "values",
        "classes": spec.class_count,
    }
    if kind.plane:
        small["points"] = points(*samples_of(spec))
    elif name != "random":
        small["picture"] = _picture(spec, sources)
    return small


def _picture(spec: Spec, sources: DataSources) -> list[list[float]] | None:
    """One picture of the data; None where its files cannot be read, which is told to whoever chooses them."""
    try:
        rows, labels = samples_of(spec, sources)
    except Fault:
        return None
    # the first one where there is no such digit
    drawn = labels[DIGIT_SHOWN] if spec.is_regression else rows[np.argmax(labels == DIGIT_SHOWN)]
    side = math.isqrt(drawn.size)
    picture: list[list[float]] = drawn.reshape(side, side).astype(float).round(3).tolist()
    return picture


@lru_cache
def _features() -> dict[str, Any]:
    """Each feature over the plane: value = q / 127 · scale, row 0 is the top."""
    tiles: dict[str, Any] = {}
    for name, column in zip(FEATURES, grid_inputs(Spec(features=FEATURES), TILE_SIDE).T, strict=True):
        scale = float(np.abs(column).max())
        tiles[name] = {
            "side": TILE_SIDE,
            "scale": scale,
            "values": np.rint(column * (127 / scale)).astype(int).tolist(),
        }
    return tiles
