"""Session: the task that works for one run. It obeys commands, one at a time, and takes the turns of training that were
asked for by number; turns of play are begun and ended by the clock.

No command ever meets a half-done step. What is known of the run is in `run`, what commands do in `handlers`; here are
the queue of commands and the task. Nothing here waits for a viewer.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from app.sessions import training
from app.sessions.checks import Checks
from app.sessions.commands import change_commands, handlers
from app.sessions.commands.remembering import kept_job, remember_ended
from app.sessions.copies import RunCopy
from app.sessions.harm_said import harm_refused, refusal_of
from app.sessions.loss_surface_task import LossSurfaceTask
from app.sessions.run import Run
from app.sessions.saving.run_reader import Restored
from app.sessions.saving.saver import Saver
from app.sessions.studies import StudyWork
from app.sessions.trainer_lock import TrainerLock
from app.sessions.training import TURN_SECONDS, Turn
from app.sessions.viewers import Viewer
from app.settings import Limits
from app.store.store import State, Store
from app.training_worker.kept_run import KeptRun
from app.training_worker.port import (
    GetCheckpoint,
    GetExportedRun,
    Job,
    Locate,
    Started,
    Trained,
    TrainingWorker,
    WriteProgram,
)
from app.training_worker.worker_processes.harm import EngineHarmed
from app.wire.commands import Command, Drawn, Focus, History, Inspect, Peek, Predict, Watch
from app.wire.messages import NoticeCode, Refusal, faults_refused, message
from engine.exports.formats import FormatName, ProgramName
from engine.kept.experiment import KeptExperiment
from engine.nn.network import Array
from engine.spec.spec import restarting_fields

log = logging.getLogger(__name__)

LOOKING = (Focus, History, Inspect, Peek, Watch)
"""Commands, besides Drawn and Predict, that a page sends though nobody does anything."""

STEP_SECONDS = 1.0
"""How long a run that is to be kept waits for its Trainer: a step takes some milliseconds, or far too long."""

STORE_NOTICES: dict[State, NoticeCode] = {"ok": "store_again", "full": "store_full", "failed": "store_failed"}
"""What people are told when the store has come into a state."""

R = TypeVar("R")


class Session:
    def __init__(
        self,
        key: str,
        started: Started,
        worker: TrainingWorker,
        limits: Limits,
        admit: Callable[[], None],
        address: str = "",
        store: Store | None = None,
        restored: Restored | None = None,
    ) -> None:
        """admit: raises Refusal where too many runs train already. address: of who came last. restored: a run that has
        been kept, if this is one."""
        self.key = key
        self.address = address
        self._used_at = time.monotonic()
        self.run = Run(key, started, limits, admit)
        if restored is not None:
            restored.into(self.run)
        self.saver = Saver(self.run, store, restored.read.writer if restored else None)
        self._worker = worker
        self._inbox: deque[tuple[Viewer, Command, asyncio.Future[None]]] = deque()
        self._something_to_do = asyncio.Event()
        self.saver.on_due = self._something_to_do.set
        self.turn_seconds: Callable[[], float] = lambda: TURN_SECONDS
        """How long a turn of steps asked for by number may be now."""
        self._trainer_lock = TrainerLock()
        self._closed = False
        self._halting: asyncio.Task[None] | None = None
        """After a turn of the clock's that failed. It holds the lock until the run is halted in words."""
        self._task = asyncio.create_task(self._work())
        self._checks = Checks(self.run, worker, self._trainer_lock)
        self._study_work = StudyWork(self.run.studies, worker, watched=lambda: bool(self.run.viewers))
        self._loss_surface_task = LossSurfaceTask(self.run, worker, self._trainer_lock)

    @property
    def used(self) -> bool:
        return self.run.used

    @property
    def used_at(self) -> float:
        """When somebody last did something, or left."""
        left = 0.0 if self.run.viewers or not self.used else self.run.unwatched_since
        return max(self._used_at, left)

    def join(self, viewer: Viewer) -> None:
        self.run.join(viewer)
        if self.saver.store is not None and self.saver.store.state != "ok":
            viewer.tell(message("notice", STORE_NOTICES[self.saver.store.state], {}))
        self._something_to_do.set()

    def tell_of_store(self) -> None:
        """Whether the run is kept, as that has changed."""
        if self.saver.store is not None:
            self.run.tell(message("notice", STORE_NOTICES[self.saver.store.state], {}))

    def save_if_due(self) -> None:
        """Of a run that plays the next turn sees to it."""
        if self.saver.is_due:
            self._something_to_do.set()

    @property
    def can_end(self) -> bool:
        """Whether nothing is lost if it ends, as far as is known: it is kept or can be, or is not meant to be."""
        store = self.saver.store
        return store is None or store.accepts or not self.saver.is_behind

    async def keep(self) -> bool:
        """Whether everything of the run is in the store afterwards, but for the steps that were asked for by number and
        are being taken: those will be taken again. So it is of a run that another server has taken over. Raises
        TimeoutError where a single step takes too long."""
        if self.saver.store is None:
            return True
        await self.saver.wait()
        while self.saver.is_behind or self._trainer_lock.held:  # perhaps by a change that nobody knows of yet
            async with asyncio.timeout(STEP_SECONDS):
                await self._save()
            await self.saver.wait()
            if self.run.pending or self.saver.has_failed:
                break
        return not self.saver.has_failed

    async def close(self) -> None:
        self._closed = True
        beside = [self._study_work.close(), self._loss_surface_task.close()]
        tasks = [self._task, *self._checks.close(), *beside, *filter(None, [self._halting])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def submit(self, viewer: Viewer, command: Command) -> None:
        """Returns once the command is done and the answer posted. Raises Refusal of a Drawn that cannot be."""
        if isinstance(command, Drawn):  # not in turn: a viewer that waits for its next frame need not wait for training
            self._drawn(viewer, command.frame)
            return
        if isinstance(command, Predict):  # what comes after it need not wait for the answer
            viewer.questions.append(command)
            self._something_to_do.set()
            return
        if not isinstance(command, LOOKING):
            self.run.used, self._used_at = True, time.monotonic()
        done = asyncio.get_running_loop().create_future()
        self._inbox.append((viewer, command, done))
        self._something_to_do.set()
        await done

    def begin_turn(self, seconds: float) -> Turn | None:
        """A turn of at most so many seconds, to be ended by `end_turn`; None where none is due, or somebody else is at
        the Trainer or comes first."""
        if self._inbox or self._can_answer or not self._trainer_lock.try_acquire():
            return None
        try:
            turn = training.next_turn(self.run, seconds, save=self.saver.is_due)
        except Exception as failure:
            self._halt_and_release(failure)
            return None
        if turn is None:
            self._trainer_lock.release()
        return turn

    def end_turn(self, turn: Turn, trained: Trained | Exception) -> None:
        try:
            if isinstance(trained, Exception):
                raise trained
            training.account(self.run, turn, trained)
            if trained.here is not None and self.saver.idle:
                self.saver.begin(trained.here)
        except Exception as failure:
            self._halt_and_release(failure)
            return
        self._trainer_lock.release()
        if self._can_answer or training.has_work(self.run) or self.run.has_ended:
            self._something_to_do.set()

    def _halt_and_release(self, failure: Exception) -> None:
        """So that one session's failure stops neither the clock nor the sessions whose turns are in the same job."""

        async def halt() -> None:
            try:
                await self._halt_after(failure)
            finally:
                self._trainer_lock.release()
                self._something_to_do.set()

        self._halting = asyncio.create_task(halt())

    async def do(self, job: Job[R]) -> R:
        """A job that changes nothing, between two commands or turns."""
        return await self._do(lambda: job)

    async def _do(self, make: Callable[[], Job[R]]) -> R:
        """make: the job, of where the run stands once it is its turn."""
        async with self._trainer_lock:
            return await self._worker.do(self.run.trainer, make())

    async def copy(self) -> RunCopy:
        """For another run to begin where this one stands, between two commands or turns."""
        here = await self.do(GetCheckpoint())
        return self.run.copy(here)

    async def export(self, name: FormatName) -> tuple[bytes, dict[str, Any]]:
        """The run as it stands, as a file, and its comparison with it. Raises Fault and Refusal."""

        def job() -> GetExportedRun:
            return GetExportedRun(*self._origin(), tuple(self.run.branches.history.entries))

        return await self._worker.export(name, await self._do(job))

    async def program(self, name: ProgramName) -> dict[str, Any]:
        """A program of the run as it stands, to be read."""
        return await self._do(lambda: WriteProgram(name, *self._origin()))

    async def kept(self, name: str, note: str = "") -> KeptRun:
        """The run as it stands, to be kept."""
        return await self._do(lambda: kept_job(self.run, name, note))

    async def open_kept(self, kept: KeptExperiment) -> None:
        """The run becomes this experiment, exactly where it was. Raises Refusal."""
        self.run.used, self._used_at = True, time.monotonic()
        async with self._trainer_lock:
            if self._closed:
                raise Refusal("run_cannot_be_fetched", {})
            with harm_refused(self.run.step):
                await change_commands.open_kept(self.run, self._worker, kept)
        self._something_to_do.set()  # its first picture

    def _origin(self) -> tuple[Array, bool]:
        """The parameters of its start, and whether it was changed since."""
        branches = self.run.branches
        return branches.start.state.parameters, branches.timeline.changed_before(self.run.step)

    async def load_weights(self, data: bytes) -> None:
        """Starts again, paused, with the weights of a model file; goes on while that is read. Raises Refusal."""
        self.run.used, self._used_at = True, time.monotonic()
        while True:
            spec = self.run.spec
            with faults_refused():
                weights = await self._worker.read_weights(spec, data)
            async with self._trainer_lock:
                if self._closed:
                    raise Refusal("run_cannot_be_fetched", {})
                if not restarting_fields(spec, self.run.spec):  # else perhaps of another network by now
                    with harm_refused(self.run.step):
                        await change_commands.load_weights(self.run, self._worker, weights)
                    break
        self._something_to_do.set()  # its first picture

    def _drawn(self, viewer: Viewer, frame: int) -> None:
        if frame > viewer.outbox.newest:
            raise Refusal("no_such_frame", {"frame": frame, "newest": viewer.outbox.newest})
        viewer.outbox.drawn(frame)
        if not self.run.playing:  # else the clock looks
            self._something_to_do.set()

    async def _work(self) -> None:
        run, worker = self.run, self._worker
        while True:
            await self._something_to_do.wait()
            self._something_to_do.clear()
            await self._answer_questions()
            while self._inbox:
                viewer, command, done = self._inbox.popleft()
                async with self._trainer_lock:
                    await self._guarded(handlers.obey(run, worker, viewer, command))
                if not done.done():  # whoever sent it may have left
                    done.set_result(None)
            if training.has_work(run):
                async with self._trainer_lock:
                    await self._guarded(training.take_turn(run, worker, self.turn_seconds()))
                await self._answer_questions()  # before the run leaves the frame it has just shown
            if run.has_ended:
                async with self._trainer_lock:
                    await remember_ended(run, worker)
            if not run.playing and self.saver.is_due:
                await self._guarded(self._save())
            if training.has_work(run):
                self._something_to_do.set()

    async def _save(self) -> None:
        async with self._trainer_lock:
            here = await self._worker.do(self.run.trainer, GetCheckpoint())
            if self.saver.idle and self.saver.is_behind:  # a turn that was under way may have seen to it
                self.saver.begin(here)

    @property
    def _can_answer(self) -> bool:
        """Whether a question waits that can be answered now, and perhaps no more once the run has moved on."""
        return any(viewer.has_question(self.run.picture) for viewer in self.run.viewers)

    async def _answer_questions(self) -> None:
        for viewer in list(self.run.viewers):
            while viewer.has_question(self.run.picture):
                async with self._trainer_lock:  # meanwhile the run may have moved on
                    if (question := viewer.take_question(self.run.picture)) is not None:
                        await self._guarded(handlers.obey(self.run, self._worker, viewer, question))

    async def _guarded(self, doing: Awaitable[None]) -> None:
        """A failure of the engine ends neither the session nor the server."""
        try:
            await doing
        except Exception as failure:
            await self._halt_after(failure)

    async def _halt_after(self, failure: Exception) -> None:
        """Logged once, told, and training stops."""
        run = self.run
        harmed = failure if isinstance(failure, EngineHarmed) else None
        if harmed:
            log.warning("the process that trains after step %d: %r", run.step, failure)
        else:
            log.error("the engine failed after step %d of %r", run.step, run.spec, exc_info=failure)
        run.halt()
        await self._locate_again()
        run.tell_state()
        failed = refusal_of(harmed, run.step) if harmed else Refusal("engine_failed", {"step": run.step})
        for viewer in run.viewers:
            if not harmed:
                viewer.seen = viewer.scored = run.picture  # there is none to be had
            viewer.tell(failed.message())

    async def _locate_again(self) -> None:
        """A turn that failed half-way may have taken some of its steps."""
        run = self.run
        try:
            placed = await self._worker.do(run.trainer, Locate())
        except Exception as fault:  # then the run stays where it was last known to stand
            log.warning("after that not even the losses can be had: %r", fault)
            return
        if placed.checkpoint.state.step != run.step:
            run.place(placed)
            run.set_by_hand = False
            run.tell_timeline()
