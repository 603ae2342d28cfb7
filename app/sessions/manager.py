"""SessionManager: all sessions of this server: how many there may be, which make room, and how all of them stop."""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from app.sessions.clock import Clock
from app.sessions.copies import RunCopy
from app.sessions.run import Run
from app.sessions.saving.run_reader import DAMAGED, ReadRun, Restored, read_run
from app.sessions.seats import leaver
from app.sessions.session import Session
from app.settings import Limits
from app.store.store import AwakeElsewhere, Store, StoreFailed
from app.training_worker.kept_run import KeptRun
from app.training_worker.memory import MEGABYTE, MemoryBudget
from app.training_worker.port import GoTo, Placed, Started, TrainingWorker
from app.training_worker.worker_processes.harm import EngineHarmed
from app.wire.messages import Closing, Refusal
from engine.spec.spec import Spec
from engine.training.timeline import Checkpoint

log = logging.getLogger(__name__)


KEEP_SECONDS = 1.0
"""How long a stopping server keeps runs before it tells anybody: half of what a slow store then has for them."""


COPIES = 3
"""How many times its bytes in the store a run takes while it is read: rows, arrays, and what is made of them."""


class Full(Exception):  # noqa: N818
    """No session, or not this one, can be opened; says why."""

    def __init__(self, closing: Closing) -> None:
        super().__init__(closing.reason)
        self.closing = closing


