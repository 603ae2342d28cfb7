"""LossSurfaceQuestions: what viewers ask beside training, and the planes of the last answers: the loss around the
current weights, its curvature, and what a run of a study has learned.

It answers nothing: `loss_surface_task` does.
"""

import asyncio
from collections import OrderedDict

from app.sessions.viewers import Viewer
from app.wire import studies
from app.wire.messages import Refusal
from engine.backends.weight_plane import WeightPlane

Question = studies.Landscape | studies.Curvature | studies.RunPicture

KEPT_PLANES = 8
"""Of a session. A click on a landscape names its plane, and by then a viewer may have been told of the next two."""


class LossSurfaceQuestions:
    def __init__(self) -> None:
        self._questions: dict[tuple[Viewer, type[Question]], Question] = {}
        self._planes: OrderedDict[int, WeightPlane] = OrderedDict()
        self._count = 0
        self.asked = asyncio.Event()

    def ask(self, viewer: Viewer, question: Question) -> None:
        """A newer question of a kind takes the place of the one before."""
        self._questions[viewer, type(question)] = question
        self.asked.set()

    def next(self) -> tuple[Viewer, Question] | None:
        """Takes the oldest question."""
        if not self._questions:
            self.asked.clear()
            return None
        key = next(iter(self._questions))
        return key[0], self._questions.pop(key)

    def is_asked(self, viewer: Viewer, kind: type[Question]) -> bool:
        """Whether a question of this kind waits."""
        return (viewer, kind) in self._questions

    def keep(self, plane: WeightPlane) -> int:
        """Gives its number."""
        self._count += 1
        self._planes[self._count] = plane
        if len(self._planes) > KEPT_PLANES:
            self._planes.popitem(last=False)
        return self._count

    def plane(self, number: int) -> WeightPlane:
        """Raises Refusal where it is kept no longer, or never was."""
        if number not in self._planes:
            raise Refusal("no_such_plane", {})
        return self._planes[number]

    def forget_planes(self) -> None:
        """Another run begins."""
        self._planes.clear()
