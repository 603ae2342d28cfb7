"""Commands that begin studies, which are many runs at once, and stop them."""

from app.sessions.run import Run
from app.sessions.viewers import Viewer
from app.training_worker.port import TrainingWorker
from app.training_worker.study_requests import Study, SweepStudy
from app.wire import commands
from app.wire.commands import changed
from app.wire.messages import faults_refused
from engine.studies.knobs import spaced
from engine.studies.sweep import Axis


async def begin_sweep(run: Run, worker: TrainingWorker, viewer: Viewer, command: commands.Sweep) -> None:
    with faults_refused():
        x, y = (Axis(axis.knob, spaced(**axis.model_dump())) for axis in (command.x, command.y))
    asked = SweepStudy(
        changed(run.spec, command.fields), x, y, command.epochs, command.seeds, command.measure, command.target
    )
    await begin(run, worker, viewer, command, asked)


async def begin(run: Run, worker: TrainingWorker, viewer: Viewer, command: commands.StudyCommand, asked: Study) -> None:
    """Or tells what it would cost. Raises Refusal."""
    planned = await worker.plan(asked)
    if command.begin:
        run.studies.begin(planned, command.then)
        return
    run.studies.refuse_too_large(planned)
    viewer.tell({"type": "study_cost", "runs": planned.runs, "seconds": round(planned.seconds, 2)})


async def control(run: Run, _worker: TrainingWorker, viewer: Viewer, command: commands.StudyControl) -> None:
    match command.action:
        case "stop":
            run.studies.stop()
        case "go_on":
            run.studies.go_on()
        case "end":
            run.studies.end()
        case "tell":
            run.studies.tell_whole(viewer.tell)
