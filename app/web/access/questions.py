"""Heavy questions wait their turn: one of each person at a time, and of all people one at the processor.

Whoever asks twenty at once waits for them; nobody else does, and the pictures of those who train keep their core.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar, TypeVarTuple

from app.web.access.shares import Part, Person, Shares
from app.wire.messages import Refusal

R = TypeVar("R")
Ts = TypeVarTuple("Ts")


class Question(Part):
    """One that waits loses its place to somebody who holds fewer; one that is being answered does not."""

    def __init__(self, person: Person) -> None:
        super().__init__(person)
        self._task = asyncio.current_task()

    def lose(self) -> None:
        super().lose()
        if self._task is not None:
            self._task.cancel()

    async def wait(self, turn: asyncio.Lock) -> bool:
        """Whether it is its turn now; False: it has lost its place."""
        try:
            await turn.acquire()
        except asyncio.CancelledError:
            if self._task is None or not self.is_lost or self._task.uncancel():
                raise
            return False
        self.is_settled = True
        return True


class Questions:
    def __init__(self, queued: int, queued_of_all: int, queued_of_person: int | None = None) -> None:
        """How many of one address, of all people together, and of one person may wait, with those that are being
        answered."""
        self._queued = queued
        self._queued_of_all = queued_of_all
        self._queued_of_person = queued_of_person
        self._shares = Shares(queued_of_all, most_of_address=queued, most_of_person=queued_of_person)
        self._turns: defaultdict[Person, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._processor = asyncio.Lock()

    @asynccontextmanager
    async def turn(self, person: Person) -> AsyncIterator[None]:
        """Waits for this person's questions before. Raises Refusal where there are too many."""
        question = Question(person)
        if not self._shares.grow(question, 1):
            raise self._too_many(person)
        turn = self._turns[person]
        try:
            if not await question.wait(turn):
                raise self._too_many(person)
            try:
                yield
            finally:
                turn.release()
        finally:
            self._shares.give_back(question)
            if not self._shares.holds(person):
                self._turns.pop(person, None)

    def _too_many(self, person: Person) -> Refusal:
        if self._queued_of_person is not None and not self._shares.fits_person(person, 1):
            return Refusal("too_many_exports", {"limit": self._queued_of_person})
        if self._shares.held(person.address) >= self._queued:
            return Refusal("too_many_questions", {"limit": self._queued})
        return Refusal("too_many_questions_of_all", {"limit": self._queued_of_all})

    async def compute(self, function: Callable[[*Ts], R], *arguments: *Ts) -> R:
        """In a thread, one after another."""
        async with self._processor:
            return await asyncio.to_thread(function, *arguments)
