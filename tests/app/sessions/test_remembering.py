"""A run that is left or has ended is handed over to be remembered; nobody who begins another one waits for it."""

from collections.abc import Coroutine
from typing import Any

import pytest

from app.sessions.commands.remembering import LEAST_SECONDS
from app.training_worker.kept_run import KeptRun
from tests.app.fake_viewer import eventually, watching

Left = list[Coroutine[Any, Any, KeptRun]]


@pytest.mark.parametrize(
    "command", [{"type": "reset"}, {"type": "configure", "spec": {"hidden": [3]}}, {"type": "begin", "spec": {}}]
)
async def test_a_new_start_does_not_wait_for_the_scores_of_the_run_it_leaves(command: dict[str, Any]) -> None:
    async with watching() as person:
        left: Left = []
        person.run.remember = left.append
        await person.take(5)
        loss = person.trainer.evaluate()["train_loss"]
        person.run.began_at -= LEAST_SECONDS
        await person.say(**command)
        await person.take(1)
        [described] = left  # nobody has waited for it
        kept = await described
        assert kept.experiment.here.state.step == 5
        assert kept.scores["train_loss"] == pytest.approx(loss, rel=1e-7)
        person.run.began_at = person.run.clock() + LEAST_SECONDS  # for no second, however busy the machine is
        await person.say(type="reset")
        assert len(left) == 1, "one that has lived for a moment is not remembered"


async def test_a_run_that_has_ended_is_remembered_as_it_ended_though_it_goes_on() -> None:
    async with watching() as person:
        left: Left = []
        person.run.remember = left.append
        person.run.began_at -= LEAST_SECONDS
        await person.say(type="configure", spec={"stop_steps": 4})
        await person.say(type="step", count=9)
        await eventually(lambda: len(left) == 1)
        await person.say(type="configure", spec={"stop_steps": None})
        await person.take(2)
        assert (await left[0]).experiment.here.state.step == 4
