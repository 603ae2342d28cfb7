"""Runs come back from the database as they were written, and go when their time is over: on SQLite and on Postgres."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import delete, text
from sqlalchemy.exc import SQLAlchemyError

from app.store import opening, schema
from app.store.opening import Misconfigured, open_address, open_folder
from app.store.records import Part, Save, packed, unpacked
from app.store.repository import LEASE_SECONDS, CannotOpen, Repository, TakenOver
from app.store.schema import VERSION, metadata
from app.store.store import reason
from tests.app.store.databases import postgres

MOMENT = Part(
    "moment",
    {"step": 3, "loss": float("nan"), "pinned": True, "names": ["w", "é"]},
    {
        "weights": np.array([[1, 2.5], [-0.0, 1e-40]], "<f4"),
        "steps": np.array([2**60], "<i8"),
        "none": np.zeros(0, "<f8"),
    },
)


def save(key: str = "k", complete: bool = True, dropped: tuple[int, ...] = (), **added: Part) -> Save:
    return Save(key, {"revision": 2, "name": key}, {int(n[1:]): part for n, part in added.items()}, dropped, complete)


class Clock:
    now = 1e9

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Repository]]:
    """Opens the same database; what was open of it before must be closed."""
    if request.param == "sqlite":
        yield lambda: open_folder(tmp_path / "new" / "data")
    else:
        with postgres() as database:
            yield lambda: open_address(database.address)


@pytest.fixture
def kept(reopen: Callable[[], Repository]) -> Iterator[Repository]:
    opened = reopen()
    yield opened
    opened.close()


def check_reading(kept: Repository) -> None:
    assert kept.read("k") is None
    kept.write(save(p1=MOMENT, p2=Part("curve", {}, {})))
    kept.write(save(complete=False, dropped=(2,), p7=MOMENT))
    kept.write(save("other", p1=Part("curve", {}, {})))
    run = kept.read("k")
    assert run is not None
    assert run.document == {"revision": 2, "name": "k"}
    assert list(run.parts) == [1, 7]
    part = run.parts[7]
    assert part.kind == "moment"
    assert repr(part.facts) == repr(MOMENT.facts)  # NaN is not equal to itself
    assert {name: (array.dtype.str, array.shape, array.tobytes()) for name, array in part.arrays.items()} == {
        name: (array.dtype.str, array.shape, array.tobytes()) for name, array in MOMENT.arrays.items()
    }
    assert kept.count() == 2


def test_a_run_is_read_as_it_was_written(kept: Repository) -> None:
    check_reading(kept)


def test_postgres_in_short() -> None:
    with postgres() as database:
        kept = open_address(database.address)
        with kept._connection.begin():
            assert kept._connection.exec_driver_sql("SHOW statement_timeout").scalar() == "10s"
        check_reading(kept)
        database.stop()
        with pytest.raises(SQLAlchemyError):
            kept.write(save("lost", p1=MOMENT))
        database.start()
        kept.write(save("after", p1=MOMENT))
        kept.close()
        again = open_address(database.address)
        check_owners(again, other := open_address(database.address))
        other.close()
        assert again.read("lost") is None
        again._clock = time.time
        assert again.sweep(seconds=1e6, most_bytes=0) == 4
        assert again.count() == 0
        again.close()


def test_a_whole_save_replaces_what_was_there(kept: Repository) -> None:
    kept.write(save(p1=MOMENT))
    kept.write(save(complete=True, p2=MOMENT))
    run = kept.read("k")
    assert run is not None
    assert list(run.parts) == [2]


def test_it_is_there_when_it_is_opened_again(reopen: Callable[[], Repository]) -> None:
    first = reopen()
    first.write(save(p1=MOMENT))
    first.close()
    second = reopen()
    assert second.read("k") is not None
    second.close()


def test_a_save_that_fails_has_changed_nothing(kept: Repository) -> None:
    kept.write(save(p1=MOMENT))
    with pytest.raises(SQLAlchemyError):
        kept.write(Save("k", {"revision": 3}, {1: MOMENT, 2: MOMENT}, (), False))  # there is a part 1
    run = kept.read("k")
    assert run is not None
    assert run.document["revision"] == 2
    assert list(run.parts) == [1]


def check_owners(kept: Repository, other: Repository) -> None:
    """Two servers on one database."""
    clock = Clock()
    kept._clock = other._clock = clock
    kept.beat()
    kept.write(save("o", p1=MOMENT))
    assert other.claim("none", ask=True) == "absent"
    assert other.claim("o", ask=True) == "asked"
    with pytest.raises(TakenOver):
        other.write(save("o", p2=MOMENT))
    assert kept.beat() == ["o"]
    assert other.claim("o", ask=False) == "asked"
    kept.refuse("o")
    assert kept.beat() == []
    assert other.claim("o", ask=False) == "refused"
    assert other.sweep(seconds=-1, most_bytes=10**9) == 0
    assert kept.write(save("o", complete=False, p3=MOMENT))
    kept.release("o")
    assert other.claim("o", ask=True) == "claimed"
    assert other.write(save("o", complete=False, dropped=(1,), p4=MOMENT))
    for complete in (False, True):
        with pytest.raises(TakenOver):
            kept.write(save("o", complete=complete, p5=MOMENT))
    assert list(other.read("o").parts) == [3, 4]  # type: ignore[union-attr]
    other.beat()
    clock.now += LEASE_SECONDS
    assert kept.claim("o", ask=True) == "asked"
    clock.now += 1
    assert kept.claim("o", ask=False) == "claimed"


def test_a_run_is_awake_in_one_server_at_most(kept: Repository) -> None:
    check_owners(kept, Repository(lambda: kept._connection))


def test_a_server_that_was_closed_holds_no_run(reopen: Callable[[], Repository]) -> None:
    first = reopen()
    first.is_shared = True
    first.beat()
    first.write(save(p1=MOMENT))
    first.close()
    second = reopen()
    assert second.claim("k", ask=True) == "claimed"
    second.close()


def test_what_is_new_of_a_run_that_was_forgotten_is_not_written_alone(kept: Repository) -> None:
    assert not kept.write(save(complete=False, p2=MOMENT))
    assert kept.read("k") is None
    assert kept.write(save(p2=MOMENT))
    assert kept.write(save(complete=False, p3=MOMENT))
    assert list(kept.read("k").parts) == [2, 3]  # type: ignore[union-attr]


def test_what_was_kept_long_enough_is_forgotten(kept: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(kept, "_clock", clock)
    kept.write(save("old", p1=MOMENT))
    clock.now += 50
    kept.write(save("new", p1=MOMENT))
    clock.now += 60
    assert kept.sweep(seconds=100, most_bytes=10**9) == 1
    assert kept.read("old") is None
    assert kept.read("new") is not None
    assert kept._connection.execute(text("SELECT count(*) FROM parts")).scalar() == 1
    kept._connection.rollback()


def test_beyond_so_many_bytes_the_oldest_are_forgotten(kept: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(kept, "_clock", clock)
    large = Part("curve", {}, {"values": np.zeros(1000, "<f8")})
    for key in ("a", "b", "c"):
        clock.now += 1
        kept.write(save(key, p1=large))
    clock.now += 1
    kept.write(save("a", complete=False))  # used again
    assert kept.sweep(seconds=1e6, most_bytes=20_000) == 1
    assert [kept.read(key) is not None for key in ("a", "b", "c")] == [True, False, True]


def test_the_migrations_make_what_the_schema_says(kept: Repository) -> None:
    kept._connection.rollback()
    assert compare_metadata(MigrationContext.configure(kept._connection), metadata) == []
    assert ScriptDirectory(str(Path(schema.__file__).parent / "migrations")).get_current_head() == VERSION
    kept._connection.rollback()


def test_runs_of_an_earlier_version_are_there(tmp_path: Path) -> None:
    kept = open_folder(tmp_path)
    kept.write(save(p1=MOMENT))
    with kept._connection.begin():
        for statement in (
            "DROP TABLE kept",
            "DROP TABLE servers",
            "DROP INDEX runs_owner",
            "ALTER TABLE runs DROP COLUMN owner",
            "ALTER TABLE runs DROP COLUMN wanted_by",
            "UPDATE alembic_version SET version_num = '0001'",
        ):
            kept._connection.exec_driver_sql(statement)
    kept.close()
    again = open_folder(tmp_path)
    assert again.claim("k", ask=True) == "claimed"
    assert again.write(save(complete=False, p2=MOMENT))
    assert list(again.read("k").parts) == [1, 2]  # type: ignore[union-attr]
    again.close()


@pytest.mark.parametrize(
    ("layout", "data"),
    [
        ([("a", "<f4", [2])], bytes(7)),
        ([("a", "<f4", [2])], bytes(9)),
        ([("a", "|O", [1])], bytes(8)),
    ],
)
def test_bytes_that_do_not_fit_their_layout_are_not_read(layout: list[tuple[str, str, list[int]]], data: bytes) -> None:
    with pytest.raises(ValueError, match=r"bytes|buffer|none of"):
        unpacked(json.dumps(layout), data)


def test_numbers_of_another_byte_order_are_read_as_they_are() -> None:
    layout, data = packed({"a": np.array([1, 2], ">f4")})
    assert unpacked(layout, data)["a"].tolist() == [1, 2]


def test_a_second_server_on_a_folder_is_told_whose_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LOCK_SECONDS", 0.1)
    first = open_folder(tmp_path)
    code = (
        "import sys; from pathlib import Path; from app.store import opening; opening.LOCK_SECONDS = 0.1\n"
        "try: opening.open_folder(Path(sys.argv[1]))\n"
        "except opening.Misconfigured as fault: print(fault)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == (
        f"Another server keeps its runs in {tmp_path}. Stop it, or choose another folder with --data.\n"
    )
    first.write(save(p1=MOMENT))
    first.close()
    open_folder(tmp_path).close()


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / opening.FILE).write_bytes(b"not a database, but long enough to have a head" * 100)
    with pytest.raises(CannotOpen, match=r"cannot be read .*Move runs\.sqlite away"):
        open_folder(tmp_path)


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotOpen, match="cannot be made"):
        open_folder(tmp_path / "file" / "data")


@pytest.mark.parametrize("address", ["mysql://somewhere", "sqlite:///file", "what?", "postgresql+nothing://somewhere"])
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(Misconfigured, match=r"begins with postgresql\+psycopg://"):
        open_address(address)


def test_a_database_that_is_out_of_reach_is_said_so_without_its_password() -> None:
    pytest.importorskip("psycopg", reason="install the extra [postgres]")
    with pytest.raises(CannotOpen, match="cannot be used") as caught:
        open_address("postgresql+psycopg://somebody:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)


def test_a_full_disk_is_known_by_its_fault(tmp_path: Path) -> None:
    kept = open_folder(tmp_path)
    kept._connection.exec_driver_sql("PRAGMA max_page_count=20")
    kept._connection.rollback()
    with pytest.raises(SQLAlchemyError) as caught:
        kept.write(save(p1=Part("curve", {}, {"values": np.zeros(100_000, "<f8")})))
    assert "full" in reason(caught.value)
    assert kept.read("k") is None
    kept.close()


def test_parts_go_with_their_run(tmp_path: Path) -> None:
    kept = open_folder(tmp_path)
    kept.write(save(p1=MOMENT))
    with kept._connection.begin():
        kept._connection.execute(delete(schema.runs))
    kept.close()
    with sqlite3.connect(tmp_path / opening.FILE) as file:
        assert file.execute("SELECT count(*) FROM parts").fetchone() == (0,)
    file.close()
