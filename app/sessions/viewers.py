"""Viewer: one window that looks at a run, what it wants to see, and its outbox."""

import json
from collections import deque
from typing import Any

from app.sessions.outbox import Outbox
from app.settings import Limits
from app.training_worker.port import InspectRequest
from app.wire.commands import Predict, Watched
from app.wire.frames import Focus
from app.wire.messages import Closing

EXPLAIN_SECONDS = 0.1
"""Between two explanations while it plays: digits that change faster cannot be read."""


class Viewer:
    def __init__(self, limits: Limits) -> None:
        self.outbox = Outbox(limits.queued_messages)
        self.focus: Focus | None = None
        self.watches: frozenset[Watched] = frozenset()
        """What it looks at beside its pictures."""
        self.layout = 0
        """The revision whose layout it was told last."""
        self.questions: deque[Predict] = deque(maxlen=limits.queued_predictions)
        """Rows whose prediction is asked for; of too many the oldest go unanswered."""
        self.inspect_request: InspectRequest | None = None
        self.last_explained = 0.0
        """When its request was last answered, in seconds of the monotonic clock."""
        self.seen = -1
        """The picture (see Run.picture) it was last shown."""
        self.scored = -1
        """The picture whose scores it was last told."""
        self.frame = 0
        """The number of the frame in which it was."""

    def has_question(self, picture: int) -> bool:
        """Whether one can be answered while this picture is the newest."""
        return self._next_question(picture) is not None

    def take_question(self, picture: int) -> Predict | None:
        """The oldest of those."""
        question = self._next_question(picture)
        if question is not None:
            self.questions.remove(question)
        return question

    def _next_question(self, picture: int) -> Predict | None:
        return next((asked for asked in self.questions if not asked.with_frame or self.seen == picture), None)

    def tell(self, message: dict[str, Any], revision: int = 0) -> None:
        """Posts a message; from now on frames older than `revision` are not for this viewer."""
        self.post(json.dumps(message, allow_nan=False), revision)

    def post(self, text: str, revision: int = 0) -> None:
        """A message that is text already."""
        if not self.outbox.post(text, revision):
            self.close(Closing("never_reads"))

    def begin(self, sizes: tuple[int, ...]) -> None:
        """Another run begins, of a network of these sizes."""
        self.inspect_request = None
        if self.focus is not None and not has_neuron(sizes, self.focus):
            self.focus = None

    def close(self, closing: Closing) -> None:
        self.outbox.close(closing)

    def lacks(self, picture: int, seconds: float = 0.0) -> bool:
        """Whether this picture is news for it and it would take it within so many seconds."""
        return self.seen < picture and self.outbox.wants_frame_within(seconds)

    def lacks_scores(self, picture: int) -> bool:
        """Whether it looks at the scores and those of this picture are news for it."""
        return self.scored < picture and "scores" in self.watches


def has_neuron(sizes: tuple[int, ...], focus: Focus) -> bool:
    """Whether a network of these sizes (inputs, hidden…, outputs) has this neuron."""
    layer, neuron = focus
    return layer < len(sizes) - 1 and neuron < sizes[layer + 1]


def inspect_requests(viewers: list[Viewer], playing: bool, now: float) -> frozenset[InspectRequest]:
    """What these viewers inspect, no more often than it can be read."""
    due = [viewer for viewer in viewers if not playing or now - viewer.last_explained >= EXPLAIN_SECONDS]
    return frozenset(viewer.inspect_request for viewer in due if viewer.inspect_request is not None)
