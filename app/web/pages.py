"""Pages and files: the page itself, the static files, plotly.js out of the installed package."""

import asyncio
import gzip
import hashlib
from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.settings import FILES

REVALIDATE = "no-cache"
"""Kept, but asked for each time: 304 where it is still the same, so that an update reaches everybody at once."""

templates = Environment(loader=FileSystemLoader(FILES / "templates"), autoescape=select_autoescape(), trim_blocks=True)
router = APIRouter()


@router.get("/", response_class=HTMLResponse)
def page() -> HTMLResponse:
    return _page("page.html")


@router.get("/graph", response_class=HTMLResponse)
def graph() -> HTMLResponse:
    return _page("graph.html")


def _page(name: str) -> HTMLResponse:
    return HTMLResponse(templates.get_template(name).render(), headers={"Cache-Control": REVALIDATE})


@router.get("/favicon.ico", include_in_schema=False)
def favicon() -> Response:
    """Browsers ask for it whatever the page says."""
    icon = (FILES / "static" / "favicon.svg").read_bytes()
    return Response(icon, media_type="image/svg+xml", headers={"Cache-Control": REVALIDATE})


@router.get("/vendor/plotly.min.js")
async def plotly(request: Request) -> Response:
    """4.8 MB, so it goes compressed to whoever takes that: 1.5 MB."""
    plain, compressed, etag = await asyncio.to_thread(_plotly)
    headers = {"Cache-Control": REVALIDATE, "ETag": etag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(compressed, media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})
    return Response(plain, media_type="text/javascript", headers=headers)


class Files(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = REVALIDATE
        return response


def static_files() -> Files:
    return Files(directory=FILES / "static")


@lru_cache
def _plotly() -> tuple[bytes, bytes, str]:
    """plotly.js plain and compressed, and its ETag. Read where the package lies: importing plotly takes a second."""
    plain = Path(str(distribution("plotly").locate_file("plotly/package_data/plotly.min.js"))).read_bytes()
    return plain, gzip.compress(plain, compresslevel=6, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:16]}"'
