"""Repository: runs in a database, read and written over one connection by one thread.

Each method is one transaction. Raises SQLAlchemyError or CannotOpen where the database cannot do it.
"""

import json
import time
from collections.abc import Callable, Collection
from typing import Any, Self

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from app.store.records import Part, Save, SavedRun, packed, unpacked
from app.store.schema import parts, runs

# What a save consists of, made once: it takes SQLAlchemy as long to make a statement as the database to obey it.
UPDATE_RUN = (
    update(runs).where(runs.c.key == bindparam("run")).values(saved_at=bindparam("now"), head=bindparam("document"))
)
UPDATE_OWN = UPDATE_RUN.where(runs.c.saved_at == bindparam("before"))
"""If it is still as this server wrote or read it."""

INSERT_RUN = insert(runs).values(key=bindparam("run"), saved_at=bindparam("now"), head=bindparam("document"))
DROP_PART = delete(parts).where(parts.c.run == bindparam("of"), parts.c.number == bindparam("dropped"))
INSERT_PART = insert(parts)

_json = json.JSONEncoder(separators=(",", ":")).encode


class CannotOpen(Exception):  # noqa: N818
    """The database cannot be used now: playing goes on without. Says why, in a sentence."""


class Repository:
    def __init__(self, connect: Callable[[], Connection], clock: Callable[[], float] = time.time) -> None:
        """connect: opens the database; where it raises CannotOpen, the next use tries again. clock: gives seconds
        since 1970."""
        self._connect = connect
        self._connected: Connection | None = None
        self._clock = clock
        self._saved_at: dict[str, float] = {}
        """Of the runs that were written or read here, as it then was: another server may have written them since."""

    def opened(self) -> Self:
        """Now, and not with the first use."""
        assert self._connection
        return self

    @property
    def _connection(self) -> Connection:
        if self._connected is None:
            self._connected = self._connect()
        return self._connected

    def write(self, save: Save) -> bool:
        """False: only what is new of a run was to be written, and what was there before has been forgotten, or another
        server has written it anew."""
        now = self._clock()
        head = {"run": save.key, "now": now, "document": _json(save.head)}
        added = [_row(save.key, number, part) for number, part in save.added.items()]
        with self._connection.begin():
            if save.whole:
                is_there = self._connection.execute(UPDATE_RUN, head).rowcount
            else:
                own = {**head, "before": self._saved_at.get(save.key)}
                is_there = self._connection.execute(UPDATE_OWN, own).rowcount
            if not (is_there or save.whole):
                return False
            if not is_there:
                self._connection.execute(INSERT_RUN, head)
            elif save.whole:
                self._connection.execute(delete(parts).where(parts.c.run == save.key))
            if save.dropped:
                self._connection.execute(DROP_PART, [{"of": save.key, "dropped": number} for number in save.dropped])
            if added:
                self._connection.execute(INSERT_PART, added)
        self._saved_at[save.key] = now
        return True

    def read(self, key: str) -> SavedRun | None:
        """The run of this key, if it is kept. Raises ValueError where it cannot be understood."""
        with self._connection.begin():
            found = self._connection.execute(select(runs.c.head, runs.c.saved_at).where(runs.c.key == key)).first()
            if found is None:
                return None
            of_run = select(parts.c.number, parts.c.kind, parts.c.facts, parts.c.arrays).where(parts.c.run == key)
            rows = self._connection.execute(of_run.order_by(parts.c.number)).all()
        self._saved_at[key] = float(found.saved_at)
        return SavedRun(json.loads(found.head), {number: _part(*columns) for number, *columns in rows})

    def size(self, key: str) -> int | None:
        """Bytes that the run of this key has there; None where it is not kept."""
        size = func.sum(func.length(parts.c.arrays) + func.length(parts.c.facts))
        with self._connection.begin():
            nbytes = self._connection.execute(select(size).where(parts.c.run == key)).scalar()
        return None if nbytes is None else int(nbytes)

    def count(self) -> int:
        with self._connection.begin():
            return self._connection.execute(select(func.count()).select_from(runs)).scalar_one()

    def sweep(self, seconds: float, most_bytes: int, in_use: Collection[str] = ()) -> int:
        """Forgets the runs that were not saved for so long, and beyond so many bytes those saved longest ago. How
        many. in_use: keys of runs that stay."""
        size = func.coalesce(func.sum(func.length(parts.c.arrays) + func.length(parts.c.facts)), 0)
        sized = select(runs.c.key, runs.c.saved_at, size).outerjoin(parts, parts.c.run == runs.c.key)
        newest_first = sized.group_by(runs.c.key, runs.c.saved_at).order_by(runs.c.saved_at.desc())
        oldest, taken = self._clock() - seconds, 0
        with self._connection.begin():
            forgotten: list[str] = []
            for key, saved_at, nbytes in self._connection.execute(newest_first).all():
                taken += nbytes
                if (saved_at < oldest or taken > most_bytes) and key not in in_use:
                    forgotten.append(key)
            self._forget(forgotten)
        return len(forgotten)

    def _forget(self, keys: Collection[str]) -> None:
        """Their parts go with them."""
        for key in keys:
            self._saved_at.pop(key, None)
        if named := [{"forgotten": key} for key in keys]:
            self._connection.execute(delete(parts).where(parts.c.run == bindparam("forgotten")), named)
            self._connection.execute(delete(runs).where(runs.c.key == bindparam("forgotten")), named)

    def close(self) -> None:
        if self._connected is not None:
            self._connected.close()
            self._connected.engine.dispose()


def _row(key: str, number: int, part: Part) -> dict[str, Any]:
    layout, data = packed(part.arrays)
    return {"run": key, "number": number, "kind": part.kind, "facts": _json([part.facts, layout]), "arrays": data}


def _part(kind: str, text: str, data: bytes) -> Part:
    facts, layout = json.loads(text)
    return Part(kind, facts, unpacked(layout, data))
