"""Runs that a store keeps, for tests: a server with a store, people in it, and all that must not be lost of a run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from app.sessions.manager import SessionManager
from app.sessions.run import Run
from app.sessions.saving.run_writer import arrays_of
from app.store.opening import open_folder
from app.store.store import Store
from engine.training.timeline import Checkpoint
from tests.app.fake_viewer import Watcher, managing


@asynccontextmanager
async def keeping(folder: Path, **limits: float) -> AsyncIterator[SessionManager]:
    """A server with a store in this folder."""
    store = Store(open_folder(folder))
    async with managing(None, store, **limits) as manager:
        yield manager
        await manager.stop()
    await store.close()


async def begun(manager: SessionManager, steps: int = 3) -> Watcher:
    """Somebody who is there and has taken some steps."""
    person = Watcher(await manager.create())
    await person.take(steps)
    return person


async def rested(manager: SessionManager, steps: int = 3) -> Watcher:
    """Somebody who has left, and whose run rests in the store."""
    person = await begun(manager, steps)
    person.leave()
    await manager._end(person.session)
    return person


async def kept(folder: Path) -> str:
    """The key of a run of a server that has stopped."""
    async with keeping(folder) as manager:
        person = await begun(manager)
        person.leave()
    return person.session.key


async def wake(manager: SessionManager, key: str) -> Watcher:
    session = await manager.wake(key)
    assert session is not None
    return Watcher(session)


def of_checkpoint(checkpoint: Checkpoint | None) -> Any:
    if checkpoint is None:
        return None
    arrays = {name: (values.dtype, values.tobytes()) for name, values in arrays_of(checkpoint.state).items()}
    return checkpoint.spec, checkpoint.bug, checkpoint.stopping, checkpoint.state.progress, arrays


def everything(run: Run) -> dict[str, Any]:
    """All that is known of a run and must not be lost, as what can be compared."""
    timeline = run.branches.timeline
    return {
        "revision": run.revision,
        "status": run.status,
        "place": (run.step, run.epoch, run.diverged_at, run.stop_reason, run.set_by_hand),
        "speed": run.pace.steps_per_second,
        "bug": run.experiment.bug,
        "spec": run.spec,
        "undo": [
            [(c.spec, c.branch, of_checkpoint(c.checkpoint), c.set_up) for c in stack] for stack in run.undo.stacks
        ],
        "branches": [
            (
                (branch.parent, branch.first_step, branch.changed),
                [(repr(m.test_loss), m.pinned, m.gap, of_checkpoint(m.checkpoint)) for m in branch.moments],
            )
            for branch in timeline.branches
        ],
        "timeline": (timeline.current, timeline.spacing, timeline.nbytes),
        "losses": [(curve.width, repr(curve.entries)) for curve in run.branches.histories],
        "layers": [
            (curve.width, [(one.step, one.values.tobytes()) for one in curve.entries])
            for curve in run.branches.measurements
        ],
        "logs": [list(log.entries) for log in run.branches.logs],
    }


async def eventful(person: Watcher) -> None:
    """A run in which everything has happened."""
    await person.say(type="watch", what=["health"])
    await person.say(type="configure", spec={"optimizer": "adam", "dataset": "spiral"})
    await person.take(30)
    await person.say(type="configure", spec={"learning_rate": 0.01, "batch_size": 7})
    await person.take(15)
    await person.say(type="edit", tensor="layers.0.weight", index=[0, 0], value=0.25)
    await person.take(5)
    await person.until("health")
    await person.say(type="seek", branch=0, step=20)
    await person.say(type="plant", bug="no_zero_grad")
    await person.take(9)
    await person.say(type="undo")
    await person.say(type="speed", steps_per_second=123.0)
    await person.say(type="configure", spec={"l2": 0.001})
    await person.take(4)


async def assert_it_comes_back(folder: Path, key: str, before: dict[str, Any], **limits: float) -> None:
    """Of another server on the folder: with everything that was known of the run."""
    async with keeping(folder, **limits) as manager:
        again = await wake(manager, key)
        assert everything(again.run) == before
        again.leave()
