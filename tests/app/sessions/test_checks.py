"""The check and the diagnosis of a session: by themselves, on demand, with a bug planted, and without a halt."""

import asyncio
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.sessions import checks
from app.training_worker import checkup
from app.training_worker.page_data.measurements import QUANTITIES
from engine.backends.bugs import BUGS
from engine.checking.check import CheckResult, check
from engine.checking.comparison import Silence
from engine.diagnosis.failures import FAILURES
from tests.app.fake_viewer import PATIENCE, Watcher, eventually, managing, watching

DEEP: dict[str, Any] = {
    "hidden": [{"width": 4, "dropout": 0.3}, {"width": 3, "batch_norm": True}],
    "loss": "mse",
    "stop_change": 0,
}
"""A network in which every bug has its place."""


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The background does at once what it does every few seconds."""
    monkeypatch.setattr(checks, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(checks, "HEALTH_SECONDS", 0.02)
    monkeypatch.setattr(checks, "REST", 0)


async def test_the_light_is_green_and_tells_what_it_has_seen() -> None:
    async with watching() as watcher:
        await watcher.say(type="check")
        light = await watcher.until("checked")
        assert light["state"] == "green"
        assert light["step"] == 0
        assert light["revision"] == watcher.run.revision
        assert 0 < light["difference"] < 1e-5
        assert light["tensor"] in watcher.trainer.network.names
        witnesses = [one["witness"] for one in light["compared"]]
        engine = ["engine_gradient", "engine_update", "engine_counters"]
        assert witnesses == ["autograd", "float32", "differences", "update", *engine, "next_step"]
        assert all(one["agrees"] for one in light["compared"])
        assert light["silent"] == []
        assert (light["tried"], light["parameters"], light["samples"], light["planted"]) == (25, 25, 10, None)
        gradient = light["gradient"]
        assert gradient["hand"] == pytest.approx(gradient["autograd"], rel=1e-6)
        assert gradient["hand"] == pytest.approx(gradient["differences"], rel=1e-5)


async def test_a_witness_that_says_no_number_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    right = check

    def lost(*run: Any) -> CheckResult | None:
        result = right(*run)
        assert result is not None
        return replace(result, comparisons=(replace(result.comparisons[0], difference=np.inf, other=np.nan),))

    monkeypatch.setattr(checkup, "check", lost)
    async with watching() as watcher:
        await watcher.say(type="check")
        light = await watcher.until("checked")
        assert light["state"] == "red"
        assert light["difference"] is light["compared"][0]["difference"] is None
        assert light["compared"][0]["other"] is None


async def test_what_could_not_be_compared_is_silent_and_not_green(monkeypatch: pytest.MonkeyPatch) -> None:
    right = check

    def partly(*run: Any) -> CheckResult | None:
        result = right(*run)
        assert result is not None
        return replace(result, silent=(Silence("engine_gradient", "kink"),))

    monkeypatch.setattr(checkup, "check", partly)
    async with watching() as watcher:
        await watcher.say(type="check")
        light = await watcher.until("checked")
        assert light["state"] == "silent"
        assert light["silent"] == [{"witness": "engine_gradient", "reason": "kink"}]


@pytest.mark.usefixtures("often")
async def test_a_number_set_by_hand_is_checked_anew() -> None:
    async with watching() as watcher:
        await watcher.until("checked")
        await watcher.say(type="edit", tensor="layers.0.weight", index=[0, 0], value=3.5)
        await watcher.until("timeline", lambda said: said["undo"] == 1)
        await watcher.until("checked")


@pytest.mark.parametrize("bug", BUGS)
async def test_a_bug_turns_it_red_and_taken_out_green(bug: str) -> None:
    async with watching() as watcher:
        await watcher.say(type="configure", spec=DEEP)
        await watcher.say(type="plant", bug=bug)
        assert (await watcher.until("state", lambda state: state["planted"] is not None))["planted"] == bug
        await watcher.say(type="step", count=30)
        await watcher.at_step(30)
        await watcher.say(type="check")
        light = await watcher.until("checked", lambda light: light["step"] == 30)
        assert (light["state"], light["planted"]) == ("red", bug)
        assert light["difference"] > 1e-3
        await watcher.say(type="plant", bug=None)
        light = await watcher.until("checked", lambda light: light["planted"] is None)
        assert light["state"] == "green"


async def test_the_inspector_shows_where_a_bug_sits() -> None:
    async with watching() as watcher:
        await watcher.say(type="inspect", subject={"kind": "weight", "layer": 0, "index": 1, "source": 0})
        lines = (await watcher.until("explanation"))["lines"]
        assert not any(line["wrong"] for line in lines)
        await watcher.say(type="plant", bug="gradient_not_cleared")
        await watcher.say(type="step", count=5)
        explained = await watcher.until("explanation", lambda message: message["step"] == 5)
        assert [line["name"] for line in explained["lines"] if line["wrong"]] == ["gradient"]


@pytest.mark.usefixtures("often")
async def test_it_looks_by_itself_while_somebody_watches() -> None:
    async with watching() as watcher:
        await watcher.say(type="watch", what=["health"])
        await watcher.say(type="play")
        first = await watcher.until("checked")
        second = await watcher.until("checked", lambda light: light["step"] > first["step"])
        assert second["state"] == "green"
        health = await watcher.until("health")
        assert len(health["layers"]) == 3
        assert sum(health["layers"][0]["histogram"]) == 8
        assert health["findings"] == []


@pytest.mark.usefixtures("often")
async def test_what_was_measured_is_the_history_of_its_branch() -> None:
    async with watching() as watcher:
        await watcher.say(type="watch", what=["health"])
        for step in (10, 20, 30):
            await watcher.say(type="step", count=10)
            await watcher.until("health", lambda said, step=step: said["step"] == step)  # type: ignore[misc]
        told = {one["step"]: one["layers"] for one in watcher.seen if one["type"] == "health"}
        await watcher.say(type="history")
        measured = (await watcher.until("history", lambda said: said["steps"][-1] == 30))["measured"]
        assert set(measured["steps"]) >= {10, 20, 30}
        for name in QUANTITIES:
            for layer, values in enumerate(measured["layers"][name]):
                for step, kept in zip(measured["steps"], values, strict=True):
                    expected = told[step][layer][name] if step in told else kept
                    assert kept == (expected and pytest.approx(expected, rel=1e-3)), (name, layer, step)
        await watcher.say(type="seek", branch=0, step=15)
        await watcher.until("health", lambda said: said["step"] == 15)
        await watcher.say(type="configure", spec={"learning_rate": 0.3})
        branched = (await watcher.until("history", lambda said: said["steps"][-1] <= 15))["measured"]["steps"]
        assert branched
        assert max(branched) <= 15, "what comes later belongs to the first branch"
        await watcher.say(type="step", count=7)
        health = await watcher.until("health", lambda said: said["step"] == 22)
        assert health["branch"] == 1
        await watcher.say(type="seek", branch=0, step=30)
        first = await watcher.until("history", lambda said: said["steps"][-1] == 30)
        assert first["measured"] == measured
        await watcher.say(type="reset")
        again = await watcher.until("history", lambda said: said["steps"] == [0])
        assert set(again["measured"]["steps"]) <= {0}


async def rounds(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Waits until each background task of every session has looked so often whether there is something to do."""
    looked = 0
    within = checks._requested_within

    async def counted(seconds: float, requested: asyncio.Event | None) -> bool:
        nonlocal looked
        looked += 1
        return await within(seconds, requested)

    monkeypatch.setattr(checks, "_requested_within", counted)
    await eventually(lambda: looked >= 2 * count)


