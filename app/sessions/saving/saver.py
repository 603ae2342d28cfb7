"""Saver: when a run is saved, and whether it has been. One save of a run at a time; nothing waits for it."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from app.sessions.run import Run
from app.sessions.saving.captured_run import CapturedRun
from app.sessions.saving.run_writer import RunWriter
from app.store.repository import TakenOver
from app.store.store import Store, spread
from engine.training.timeline import Checkpoint

log = logging.getLogger(__name__)

SAVE_SECONDS = 1.0
"""Between two saves of a run that trains: what a killed server loses at most, but for the time that one takes."""

PAUSED_SECONDS = 0.2
"""The same of a run that is paused: a slider that is turned makes a hundred changes a second."""

REST, LONGEST_REST = 4, 5.0
"""How many times as long as a save took there is none, and how many seconds at most, so that slow disks and large
networks get fewer."""

RETRY_SECONDS = 30.0
"""Until the next try, where a run cannot be saved though the store works."""


class Saver:
    def __init__(self, run: Run, store: Store | None, writer: RunWriter | None = None) -> None:
        """store: None: nothing is kept. writer: of a run that the store has already."""
        self._run = run
        self._store = store
        self._writer = writer or RunWriter()
        self._saved: tuple[Any, ...] = ()
        """Of what was saved last: see `_state`."""
        self._saved_at = -SAVE_SECONDS
        self._rest = 0.0
        """Seconds from the beginning of the last save to the next, at least."""
        self._retry_at = 0.0
        self._saving: asyncio.Task[None] | None = None
        self.has_failed = False
        """Whether the last save could not be done."""
        self.taken_over = False
        """Whether another server has the run now: nothing of it is kept here any more."""
        self.on_taken_over: Callable[[], None] = lambda: None
        """Called when that turns out."""
        self.on_due: Callable[[], None] = lambda: None
        """Called when the next save may be begun, of a run that is paused."""

    @property
    def store(self) -> Store | None:
        return self._store

    @property
    def idle(self) -> bool:
        return self._saving is None

    @property
    def is_behind(self) -> bool:
        """Whether there is something to keep that no save has, nor the one that is under way."""
        is_kept = self._store is not None and self._run.used and not self.taken_over
        return is_kept and self._saved != self._state()

    @property
    def is_due(self) -> bool:
        """Whether one should be begun now: soon after a change, now and then while the run trains."""
        if self._store is None or not self.idle or not self._store.accepts:
            return False
        apart = max(self._rest, SAVE_SECONDS if self._run.working else PAUSED_SECONDS)
        return self._run.clock() >= max(self._saved_at + apart, self._retry_at) and self.is_behind

    def begin(self, checkpoint: Checkpoint) -> None:
        """Begins a save of the run, whose Trainer stands there."""
        assert self._store is not None
        self._saved, self._saved_at = self._state(), self._run.clock()
        captured = CapturedRun.of(self._run, checkpoint, self._store.server)
        self._saving = asyncio.create_task(self._write(self._store, captured))

    async def wait(self) -> None:
        """Until no save is under way."""
        while self._saving is not None:
            await asyncio.wait({self._saving})

    async def _write(self, store: Store, captured: CapturedRun) -> None:
        self.has_failed, is_complete = True, self._writer.knows_nothing
        try:
            self.has_failed = not await store.write(partial(self._writer.save, captured))
        except TakenOver:
            self.has_failed, self.taken_over = False, True
            self.on_taken_over()
        except Exception:
            log.exception("a run could not be saved")
        finally:
            self._saving = None
            self._rest = min(REST * (self._run.clock() - self._saved_at), LONGEST_REST)
            if self.has_failed:  # the next save is of everything; where this one was, it may be the run's own fault
                self._writer, self._saved = RunWriter(), ()
                self._retry_at = self._run.clock() + (
                    spread(RETRY_SECONDS) if is_complete and store.state == "ok" else 0.0
                )
            rest = max(PAUSED_SECONDS, self._rest)
            asyncio.get_running_loop().call_later(spread(rest) if self.has_failed else rest, self.on_due)

    def _state(self) -> tuple[Any, ...]:
        """Differs where there is something new to be kept."""
        run, branches = self._run, self._run.branches
        measured = len(branches.measurements[branches.current])
        asked = (run.pending.steps, run.pending.epochs)
        changes = (len(branches.timeline.branches), branches.current, *run.undo.counts.values())
        return (run.revision, run.picture, run.status, run.pace.steps_per_second, asked, changes, measured)
