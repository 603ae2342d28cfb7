"""Store: a repository behind one thread, off the event loop. A fault of its is told and stops nobody."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Literal, ParamSpec, TypeVar

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from app.settings import Limits
from app.store.records import Save, SavedRun
from app.store.repository import LEASE_SECONDS, CannotOpen, Repository, TakenOver

log = logging.getLogger(__name__)

RETRY_SECONDS = 30.0
"""After a fault, until the next try: a disk that is full stays so for a while."""

SWEEP_SECONDS = 600.0
"""Between two looks for runs that were kept long enough: fine beside days."""

BEAT_SECONDS = LEASE_SECONDS / 5
"""Between two times that a server says it is alive, where others may use the same database."""

HANDOVER_SECONDS = LEASE_SECONDS + BEAT_SECONDS
"""How long to wait for a run that another server has awake: until it has answered, or is known to be dead."""

ASK_SECONDS = 0.25
"""Between two looks whether it has."""

FAULTS = (SQLAlchemyError, CannotOpen)
"""Of the database; anything else is of the run that was to be written or read."""

OF_THE_RUN = (DataError, IntegrityError)
"""But for these, which are of the run, too."""

State = Literal["ok", "full", "failed"]


class StoreFailed(Exception):  # noqa: N818
    """The database did not do what was asked for."""


class AwakeElsewhere(Exception):  # noqa: N818
    """Another server has the run awake and keeps it."""


P = ParamSpec("P")
R = TypeVar("R")


class Store:
    def __init__(
        self, repository: Repository, state: State = "ok", clock: Callable[[], float] = time.monotonic
    ) -> None:
        """state: failed, where the database could not be opened yet."""
        self._repository = repository
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._retry_at = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        self.kept_rows = repository.kept
        self.server = repository.server
        self.state = state
        self.changed: Callable[[], None] = lambda: None
        """Called on the event loop when `state` has become another."""
        self.in_use: Callable[[], Collection[str]] = tuple
        """Gives the keys of runs that must not be forgotten now."""
        self.asked_for: Callable[[str], None] = lambda _: None
        """Called on the event loop with the key of a run that another server asks this one for."""
        self.kept = 0
        """How many runs there were when it was last swept."""

    @property
    def accepts(self) -> bool:
        """Whether it is worth trying to write now."""
        return self.state == "ok" or self._clock() >= self._retry_at

    async def write(self, make: Callable[[], Save]) -> bool:
        """make: gives the save, in the store's thread. False: nothing of it was written, and what was written of this
        run before cannot be relied on. Raises TakenOver."""
        try:
            written = await self._do(lambda: self._repository.write(make()))
        except TakenOver:
            raise
        except OF_THE_RUN:
            log.exception("a run cannot be written")
            return False
        except FAULTS as fault:
            self._failed(fault)
            return False
        except Exception:  # of this run alone, too
            log.exception("a run cannot be written")
            return False
        self._set("ok")
        return written

    async def size(self, key: str) -> int | None:
        """See Repository.size. Raises StoreFailed."""
        return await self._asked(self._repository.size, key)

    async def read(self, key: str) -> SavedRun | None:
        """None where it is not kept. Raises StoreFailed, and ValueError or TypeError where it cannot be understood."""
        return await self._asked(self._repository.read, key)

    async def claim(self, key: str) -> bool:
        """This server is to have the run awake: waits until another that has it has put it to rest, or is dead. False:
        it is not kept. Raises StoreFailed and AwakeElsewhere."""
        deadline = self._clock() + HANDOVER_SECONDS
        found = await self._asked(self._repository.claim, key, True)
        while found == "asked" and self._clock() < deadline:
            await asyncio.sleep(ASK_SECONDS)
            found = await self._asked(self._repository.claim, key, False)
        if found in ("asked", "refused"):
            raise AwakeElsewhere
        return found == "claimed"

    async def release(self, key: str) -> None:
        """The run is not awake here any more; where that cannot be noted, it is when another server asks."""
        with suppress(StoreFailed):
            await self._asked(self._repository.release, key)

    async def refuse(self, key: str) -> None:
        """The run that another server asks for stays here."""
        with suppress(StoreFailed):
            await self._asked(self._repository.refuse, key)

    async def ask(self, question: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        """A question to `kept_rows`. Raises StoreFailed, and what the question itself raises."""
        return await self._asked(question, *arguments, **named)

    async def _asked(self, question: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        try:
            return await self._do(question, *arguments, **named)
        except FAULTS as fault:
            self._failed(fault)
            raise StoreFailed from fault

    def start(self, limits: Limits) -> None:
        """From now on runs are forgotten as the limits say, and other servers know that this one is alive."""
        self._tasks = [asyncio.create_task(self._keep_sweeping(limits))]
        if self._repository.is_shared:
            self._tasks.append(asyncio.create_task(self._keep_alive()))

    async def _keep_alive(self) -> None:
        """Also while nothing is written after a fault: whoever misses a few beats loses its runs to other servers."""
        while True:
            try:
                await self._beat()
            except Exception:
                log.exception("this server could not say that it is alive")
            await asyncio.sleep(BEAT_SECONDS)

    async def _beat(self) -> None:
        try:
            asked = await self._do(self._repository.beat)
        except FAULTS as fault:
            if self.accepts:  # else writing waits already, and no longer for this
                self._failed(fault)
            return
        for key in asked:
            self.asked_for(key)

    async def _keep_sweeping(self, limits: Limits) -> None:
        runs, kept = (timedelta(days=days).total_seconds() for days in (limits.store_days, limits.kept_days))
        while True:
            await self.sweep(runs, limits.store_bytes)
            await self.sweep_kept(kept, runs)
            await asyncio.sleep(SWEEP_SECONDS if self.state == "ok" else spread(RETRY_SECONDS))

    async def sweep(self, seconds: float, most_bytes: int) -> None:
        """See Repository.sweep."""
        try:
            swept = await self._do(self._repository.sweep, seconds, most_bytes, self.in_use())
            self.kept = await self._do(self._repository.count)
        except FAULTS as fault:
            self._failed(fault)
            return
        self._set("ok")
        if swept:
            log.info("%d runs were forgotten that were kept long enough", swept)

    async def sweep_kept(self, seconds: float, recent_seconds: float) -> None:
        """See KeptRows.sweep."""
        with suppress(StoreFailed):
            await self._asked(self.kept_rows.sweep, seconds, recent_seconds)

    async def close(self) -> None:
        """Once all that was asked for is done."""
        for task in self._tasks:
            task.cancel()
        try:
            await self._do(self._repository.close)
        except FAULTS as fault:
            self._failed(fault)
        self._thread.shutdown(wait=False)

    async def _do(self, work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *arguments, **named))

    def _failed(self, fault: Exception) -> None:
        self._retry_at = self._clock() + spread(RETRY_SECONDS)
        if self.state == "ok":
            log.error("runs cannot be kept now: %s", reason(fault))
        self._set("full" if "full" in reason(fault) or "No space" in reason(fault) else "failed")

    def _set(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.changed()


def spread(seconds: float) -> float:
    """So many, up to a quarter more or less: what failed for all at once is not tried again by all at once."""
    return seconds * random.uniform(0.75, 1.25)


def reason(fault: Exception) -> str:
    """One line, without the statement and its values."""
    return str(getattr(fault, "orig", None) or fault).strip().partition("\n")[0]
