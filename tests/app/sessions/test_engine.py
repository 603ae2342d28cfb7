"""Which engine trains: chosen while a run goes on, undone, kept over restarts and in the store, and paused by harm."""

from pathlib import Path
from unittest.mock import AsyncMock

import pytest

from app.training_worker.threads import TrainingThreads
from app.training_worker.worker_processes.processes import ProcessHarmed
from app.wire.messages import Refusal
from engine.training.weights import Weights
from tests.app.fake_viewer import ProcessesInThread, Watcher, managing
from tests.app.sessions.kept_runs import keeping, wake


async def chosen(person: Watcher, engine: str) -> int:
    """The step at which it goes on with that engine."""
    await person.say(type="engine", name=engine)
    state = await person.until("state", lambda said: said["engine"] == engine)
    step: int = state["step"]
    return step


async def test_another_engine_goes_on_and_is_kept_until_something_else_is_chosen() -> None:
    async with managing() as manager:
        person = Watcher(await manager.create())
        await person.take(10)
        assert await chosen(person, "autograd") == 10
        assert (await person.take(5))["step"] == 15
        await person.say(type="undo")
        assert (await person.until("state", lambda said: said["engine"] == "by_hand"))["step"] == 10
        await person.say(type="redo")
        assert (await person.until("state", lambda said: said["engine"] == "autograd"))["step"] == 15
        for restarting in ({"type": "reset"}, {"type": "configure", "spec": {"dataset": "xor"}}):
            await person.say(**restarting)
            assert (await person.until("state", lambda said: said["step"] == 0))["engine"] == "autograd"
        await person.take(3)
        await person.say(type="begin", spec={})
        assert (await person.until("state", lambda said: said["step"] == 0))["engine"] == "by_hand"
        await person.say(type="undo")
        assert (await person.until("state"))["engine"] == "autograd"
        await person.say(type="begin", spec={}, engine="autograd")
        assert (await person.until("state", lambda said: said["spec"]["dataset"] == "circle"))["engine"] == "autograd"
        await person.say(type="plant", bug="forgotten_slope")
        assert (await person.until("state", lambda said: bool(said["planted"])))["engine"] == "autograd"
        await person.say(type="check")
        assert (await person.until("checked", lambda light: light["planted"] is not None))["state"] == "red"
        await person.say(type="plant", bug=None)
        await person.say(type="check")
        light = await person.until("checked", lambda light: light["planted"] is None)
        assert "engine_gradient" in [one["witness"] for one in light["compared"]]
        await person.say(type="inspect", subject={"kind": "loss"}, step=1)
        assert (await person.until("explanation"))["step"] == 1
        person.leave()


async def test_a_store_keeps_the_engine(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        await chosen(person, "autograd")
        await person.take(7)
        key = person.session.key
    async with keeping(tmp_path) as manager:
        again = await wake(manager, key)
        assert (again.run.step, again.run.experiment.backend, again.trainer.backend) == (7, "autograd", "autograd")


async def test_harm_pauses_the_run_says_so_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def need_too_much(*_: object) -> None:
        raise ProcessHarmed("memory", 2e9)

    async with managing() as manager:
        person = Watcher(await manager.create())
        await chosen(person, "autograd")
        await person.take(10)
        with monkeypatch.context() as patch:
            patch.setattr(ProcessesInThread, "run", need_too_much)
            await person.say(type="play")
            error = await person.until("error")
        assert (error["code"], error["values"]) == ("engine_memory", {"step": 10, "limit": 2000})
        assert (person.run.playing, person.run.step, person.trainer.step) == (False, 10, 10)
        await person.take(5)
        person.leave()


async def die(*_: object) -> None:
    raise ProcessHarmed("died")


async def test_weights_cannot_be_loaded_while_the_engine_comes_to_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    async with managing() as manager:
        person = Watcher(await manager.create())
        await chosen(person, "autograd")
        await person.take(3)
        weights = Weights(person.trainer.parameters(), ())
        with monkeypatch.context() as patch:
            patch.setattr(TrainingThreads, "read_weights", AsyncMock(return_value=weights))
            patch.setattr(ProcessesInThread, "run", die)
            with pytest.raises(Refusal) as refused:
                await person.session.load_weights(b"")
        assert (refused.value.code, refused.value.values) == ("engine_died", {"step": 3})
        assert (person.run.step, person.trainer.step) == (3, 3)
        person.leave()


async def test_a_run_whose_engine_comes_to_harm_is_woken_and_copied_with_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        await chosen(person, "autograd")
        await person.take(7)
        with monkeypatch.context() as patch:
            patch.setattr(ProcessesInThread, "run", die)
            copied = Watcher(await manager.create(original=person.session))
            await assert_it_stands_paused_by_hand(copied)
        await person.say(type="play")
        person.leave()
    async with keeping(tmp_path) as manager:
        monkeypatch.setattr(ProcessesInThread, "run", die)
        await assert_it_stands_paused_by_hand(await wake(manager, person.session.key))


async def assert_it_stands_paused_by_hand(person: Watcher) -> None:
    notice = await person.until("notice")
    assert (notice["code"], notice["values"]) == ("engine_replaced", {"step": person.run.step})
    assert (person.run.experiment.backend, person.run.playing) == ("by_hand", False)
    assert (await person.take(2))["step"] >= 9
    person.leave()
