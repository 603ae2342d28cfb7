"""Mailbox: newest frame only, messages in order, no old revision, never more than two undrawn."""

import asyncio
from collections.abc import Callable, Iterable

import pytest

from app.sessions.outbox import UNDRAWN, Frame, Mailbox


def frame(number: int, revision: int = 1) -> Frame:
    return Frame(number, revision, b"%d" % number)


async def taken(mailbox: Mailbox) -> list[str | bytes | None]:
    """Everything that can be had without waiting."""
    items: list[str | bytes | None] = []
    while True:
        waiting = asyncio.ensure_future(mailbox.next())
        await asyncio.sleep(0)
        if not waiting.done():
            waiting.cancel()
            return items
        items.append(waiting.result())
        if items[-1] is None:
            return items


def show(mailbox: Mailbox, numbers: Iterable[int], revision: int = 1) -> None:
    for number in numbers:
        mailbox.show(frame(number, revision))


async def test_a_newer_frame_replaces_the_one_that_waits() -> None:
    mailbox = Mailbox(letters=8)
    show(mailbox, [1, 2, 3])
    assert await taken(mailbox) == [b"3"]


async def test_messages_go_first_in_order_and_all_of_them() -> None:
    mailbox = Mailbox(letters=8)
    mailbox.show(frame(1))
    for text in "abc":
        assert mailbox.post(text)
    assert await taken(mailbox) == ["a", "b", "c", b"1"]


async def test_at_most_two_frames_are_undrawn_and_then_only_the_newest_is_sent() -> None:
    mailbox = Mailbox(letters=8)
    sent = []
    for number in range(1, 7):
        mailbox.show(frame(number))
        sent += await taken(mailbox)
    assert sent == [b"1", b"2"]
    assert not mailbox.wants_frame
    mailbox.drawn(1)
    assert await taken(mailbox) == [b"6"]
    mailbox.drawn(1)  # said before: gives no more room
    mailbox.show(frame(7))
    assert await taken(mailbox) == []
    mailbox.drawn(6)  # and with it 2
    assert mailbox.wants_frame
    assert await taken(mailbox) == [b"7"]
    assert UNDRAWN == 2


async def test_no_frame_of_an_older_revision_follows_a_newer_message() -> None:
    mailbox = Mailbox(letters=8)
    mailbox.show(frame(1, revision=1))
    mailbox.post("state", revision=2)
    mailbox.show(frame(2, revision=1))
    assert await taken(mailbox) == ["state"]
    mailbox.show(frame(3, revision=2))
    assert await taken(mailbox) == [b"3"]


async def test_a_full_mailbox_says_so_and_keeps_what_it_has() -> None:
    mailbox = Mailbox(letters=4)
    assert [mailbox.post(text) for text in "abcde"] == [True] * 4 + [False]
    assert await taken(mailbox) == ["a", "b", "c", "d"]


async def test_whoever_wants_to_say_more_waits_until_half_is_read() -> None:
    mailbox = Mailbox(letters=4)
    await mailbox.room()
    mailbox.post("a")
    mailbox.post("b")
    waiting = asyncio.ensure_future(mailbox.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    await mailbox.next()
    await asyncio.wait_for(waiting, 1)


async def test_closing_lets_messages_out_and_tells_the_first_reason() -> None:
    mailbox = Mailbox(letters=4)
    mailbox.post("a")
    mailbox.show(frame(1))
    mailbox.close(4004, "flood")
    mailbox.close(4007, "stopping")
    mailbox.show(frame(2))
    mailbox.post("b")
    assert await taken(mailbox) == ["a", None]
    assert mailbox.closing == (4004, "flood")
    assert mailbox.closed.is_set()
    assert not mailbox.wants_frame


@pytest.mark.parametrize("wake", ["post", "show", "drawn", "close"])
async def test_whatever_happens_wakes_the_one_who_waits(wake: str) -> None:
    mailbox = Mailbox(letters=4)
    if wake == "drawn":
        for number in (1, 2, 3):
            mailbox.show(frame(number))
            await taken(mailbox)
    waiting = asyncio.ensure_future(mailbox.next())
    await asyncio.sleep(0)
    happenings: dict[str, Callable[[], object]] = {
        "post": lambda: mailbox.post("a"),
        "show": lambda: mailbox.show(frame(1)),
        "drawn": lambda: mailbox.drawn(2),
        "close": lambda: mailbox.close(4007, ""),
    }
    happenings[wake]()
    expected = {"post": "a", "show": b"1", "drawn": b"3", "close": None}
    assert await asyncio.wait_for(waiting, 1) == expected[wake]
