"""Heavy questions wait their turn: one of each person at a time, and of all people one at the processor.

Whoever asks twenty at once waits for them; nobody else does, and the pictures of those who train keep their core.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar, TypeVarTuple

from fastapi import Request

from app.web.protocols import owner
from app.wire.messages import Refusal

R = TypeVar("R")
Ts = TypeVarTuple("Ts")


class Questions:
    def __init__(self, queued: int, queued_of_all: int) -> None:
        """How many of one person, and of all people together, may wait, with those that are being answered."""
        self._queued = queued
        self._queued_of_all = queued_of_all
        self._waiting: Counter[str] = Counter()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._processor = asyncio.Lock()

    @asynccontextmanager
    async def turn(self, person: str) -> AsyncIterator[None]:
        """Waits for this person's questions before. Raises Refusal where there are too many."""
        if self._waiting.total() >= self._queued_of_all:
            raise Refusal("too_many_questions_of_all", {"limit": self._queued_of_all})
        if self._waiting[person] >= self._queued:
            raise Refusal("too_many_questions", {"limit": self._queued})
        self._waiting[person] += 1
        try:
            async with self._turns[person]:
                yield
        finally:
            self._waiting[person] -= 1
            if not self._waiting[person]:
                del self._waiting[person], self._turns[person]

    async def compute(self, function: Callable[[*Ts], R], *arguments: *Ts) -> R:
        """In a thread, one after another."""
        async with self._processor:
            return await asyncio.to_thread(function, *arguments)


def person(request: Request) -> str:
    """Whoever asks, as far as is known: all behind one address."""
    return owner(request.client.host) if request.client else ""
