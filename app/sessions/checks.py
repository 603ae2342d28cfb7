"""Checks: compares and examines a run in the background, now and then, while somebody watches.

Two tasks of each session. An examination holds the Trainer while it measures; a comparison works in another process, on
a copy of where the run stood, so that training goes on.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from app.sessions.run import Run
from app.sessions.trainer_lock import TrainerLock
from app.sessions.viewers import Viewer
from app.training_worker.port import Examine, GetCheckpoint, TrainingWorker
from app.wire import commands

log = logging.getLogger(__name__)

CHECK_SECONDS = 3.0
"""Between two comparisons; one that is older than that says little of a run that learns."""

HEALTH_SECONDS = 0.5
"""Between two examinations: a sentence that changed faster could not be read."""

FAILED_SECONDS = 30.0
"""After one that failed, until the next that nobody asked for: what was wrong with it may still be."""

REST = 20
"""How many times as long as either took it then rests at least, so that both together cost a tenth of a core."""


class Checks:
    def __init__(self, run: Run, worker: TrainingWorker, trainer_lock: TrainerLock) -> None:
        self._run = run
        self._worker = worker
        self._trainer_lock = trainer_lock
        requested = run.check_requested
        self._tasks = [  # neither waits for the other: the first comparison loads torch
            asyncio.create_task(self._repeat(self._compare, self._all, requested, first=CHECK_SECONDS)),
            asyncio.create_task(self._repeat(self._examine, self._of_health, None, first=0)),
        ]

    def close(self) -> list[asyncio.Task[None]]:
        for task in self._tasks:
            task.cancel()
        return self._tasks

    async def _repeat(
        self,
        work: Callable[[], Awaitable[float]],
        watchers: Callable[[], list[Viewer]],
        requested: asyncio.Event | None,
        first: float,
    ) -> None:
        """While somebody watches and there is something new to be seen; at once if requested. first: seconds until the
        first time; work gives those until the next."""
        run, due = self._run, time.monotonic() + first
        done: tuple[int, ...] = ()
        while True:
            now = await _requested_within(HEALTH_SECONDS, requested)
            seen = (run.picture, *map(id, watchers()))
            if not watchers() or not (now or (seen != done and time.monotonic() >= due)):
                continue
            done = seen
            try:
                rest = await work()
            except Exception:  # training goes on without
                log.exception("step %d could not be checked", run.step)
                rest = FAILED_SECONDS
            due = time.monotonic() + rest

    async def _examine(self) -> float:
        """It rests by the seconds of a processor: a machine that is busy with other things makes it no dearer."""
        run, revision = self._run, self._run.revision
        async with self._trainer_lock:
            branches, branch = run.branches, run.branches.current  # a command may lead elsewhere before it is told
            found = await self._worker.do(run.trainer, Examine(branches.history.entries))
        branches.measure(branch, found.measured)
        said = {"type": "health", "revision": revision, "branch": branch, **found.message}
        self._tell(self._of_health(), said, revision)
        return max(HEALTH_SECONDS, REST * found.seconds)

    async def _compare(self) -> float:
        run, revision = self._run, self._run.revision
        async with self._trainer_lock:
            trainer = run.trainer
            at = await self._worker.do(trainer, GetCheckpoint())
        result = await self._worker.compare(trainer, at)
        self._tell(self._all(), {"type": "checked", "revision": revision, **result.message}, revision)
        least = FAILED_SECONDS if result.message["state"] == "failed" else CHECK_SECONDS
        return max(least, REST * result.seconds)

    def _all(self) -> list[Viewer]:
        return self._run.viewers

    def _of_health(self) -> list[Viewer]:
        """Who looks at how the layers are."""
        return [viewer for viewer in self._run.viewers if "health" in viewer.watches]

    def _tell(self, viewers: list[Viewer], said: dict[str, Any], revision: int) -> None:
        if revision == self._run.revision:
            for viewer in viewers:
                viewer.tell(said)


async def _requested_within(seconds: float, requested: asyncio.Event | None) -> bool:
    """Waits so long, or until it is requested, where it can be; gives whether it was."""
    if requested is None:
        await asyncio.sleep(seconds)
        return False
    with suppress(TimeoutError):
        await asyncio.wait_for(requested.wait(), seconds)
    was = requested.is_set()
    requested.clear()
    return was


async def check(run: Run, _worker: TrainingWorker, _viewer: Viewer, _command: commands.Check) -> None:
    run.check_requested.set()
