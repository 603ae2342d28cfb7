"""Shares: room that all people have together, of which nobody can hold all.

Where it is full, somebody who holds less gets the newest part of whoever holds most: first of the address that holds
most, and of that the person, for behind one address there may be a school.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from fastapi import Request

from app.sessions.manager import SessionManager
from app.web.protocols import owner


class Person(NamedTuple):
    address: str
    session: str = ""
    """The key of a session that is awake, if one is known: somebody without counts as one with all others of the
    address."""


def person(request: Request) -> Person:
    """Whoever asks, as far as is known."""
    manager: SessionManager = request.app.state.manager
    key = request.path_params.get("key") or request.query_params.get("session")
    session = manager.known(key)
    return Person(address_of(request), session.key if session else "")


def address_of(request: Request) -> str:
    return owner(request.client.host) if request.client else ""


class Part:
    """What one request holds of the room."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.amount = 0
        self.is_settled = False
        """Whether it is being used, so that it cannot be taken away."""
        self.is_lost = False

    def lose(self) -> None:
        """Somebody else gets it. To be extended by whoever holds something."""
        self.is_lost = True


class Shares:
    def __init__(self, most: int, most_of_address: int | None = None, most_of_person: int | None = None) -> None:
        """How much there is, and of it for one address and one person at most."""
        self._most = most
        self._most_of_address = most_of_address
        self._most_of_person = most_of_person
        self._parts: list[Part] = []
        """The oldest first."""

    def held(self, address: str | None = None) -> int:
        """By people of this address; by default by all."""
        return sum(part.amount for part in self._parts if address in (None, part.person.address))

    def fits_person(self, person: Person, amount: int) -> bool:
        """Whether they may hold so much more, whatever others hold."""
        held = sum(part.amount for part in self._parts if part.person == person)
        return self._most_of_person is None or held + amount <= self._most_of_person

    def holds(self, person: Person) -> bool:
        return any(part.person == person for part in self._parts)

    def grow(self, part: Part, amount: int) -> bool:
        """Whether the part has so much more now; if need be somebody else has lost theirs for it."""
        if part.is_lost or not self.fits_person(part.person, amount):
            return False
        address = part.person.address
        if self._most_of_address is not None:
            of_address = [one for one in self._parts if one.person.address == address]
            if not self._make_room(part, amount, self._most_of_address, of_address):
                return False
        if not self._make_room(part, amount, self._most, self._parts):
            return False
        if part not in self._parts:
            self._parts.append(part)
        part.amount += amount
        return True

    def give_back(self, part: Part) -> None:
        part.amount = 0
        if part in self._parts:
            self._parts.remove(part)

    def _make_room(self, part: Part, amount: int, most: int, among: Collection[Part]) -> bool:
        """Of these parts so many must go that all of them together, with so much more, are not more than the most."""
        while sum(one.amount for one in among) + amount > most:
            giver = self._giver(part.person, amount, among)
            if giver is None:
                return False
            self.give_back(giver)
            giver.lose()
            among = [one for one in among if one is not giver]
        return True

    def _giver(self, person: Person, amount: int, among: Iterable[Part]) -> Part | None:
        """The newest part of whoever holds most; None where that is not more than this person would."""
        addresses, people = Counter[str](), Counter[Person]()
        for part in self._parts:
            addresses[part.person.address] += part.amount
            people[part.person] += part.amount

        def held(part: Part) -> tuple[int, int]:
            return addresses[part.person.address], people[part.person]

        found = max((part for part in reversed(list(among)) if not part.is_settled), key=held, default=None)
        if found is None:
            return None
        if found.person.address == person.address:
            return found if people[found.person] > people[person] + amount else None
        return found if addresses[found.person.address] > addresses[person.address] + amount else None
