"""The pages themselves, and plotly.js out of the installed package."""

import asyncio
import io
from functools import cache
from importlib.metadata import distribution, version
from pathlib import Path
from urllib.parse import quote

import segno
from fastapi import APIRouter, HTTPException, Request, Response
from jinja2 import Environment, FileSystemLoader, select_autoescape

from app.settings import FILES, Settings
from app.web.answers import said, turn_of
from app.web.assets.packed import FOR_EVER, REVALIDATE, Packed
from app.web.assets.static_files import static_files

PLOTLY_VERSION = version("plotly")

templates = Environment(loader=FileSystemLoader(FILES / "templates"), autoescape=select_autoescape(), trim_blocks=True)
templates.globals["favicon"] = "data:image/svg+xml," + quote((FILES / "static/favicon.svg").read_text("utf-8"))
"""Within a page that is shown before any file may be asked for."""
router = APIRouter()


@router.get("/")
def page(request: Request) -> Response:
    return _page("page.html", "js/pages/playground.js", _public_url(request)).answer(request, REVALIDATE)


@router.get("/graph")
def graph(request: Request) -> Response:
    return _page("graph.html", "js/pages/graph.js").answer(request, REVALIDATE)


@router.get("/address.svg", include_in_schema=False)
def address(request: Request) -> Response:
    """The public address as a QR code, to be scanned from a wall."""
    if (url := _public_url(request)) is None:
        raise HTTPException(404)
    return _qr_code(url).answer(request, REVALIDATE)


@router.get("/qr.svg", include_in_schema=False)
async def shared_address(request: Request, text: str) -> Response:
    """The address of a setup as a QR code. Raises 404 where it is longer than such a code can be.

    One of 3,000 letters takes half a second of a processor: each person has their turn."""

    async def answer() -> Response:
        async with turn_of(request):
            drawn = await asyncio.to_thread(_qr_svg, text)
        return Response(drawn, media_type="image/svg+xml")

    try:
        return await said(answer)
    except segno.DataOverflowError:
        raise HTTPException(404) from None


@cache
def _qr_code(url: str) -> Packed:
    return Packed.of(_qr_svg(url), "image/svg+xml")


def _qr_svg(text: str) -> bytes:
    drawn = io.BytesIO()
    segno.make(text, micro=False).save(drawn, kind="svg", border=4, dark="#000", light="#fff", scale=8)
    return drawn.getvalue()


def _public_url(request: Request) -> str | None:
    settings: Settings = request.app.state.settings
    return None if settings.public_url is None else str(settings.public_url)


@cache
def _page(template: str, script: str, public_url: str | None = None) -> Packed:
    """script: its module, of which the page names all others, to have them loaded at once."""
    files = static_files()
    text = templates.get_template(template).render(
        static=files.address,
        modules=files.modules.needed_by(script),
        public_url=public_url,
        plotly=f"vendor/plotly.min.js?version={PLOTLY_VERSION}",
    )
    return Packed.of(text.encode(), "text/html")


@router.get("/favicon.ico", include_in_schema=False)
async def favicon(request: Request) -> Response:
    """Browsers ask for it whatever the page says."""
    return static_files().answer("favicon.svg", request)


@router.get("/service_worker.js", include_in_schema=False)
async def service_worker(request: Request) -> Response:
    """At the top, for it may answer only what lies below its own address; ?version= tells the browser of a new one. It
    fetches, so it has the policy of a page and not that of a file."""
    answer = static_files().answer("js/pages/service_worker.js", request)
    del answer.headers["Content-Security-Policy"]
    return answer


@router.get("/vendor/plotly.min.js")
async def plotly(request: Request, version: str = "") -> Response:
    """4.8 MB, so it goes compressed to whoever takes that: 1.5 MB. version: as the page was given it."""
    packed = await asyncio.to_thread(_plotly)
    return packed.answer(request, FOR_EVER if version == PLOTLY_VERSION else REVALIDATE)


@cache
def plotly_source() -> bytes:
    """Read where the package lies: importing plotly takes a second."""
    return Path(str(distribution("plotly").locate_file("plotly/package_data/plotly.min.js"))).read_bytes()


def _plotly() -> Packed:
    """A higher level takes longer and saves nothing."""
    return Packed.of(plotly_source(), "text/javascript", level=6)
