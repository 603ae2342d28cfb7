"""Opens the database of this server: SQLite in a folder, or Postgres, brought up to date where it is older."""

import os
from functools import partial
from pathlib import Path

from platformdirs import user_data_path
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from app.settings import Settings
from app.store.repository import CannotOpen, Repository
from app.store.schema import VERSION
from app.store.store import Store, reason

OFF = "off"
"""In place of an address: nothing is kept."""

FILE = "runs.sqlite"
CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
"""Files that Docker and Podman put into a container."""

LOCK_SECONDS = 5
"""How long to wait for a server on the same folder that is just stopping."""


CONNECT_SECONDS, ANSWER_SECONDS = 5, 10
"""How long Postgres may take until it counts as failed: to let us in, and with a statement, though the network be
dead."""

TIMES = {
    "connect_timeout": CONNECT_SECONDS,
    "options": f"-c statement_timeout={1000 * ANSWER_SECONDS}",
    "tcp_user_timeout": 1000 * ANSWER_SECONDS,
    "keepalives_idle": ANSWER_SECONDS,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}


class Misconfigured(CannotOpen):
    """It cannot be what was meant: the server must not start."""


def open_store(settings: Settings) -> Store | None:
    """What the settings ask for; None where nothing is to be kept, or cannot be, which is then said. Raises SystemExit
    with a sentence where the settings cannot be meant."""
    if settings.store == OFF:
        return None
    try:
        return _open_address(settings.store) if settings.store is not None else _open_folder(settings.data)
    except Misconfigured as fault:
        raise SystemExit(str(fault)) from None


def _open_address(address: str) -> Store:
    """A database that does not answer yet is tried again, as it may be starting."""
    repository = Repository(partial(connect_to_address, address), is_shared=True)
    try:
        return Store(repository.opened())
    except Misconfigured:
        raise
    except CannotOpen as fault:
        print(f"{fault} Until it can, runs are not kept: they end with this server.", flush=True)
        return Store(repository, "failed")


def _open_folder(chosen: Path | None) -> Store | None:
    folder = chosen or user_data_path("backprop-playground", appauthor=False)
    try:
        repository = open_folder(folder)
    except Misconfigured:
        raise
    except CannotOpen as fault:
        print(f"{fault} Until this server is started again, runs are not kept: they end with it.", flush=True)
        return None
    print(f"Runs are kept in {folder}{_for_how_long(folder)}.", flush=True)
    return Store(repository)


def _for_how_long(folder: Path) -> str:
    """In a container's own layer as long as that."""
    if not any(Path(mark).exists() for mark in CONTAINER_MARKS):
        return ""
    if any(place.is_mount() for place in (folder, *folder.parents) if place != place.parent):
        return ""
    return f" until this container is removed; in a volume, -v playground:{folder}, they outlive it"


def open_folder(folder: Path) -> Repository:
    return Repository(partial(connect_to_folder, folder)).opened()


def open_address(address: str) -> Repository:
    return Repository(partial(connect_to_address, address), is_shared=True).opened()


def connect_to_folder(folder: Path) -> Connection:
    """SQLite. Raises CannotOpen, and Misconfigured where another server has this folder."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise CannotOpen(
            f"The folder {folder} cannot be made ({fault.strerror}). Choose another with --data."
        ) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotOpen(f"The folder {folder} cannot be written to. Give it a volume, or choose another with --data.")
    engine = create_engine(URL.create("sqlite", database=str(folder / FILE)), connect_args={"timeout": LOCK_SECONDS})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_immediately)
    try:
        return _up_to_date(engine)
    except SQLAlchemyError as fault:
        if "locked" in str(fault):
            raise Misconfigured(
                f"Another server keeps its runs in {folder}. Stop it, or choose another folder with --data."
            ) from None
        raise CannotOpen(f"The runs in {folder} cannot be read ({reason(fault)}). Move {FILE} away.") from None


def connect_to_address(address: str) -> Connection:
    """Postgres: postgresql+psycopg://… Raises CannotOpen, and Misconfigured where there is no such kind of store."""
    try:
        url = make_url(address)
        if url.get_backend_name() != "postgresql":
            raise Misconfigured("PLAYGROUND_STORE is an address that begins with postgresql+psycopg://, or off.")
        engine = create_engine(url, connect_args=TIMES)
    except (ArgumentError, NoSuchModuleError):
        raise Misconfigured("PLAYGROUND_STORE is an address that begins with postgresql+psycopg://, or off.") from None
    except ModuleNotFoundError as fault:
        raise Misconfigured(f"{fault.name} is missing: install this program with its extra [postgres].") from None
    try:
        return _up_to_date(engine)
    except SQLAlchemyError as fault:
        raise CannotOpen(f"The database {url.render_as_string()} cannot be used ({reason(fault)}).") from None


def _up_to_date(engine: Engine) -> Connection:
    """Raises Misconfigured where the database is of a later version than this program."""
    connection = engine.connect()
    try:
        with connection.begin():
            version = _version(connection)
            if version is not None and version > VERSION:
                raise Misconfigured(
                    f"The runs there were kept by a later version of this program (database {version}; this one knows "
                    f"{VERSION}). Start that version, or choose another folder with --data, or another database."
                )
            if version != VERSION:
                _migrate(connection)
    except BaseException:
        connection.close()
        engine.dispose()
        raise
    return connection


def _set_up_sqlite(connection: object, _record: object) -> None:
    """One server has the file for itself, and a power cut, unlike a killed server, may take the last moments."""
    connection.isolation_level = None  # type: ignore[attr-defined]  # transactions begin where we say so
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediately(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(connection: Connection) -> None:
    from alembic import command  # takes half a second to load, once in a database's life
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "app.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
