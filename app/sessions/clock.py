"""Clock: when each session trains, and when one that nobody watches pauses or ends.

One clock paces all sessions: at a tick each core that is free gets one job with the turns of all sessions that are due.
It sleeps while nobody plays.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from app.sessions.session import Session
from app.sessions.training import TURN_SECONDS, Turn
from app.settings import Limits
from app.training_worker.port import TrainingWorker

TICK = 1 / 63
"""Seconds between two turns of a session: a little less than between two refreshes of a screen, so that a page that
was late once soon has a picture ready for each again. It gets none faster than it draws: see Outbox."""

LEAST_TURN = 0.002
"""Seconds of training; shorter turns would be spent on handing over and on pictures."""

SWEEP = 1.0
"""Seconds between looks for sessions that nobody watches; fine beside limits of half a minute and more."""


LAST_TURN = 0.5
"""Seconds that a stopping server waits for turns under way: some milliseconds, unless a single step takes longer."""


class Clock:
    """`sessions` are those of the manager, by key, as they come and go; `end` closes one and takes it out of them.
    `can_rest` tells whether it can be come back to then."""

    def __init__(
        self,
        sessions: Mapping[str, Session],
        limits: Limits,
        worker: TrainingWorker,
        end: Callable[[Session], Awaitable[bool]],
        can_rest: Callable[[], bool],
    ) -> None:
        self._sessions = sessions
        self._limits = limits
        self._worker = worker
        self._end = end
        self._can_rest = can_rest
        self._somebody_plays = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._jobs: set[asyncio.Task[None]] = set()
        """Under way, at most one for each core."""
        self._long_jobs: set[asyncio.Task[None]] = set()
        """Besides them, each of one session whose turns take long."""
        self._job_ended = asyncio.Event()

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._give_turns()), asyncio.create_task(self._sweep())]

    async def stop(self) -> None:
        """Turns that are under way are ended, unless they take too long."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if jobs := [*self._jobs, *self._long_jobs]:
            _, late = await asyncio.wait(jobs, timeout=LAST_TURN)
            for job in late:
                job.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @property
    def ticking(self) -> bool:
        """Whether it is awake; it notices at its next tick that nobody plays."""
        return self._somebody_plays.is_set()

    def wake(self) -> None:
        """Somebody plays."""
        self._somebody_plays.set()

    async def _give_turns(self) -> None:
        """Ticks on an absolute schedule, so that a late tick does not make the next one later; where all cores or all
        sessions are busy, as soon as one is free."""
        tick = time.monotonic()
        while True:
            playing = [session for session in self._sessions.values() if session.run.playing]
            if not playing:
                self._somebody_plays.clear()
                await self._somebody_plays.wait()
                tick = time.monotonic()
                continue
            watched = [session for session in playing if session.run.visited]
            self._begin_turns(watched)
            now = time.monotonic()
            tick = max(tick + TICK, now)
            await asyncio.sleep(tick - now)
            if len(self._jobs) == len(watched) > 0:  # none of them would get a turn before the next tick
                with suppress(TimeoutError):
                    async with asyncio.timeout(TICK):
                        await self._next_end_of_job()
            while len(self._jobs) >= self._worker.parallel_jobs:
                await self._next_end_of_job()

    async def _next_end_of_job(self) -> None:
        self._job_ended.clear()
        await self._job_ended.wait()

    def turn_seconds(self) -> float:
        """Of a turn, where as many train as now, whether they play or take steps asked for by number."""
        working = sum(session.run.working for session in self._sessions.values())
        return max(LEAST_TURN, TURN_SECONDS * min(1, self._worker.parallel_jobs / max(1, working)))

    def _begin_turns(self, playing: list[Session]) -> None:
        """Of those sessions whose turn before has ended."""
        cores, seconds = self._worker.parallel_jobs, self.turn_seconds()
        begun = [(session, session.begin_turn(seconds)) for session in playing]
        due: list[tuple[Session, Turn]] = []
        for session, turn in begun:
            if turn is not None and session.run.experiment.takes_long:
                job = asyncio.create_task(self._train([(session, turn)], takes_long=True))
                self._long_jobs.add(job)
                job.add_done_callback(self._long_jobs.discard)
            elif turn is not None:
                due.append((session, turn))
        free = cores - len(self._jobs)
        for first in range(min(free, len(due))):
            job = asyncio.create_task(self._train(due[first::free]))
            self._jobs.add(job)
            job.add_done_callback(self._end_job)

    async def _train(self, turns: list[tuple[Session, Turn]], takes_long: bool = False) -> None:
        jobs = [(session.run.trainer, turn.job) for session, turn in turns]
        try:
            trained = await self._worker.train(jobs, takes_long)
        except Exception as failure:
            trained = [failure] * len(turns)
        for (session, turn), result in zip(turns, trained, strict=True):
            session.end_turn(turn, result)

    def _end_job(self, job: asyncio.Task[None]) -> None:
        self._jobs.discard(job)
        self._job_ended.set()

    async def _sweep(self) -> None:
        """Pauses, puts to rest and ends sessions that nobody has watched for as long as the limits say."""
        while True:
            await asyncio.sleep(SWEEP)
            now = time.monotonic()
            for session in list(self._sessions.values()):
                session.save_if_due()
                if session.run.viewers or self._sessions.get(session.key) is not session:
                    continue  # ending the one before took a moment: somebody came, or it made room
                unwatched = now - session.run.unwatched_since
                if unwatched > self._limits.idle_seconds:
                    if session.can_end:
                        await self._end(session)
                elif unwatched > self._limits.unwatched_seconds:
                    if session.run.working:
                        session.run.pause_unwatched()
                    elif session.used and self._can_rest():
                        await self._end(session)
