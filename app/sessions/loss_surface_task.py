"""LossSurfaceTask: answers what viewers ask beside training, one question after another.

It holds the Trainer no longer than a copy of the State takes; what is measured then is measured beside training.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.sessions.history.branches import Branches
from app.sessions.run import Run
from app.sessions.trainer_lock import TrainerLock
from app.sessions.viewers import Viewer
from app.training_worker import study_requests
from app.training_worker.port import GetCheckpoint, TrainingWorker
from app.training_worker.study_requests import PictureStudy
from app.wire import studies
from app.wire.commands import changed
from app.wire.messages import Refusal
from engine.nn.network import Array, Network
from engine.spec.spec import Spec
from engine.training.timeline import Checkpoint, Moment

log = logging.getLogger(__name__)

PATH_NUMBERS = 2_000_000
"""Of all points of all paths together, 8 MB: wide networks have fewer points."""
PATH_POINTS = 60
"""More cannot be told apart on a screen."""


class LossSurfaceTask:
    def __init__(self, run: Run, worker: TrainingWorker, trainer_lock: TrainerLock) -> None:
        self._run = run
        self._worker = worker
        self._trainer_lock = trainer_lock
        self._task = asyncio.create_task(self._work())

    def close(self) -> asyncio.Task[None]:
        self._task.cancel()
        return self._task

    async def _work(self) -> None:
        loss_surface = self._run.loss_surface
        while True:
            await loss_surface.asked.wait()
            asked = loss_surface.next()
            if asked is None:
                continue
            viewer, question = asked
            try:
                if isinstance(question, studies.RunPicture):
                    answer = await self._picture(viewer, question)
                else:
                    answer = await self._answer(question)
            except Refusal as refusal:
                answer = {**refusal.message(), "failed": True}
            except Exception:  # the session goes on without
                log.exception("a question of the type %s could not be answered", question.type)
                answer = {**Refusal("study_failed", {}).message(), "failed": True}
            numbered = {"number": question.number} if isinstance(question, studies.RunPicture) else {}
            viewer.tell({**answer, **numbered, "type": question.type})

    async def _picture(self, viewer: Viewer, question: studies.RunPicture) -> dict[str, Any]:
        """None where the run has diverged, or the viewer has left or asked for another one. Raises Refusal."""
        run, worker = self._run, self._worker
        planned = await worker.plan(PictureStudy(changed(run.spec, question.fields), question.steps))
        run.studies.refuse_too_large(planned)
        parts: list[Any] = []
        while not parts and viewer in run.viewers and not run.loss_surface.is_asked(viewer, studies.RunPicture):
            parts = (await worker.work_on(planned.handle)).parts
        return {"picture": parts[0] if parts else None}

    async def _answer(self, question: studies.Landscape | studies.Curvature) -> dict[str, Any]:
        """Raises Refusal."""
        if isinstance(question, studies.Landscape):
            return await self._landscape(question)
        return await self._measured(lambda _at: study_requests.CurvatureQuestion(question.count))

    async def _landscape(self, question: studies.Landscape) -> dict[str, Any]:
        others: dict[str, tuple[Array, ...]] = {}

        def asked(at: Checkpoint) -> study_requests.LandscapeQuestion:
            others.update(other_paths(self._run, at, question.others))
            return study_requests.LandscapeQuestion(
                question.side,
                directions_of(question),
                question.samples,
                question.seed,
                path_of(self._run.branches, at.state.step, PATH_NUMBERS // (1 + len(others))),
                tuple(others.values()),
            )

        told = await self._measured(asked)
        named = [{"session": key, **other} for key, other in zip(others, told["others"], strict=True)]
        return {**told, "others": named}

    async def _measured(self, asked: Callable[[Checkpoint], study_requests.Question]) -> dict[str, Any]:
        run = self._run
        async with self._trainer_lock:
            trainer, revision = run.trainer, run.revision
            at = await self._worker.do(trainer, GetCheckpoint())
            question = asked(at)
        surveyed = await self._worker.measure_loss_surface(trainer, at, question)
        kept = surveyed.plane if run.trainer is trainer else None
        plane = None if kept is None else run.loss_surface.keep(kept)
        return {**surveyed.message, "revision": revision, "plane": plane}


def other_paths(run: Run, at: Checkpoint, keys: tuple[str, ...]) -> dict[str, tuple[Array, ...]]:
    """Of those of these sessions that are there and whose networks are as that of this run, by their keys."""
    found = {key: run.find_other(key) for key in keys}
    same = {key: other for key, other in found.items() if other is not None and same_network(at.spec, other.spec)}
    paths = {key: whole_path_of(other.branches, PATH_NUMBERS // (1 + len(same))) for key, other in same.items()}
    count = len(at.state.parameters)  # a run that is about to begin anew may have the new Spec and the old path
    return {key: path for key, path in paths.items() if all(len(point) == count for point in path)}


def same_network(one: Spec, other: Spec) -> bool:
    """Whether the same weights give the same outputs; dropout is not there when a loss is shown."""
    first, second = (
        replace(network, stages=tuple(replace(stage, dropout=0) for stage in network.stages))
        for network in (Network.of(one), Network.of(other))
    )
    return first == second and one.features == other.features


def directions_of(question: studies.Landscape) -> Any:
    """As `engine.studies.landscape` has them."""
    if question.directions != "weights":
        return question.directions
    first, second = question.weights
    return (first.tensor, first.index), (second.tensor, second.index)


def whole_path_of(branches: Branches, numbers: int = PATH_NUMBERS) -> tuple[Array, ...]:
    """The way to the newest moment that is kept, which is its end."""
    newest = branches.timeline.branches[branches.timeline.current].moments[-1].checkpoint.state
    return (*path_of(branches, newest.step, numbers), newest.parameters)


def path_of(branches: Branches, step: int, numbers: int = PATH_NUMBERS) -> tuple[Array, ...]:
    """The weights at the moments that are kept of the way to this step, evenly thinned out."""
    timeline, end = branches.timeline, step
    moments: list[Moment] = []
    number: int | None = timeline.current
    while number is not None:
        branch = timeline.branches[number]
        moments = [moment for moment in branch.moments if moment.step < end] + moments
        number, end = branch.parent, min(end, branch.first_step)
    parameters = [moment.checkpoint.state.parameters for moment in moments]
    if not parameters:
        return ()
    most = max(2, min(PATH_POINTS, numbers // len(parameters[0])))
    stride = -(-len(parameters) // most)
    return tuple(parameters[::stride])
