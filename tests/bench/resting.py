"""A thousand people whose runs rest in the store, while others train: how soon a run is back, what the server holds.

On its own: python -m tests.bench.resting
"""

import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from tests.app.running import Running, running_server
from tests.bench.streaming import Seen, look

RESTING = int(os.environ.get("BENCH_RESTING", "1000"))
AWAKE, TRAINING = 64, 32
"""Seats, and how many of them train all the time; the others go from one to the next."""

WAKINGS = 100
SECONDS = 20.0
"""Of wakings, at an even pace."""

WARM_UP = 3.0


def run() -> dict[str, Any]:
    """Milliseconds from asking for a run that rests to its state and to its picture, in the median and for 95 %;
    pictures a second of those who train meanwhile; the server's memory in megabytes and the store's, before and with
    them all."""
    with tempfile.TemporaryDirectory() as folder:
        limits = {"limits__sessions": str(AWAKE), "limits__kept_seconds": "0"}
        with running_server("compiled", store="", data=folder, **limits) as server:
            server.wait_until_warm()
            before = megabytes(server)
            figures = asyncio.run(_measured(server))
            health = server.health()
            held = megabytes(server)
        stored = sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6
    return {
        "resting": RESTING,
        "sessions": health["sessions"],
        **figures,
        "memory_before": before,
        "memory": held,
        "stored": stored,
    }


def report(figures: dict[str, Any]) -> None:
    print(f"{figures['resting']} runs that rest, {figures['sessions']} awake of {AWAKE}, {TRAINING} of them training")
    for name, said in (("state", "a run is back after"), ("picture", "its picture is there after")):
        print(f"{said:28}{figures[name]:8.0f} ms, 95 % after {figures[f'{name}_95']:.0f} ms")
    print(f"{'pictures a second':28}{figures['pictures']:8.1f}, at least {figures['least']:.1f}")
    print(f"{'memory':28}{figures['memory']:8.0f} MB, {figures['memory_before']:.0f} MB before")
    print(f"{'store':28}{figures['stored']:8.0f} MB")


def megabytes(server: Running) -> float:
    """Resident, of the server's own process."""
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def _measured(server: Running) -> dict[str, float]:
    address = f"ws://127.0.0.1:{server.port}/ws"
    keys = [await _begun(address) for _ in range(RESTING)]
    training = [asyncio.create_task(_train(address)) for _ in range(TRAINING)]
    await asyncio.sleep(WARM_UP)
    waits = []
    for key in random.Random(0).sample(keys, min(WAKINGS, len(keys))):
        began = time.perf_counter()
        waits.append(await _wait_for(f"{address}?session={key}", key))
        await asyncio.sleep(max(0, SECONDS / WAKINGS - (time.perf_counter() - began)))
    pictures = [len(seen.arrivals) / (SECONDS + WARM_UP) for seen in await asyncio.gather(*training)]
    states, shown = (sorted(1000 * wait[i] for wait in waits) for i in range(2))
    return {
        "state": statistics.median(states),
        "state_95": states[int(0.95 * len(states))],
        "picture": statistics.median(shown),
        "picture_95": shown[int(0.95 * len(shown))],
        "pictures": statistics.median(pictures),
        "least": min(pictures),
    }


async def _begun(address: str) -> str:
    """The key of a run of some steps that nobody watches any more."""
    async with connect(address, max_size=None) as socket:
        key = ""
        await socket.send(json.dumps({"type": "step", "count": 30}))
        async for received in socket:
            if isinstance(received, str) and (said := json.loads(received))["type"] == "state":
                key = said["session"]
            if isinstance(received, bytes) and key:
                return key
    raise RuntimeError("there was no picture")


async def _train(address: str) -> Seen:
    async with connect(address, compression=None, max_size=None) as socket:
        await socket.send(json.dumps({"type": "play"}))
        return await look(socket, SECONDS + WARM_UP)


async def _wait_for(address: str, key: str) -> tuple[float, float]:
    """Seconds to the state and to the first picture."""
    began, state = time.perf_counter(), 0.0
    async with connect(address, max_size=None) as socket:
        async for received in socket:
            if isinstance(received, str) and (said := json.loads(received))["type"] == "state":
                assert said["session"] == key
                state = time.perf_counter() - began
            if isinstance(received, bytes):
                return state, time.perf_counter() - began
    raise RuntimeError("it was not woken")


if __name__ == "__main__":
    report(run())
