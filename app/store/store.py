"""Store: a repository behind one thread, off the event loop. A fault of its is told and stops nobody."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Literal, ParamSpec, TypeVar

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from app.settings import Limits
from app.store.records import Save, SavedRun
from app.store.repository import CannotOpen, Repository

log = logging.getLogger(__name__)

RETRY_SECONDS = 30.0
"""After a fault, until the next try: a disk that is full stays so for a while."""

SWEEP_SECONDS = 600.0
"""Between two looks for runs that were kept long enough: fine beside days."""

FAULTS = (SQLAlchemyError, CannotOpen)
"""Of the database; anything else is of the run that was to be written or read."""

State = Literal["ok", "full", "failed"]


class StoreFailed(Exception):  # noqa: N818
    """The database did not do what was asked for."""


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
        self._sweeping: asyncio.Task[None] | None = None
        self.server = secrets.token_hex(8)
        """Tells what this server wrote from what another did, or the same before it was started again."""
        self.state = state
        self.changed: Callable[[], None] = lambda: None
        """Called on the event loop when `state` has become another."""
        self.in_use: Callable[[], Collection[str]] = tuple
        """Gives the keys of runs that must not be forgotten now."""
        self.kept = 0
        """How many runs there were when it was last swept."""

    @property
    def accepts(self) -> bool:
        """Whether it is worth trying to write now."""
        return self.state == "ok" or self._clock() >= self._retry_at

    async def write(self, save: Save) -> bool:
        """False: nothing of it was written, and what was written of this run before cannot be relied on."""
        try:
            written = await self._do(self._repository.write, save)
        except IntegrityError:
            log.warning("a run could not be saved, for another server has saved it meanwhile")
            return False
        except FAULTS as fault:
            self._failed(fault)
            return False
        except Exception:  # of this run alone
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

    async def _asked(self, question: Callable[[str], R], key: str) -> R:
        try:
            return await self._do(question, key)
        except FAULTS as fault:
            self._failed(fault)
            raise StoreFailed from fault

    def start(self, limits: Limits) -> None:
        """From now on runs are forgotten as the limits say."""
        seconds = timedelta(days=limits.store_days).total_seconds()
        self._sweeping = asyncio.create_task(self._keep_sweeping(seconds, limits.store_bytes))

    async def _keep_sweeping(self, seconds: float, most_bytes: int) -> None:
        while True:
            await self.sweep(seconds, most_bytes)
            await asyncio.sleep(SWEEP_SECONDS if self.state == "ok" else RETRY_SECONDS)

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

    async def close(self) -> None:
        """Once all that was asked for is done."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        try:
            await self._do(self._repository.close)
        except FAULTS as fault:
            self._failed(fault)
        self._thread.shutdown(wait=False)

    async def _do(self, work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *arguments, **named))

    def _failed(self, fault: Exception) -> None:
        self._retry_at = self._clock() + RETRY_SECONDS
        if self.state == "ok":
            log.error("runs cannot be kept now: %s", reason(fault))
        self._set("full" if "full" in reason(fault) or "No space" in reason(fault) else "failed")

    def _set(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.changed()


def reason(fault: Exception) -> str:
    """One line, without the statement and its values."""
    return str(getattr(fault, "orig", None) or fault).strip().partition("\n")[0]
