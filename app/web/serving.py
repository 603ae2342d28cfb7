"""uvicorn as this server runs it: the port, the address people are told, and an end at which every socket is closed
with a code and a reason. How connections are bounded is in `protocols`."""

import asyncio
import contextlib
import errno
import logging
import os
import socket
import sys
import threading
import webbrowser
from types import FrameType

import uvicorn
from fastapi import FastAPI

from app.settings import Settings
from app.web.operation.logs import write_json_lines
from app.web.protocols import Config

log = logging.getLogger(__name__)

PORTS_TRIED = 20
"""Counted from the one asked for; somebody with so many servers should choose."""

OPEN_FILES = 4096
"""Connections of some addresses at their limit, and what the engine opens."""

WIND_UP_SECONDS = 2.0
"""For all that is not over when the last messages have had their time. Then the process ends itself, a second before
it has to be gone after 5 s: on a busy machine even that takes a moment."""

EVERYWHERE = ("0.0.0.0", "::")
"""Hosts that mean every address of this machine."""


class Server(uvicorn.Server):
    config: Config

    def __init__(self, app: FastAPI, config: Config, address: str, for_others: str | None, open_browser: bool) -> None:
        super().__init__(config)
        self.app = app
        self.address = address
        self.for_others = for_others
        self.open_browser = open_browser
        self.public_url = config.public_url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"Backprop Playground: {self.address}  (Ctrl+C stops it)", flush=True)
        if self.for_others:
            print(f"From other machines: {self.for_others}", flush=True)
        if self.public_url:
            print(f"For the class: {self.public_url}", flush=True)
        if self.open_browser and not await asyncio.to_thread(webbrowser.open, self.address):
            print("No browser could be opened from here; open this address in one.", flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Threads that are in the middle of something are not waited for, whatever they do: Python would join them."""
        if not self.should_exit:
            cut_off = threading.Timer(self.config.limits.stop_seconds + WIND_UP_SECONDS, self._cut_off)
            cut_off.daemon = True
            cut_off.start()
        super().handle_exit(sig, frame)

    def _cut_off(self) -> None:
        log.warning("work was under way and has been cut off")
        self.app.state.processes.kill()
        os._exit(0)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self.app.state.manager.stop()
        await super().shutdown(sockets)


def run(app: FastAPI, settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM. Raises SystemExit with a sentence where it cannot listen."""
    if settings.log == "json":
        write_json_lines()
    listener = listen(settings.host, settings.port)
    port = listener.getsockname()[1]
    if settings.port not in (0, port):
        print(f"Port {settings.port} is taken; using {port}, the next free one.", flush=True)
    _allow_connections()
    with contextlib.suppress(KeyboardInterrupt):
        address, others = _address(settings.host, port), for_others(settings.host, port)
        Server(app, Config(app, settings), address, others, settings.open).run(sockets=[listener])


def _allow_connections() -> None:
    """As many open files as the system lets a process have: many allow fewer at first than two classes need."""
    if sys.platform != "win32":
        import resource  # elsewhere there is none

        allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
        if allowed != resource.RLIM_INFINITY and allowed < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


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
