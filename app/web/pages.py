"""The pages themselves, and plotly.js out of the installed package."""

import asyncio
from functools import cache
from importlib.metadata import distribution, version
from pathlib import Path

from fastapi import APIRouter, Request, Response
from jinja2 import Environment, FileSystemLoader, select_autoescape

from app.settings import FILES
from app.web.packed import FOR_EVER, REVALIDATE, Packed
from app.web.static_files import static_files

PLOTLY_VERSION = version("plotly")

templates = Environment(loader=FileSystemLoader(FILES / "templates"), autoescape=select_autoescape(), trim_blocks=True)
router = APIRouter()


@router.get("/")
def page(request: Request) -> Response:
    return _page("page.html", "js/pages/playground.js").answer(request, REVALIDATE)


@router.get("/graph")
def graph(request: Request) -> Response:
    return _page("graph.html", "js/pages/graph.js").answer(request, REVALIDATE)


@cache
def _page(template: str, script: str) -> Packed:
    """script: its module, of which the page names all others, to have them loaded at once."""
    files = static_files()
    text = templates.get_template(template).render(
        static=files.address,
        modules=files.modules.needed_by(script),
        plotly=f"/vendor/plotly.min.js?version={PLOTLY_VERSION}",
    )
    return Packed.of(text.encode(), "text/html")


@router.get("/favicon.ico", include_in_schema=False)
async def favicon(request: Request) -> Response:
    """Browsers ask for it whatever the page says."""
    return static_files().answer("favicon.svg", request)


@router.get("/vendor/plotly.min.js")
async def plotly(request: Request, version: str = "") -> Response:
    """4.8 MB, so it goes compressed to whoever takes that: 1.5 MB. version: as the page was given it."""
    packed = await asyncio.to_thread(_plotly)
    return packed.answer(request, FOR_EVER if version == PLOTLY_VERSION else REVALIDATE)


@cache
def _plotly() -> Packed:
    """Read where the package lies: importing plotly takes a second. A higher level takes longer and saves nothing."""
    plain = Path(str(distribution("plotly").locate_file("plotly/package_data/plotly.min.js"))).read_bytes()
    return Packed.of(plain, "text/javascript", level=6)
