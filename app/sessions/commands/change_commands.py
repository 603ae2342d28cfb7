"""Commands that change what a run trains: its Spec, a parameter, a bug, its start; and undo and redo of those."""

import secrets
from dataclasses import replace

from app.sessions.commands.remembering import remember_left
from app.sessions.history.branches import Branches
from app.sessions.history.undo import Change, SetUp
from app.sessions.run import Run
from app.sessions.viewers import Viewer
from app.training_worker import port
from app.training_worker.kept_run import OpenKept
from app.training_worker.port import Job, Placed, TrainingWorker
from app.wire import commands
from app.wire.commands import changed
from app.wire.messages import Refusal, faults_refused
from engine.backends.bugs import BUGS, affects, compatible_with
from engine.kept.experiment import KeptExperiment
from engine.nn.network import Array
from engine.spec.choices import BackendName, BugName
from engine.spec.spec import Spec, restarting_fields
from engine.training.weights import Weights

NEW_SEEDS = 10_000
"""Another seed than before, below this: short enough to be read out to a class."""


async def configure(run: Run, worker: TrainingWorker, viewer: Viewer, command: commands.Configure) -> None:
    old = run.spec
    new = changed(old, command.spec)
    if new == old:
        run.tell_state()
        return
    if restarting_fields(old, new):
        await begin_again(run, worker, viewer, new)
        return
    fields = tuple(name for name in Spec.model_fields if getattr(old, name) != getattr(new, name))
    await change(run, worker, fields, port.Configure(new))
    run.revise()
    run.tell_state()
    run.tell_timeline()


async def begin(run: Run, worker: TrainingWorker, _viewer: Viewer, command: commands.Begin) -> None:
    spec, left, earlier = changed(Spec(), command.spec), _whole(run), run.undo
    await restart(run, worker, spec, bug=command.bug, backend=command.engine)
    run.halt()
    run.set_speed(command.steps_per_second)
    run.undo.follow(earlier, left, spec, SetUp(run.experiment.bug, command.steps_per_second, run.experiment.backend))
    run.tell_start()
    run.check_requested.set()


async def edit(run: Run, worker: TrainingWorker, _viewer: Viewer, command: commands.Edit) -> None:
    shapes = run.experiment.shapes
    shape = shapes.get(command.tensor)
    if shape is None:
        raise Refusal("no_such_tensor", {"tensor": command.tensor, "choices": list(shapes)})
    if len(command.index) != len(shape) or any(i >= size for i, size in zip(command.index, shape, strict=True)):
        raise Refusal("no_such_entry", {"tensor": command.tensor, "shape": " × ".join(map(str, shape))})
    await change(run, worker, (command.tensor,), port.Edit(command.tensor, command.index, command.value))
    run.tell_state()
    run.tell_timeline()


async def plant(run: Run, worker: TrainingWorker, _viewer: Viewer, command: commands.Plant) -> None:
    """Chooses an optimizer that can have the bug, where the present one cannot."""
    bug, spec = command.bug, run.spec
    before = spec.optimizer
    if bug is not None and not affects(bug, spec):
        raise Refusal("bug_has_no_place", {"bug": bug})
    if bug is not None and not compatible_with(bug, spec.optimizer):
        spec = spec.changed(optimizer=(*BUGS[bug].optimizers, "sgd")[0])
    await change(run, worker, ("bug",), port.PlantBug(spec, bug))
    if spec.optimizer != before:
        run.notify("optimizer_for_bug", {"optimizer": spec.optimizer})
    run.revise()
    run.tell_state()
    run.tell_timeline()
    run.check_requested.set()


async def engine(run: Run, worker: TrainingWorker, _viewer: Viewer, command: commands.Engine) -> None:
    if command.name != run.experiment.backend:
        await change(run, worker, ("engine",), port.SwitchBackend(command.name))
        run.revise()
        run.tell_timeline()
        run.check_requested.set()
    run.tell_state()


async def reset(run: Run, worker: TrainingWorker, viewer: Viewer, _command: commands.Reset) -> None:
    await begin_again(run, worker, viewer, run.spec, paused=True)


async def regenerate(run: Run, worker: TrainingWorker, viewer: Viewer, _command: commands.Regenerate) -> None:
    seed = (run.spec.seed + 1 + secrets.randbelow(NEW_SEEDS - 1)) % NEW_SEEDS
    await begin_again(run, worker, viewer, changed(run.spec, {"seed": seed, "data_seed": None, "start_seed": None}))


async def change(run: Run, worker: TrainingWorker, what: tuple[str, ...], job: Job[Placed]) -> None:
    """Does a job that can be undone; what: fields of the Spec, or tensors. A branch begins where the run stands earlier
    than the end of its own."""
    run.branches.refuse_new(run.step)
    here = await worker.do(run.trainer, port.GetCheckpoint())
    placed = await worker.do(run.trainer, job)
    run.undo.add(Change(here.spec, run.branches.current, here, step=run.step), what, placed.checkpoint.spec)
    if place(run, placed, what):
        run.tell_curves()


def place(run: Run, placed: Placed, what: tuple[str, ...]) -> bool:
    """The run stands where a change has put it. Gives whether a branch began."""
    run.place(placed)
    return run.branches.place(placed.checkpoint, placed.entry.test_loss, what)


# A new start


