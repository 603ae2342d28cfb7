"""WebSocket: one reader and one writer per connection. What is said is decided elsewhere."""

import asyncio
import contextlib
import logging
import time

from starlette.websockets import WebSocket, WebSocketDisconnect

from app.sessions.manager import Full, SessionManager
from app.sessions.session import Session
from app.sessions.viewers import Viewer
from app.settings import Limits, Settings
from app.web.access.strangers import is_own_host, is_welcome
from app.web.operation.tally import Tally
from app.web.protocols import owner
from app.wire.commands import parse, parse_binary
from app.wire.messages import Closing, Refusal, message

log = logging.getLogger(__name__)

GONE = (WebSocketDisconnect, RuntimeError, OSError)
"""What sending to somebody who has left raises: Starlette's own, and RuntimeError after a close."""

CLOSE_SECONDS = 1.0
"""Seconds for what is still in the outbox, and again for the closing itself."""

START_SECONDS = 1.0
"""How long a session may take to start until the viewer is told why: a first start compiles the engine."""


async def serve(socket: WebSocket, manager: SessionManager, settings: Settings, tally: Tally) -> None:
    """A connection from its beginning to its end. Accepts first: a browser is told nothing of a refused handshake."""
    try:
        await socket.accept()
        session = await _enter(socket, manager, settings)
    except WebSocketDisconnect:
        return
    except Full as full:
        tally.refused[full.closing.why] += 1
        await _close(socket, full.closing)
    except Exception:
        log.exception("no session could be started")
        await _close(socket, Closing("server_failed"))
    else:
        asked = socket.query_params.get("session")
        gone = bool(asked) and asked != session.key and not session.run.copied
        await _attend(socket, session, manager.limits, tally, gone)


async def _enter(socket: WebSocket, manager: SessionManager, settings: Settings) -> Session:
    """The session this connection is for. Raises Full."""
    if manager.stopping:
        raise Full(Closing("server_stopping"))
    host = socket.headers.get("host", "")
    if not is_own_host(host, settings):
        raise Full(Closing("foreign_host"))
    if not is_welcome(socket.headers.get("origin"), host, settings.allowed_origins):
        raise Full(Closing("foreign_origin"))
    address = owner(socket.client.host) if socket.client else ""
    key = socket.query_params.get("session")
    copied = _wants_copy(socket, manager.known(key))
    session = None if copied else manager.find(key)
    if session is not None:
        session.address = address
        return session
    is_duplicate = "copy" in socket.query_params  # of a tab whose server has the run, where that is another one
    creating = asyncio.create_task(manager.enter(key, address, copied, copied_if_elsewhere=is_duplicate))
    done, _ = await asyncio.wait({creating}, timeout=START_SECONDS)
    try:
        if not done:
            await socket.send_json(message("notice", "run_is_fetched" if manager.is_waking(key) else "warming_up", {}))
    except GONE:
        (await creating).run.visited = True  # nobody comes for it any more, so it may make room for somebody else
        raise WebSocketDisconnect from None
    session = await creating
    manager.refuse_more_viewers(session)  # it may have been woken for many at once
    session.address = address
    return session


def _wants_copy(socket: WebSocket, session: Session | None) -> bool:
    """Whether the tab that asks for this session is a duplicate of another: it knows, with copy=1, or suspects so, with
    copy=watched. Where nobody watches, it is then the session's own, of which a page ended without a word."""
    copy = socket.query_params.get("copy")
    return copy == "1" or (copy == "watched" and session is not None and bool(session.run.viewers))


async def _attend(socket: WebSocket, session: Session, limits: Limits, tally: Tally, gone: bool) -> None:
    """gone: this session is new, and not the one that was asked for."""
    viewer = Viewer(limits)
    outbox = viewer.outbox
    if gone:  # said first: a page that still knows the run says more
        viewer.tell(message("notice", "run_is_gone", {}))
    session.join(viewer)
    writer = asyncio.create_task(_write(socket, viewer, limits.send_seconds, tally))
    reader = asyncio.create_task(_read(socket, session, viewer, limits, tally))
    closed = asyncio.create_task(outbox.closed.wait())
    try:
        await asyncio.wait({writer, reader, closed}, return_when=asyncio.FIRST_COMPLETED)
        if outbox.closing is not None:
            tally.refused[outbox.closing.why] += 1
            await asyncio.wait({writer}, timeout=CLOSE_SECONDS)
            await _close(socket, outbox.closing)
    finally:
        session.run.leave(viewer)
        for task in (writer, reader, closed):
            task.cancel()
        for ended in await asyncio.gather(writer, reader, closed, return_exceptions=True):
            if isinstance(ended, Exception) and not isinstance(ended, GONE):
                log.error("a connection ended unexpectedly", exc_info=ended)


async def _write(socket: WebSocket, viewer: Viewer, seconds: float, tally: Tally) -> None:
    """Sends what is in the outbox until it is closed and empty."""
    try:
        while (item := await viewer.outbox.next()) is not None:
            async with asyncio.timeout(seconds):
                await (socket.send_bytes(item) if isinstance(item, bytes) else socket.send_text(item))
            if isinstance(item, bytes):
                tally.picture(time.monotonic() - viewer.outbox.made_at)
    except TimeoutError:
        viewer.close(Closing("never_reads"))


async def _read(socket: WebSocket, session: Session, viewer: Viewer, limits: Limits, tally: Tally) -> None:
    """Takes commands until the connection ends or is misused."""
    while viewer.outbox.closing is None:
        received = await socket.receive()
        if received["type"] == "websocket.disconnect":
            return
        if received.get("flood"):  # from app.web.protocols
            viewer.close(Closing("flood", {"limit": round(limits.commands_per_second)}))
            return
        text, data = received.get("text"), received.get("bytes")
        if len(data or (text or "").encode()) > limits.message_bytes:
            viewer.close(Closing("message_too_large", {"limit": limits.message_bytes}))
            return
        try:
            await session.submit(viewer, parse_binary(data or b"") if text is None else parse(text))
        except Refusal as refusal:
            tally.refused[refusal.code] += 1
            viewer.tell(refusal.message())
        await viewer.outbox.wait_for_room()


async def _close(socket: WebSocket, closing: Closing) -> None:
    with contextlib.suppress(*GONE, TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            if closing.values:
                await socket.send_json(closing.message())
            await socket.close(closing.code, closing.reason)
