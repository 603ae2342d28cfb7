"""Repository: runs in a database, read and written over one connection by one thread.

Each method is one transaction. Raises SQLAlchemyError or CannotOpen where the database cannot do it.
"""

import json
import secrets
import time
from collections.abc import Callable, Collection
from typing import Any, Literal, Self

from pydantic_core import from_json
from sqlalchemy import bindparam, delete, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from app.store.kept_rows import KeptRows
from app.store.records import Part, Save, SavedRun, packed, unpacked
from app.store.schema import parts, runs, servers

LEASE_SECONDS = 10.0
"""How long a server counts as alive after it has said so: five times as long as between two times it does."""

Claim = Literal["claimed", "absent", "asked", "refused"]
"""Of a run that is to be woken here: it is this server's now; it is not kept; another server has it awake, and has been
asked for it; that one keeps it, for somebody watches it there."""

# What a save consists of, made once: it takes SQLAlchemy as long to make a statement as the database to obey it.
UPDATE_RUN = (
    update(runs)
    .where(runs.c.key == bindparam("run"), runs.c.owner == bindparam("server"))
    .values(saved_at=bindparam("now"), head=bindparam("document"))
)
INSERT_RUN = insert(runs).values(
    key=bindparam("run"), saved_at=bindparam("now"), head=bindparam("document"), owner=bindparam("server")
)
DROP_PART = delete(parts).where(parts.c.run == bindparam("of"), parts.c.number == bindparam("dropped"))
INSERT_PART = insert(parts)

_json = json.JSONEncoder(separators=(",", ":")).encode


class CannotOpen(Exception):  # noqa: N818
    """The database cannot be used now: playing goes on without. Says why, in a sentence."""


class TakenOver(Exception):  # noqa: N818
    """Another server has the run now: what this one knows of it is out of date."""


