"""What lies around the current weights: landscapes and curvatures that are asked for, and going to a point of one."""

import base64
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from app.sessions.history.branches import Branches
from app.sessions.loss_surface import KEPT_PLANES, LossSurfaceQuestions
from app.sessions.loss_surface_task import PATH_POINTS, other_paths, path_of, whole_path_of
from app.sessions.run import Run
from app.training_worker.page_data.preset_pictures import drawn
from app.training_worker.port import GetCheckpoint
from app.wire.messages import Refusal
from engine import Spec, Trainer
from engine.backends.weight_plane import WeightPlane
from engine.studies import curvature, landscape
from engine.training.timeline import Timeline
from tests.app.fake_viewer import Watcher, managing, watching

DIVERGING = {"dataset": "plane", "activation": "linear", "learning_rate": 10}
BIASES = [{"tensor": f"layers.{layer}.bias", "index": [0]} for layer in (0, 1)]


def losses(told: dict[str, Any], name: str = "loss") -> NDArray[np.float32]:
    side = told["side"]
    return np.frombuffer(base64.b64decode(told[name]), dtype="<f4").reshape(side, side)


async def trained(watcher: Watcher, steps: int = 40) -> Trainer:
    """The session and a Trainer of the same run, both so many steps on."""
    await watcher.take(steps)
    trainer = Trainer(watcher.run.spec, "by_hand")
    trainer.advance(steps)
    return trainer


async def test_landscapes_and_curvatures_are_those_of_the_engine() -> None:
    async with watching() as watcher:
        trainer = await trained(watcher)
        await watcher.say(type="landscape", side=9)
        told = await watcher.until("landscape")
        true = landscape(trainer, 9)
        np.testing.assert_allclose(losses(told), true.loss, rtol=1e-6)
        assert (told["step"], told["x"]) == (40, [-1, 1])
        assert told["now"] == pytest.approx(trainer.evaluate()["train_loss"], rel=1e-6)
        assert told["next"] == [[pytest.approx(value, rel=1e-5) for value in np.ravel(true.next_step.points)]]  # type: ignore[union-attr]
        assert told["path"][-1] == pytest.approx([0, 0], abs=1e-9)
        assert 0 < told["share"] < 0.5
        for settings in ({"directions": "path"}, {"directions": "weights", "weights": BIASES}, {"samples": "batch"}):
            await watcher.say(type="landscape", side=9, **settings)
            another = await watcher.until("landscape")
            assert not np.allclose(losses(another), losses(told), rtol=1e-3)
            told = another
        np.testing.assert_allclose(losses(told, "of_all"), true.loss, rtol=1e-6)
        await watcher.say(type="curvature", count=3)
        curved = await watcher.until("curvature")
        np.testing.assert_array_equal(curved["values"], curvature(trainer, 3))
        assert (curved["bound"], curved["verdict"], curved["count"]) == (2 / 0.03, "below", 3)
        assert curved["notes"] == ["batches"]


async def test_runs_of_other_sessions_have_their_paths_on_the_plane() -> None:
    async with managing() as manager:
        own, adam, wide, far = [Watcher(await manager.create()) for _ in range(4)]
        await adam.say(type="configure", spec={"optimizer": "adam"})
        await wide.say(type="configure", spec={"hidden": [5]})
        await trained(own)
        for watcher in (adam, wide):
            await watcher.take(30)
        keys = [watcher.session.key for watcher in (adam, wide)]
        await own.say(type="landscape", side=9, directions="path", others=[*keys, "nobody"])
        told = await own.until("landscape")
        [other] = told["others"]
        assert other["session"] == adam.session.key, "another network has no place on this plane"
        assert 0 < other["share"] <= 1
        assert other["path"][0] == pytest.approx(told["path"][0]), "both begin with the same weights"
        trainer = Trainer(adam.run.spec, "by_hand")
        trainer.advance(30)
        path, end = own.run.branches, trainer.checkpoint().state.parameters
        true = landscape(own.trainer, 9, "path", path=path_of(path, 40), other_paths=[whole_path_of(adam.run.branches)])
        np.testing.assert_allclose(other["path"], true.other_paths[0].points, rtol=1e-4)
        np.testing.assert_array_equal(whole_path_of(adam.run.branches)[-1], end)
        await far.say(type="landscape", others=["x"] * 8)
        assert (await far.until("error"))["code"]


async def test_another_run_may_become_another_network_while_a_question_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    async with managing() as manager:
        own, other = [Watcher(await manager.create()) for _ in range(2)]
        await trained(own)
        await other.take(30)
        worker = own.session._loss_surface_task._worker
        do, at = worker.do, own.trainer.checkpoint()

        async def answer_late(trainer: Any, job: Any) -> Any:
            if isinstance(job, GetCheckpoint) and trainer is own.run.trainer:
                monkeypatch.setattr(worker, "do", do)
                await other.say(type="configure", spec={"hidden": [5]})
                await other.until("state", lambda said: [layer["width"] for layer in said["spec"]["hidden"]] == [5])
            return await do(trainer, job)

        monkeypatch.setattr(worker, "do", answer_late)
        await own.say(type="landscape", side=9, others=[other.session.key])
        assert (await own.until("landscape"))["others"] == []
        beginning = SimpleNamespace(spec=at.spec, branches=other.run.branches)
        run = cast(Run, SimpleNamespace(find_other=lambda _key: beginning))
        assert other_paths(run, at, ("key",)) == {}, "its Spec is new, its path is not"


