"""Clock: when each session may train, and when one that nobody watches pauses or ends.

One clock paces all sessions. It sleeps while nobody plays.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from app.sessions.session import Session
from app.sessions.training import TURN_SECONDS
from app.settings import Limits
from app.training_worker.port import TrainingWorker

TICK = 1 / 30
"""Seconds between two turns of a session: 25 pictures a second are asked for, and a few may be late."""

LEAST_TURN = 0.002
"""Seconds of training; shorter turns would be spent on handing over and on pictures."""

SWEEP = 1.0
"""Seconds between looks for sessions that nobody watches; fine beside limits of half a minute and more."""


class Clock:
    """`sessions` are those of the manager, by key, as they come and go; `end` closes one and takes it out of them."""

    def __init__(
        self,
        sessions: Mapping[str, Session],
        limits: Limits,
        worker: TrainingWorker,
        end: Callable[[Session], Awaitable[None]],
    ) -> None:
        self._sessions = sessions
        self._limits = limits
        self._worker = worker
        self._end = end
        self._somebody_plays = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._give_turns()), asyncio.create_task(self._sweep())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def ticking(self) -> bool:
        """Whether it is awake; it notices at its next tick that nobody plays."""
        return self._somebody_plays.is_set()

    def wake(self) -> None:
        """Somebody plays."""
        self._somebody_plays.set()

    async def _give_turns(self) -> None:
        """Ticks on an absolute schedule, so that a late tick does not make the next one later."""
        tick = time.monotonic()
        while True:
            playing = [session for session in self._sessions.values() if session.run.playing]
            if not playing:
                self._somebody_plays.clear()
                await self._somebody_plays.wait()
                tick = time.monotonic()
                continue
            share = TURN_SECONDS * min(1, self._worker.parallel_jobs / len(playing))
            seconds = max(LEAST_TURN, share)
            for session in playing:
                session.allow_turn(seconds)
            now = time.monotonic()
            tick = max(tick + TICK, now)
            await asyncio.sleep(tick - now)

    async def _sweep(self) -> None:
        """Pauses and ends sessions that nobody has watched for as long as the limits say."""
        while True:
            await asyncio.sleep(SWEEP)
            now = time.monotonic()
            for session in list(self._sessions.values()):
                if session.run.viewers or session.key not in self._sessions:
                    continue  # ending the one before took a moment: somebody came, or it made room
                unwatched = now - session.run.unwatched_since
                if unwatched > self._limits.idle_seconds:
                    await self._end(session)
                elif session.run.working and unwatched > self._limits.unwatched_seconds:
                    session.run.pause_unwatched()
