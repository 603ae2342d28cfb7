"""uvicorn's protocols with bounds: how long a request may take to arrive and how large it is, how many connections one
address has, how many frames a socket takes, and how a socket is closed.

A socket is closed with a code and a reason even where its viewer reads nothing, and text that is not UTF-8 is answered
like any other bad command. What is refused before there is a request is answered in English, as plain text.
"""

import asyncio
import ipaddress
from collections import Counter
from typing import Any, Literal

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from app.sessions.outbox import UNDRAWN
from app.sessions.pace import Allowance
from app.settings import Limits, Settings
from app.wire.messages import Closing, HttpCode, sentence
from engine.fault import Value

LINGER = 30
"""Seconds until a closed connection is cut off whose viewer does not read why it was closed."""

PIECE = 4096
"""Bytes that are read at once, so that what is too much is noticed before all of a large read has been parsed."""

FLOOD_CLOSE_SECONDS = 1.0
"""Until a flooded connection, of which nothing more is read, is cut off: time for its viewer to hear why."""


class Config(uvicorn.Config):
    def __init__(self, app: FastAPI, settings: Settings) -> None:
        super().__init__(
            app,
            log_level="warning",
            log_config=None if settings.log == "json" else uvicorn.config.LOGGING_CONFIG,
            http=HttpProtocol,
            ws=SocketProtocol,
            ws_max_size=Limits.BYTES_OF_SOCKET,
            ws_per_message_deflate=False,  # frames are dense already, and 16 of them 30 times a second are many
            forwarded_allow_ips=[str(network) for network in settings.trusted_proxies],
            timeout_graceful_shutdown=1,
        )
        self.limits = settings.limits
        self.public_url = settings.public_url
        self.trusted_proxies = settings.trusted_proxies
        self.connections: Counter[str] = Counter()
        """Open ones, by address; those of trusted proxies, which stand for many people, are not counted."""

    def connect(self, client: tuple[str, int] | None) -> bool:
        """Counts a connection. Whether its address may have one more."""
        address = self._counted(client)
        if address is None:
            return True
        self.connections[address] += 1
        return self.connections[address] <= self.limits.connections

    def disconnect(self, client: tuple[str, int] | None) -> None:
        if (address := self._counted(client)) is not None:
            self.connections[address] -= 1
            if not self.connections[address]:
                del self.connections[address]

    def _counted(self, client: tuple[str, int] | None) -> str | None:
        if client is None:
            return None
        address = _parsed(client[0])
        return None if any(address in network for network in self.trusted_proxies) else owner(client[0])