async def test_a_point_is_gone_to_and_come_back_from() -> None:
    async with watching() as watcher:
        await trained(watcher)
        await watcher.say(type="landscape", side=9)
        told = await watcher.until("landscape")
        x, y = told["x"][0], told["y"][0] / 2
        await watcher.say(type="go_to_point", plane=told["plane"], x=x, y=y)
        await watcher.until("timeline", lambda said: said["undo"] == 1)
        await watcher.say(type="landscape", side=9)
        there = await watcher.until("landscape", lambda said: said["plane"] == told["plane"] + 1)
        assert there["now"] == pytest.approx(losses(told)[2, 0], rel=1e-6)
        await watcher.say(type="undo")
        await watcher.until("timeline", lambda said: said["undo"] == 0)
        await watcher.say(type="landscape", side=9)
        back = await watcher.until("landscape", lambda said: said["plane"] == told["plane"] + 2)
        assert back["now"] == told["now"]


async def test_what_cannot_be_answered_is_said_and_harms_nothing() -> None:
    async with watching() as watcher:
        await watcher.say(type="landscape", directions="path")
        told = await watcher.until("landscape")
        assert (told["failed"], told["code"]) == (True, "study_no_path")
        await watcher.say(type="landscape", directions="weights", weights=[BIASES[0], BIASES[0]])
        assert (await watcher.until("landscape", lambda said: said["code"] != "study_no_path"))["failed"]
        await watcher.say(type="landscape", side=5)
        plane = (await watcher.until("landscape", lambda said: "plane" in said))["plane"]
        await watcher.say(type="reset")
        await watcher.say(type="go_to_point", plane=plane, x=0, y=0)
        assert (await watcher.until("error"))["code"] == "no_such_plane"
        await trained(watcher, 5)


def test_only_the_newest_planes_are_kept() -> None:
    loss_surface = LossSurfaceQuestions()
    nothing = np.zeros(0)
    planes = [WeightPlane(nothing.astype(np.float32), nothing, nothing, nothing) for _ in range(KEPT_PLANES + 1)]
    numbers = [loss_surface.keep(plane) for plane in planes]
    assert loss_surface.plane(numbers[-1]) is planes[-1]
    with pytest.raises(Refusal):
        loss_surface.plane(numbers[0])


def test_a_path_is_the_way_to_a_step_whatever_the_branch() -> None:
    trainer = Trainer(Spec(samples=60))
    timeline = Timeline(10**8, trainer.checkpoint(), 0)
    for _ in range(100):
        trainer.advance(1)
        timeline.record(trainer.checkpoint(), 0)
    branches = cast(Branches, SimpleNamespace(timeline=timeline))
    assert len(path_of(branches, 50)) == 50
    assert len(path_of(branches, 100)) <= PATH_POINTS
    timeline.branch(timeline.nearest(0, 30).checkpoint, 0, ())
    trainer.restore(timeline.nearest(0, 30).checkpoint)
    for _ in range(5):
        trainer.advance(1)
        timeline.record(trainer.checkpoint(), 0)
    path = path_of(branches, 35)
    assert len(path) == 35
    np.testing.assert_array_equal(path[-1], timeline.nearest(1, 34).checkpoint.state.parameters)


async def test_the_picture_of_a_run_is_what_it_has_learned() -> None:
    async with watching() as watcher:
        trainer = Trainer(Spec(noise=10, hidden=(3,)), "by_hand")
        trainer.advance(60)
        await watcher.say(type="run_picture", number=1, fields={"noise": 10, "hidden": [3]}, steps=60)
        assert await watcher.until("run_picture") == {"type": "run_picture", "number": 1, "picture": drawn(trainer)}
        await watcher.say(type="run_picture", number=2, fields=DIVERGING, steps=500)
        assert (await watcher.until("run_picture"))["picture"] is None, "it has diverged"
        await watcher.say(type="run_picture", number=3, fields={"noise": 99}, steps=1)
        refused = await watcher.until("run_picture")
        assert (refused["number"], refused["code"]) == (3, "out_of_range")
        assert watcher.run.step == 0, "the run on the page is not affected"


async def test_a_picture_that_takes_too_long_is_refused_and_of_several_the_newest_is_made() -> None:
    async with watching(study_seconds=0.1) as watcher:
        await watcher.say(type="run_picture", number=1, fields={"hidden": [64, 64, 64]}, steps=100_000)
        assert (await watcher.until("run_picture"))["code"] == "study_too_long"
        for number in (2, 3, 4):
            await watcher.say(type="run_picture", number=number, fields={}, steps=20)
        told = await watcher.until("run_picture", lambda said: said["number"] == 4)
        assert told["picture"]["kind"] == "map"
        made = [said["number"] for said in watcher.seen if said.get("picture")]
        assert 3 not in made
