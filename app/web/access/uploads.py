"""Uploads: the bodies of files that people send, held until they have been read; all of them together have a bound."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request

from app.wire.messages import Refusal


class Uploads:
    def __init__(self, most_bytes: int) -> None:
        """most_bytes: of all bodies together."""
        self._most_bytes = most_bytes
        self._held = 0

    @asynccontextmanager
    async def body(self, request: Request, limit: int) -> AsyncIterator[bytes]:
        """limit: of this body. What is too much is read to its end and thrown away: a browser cut off while it sends
        hears no answer. Raises Refusal."""
        body, size, fits = bytearray(), 0, True
        try:
            async for chunk in request.stream():
                size += len(chunk)
                fits = fits and self._held + len(chunk) <= self._most_bytes
                if fits and size <= limit:
                    body += chunk
                    self._held += len(chunk)
                else:
                    self._held -= len(body)
                    body.clear()
            if size > limit:
                raise Refusal("file_too_large", {"limit": limit})
            if not fits:
                raise Refusal("too_many_uploads", {"limit": self._most_bytes})
            yield bytes(body)
        finally:
            self._held -= len(body)
