"""Studies of a session: what comes of one, stopping and going on, one after another, and the end of both."""

import asyncio
import itertools
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from app.sessions.studies import StudyState
from app.training_worker import studies
from app.training_worker.memory import MemoryBudget, data_bytes
from app.training_worker.study_requests import LuckStudy, PictureStudy, RateStudy, StudyPiece, SweepStudy
from engine import Spec, Trainer
from engine.data.digits import BUNDLED_ONLY
from engine.studies.knobs import spaced, turned
from engine.studies.luck import Varied
from engine.studies.sweep import Axis
from tests.app.fake_viewer import Watcher, eventually, managing, watching

RATE = {"knob": "learning_rate", "low": 0.01, "high": 1, "count": 4, "log": True}
BATCH = {"knob": "batch_size", "low": 10, "high": 30, "count": 3}
SWEEP: dict[str, Any] = {"type": "sweep", "x": RATE, "y": BATCH, "epochs": 2}
LONG: dict[str, Any] = {**SWEEP, "epochs": 10, "seeds": 9}


async def parts_of(watcher: Watcher, state: str = "done", number: int = 1) -> list[Any]:
    """All parts of a study, until it is in this state."""
    found: list[Any] = []
    while True:
        told = await watcher.until("study", lambda said: said["number"] == number)
        found = told["parts"] if "plan" in told else found + told["parts"]
        if told["state"] == state:
            return found


async def test_a_sweep_tells_every_cell_and_each_is_a_run() -> None:
    async with watching() as watcher:
        await watcher.say(**SWEEP, fields={"noise": 10})
        first = await watcher.until("study")
        plan = first["plan"]
        assert (first["runs"], plan["x"]["values"]) == (12, list(spaced("learning_rate", 0.01, 1, 4, log=True)))
        assert plan["y"] == {"knob": "batch_size", "values": [10, 20, 30]}
        rows = [dict(zip(plan["columns"], row, strict=True)) for row in first["parts"] + await parts_of(watcher)]
        assert sorted((row["column"], row["row"]) for row in rows) == [(x, y) for x in range(4) for y in range(3)]
        for row in rows[::5]:
            knobs = {"learning_rate": plan["x"]["values"][row["column"]], "batch_size": plan["y"]["values"][row["row"]]}
            trainer = Trainer(turned(Spec.model_validate(plan["spec"]), knobs), "by_hand")
            trainer.advance(row["steps"])
            assert (trainer.epoch, trainer.spec.noise) == (2, 10)
            assert trainer.evaluate()["test_loss"] == row["test_loss"]
        assert watcher.run.step == 0, "the run on the page is not affected"


async def test_luck_tells_every_run_and_the_last_what_is_said_of_all() -> None:
    async with watching() as watcher:
        await watcher.say(type="luck", seeds=8, epochs=3, against={"optimizer": "adam"})
        parts = await parts_of(watcher)
        assert len(parts) == 16
        last = next(part for part in parts if "medians" in part)
        for set_up, optimizer in enumerate(("sgd", "adam")):
            losses = []
            for run in (run for run in parts if run["set_up"] == set_up):
                trainer = Trainer(Spec(optimizer=optimizer, seed=run["seed"]), "by_hand")
                trainer.advance(run["steps"])
                losses.append(trainer.evaluate()["test_loss"])
                assert run["test_loss"] == losses[-1]
            assert last["medians"][set_up]["median"] == sorted(losses)[3]
        assert sum(last["comparison"][name] for name in ("better", "worse", "equal")) == 8
        await watcher.say(type="luck", seeds=257)
        assert (await watcher.until("error"))["code"] == "out_of_range"
        await watcher.say(type="luck", seeds=256, epochs=100_000, begin=False)
        assert (await watcher.until("error"))["code"] == "study_run_too_long"
        assert watcher.run.step == 0, "the run on the page is not affected"


async def test_the_rate_finder_tells_a_rate() -> None:
    async with watching() as watcher:
        await watcher.say(type="find_rate", fields={"optimizer": "adam"})
        (found,) = await parts_of(watcher)
        assert 0 < found["steepest"] <= found["last_stable"] <= 10
        assert len(found["rates"]) == len(found["losses"]) > 100


async def test_the_cost_is_told_before_anything_begins() -> None:
    async with watching() as watcher:
        await watcher.say(**SWEEP, begin=False)
        cost = await watcher.until("study_cost")
        assert cost["runs"] == 12
        await watcher.say(**LONG, begin=False)
        assert (await watcher.until("study_cost"))["seconds"] > cost["seconds"]
        assert watcher.run.studies.current is None


