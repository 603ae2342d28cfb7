"""Bodies of files: each has a limit of its own, and all of them together one; each gives back what it held."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest
from fastapi import Request

from app.web.access.shares import Person
from app.web.access.uploads import Upload, Uploads
from app.wire.messages import Refusal
from tests.app.fake_viewer import PATIENCE

A, B = Person("school", "a"), Person("school", "b")


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
    uploads = Uploads(100, 1000)
    async with uploads.body(Sent(b"a" * 30, b"b" * 30).request, A, 80) as first:
        assert first.take() == b"a" * 30 + b"b" * 30
        late = Sent(b"c" * 30, b"d" * 30)
        with pytest.raises(Refusal) as refused:
            await uploads.body(late.request, A, 80).__aenter__()
        assert (refused.value.code, refused.value.values) == ("too_many_uploads", {"limit": 100})
        assert late.read == 60, "it is read to its end, so that its sender hears why not"
        async with uploads.body(Sent(b"e" * 40).request, A, 80) as second:
            assert len(second.take()) == 40
    async with uploads.body(Sent(b"f" * 80).request, A, 80) as third:
        assert len(third.take()) == 80


async def upload_bytes_of_person() -> None:
    """Of whoever sends too much it is refused, though there is room, and nobody else is."""
    uploads = Uploads(100, 50)
    async with uploads.body(Sent(b"a" * 30).request, A, 80) as first:
        with pytest.raises(Refusal) as refused:
            await uploads.body(Sent(b"b" * 10, b"c" * 20).request, A, 80).__aenter__()
        assert (refused.value.code, refused.value.values) == ("too_many_uploads_of_person", {"limit": 50})
        async with uploads.body(Sent(b"d" * 50).request, B, 80) as other:
            assert len(other.take()) == 50
        assert len(first.take()) == 30
    async with uploads.body(Sent(b"e" * 50).request, A, 80) as later:
        assert len(later.take()) == 50


async def test_what_is_too_large_holds_nothing() -> None:
    uploads = Uploads(100, 1000)
    for _ in range(3):
        with pytest.raises(Refusal, match="file_too_large"):
            await uploads.body(Sent(b"a" * 50, b"b" * 50, b"c").request, A, 80).__aenter__()
    assert uploads._shares.held() == 0


async def test_whoever_leaves_half_way_holds_nothing() -> None:
    uploads, began = Uploads(100, 1000), asyncio.Event()

    class Endless(Sent):
        async def stream(self) -> AsyncIterator[bytes]:
            yield b"a" * 50
            began.set()
            await asyncio.Event().wait()

    sending = asyncio.create_task(uploads.body(Endless().request, A, 80).__aenter__())
    async with asyncio.timeout(PATIENCE):
        await began.wait()
        assert uploads._shares.held() == 50
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
    assert uploads._shares.held() == 0


async def test_whoever_holds_all_gives_way_to_somebody_who_holds_nothing() -> None:
    """The newest of theirs goes that is not being read, though they have the same address."""
    uploads = Uploads(100, 1000)

    def send(whose: Person, size: int) -> AbstractAsyncContextManager[Upload]:
        return uploads.body(Sent(b"x" * size).request, whose, 100)

    async with send(A, 40) as first, send(A, 40) as second, send(A, 20) as third:
        first.take()
        async with send(B, 30) as other:
            assert len(other.take()) == 30
            assert uploads._shares.held() == 70
            assert (second.is_lost, third.is_lost) == (True, True), "the newest was not enough"
            with pytest.raises(Refusal, match="too_many_uploads"):
                second.take()
            with pytest.raises(Refusal, match="too_many_uploads"):  # they hold more than anybody else
                await send(A, 40).__aenter__()
    assert uploads._shares.held() == 0


async def test_a_body_is_held_once() -> None:
    size, chunk = 1 << 22, b"x" * (1 << 16)
    uploads = Uploads(2 * size, size)
    sent = Sent(*[chunk] * (size // len(chunk)))
    tracemalloc.start()
    try:
        async with uploads.body(sent.request, A, size) as upload:
            assert len(upload.take()) == size
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1.5 * size
