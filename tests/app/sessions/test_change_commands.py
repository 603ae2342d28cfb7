"""Changes of Spec, parameter, bug and start, and taking them back, as a session does them."""

from typing import Any

import numpy as np
import pytest

from app.sessions.history import undo
from app.training_worker import jobs, port
from engine import Spec
from engine.fault import Fault
from tests.app.fake_viewer import Watcher, watching


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine does not make two changes of one turn of a knob."""
    monkeypatch.setattr(undo, "TURNING", 3600.0)


async def test_an_edit_is_taken_back_and_made_again() -> None:
    async with watching() as person:
        before = await person.take(3)
        await person.say(type="edit", tensor="layers.0.bias", index=[1], value=2.5)
        assert (await person.until("timeline", lambda said: said["undo"] == 1))["redo"] == 0
        edited = await person.until("frame", lambda frame: frame["parameters"]["layers.0.bias"][1] == 2.5)
        assert edited["step"] == 3
        await person.say(type="undo")
        old = before["parameters"]["layers.0.bias"][1]
        undone = await person.until("frame", lambda frame: frame["parameters"]["layers.0.bias"][1] == old)
        np.testing.assert_array_equal(undone["parameters"]["layers.0.weight"], before["parameters"]["layers.0.weight"])
        await person.say(type="redo")
        await person.until("frame", lambda frame: frame["parameters"]["layers.0.bias"][1] == 2.5)
        await person.say(type="redo")
        assert (await person.until("error"))["code"] == "nothing_to_redo"


async def test_turning_a_knob_is_one_change() -> None:
    async with watching() as person:
        for rate in (0.1, 0.2, 0.3):
            await person.say(type="configure", spec={"learning_rate": rate})
        await person.say(type="configure", spec={"l2": 0.1})
        assert (await person.until("timeline", lambda said: said["undo"] == 2))["undo"] == 2
        await person.say(type="undo")
        await person.until("state", lambda state: state["spec"]["l2"] == 0)
        await person.say(type="undo")
        state = await person.until("state", lambda state: state["spec"]["learning_rate"] != 0.3)
        assert state["spec"]["learning_rate"] == Spec().learning_rate


async def test_a_knob_turned_again_elsewhere_is_another_change() -> None:
    async with watching() as person:
        await person.take(60)
        await person.say(type="seek", branch=0, step=50)
        await person.say(type="configure", spec={"learning_rate": 0.2})
        await person.say(type="seek", branch=0, step=55)
        await person.say(type="configure", spec={"learning_rate": 0.4})
        await person.say(type="undo")
        await person.until("timeline", lambda said: said["step"] == 55 and said["redo"] == 1)


async def test_a_change_that_began_another_run_is_taken_back_as_a_whole_and_made_again() -> None:
    async with watching() as person:
        await person.take(3)
        perceptron = {"optimizer": "perceptron", "hidden": [], "output_activation": "step", "batch_size": 1}
        await person.say(type="configure", spec=perceptron)
        told = await person.until("timeline", lambda said: said["undo"] == 1)
        assert (told["step"], told["redo"]) == (0, 0)
        await person.say(type="undo")
        state = await person.until("state", lambda state: state["spec"]["optimizer"] != "perceptron")
        assert Spec.model_validate(state["spec"]) == Spec()
        await person.until("timeline", lambda said: said["redo"] == 1 and said["undo"] == 0)
        await person.say(type="redo")
        state = await person.until("state", lambda state: state["spec"]["optimizer"] == "perceptron")
        assert Spec.model_validate(state["spec"]) == Spec(
            optimizer="perceptron", hidden=(), output_activation="step", batch_size=1
        )


async def test_changes_before_another_run_can_still_be_taken_back_and_do_not_end_this_one() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"learning_rate": 0.3})
        await person.say(type="edit", tensor="layers.0.bias", index=[0], value=9.0)
        await person.say(type="configure", spec={"noise": 20})
        await person.say(type="configure", spec={"noise": 30})
        await person.until("timeline", lambda said: said["undo"] == 2)  # the edit went with its run
        await person.say(type="undo")
        await person.until("state", lambda state: state["spec"]["noise"] == Spec().noise)
        await person.take(7)
        await person.say(type="undo")
        state = await person.until("state", lambda state: state["spec"]["learning_rate"] == Spec().learning_rate)
        assert state["step"] == 7
        await person.say(type="reset")
        await person.until("timeline", lambda said: (said["step"], said["undo"], said["redo"]) == (0, 0, 2))
        await person.say(type="undo")
        assert (await person.until("error"))["code"] == "nothing_to_undo"


async def test_a_knob_that_is_turned_back_to_where_it_was_has_changed_nothing() -> None:
    async with watching() as person:
        await person.take(3)
        for rate in (0.3, Spec().learning_rate):
            await person.say(type="configure", spec={"learning_rate": rate})
        await person.until("timeline", lambda said: said["undo"] == 1)
        await person.until("timeline", lambda said: said["undo"] == 0)


async def test_a_knob_let_go_and_turned_again_is_two_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "TURNING", -1.0)
    async with watching() as person:
        for rate in (0.3, 0.2):
            await person.say(type="configure", spec={"learning_rate": rate})
        await person.until("timeline", lambda said: said["undo"] == 2)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("hidden", ([4, 3], [4, 4])),
        ("dataset", ("xor", "spiral")),
        ("biases", (False, True)),
        ("seed", (1, 2)),
    ],
)
async def test_what_is_chosen_and_not_turned_is_a_change_each_time(field: str, values: tuple[Any, Any]) -> None:
    async with watching() as person:
        for value in values:
            await person.say(type="configure", spec={field: value})
        await person.until("timeline", lambda said: said["undo"] == 2)


async def test_across_a_new_run_there_is_no_more_to_redo_than_differs() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"noise": 20})
        await person.say(type="edit", tensor="layers.0.bias", index=[0], value=9.0)
        await person.say(type="undo")
        await person.until("timeline", lambda said: (said["undo"], said["redo"]) == (1, 1))
        await person.say(type="undo")
        told = await person.until("timeline", lambda said: said["undo"] == 0)
        assert told["redo"] == 1
        await person.say(type="redo")
        state = await person.until("state", lambda state: state["spec"]["noise"] == 20)
        assert state["step"] == 0


async def test_an_undo_that_fails_leaves_what_can_be_undone_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    async with watching() as person:
        await person.take(20)
        await person.say(type="seek", branch=0, step=10)
        await person.say(type="edit", tensor="layers.0.bias", index=[0], value=9.0)
        await person.until("timeline", lambda said: (said["undo"], said["current"]) == (1, 1))
        monkeypatch.setitem(jobs.JOBS, port.GoTo, fail)
        await person.say(type="undo")
        assert (await person.until("error"))["code"] == "engine_failed"
        assert (person.run.undo.counts, person.run.branches.current) == ({"undo": 1, "redo": 0}, 1)


async def test_a_reset_that_is_refused_leaves_the_run_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Fault("mnist_no_folder", {})

    async with watching() as person:
        await person.say(type="play")
        monkeypatch.setattr(jobs, "start", refuse)
        await person.say(type="reset")
        assert (await person.until("error"))["code"] == "mnist_no_folder"
        assert person.run.playing
        monkeypatch.undo()
        await person.say(type="reset")
        await person.until("state", lambda state: state["step"] == 0 and not state["playing"])


async def test_changes_before_weights_of_a_file_can_still_be_taken_back() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"noise": 20})
        await person.say(type="configure", spec={"learning_rate": 0.5})
        await person.say(type="edit", tensor="layers.0.bias", index=[0], value=9.0)
        await person.until("timeline", lambda said: said["undo"] == 3)
        _, weights = await person.session.do(port.WriteModel())
        await person.session.load_weights(weights)
        await person.until("timeline", lambda said: said["undo"] == 2)  # the edit went with its run
        await person.say(type="undo")
        await person.until("state", lambda state: state["spec"]["learning_rate"] == Spec().learning_rate)
        await person.say(type="undo")
        await person.until("state", lambda state: state["spec"]["noise"] == 0)


async def test_what_adagrad_begins_with_begins_a_run_and_its_stretch_can_be_gone_back_to() -> None:
    async with watching() as person:
        await person.take(5)
        await person.say(type="configure", spec={"initial_accumulator": 0.5, "optimizer": "adagrad"})
        await person.at_step(0)
        await person.take(5)
        shown = await person.take(5)
        await person.say(type="configure", spec={"optimizer": "sgd"})
        state = await person.until("state", lambda state: state["spec"]["optimizer"] == "sgd")
        assert state["step"] == 10
        await person.take(10)
        await person.say(type="seek", branch=0, step=5)
        await person.at_step(5)
        for name, values in (await person.take(5))["parameters"].items():
            np.testing.assert_array_equal(values, shown["parameters"][name])


async def test_a_live_change_goes_on_and_raises_the_revision() -> None:
    async with watching() as person:
        await person.say(type="step", count=30)
        before = await person.at_step(30)
        await person.say(type="configure", spec={"learning_rate": 0.3, "optimizer": "adam", "batch_size": 50})
        state = await person.until("state", lambda state: state["revision"] > before["revision"])
        assert (state["step"], state["batches_per_epoch"], "points" in state) == (30, 5, False)
        after = await person.until("frame", lambda frame: frame["revision"] == state["revision"])
        np.testing.assert_array_equal(after["boundary"], before["boundary"])


@pytest.mark.parametrize("spec", [{}, {"learning_rate": 0.03}, {"hidden": [4, 2], "noise": 0}], ids=str)
async def test_what_changes_nothing_is_answered_and_nothing_else(spec: dict[str, Any]) -> None:
    async with watching() as person:
        await person.say(type="step", count=3)
        before = await person.at_step(3)
        person.seen.clear()
        await person.say(type="configure", spec=spec)
        state = await person.until("state")
        assert (state["revision"], state["step"]) == (before["revision"], 3)
        assert [message["type"] for message in person.seen] == ["state"]


async def test_a_change_that_restarts_keeps_playing_and_says_why() -> None:
    async with watching() as person:
        await person.say(type="play")
        await person.until("frame", lambda frame: frame["step"] > 20)
        await person.say(type="configure", spec={"hidden": [3], "noise": 5, "l2": 0.1})
        state = await person.until("state", lambda state: "points" in state and state["spec"]["noise"] == 5)
        assert (state["playing"], state["step"], state["status"]) == (True, 0, "training")
        notice = await person.until("notice")
        assert (notice["code"], notice["values"]) == ("restarted", {"fields": ["noise", "hidden"]})
        assert notice["own"]
        frame = await person.until("frame", lambda frame: frame["step"] > 0)
        assert (frame["sizes"], frame["revision"]) == ((2, 3, 1), state["revision"])


@pytest.mark.parametrize("command", [{"type": "configure", "spec": {"noise": 5}}, {"type": "regenerate"}], ids=str)
async def test_only_who_restarted_the_run_is_told_that_it_was_their_doing(command: dict[str, Any]) -> None:
    async with watching() as person:
        other = Watcher(person.session)
        await person.say(type="step", count=1)
        await person.at_step(1)
        await person.say(**command)
        assert (await person.until("notice"))["own"] is True
        assert (await other.until("notice"))["own"] is False
        other.leave()


async def test_reset_is_the_exact_start_and_pauses() -> None:
    async with watching() as person:
        first = await person.at_step(0)
        await person.say(type="play")
        await person.until("frame", lambda frame: frame["step"] > 20)
        await person.say(type="reset")
        state = await person.until("state", lambda state: "points" in state and not state["playing"])
        assert state["step"] == 0
        assert (await person.until("history"))["steps"] == [0]
        again = await person.at_step(0)
        assert again["revision"] == state["revision"] > first["revision"]
        for name, values in first["parameters"].items():
            np.testing.assert_array_equal(again["parameters"][name], values)


async def test_regenerate_is_another_seed() -> None:
    async with watching() as person:
        before = await person.until("state")
        await person.say(type="regenerate")
        after = await person.until("state")
        assert before["spec"]["seed"] != after["spec"]["seed"]
        assert 0 <= after["spec"]["seed"] < 10_000
        assert before["points"]["train"] != after["points"]["train"]
        assert {**before["spec"], "seed": 0} == {**after["spec"], "seed": 0}
        await person.say(type="configure", spec={"data_seed": 3, "start_seed": 4})
        await person.until("state", lambda state: state["spec"]["start_seed"] == 4)
        await person.say(type="regenerate")
        another = await person.until("state")
        assert (another["spec"]["data_seed"], another["spec"]["start_seed"]) == (None, None)
        assert another["points"]["train"] != after["points"]["train"]


async def test_an_undo_into_a_run_that_has_ended_pauses_it() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"stop_steps": 20})
        await person.say(type="step", count=20)
        await person.until("state", lambda state: state["stopped"] == "steps")
        await person.say(type="configure", spec={"learning_rate": 0.05})  # else it is the same knob, still turned
        await person.say(type="configure", spec={"stop_steps": None})
        await person.say(type="play")
        await person.say(type="undo")
        state = await person.until(
            "state", lambda state: state["step"] >= 20 and not state["playing"] and state["spec"]["stop_steps"] == 20
        )
        assert (state["step"], state["stopped"]) == (20, "steps")
        assert not person.run.working


async def test_a_bug_of_one_optimizer_brings_it_along_and_goes_with_it() -> None:
    async with watching() as watcher:
        await watcher.say(type="plant", bug="adam_uncorrected")
        assert (await watcher.until("notice"))["values"] == {"optimizer": "adam"}
        state = await watcher.until("state", lambda state: state["planted"] is not None)
        assert state["spec"]["optimizer"] == "adam"
        await watcher.say(type="configure", spec={"optimizer": "sgd"})
        assert (await watcher.until("state", lambda state: state["spec"]["optimizer"] == "sgd"))["planted"] is None


async def test_a_bug_outlives_a_reset_and_can_be_undone() -> None:
    async with watching() as watcher:
        await watcher.say(type="plant", bug="forgotten_slope")
        await watcher.say(type="reset")
        state = await watcher.until("state", lambda state: state["points"] is not None if "points" in state else False)
        assert watcher.trainer.bug == "forgotten_slope"
        await watcher.say(type="plant", bug=None)
        await watcher.until("state", lambda state: state["planted"] is None)
        await watcher.say(type="undo")
        state = await watcher.until("state", lambda state: state["planted"] is not None)
        assert state["planted"] == "forgotten_slope"


async def test_a_set_up_begins_anew_with_its_bug_and_pace_and_one_undo_brings_back_what_was() -> None:
    async with watching() as person:
        await person.say(type="speed", steps_per_second=7)
        await person.say(type="configure", spec={"seed": 3})
        await person.say(type="plant", bug="forgotten_slope")
        await person.say(type="play")
        spec = {"dataset": "xor", "optimizer": "adamw"}
        await person.say(type="begin", spec=spec, bug="adamw_gradient", steps_per_second=30)
        told = await person.until("state", lambda state: "points" in state and state["planted"] == "adamw_gradient")
        assert (told["playing"], told["step"], told["speed"]) == (False, 0, 30)
        assert Spec.model_validate(told["spec"]) == Spec.model_validate(spec), "the rest is the default"
        await person.say(type="begin", spec=spec, bug="adamw_gradient", steps_per_second=30)
        before = await person.until("timeline", lambda said: said["redo"] == 0)
        await person.say(type="undo")
        told = await person.until("state", lambda state: state["planted"] == "forgotten_slope")
        assert (told["spec"]["dataset"], told["spec"]["seed"], told["speed"]) == ("circle", 3, 7)
        await person.say(type="redo")
        told = await person.until("state", lambda state: state["planted"] == "adamw_gradient")
        assert (told["spec"]["dataset"], told["spec"]["seed"], told["speed"]) == ("xor", Spec().seed, 30)
        after = await person.until("timeline", lambda said: said["redo"] == 0)
        assert after["undo"] == before["undo"], "the same setup twice is one change"


async def test_a_set_up_that_is_the_present_one_starts_again_and_ends_a_bug() -> None:
    async with watching() as person:
        await person.take(5)
        await person.say(type="plant", bug="forgotten_slope")
        await person.say(type="begin", spec={})
        told = await person.until("state", lambda state: "points" in state and state["step"] == 0)
        assert (told["planted"], person.trainer.bug) == (None, None)
        await person.say(type="undo")
        await person.until("state", lambda state: state["planted"] == "forgotten_slope")


async def test_a_bug_without_a_place_is_refused() -> None:
    async with watching() as watcher:
        await watcher.say(type="plant", bug="norm_constant")
        refusal = await watcher.until("error")
        assert (refusal["code"], refusal["values"]) == ("bug_has_no_place", {"bug": "norm_constant"})
        assert watcher.trainer.bug is None


async def test_pictures_without_a_folder_are_refused_in_a_sentence() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"dataset": "mnist", "loss": "cross_entropy"})
        error = await person.until("error")
        assert error["code"] == "mnist_no_folder"
        assert "MNIST" in error["message"]
        await person.say(type="step")
        await person.at_step(1)