async def test_a_study_stops_and_goes_on_where_it_was() -> None:
    async with watching() as watcher:
        await watcher.say(**LONG)
        await watcher.until("study", lambda said: said["done"] > 0)
        await watcher.say(type="study_control", action="stop")
        stopped = await watcher.until("study", lambda said: said["state"] == "stopped")
        assert 0 < stopped["done"] < stopped["runs"]
        await watcher.say(type="study_control", action="stop")
        assert (await watcher.until("error"))["code"] == "no_study"
        await watcher.say(type="study_control", action="go_on")
        await parts_of(watcher)
        await watcher.say(type="study_control", action="tell")
        whole = await watcher.until("study", lambda said: "plan" in said)
        assert whole["done"] == whole["runs"]
        assert len({(row[0], row[1]) for row in whole["parts"]}) == len(whole["parts"]) == 12


async def test_a_second_study_replaces_the_first_or_waits() -> None:
    async with watching() as watcher:
        await watcher.say(**{**SWEEP, "epochs": 10})
        await watcher.say(type="study_control", action="stop")
        for epochs in (2, 3):
            await watcher.say(**{**SWEEP, "epochs": epochs}, then="wait")
        assert watcher.run.studies.current is not None
        assert watcher.run.studies.current.number == 1
        assert len(watcher.run.studies.waiting) == 2
        await watcher.say(type="study_control", action="go_on")
        await parts_of(watcher, number=3)
        done = [said["number"] for said in watcher.seen if said["type"] == "study" and said["state"] == "done"]
        assert done == [1, 2, 3]
        await watcher.say(**LONG)
        await watcher.say(**SWEEP)
        await parts_of(watcher, number=5)
        assert [said["state"] for said in watcher.seen if said.get("number") == 4][-1] == "ended"


async def test_it_plays_on_meanwhile_and_a_study_can_be_ended() -> None:
    async with watching() as watcher:
        await watcher.say(type="play")
        await watcher.say(**LONG)
        await watcher.until("study", lambda said: said["done"] > 0)
        step = watcher.run.step
        await watcher.until("frame", lambda frame: frame["step"] > step)
        await watcher.say(type="study_control", action="end")
        await watcher.until("study", lambda said: said["state"] == "ended")


async def test_a_study_of_a_session_that_ends_ends() -> None:
    async with managing() as manager:
        watcher = Watcher(await manager.create())
        await watcher.say(**LONG)
        study = watcher.run.studies.current
        assert study is not None
        watcher.leave()
        await manager.stop()
        done = study.done
        await asyncio.sleep(0)
        assert (study.state, study.done) == (StudyState.WORKING, done)
        assert done < study.planned.runs


async def test_nobody_watches_and_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sessions.studies.UNWATCHED_SECONDS", 0.01)
    async with watching() as watcher:
        watcher.run.viewers.clear()
        await watcher.say(**SWEEP)
        study = watcher.run.studies.current
        assert study is not None
        for _ in range(100):
            await asyncio.sleep(0)
        assert study.done == 0
        watcher.run.viewers.append(watcher.viewer)
        await eventually(lambda: study.state is StudyState.DONE)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"x": {**RATE, "low": 0}}, "study_log_of_zero"),
        ({"x": {**RATE, "high": 11}}, "study_bounds"),
        ({"x": {**RATE, "low": 2}}, "study_order"),
        ({"x": {**BATCH, "high": 10}}, "study_range"),
        ({"x": BATCH}, "study_same_knob"),
        ({"x": {**RATE, "count": 1}}, "out_of_range"),
        ({"x": {**RATE, "knob": "colour"}}, "not_a_choice"),
        ({"measure": "colour"}, "not_a_choice"),
        ({"fields": {"noise": 99}}, "out_of_range"),
        ({"fields": {"hidden": []}, "x": {**BATCH, "knob": "width"}}, "study_needs_layers"),
        ({"x": {**BATCH, "knob": "width", "high": 1000}}, "spec_parameters"),
        ({"epochs": 100_000}, "study_run_too_long"),
    ],
)
async def test_what_makes_no_sense_is_refused(change: dict[str, Any], code: str) -> None:
    async with watching() as watcher:
        await watcher.say(**{**SWEEP, "fields": {}, **change})
        assert (await watcher.until("error"))["code"] == code
        assert watcher.run.studies.current is None


