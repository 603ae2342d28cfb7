"""A good student beside an attack: what the student sees, what the server holds, and whether anything is lost.

On its own: python -m tests.bench.soak. BENCH_SOAK_MINUTES says for how long; the long form is 30.
"""

import asyncio
import contextlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.app.running import ROOT, running_server
from tests.app.web.test_restart import Student
from tests.app.web.test_sockets import address, receive
from tests.app.wire.test_commands import BAD
from tests.bench.resting import megabytes
from tests.engine.training.test_model_file import DOUBLING, zipped

MINUTES = float(os.environ.get("BENCH_SOAK_MINUTES", "1"))
STRETCH = 10.0
"""Seconds over which the student's pictures are counted."""

LARGE = {"dataset": "random", "samples": 70_000, "random_inputs": 100, "hidden": [256, 256], "batch_size": 32}


def run() -> dict[str, Any]:
    """The student's pictures a second: alone, and beside the attack in the median of the stretches and in the worst;
    the server's memory in megabytes at first and at most, what it wrote of faults, and how many steps a restart
    lost."""
    with tempfile.TemporaryDirectory() as folder:
        student = Student(0, "compiled")
        with running_server("compiled", store="", data=folder) as server:
            server.wait_until_warm()
            alone, pictures, memory = asyncio.run(_watched(server, student))
            server.process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            server.process.wait(30)
            stopped = time.monotonic() - began
            faults = server.said.count("Traceback")
        with running_server("compiled", store="", data=folder) as server:
            lost = student.last - asyncio.run(student.come_back(server))  # which compares all weights, bit for bit
    return {
        "minutes": MINUTES,
        "alone": alone,
        "pictures": statistics.median(pictures),
        "least": min(pictures),
        "memory_before": memory[0],
        "memory": max(memory),
        "faults": faults,
        "stopped_seconds": stopped,
        "lost_steps": max(0, lost),
    }


def report(figures: dict[str, Any]) -> None:
    print(f"{figures['minutes']:g} minutes beside an attack")
    print(f"pictures a second of the student: {figures['alone']:.1f} alone, {figures['pictures']:.1f} beside it,")
    print(f"  {figures['least']:.1f} in the worst stretch")
    print(f"memory: {figures['memory']:.0f} MB at most, {figures['memory_before']:.0f} MB at first")
    print(f"tracebacks: {figures['faults']}, stopped within {figures['stopped_seconds']:.1f} s")
    print(f"lost by a restart: {figures['lost_steps']} steps")


async def _watched(server: Any, student: Student) -> tuple[float, list[float], list[float]]:
    """Pictures a second in a stretch alone and in each beside the attack, and the memory after it."""
    pictures, memory = [], [megabytes(server)]
    async with connect(address(server), max_size=None) as socket:
        await student.begin(socket)
        alone = await _count(socket, student) / STRETCH
        attack = subprocess.Popen([sys.executable, "-m", "tests.bench.soak", str(server.port)], cwd=ROOT)
        try:
            ending = time.monotonic() + 60 * MINUTES
            while time.monotonic() < ending:
                pictures.append(await _count(socket, student) / STRETCH)
                memory.append(megabytes(server))
        finally:
            attack.kill()
            attack.wait()
    return alone, pictures, memory


async def _count(socket: Any, student: Student) -> int:
    """Of the pictures of one stretch, each drawn as soon as it is there."""
    count = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(STRETCH):
            while True:
                message = await receive(socket)
                if message["type"] == "frame":
                    await socket.send(json.dumps({"type": "drawn", "frame": message["frame"]}))
                    student.last, count = int(message["step"]), count + 1
    return count


# The attack, in a process of its own


async def _nonsense(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/ws", max_size=None) as socket:
        for _ in range(200):
            await socket.send(random.choice(BAD)[0])
            await asyncio.sleep(0.005)


async def _flood(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/ws", max_size=None) as socket:
        for _ in range(5000):
            await socket.send(json.dumps({"type": "history"}))


async def _large(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/ws", max_size=None) as socket:
        await socket.send(json.dumps({"type": "configure", "spec": LARGE}))
        await socket.send(json.dumps({"type": "play"}))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(15):
                async for _ in socket:
                    pass


async def _coming_and_going(port: int) -> None:
    for _ in range(20):
        async with connect(f"ws://127.0.0.1:{port}/ws", max_size=None) as socket:
            await socket.send(json.dumps({"type": "step", "count": 100_000}))
            await socket.recv()


async def _half_a_request(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /api/points HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\nx1")
    await writer.drain()
    await asyncio.sleep(5)
    writer.close()


async def _files(port: int) -> None:
    for body in (zipped(DOUBLING), os.urandom(1 << 20), b"x1,x2,label\n" + b"1\n" * 400_000):
        await asyncio.to_thread(_post, port, "/api/points?name=a.csv", body)
    expression = json.dumps({"expression": "*".join(["(a+b)"] * 60)})
    await asyncio.to_thread(_post, port, "/api/graph", expression.encode())


def _post(port: int, path: str, body: bytes) -> None:
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", body, timeout=60).close()


KINDS: list[Callable[[int], Awaitable[None]]] = [_nonsense, _flood, _large, _coming_and_going, _half_a_request, _files]


async def _again_and_again(kind: Callable[[int], Awaitable[None]], port: int) -> None:
    while True:
        with contextlib.suppress(OSError, WebSocketException, EOFError):
            await kind(port)
        await asyncio.sleep(0.1)


async def _attack(port: int) -> None:
    await asyncio.gather(*(_again_and_again(kind, port) for kind in KINDS for _ in range(2)))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(_attack(int(sys.argv[1])))
    else:
        report(run())
