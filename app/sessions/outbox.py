"""Outbox: what waits to be sent to one viewer. It knows no socket, and putting something into it never waits.

Messages (JSON text) are few, go ahead of frames and are never dropped; of frames only the newest is held. A frame of an
older revision is never handed over after a message of a newer one.
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from app.wire.messages import Closing

UNDRAWN = 2
"""Frames a viewer may have and not yet have drawn: one being painted, one on its way."""


@dataclass(frozen=True)
class Frame:
    number: int
    revision: int
    data: bytes
    step: int = -1
    """At which it shows the run."""
    entries: str | None = None
    """A message that goes before it: the loss curve between the frame handed over last and this one."""
    made_at: float = field(default_factory=time.monotonic)


class Undrawn(NamedTuple):
    number: int
    handed_over_at: float
    """In seconds of the monotonic clock."""


class Outbox:
    """One side posts, shows and closes; the other awaits `next`. All on one event loop."""

    def __init__(self, queued_messages: int) -> None:
        """queued_messages: how many may wait."""
        self._most = queued_messages
        self._messages: deque[str] = deque()
        self._frame: Frame | None = None
        self._revision = 0
        self._undrawn: deque[Undrawn] = deque()
        self._drawing_seconds: float | None = None
        """From handing over the frame drawn last until the viewer said so; None before the first."""
        self._changed = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self.made_at = 0.0
        """When the frame handed over last was made, in seconds of the monotonic clock."""
        self.newest = 0
        """Number of the newest frame handed over."""
        self.curve_step = -1
        """The last step of the loss curve that has been handed over."""
        self.closing: Closing | None = None
        """Why, once closed: messages still go, frames no more."""
        self.closed = asyncio.Event()

    def post(self, text: str, revision: int = 0) -> bool:
        """Adds a message. revision: frames older than this are no longer handed over. False: it is full."""
        if self.closing is not None:
            return True
        if len(self._messages) >= self._most:
            return False
        self._messages.append(text)
        self._revision = max(self._revision, revision)
        if self._frame is not None and self._frame.revision < self._revision:
            self._frame = None
        if 2 * len(self._messages) >= self._most:
            self._has_room.clear()
        self._changed.set()
        return True

    def show(self, frame: Frame) -> None:
        """Replaces the frame that waits, if any."""
        if frame.revision >= self._revision and self.closing is None:
            self._frame = frame
            self._changed.set()

    def drawn(self, number: int) -> None:
        """The viewer has drawn this frame, and with it those before."""
        while self._undrawn and self._undrawn[0].number <= number:
            self._drawing_seconds = time.monotonic() - self._undrawn.popleft().handed_over_at
        if self._frame is not None:  # else there is nothing to wake the sender for
            self._changed.set()

    @property
    def wants_frame(self) -> bool:
        return len(self._undrawn) < UNDRAWN and self.closing is None

    def wants_frame_within(self, seconds: float) -> bool:
        """Whether it takes a frame now or, going by how long the last one took to be drawn, so many seconds from now.
        Until then it is held here; where one is held already, it wants no other."""
        if self.wants_frame:
            return True
        if self.closing is not None or self._frame is not None or self._drawing_seconds is None:
            return False
        return self._undrawn[0].handed_over_at + self._drawing_seconds <= time.monotonic() + seconds

    def close(self, closing: Closing) -> None:
        """Of several reasons the first is told."""
        self.closing = self.closing or closing
        self._frame = None
        self.closed.set()
        self._changed.set()
        self._has_room.set()

    async def next(self) -> str | bytes | None:
        """The next thing to send: messages first, then the newest frame; None when closed and empty."""
        while True:
            if self._messages:
                message = self._messages.popleft()
                if 2 * len(self._messages) < self._most:
                    self._has_room.set()
                return message
            if self.closing is not None:
                return None
            if self._frame is not None and self.wants_frame:
                if (entries := self._frame.entries) is not None:
                    self._frame = replace(self._frame, entries=None)
                    return entries
                frame, self._frame = self._frame, None
                self.curve_step = max(self.curve_step, frame.step)
                self._undrawn.append(Undrawn(frame.number, time.monotonic()))
                self.newest, self.made_at = frame.number, frame.made_at
                return frame.data
            self._changed.clear()
            await self._changed.wait()

    async def wait_for_room(self) -> None:
        """Waits until half of the room for messages is free."""
        await self._has_room.wait()
