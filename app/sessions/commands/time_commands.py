"""Commands that go through the time of a run (back, to a step of a branch, a new branch) and that inspect a step."""

from app.sessions.run import Run
from app.sessions.viewers import Viewer
from app.training_worker import port
from app.training_worker.port import InspectRequest, TrainingWorker
from app.wire import commands
from app.wire.messages import Refusal
from engine.explaining.terms import Subject
from engine.training.timeline import Checkpoint, Moment

SEEK_SECONDS = 0.03
"""How long training from a kept moment to the step asked for may take: the page then has its picture within 50 ms."""

STEPS_ALWAYS_REPLAYED = 10
"""However long they take: of a run that has just begun the seconds of a step are not known yet."""

# Inspecting a step


async def inspect(run: Run, worker: TrainingWorker, viewer: Viewer, command: commands.Inspect) -> None:
    if command.subject is None:
        viewer.inspect_request = None
        return
    request = InspectRequest(Subject(**command.subject.model_dump()), command.sample, command.step)
    if request.step != run.step + 1:
        run.before = await _before_last_step(run, worker)
    viewer.tell(await worker.do(run.trainer, port.Explain(run.before, request)))
    viewer.inspect_request = request


async def _before_last_step(run: Run, worker: TrainingWorker) -> Checkpoint | None:
    """Where the run stood before its last step; None where something else than a step has put it there, or where that
    checkpoint cannot be had again in time."""
    if run.before is not None or run.set_by_hand or run.step == 0:
        return run.before
    moment = run.branches.timeline.nearest(run.branches.current, run.step - 1)
    if _replayed(run, moment, run.step) < run.step - moment.step:
        return None
    return await worker.do(run.trainer, port.GetCheckpointBeforeLastStep(moment))


async def open_next_step(run: Run, worker: TrainingWorker, viewer: Viewer, command: commands.Open) -> None:
    viewer.tell(await worker.do(run.trainer, port.OpenNextStep(command.sample)))


# Through time


async def back(run: Run, worker: TrainingWorker, _viewer: Viewer, command: commands.Back) -> None:
    await _seek(run, worker, run.branches.current, run.step - command.steps)


async def seek(run: Run, worker: TrainingWorker, _viewer: Viewer, command: commands.Seek) -> None:
    await _seek(run, worker, command.branch, command.step)


async def _seek(run: Run, worker: TrainingWorker, branch: int, step: int) -> None:
    """Goes, paused, to a step of a branch; where that would take too long, to a kept moment shortly before it."""
    branch, moment = _moment(run, branch, step)
    run.halt()
    branches = run.branches
    if run.step > branches.timeline.branches[branches.current].last_step:  # so that the newest step can be come back to
        here = await worker.do(run.trainer, port.Locate())
        branches.timeline.record(here.checkpoint, here.entry.test_loss)
    steps = _replayed(run, moment, step)
    other_spec, other_branch = run.spec != moment.checkpoint.spec, branches.current != branch
    branches.current = branch
    run.undo.settle()
    run.place(await worker.do(run.trainer, port.GoTo(moment.checkpoint, steps)))
    run.set_by_hand = False
    if other_spec:
        run.revise()
    if other_branch:
        run.tell_curves()
    run.tell_state()
    run.tell_timeline()


async def branch(run: Run, worker: TrainingWorker, _viewer: Viewer, _command: commands.Branch) -> None:
    """Begins a branch with nothing changed; the end that is left is kept."""
    run.branches.refuse_new(-1)
    here = await worker.do(run.trainer, port.Locate())
    run.branches.timeline.record(here.checkpoint, here.entry.test_loss)
    run.undo.settle()
    run.branches.begin(here.checkpoint, here.entry.test_loss, ())
    run.tell_curves()
    run.tell_state()
    run.tell_timeline()


async def peek(run: Run, worker: TrainingWorker, viewer: Viewer, command: commands.Peek) -> None:
    """Shows a step of a branch beside the one of now."""
    branch, moment = _moment(run, command.branch, command.step)
    steps = _replayed(run, moment, command.step)
    peeked = await worker.do(run.trainer, port.Peek(moment, steps))
    viewer.tell({"type": "peeked", "branch": branch, **peeked})


def _moment(run: Run, branch: int, step: int) -> tuple[int, Moment]:
    """The branch that really has the step, and its moment at or before it."""
    timeline = run.branches.timeline
    if branch >= len(timeline.branches):
        raise Refusal("no_such_branch", {"branch": branch, "limit": len(timeline.branches)})
    highest = timeline.branches[branch].last_step
    if branch == timeline.current:
        highest = max(highest, run.step)
    while (parent := timeline.branches[branch].parent) is not None and step < timeline.branches[branch].first_step:
        branch = parent
    lowest = timeline.branches[branch].first_step
    if not lowest <= step <= highest:
        raise Refusal("no_such_moment", {"step": step, "lowest": lowest, "highest": highest})
    return branch, timeline.nearest(branch, step)


def _replayed(run: Run, moment: Moment, step: int) -> int:
    """How many steps to take from a moment in order to stand at a step; none where that would take too long."""
    wanted = step - moment.step
    most = max(STEPS_ALWAYS_REPLAYED, run.pace.fitting(SEEK_SECONDS))
    return 0 if moment.gap or wanted > most else wanted
