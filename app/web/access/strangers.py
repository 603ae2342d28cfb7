"""Who may ask: names this server answers to, and pages of which sites.

A page of another site can have its own name point at this machine (DNS rebinding) and is then of its origin, so a Host
that nobody has chosen is refused. Programs send no Origin; a browser's must be this very server or one that the
settings name. Where a browser sends none, with most GETs, Sec-Fetch-Site tells.
"""

import ipaddress

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.settings import Settings
from app.web.security import error_answer

PROBES = ("/healthz", "/readyz")
"""Asked by whatever watches the server, under any name."""


class KeepStrangersOut:
    """Refuses requests in words; sockets do it themselves, for a browser hears nothing of a refused handshake."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in PROBES:
            request = Request(scope)
            host = request.headers.get("host", "")
            if not is_own_host(host, self.settings):
                answer = error_answer(request, 421, "unknown_host", {"host": host[:80]})
                return await answer(scope, receive, send)
            if is_foreign(request.headers, request.url.path, self.settings):
                return await error_answer(request, 403, "foreign_site", {})(scope, receive, send)
        return await self.app(scope, receive, send)


def is_own_host(host: str, settings: Settings) -> bool:
    """host: as in the header, with its port. An address is nobody's name; old programs send none."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    name = name.lower().removesuffix(".")
    try:
        ipaddress.ip_address(name)
    except ValueError:
        public = (settings.public_url and settings.public_url.host) or ""
        allowed = (settings.host, public, *settings.allowed_hosts)
        chosen = {"", "localhost", *(one.lower() for one in allowed)}
        return name in chosen or name.endswith(".localhost")
    return True


def is_foreign(headers: Headers, path: str, settings: Settings) -> bool:
    """Whether a page of another site asks. Links to what can be read are welcome, and so are pictures of it."""
    origin = headers.get("origin")
    if origin is not None:
        return not is_welcome(origin, headers.get("host", ""), settings.allowed_origins)
    elsewhere = headers.get("sec-fetch-site") in ("cross-site", "same-site")  # of one site is every port of a machine
    return elsewhere and path.startswith("/api/") and headers.get("sec-fetch-dest") != "document"


def is_welcome(origin: str | None, host: str, allowed: frozenset[str]) -> bool:
    return origin is None or origin in allowed or origin in (f"http://{host}", f"https://{host}")
