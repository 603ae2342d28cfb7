"""When a run is saved, and what of it is done on the event loop."""

import threading
from pathlib import Path
from typing import Any
from unittest.mock import patch

from app.sessions.saving import run_writer, saver
from app.store.records import Save
from app.store.repository import Repository
from tests.app.fake_viewer import Watcher, eventually
from tests.app.sessions.kept_runs import keeping


async def test_arrays_are_put_together_in_the_thread_of_the_store(tmp_path: Path) -> None:
    threads: list[str] = []
    arrays_of = run_writer.arrays_of

    def noted(*arguments: Any) -> Any:
        threads.append(threading.current_thread().name)
        return arrays_of(*arguments)

    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        with patch.object(run_writer, "arrays_of", noted):
            await person.take(30)
            await person.session.keep()
        person.leave()
    assert threads
    assert all(name.startswith("store") for name in threads)


async def test_many_changes_of_a_paused_run_are_few_saves_and_the_last_one_is_kept(tmp_path: Path) -> None:
    saves: list[Save] = []
    write = Repository.write

    def noted(self: Repository, save: Save) -> bool:
        saves.append(save)
        return write(self, save)

    async def edit(person: Watcher, times: int) -> None:
        for number in range(times):
            await person.say(type="edit", tensor="layers.0.weight", index=[0, 0], value=number / 100)

    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        with patch.object(Repository, "write", noted), patch.object(saver, "PAUSED_SECONDS", 3600):
            await edit(person, 50)
            await person.session.saver.wait()
            assert len(saves) == 1
        with patch.object(saver, "PAUSED_SECONDS", 0.01):
            await edit(person, 50)
            await eventually(lambda: not person.session.saver.is_behind and person.session.saver.idle)
        person.leave()


async def test_a_killed_server_loses_two_seconds_of_training_at_most(tmp_path: Path) -> None:
    """By a clock of the test's own, whatever is killed when: at no moment the store is further behind."""
    saved = [0]
    write = Repository.write

    def noted(self: Repository, save: Save) -> bool:
        written = write(self, save)
        saved[0] = next(part.facts["progress"].step for part in save.added.values() if part.kind == "here")
        return written

    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        run, now = person.run, [1000.0]
        run.clock = lambda: now[0]
        taken_at = {0: now[0]}
        with patch.object(Repository, "write", noted):
            await person.say(type="play")
            while now[0] < 1010:
                now[0] += 0.1
                before = run.step
                await eventually(lambda before=before: run.step > before)  # type: ignore[misc]
                await person.session.saver.wait()
                taken_at[run.step] = now[0]
                assert now[0] - max(at for step, at in taken_at.items() if step <= saved[0]) <= 2
        assert saved[0] > 400
        person.leave()


async def test_after_a_save_that_took_long_there_is_none_for_longer(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        now, write = [1000.0], Repository.write

        def slowly(self: Repository, save: Save) -> bool:
            now[0] += 1
            return write(self, save)

        person.run.clock = lambda: now[0]
        with patch.object(Repository, "write", slowly):
            await person.say(type="edit", tensor="layers.0.weight", index=[0, 0], value=0.5)
            await eventually(lambda: now[0] > 1000)
            await person.session.saver.wait()
        await person.say(type="edit", tensor="layers.0.weight", index=[0, 0], value=0.7)
        assert person.session.saver.is_behind
        assert not person.session.saver.is_due
        now[0] += 3
        assert person.session.saver.is_due
        person.leave()
