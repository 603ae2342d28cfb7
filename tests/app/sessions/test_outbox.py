"""Outbox: newest frame only, messages in order, no old revision, never more than two undrawn."""

import asyncio
import time
from collections.abc import Callable, Iterable

import pytest

from app.sessions.outbox import UNDRAWN, Frame, Outbox
from app.wire.messages import Closing
from tests.app.fake_viewer import PATIENCE


def frame(number: int, revision: int = 1) -> Frame:
    return Frame(number, revision, b"%d" % number)


async def taken(outbox: Outbox) -> list[str | bytes | None]:
    """Everything that can be had without waiting."""
    items: list[str | bytes | None] = []
    while True:
        waiting = asyncio.ensure_future(outbox.next())
        await asyncio.sleep(0)
        if not waiting.done():
            waiting.cancel()
            return items
        items.append(waiting.result())
        if items[-1] is None:
            return items


def show(outbox: Outbox, numbers: Iterable[int], revision: int = 1) -> None:
    for number in numbers:
        outbox.show(frame(number, revision))


async def test_a_newer_frame_replaces_the_one_that_waits() -> None:
    outbox = Outbox(queued_messages=8)
    show(outbox, [1, 2, 3])
    assert await taken(outbox) == [b"3"]


async def test_messages_go_first_in_order_and_all_of_them() -> None:
    outbox = Outbox(queued_messages=8)
    outbox.show(frame(1))
    for text in "abc":
        assert outbox.post(text)
    assert await taken(outbox) == ["a", "b", "c", b"1"]


async def test_at_most_two_frames_are_undrawn_and_then_only_the_newest_is_sent() -> None:
    outbox = Outbox(queued_messages=8)
    sent = []
    for number in range(1, 7):
        outbox.show(frame(number))
        sent += await taken(outbox)
    assert sent == [b"1", b"2"]
    assert not outbox.wants_frame
    outbox.drawn(1)
    assert await taken(outbox) == [b"6"]
    outbox.drawn(1)  # said before: gives no more room
    outbox.show(frame(7))
    assert await taken(outbox) == []
    outbox.drawn(6)  # and with it 2
    assert outbox.wants_frame
    assert await taken(outbox) == [b"7"]
    assert UNDRAWN == 2


async def test_it_wants_a_frame_for_when_the_last_but_one_will_have_been_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    outbox, now = Outbox(queued_messages=8), 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    show(outbox, [1])
    assert await taken(outbox) == [b"1"]
    show(outbox, [2])
    assert await taken(outbox) == [b"2"]
    assert not outbox.wants_frame_within(9), "nothing is known of how fast it draws"
    now = 0.02
    outbox.drawn(1)
    assert outbox.wants_frame_within(0)
    show(outbox, [3])
    assert await taken(outbox) == [b"3"]
    now = 0.03
    outbox.drawn(2)  # after 0.03 s, as the third will be, at 0.05
    show(outbox, [4])
    assert await taken(outbox) == [b"4"]
    assert (outbox.wants_frame_within(0.015), outbox.wants_frame_within(0.025)) == (False, True)
    show(outbox, [5])
    assert await taken(outbox) == [], "it is held until the third is drawn"
    assert not outbox.wants_frame_within(9), "one is held already"
    outbox.drawn(3)
    assert await taken(outbox) == [b"5"]


async def test_no_frame_of_an_older_revision_follows_a_newer_message() -> None:
    outbox = Outbox(queued_messages=8)
    outbox.show(frame(1, revision=1))
    outbox.post("state", revision=2)
    outbox.show(frame(2, revision=1))
    assert await taken(outbox) == ["state"]
    outbox.show(frame(3, revision=2))
    assert await taken(outbox) == [b"3"]


async def test_a_full_outbox_says_so_and_keeps_what_it_has() -> None:
    outbox = Outbox(queued_messages=4)
    assert [outbox.post(text) for text in "abcde"] == [True] * 4 + [False]
    assert await taken(outbox) == ["a", "b", "c", "d"]


async def test_whoever_wants_to_say_more_waits_until_half_is_read() -> None:
    outbox = Outbox(queued_messages=4)
    await outbox.wait_for_room()
    outbox.post("a")
    outbox.post("b")
    waiting = asyncio.ensure_future(outbox.wait_for_room())
    await asyncio.sleep(0)
    assert not waiting.done()
    await outbox.next()
    await asyncio.wait_for(waiting, PATIENCE)


async def test_closing_lets_messages_out_and_tells_the_first_reason() -> None:
    outbox = Outbox(queued_messages=4)
    outbox.post("a")
    outbox.show(frame(1))
    outbox.close(Closing("flood", {"limit": 5}))
    outbox.close(Closing("server_stopping"))
    outbox.show(frame(2))
    outbox.post("b")
    assert await taken(outbox) == ["a", None]
    assert outbox.closing == Closing("flood", {"limit": 5})
    assert outbox.closed.is_set()
    assert not outbox.wants_frame


@pytest.mark.parametrize("wake", ["post", "show", "drawn", "close"])
async def test_whatever_happens_wakes_the_one_who_waits(wake: str) -> None:
    outbox = Outbox(queued_messages=4)
    if wake == "drawn":
        for number in (1, 2, 3):
            outbox.show(frame(number))
            await taken(outbox)
    waiting = asyncio.ensure_future(outbox.next())
    await asyncio.sleep(0)
    happenings: dict[str, Callable[[], object]] = {
        "post": lambda: outbox.post("a"),
        "show": lambda: outbox.show(frame(1)),
        "drawn": lambda: outbox.drawn(2),
        "close": lambda: outbox.close(Closing("server_stopping")),
    }
    happenings[wake]()
    expected = {"post": "a", "show": b"1", "drawn": b"3", "close": None}
    assert await asyncio.wait_for(waiting, PATIENCE) == expected[wake]