def owner(address: str) -> str:
    """Whose address this is: of IPv6 the network of 64 bits, all of which one person has."""
    try:
        parsed = _parsed(address)
    except ValueError:  # a proxy may say anything
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """One of IPv4 that a socket for both kinds tells as IPv6 is one of IPv4. Raises ValueError."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed


class HttpProtocol(HttpToolsProtocol):
    config: Config

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = config.limits
        self._reading: Literal["head", "body"] | None = "head"
        """The part of a request that has begun to arrive and has not ended."""
        self._bytes_read = 0
        """Of that part; a little less where one read holds the end of the part before."""
        self._deadline: asyncio.TimerHandle | None = None
        """When it must have ended."""
        self._stalled: asyncio.TimerHandle | None = None
        """Looks whether any of an answer has been taken."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.config.connect(self.client):
            self._begin("head")
        else:
            self._refuse(503, "too_many_connections", {"limit": self._limits.connections})

    def connection_lost(self, exc: Exception | None) -> None:
        self.config.disconnect(self.client)
        self._end()
        self._stop_looking()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        while data and not self.transport.is_closing() and self.transport.get_protocol() is self:
            piece, data = (data[:PIECE], data[PIECE:]) if self._reading == "head" else (data, b"")
            self._bytes_read += len(piece)
            super().data_received(piece)
            if self._reading == "head" and self._bytes_read > self._limits.head_bytes:
                self._refuse(431, "head_too_large", {"limit": self._limits.head_bytes})
            if self._reading == "body" and self._bytes_read > Limits.BYTES_OF_BODY:
                self._refuse(413, "body_too_large", {"limit": Limits.BYTES_OF_BODY})

    def on_message_begin(self) -> None:
        if self._reading != "head":  # the first one has begun with the connection
            self._begin("head")
            self._bytes_read = 1
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._begin("body")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._end()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._end()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._look_again()

    def resume_writing(self) -> None:
        self._stop_looking()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self.loop.call_later(LINGER, self.transport.abort)

    def _begin(self, part: Literal["head", "body"]) -> None:
        self._end()
        self._reading = part
        seconds = self._limits.head_seconds if part == "head" else self._limits.body_seconds
        self._deadline = self.loop.call_later(seconds, self._is_late, seconds)

    def _end(self) -> None:
        self._reading, self._bytes_read = None, 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _is_late(self, seconds: float) -> None:
        if self._reading == "head" and not self._bytes_read:  # browsers connect ahead of what they may ask
            self.transport.close()
        else:
            self._refuse(408, "request_too_slow", {"limit": seconds})

    def _refuse(self, status: int, code: HttpCode, values: dict[str, Value]) -> None:
        """Answers, unless another answer has begun, and closes the connection."""
        if self.transport.is_closing():
            return
        self._end()
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            said = sentence(code, values).encode()
            head = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[status] + head % len(said) + said)
        self.transport.close()
        self.loop.call_later(LINGER, self.transport.abort)

    def _look_again(self) -> None:
        self._stop_looking()
        waiting = self.transport.get_write_buffer_size()
        self._stalled = self.loop.call_later(self._limits.send_seconds, self._look, waiting)

    def _look(self, waiting: int) -> None:
        """Cuts off whoever has taken nothing of an answer for so long."""
        if self.transport.get_write_buffer_size() < waiting:
            self._look_again()
        else:
            self.transport.abort()

    def _stop_looking(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


class SocketProtocol(WebSocketsSansIOProtocol):
    config: Config

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        limits = config.limits
        self._allowance = Allowance(limits.commands_per_second, limits.commands_burst, self.loop.time())
        self._undrawn = 0
        """Frames of pictures sent, as far as the viewer may say beside its allowance that they are drawn."""
        self._flooded = False

    def connection_lost(self, exc: Exception | None) -> None:
        self.config.disconnect(self.client)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), PIECE):
            if self._flooded:
                return
            super().data_received(data[start : start + PIECE])

    def handle_events(self) -> None:
        """Every frame counts, whatever it is: a command, a part of one, a ping; but there may be one more for each
        picture that was sent, to say that it is drawn. Of one too many the reader is told."""
        now = self.loop.time()
        events = self.conn.events
        for number, event in enumerate(events):
            if isinstance(event, Frame) and not self._answers_ping(event) and not self._spend(now):
                del events[number:]
                self._flooded = True
                break
        super().handle_events()
        if self._flooded:
            self._stop_reading()
            self.queue.put_nowait({"type": "websocket.receive", "flood": True})  # type: ignore[arg-type]

    def _spend(self, now: float) -> bool:
        if self._undrawn:
            self._undrawn -= 1
            return True
        return self._allowance.spend(now)

    def _answers_ping(self, frame: Frame) -> bool:
        return frame.opcode is Opcode.PONG and bytes(frame.data) == self.pending_ping_payload

    def _stop_reading(self) -> None:
        if not self.read_paused and not self.transport.is_closing():
            self.transport.pause_reading()
        self.read_paused = False  # so that nobody reads on
        self.close_timeout = FLOOD_CLOSE_SECONDS

    async def send(self, message: Any) -> None:
        if message["type"] == "websocket.close":
            self.writable.set()  # though the buffer is full
            self.loop.call_later(LINGER, self.transport.abort)
        if message.get("bytes") is not None:
            self._undrawn = min(self._undrawn + 1, UNDRAWN)
        await super().send(message)

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text":
            self.frames = [b"".join(self.frames).decode(errors="replace").encode()]
        super().send_receive_event_to_app()

    def keepalive_timeout(self) -> None:
        """The other end has not answered a ping."""
        self.pong_timer = None
        self.pending_ping_payload = None
        if self.close_sent or self.transport.is_closing():
            return
        closing = Closing("never_reads")
        self.queue.put_nowait({"type": "websocket.disconnect", "code": closing.code, "reason": closing.reason})
        self.conn.fail(closing.code, closing.reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()
        self.loop.call_later(LINGER, self.transport.abort)
