"""Travel: what the commands that look into a step, change a number or go through time do to a session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from app.sessions.undo import Change
from app.sessions.viewers import Viewer
from app.training_worker import explanations, jobs
from app.training_worker.explanations import Wish
from app.wire import commands
from app.wire.messages import Refusal
from engine.explaining.terms import Subject
from engine.spec.spec import Spec, restarting_fields
from engine.training.timeline import Moment, Position

if TYPE_CHECKING:
    from app.sessions.session import Session

SEEK_SECONDS = 0.03
"""Of training again, to stand at the very step that was asked for: with its picture the page has it within 50 ms."""

SURELY = 5
"""Steps taken again though nobody knows yet how long one takes: a run that has just begun is of few."""

# Looking into a step


async def inspect(session: Session, viewer: Viewer, command: commands.Inspect) -> None:
    if command.subject is None:
        viewer.wish = None
        return
    wish = Wish(Subject(**command.subject.model_dump()), command.sample, command.step)
    if wish.step != session.step + 1:
        session.before = await _before_last(session)
    viewer.tell(await session.in_thread(explanations.explanation, session.trainer, session.before, wish))
    viewer.wish = wish


async def _before_last(session: Session) -> Position | None:
    """Where the run stood before its last step; None where it was put by hand, or cannot be had again in time."""
    if session.before is not None or session.placed or session.step == 0:
        return session.before
    timeline = session.past.timeline
    moment = timeline.nearest(timeline.current, session.step - 1)
    if _replayed(session, moment, session.step) < session.step - moment.step:
        return None
    return await session.in_thread(jobs.before_last, session.trainer, moment)


async def open_step(session: Session, viewer: Viewer, command: commands.Open) -> None:
    viewer.tell(await session.in_thread(explanations.opened, session.trainer, command.sample))


# Changes, and taking them back


async def configure(session: Session, spec: Spec) -> None:
    """Goes on under another Spec, no field of which restarts the run."""
    old = session.trainer.spec
    fields = tuple(name for name in Spec.model_fields if getattr(old, name) != getattr(spec, name))
    assert not restarting_fields(old, spec)
    await change(session, fields, jobs.configure, spec)
    session.change()


async def edit(session: Session, _viewer: Viewer, command: commands.Edit) -> None:
    shapes = session.trainer.network.shapes
    shape = shapes.get(command.tensor)
    if shape is None:
        raise Refusal("no_such_tensor", {"tensor": command.tensor, "choices": list(shapes)})
    if len(command.index) != len(shape) or any(i >= size for i, size in zip(command.index, shape, strict=True)):
        raise Refusal("no_such_entry", {"tensor": command.tensor, "shape": " × ".join(map(str, shape))})
    await change(session, (command.tensor,), jobs.edit, command.tensor, command.index, command.value)
    _tell(session)


async def change(
    session: Session, changed: tuple[str, ...], work: Callable[..., jobs.Standing], *arguments: Any
) -> None:
    """What `work` makes of the trainer, to be taken back; where it stands earlier than its end a branch begins."""
    session.past.refuse_branch(session.step)
    here = await session.in_thread(session.trainer.position)
    standing = await session.in_thread(work, session.trainer, *arguments)
    session.past.changing(here, changed, standing.position.spec)
    if _stand(session, standing, changed):
        session.tell_history()


async def begin_again(session: Session, viewer: Viewer, spec: Spec, *, paused: bool = False) -> None:
    """The start of a Spec, another one or the same; paused, or as before. Raises Fault where its data are missing."""
    left, past, had_begun = session.trainer.spec, session.past, session.step > 0
    await session.restart(spec)
    if paused:
        session.halt()
    session.past.follow(past, left, spec)
    _told_of_start(session, viewer, left, had_begun)


def _told_of_start(session: Session, viewer: Viewer, left: Spec, had_begun: bool) -> None:
    session.tell_start()
    fields = restarting_fields(left, session.trainer.spec)
    if had_begun and fields:
        session.notify("restarted", {"fields": fields}, by=viewer)


async def undo(session: Session, viewer: Viewer, _command: commands.Undo) -> None:
    await _swap(session, viewer, undone=False)


async def redo(session: Session, viewer: Viewer, _command: commands.Redo) -> None:
    await _swap(session, viewer, undone=True)


async def _swap(session: Session, viewer: Viewer, *, undone: bool) -> None:
    change = session.past.newest(undone=undone)
    if change is None:
        raise Refusal("nothing_to_redo" if undone else "nothing_to_undo", {})
    left, past, had_begun = session.trainer.spec, session.past, session.step > 0
    if change.position is None and restarting_fields(left, change.spec):
        await session.restart(change.spec)
        session.past.inherit(past)
        session.past.swap(Change(left), undone=undone)
        _told_of_start(session, viewer, left, had_begun)
        return
    past.refuse_branch(session.step)
    here = await session.in_thread(session.trainer.position)
    on = past.timeline.current
    if change.position is None:  # the run it was of is gone, and this one goes on under its Spec
        standing, branch = await session.in_thread(jobs.configure, session.trainer, change.spec), on
    else:
        standing = await session.in_thread(jobs.go_to, session.trainer, change.position, 0)
        branch = change.branch
    past.swap(Change(left, on, here), undone=undone)
    past.timeline.current = branch
    _stand(session, standing, ("undo",))
    session.change()
    session.tell_history()
    _tell(session)


def _stand(session: Session, standing: jobs.Standing, changed: tuple[str, ...]) -> bool:
    """The run stands where training alone has not led it. Gives whether a branch began."""
    session.place(standing)
    return session.past.stand(standing.position, standing.entry.test_loss, changed)


# Through time


async def back(session: Session, _viewer: Viewer, command: commands.Back) -> None:
    await _seek(session, session.past.timeline.current, session.step - command.steps)


async def seek(session: Session, _viewer: Viewer, command: commands.Seek) -> None:
    await _seek(session, command.branch, command.step)


async def _seek(session: Session, branch: int, step: int) -> None:
    """Stands, paused, at a step of a branch; where that cannot be had in time, at a moment shortly before it."""
    branch, moment = _moment(session, branch, step)
    session.halt()
    timeline = session.past.timeline
    if session.step > timeline.branches[timeline.current].ends:  # so that the newest step can be come back to
        here = await session.in_thread(jobs.standing, session.trainer)
        timeline.record(here.position, here.entry.test_loss)
    steps = _replayed(session, moment, step)
    other_spec, other_branch = session.trainer.spec != moment.position.spec, timeline.current != branch
    timeline.current = branch
    session.past.settle()
    session.place(await session.in_thread(jobs.go_to, session.trainer, moment.position, steps))
    session.placed = False
    if other_spec:
        session.change()
    if other_branch:
        session.tell_history()
    _tell(session)


async def branch(session: Session, _viewer: Viewer, _command: commands.Branch) -> None:
    """Begins a branch with nothing changed; an end that is left is kept."""
    session.past.refuse_branch(-1)
    here = await session.in_thread(jobs.standing, session.trainer)
    session.past.timeline.record(here.position, here.entry.test_loss)
    session.past.settle()
    session.past.branch(here.position, here.entry.test_loss, ())
    session.tell_history()
    _tell(session)


async def peek(session: Session, viewer: Viewer, command: commands.Peek) -> None:
    """Shows a step of a branch beside the one of now."""
    branch, moment = _moment(session, command.branch, command.step)
    steps = _replayed(session, moment, command.step)
    viewer.tell(
        {"type": "peeked", "branch": branch, **await session.in_thread(jobs.peek, session.trainer, moment, steps)}
    )


def _moment(session: Session, branch: int, step: int) -> tuple[int, Moment]:
    """The branch that really has the step, and its moment at or before it."""
    timeline = session.past.timeline
    if branch >= len(timeline.branches):
        raise Refusal("no_such_branch", {"branch": branch, "limit": len(timeline.branches)})
    highest = timeline.branches[branch].ends
    if branch == timeline.current:
        highest = max(highest, session.step)
    while (parent := timeline.branches[branch].parent) is not None and step < timeline.branches[branch].begins:
        branch = parent
    lowest = timeline.branches[branch].begins
    if not lowest <= step <= highest:
        raise Refusal("no_such_moment", {"step": step, "lowest": lowest, "highest": highest})
    return branch, timeline.nearest(branch, step)


def _replayed(session: Session, moment: Moment, step: int) -> int:
    """How many steps to take from a moment in order to stand at a step, or as near before it as there is time for."""
    wanted = step - moment.step
    return 0 if moment.gap or wanted > max(SURELY, session.pace.fitting(SEEK_SECONDS)) else wanted


def _tell(session: Session) -> None:
    session.tell_state()
    session.tell_timeline()


HANDLERS: dict[type[commands.Command], Callable[[Session, Viewer, Any], Awaitable[None]]] = {
    commands.Inspect: inspect,
    commands.Open: open_step,
    commands.Edit: edit,
    commands.Undo: undo,
    commands.Redo: redo,
    commands.Back: back,
    commands.Seek: seek,
    commands.Branch: branch,
    commands.Peek: peek,
}
