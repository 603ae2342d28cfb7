"""What each command does to a run, as a table. A handler that refuses has changed nothing."""

from collections.abc import Awaitable, Callable
from typing import Any

from app.sessions import checks
from app.sessions.commands import change_commands, study_commands, time_commands
from app.sessions.run import Run
from app.sessions.viewers import Viewer, has_neuron
from app.training_worker import port
from app.training_worker.port import TrainingWorker
from app.wire import commands, studies
from app.wire.commands import Command
from app.wire.messages import Refusal
from engine.spec.choices import FEATURES


async def obey(run: Run, worker: TrainingWorker, viewer: Viewer, command: Command) -> None:
    """Does it, or tells the viewer why not."""
    try:
        await HANDLERS[type(command)](run, worker, viewer, command)
    except Refusal as refusal:
        viewer.tell(refusal.message())


async def _play(run: Run, _worker: TrainingWorker, _viewer: Viewer, _command: commands.Play) -> None:
    run.refuse_ended()
    if not run.playing:
        run.admit()
        run.play()
    run.tell_state()
    run.warn_if_it_never_ends()


async def _pause(run: Run, _worker: TrainingWorker, _viewer: Viewer, _command: commands.Pause) -> None:
    run.halt()
    run.tell_state()


async def _step(run: Run, _worker: TrainingWorker, _viewer: Viewer, command: commands.Step) -> None:
    run.refuse_ended()
    run.add_pending(steps=command.count)
    run.warn_if_it_never_ends()


async def _epoch(run: Run, _worker: TrainingWorker, _viewer: Viewer, _command: commands.Epoch) -> None:
    run.refuse_ended()
    run.add_pending(epochs=1)
    run.warn_if_it_never_ends()


async def _speed(run: Run, _worker: TrainingWorker, _viewer: Viewer, command: commands.Speed) -> None:
    run.set_speed(command.steps_per_second)
    run.tell_state()


async def _watch(_run: Run, _worker: TrainingWorker, viewer: Viewer, command: commands.Watch) -> None:
    viewer.watches = frozenset(command.what)


async def _focus(run: Run, _worker: TrainingWorker, viewer: Viewer, command: commands.Focus) -> None:
    layer, neuron = command.layer, command.neuron
    if layer is None and neuron is None:
        viewer.focus = None
        return
    if layer is None or neuron is None or not has_neuron(run.experiment.sizes, (layer, neuron)):
        raise Refusal("no_such_neuron", {"layer": layer, "neuron": neuron})
    viewer.focus = (layer, neuron)
    viewer.seen = -1  # so that it is shown at once


async def _history(run: Run, _worker: TrainingWorker, viewer: Viewer, _command: commands.History) -> None:
    run.tell_curves_to(viewer)


async def _predict(run: Run, worker: TrainingWorker, viewer: Viewer, command: commands.Predict) -> None:
    if command.revision not in (None, run.revision):
        return
    columns = 2 if run.spec.kind.plane else run.spec.inputs
    for number, row in enumerate(command.inputs, 1):
        if len(row) != columns:
            raise Refusal("wrong_row", {"row": number, "count": len(row), "limit": columns})
    place = _place(run, command)
    message = await worker.do(run.trainer, port.Predict(command.id, command.inputs, place, command.layers))
    viewer.tell({**message, "frame": viewer.frame if command.with_frame else None})


def _place(run: Run, command: commands.Predict) -> tuple[int, int] | None:
    """The neuron, or feature, that is asked for. Raises Refusal where there is none such."""
    layer, neuron = command.layer, command.neuron
    if layer is None and neuron is None:
        return None
    if layer is not None and neuron is not None:
        is_feature = layer < 0 and run.spec.kind.plane and neuron < len(FEATURES)
        if is_feature or (layer >= 0 and has_neuron(run.experiment.sizes, (layer, neuron))):
            return layer, neuron
    raise Refusal("no_such_neuron", {"layer": layer, "neuron": neuron})


Handler = Callable[[Run, TrainingWorker, Viewer, Any], Awaitable[None]]

HANDLERS: dict[type[Command], Handler] = {
    commands.Configure: change_commands.configure,
    commands.Begin: change_commands.begin,
    commands.Play: _play,
    commands.Pause: _pause,
    commands.Step: _step,
    commands.Epoch: _epoch,
    commands.Reset: change_commands.reset,
    commands.Regenerate: change_commands.regenerate,
    commands.Speed: _speed,
    commands.Watch: _watch,
    commands.Focus: _focus,
    commands.History: _history,
    commands.Predict: _predict,
    commands.Edit: change_commands.edit,
    commands.Undo: change_commands.undo,
    commands.Redo: change_commands.redo,
    commands.Plant: change_commands.plant,
    commands.Engine: change_commands.engine,
    commands.Inspect: time_commands.inspect,
    commands.Open: time_commands.open_next_step,
    commands.Back: time_commands.back,
    commands.Seek: time_commands.seek,
    commands.Branch: time_commands.branch,
    commands.Peek: time_commands.peek,
    commands.Check: checks.check,
    studies.Sweep: study_commands.begin_sweep,
    studies.Luck: study_commands.begin_luck,
    studies.FindRate: study_commands.find_rate,
    studies.StudyControl: study_commands.control,
    studies.Landscape: study_commands.ask,
    studies.Curvature: study_commands.ask,
    studies.RunPicture: study_commands.ask,
    studies.GoToPoint: study_commands.go_to_point,
}
"""Every command but Drawn, which a session takes out of turn; Predict waits for the turn under way, or for a frame."""
