"""A run that is kept and read back is the same run, bit for bit, and goes on as it would have."""

import asyncio
import json
import sqlite3
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from app.sessions.saving.run_reader import read_run
from app.settings import Limits
from app.store.opening import FILE, open_folder
from engine.nn.network import Progress
from engine.training.stopping import StoppingState
from tests.app.fake_viewer import Watcher, eventually
from tests.app.sessions.kept_runs import (
    assert_it_comes_back,
    begun,
    eventful,
    everything,
    keeping,
    kept,
    of_checkpoint,
    wake,
)


async def test_everything_of_a_run_comes_back(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        await eventful(person)
        key = person.session.key
        person.leave()
        await manager.stop()
        before = everything(person.run)
    assert len(before["branches"]) > 1
    assert all(before["undo"][0])
    assert before["layers"][0][1]
    assert [row.step for log in before["logs"] for row in log][:1] == [25]
    async with keeping(tmp_path) as manager:
        again = await wake(manager, key)
        assert everything(again.run) == before
        assert again.run is not person.run
        notice = await again.until("notice")
        assert (notice["code"], notice["values"]) == ("run_restored", {"step": again.run.step})
        again.leave()


async def test_a_run_that_the_first_version_of_the_database_kept_comes_back(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        await eventful(person)
        person.leave()
        await manager.stop()
        before = everything(person.run)
    with sqlite3.connect(tmp_path / FILE) as file:
        for number, text in file.execute("SELECT number, facts FROM parts").fetchall():
            facts, layout = json.loads(text)
            if "progress" in facts:
                facts["progress"] = dict(zip(Progress._fields, facts["progress"], strict=True))
                facts["stopping"] = vars(StoppingState(*facts["stopping"]))
            text = json.dumps([facts, json.loads(layout)])
            file.execute("UPDATE parts SET facts = ? WHERE number = ?", (text, number))
    file.close()
    await assert_it_comes_back(tmp_path, person.session.key, before)


async def test_it_trains_on_as_it_would_have(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        await eventful(person)
        await person.session.keep()
        key, saved = person.session.key, await manager.store.read(person.session.key)  # type: ignore[union-attr]
        await person.take(41)
        expected = of_checkpoint(person.trainer.checkpoint())
        person.leave()
    assert saved is not None
    async with keeping(tmp_path) as manager:
        with patch.object(manager.store, "read", lambda _: asyncio.sleep(0, saved)):
            again = await wake(manager, key)
        await again.take(41)
        assert of_checkpoint(again.trainer.checkpoint()) == expected
        await again.say(type="undo")
        await again.say(type="back", steps=3)
        again.leave()


async def test_what_is_saved_piece_by_piece_is_the_same(tmp_path: Path) -> None:
    """Many saves of what has changed amount to one of everything, over thinned curves and moments and a new start."""
    with patch("app.sessions.saving.saver.SAVE_SECONDS", 0):
        async with keeping(tmp_path, history=20, measured=16, timeline_bytes=40_000) as manager:
            person = Watcher(await manager.create())
            await eventful(person)
            await person.say(type="speed", steps_per_second=None)
            await person.say(type="play")
            for _ in range(60):
                await person.until("frame")
            await person.say(type="pause")
            await person.say(type="regenerate")
            await person.say(type="play")
            for _ in range(60):
                await person.until("frame")
            await person.say(type="pause")
            await eventually(lambda: not person.session.saver.is_behind and person.session.saver.idle)
            before = everything(person.run)
            assert before["timeline"][1] > 1
            assert before["losses"][0][0] > 1
            key = person.session.key
            person.leave()
    await assert_it_comes_back(tmp_path, key, before, history=20, measured=16, timeline_bytes=40_000)


async def test_the_undo_of_a_whole_set_up_is_kept_with_its_bug_and_pace(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        await person.say(type="speed", steps_per_second=7)
        await person.say(type="begin", spec={"optimizer": "adamw"}, bug="adamw_gradient", steps_per_second=30)
        key = person.session.key
        person.leave()
        await manager.stop()
        before = everything(person.run)
    async with keeping(tmp_path) as manager:
        again = await wake(manager, key)
        assert everything(again.run) == before
        await again.say(type="undo")
        state = await again.until("state", lambda state: state["planted"] is None and state["speed"] == 7)
        assert state["spec"]["optimizer"] == "sgd"
        again.leave()


async def test_it_plays_on_if_it_played(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        await person.say(type="play")
        await person.until("frame", lambda frame: frame["step"] > 5)
        key = person.session.key
        person.leave()
        await manager.stop()
        step = person.run.step
    async with keeping(tmp_path) as manager:
        again = await wake(manager, key)
        assert again.run.step == step
        assert again.run.playing
        await again.until("frame", lambda frame: frame["step"] > step)
        again.leave()


async def test_where_too_many_play_it_comes_back_paused(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        await person.say(type="play")
        key = person.session.key
        person.leave()
    async with keeping(tmp_path, playing=1) as manager:
        other = Watcher(await manager.create())
        await other.say(type="play")
        again = await wake(manager, key)
        assert not again.run.playing
        assert (await again.until("notice"))["code"] == "run_restored_paused"
        again.leave()
        other.leave()


async def test_many_who_come_for_a_run_find_the_same_one(tmp_path: Path) -> None:
    key = await kept(tmp_path)
    async with keeping(tmp_path) as manager:
        first, second = await asyncio.gather(manager.wake(key), manager.wake(key))
        assert first is second is manager.find(key)


async def test_a_run_that_nobody_touched_is_not_kept(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        await person.until("frame")
        key = person.session.key
        person.leave()
    async with keeping(tmp_path) as manager:
        assert await manager.wake(key) is None
        assert await manager.wake("no-such-key") is None
        assert await manager.wake(None) is None


async def test_a_run_with_numbers_that_are_not_finite_is_not_read(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = await begun(manager)
        key = person.session.key
        person.leave()
        await manager.stop()
        assert manager.store is not None
        saved = await manager.store.read(key)
    assert saved is not None
    read_run(saved, Limits())
    moment = next(part for part in saved.parts.values() if part.kind == "moment")
    moment.arrays["parameters"] = np.full_like(moment.arrays["parameters"], np.nan)  # type: ignore[index]
    with pytest.raises(ValueError, match="not finite"):
        read_run(saved, Limits())


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE parts SET arrays = x'00' WHERE kind = 'here'",
        "DELETE FROM parts WHERE kind = 'spec'",
        "UPDATE runs SET head = '{}'",
    ],
)
async def test_a_run_that_is_damaged_is_gone(tmp_path: Path, damage: str) -> None:
    key = await kept(tmp_path)
    opened = open_folder(tmp_path)
    with opened._connection.begin():
        opened._connection.exec_driver_sql(damage)
    opened.close()
    async with keeping(tmp_path) as manager:
        assert await manager.wake(key) is None
        assert manager.sessions == 0
