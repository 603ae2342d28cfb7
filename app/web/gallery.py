"""HTTP of the gallery: the presets as the page lists them, and a small picture of each.

A picture is made when somebody first asks for it, and kept.
"""

import asyncio
from typing import Any

from fastapi import APIRouter, HTTPException, Request

from app.training_worker.port import TrainingWorker
from engine.diagnosis.failures import FAILURES
from engine.nn.network import Network
from engine.spec.presets import PRESETS, Preset

router = APIRouter()


class Gallery:
    def __init__(self, worker: TrainingWorker) -> None:
        self._worker = worker
        self._presets = {preset.name: preset for preset in PRESETS if preset.spec is not None}
        self._pictures: dict[str, asyncio.Task[dict[str, Any]]] = {}

    async def picture(self, name: str) -> dict[str, Any]:
        """Raises KeyError where no such preset is an experiment."""
        preset = self._presets[name]
        if name not in self._pictures:
            self._pictures[name] = asyncio.create_task(self._worker.preset_picture(preset))
        return await asyncio.shield(self._pictures[name])


def listed(preset: Preset) -> dict[str, Any]:
    spec = preset.spec
    return {
        "name": preset.name,
        "rows": preset.rows,
        "group": preset.group,
        "steps": preset.steps,
        "page": preset.page,
        "race": preset.race,
        "bug": preset.bug,
        "numbers": preset.numbers,
        "inspect": preset.inspect,
        "panel": preset.panel,
        "steps_per_second": preset.steps_per_second,
        "spec": spec and spec.model_dump(mode="json"),
        "sizes": spec and Network.of(spec).sizes,
    }


@router.get("/api/breakages")
def breakages() -> list[dict[str, Any]]:
    """Runs that fail, and the fields that fix them."""
    return [
        {"name": one.finding, "spec": one.spec.model_dump(mode="json"), "repair": one.fix, "steps": one.found_by_step}
        for one in FAILURES
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
