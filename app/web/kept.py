"""HTTP of kept experiments: kept, listed, opened exactly where they were, changed, taken as files and read.

Whose they are is told by a cookie with a random token, given with the first one that is kept.
"""

import secrets
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, ValidationError

from app.training_worker import uploaded_files
from app.training_worker.kept_run import KeptRun
from app.web.access.shares import address_of
from app.web.answers import body_of, json_answer, manager_of, said, session_of, turn_of
from app.web.kept_list import KeptList, owner_of, tab_of
from app.wire.messages import Refusal
from engine.kept import playground_file
from engine.kept.document import MOST_NAME, MOST_NOTE, Name, Note
from engine.kept.experiment import KeptExperiment

COOKIE = "playground-kept"
COOKIE_SECONDS = 400 * 24 * 3600
"""As long as browsers allow; anew with each use."""

TAB = "tab"
"""In a query: the session whose recent runs are meant, in place of what this browser has kept."""

NOBODY = ""
"""Who has no token has kept nothing."""

router = APIRouter()


class Words(BaseModel):
    """What a person calls an experiment, and notes of it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: Name | None = None
    note: Note | None = None


@router.get("/api/kept")
async def listed(request: Request) -> Response:
    async def answer() -> Response:
        kept, token = _list(request), request.cookies.get(COOKIE, NOBODY)
        rows = await kept.listed(owner_of(token)) if token else []
        recent = await kept.listed(tab_of(request.query_params.get(TAB, "")))
        answer = json_answer({"has_store": kept.has_store, "limit": kept.bounds.rows, "rows": rows, "recent": recent})
        return _with_token(request, answer, token) if token else answer

    return await said(answer)


@router.post("/api/kept")
async def keep(request: Request) -> Response:
    """The run of ?session= as it stands. The body: its name, and a note."""

    async def answer() -> Response:
        session = await session_of(request, request.query_params.get("session", ""))
        _list(request).refuse_without_store()  # before anything is computed
        words = await _words(request)
        run = await session.kept(words.name or "", words.note or "")
        return await _added(request, run)

    return await said(answer)


@router.post("/api/kept/file")
async def read(request: Request) -> Response:
    """A `.playground` file, to be kept."""

    async def answer() -> Response:
        _list(request).refuse_without_store()
        return await _added(request, await _uploaded(request))

    return await said(answer)


@router.get("/api/kept/{id}/file")
async def file(request: Request, id: str) -> Response:
    async def answer() -> Response:
        return _file(await _list(request).experiment(_owner(request), id))

    return await said(answer)


@router.get("/api/kept/{id}/picture")
async def picture(request: Request, id: str) -> Response:
    async def answer() -> Response:
        return json_answer(await _list(request).picture(_owner(request), id))

    return await said(answer)


@router.post("/api/kept/{id}/open")
async def open_kept(request: Request, id: str) -> Response:
    """The run of ?session= becomes this experiment, exactly where it was."""

    async def answer() -> Response:
        kept = await _list(request).experiment(_owner(request), id)
        session = await session_of(request, request.query_params.get("session", ""))
        await session.open_kept(kept)
        return json_answer({"revision": session.run.revision})

    return await said(answer)


@router.post("/api/kept/{id}/copy")
async def copy(request: Request, id: str) -> Response:
    """The body: the name of the copy."""

    async def answer() -> Response:
        words, token = await _words(request), _token(request)
        to, address = owner_of(token), address_of(request)
        row = await _list(request).copy(_owner(request), id, words.name or "", to, address)
        return _with_token(request, json_answer(row), token)

    return await said(answer)


@router.patch("/api/kept/{id}")
async def change(request: Request, id: str) -> Response:
    """The body: another name, another note or both."""

    async def answer() -> Response:
        values = (await _words(request, named=False)).model_dump(exclude_none=True)
        return json_answer(await _list(request).change(_owner(request), id, values))

    return await said(answer)


@router.delete("/api/kept/{id}")
async def remove(request: Request, id: str) -> Response:
    async def answer() -> Response:
        await _list(request).remove(_owner(request), id)
        return json_answer({})

    return await said(answer)


@router.post("/api/kept/{id}/restore")
async def restore(request: Request, id: str) -> Response:
    async def answer() -> Response:
        await _list(request).put_back(_owner(request), id)
        return json_answer({})

    return await said(answer)


@router.get("/api/sessions/{key}/experiment.playground")
async def file_of_session(request: Request, key: str) -> Response:
    """The run as it stands as a file, wherever nothing is kept. ?name=: of the experiment."""

    async def answer() -> Response:
        session = await session_of(request, key)
        words = _valid({"name": request.query_params.get("name", "")}, named=True)
        return _file((await session.kept(words.name or "")).experiment)

    return await said(answer)


@router.post("/api/sessions/{key}/experiment")
async def open_file(request: Request, key: str) -> Response:
    """The run becomes the experiment of a `.playground` file."""

    async def answer() -> Response:
        await session_of(request, key)  # no file is read for a run that is not there
        experiment = (await _uploaded(request)).experiment
        session = await session_of(request, key)  # of now: it may have come to rest while the body came
        await session.open_kept(experiment)
        return json_answer({"revision": session.run.revision, "name": experiment.name})

    return await said(answer)


async def _uploaded(request: Request) -> KeptRun:
    limit = manager_of(request).limits.kept_file_bytes
    async with body_of(request, limit) as upload, turn_of(request):
        processes, sources = request.app.state.processes, request.app.state.data_sources
        return await uploaded_files.experiment(processes, upload.take(), sources)


async def _added(request: Request, run: KeptRun) -> Response:
    token = _token(request)
    row = await _list(request).add(owner_of(token), run, address_of(request))
    return _with_token(request, json_answer(row), token)


def _with_token(request: Request, answer: Response, token: str) -> Response:
    is_secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, token, COOKIE_SECONDS, path="/", secure=is_secure, httponly=True, samesite="lax")
    return answer


def _token(request: Request) -> str:
    """Of this browser, or a new one."""
    return request.cookies.get(COOKIE) or secrets.token_urlsafe(24)


def _owner(request: Request) -> str:
    if tab := request.query_params.get(TAB):
        return tab_of(tab)
    return owner_of(request.cookies.get(COOKIE, NOBODY))


def _list(request: Request) -> KeptList:
    kept: KeptList = request.app.state.kept
    return kept


async def _words(request: Request, named: bool = True) -> Words:
    """named: whether a name must be among them."""
    async with body_of(request, manager_of(request).limits.message_bytes) as upload:
        return _valid(upload.take(), named)


def _valid(given: bytes | dict[str, Any], named: bool) -> Words:
    try:
        words = Words.model_validate_json(given) if isinstance(given, bytes) else Words.model_validate(given)
    except (ValidationError, RecursionError):
        words = Words()
    if words.name is None and (named or words.note is None):
        raise Refusal("kept_words", {"name": MOST_NAME, "note": MOST_NOTE})
    return words


def _file(experiment: KeptExperiment) -> Response:
    named = {"Content-Disposition": "attachment", "Cache-Control": "no-store"}
    return Response(playground_file.write(experiment), media_type="application/json", headers=named)
