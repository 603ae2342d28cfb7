"""The files of static/, read and compressed once, under addresses that name their content.

/static/VERSION/js/… may be kept for ever, and what a module imports by a relative address has the version by itself.
Without a version, or with that of another server, the same address gives the file there is now and is asked for again
each time: for programs, and for a page that was opened before an update.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

from app.settings import FILES
from app.web.assets.modules import ModuleGraph
from app.web.assets.packed import FOR_EVER, REVALIDATE, Packed

MEDIA_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
"""All that is served; what else lies there is for readers of the repository."""

VERSION = re.compile(r"[0-9a-f]{12}/")

JOINED = {
    "css/page.css": (
        *("tokens", "controls", "layout", "panels", "network_and_charts", "output"),
        *("overlays", "sizes", "captions", "inspector", "checks", "projector"),
    ),
    "css/later.css": ("help", "late", "late_panels"),
}
"""Style sheets that are served as one, in the order in which they override each other: nothing is painted before all of
them are there."""

POLICY = "default-src 'none'; frame-ancestors 'none'"
"""Content-Security-Policy of a file that is opened as a page: it may do nothing. Short, as it comes with each one."""

router = APIRouter()


class StaticFiles:
    def __init__(self, folder: Path) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.suffix in MEDIA_TYPES)
        self._files = {
            path.relative_to(folder).as_posix(): Packed.of(path.read_bytes(), MEDIA_TYPES[path.suffix])
            for path in paths
        }
        for path, parts in JOINED.items():
            text = b"".join(self._files[f"css/{part}.css"].plain for part in parts)
            self._files[path] = Packed.of(text, MEDIA_TYPES[".css"])
        named = "".join(f"{path} {file.etag}\n" for path, file in self._files.items())
        self.version = hashlib.sha256(named.encode()).hexdigest()[:12]
        self.modules = ModuleGraph(
            {path: file.plain.decode() for path, file in self._files.items() if path.endswith(".js")}
        )

    def address(self, path: str) -> str:
        """Relative to a page, which may be served under any path."""
        return f"static/{self.version}/{path}"

    def answer(self, path: str, request: Request) -> Response:
        """path: below /static/. Raises HTTPException."""
        version = VERSION.match(path)
        file = self._files.get(path[version.end() :] if version else path)
        if file is None:
            raise HTTPException(404)
        is_current = path.startswith(f"{self.version}/")
        return file.answer(request, FOR_EVER if is_current else REVALIDATE, **{"Content-Security-Policy": POLICY})


@cache
def static_files() -> StaticFiles:
    return StaticFiles(FILES / "static")


@router.api_route("/static/{path:path}", methods=["GET", "HEAD"])
async def file(path: str, request: Request) -> Response:
    return static_files().answer(path, request)
