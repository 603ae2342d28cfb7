"""Uploads: the bodies of files that people send, held until they have been read; all of them
together have a bound, and so have those of one person."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request

from app.web.access.shares import Part, Person, Shares
from app.wire.messages import Refusal


class Upload(Part):
    """A body, as far as it has come. It can be lost to somebody else until it is taken."""

    def __init__(self, person: Person, too_many: Refusal) -> None:
        super().__init__(person)
        self.too_many = too_many
        """What is said where it is lost."""
        self._file = io.BytesIO()

    def lose(self) -> None:
        super().lose()
        self.clear()

    def clear(self) -> None:
        self._file = io.BytesIO()

    def add(self, chunk: bytes) -> None:
        self._file.write(chunk)

    def take(self) -> bytes:
        """To be read now. Raises Refusal where it has been lost."""
        if self.is_lost:
            raise self.too_many
        self.is_settled = True
        return self._file.getvalue()  # no copy, unlike bytes() of a bytearray


class Uploads:
    def __init__(self, most_bytes: int, most_of_person: int) -> None:
        """Of all bodies together, and of those of one person."""
        self._shares = Shares(most_bytes, most_of_person=most_of_person)
        self._too_many = Refusal("too_many_uploads", {"limit": most_bytes})
        self._too_many_of_person = Refusal("too_many_uploads_of_person", {"limit": most_of_person})

    @asynccontextmanager
    async def body(self, request: Request, person: Person, limit: int) -> AsyncIterator[Upload]:
        """limit: of this body. What is too much is read to its end and thrown away: a browser cut off while it sends
        hears no answer. Raises Refusal."""
        upload, size = Upload(person, self._too_many), 0
        try:
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    self._shares.give_back(upload)
                    upload.clear()
                elif self._shares.grow(upload, len(chunk)):
                    upload.add(chunk)
                elif not upload.is_lost:
                    if not self._shares.fits_person(person, len(chunk)):
                        upload.too_many = self._too_many_of_person
                    self._shares.give_back(upload)
                    upload.lose()
            if size > limit:
                raise Refusal("file_too_large", {"limit": limit})
            if upload.is_lost:
                raise upload.too_many
            yield upload
        finally:
            self._shares.give_back(upload)
