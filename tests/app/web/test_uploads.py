"""Bodies of files: each has a limit of its own, and all of them together one; each gives back what it held."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from fastapi import Request

from app.web.access.uploads import Uploads
from app.wire.messages import Refusal
from tests.app.fake_viewer import PATIENCE


class Sent:
    """A request whose body comes in these pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.read = 0

    async def stream(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.read += len(piece)
            yield piece

    @property
    def request(self) -> Request:
        return self  # type: ignore[return-value]


async def upload_bytes() -> None:
    uploads = Uploads(most_bytes=100)
    async with uploads.body(Sent(b"a" * 30, b"b" * 30).request, 80) as first:
        assert first == b"a" * 30 + b"b" * 30
        late = Sent(b"c" * 30, b"d" * 30)
        with pytest.raises(Refusal) as refused:
            await uploads.body(late.request, 80).__aenter__()
        assert (refused.value.code, refused.value.values) == ("too_many_uploads", {"limit": 100})
        assert late.read == 60, "it is read to its end, so that its sender hears why not"
        async with uploads.body(Sent(b"e" * 40).request, 80) as second:
            assert len(second) == 40
    async with uploads.body(Sent(b"f" * 80).request, 80) as third:
        assert len(third) == 80


async def test_what_is_too_large_holds_nothing() -> None:
    uploads = Uploads(most_bytes=100)
    for _ in range(3):
        with pytest.raises(Refusal, match="file_too_large"):
            await uploads.body(Sent(b"a" * 50, b"b" * 50, b"c").request, 80).__aenter__()
    assert uploads._held == 0


async def test_whoever_leaves_half_way_holds_nothing() -> None:
    uploads, began = Uploads(most_bytes=100), asyncio.Event()

    class Endless(Sent):
        async def stream(self) -> AsyncIterator[bytes]:
            yield b"a" * 50
            began.set()
            await asyncio.Event().wait()

    sending = asyncio.create_task(uploads.body(Endless().request, 80).__aenter__())
    async with asyncio.timeout(PATIENCE):
        await began.wait()
        assert uploads._held == 50
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
    assert uploads._held == 0
