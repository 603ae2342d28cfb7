"""HTTP for programs: the server's health, the Spec's schema, and small pictures of data and features."""

from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np
from fastapi import APIRouter, Request

from app import VERSION
from app.manager import SessionManager
from app.slices import points
from app.warming import Warming
from engine.choices import CLASS_LOSSES, FEATURES, KINDS, LOGIT_LOSSES, READS
from engine.datasets import DATASETS, samples_of
from engine.planes import PLANES
from engine.snapshot import grid_inputs
from engine.spec import MOST_PARAMETERS, MOST_PLANE_SAMPLES, Spec

THUMBNAIL_POINTS = 150
"""More would run together at the size of a thumbnail."""
TILE_SIDE = 24
"""Cells per side of a feature's map, as many as the largest neuron map."""

router = APIRouter()


@router.get("/healthz")
async def health(request: Request) -> dict[str, Any]:
    manager: SessionManager = request.app.state.manager
    warming: Warming = request.app.state.warming
    return {
        "status": "ok",
        "sessions": manager.sessions,
        "playing": manager.playing,
        "viewers": manager.viewers,
        "version": VERSION,
        "warm": warming.done,
    }


@router.get("/api/spec/schema")
def schema() -> dict[str, Any]:
    return _schema()


@router.get("/api/choices")
def choices() -> dict[str, Any]:
    return _choices()


@router.get("/api/datasets")
def datasets() -> dict[str, Any]:
    return _datasets()


@router.get("/api/features")
def features() -> dict[str, Any]:
    return _features()


@lru_cache
def _schema() -> dict[str, Any]:
    return Spec.model_json_schema()


@lru_cache
def _choices() -> dict[str, Any]:
    """What goes with what, so that the page need not know it by heart; samples is null where the Spec tells them."""
    samples = {name: dataset.samples for name, dataset in DATASETS.items()}
    return {
        "datasets": {name: {**asdict(kind), "samples": samples.get(name)} for name, kind in KINDS.items()},
        "reads": READS,
        "class_losses": sorted(CLASS_LOSSES),
        "logit_losses": sorted(LOGIT_LOSSES),
        "most_parameters": MOST_PARAMETERS,
        "most_plane_samples": MOST_PLANE_SAMPLES,
    }


@lru_cache
def _datasets() -> dict[str, Any]:
    """Each data set of the plane without noise, in small: its points [x1, x2, t] and how many it has in full."""
    pictures: dict[str, Any] = {}
    for name in PLANES:
        places, labels = samples_of(Spec(dataset=name, samples=THUMBNAIL_POINTS))
        pictures[name] = {
            "points": points(places, labels if labels.ndim == 1 else labels[:, 0]),
            "samples": DATASETS[name].samples,
            "regression": KINDS[name].targets == "values",
        }
    return pictures


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
