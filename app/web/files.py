"""HTTP for files: a run's weights down and up, the run as programs, and points of one's own."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

from annotated_types import Ge
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from app.training_worker import uploaded_files
from app.training_worker.port import ModelFormat, WriteModel
from app.web.access.questions import Questions
from app.web.access.shares import person
from app.web.answers import body_of, json_answer, manager_of, said, session_of, turn_of
from app.web.pages import plotly_source
from app.wire.messages import Refusal, message
from engine.data.column_choice import Wanted
from engine.data.encodings import Encoding
from engine.data.uploads import Wishes
from engine.exports.formats import FORMATS, FormatName, ProgramName
from engine.exports.report import PLOTLY


class PointsQuery(BaseModel):
    """How a file of points is to be read; what is not given is guessed."""

    name: str = ""
    """Of the file."""
    x1: str | None = None
    """A column, by name or by number from 1; so are the next two."""
    x2: str | None = None
    label: str | None = None
    encoding: Encoding | None = None
    fill: bool = True
    """Whether coordinates that leave the plane empty are scaled to fill it."""
    draw: Annotated[int, Ge(0)] | None = None
    """A seed, to draw as many points as there can be where the file has more."""

    @property
    def wishes(self) -> Wishes:
        return Wishes(Wanted(self.x1, self.x2, self.label), self.encoding, self.fill, self.draw)


router = APIRouter()


@router.get("/api/sessions/{key}/model.{format}")
async def model_down(request: Request, key: str, format: ModelFormat) -> Response:
    """The weights of now, which torch.load(weights_only=True) or safetensors.torch.load_file opens."""

    async def answer() -> Response:
        session = await session_of(request, key)
        step, data = await session.do(WriteModel(format))
        named = {
            "Content-Disposition": f'attachment; filename="playground-step-{step}.{format}"',
            "Cache-Control": "no-store",
        }
        return Response(data, media_type="application/octet-stream", headers=named)

    return await said(answer)


@router.post("/api/sessions/{key}/model")
async def model_up(request: Request, key: str) -> Response:
    """The run starts again, paused, with the weights of the file that is the body."""

    async def answer() -> Response:
        await session_of(request, key)  # no file is read for a run that is not there
        async with body_of(request, manager_of(request).limits.model_bytes) as upload, turn_of(request):
            session = await session_of(request, key)  # of now: it may have come to rest while the body came
            await session.load_weights(upload.take())
        return JSONResponse({"revision": session.run.revision})

    return await said(answer)


@router.get("/api/sessions/{key}/exports/{format}")
async def export_down(request: Request, key: str, format: FormatName) -> Response:
    """The run as it stands, as a file that has been compared with it; the header Proof tells how."""

    async def answer() -> Response:
        await session_of(request, key)  # nobody waits for a run that is not there
        exports: Questions = request.app.state.exports  # of their own: questions do not wait for what takes so long
        async with exports.turn(person(request)):
            session = await session_of(request, key)  # of now: it may have come to rest meanwhile
            data, proof = await session.export(format)
        if format == "report":
            data = data.replace(PLOTLY, await asyncio.to_thread(plotly_source), 1)
        named = {
            "Content-Disposition": f'attachment; filename="{FORMATS[format].filename(proof["step"])}"',
            "Cache-Control": "no-store",
            "Proof": json.dumps(proof),
        }
        return Response(data, media_type="application/octet-stream", headers=named)

    return await said(answer)


@router.get("/api/sessions/{key}/programs/{format}")
async def program(request: Request, key: str, format: ProgramName) -> Response:
    """A program of the run as it stands, to be read: its lines, each with the phase of a step that it belongs to."""

    async def answer() -> Response:
        return json_answer(await (await session_of(request, key)).program(format))

    return await said(answer)


@router.post("/api/points")
async def points_up(request: Request, chosen: Annotated[PointsQuery, Query()]) -> Response:
    """A CSV, JSON or ARFF file → its points, as the data sets own and own_values take them, and what was found in it:
    all columns, those that were chosen, and how the plane is scaled.

    Where the chosen columns make no points, the refusal names the columns, so that others can be chosen. ?session=: of
    the page that asks, so that it waits for no other of its address.
    """

    async def answer() -> Response:
        async with body_of(request, manager_of(request).limits.points_bytes) as upload, turn_of(request):
            processes, body = request.app.state.processes, upload.take()
            found = await uploaded_files.points(processes, body, chosen.name, chosen.wishes)
        of_file = {
            "columns": found.columns,
            "all_columns": [asdict(column) for column in found.all_columns],
            "encoding": found.encoding,
        }
        if found.fault:
            code, values = found.fault
            return json_answer({**Refusal(code, values).message(), **of_file}, 422)
        return json_answer(
            {
                "points": found.points,
                "kind": found.labels_are,
                "class_names": found.class_names,
                **of_file,
                "scale": {axis: asdict(scale) for axis, scale in zip(("x1", "x2", "label"), found.scale, strict=True)},
                "may_keep": found.may_keep,
                "notes": [message("notice", code, values) for code, values in found.notes],
            }
        )

    return await said(answer)
