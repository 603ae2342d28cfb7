"""Kept experiments in the database: each owner's own, within bounds, and gone when nobody has used them for long."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from app.settings import Limits
from app.store.kept_rows import RECENT, REMOVED_SECONDS, Bounds, KeptRows, NewRow, TooMuch
from app.store.opening import connect_to_folder, open_folder
from app.store.repository import Repository
from app.store.store import Store
from app.training_worker.keeping import described
from app.training_worker.kept_run import KeptRun
from app.web.kept_list import KeptList, tab_of
from app.wire.messages import Refusal
from engine import Spec, Trainer
from tests.app.fake_viewer import eventually
from tests.app.store.databases import postgres
from tests.engine.kept.experiments import experiment

BOUNDS = Bounds(rows=3, row_bytes=10_000, all_bytes=10**6)
DAY = 24 * 3600.0


def row(name: str = "one", numbers: int = 4) -> NewRow:
    arrays = {"weights": np.arange(numbers, dtype="<f4"), "steps": np.arange(2, dtype="<i8")}
    return NewRow(name, "a note", {"step": 3}, {"kind": "map"}, {"fact": [1, None]}, arrays)


class Clock:
    now = 1e9

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["sqlite", "postgres"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repository]:
    if request.param == "sqlite":
        opened = open_folder(tmp_path)
        yield opened
        opened.close()
        return
    from app.store.opening import open_address

    with postgres() as database:
        opened = open_address(database.address)
        yield opened
        opened.close()


def test_a_row_comes_back_and_is_its_owners_alone(repository: Repository) -> None:
    kept = repository.kept
    added = kept.add("me", row(), BOUNDS)
    assert kept.listed("me") == [added]
    assert (added.name, added.note, added.summary) == ("one", "a note", {"step": 3})
    found = kept.document("me", added.id)
    assert found is not None
    assert found[0] == {"fact": [1, None], "name": "one", "note": "a note"}
    np.testing.assert_array_equal(found[1]["weights"], np.arange(4, dtype="<f4"))
    assert kept.picture("me", added.id) == '{"kind":"map"}'

    assert kept.listed("you") == []
    assert kept.document("you", added.id) is None
    assert kept.picture("you", added.id) is None
    assert kept.change("you", added.id, {"name": "yours"}) is None
    assert kept.copy("you", added.id, "yours", BOUNDS) is None
    assert not kept.remove("you", added.id)
    assert kept.listed("me") == [added]


def test_rows_are_changed_copied_removed_and_put_back(repository: Repository) -> None:
    kept = repository.kept
    added = kept.add("me", row(), BOUNDS)
    changed = kept.change("me", added.id, {"name": "two"})
    assert changed is not None
    assert (changed.name, changed.note) == ("two", "a note")
    copied = kept.copy("me", added.id, "three", BOUNDS)
    assert copied is not None
    assert {one.name for one in kept.listed("me")} == {"two", "three"}
    found = kept.document("me", copied.id)
    assert found is not None
    assert found[0]["name"] == "three"
    assert kept.remove("me", added.id)
    assert not kept.remove("me", added.id)
    assert kept.document("me", added.id) is None
    assert not kept.put_back("you", added.id, BOUNDS)
    assert kept.put_back("me", added.id, BOUNDS)
    assert len(kept.listed("me")) == 2


def test_what_was_removed_is_gone_after_a_lesson(tmp_path: Path) -> None:
    clock = Clock()
    repository = Repository(lambda: connection, clock)
    connection = connect_to_folder(tmp_path)
    kept = repository.kept
    first, second = kept.add("me", row(), BOUNDS), kept.add("me", row("two"), BOUNDS)
    kept.remove("me", first.id)
    assert kept.sweep(365 * DAY, 30 * DAY) == 0
    clock.now += REMOVED_SECONDS + 1
    assert kept.sweep(365 * DAY, 30 * DAY) == 1
    assert not kept.put_back("me", first.id, BOUNDS)
    assert [one.id for one in kept.listed("me")] == [second.id]
    repository.close()


def test_bounds_hold_and_nothing_is_written_beyond_them(repository: Repository) -> None:
    kept = repository.kept
    first = kept.add("me", row(), BOUNDS)
    adding: list[tuple[str, Callable[[], object]]] = [
        ("rows", lambda: kept.add("me", row(), Bounds(1, 10_000, 10**6))),
        ("rows", lambda: kept.copy("me", first.id, "again", Bounds(1, 10_000, 10**6))),
        ("row_bytes", lambda: kept.add("me", row(numbers=3000), BOUNDS)),
        ("all_bytes", lambda: kept.add("you", row(), Bounds(3, 10_000, 200))),
    ]
    for bound, add in adding:
        with pytest.raises(TooMuch) as much:
            add()
        assert much.value.bound == bound
    assert kept.listed("me") == [first]
    assert kept.listed("you") == []


def test_recent_runs_of_all_tabs_have_a_bound_and_the_oldest_go(repository: Repository) -> None:
    kept = repository.kept
    mine = kept.add("me", row(), BOUNDS)
    bounds = Bounds(rows=3, row_bytes=10_000, all_bytes=9_000)
    for tab in ("first", "second", "third"):
        kept.add_recent(tab, row(tab, numbers=1_000), 50, bounds)  # 4,000 bytes of weights each
    assert kept.listed(RECENT + "first") == []
    assert [len(kept.listed(RECENT + tab)) for tab in ("second", "third")] == [1, 1]
    assert kept.listed("me") == [mine]


# The limits that people hear of: see tests/app/test_limits.py


@asynccontextmanager
async def listing(**limits: float) -> AsyncIterator[KeptList]:
    with TemporaryDirectory() as folder:
        store = Store(open_folder(Path(folder)))
        yield KeptList(store, Limits.model_validate(limits))
        await store.close()


def run(**spec: object) -> KeptRun:
    kept = experiment(Spec.model_validate(spec), 2)
    return described(kept, Trainer(kept.here.spec, "by_hand"))


HOME, SCHOOL = "192.0.2.1", "192.0.2.2"


async def refused(kept: KeptList, run: KeptRun, owner: str = "me", address: str = HOME) -> tuple[str, object]:
    with pytest.raises(Refusal) as refusal:
        await kept.add(owner, run, address)
    return refusal.value.code, refusal.value.values["limit"]


async def kept_experiments() -> None:
    async with listing(kept_experiments=2) as kept:
        for _ in range(2):
            await kept.add("me", run(), HOME)
        assert await refused(kept, run()) == ("kept_too_many", 2)
        await kept.add("you", run(), HOME)


async def kept_experiment_bytes() -> None:
    async with listing(kept_experiment_bytes=20_000) as kept:
        await kept.add("me", run(), HOME)
        assert await refused(kept, run(hidden=[64, 64])) == ("kept_too_large", 20_000)
    async with listing() as kept:
        await kept.add("me", run(hidden=[256, 256, 256, 256, 256], optimizer="adam"), HOME)


async def has_room(kept: KeptList, owner: str, address: str) -> bool:
    try:
        await kept.add(owner, run(), address)
    except Refusal:
        return False
    return True


async def kept_bytes() -> None:
    async with listing(kept_bytes=100_000) as kept:
        taken = 0
        while taken < 30 and await has_room(kept, f"a new cookie {taken}", HOME):
            taken += 1
        assert 1 <= taken < 30
        assert await refused(kept, run(), "one more cookie") == ("kept_full_of_address", 50_000)
        row = await kept.add("somebody", run(), SCHOOL)  # there is room for others
        with pytest.raises(Refusal, match="kept_full_of_address"):
            await kept.copy("somebody", row["id"], "a copy", "one more cookie", HOME)
        await kept.copy("somebody", row["id"], "a copy", "somebody", SCHOOL)
    async with listing(kept_bytes=1_000) as kept:
        assert await refused(kept, run()) == ("kept_full", 1_000)


async def described_as(name: str) -> KeptRun:
    return KeptRun(replace(run().experiment, name=name), {}, {})


async def recent_runs() -> None:
    with TemporaryDirectory() as folder:
        clock, connection = Clock(), connect_to_folder(Path(folder))
        repository = Repository(lambda: connection, clock)
        store, kept = Store(repository), KeptList(None, Limits(recent_runs=3))
        kept._store = store
        for name in "abcde":
            clock.now += 1
            kept.remember("tab", HOME, described_as(name))
            await eventually(lambda: kept._remembering.held() == 0)
        recent = repository.kept.listed(tab_of("tab"))
        assert [one.name for one in recent] == ["e", "d", "c"]
        assert repository.kept.listed(tab_of("other")) == repository.kept.listed("tab") == []
        repository.kept.add("me", row(), Bounds(1, 10_000, 500))  # whatever recent runs take
        clock.now += 40 * DAY
        await store.sweep_kept(365 * DAY, 30 * DAY)
        assert repository.kept.listed(tab_of("tab")) == []
        assert len(repository.kept.listed("me")) == 1
        await store.close()


async def kept_days() -> None:
    with TemporaryDirectory() as folder:
        clock, connection = Clock(), connect_to_folder(Path(folder))
        repository = Repository(lambda: connection, clock)
        store, kept = Store(repository), repository.kept
        opened, forgotten = kept.add("me", row(), BOUNDS), kept.add("me", row("two"), BOUNDS)
        clock.now += 4 * DAY
        kept.document("me", opened.id)
        clock.now += 4 * DAY
        await store.sweep_kept(5 * DAY, 5 * DAY)
        assert [one.id for one in kept.listed("me")] == [opened.id]
        assert forgotten.id != opened.id
        await store.close()


def test_rows_of_one_database_are_one_list(tmp_path: Path) -> None:
    first = open_folder(tmp_path)
    added = first.kept.add("me", row(), BOUNDS)
    first.close()
    second = open_folder(tmp_path)
    assert isinstance(second.kept, KeptRows)
    assert second.kept.listed("me") == [added]
    second.close()
