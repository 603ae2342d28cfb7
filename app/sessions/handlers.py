"""What each command does to a session, as a table. A handler that refuses has changed nothing."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from app.sessions import checks, time_commands
from app.sessions.viewers import Viewer, has_neuron
from app.training_worker import descriptions, jobs
from app.wire import commands
from app.wire.commands import Command, changed
from app.wire.messages import Refusal, faults_refused
from engine.spec.spec import restarting_fields

if TYPE_CHECKING:
    from app.sessions.session import Session


NEW_SEEDS = 10_000
"""Another seed than before, below this: short enough to be read out to a class."""


async def obey(session: Session, viewer: Viewer, command: Command) -> None:
    """Does it, or tells the viewer why not."""
    try:
        with faults_refused():
            await HANDLERS[type(command)](session, viewer, command)
    except Refusal as refusal:
        viewer.tell(refusal.message())


async def _configure(session: Session, viewer: Viewer, command: commands.Configure) -> None:
    old = session.trainer.spec
    new = changed(old, command.spec)
    if new == old:
        session.tell_state()
        return
    if not restarting_fields(old, new):
        await time_commands.configure(session, new)
        session.tell_state()
        session.tell_timeline()
        return
    await time_commands.begin_again(session, viewer, new)


async def _play(session: Session, _viewer: Viewer, _command: commands.Play) -> None:
    session.refuse_ended()
    if not session.playing:
        session.before_play()
        session.play()
    session.tell_state()
    session.warn_of_endlessness()


async def _pause(session: Session, _viewer: Viewer, _command: commands.Pause) -> None:
    session.halt()
    session.tell_state()


async def _step(session: Session, _viewer: Viewer, command: commands.Step) -> None:
    session.refuse_ended()
    session.owe(steps=command.count)
    session.warn_of_endlessness()


async def _epoch(session: Session, _viewer: Viewer, _command: commands.Epoch) -> None:
    session.refuse_ended()
    session.owe(epochs=1)
    session.warn_of_endlessness()


async def _reset(session: Session, viewer: Viewer, _command: commands.Reset) -> None:
    await time_commands.begin_again(session, viewer, session.trainer.spec, paused=True)


async def _regenerate(session: Session, viewer: Viewer, _command: commands.Regenerate) -> None:
    old = session.trainer.spec
    seed = (old.seed + 1 + secrets.randbelow(NEW_SEEDS - 1)) % NEW_SEEDS
    await time_commands.begin_again(session, viewer, changed(old, {"seed": seed}))


async def _speed(session: Session, _viewer: Viewer, command: commands.Speed) -> None:
    session.set_speed(command.steps_per_second)
    session.tell_state()


async def _focus(session: Session, viewer: Viewer, command: commands.Focus) -> None:
    layer, neuron = command.layer, command.neuron
    if layer is None and neuron is None:
        viewer.focus = None
        return
    if layer is None or neuron is None or not has_neuron(session.trainer.network.sizes, (layer, neuron)):
        raise Refusal("no_such_neuron", {"layer": layer, "neuron": neuron})
    viewer.focus = (layer, neuron)
    viewer.seen = -1  # so that it is shown at once


async def _history(session: Session, viewer: Viewer, _command: commands.History) -> None:
    viewer.tell(session.past.curves())


async def _predict(session: Session, viewer: Viewer, command: commands.Predict) -> None:
    if command.revision not in (None, session.revision):
        return
    columns = descriptions.columns(session.trainer)
    for number, row in enumerate(command.inputs, 1):
        if len(row) != columns:
            raise Refusal("wrong_row", {"row": number, "count": len(row), "limit": columns})
    outputs, answers = await session.in_thread(jobs.predict, session.trainer, command.inputs)
    viewer.tell(descriptions.prediction(command.id, session.step, outputs, answers))


HANDLERS: dict[type[Command], Callable[[Session, Viewer, Any], Awaitable[None]]] = {
    commands.Configure: _configure,
    commands.Play: _play,
    commands.Pause: _pause,
    commands.Step: _step,
    commands.Epoch: _epoch,
    commands.Reset: _reset,
    commands.Regenerate: _regenerate,
    commands.Speed: _speed,
    commands.Focus: _focus,
    commands.History: _history,
    commands.Predict: _predict,
    **time_commands.HANDLERS,
    **checks.HANDLERS,
}
"""Every command but Drawn, which a session takes out of turn; Predict waits for nothing but the slice at work."""