class SessionManager:
    def __init__(self, limits: Limits, worker: TrainingWorker, store: Store | None = None) -> None:
        """store: where runs are kept that are not in memory; None: nowhere."""
        self.limits = limits
        self.store = store
        self.stopping = False
        self.remember: Callable[[str, str, Coroutine[Any, Any, KeptRun]], None] | None = None
        """Takes a run that was left, once it is described, with key and address of its session; None: nowhere."""
        self._worker = worker
        self._sessions: dict[str, Session] = {}
        self._opening = 0
        self._few_at_once = asyncio.Semaphore(worker.parallel_jobs)
        """For runs that are woken: each takes much memory and a core for a moment."""
        self._waking: dict[str, asyncio.Task[Session | None]] = {}
        self._resting: dict[str, asyncio.Task[bool]] = {}
        """Sessions that are on their way into the store, or are ended; each gives whether it has ended."""
        self._background: set[asyncio.Task[Any]] = set()
        self.clock = Clock(self._sessions, limits, worker, self._end, self._can_rest)

    def start(self) -> None:
        self.clock.start()
        if self.store is not None:
            self.store.changed = self._tell_of_store
            self.store.in_use = self._in_use
            self.store.asked_for = self._answer_other_server

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

    @property
    def has_seats(self) -> bool:
        """Whether a newcomer of an address of its own would get one."""
        return self.sessions < self.limits.sessions or self._leaving("") is not None

    def known(self, key: str | None) -> Session | None:
        """The session of this key, to be looked at."""
        return self._sessions.get(key or "")

    async def reach(self, key: str | None) -> Session | None:
        """The session of this key, to be looked at, woken if need be; it trains on once somebody watches it. Raises
        Refusal where it cannot be woken now."""
        try:
            return self.known(key) or await self.wake(key)
        except Full:
            raise Refusal("run_cannot_be_fetched", {}) from None

    def find(self, key: str | None) -> Session | None:
        """The session of this key, to be joined at once. Raises Full."""
        session = self.known(key)
        if session is not None:
            self.refuse_more_viewers(session)
        return session

    def refuse_more_viewers(self, session: Session) -> None:
        """Raises Full where as many watch it as may."""
        if len(session.run.viewers) >= self.limits.viewers:
            raise Full(Closing("too_many_viewers", {"limit": self.limits.viewers}))

    async def enter(
        self, key: str | None, address: str = "", copied: bool = False, copied_if_elsewhere: bool = False
    ) -> Session:
        """The session of this key, woken if need be, or a copy of it; a new one where there is none. Raises Full.

        copied_if_elsewhere: a copy of it where another server has it awake and keeps it.
        """
        try:
            session = self.known(key) or await self.wake(key, address)
        except Full as full:
            if full.closing.why != "awake_elsewhere" or not copied_if_elsewhere or self.store is None or not key:
                raise
            return await self._copy_of_kept(self.store, key, address)
        return await self.create(address, session) if session is None or copied else session

    def is_waking(self, key: str | None) -> bool:
        return key in self._waking

    async def wake(self, key: str | None, address: str = "") -> Session | None:
        """The session of this key out of the store, if it is there: once, however many come for it. Raises Full."""
        if self.store is None or not key:
            return None
        if key not in self._waking:
            waking = self._waking[key] = asyncio.create_task(self._wake(self.store, key, address))
            waking.add_done_callback(lambda _: self._waking.pop(key))
        return await asyncio.shield(self._waking[key])

    async def _wake(self, store: Store, key: str, address: str) -> Session | None:
        if key in self._resting:
            await self._resting[key]
        if (there := self.known(key)) is not None:  # it could not be kept
            return there
        if (nbytes := await self._claimed_bytes(store, key)) is None:
            return None
        try:
            async with self._seat(address), self._few_at_once:
                with self.memory.reserved(COPIES * nbytes):
                    read = await self._read(store, key)
                if read is None:
                    return None
                started, placed = await self._started_at(read.checkpoint)
                restored = Restored(read, placed, elsewhere=read.document["server"] != store.server)
                session = self._sessions[key] = self._session(key, started, address, restored)
                return session
        finally:
            if key not in self._sessions:
                await store.release(key)

    async def _claimed_bytes(self, store: Store, key: str) -> int | None:
        """Of the run in the store, which no other server can wake from now on; None where it is not kept. Raises
        Full."""
        try:
            return await store.size(key) if await store.claim(key) else None
        except StoreFailed:
            raise Full(Closing("store_unreachable")) from None
        except AwakeElsewhere:
            raise Full(Closing("awake_elsewhere")) from None

    async def _read(self, store: Store, key: str) -> ReadRun | None:
        """None where it is not kept, or so damaged that nobody ever can read it. Raises Full."""
        try:
            saved = await store.read(key)
            return None if saved is None else await asyncio.to_thread(read_run, saved, self.limits)
        except StoreFailed:
            raise Full(Closing("store_unreachable")) from None
        except DAMAGED:
            log.exception("a run that is kept cannot be understood")
            return None

    async def _copy_of_kept(self, store: Store, key: str, address: str) -> Session:
        """A new session that begins where another server kept the run last, a second ago at most while it trains.
        Raises Full."""
        async with self._seat(address), self._few_at_once:
            try:
                nbytes = await store.size(key)
            except StoreFailed:
                raise Full(Closing("store_unreachable")) from None
            with self.memory.reserved(COPIES * (nbytes or 0)):
                read = await self._read(store, key)
            if read is None:
                raise Full(Closing("awake_elsewhere"))
            own = secrets.token_urlsafe(12)
            session = self._sessions[own] = await self._begin(own, address, read.copy())
            return session

    async def create(self, address: str = "", original: Session | None = None) -> Session:
        """A new session for somebody from this address: of the default experiment, or begun as a copy of another.
        Raises Full."""
        copy = await original.copy() if original is not None else None
        async with self._seat(address):
            key = secrets.token_urlsafe(12)
            session = self._sessions[key] = await self._begin(key, address, copy)
            return session

    @asynccontextmanager
    async def _seat(self, address: str) -> AsyncIterator[None]:
        """For a session that begins meanwhile, of somebody from this address. Raises Full."""
        if self.memory.is_full:
            raise self._memory_full()
        leaving = self._leaver(address) if self.sessions >= self.limits.sessions else None
        self._opening += 1
        try:
            if leaving is not None:
                if leaving.run.viewers:  # for them there is something to come back to, whatever they have done
                    leaving.run.used = True
                for viewer in leaving.run.viewers:
                    viewer.close(Closing("resting" if self._can_rest() else "seat_taken"))
                if not await self._end(leaving):
                    raise self._seats_full()
            yield
        except Refusal:  # of what the run needs that is to be copied or woken
            raise self._memory_full() from None
        finally:
            self._opening -= 1

    async def _begin(self, key: str, address: str, copy: RunCopy | None) -> Session:
        if copy is None:
            return self._session(key, await self._worker.start(Spec()), address)
        started, placed = await self._started_at(copy.checkpoint)
        session = self._session(key, started, address)
        session.run.start_as_copy(copy, placed)
        return session

    async def _started_at(self, checkpoint: Checkpoint) -> tuple[Started, Placed]:
        """A Trainer that stands there; with the server's own engine where that of the checkpoint comes to harm."""
        spec, bug = checkpoint.spec, checkpoint.bug
        try:
            started = await self._worker.start(spec, bug=bug, backend=checkpoint.backend)
            return started, await self._worker.do(started.trainer, GoTo(checkpoint, 0))
        except EngineHarmed as harm:
            log.warning("a run of the engine %s goes on with the server's own: %r", checkpoint.backend, harm)
        started = await self._worker.start(spec, bug=bug)
        here = replace(checkpoint, backend=started.experiment.backend)
        return started, await self._worker.do(started.trainer, GoTo(here, 0))

    def _session(self, key: str, started: Started, address: str, restored: Restored | None = None) -> Session:
        session = Session(key, started, self._worker, self.limits, self._admit, address, self.store, restored)
        session.turn_seconds = self.clock.turn_seconds
        session.run.find_other = self._run_of
        if (remember := self.remember) is not None:
            session.run.remember = lambda described: remember(key, session.address, described)
        session.saver.on_taken_over = partial(self._give_up, session)
        return session

    def _run_of(self, key: str) -> Run | None:
        session = self.known(key)
        return None if session is None else session.run

    async def stop(self) -> None:
        """Keeps all runs, tells every viewer, waits until they have left or for limits.stop_seconds, and ends all
        sessions. What is kept first is there for whoever serves next when their pages come back."""
        self.stopping = True
        await self.clock.stop()
        if keeping := [asyncio.create_task(_kept(session)) for session in self._sessions.values()]:
            await asyncio.wait(keeping, timeout=KEEP_SECONDS)
        for session in self._sessions.values():
            for viewer in session.run.viewers:
                viewer.close(Closing("server_stopping"))
        deadline = time.monotonic() + self.limits.stop_seconds
        ending = [asyncio.create_task(self._end_unwatched(session, deadline)) for session in self._sessions.values()]
        if ending := [*ending, *self._resting.values()]:
            _, late = await asyncio.wait(ending, timeout=2 * self.limits.stop_seconds)
            if late:
                log.warning("%d runs were not saved in time: the store is too slow", len(late))

    def _memory_full(self) -> Full:
        return Full(Closing("memory_full", {"limit": round((self.memory.limit or 0) / MEGABYTE)}))

    def _leaver(self, newcomer: str) -> Session:
        """Who makes room for somebody from this address. Raises Full."""
        found = self._leaving(newcomer)
        if found is None:
            raise self._seats_full()
        return found

    def _seats_full(self) -> Full:
        return Full(Closing("too_many_sessions", {"limit": self.limits.sessions}))

    def _leaving(self, newcomer: str) -> Session | None:
        kept, now, can_rest = self.limits.kept_seconds, time.monotonic(), self._can_rest()
        return leaver(self._sessions.values(), newcomer, kept, now, can_rest=can_rest)

    async def _end_unwatched(self, session: Session, deadline: float) -> bool:
        """Once everybody who watches it has left, or at the deadline."""
        while session.run.viewers and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        return await self._end(session)

    async def _end(self, session: Session) -> bool:
        """It is kept in the store, if there is one, and ended here. False: it could not be kept, so it goes on."""
        if self._sessions.get(session.key) is not session:
            return True
        del self._sessions[session.key]
        resting = self._resting[session.key] = asyncio.create_task(self._rest(session))
        return await asyncio.shield(resting)

    async def _rest(self, session: Session) -> bool:
        try:
            if not await _kept(session) and not self.stopping:
                self._sessions[session.key] = session
                self.clock.wake()
                return False
            await session.close()
            if self.store is not None:
                await self.store.release(session.key)
            return True
        finally:
            del self._resting[session.key]

    def _give_up(self, session: Session) -> None:
        """Another server has its run now, as this one counted as dead for a while."""
        log.warning("another server has taken a run over, for this one did not reach the store in time")
        for viewer in session.run.viewers:
            viewer.close(Closing("awake_elsewhere"))
        self._in_background(self._end(session))

    def _answer_other_server(self, key: str) -> None:
        """Another server asks for the run of this key: it gets it, unless somebody watches it here."""
        if self.store is None or key in self._resting:  # then it is let go of in a moment
            return
        session = self.known(key)
        if key in self._waking or (session is not None and session.run.viewers):
            self._in_background(self.store.refuse(key))
        elif session is not None:
            self._in_background(self._end(session))
        else:
            self._in_background(self.store.release(key))

    def _in_background(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _can_rest(self) -> bool:
        """Whether a session that is ended can be come back to."""
        return self.store is not None and self.store.state == "ok"

    def _in_use(self) -> set[str]:
        """Keys of runs whose rows in the store must stay."""
        return {*self._sessions, *self._waking, *self._resting}

    def _tell_of_store(self) -> None:
        for session in self._sessions.values():
            session.tell_of_store()

    def _admit(self) -> None:
        if self.playing >= self.limits.playing:
            raise Refusal("too_many_playing", {"limit": self.limits.playing})
        self.clock.wake()


async def _kept(session: Session) -> bool:
    try:
        if await session.keep():
            return True
        log.warning("a run could not be saved as it stands: the store did not take it")
    except TimeoutError:
        log.warning("a run could not be saved as it stands: a step of it is under way")
    except Exception:
        log.exception("a run could not be saved")
    return False
