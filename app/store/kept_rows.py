"""KeptRows: experiments that people have kept, in the database of the runs. Each method is one transaction.

An owner sees and changes their own rows only. What is removed stays for a while, so that it can be put back.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from app.store.records import Arrays, packed, unpacked
from app.store.schema import kept

RECENT = "tab:"
"""Before the owner of a row that nobody has kept: one of the recent runs of a tab."""

IS_RECENT = kept.c.owner.like(f"{RECENT}%")

REMOVED_SECONDS = 3600.0
"""How long a removed row can be put back: a lesson."""


@dataclass(frozen=True)
class NewRow:
    name: str
    note: str
    summary: Mapping[str, Any]
    picture: Mapping[str, Any]
    facts: Mapping[str, Any]
    arrays: Arrays


@dataclass(frozen=True)
class Bounds:
    rows: int
    """Of one owner"""
    row_bytes: int
    all_bytes: int
    """Of all owners. One address may keep as much as it leaves free, alone half of it: a script that is a new owner
    each time leaves room to whoever comes after it."""


@dataclass(frozen=True)
class KeptRow:
    """What a table shows of it."""

    id: str
    name: str
    note: str
    kept_at: float
    summary: dict[str, Any]


class TooMuch(Exception):  # noqa: N818
    """A row that a bound does not allow."""

    def __init__(self, bound: str, limit: int) -> None:
        super().__init__(bound, limit)
        self.bound = bound
        """A field of Bounds, or address_bytes"""
        self.limit = limit


_json = json.JSONEncoder(separators=(",", ":")).encode

SHOWN = (kept.c.id, kept.c.name, kept.c.note, kept.c.kept_at, kept.c.summary)


class KeptRows:
    def __init__(self, connection: Callable[[], Connection], clock: Callable[[], float]) -> None:
        """connection: of the repository. clock: gives seconds since 1970."""
        self._connection = connection
        self._clock = clock

    def add(self, owner: str, row: NewRow, bounds: Bounds, digest: str | None = None) -> KeptRow:
        """digest: of the owner's address. Raises TooMuch."""
        values = {**_values(row), "address_digest": digest}
        with self._connection().begin():
            self._check(owner, values["size"], bounds, digest)
            return self._inserted(owner, values)

    def add_recent(self, tab: str, row: NewRow, most: int, bounds: Bounds) -> None:
        """The oldest goes where the tab has more than `most`, and where those of all tabs take more than kept rows may;
        what is too large is left out."""
        values = _values(row)
        if values["size"] > bounds.row_bytes:
            return
        owner = RECENT + tab
        with self._connection().begin():
            self._inserted(owner, values)
            newest = select(kept.c.id).where(kept.c.owner == owner).order_by(kept.c.kept_at.desc()).limit(most)
            ids = list(self._connection().execute(newest).scalars())
            self._connection().execute(delete(kept).where(kept.c.owner == owner, kept.c.id.not_in(ids)))
            self._forget_oldest_recent(self._bytes_of(IS_RECENT) - bounds.all_bytes)

    def _forget_oldest_recent(self, too_many_bytes: int) -> None:
        if too_many_bytes <= 0:
            return
        oldest_first = select(kept.c.id, kept.c.size).where(IS_RECENT).order_by(kept.c.used_at)
        forgotten: list[str] = []
        with self._connection().execute(oldest_first) as rows:
            for id, size in rows:
                forgotten.append(id)
                too_many_bytes -= size
                if too_many_bytes <= 0:
                    break
        self._connection().execute(delete(kept).where(kept.c.id.in_(forgotten)))

    def copy(
        self, owner: str, id: str, name: str, bounds: Bounds, to: str | None = None, digest: str | None = None
    ) -> KeptRow | None:
        """to: another owner, who gets it. digest: of that owner's address. None where this owner has no such row.
        Raises TooMuch."""
        with self._connection().begin():
            row = self._connection().execute(select(kept).where(_own(owner, id))).mappings().first()
            if row is None:
                return None
            self._check(to or owner, row["size"], bounds, digest)
            return self._inserted(to or owner, {**row, "name": name, "address_digest": digest})

    def _check(self, owner: str, size: int, bounds: Bounds, digest: str | None = None) -> None:
        if size > bounds.row_bytes:
            raise TooMuch("row_bytes", bounds.row_bytes)
        there = and_(kept.c.owner == owner, kept.c.removed_at.is_(None))
        if self._connection().execute(select(func.count()).where(there)).scalar_one() >= bounds.rows:
            raise TooMuch("rows", bounds.rows)
        of_all = self._bytes_of(~IS_RECENT)
        if of_all + size > bounds.all_bytes:
            raise TooMuch("all_bytes", bounds.all_bytes)
        if digest is not None:
            of_address = self._bytes_of(kept.c.address_digest == digest)
            limit = (bounds.all_bytes - (of_all - of_address)) // 2
            if of_address + size > limit:
                raise TooMuch("address_bytes", limit)

    def _bytes_of(self, which: ColumnElement[bool]) -> int:
        taken = select(func.coalesce(func.sum(kept.c.size), 0)).where(which)
        return int(self._connection().execute(taken).scalar_one())

    def _inserted(self, owner: str, values: Mapping[str, Any]) -> KeptRow:
        now = self._clock()
        own = {"id": secrets.token_urlsafe(9), "owner": owner, "kept_at": now, "used_at": now, "removed_at": None}
        row = {**values, **own}
        self._connection().execute(insert(kept), row)
        return _shown(row)

    def listed(self, owner: str) -> list[KeptRow]:
        """The newest first."""
        there = and_(kept.c.owner == owner, kept.c.removed_at.is_(None))
        newest_first = select(*SHOWN).where(there).order_by(kept.c.kept_at.desc(), kept.c.id)
        with self._connection().begin():
            return [_shown(row) for row in self._connection().execute(newest_first).mappings()]

    def picture(self, owner: str, id: str) -> str | None:
        """As JSON."""
        with self._connection().begin():
            return self._connection().execute(select(kept.c.picture).where(_own(owner, id))).scalar()

    def document(self, owner: str, id: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
        """Facts and arrays, with the name and the note of now. Raises ValueError where it cannot be understood."""
        columns = select(kept.c.name, kept.c.note, kept.c.facts, kept.c.layout, kept.c.arrays)
        with self._connection().begin():
            row = self._connection().execute(columns.where(_own(owner, id))).first()
            self._connection().execute(update(kept).where(_own(owner, id)), {"used_at": self._clock()})
        if row is None:
            return None
        return {**json.loads(row.facts), "name": row.name, "note": row.note}, unpacked(row.layout, row.arrays)

    def change(self, owner: str, id: str, values: Mapping[str, str]) -> KeptRow | None:
        """values: a name, a note or both. None where this owner has no such row."""
        with self._connection().begin():
            self._connection().execute(update(kept).where(_own(owner, id)), {**values, "used_at": self._clock()})
            row = self._connection().execute(select(*SHOWN).where(_own(owner, id))).mappings().first()
        return None if row is None else _shown(row)

    def remove(self, owner: str, id: str) -> bool:
        """Whether this owner had it."""
        return self._set_removed(_own(owner, id), self._clock())

    def put_back(self, owner: str, id: str, bounds: Bounds) -> bool:
        """What was removed lately. Raises TooMuch."""
        removed = and_(kept.c.owner == owner, kept.c.id == id, kept.c.removed_at.is_not(None))
        with self._connection().begin():
            self._check(owner, 0, bounds)
        return self._set_removed(removed, None)

    def _set_removed(self, which: ColumnElement[bool], at: float | None) -> bool:
        with self._connection().begin():
            return bool(self._connection().execute(update(kept).where(which), {"removed_at": at}).rowcount)

    def sweep(self, seconds: float, recent_seconds: float) -> int:
        """Forgets what nobody has used for so long, and what was removed; how many."""
        now = self._clock()
        gone = or_(
            kept.c.used_at < now - seconds,
            kept.c.removed_at < now - REMOVED_SECONDS,
            and_(IS_RECENT, kept.c.used_at < now - recent_seconds),
        )
        with self._connection().begin():
            return self._connection().execute(delete(kept).where(gone)).rowcount


def _values(row: NewRow) -> dict[str, Any]:
    layout, data = packed(row.arrays)
    texts = {name: _json(getattr(row, name)) for name in ("summary", "picture", "facts")}
    size = len(data) + len(layout) + sum(map(len, texts.values())) + len(row.note)
    return {"name": row.name, "note": row.note, "layout": layout, "arrays": data, "size": size, **texts}


def _own(owner: str, id: str) -> ColumnElement[bool]:
    return and_(kept.c.owner == owner, kept.c.id == id, kept.c.removed_at.is_(None))


def _shown(row: Mapping[Any, Any]) -> KeptRow:
    return KeptRow(row["id"], row["name"], row["note"], row["kept_at"], json.loads(row["summary"]))
