"""Sixteen people at once: what each of them sees. Server in one process, all viewers in another.

On its own: python -m tests.bench.streaming
"""

import asyncio
import contextlib
import json
import statistics
import struct
import time
from itertools import pairwise
from typing import Any

from websockets.asyncio.client import connect

from app.wire.commands import DRAWN, DRAWN_KIND
from tests.app.running import running_server

SESSIONS = 16
WARM_UP = 2.0
SECONDS = 10.0
STEPS_PER_SECOND = 750
SPEC = {"dataset": "spiral", "hidden": [8, 8, 8], "activation": "tanh"}

LEAST_MEDIAN, LEAST_FRAMES, LONGEST_GAP = 20.0, 15.0, 0.150
"""Frames per second in the median and at worst; seconds that 95 % of the gaps stay under."""


def run() -> dict[str, Any]:
    """frames_per_second and steps_per_second of each session; gap_95, gap_longest: seconds between frames, of all."""
    with running_server("compiled") as server:
        server.wait_until_warm()
        return asyncio.run(_watch_all(server.port))


def report(result: dict[str, Any]) -> None:
    frames, steps = result["frames_per_second"], result["steps_per_second"]
    print(f"streaming: {len(frames)} sessions of spiral 8-8-8 at {STEPS_PER_SECOND} steps/s, {SECONDS:.0f} s")
    print(
        f"  frames/s   median {statistics.median(frames):.1f} (≥ {LEAST_MEDIAN:.0f})"
        f"   least {min(frames):.1f} (≥ {LEAST_FRAMES:.0f})"
    )
    print(
        f"  gaps       95 % under {result['gap_95'] * 1000:.0f} ms (≤ {LONGEST_GAP * 1000:.0f})"
        f"   longest {result['gap_longest'] * 1000:.0f} ms"
    )
    print(f"  steps/s    median {statistics.median(steps):.0f}   least {min(steps):.0f}")


async def _watch_all(port: int) -> dict[str, Any]:
    begin = asyncio.Barrier(SESSIONS)
    seen = await asyncio.gather(*(_watch(port, begin) for _ in range(SESSIONS)))
    gaps = sorted(gap for arrivals, _ in seen for gap in _gaps(arrivals))
    return {
        "frames_per_second": [len(arrivals) / SECONDS for arrivals, _ in seen],
        "steps_per_second": [steps / SECONDS for _, steps in seen],
        "gap_95": gaps[int(0.95 * len(gaps))],
        "gap_longest": gaps[-1],
    }


async def _watch(port: int, begin: asyncio.Barrier) -> tuple[list[float], int]:
    """When each frame arrived, and how many steps were taken meanwhile."""
    async with connect(f"ws://127.0.0.1:{port}/ws", compression=None) as socket:
        for command in (
            {"type": "configure", "spec": SPEC},
            {"type": "speed", "steps_per_second": STEPS_PER_SECOND},
            {"type": "play"},
        ):
            await socket.send(json.dumps(command))
        await begin.wait()
        await _frames(socket, WARM_UP)
        return await _frames(socket, SECONDS)


async def _frames(socket: Any, seconds: float) -> tuple[list[float], int]:
    arrivals: list[float] = []
    steps: list[int] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            async for received in socket:
                if isinstance(received, bytes):
                    arrivals.append(time.perf_counter())
                    _, _, frame, _, step = struct.unpack_from("<IIIId", received)
                    steps.append(int(step))
                    await socket.send(DRAWN.pack(DRAWN_KIND, frame))
    return arrivals, steps[-1] - steps[0] if steps else 0


def _gaps(arrivals: list[float]) -> list[float]:
    return [after - before for before, after in pairwise(arrivals)]