async def test_a_study_that_fails_is_told_and_the_session_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_study: Any) -> Any:
        raise ArithmeticError

    async with watching() as watcher:
        with monkeypatch.context() as patched:
            patched.setattr(studies.StudyInThisProcess, "piece", fail)
            await watcher.say(**SWEEP)
            assert (await watcher.until("error"))["code"] == "study_failed"
        await watcher.say(**SWEEP)
        await parts_of(watcher, number=2)
        await watcher.take(3)


async def test_a_piece_ends_after_five_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count()
    monkeypatch.setattr(studies, "time", SimpleNamespace(perf_counter=lambda: 0.002 * next(ticks)))
    iterator: Iterator[Any] = iter([None, (1, "a"), None, (3, "b"), None])
    study = studies.StudyInThisProcess(studies.Plan(4, 1, 1, 0, {}, [iterator]))
    assert [study.piece() for _ in range(3)] == [
        StudyPiece(["a"], 1, ended=False),
        StudyPiece(["b"], 3, ended=True),
        StudyPiece([], 0, ended=True),
    ]


@pytest.mark.parametrize("study", [PictureStudy(Spec(), 1000), RateStudy(Spec())])
def test_one_run_takes_as_long_on_many_cores_as_on_one(study: PictureStudy | RateStudy) -> None:
    plans = [studies.plan(study, BUNDLED_ONLY, "by_hand", cores) for cores in (1, 8)]
    one, many = (studies.planned(plan).seconds for plan in plans)
    assert one == many > 0


LARGE = {"dataset": "random", "samples": 50_000, "random_inputs": 1000}
"""400 MB of samples for each core."""


@pytest.mark.parametrize("study", [SWEEP, {"type": "luck", "seeds": 2, "epochs": 1}, {"type": "find_rate"}])
async def test_a_study_for_which_there_is_no_memory_is_refused(study: dict[str, Any]) -> None:
    async with watching(MemoryBudget(100_000_000, used=lambda: 1_000_000), study_seconds=1e9) as watcher:
        await watcher.say(**study, fields=LARGE)
        assert (await watcher.until("error"))["code"] == "memory_too_full"
        assert watcher.run.studies.current is None
        await watcher.say(**study, begin=False)
        await watcher.until("study_cost")


@pytest.mark.parametrize(("vary", "seeds", "draws_data"), [("all", 2, True), ("all", 1, False), ("start", 2, False)])
def test_seeds_that_draw_new_data_need_memory_though_the_data_of_the_first_are_there(
    vary: Varied, seeds: int, draws_data: bool
) -> None:
    held = Trainer(Spec(dataset="random", samples=50, random_inputs=20), "by_hand")
    needed = 3 * data_bytes(held.spec) * draws_data
    luck = LuckStudy(held.spec, seeds, 1, vary, None)
    assert studies.plan(luck, BUNDLED_ONLY, "by_hand", 3).bytes == needed
    if vary == "all":
        x, y = Axis("learning_rate", (0.1, 0.2)), Axis("batch_size", (5, 10))
        sweep = SweepStudy(held.spec, x, y, 1, seeds, "test_loss", 0.1)
        assert studies.plan(sweep, BUNDLED_ONLY, "by_hand", 3).bytes == needed


async def test_the_looks_along_the_curves_of_luck_are_counted_in_its_cost() -> None:
    async with watching() as watcher:
        await watcher.say(**{**SWEEP, "epochs": 30}, begin=False)
        sweep = await watcher.until("study_cost")
        await watcher.say(type="luck", seeds=sweep["runs"], epochs=30, begin=False)
        luck = await watcher.until("study_cost")
        assert luck["runs"] == sweep["runs"]
        assert luck["seconds"] > 3 * sweep["seconds"]


async def study_runs() -> None:
    async with watching(study_runs=11) as watcher:
        await watcher.say(**SWEEP)
        error = await watcher.until("error")
        assert (error["code"], error["values"]) == ("study_too_many_runs", {"count": 12, "limit": 11})


async def study_seconds() -> None:
    async with watching(study_seconds=0.001) as watcher:
        await watcher.say(**SWEEP)
        assert (await watcher.until("error"))["code"] == "study_too_long"


async def queued_studies() -> None:
    async with watching(queued_studies=1) as watcher:
        await watcher.say(**LONG)
        await watcher.say(**SWEEP, then="wait")
        await watcher.say(**SWEEP, then="wait")
        error = await watcher.until("error")
        assert (error["code"], error["values"]) == ("too_many_studies", {"limit": 1})
        await watcher.say(**SWEEP)
        await parts_of(watcher, number=3)
