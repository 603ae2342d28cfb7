"""KeptList: the experiments that people have kept, each person's own, and why something cannot be kept."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import asdict
from typing import Any, ParamSpec, TypeVar

from app.settings import Limits
from app.store.kept_rows import RECENT, Bounds, KeptRow, NewRow, TooMuch
from app.store.store import Store, StoreFailed
from app.training_worker.kept_run import KeptRun
from app.web.access.shares import Part, Person, Shares
from app.wire.messages import ErrorCode, Refusal
from engine.fault import Fault
from engine.kept import document
from engine.kept.experiment import KeptExperiment
from engine.nn.network import Network

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

LONG = {"own_points", "own_units", "own_names"}
"""Fields of a Spec that no table shows."""

MOST_REMEMBERING = 16
"""Recent runs of all people on their way to the store: each is there with its Trainer or all its weights meanwhile."""

REFUSALS: dict[str, ErrorCode] = {
    "rows": "kept_too_many",
    "row_bytes": "kept_too_large",
    "all_bytes": "kept_full",
    "address_bytes": "kept_full_of_address",
}
"""A bound of the store → what is said where it is reached."""


def owner_of(token: str) -> str:
    """Of a person, who is known by a random token: it cannot be had back from the database."""
    return hashlib.sha256(token.encode()).hexdigest()


def digest_of(address: str) -> str:
    """One of 65,536: enough to tell the few addresses of a server apart, too few to tell which address it is."""
    return hashlib.sha256(address.encode()).hexdigest()[:4]


def tab_of(key: str) -> str:
    """The owner of the recent runs of the tab that has this session."""
    return RECENT + owner_of(key)


class Remembering(Part):
    """A recent run on its way to the store."""

    def __init__(self, person: Person) -> None:
        super().__init__(person)
        self.task: asyncio.Task[None] | None = None

    def lose(self) -> None:
        super().lose()
        if self.task is not None:
            self.task.cancel()


class KeptList:
    def __init__(self, store: Store | None, limits: Limits) -> None:
        self._store = store
        self._most_recent = limits.recent_runs
        self._remembering = Shares(MOST_REMEMBERING)
        self.bounds = Bounds(limits.kept_experiments, limits.kept_experiment_bytes, limits.kept_bytes)

    @property
    def has_store(self) -> bool:
        return self._store is not None

    async def add(self, owner: str, run: KeptRun, address: str) -> dict[str, Any]:
        """The row, as the page takes it. Raises Refusal."""
        store, digest = self.refuse_without_store(), digest_of(address)
        return _row(await self._ask(store.kept_rows.add, owner, await _new_row(run), self.bounds, digest))

    async def copy(self, owner: str, id: str, name: str, to: str, address: str) -> dict[str, Any]:
        """to: who gets it, at this address."""
        store, digest = self.refuse_without_store(), digest_of(address)
        return _row(_found(await self._ask(store.kept_rows.copy, owner, id, name, self.bounds, to, digest)))

    def remember(self, key: str, address: str, described: Coroutine[Any, Any, KeptRun]) -> None:
        """As one of the recent runs of the tab that has this session. Where the store is far behind, the newest is left
        out of whoever has most on their way."""
        run = Remembering(Person(address, key))
        if self._store is None or self._store.state != "ok" or not self._remembering.grow(run, 1):
            described.close()
            return

        def ended(_: asyncio.Task[None]) -> None:
            described.close()  # where it was left out before it began
            self._remembering.give_back(run)

        run.task = asyncio.create_task(self._remember(key, described))
        run.task.add_done_callback(ended)

    async def _remember(self, key: str, described: Coroutine[Any, Any, KeptRun]) -> None:
        assert self._store is not None
        try:
            row = await _new_row(await described)
        except Exception:
            log.exception("a run that was left could not be remembered")
            return
        with suppress(StoreFailed):
            await self._store.ask(self._store.kept_rows.add_recent, owner_of(key), row, self._most_recent, self.bounds)

    async def listed(self, owner: str) -> list[dict[str, Any]]:
        """The newest first; none where nothing is kept."""
        if self._store is None:
            return []
        return [_row(row) for row in await self._ask(self._store.kept_rows.listed, owner)]

    async def picture(self, owner: str, id: str) -> Any:
        store = self.refuse_without_store()
        return json.loads(_found(await self._ask(store.kept_rows.picture, owner, id)))

    async def experiment(self, owner: str, id: str) -> KeptExperiment:
        store = self.refuse_without_store()
        try:
            facts, arrays = _found(await self._ask(store.kept_rows.document, owner, id))
            return await asyncio.to_thread(document.read, facts, arrays)
        except (ValueError, LookupError) as fault:
            what = fault.values["what"] if isinstance(fault, Fault) else "arrays"
            raise Refusal("kept_damaged", {"what": what}) from None

    async def change(self, owner: str, id: str, values: dict[str, str]) -> dict[str, Any]:
        """values: a name, a note or both."""
        store = self.refuse_without_store()
        return _row(_found(await self._ask(store.kept_rows.change, owner, id, values)))

    async def remove(self, owner: str, id: str) -> None:
        store = self.refuse_without_store()
        _refuse_gone(await self._ask(store.kept_rows.remove, owner, id))

    async def put_back(self, owner: str, id: str) -> None:
        store = self.refuse_without_store()
        _refuse_gone(await self._ask(store.kept_rows.put_back, owner, id, self.bounds))

    def refuse_without_store(self) -> Store:
        """Raises Refusal."""
        if self._store is None:
            raise Refusal("kept_needs_store", {})
        return self._store

    async def _ask(self, question: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        assert self._store is not None
        try:
            return await self._store.ask(question, *arguments, **named)
        except StoreFailed:
            raise Refusal("kept_not_now", {}) from None
        except TooMuch as much:
            raise Refusal(REFUSALS[much.bound], {"limit": much.limit}) from None


def summary_of(run: KeptRun) -> dict[str, Any]:
    """What a table shows of it."""
    here = run.experiment.here
    return {
        "spec": here.spec.model_dump(mode="json", exclude=LONG),
        "bug": here.bug,
        "engine": here.backend,
        "steps_per_second": run.experiment.steps_per_second,
        "sizes": Network.of(here.spec).sizes,
        "parameters": len(here.state.parameters),
        "changed": run.experiment.changed,
        "step": here.state.step,
        "epoch": here.state.epoch,
        "diverged": here.state.diverged,
        **run.scores,
    }


async def _new_row(run: KeptRun) -> NewRow:
    facts, arrays = await asyncio.to_thread(document.written, run.experiment)
    return NewRow(run.experiment.name, run.experiment.note, summary_of(run), run.picture, facts, arrays)


def _row(row: KeptRow) -> dict[str, Any]:
    return asdict(row)


def _found(answer: R | None) -> R:
    if answer is None:
        raise Refusal("kept_gone", {})
    return answer


def _refuse_gone(was_there: bool) -> None:
    if not was_there:
        raise Refusal("kept_gone", {})
