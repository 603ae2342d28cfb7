"""SessionManager: all sessions of this server: how many there may be, which make room, and how all of them stop."""

import asyncio
import secrets
import time

from app.sessions.clock import Clock
from app.sessions.copies import RunCopy
from app.sessions.seats import leaver
from app.sessions.session import Session
from app.settings import Limits
from app.training_worker.memory import MEGABYTE, MemoryBudget
from app.training_worker.port import GoTo, TrainingWorker
from app.wire.messages import Closing, Refusal
from engine.spec.spec import Spec


class Full(Exception):  # noqa: N818
    """No session, or not this one, can be opened; says why."""

    def __init__(self, closing: Closing) -> None:
        super().__init__(closing.reason)
        self.closing = closing


class SessionManager:
    def __init__(self, limits: Limits, worker: TrainingWorker) -> None:
        self.limits = limits
        self.stopping = False
        self._worker = worker
        self._sessions: dict[str, Session] = {}
        self._opening = 0
        self.clock = Clock(self._sessions, limits, worker, self._end)

    def start(self) -> None:
        self.clock.start()

    @property
    def memory(self) -> MemoryBudget:
        return self._worker.memory

    @property
    def sessions(self) -> int:
        return len(self._sessions) + self._opening

    @property
    def playing(self) -> int:
        """Sessions that train: they play, or have steps to take that were asked for by number."""
        return sum(session.run.working for session in self._sessions.values())

    @property
    def viewers(self) -> int:
        return sum(len(session.run.viewers) for session in self._sessions.values())

    def known(self, key: str | None) -> Session | None:
        """The session of this key, to be looked at."""
        return self._sessions.get(key or "")

    def find(self, key: str | None) -> Session | None:
        """The session of this key, to be joined at once. Raises Full."""
        session = self.known(key)
        if session is not None and len(session.run.viewers) >= self.limits.viewers:
            raise Full(Closing("too_many_viewers", {"limit": self.limits.viewers}))
        return session

    async def create(self, address: str = "", original: Session | None = None) -> Session:
        """A new session for somebody from this address: of the default experiment, or begun as a copy of another.
        Raises Full."""
        copy = await original.copy() if original is not None else None
        if self.memory.is_full:
            raise self._memory_full()
        leaving = self._leaver(address) if self.sessions >= self.limits.sessions else None
        self._opening += 1
        try:
            if leaving is not None:
                for viewer in leaving.run.viewers:
                    viewer.close(Closing("seat_taken"))
                await self._end(leaving)
            key = secrets.token_urlsafe(12)
            session = self._sessions[key] = await self._begin(key, address, copy)
            return session
        except Refusal:  # of what the run to be copied needs
            raise self._memory_full() from None
        finally:
            self._opening -= 1

    async def _begin(self, key: str, address: str, copy: RunCopy | None) -> Session:
        worker = self._worker
        if copy is None:
            return Session(key, await worker.start(Spec()), worker, self.limits, self._admit, address)
        started = await worker.start(copy.checkpoint.spec, bug=copy.checkpoint.bug)
        placed = await worker.do(started.trainer, GoTo(copy.checkpoint, 0))
        session = Session(key, started, worker, self.limits, self._admit, address)
        session.run.become(copy, placed)
        return session

    async def stop(self) -> None:
        """Tells every viewer, waits until they have left or for limits.stop_seconds, and ends all sessions."""
        self.stopping = True
        await self.clock.stop()
        for session in self._sessions.values():
            for viewer in session.run.viewers:
                viewer.close(Closing("server_stopping"))
        deadline = time.monotonic() + self.limits.stop_seconds
        while any(session.run.viewers for session in self._sessions.values()) and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        await asyncio.gather(*(session.close() for session in self._sessions.values()))
        self._sessions.clear()

    def _memory_full(self) -> Full:
        return Full(Closing("memory_full", {"limit": round((self.memory.limit or 0) / MEGABYTE)}))

    def _leaver(self, newcomer: str) -> Session:
        """Who makes room for somebody from this address. Raises Full."""
        found = leaver(self._sessions.values(), newcomer, self.limits.kept_seconds, time.monotonic())
        if found is None:
            raise Full(Closing("too_many_sessions", {"limit": self.limits.sessions}))
        return found

    async def _end(self, session: Session) -> None:
        self._sessions.pop(session.key, None)
        await session.close()

    def _admit(self) -> None:
        if self.playing >= self.limits.playing:
            raise Refusal("too_many_playing", {"limit": self.limits.playing})
        self.clock.wake()
