"""What the server offers, in one document for the page: schema, choices, data sets, features, presets, runs that fail.

Each part is also there by itself, in api.py and gallery.py.
"""

import json
from functools import cached_property

from fastapi import APIRouter, Request, Response

from app.settings import Limits
from app.web import api, gallery
from app.web.assets.packed import REVALIDATE, Packed
from engine.data.digits import DataSources

router = APIRouter()


class Options:
    def __init__(self, limits: Limits, sources: DataSources) -> None:
        self._limits = limits
        self._sources = sources

    @cached_property
    def packed(self) -> Packed:
        parts = {
            "schema": api.schema(),
            "choices": api.all_choices(self._limits, self._sources),
            "datasets": api.all_datasets(self._sources),
            "features": api.features(),
            "presets": gallery.presets(),
            "breakages": gallery.breakages(),
        }
        text = json.dumps(parts, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return Packed.of(text.encode(), "application/json")


@router.get("/api/options")
def options(request: Request) -> Response:
    made: Options = request.app.state.options
    return made.packed.answer(request, REVALIDATE)
