"""The store beside a server: its faults are told and stop nobody, and what was kept long enough goes."""

import asyncio
import socket
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock, patch

import pytest
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from app.settings import Limits, Settings
from app.store import opening, store
from app.store.opening import connect_to_folder, open_folder, open_store
from app.store.records import Save
from app.store.repository import CannotOpen, Repository
from app.store.store import Store
from app.wire.messages import NoticeCode
from tests.app.fake_viewer import Watcher, eventually, managing
from tests.app.sessions.kept_runs import assert_it_comes_back, begun, everything, keeping

MINUTE = 60 / (24 * 60 * 60)


async def restrict(kept: Store, pages: int) -> None:
    """As a disk that has room for so many pages of the file."""
    await kept._do(kept._repository._connection.exec_driver_sql, f"PRAGMA max_page_count={pages}")
    await kept._do(kept._repository._connection.rollback)


async def test_a_full_disk_is_told_and_playing_goes_on(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        assert manager.store is not None
        person = await begun(manager)
        await person.session.keep()
        await restrict(manager.store, 1)
        with patch.object(store, "RETRY_SECONDS", 0.05):
            await person.say(type="configure", spec={"hidden": [32, 32, 32]})
            await told(person, "store_full")
            await person.take(50)  # it trains on
            late = Watcher(await manager.create())
            await told(late, "store_full")
            await restrict(manager.store, 10**6)
            await told(person, "store_again")
        await eventually(lambda: person.session.saver.idle)
        late.leave()
        person.leave()
        await manager.stop()
    await assert_it_comes_back(tmp_path, person.session.key, everything(person.run))


async def test_a_database_that_fails_is_told(tmp_path: Path) -> None:
    def fails(_: Save) -> bool:
        raise OperationalError("INSERT", {}, Exception("server closed the connection"))

    async with keeping(tmp_path) as manager:
        person = Watcher(await manager.create())
        assert manager.store is not None
        with patch.object(manager.store._repository, "write", fails):
            await person.say(type="step", count=3)
            await told(person, "store_failed")
            await person.take(3)  # it trains on
        person.leave()


async def told(person: Watcher, code: NoticeCode) -> dict[str, Any]:
    return await person.until("notice", lambda notice: notice["code"] == code)


async def test_a_database_that_starts_after_the_server_is_used_from_then_on(tmp_path: Path) -> None:
    starting = ["postgres"]

    def connect() -> Connection:
        if starting:
            raise CannotOpen("The database cannot be used.")
        return connect_to_folder(tmp_path)

    kept = Store(Repository(connect), "failed")
    with patch.object(store, "RETRY_SECONDS", 0.05):
        async with managing(None, kept) as manager:
            kept.start(manager.limits)
            person = Watcher(await manager.create())
            await told(person, "store_failed")
            await person.take(3)
            starting.clear()
            await told(person, "store_again")
            assert await person.session.keep()
            assert await kept.read(person.session.key) is not None
            person.leave()
    await kept.close()


def test_an_address_that_does_not_answer_yet_is_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("psycopg", reason="install the extra [postgres]")
    opened = open_store(Settings(store="postgresql+psycopg://nobody@127.0.0.1:1/none"))
    assert opened is not None
    assert opened.state == "failed"
    assert "Until it can, runs are not kept" in capsys.readouterr().out


def test_an_address_that_lets_nobody_in_holds_no_start_up(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg", reason="install the extra [postgres]")
    monkeypatch.setitem(opening.TIMES, "connect_timeout", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        opened = open_store(Settings(store=f"postgresql+psycopg://nobody@127.0.0.1:{silent.getsockname()[1]}/none"))
    assert opened is not None
    assert opened.state == "failed"


def test_a_database_of_a_later_version_is_left_alone_in_words(tmp_path: Path) -> None:
    kept = open_folder(tmp_path)
    with kept._connection.begin():
        kept._connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    kept.close()
    with pytest.raises(SystemExit, match=r"later version of this program \(database 9999"):
        open_store(Settings(data=tmp_path))


async def test_a_run_that_was_forgotten_while_somebody_had_it_is_written_anew(tmp_path: Path) -> None:
    async with keeping(tmp_path) as manager:
        assert manager.store is not None
        person = await begun(manager)
        await person.session.keep()
        manager.store.in_use = tuple
        await manager.store.sweep(seconds=1e6, most_bytes=0)
        assert manager.store.kept == 0
        await person.take(3)
        await eventually(lambda: person.session.saver.idle and not person.session.saver.is_behind)
        before = everything(person.run)
        person.leave()
    await assert_it_comes_back(tmp_path, person.session.key, before)


async def forgets(folder: Path, **limits: float) -> bool:
    """Whether the run of a server goes that has these limits, when it is started again two minutes later."""
    async with keeping(folder) as manager:
        person = await begun(manager)
        person.leave()
    kept = Store(open_folder(folder))
    settings = Settings.model_validate({"limits": limits})
    kept._repository._clock = lambda: time.time() + 120
    async with managing(None, kept):
        kept.start(settings.limits)
        await asyncio.sleep(0)  # the store does one thing after the other, and begins with a sweep
        found = await kept.read(person.session.key)
    await kept.close()
    return found is None


async def store_days() -> None:
    await _limits("store_days", too_few=1 * MINUTE, enough=3 * MINUTE)


async def store_bytes() -> None:
    await _limits("store_bytes", too_few=100, enough=10**6)


async def _limits(name: str, too_few: float, enough: float) -> None:
    for value, expected in ((too_few, True), (enough, False)):
        with tempfile.TemporaryDirectory() as folder:
            assert await forgets(Path(folder), **{name: value}) is expected


def test_where_nothing_is_to_be_kept_nothing_is_opened(tmp_path: Path) -> None:
    assert open_store(Settings(store="off", data=tmp_path / "new")) is None
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("in_container", [False, True])
def test_it_is_said_where_runs_are_kept(
    in_container: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "CONTAINER_MARKS", (str(tmp_path),) if in_container else ())
    monkeypatch.setattr(Path, "is_mount", lambda _: False)
    opened = open_store(Settings(data=tmp_path))
    assert opened is not None
    opened._repository.close()
    said = capsys.readouterr().out
    assert said.startswith(f"Runs are kept in {tmp_path}")
    assert ("until this container is removed" in said) is in_container


async def test_a_server_says_that_it_is_alive_whatever_becomes_of_a_save(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    beats = 0

    def beat() -> list[str]:
        nonlocal beats
        beats += 1
        if beats == 1:
            raise ValueError("nobody has thought of this")
        if beats == 2:
            raise OperationalError("UPDATE", {}, Exception("server closed the connection"))
        return []

    kept = Store(Repository(partial(connect_to_folder, tmp_path), is_shared=True))
    kept._failed(OperationalError("INSERT", {}, Exception("server closed the connection")))
    until = kept._retry_at
    sweeps = patch.object(kept, "sweep", AsyncMock())
    with patch.object(store, "BEAT_SECONDS", 0.001), patch.object(kept._repository, "beat", beat), sweeps:
        kept.start(Limits())
        await eventually(lambda: beats > 4)
        assert (kept._retry_at, kept.accepts) == (until, False)  # writing waits no longer for it
    await kept.close()
    assert "could not say that it is alive" in caplog.text