async def restart(
    run: Run,
    worker: TrainingWorker,
    spec: Spec,
    *,
    bug: BugName | None,
    backend: BackendName | None,
    parameters: dict[str, Array] | None = None,
) -> None:
    """The start of this Spec, or of other weights; told by `Run.tell_start`. backend: None: the server's own. Raises
    Refusal where data are missing."""
    with faults_refused():
        started = await worker.start(spec, parameters, bug, backend)
    remember_left(run, worker)
    run.begin(started)


async def begin_again(run: Run, worker: TrainingWorker, viewer: Viewer, spec: Spec, *, paused: bool = False) -> None:
    """The start of a Spec, another one or the same; paused, or as before. Raises Refusal where its data are missing."""
    left, earlier = Change(run.spec, step=run.step), run.undo
    await restart(run, worker, spec, bug=run.experiment.bug, backend=run.experiment.backend)
    if paused:
        run.halt()
    run.undo.follow(earlier, left, spec)
    _tell_of_start(run, viewer, left)


async def load_weights(run: Run, worker: TrainingWorker, weights: Weights) -> None:
    """Starts again, paused, with these weights of the same network. Raises Refusal where data are missing."""
    earlier, spec = run.undo, run.spec
    backend, bug = run.experiment.backend, run.experiment.bug
    await restart(run, worker, spec, bug=bug, backend=backend, parameters=weights.tensors)
    run.undo.follow(earlier, Change(spec), spec)
    run.halt()
    run.tell_start()
    if weights.renamed:
        run.notify("weights_mapped", {"modules": list(weights.renamed)})
    else:
        run.notify("weights_loaded", {})


async def open_kept(run: Run, worker: TrainingWorker, kept: KeptExperiment) -> None:
    """The run becomes a kept experiment, paused exactly where that was; one Undo brings back the Spec of before. Raises
    Refusal where its data are missing or it does not fit them."""
    left, earlier, here = _whole(run), run.undo, kept.here
    with faults_refused():
        started = await worker.start(here.spec, bug=here.bug, backend=here.backend)
        placed = await worker.do(started.trainer, OpenKept(kept))
    remember_left(run, worker)
    run.begin(started)
    run.halt()
    run.set_speed(kept.steps_per_second)
    run.place(placed)
    at_start = replace(started.checkpoint, state=replace(started.checkpoint.state, parameters=kept.start))
    run.branches = Branches.of_kept(at_start, kept, placed.entry, run.limits)
    set_up = SetUp(run.experiment.bug, kept.steps_per_second, run.experiment.backend)
    run.undo.follow(earlier, left, here.spec, set_up)
    run.tell_start()
    run.check_requested.set()


def _whole(run: Run) -> Change:
    """Where it stands, as far as it can be come back to once its run is gone."""
    set_up = SetUp(run.experiment.bug, run.pace.steps_per_second, run.experiment.backend)
    return Change(run.spec, set_up=set_up, step=run.step)


def _tell_of_start(run: Run, viewer: Viewer, left: Change) -> None:
    """left: the run before."""
    run.tell_start()
    fields = restarting_fields(left.spec, run.spec)
    if left.step > 0 and fields:
        run.notify("restarted", {"fields": fields}, by=viewer)


def _tell_of_lost_steps(run: Run, back: Change) -> None:
    """Of the run that is come back to only the Spec was kept, where another has begun meanwhile."""
    if back.step > 0:
        run.notify("starts_again", {"step": back.step})


# Undo and redo


async def undo(run: Run, worker: TrainingWorker, viewer: Viewer, _command: commands.Undo) -> None:
    await _swap(run, worker, viewer, undone=False)


async def redo(run: Run, worker: TrainingWorker, viewer: Viewer, _command: commands.Redo) -> None:
    await _swap(run, worker, viewer, undone=True)


async def _swap(run: Run, worker: TrainingWorker, viewer: Viewer, *, undone: bool) -> None:
    """Takes the newest change back; undone: makes the one again that was undone last."""
    newest = run.undo.newest(undone=undone)
    if newest is None:
        raise Refusal("nothing_to_redo" if undone else "nothing_to_undo", {})
    left, earlier = Change(run.spec, step=run.step), run.undo
    if newest.set_up is not None:
        whole = _whole(run)
        await restart(run, worker, newest.spec, bug=newest.set_up.bug, backend=newest.set_up.backend)
        run.set_speed(newest.set_up.steps_per_second)
        run.undo.inherit(earlier)
        run.undo.swap(whole, undone=undone)
        run.tell_start()
        _tell_of_lost_steps(run, newest)
        run.check_requested.set()
        return
    if newest.checkpoint is None and restarting_fields(left.spec, newest.spec):
        await restart(run, worker, newest.spec, bug=run.experiment.bug, backend=run.experiment.backend)
        run.undo.inherit(earlier)
        run.undo.swap(left, undone=undone)
        _tell_of_start(run, viewer, left)
        _tell_of_lost_steps(run, newest)
        return
    run.branches.refuse_new(run.step)
    here = await worker.do(run.trainer, port.GetCheckpoint())
    current = branch = run.branches.current
    if newest.checkpoint is None:  # the run it was of is gone, and this one goes on under its Spec
        placed = await worker.do(run.trainer, port.Configure(newest.spec))
    else:
        placed = await worker.do(run.trainer, port.GoTo(newest.checkpoint, 0))
        branch = newest.branch
    run.undo.swap(Change(left.spec, current, here, step=left.step), undone=undone)
    run.branches.current = branch
    place(run, placed, ("undo",))
    run.revise()
    run.tell_curves()
    run.tell_state()
    run.tell_timeline()