class Repository:
    def __init__(
        self,
        connect: Callable[[], Connection],
        clock: Callable[[], float] = time.time,
        *,
        is_shared: bool = False,
    ) -> None:
        """connect: opens the database; where it raises CannotOpen, the next use tries again. clock: gives seconds
        since 1970. is_shared: whether other servers may use the same database."""
        self._connect = connect
        self._connected: Connection | None = None
        self._clock = clock
        self.kept = KeptRows(lambda: self._connection, clock)
        self.is_shared = is_shared
        self.server = secrets.token_hex(8)
        """Tells what this server wrote from what another did, or the same before it was started again."""

    def opened(self) -> Self:
        """Now, and not with the first use."""
        assert self._connection
        return self

    @property
    def _connection(self) -> Connection:
        if self._connected is None:
            self._connected = self._connect()
        return self._connected

    def beat(self) -> list[str]:
        """Says that this server is alive for the next LEASE_SECONDS, and forgets those that are not. Gives the keys of
        its runs that another server asks for."""
        now = self._clock()
        alive = {"alive_until": now + LEASE_SECONDS}
        with self._connection.begin():
            self._connection.execute(delete(servers).where(servers.c.alive_until < now))
            if not self._connection.execute(update(servers).where(servers.c.server == self.server), alive).rowcount:
                self._connection.execute(insert(servers), {"server": self.server, **alive})
            wanted = select(runs.c.key).where(runs.c.owner == self.server, runs.c.wanted_by.is_not(None))
            return list(self._connection.execute(wanted).scalars())

    def claim(self, key: str, ask: bool) -> Claim:
        """A run is awake in one server at most. ask: another that has it is to be asked for it."""
        run = runs.c.key == key
        alive = select(servers.c.server).where(servers.c.alive_until >= self._clock())
        is_free = or_(runs.c.owner.is_(None), runs.c.owner == self.server, runs.c.owner.not_in(alive))
        with self._connection.begin():
            own = {"owner": self.server, "wanted_by": None}
            if self._connection.execute(update(runs).where(run, is_free), own).rowcount:
                return "claimed"
            if ask:
                self._connection.execute(update(runs).where(run), {"wanted_by": self.server})
            found = self._connection.execute(select(runs.c.wanted_by).where(run)).first()
        if found is None:
            return "absent"
        return "asked" if found.wanted_by == self.server else "refused"

    def release(self, key: str) -> None:
        """This server does not have the run awake any more."""
        self._set_own(key, {"owner": None, "wanted_by": None})

    def refuse(self, key: str) -> None:
        """This server keeps the run that another has asked for."""
        self._set_own(key, {"wanted_by": None})

    def _set_own(self, key: str, values: dict[str, str | None]) -> None:
        with self._connection.begin():
            self._connection.execute(update(runs).where(runs.c.key == key, runs.c.owner == self.server), values)

    def write(self, save: Save) -> bool:
        """False: only what is new of a run was to be written, and what was there before has been forgotten. Raises
        TakenOver."""
        head = {"run": save.key, "server": self.server, "now": self._clock(), "document": _json(save.document)}
        added = [_row(save.key, number, part) for number, part in save.added.items()]
        with self._connection.begin():
            if not self._connection.execute(UPDATE_RUN, head).rowcount:
                if self._connection.execute(select(runs.c.key).where(runs.c.key == save.key)).first():
                    raise TakenOver
                if not save.is_complete:
                    return False
                self._connection.execute(INSERT_RUN, head)
            elif save.is_complete:
                self._connection.execute(delete(parts).where(parts.c.run == save.key))
            if save.dropped:
                self._connection.execute(DROP_PART, [{"of": save.key, "dropped": number} for number in save.dropped])
            if added:
                self._connection.execute(INSERT_PART, added)
        return True

    def read(self, key: str) -> SavedRun | None:
        """The run of this key, if it is kept. Raises ValueError where it cannot be understood."""
        with self._connection.begin():
            head = self._connection.execute(select(runs.c.head).where(runs.c.key == key)).scalar()
            if head is None:
                return None
            of_run = select(parts.c.number, parts.c.kind, parts.c.facts, parts.c.arrays).where(parts.c.run == key)
            rows = self._connection.execute(of_run.order_by(parts.c.number)).all()
        facts = _decoded(f"[{','.join([text for _, _, text, _ in rows])}]")  # thousands: quicker than one by one
        made = {
            number: Part(kind, of_part, unpacked(_as_text(layout), data))
            for (number, kind, _, data), (of_part, layout) in zip(rows, facts, strict=True)
        }
        return SavedRun(json.loads(head), made)

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
        many. in_use: keys of runs that stay, beside those that other servers have awake."""
        size = func.coalesce(func.sum(func.length(parts.c.arrays) + func.length(parts.c.facts)), 0)
        sized = select(runs.c.key, runs.c.saved_at, size).outerjoin(parts, parts.c.run == runs.c.key)
        newest_first = sized.group_by(runs.c.key, runs.c.saved_at).order_by(runs.c.saved_at.desc())
        oldest, taken = self._clock() - seconds, 0
        others = select(servers.c.server).where(servers.c.alive_until >= self._clock(), servers.c.server != self.server)
        awake = select(runs.c.key).where(runs.c.owner.in_(others))
        with self._connection.begin():
            in_use = {*in_use, *self._connection.execute(awake).scalars()}
            forgotten: list[str] = []
            for key, saved_at, nbytes in self._connection.execute(newest_first).all():
                taken += nbytes
                if (saved_at < oldest or taken > most_bytes) and key not in in_use:
                    forgotten.append(key)
            self._forget(forgotten)
        return len(forgotten)

    def _forget(self, keys: Collection[str]) -> None:
        """Their parts go with them."""
        if named := [{"forgotten": key} for key in keys]:
            self._connection.execute(delete(parts).where(parts.c.run == bindparam("forgotten")), named)
            self._connection.execute(delete(runs).where(runs.c.key == bindparam("forgotten")), named)

    def close(self) -> None:
        """Whatever runs it still has are free."""
        if self._connected is None:
            return
        try:
            if self.is_shared:
                with self._connected.begin():
                    self._connected.execute(delete(servers).where(servers.c.server == self.server))
        finally:
            self._connected.close()
            self._connected.engine.dispose()


def _decoded(text: str) -> Any:
    """pydantic's decoder takes half as long as Python's, and refuses what is no character, which a name may hold."""
    try:
        return from_json(text)
    except ValueError:
        return json.loads(text)


def _as_text(layout: Any) -> str:
    """Rows of the first version of the database have it as JSON within JSON."""
    return layout if isinstance(layout, str) else _json(layout)


def _row(key: str, number: int, part: Part) -> dict[str, Any]:
    layout, data = packed(part.arrays)
    return {"run": key, "number": number, "kind": part.kind, "facts": _json([part.facts, layout]), "arrays": data}
