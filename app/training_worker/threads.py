"""Threads: a TrainingWorker that keeps Trainers in this process and does jobs in pools of threads, one thread per core.

NumPy and compiled kernels release the GIL while they compute, so that runs train at the same moment. Comparisons go to
a process of their own, for they load torch.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

from app.training_worker import (
    checkup,
    exporting,
    jobs,
    long_work,
    loss_surface,
    studies,
    uploaded_files,
)
from app.training_worker.autograd_process import asker, maker
from app.training_worker.memory import MemoryBudget, data_bytes, norm_bytes
from app.training_worker.page_data import preset_pictures
from app.training_worker.port import (
    Compared,
    Configure,
    GetCheckpointBeforeLastStep,
    GoTo,
    Job,
    Peek,
    Started,
    SwitchBackend,
    Train,
    Trained,
    TrainerHandle,
    TrainingWorker,
)
from app.training_worker.study_requests import LossSurfaceAnswer, PlannedStudy, Question, Study, StudyHandle, StudyPiece
from app.training_worker.worker_processes.processes import Processes, ProcessHarmed
from app.wire.messages import faults_refused
from engine.backends import MakeBackend
from engine.data.datasets import is_held
from engine.data.digits import BUNDLED_ONLY, DataSources
from engine.exports.exported_run import ExportedRun
from engine.exports.formats import FormatName
from engine.nn.network import Array
from engine.spec.choices import BackendName, BugName
from engine.spec.presets import Preset
from engine.spec.spec import Spec
from engine.training.timeline import Checkpoint
from engine.training.trainer import Trainer
from engine.training.weights import Weights

log = logging.getLogger(__name__)

WAITING = 8
"""Threads that wait for the process of torch, which does one thing after another whatever their number."""

P = ParamSpec("P")
R = TypeVar("R")


class TrainerInThisProcess(TrainerHandle):
    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer


class TrainingThreads(TrainingWorker):
    def __init__(
        self,
        backend: BackendName,
        processes: Processes,
        sources: DataSources = BUNDLED_ONLY,
        memory: MemoryBudget | None = None,
    ) -> None:
        self._memory = memory or MemoryBudget()
        self._backend: BackendName = backend
        self._processes = processes
        self._sources = sources
        self._cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._training = ThreadPoolExecutor(self._cores, thread_name_prefix="training")
        self._long = ThreadPoolExecutor(self._cores, thread_name_prefix="long", initializer=long_work.lower_priority)
        """Where a job takes long, and holds up none but others that do."""
        self._waiting = ThreadPoolExecutor(WAITING, thread_name_prefix="waiting")
        """Of runs that torch trains: these threads wait for its process, so that none of those that compute does."""
        self._studies = ThreadPoolExecutor(
            self._cores, thread_name_prefix="studies", initializer=long_work.lowest_priority
        )
        self._presets = ThreadPoolExecutor(1, thread_name_prefix="presets")
        self._presets_stopped = threading.Event()

    @property
    def memory(self) -> MemoryBudget:
        return self._memory

    @property
    def parallel_jobs(self) -> int:
        return self._cores

    async def start(
        self,
        spec: Spec,
        parameters: dict[str, Array] | None = None,
        bug: BugName | None = None,
        backend: BackendName | None = None,
    ) -> Started:
        backend = backend or self._backend
        make = maker(asker(self._processes, asyncio.get_running_loop()), self._sources)
        needed = norm_bytes(spec) + (0 if is_held(spec, self._sources) else data_bytes(spec))
        with self._memory.reserved(needed):
            pool = self._pool(spec, backend)
            return await _in(pool, self._start, spec, parameters, bug, backend, make)

    def _start(
        self,
        spec: Spec,
        parameters: dict[str, Array] | None,
        bug: BugName | None,
        backend: BackendName,
        make: MakeBackend,
    ) -> Started:
        trainer = jobs.start(spec, parameters, bug, backend=backend, sources=self._sources, make_backend=make)
        return jobs.started(TrainerInThisProcess(trainer), trainer)

    async def do(self, trainer: TrainerHandle, job: Job[R]) -> R:
        assert isinstance(trainer, TrainerInThisProcess)
        grown = norm_bytes(job.spec) - norm_bytes(trainer.trainer.spec) if isinstance(job, Configure) else 0
        with self._memory.reserved(max(grown, 0)):
            pool = self._pool(trainer.trainer.spec, _backend_of(job, trainer.trainer.backend))
            return await _in(pool, jobs.do, trainer.trainer, job)

    async def compare(self, trainer: TrainerHandle, at: Checkpoint) -> Compared:
        assert isinstance(trainer, TrainerInThisProcess)
        try:
            step = await _in(self._training, checkup.step_to_compare, trainer.trainer, at)
            return Compared(*await self._processes.run("check", checkup.compared, at, step, self._sources))
        except ProcessHarmed as harm:
            log.warning("step %d could not be checked: %r", at.state.step, harm)
            return Compared(checkup.failed(at, harm.reason, harm.limit), 0)
        except Exception:
            log.exception("step %d could not be checked", at.state.step)
            return Compared(checkup.failed(at, "error", None), 0)

    async def read_weights(self, spec: Spec, data: bytes) -> Weights:
        return await uploaded_files.weights(self._processes, spec, data)

    async def export(self, name: FormatName, run: ExportedRun) -> tuple[bytes, dict[str, Any]]:
        return await exporting.export(self._processes, name, run, self._sources)

    async def train(
        self, turns: Sequence[tuple[TrainerHandle, Train]], takes_long: bool = False
    ) -> list[Trained | Exception]:
        waits = any(one.trainer.backend == "autograd" for one, _ in turns if isinstance(one, TrainerInThisProcess))
        return await _in(self._waiting if waits else self._long if takes_long else self._training, self._train, turns)

    def _pool(self, spec: Spec, backend: BackendName) -> ThreadPoolExecutor:
        if backend == "autograd":
            return self._waiting
        return self._long if long_work.takes_long(spec) else self._training

    def _train(self, turns: Sequence[tuple[TrainerHandle, Train]]) -> list[Trained | Exception]:
        results: list[Trained | Exception] = []
        for trainer, job in turns:
            assert isinstance(trainer, TrainerInThisProcess)
            try:
                results.append(jobs.do(trainer.trainer, job))
            except Exception as failure:
                results.append(failure)
        return results

    async def plan(self, study: Study) -> PlannedStudy:
        with faults_refused():
            plan = await _in(self._training, studies.plan, study, self._sources, self._backend, self._cores)
        with self._memory.reserved(plan.bytes):  # nothing of it is there yet, but what would be too much is refused
            return studies.planned(plan)

    async def work_on(self, study: StudyHandle) -> StudyPiece:
        assert isinstance(study, studies.StudyInThisProcess)
        return await _in(self._studies, study.piece)

    async def measure_loss_surface(
        self, trainer: TrainerHandle, at: Checkpoint, question: Question
    ) -> LossSurfaceAnswer:
        assert isinstance(trainer, TrainerInThisProcess)
        with faults_refused():
            return await _in(self._studies, loss_surface.measured, trainer.trainer, at, question)

    async def preset_picture(self, preset: Preset) -> dict[str, Any]:
        return await _in(
            self._presets, preset_pictures.make, preset, self._backend, self._sources, self._presets_stopped.is_set
        )

    def stop_presets(self) -> None:
        self._presets_stopped.set()

    def close(self) -> None:
        self.stop_presets()
        for pool in (self._training, self._long, self._waiting, self._studies, self._presets):
            pool.shutdown(wait=False, cancel_futures=True)


def _backend_of(job: Job[Any], now: BackendName) -> BackendName:
    """Which the job will ask; now: the Trainer's before it."""
    match job:
        case SwitchBackend():
            return job.backend
        case GoTo():
            return job.checkpoint.backend
        case Peek() | GetCheckpointBeforeLastStep() if now != "autograd":  # else it is come back to
            return job.moment.checkpoint.backend
    return now


async def _in(pool: Executor, work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    return await asyncio.get_running_loop().run_in_executor(pool, partial(work, *arguments, **named))
