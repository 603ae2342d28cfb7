"""What studies cost others: pictures a second of two sessions, one of which has a study worked on, in turns with none.

Server in one process, both viewers in another. On its own: python -m tests.bench.cost_of_studies
"""

import asyncio
import contextlib
import json
import statistics
import struct
import time
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import connect

from tests.app.running import Running, running_server
from tests.bench.streaming import HEAD

WARM_UP, SECONDS, TURNS = 3.0, 4.0, 5
BETWEEN = 0.1
"""Seconds from one question about the weights to the next: the page asks ten a second."""
LEAST_SHARE, ASKED_ANSWERS = 0.9, 10

KNOBS = {
    "x": {"knob": "learning_rate", "low": 0.001, "high": 1, "count": 100, "log": True},
    "y": {"knob": "batch_size", "low": 1, "high": 100, "count": 100},
}
END = {"type": "study_control", "action": "end"}

STUDIES: dict[str, list[dict[str, Any]]] = {
    "none": [],
    "sweep": [{"type": "sweep", **KNOBS, "epochs": 300}, END],
    "luck": [{"type": "luck", "seeds": 256, "epochs": 3000}, END],
    "landscape": [{"type": "landscape"}],
    "curvature": [{"type": "curvature"}],
}
"""What begins it, and what ends it; a question is asked again and again."""


@dataclass
class Person:
    """Watches a session that trains the default experiment at its usual pace."""

    socket: Any
    question: dict[str, Any] | None = None
    pictures: int = 0
    answers: int = 0

    async def say(self, **command: Any) -> None:
        await self.socket.send(json.dumps(command))

    async def read(self) -> None:
        async for received in self.socket:
            if isinstance(received, bytes):
                await self.socket.send(struct.pack("<II", 1, HEAD.unpack_from(received)[2]))
                self.pictures += 1
            elif self.question and f'"type": "{self.question["type"]}"' in received:
                self.answers += 1

    async def ask(self) -> None:
        """Again when the last question is answered, as the page does."""
        while True:
            await asyncio.sleep(BETWEEN)
            if question := self.question:
                answers = self.answers
                await self.say(**question)
                while self.question is question and self.answers == answers:
                    await asyncio.sleep(0.005)


def run() -> dict[str, Any]:
    """By study, in the median of the turns: pictures a second of the session that has it and of the other one, the
    share of both beside those without a study, and answers a second."""
    with running_server("compiled") as server:
        server.wait_until_warm()
        return {"studies": asyncio.run(_measured(server))}


async def _measured(server: Running) -> dict[str, dict[str, float]]:
    address = f"ws://127.0.0.1:{server.port}/ws"
    async with connect(address, max_size=None) as first, connect(address, max_size=None) as second:
        own, other = Person(first), Person(second)
        tasks = [asyncio.create_task(work) for work in (own.read(), other.read(), own.ask())]
        for person in (own, other):
            await person.say(type="play")
        await asyncio.sleep(WARM_UP)
        turns = [{name: await _turn(name, own, other) for name in STUDIES} for _ in range(TURNS)]
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
    return {name: _figures(name, turns) for name in STUDIES}


async def _turn(name: str, own: Person, other: Person) -> tuple[float, float, float]:
    """Pictures a second of both, and answers."""
    begin, end = STUDIES[name][:1], STUDIES[name][1:]
    if end:
        await own.say(**begin[0])
    elif begin:
        own.question = begin[0]
    before, began = (own.pictures, other.pictures, own.answers), time.perf_counter()
    await asyncio.sleep(SECONDS)
    seconds = time.perf_counter() - began
    after = (own.pictures, other.pictures, own.answers)
    own.question = None
    for command in end:
        await own.say(**command)
    first, second, answers = ((now - then) / seconds for now, then in zip(after, before, strict=True))
    return first, second, answers


def _figures(name: str, turns: list[dict[str, tuple[float, float, float]]]) -> dict[str, float]:
    """Shares are of the same turn: what else the machine does changes from one to the next."""
    own, other, answers = (statistics.median(turn[name][place] for turn in turns) for place in range(3))
    shares = [statistics.median(turn[name][place] / turn["none"][place] for turn in turns) for place in range(2)]
    return {"own": own, "other": other, "own_share": shares[0], "other_share": shares[1], "answers": answers}


def report(figures: dict[str, Any]) -> None:
    print("study       pictures/s of its session   of another   beside none   answers/s")
    for name, row in figures["studies"].items():
        shares = f"{row['own_share']:.2f}  {row['other_share']:.2f}"
        print(f"{name:11} {row['own']:25.1f}   {row['other']:10.1f}   {shares:>11}   {row['answers']:9.1f}")
    print(f"asked: {LEAST_SHARE} of another session's, and of its own with {ASKED_ANSWERS} landscapes a second")


if __name__ == "__main__":
    report(run())
