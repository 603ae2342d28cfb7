"""Viewer: one window that looks at a session."""

import json
from collections import deque
from typing import Any

from app.sessions.outbox import Mailbox
from app.training_worker.explanations import Wish
from app.wire.commands import Predict
from app.wire.frames import Focus
from app.wire.messages import Closing

QUESTIONS = 8
"""A picture that is being drawn asks at every stroke, and only its newest state matters."""
TOLD_SECONDS = 0.1
"""Between two explanations while it plays: digits that change faster cannot be read."""


class Viewer:
    def __init__(self, letters: int) -> None:
        """letters: how many messages may wait for it."""
        self.mailbox = Mailbox(letters)
        self.focus: Focus | None = None
        self.questions: deque[Predict] = deque(maxlen=QUESTIONS)
        """Rows whose prediction is asked for; of too many the oldest go unanswered."""
        self.wish: Wish | None = None
        self.told = 0.0
        """When it was last told what it wishes to look into, in seconds of the monotonic clock."""
        self.seen = -1
        """The picture (see Session.picture) it was last shown."""

    def tell(self, message: dict[str, Any], revision: int = 0) -> None:
        """Posts a message; from now on frames older than `revision` are not for this viewer."""
        if not self.mailbox.post(json.dumps(message, allow_nan=False), revision):
            self.close(Closing("never_reads"))

    def begin(self, sizes: tuple[int, ...]) -> None:
        """Another run begins, of a network of these sizes."""
        self.wish = None
        if self.focus is not None and not has_neuron(sizes, self.focus):
            self.focus = None

    def close(self, closing: Closing) -> None:
        self.mailbox.close(closing.code, closing.reason)

    def lacks(self, picture: int) -> bool:
        """Whether this picture is news for it and it would take it now."""
        return self.seen < picture and self.mailbox.wants_frame


def has_neuron(sizes: tuple[int, ...], focus: Focus) -> bool:
    """Whether a network of these sizes (inputs, hidden…, outputs) has this neuron."""
    layer, neuron = focus
    return layer < len(sizes) - 1 and neuron < sizes[layer + 1]


def wishes(viewers: list[Viewer], playing: bool, now: float) -> frozenset[Wish]:
    """What these viewers look into, no more often than it can be read."""
    due = [viewer for viewer in viewers if not playing or now - viewer.told >= TOLD_SECONDS]
    return frozenset(viewer.wish for viewer in due if viewer.wish is not None)
