"""uvicorn with three changes. Every socket is closed with a code and a reason before the server stops; these are sent
even to a viewer that reads nothing; and text that is not UTF-8 is answered like any other bad command."""

import asyncio
import contextlib
import errno
import socket
import webbrowser
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from app.settings import Limits, Settings
from app.wire.messages import Closing

PORTS_TRIED = 20
"""Counted from the one asked for; somebody with so many servers should choose."""

EVERYWHERE = ("0.0.0.0", "::")
"""Hosts that mean every address of this machine."""

LINGER = 30
"""Seconds until a closed connection is cut off whose viewer does not read why it was closed."""


class Protocol(WebSocketsSansIOProtocol):
    async def send(self, message: Any) -> None:
        if message["type"] == "websocket.close":
            self.writable.set()  # though the buffer is full
            self.loop.call_later(LINGER, self.transport.abort)
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


class Server(uvicorn.Server):
    def __init__(
        self, app: FastAPI, config: uvicorn.Config, address: str, for_others: str | None, open_browser: bool
    ) -> None:
        super().__init__(config)
        self.app = app
        self.address = address
        self.for_others = for_others
        self.open_browser = open_browser

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"Backprop Playground: {self.address}  (Ctrl+C stops it)", flush=True)
        if self.for_others:
            print(f"From other machines: {self.for_others}", flush=True)
        if self.open_browser and not await asyncio.to_thread(webbrowser.open, self.address):
            print("No browser could be opened from here; open this address in one.", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self.app.state.manager.stop()
        await super().shutdown(sockets)


def run(app: FastAPI, settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM. Raises SystemExit with a sentence where it cannot listen."""
    listener = listen(settings.host, settings.port)
    port = listener.getsockname()[1]
    if settings.port not in (0, port):
        print(f"Port {settings.port} is taken; using {port}, the next free one.", flush=True)
    config = uvicorn.Config(
        app,
        log_level="warning",
        ws=Protocol,
        ws_max_size=Limits.BYTES_OF_SOCKET,
        ws_per_message_deflate=False,  # frames are dense already, and 16 of them 30 times a second are many
        timeout_graceful_shutdown=1,
    )
    with contextlib.suppress(KeyboardInterrupt):
        Server(app, config, _address(settings.host, port), for_others(settings.host, port), settings.open).run(
            sockets=[listener]
        )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on this port or the next free one."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise SystemExit(f"There is no address {host} on this machine; use --host 127.0.0.1.") from None
    for number in [0] if port == 0 else range(port, min(port + PORTS_TRIED, 65536)):
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((place[0], number, *place[2:]))
            listener.listen(2048)
        except OSError as error:
            listener.close()
            if error.errno == errno.EACCES:
                raise SystemExit(f"Port {number} is reserved for the system; use --port 8000.") from None
            if error.errno != errno.EADDRINUSE:
                raise SystemExit(f"{host} cannot be listened on ({error.strerror}); use --host 127.0.0.1.") from None
        else:
            return listener
    raise SystemExit(f"Ports {port} to {number} are all taken; choose another with --port.")


def for_others(host: str, port: int) -> str | None:
    """Where other machines find it; None where it does not listen to them or there is no network."""
    if host not in EVERYWHERE:
        return None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))  # UDP: nothing is sent, the system only chooses the address it would use
        except OSError:
            return None
        own: str = asking.getsockname()[0]
    return None if own.startswith("127.") else _address(own, port)


def _address(host: str, port: int) -> str:
    """Where a browser on this machine finds it."""
    name = "localhost" if host in EVERYWHERE else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