@pytest.mark.usefixtures("often")
async def test_nothing_is_done_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("nobody watches")

    monkeypatch.setattr(checkup, "diagnose", fail)
    monkeypatch.setattr(checkup, "check", fail)
    async with managing() as manager:
        session = await manager.create()
        await rounds(monkeypatch, 5)
        watcher = Watcher(session)
        await watcher.say(type="watch", what=["health"])
        watcher.leave()
        await rounds(monkeypatch, 5)


@pytest.mark.usefixtures("often")
async def test_health_is_measured_only_for_those_who_look_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with watching() as watcher:
        other = Watcher(watcher.session)
        await watcher.take(3)
        await rounds(monkeypatch, 5)
        await watcher.say(type="watch", what=["health"])
        assert (await watcher.until("health"))["step"] == 3
        assert watcher.run.branches.curves()["measured"]["steps"] == [3]
        await watcher.say(type="watch", what=[])
        await watcher.take(3)
        await rounds(monkeypatch, 5)
        await other.say(type="history")
        assert (await other.until("history", lambda said: said["steps"][-1] == 6))["measured"]["steps"] == [3]
        assert not [said for said in other.seen if said["type"] == "health"]
        other.leave()


@pytest.mark.usefixtures("often")
async def test_where_nothing_has_moved_nothing_is_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with watching() as watcher:
        await watcher.until("checked")
        count = len(watcher.seen)
        await rounds(monkeypatch, 10)
        await watcher.say(type="history")
        await watcher.until("history")
        assert [message["type"] for message in watcher.seen[count:]].count("checked") == 0


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("failure", [one for one in FAILURES if one.finding in ("vanishing", "symmetric")])
async def test_a_sick_run_is_told(failure: Any) -> None:
    async with watching() as watcher:
        await watcher.say(type="watch", what=["health"])
        await watcher.say(type="configure", spec=failure.spec.model_dump(mode="json"))
        health = await watcher.until("health", lambda message: message["findings"] != [])
        assert [finding["code"] for finding in health["findings"]] == [failure.finding]
        assert health["findings"][0]["layer"] == 0


@pytest.mark.usefixtures("often")
async def test_training_goes_on_while_it_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comparison that takes its time, as the first does, which loads torch, holds nobody up."""
    going, may_end = threading.Event(), threading.Event()

    def held_up(*_: object) -> None:
        going.set()
        assert may_end.wait(PATIENCE)

    monkeypatch.setattr(checkup, "check", held_up)
    async with watching() as watcher:
        await watcher.say(type="play")
        assert await asyncio.to_thread(going.wait, PATIENCE)
        step = watcher.run.step
        await watcher.until("frame", lambda frame: frame["step"] > step + 100)
        may_end.set()
        light = await watcher.until("checked")
        assert light["state"] == "none"


@pytest.mark.usefixtures("often")
async def test_a_failure_of_the_check_is_no_failure_of_the_session(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no torch")

    monkeypatch.setattr(checkup, "check", fail)
    async with watching() as watcher:
        await watcher.say(type="check")
        light = await watcher.until("checked")
        assert (light["state"], light["reason"], light["step"], light["planted"]) == ("failed", "error", 0, None)
        assert "could not be checked" in caplog.text
        await watcher.say(type="step", count=3)
        await watcher.at_step(3)
