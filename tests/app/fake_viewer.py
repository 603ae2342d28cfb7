"""A person in front of a session, without a socket: says commands, reads the outbox, draws frames."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar, TypeVarTuple
from unittest.mock import patch

from app.sessions.manager import SessionManager
from app.sessions.session import Session
from app.sessions.viewers import Viewer
from app.settings import Limits
from app.store.store import Store
from app.training_worker.memory import MemoryBudget
from app.training_worker.threads import TrainerInThisProcess, TrainingThreads
from app.training_worker.worker_processes.processes import Kind, Processes
from app.wire.commands import parse
from app.wire.messages import Refusal
from engine import Trainer
from tests.app.reading import Reader

SWEEP = 0.02
"""Seconds between looks for unwatched sessions, in tests: short beside the limits they set."""

PATIENCE = 120
"""Seconds until a test gives up: far beyond what the slowest machine needs."""

R = TypeVar("R")
Ts = TypeVarTuple("Ts")


class ProcessesInThread(Processes):
    """Does in a thread what a server does in worker processes, one thing after another, so that a test may put
    something else in its place."""

    def __init__(self) -> None:
        super().__init__(Limits())
        self._thread = ThreadPoolExecutor(1)

    async def run(self, kind: Kind, function: Callable[[*Ts], R], *arguments: *Ts) -> R:  # noqa: ARG002
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)

    async def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)


class Watcher:
    def __init__(self, session: Session, limits: Limits | None = None) -> None:
        self.session = session
        self.run = session.run
        self.viewer = Viewer(limits or session.run.limits)
        self.seen: list[dict[str, Any]] = []
        self._read = Reader()
        session.join(self.viewer)

    async def say(self, **command: Any) -> None:
        try:
            await self.session.submit(self.viewer, parse(json.dumps(command)))
        except Refusal as refusal:
            self.viewer.tell(refusal.message())

    async def next(self, draw: bool = True) -> dict[str, Any]:
        """The next message, or frame as a message of type "frame"."""
        item = await asyncio.wait_for(self.viewer.outbox.next(), PATIENCE)
        assert item is not None
        message = self._read(item)
        if message["type"] == "frame" and draw:
            await self.say(type="drawn", frame=message["frame"])
        self.seen.append(message)
        return message

    async def until(self, kind: str, fits: Callable[[dict[str, Any]], bool] = bool) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await self.next()
                if message["type"] == kind and fits(message):
                    return message

    async def at_step(self, step: int) -> dict[str, Any]:
        return await self.until("frame", lambda frame: frame["step"] == step)

    async def take(self, steps: int) -> dict[str, Any]:
        """So many steps, then the picture."""
        goal = self.run.step + steps
        await self.say(type="step", count=steps)
        return await self.at_step(goal)

    @property
    def trainer(self) -> Trainer:
        handle = self.run.trainer
        assert isinstance(handle, TrainerInThisProcess)
        return handle.trainer

    def leave(self) -> None:
        self.run.leave(self.viewer)


@asynccontextmanager
async def managing(
    memory: MemoryBudget | None = None, store: Store | None = None, **limits: float
) -> AsyncIterator[SessionManager]:
    with patch("app.sessions.clock.SWEEP", SWEEP):
        processes = ProcessesInThread()
        worker = TrainingThreads("by_hand", processes, memory=memory)
        manager = SessionManager(Limits.model_validate(limits), worker, store)
        manager.start()
        try:
            yield manager
        finally:
            await manager.stop()
            worker.close()
            await processes.close()


@asynccontextmanager
async def watching(memory: MemoryBudget | None = None, **limits: float) -> AsyncIterator[Watcher]:
    async with managing(memory, None, **limits) as manager:
        watcher = Watcher(await manager.create())
        yield watcher
        watcher.leave()


def found(manager: SessionManager, key: str) -> Session:
    session = manager.find(key)
    assert session is not None
    return session


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.01)
