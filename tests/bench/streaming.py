"""One to sixty-four people at once: what each of them sees. Server in one process, all viewers in another.

On its own: python -m tests.bench.streaming
"""

import asyncio
import contextlib
import json
import os
import statistics
import struct
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from tests.app.running import Running, running_server

CLASSES = (1, 4, 16, 64)
"""Sessions at once."""
WARM_UP, SECONDS = 3.0, 8.0
STEPS_PER_SECOND = 750
SPEC = {"dataset": "spiral", "hidden": [8, 8, 8], "activation": "tanh"}

ASKED = {1: 60, 16: 45, 64: 25}
"""Pictures a second in the median."""
ASKED_OF_64 = {"least": 20, "gap_95": 0.1, "steps": 700, "milliseconds": 0.7}

HEAD = struct.Struct("<IIIId")
"""Version, revision, frame, flags and step: see app/wire/frames.py. No more is read: the viewers are to cost little."""


@dataclass
class Seen:
    """By one viewer."""

    arrivals: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    bytes: int = 0


def run() -> dict[str, Any]:
    """For each number of sessions: pictures and steps a second in the median and at least, seconds that 95 % of the
    gaps between pictures stay under, bytes of a picture, milliseconds of a processor that the server spends on one."""
    return {"classes": [_measured(sessions) for sessions in CLASSES]}


def _measured(sessions: int) -> dict[str, Any]:
    with running_server("compiled") as server:
        server.wait_until_warm()
        seen, spent = asyncio.run(_watch_all(server, sessions))
    pictures = [len(one.arrivals) / SECONDS for one in seen]
    steps = [(one.steps[-1] - one.steps[0]) / (one.arrivals[-1] - one.arrivals[0]) for one in seen]
    gaps = sorted(after - before for one in seen for before, after in pairwise(one.arrivals))
    count = sum(len(one.arrivals) for one in seen)
    return {
        "sessions": sessions,
        "median": statistics.median(pictures),
        "least": min(pictures),
        "steps": statistics.median(steps),
        "gap_95": gaps[int(0.95 * len(gaps))],
        "bytes": sum(one.bytes for one in seen) / count,
        "milliseconds": None if spent is None else spent / count * 1000,
    }


def report(figures: dict[str, Any]) -> None:
    print(f"spiral 8-8-8 at {STEPS_PER_SECOND} steps/s, {SECONDS:.0f} s")
    print("sessions   pictures/s   least   steps/s   95 % of gaps under   bytes   processor a picture")
    for row in figures["classes"]:
        asked = ASKED.get(row["sessions"])
        spent = "–" if row["milliseconds"] is None else f"{row['milliseconds']:.2f} ms"
        print(
            f"{row['sessions']:8}   {row['median']:10.1f}   {row['least']:5.1f}   {row['steps']:7.0f}"
            f"   {row['gap_95'] * 1000:15.0f} ms   {row['bytes']:5.0f}   {spent}"
            + (f"   (asked: {asked} pictures/s)" if asked else "")
        )
    print(f"asked of 64, too: {ASKED_OF_64}")


async def _watch_all(server: Running, sessions: int) -> tuple[list[Seen], float | None]:
    """What they see, and the seconds of a processor that the server spends meanwhile."""
    begin = asyncio.Barrier(sessions + 1)
    watching = [asyncio.create_task(_watch(server.port, begin)) for _ in range(sessions)]
    await begin.wait()
    before = processor_seconds(server.process.pid)
    seen = await asyncio.gather(*watching)
    after = processor_seconds(server.process.pid)
    return seen, None if before is None or after is None else after - before


async def _watch(port: int, begin: asyncio.Barrier) -> Seen:
    async with connect(f"ws://127.0.0.1:{port}/ws", compression=None, max_size=None) as socket:
        for command in (
            {"type": "configure", "spec": SPEC},
            {"type": "speed", "steps_per_second": STEPS_PER_SECOND},
            {"type": "play"},
        ):
            await socket.send(json.dumps(command))
        await look(socket, WARM_UP)
        await begin.wait()
        return await look(socket, SECONDS)


async def look(socket: Any, seconds: float) -> Seen:
    seen = Seen()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            async for received in socket:
                if isinstance(received, bytes):
                    _, _, frame, _, step = HEAD.unpack_from(received)
                    await socket.send(struct.pack("<II", 1, frame))
                    seen.arrivals.append(time.perf_counter())
                    seen.steps.append(step)
                    seen.bytes += len(received)
    return seen


def processor_seconds(process: int) -> float | None:
    """That all threads of a process have used; None where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    report(run())
