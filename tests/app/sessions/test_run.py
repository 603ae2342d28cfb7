"""A run by itself: what it knows after each thing that can happen to it, with a clock that stands still."""

from dataclasses import replace

import pytest

from app.sessions.run import Run, Status
from app.settings import Limits
from app.training_worker.port import GetCheckpoint, GoTo, Placed
from app.training_worker.threads import TrainingThreads
from app.wire.messages import Refusal
from engine.spec.spec import Spec
from tests.app.fake_viewer import ProcessesInThread


async def begun() -> tuple[Run, Placed]:
    """A run at its start, and how it would be told that it was put there."""
    worker = TrainingThreads("by_hand", ProcessesInThread())
    run = Run("key", await worker.start(Spec()), Limits(), admit=lambda: None, clock=lambda: 100.0)
    placed = await worker.do(run.trainer, GoTo(await worker.do(run.trainer, GetCheckpoint()), 0))
    worker.close()
    return run, placed


async def test_a_new_run_is_paused_at_its_start() -> None:
    run, _ = await begun()
    assert (run.status, run.step, run.revision, run.working) == (Status.PAUSED, 0, 1, False)
    assert run.unwatched_since == 100.0


@pytest.mark.parametrize(
    ("diverged", "stopped", "status"), [(7, None, Status.DIVERGED), (None, "steps", Status.STOPPED)]
)
async def test_where_a_run_has_ended_it_neither_plays_nor_steps(
    diverged: int | None, stopped: str | None, status: Status
) -> None:
    run, placed = await begun()
    run.play()
    run.add_pending(steps=5)
    run.place(replace(placed, diverged=diverged, stopped=stopped))  # type: ignore[arg-type]
    assert (run.status, run.playing, run.working) == (status, False, False)
    with pytest.raises(Refusal):
        run.refuse_ended()
    run.place(placed)
    assert run.status is Status.PAUSED
    run.refuse_ended()


async def test_a_change_while_it_plays_lets_it_play_on_and_a_pause_drops_what_is_pending() -> None:
    run, placed = await begun()
    run.play()
    run.place(placed)
    assert run.status is Status.TRAINING
    run.add_pending(epochs=2)
    picture = run.picture
    run.halt()
    assert (run.status, run.working) == (Status.PAUSED, False)
    assert run.picture > picture, "the picture before said how fast it went"


async def test_steps_asked_for_are_admitted_once() -> None:
    run, _ = await begun()
    admitted: list[bool] = []
    run.admit = lambda: admitted.append(True)
    run.add_pending(steps=1)
    run.add_pending(epochs=1)
    assert admitted == [True]
    assert run.working
    assert not run.playing
