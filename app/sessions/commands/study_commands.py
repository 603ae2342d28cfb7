"""Commands that begin studies, which are many runs at once, and stop them; that ask what lies around the weights of
now, and go there."""

from dataclasses import replace

import numpy as np

from app.sessions.commands.change_commands import change
from app.sessions.loss_surface import Question
from app.sessions.run import Run
from app.sessions.viewers import Viewer
from app.training_worker.port import GetCheckpoint, GoTo, TrainingWorker
from app.training_worker.study_requests import LuckStudy, RateStudy, Study, SweepStudy
from app.wire import studies
from app.wire.commands import changed
from app.wire.messages import Refusal, faults_refused
from engine.studies.knobs import spaced
from engine.studies.sweep import Axis


async def begin_sweep(run: Run, worker: TrainingWorker, viewer: Viewer, command: studies.Sweep) -> None:
    with faults_refused():
        x, y = (Axis(axis.knob, spaced(**axis.model_dump())) for axis in (command.x, command.y))
    asked = SweepStudy(
        changed(run.spec, command.fields), x, y, command.epochs, command.seeds, command.measure, command.target
    )
    await begin(run, worker, viewer, command, asked)


async def begin_luck(run: Run, worker: TrainingWorker, viewer: Viewer, command: studies.Luck) -> None:
    spec = changed(run.spec, command.fields)
    if command.against:
        changed(spec, command.against)
    asked = LuckStudy(spec, command.seeds, command.epochs, command.vary, command.against)
    await begin(run, worker, viewer, command, asked)


async def find_rate(run: Run, worker: TrainingWorker, viewer: Viewer, command: studies.FindRate) -> None:
    await begin(run, worker, viewer, command, RateStudy(changed(run.spec, command.fields)))


async def begin(run: Run, worker: TrainingWorker, viewer: Viewer, command: studies.StudyCommand, asked: Study) -> None:
    """Or tells what it would cost. Raises Refusal."""
    planned = await worker.plan(asked)
    if command.begin:
        run.studies.begin(planned, command.then)
        return
    run.studies.refuse_too_large(planned)
    viewer.tell({"type": "study_cost", "runs": planned.runs, "seconds": round(planned.seconds, 2)})


async def ask(run: Run, _worker: TrainingWorker, viewer: Viewer, question: Question) -> None:
    run.loss_surface.ask(viewer, question)


async def go_to_point(run: Run, worker: TrainingWorker, _viewer: Viewer, command: studies.GoToPoint) -> None:
    parameters = run.loss_surface.plane(command.plane).parameters(command.x, command.y)
    if not np.isfinite(parameters).all():
        raise Refusal("no_such_plane", {})
    here = await worker.do(run.trainer, GetCheckpoint())
    there = replace(here, state=replace(here.state, parameters=parameters, diverged=None))
    await change(run, worker, ("landscape",), GoTo(there, 0))
    run.tell_state()
    run.tell_timeline()


async def control(run: Run, _worker: TrainingWorker, viewer: Viewer, command: studies.StudyControl) -> None:
    match command.action:
        case "stop":
            run.studies.stop()
        case "go_on":
            run.studies.go_on()
        case "end":
            run.studies.end()
        case "tell":
            run.studies.tell_whole(viewer.post)
