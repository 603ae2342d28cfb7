"""Studies of a session: many runs at once, in the background, one study after another.

`Studies` is what is known of them, `StudyWork` the task that has them worked on, in pieces. The viewers are told ten
times a second what has come of them; all of it is kept until the next study, for a page that is loaded again.
"""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

from app.settings import Limits
from app.training_worker.port import TrainingWorker
from app.training_worker.study_requests import PlannedStudy
from app.wire.messages import Refusal

log = logging.getLogger(__name__)

TELL_SECONDS = 0.1
"""Between two messages: a map that fills up looks smooth."""

UNWATCHED_SECONDS = 0.5
"""Between two looks whether somebody has come back."""


class StudyState(Enum):
    WAITING = "waiting"
    WORKING = "working"
    STOPPED = "stopped"
    """It can go on where it was."""
    DONE = "done"
    ENDED = "ended"
    """Another one has taken its place, or it failed."""


@dataclass
class SessionStudy:
    number: int
    planned: PlannedStudy
    state: StudyState = StudyState.WAITING
    done: int = 0
    """Runs that have ended."""
    seconds: float = 0.0
    """It has been worked on for."""
    parts: list[str] = field(default_factory=list)
    """As JSON: of thousands, to write them again for each page that is loaded would hold up everybody."""
    told: int = 0
    """How many of the parts."""

    @property
    def seconds_left(self) -> float:
        """As long as was known before it began, and the more of it is done, the more as it has shown itself."""
        share = self.done / self.planned.runs
        shown = self.seconds / share if share else 0.0
        return (self.planned.seconds * (1 - share) + shown * share) * (1 - share)

    def add(self, parts: list[Any]) -> None:
        self.parts += [json.dumps(part, allow_nan=False) for part in parts]

    def message(self, parts: list[str], **more: Any) -> str:
        told = {
            "type": "study",
            "number": self.number,
            "state": self.state.value,
            "done": self.done,
            "runs": self.planned.runs,
            "seconds_left": round(self.seconds_left, 2),
            **more,
        }
        return f'{json.dumps(told, allow_nan=False)[:-1]}, "parts": [{",".join(parts)}]}}'


class Studies:
    """What is known of the studies of a session. post: gives all its viewers a message, as text."""

    def __init__(self, limits: Limits, post: Callable[[str], None]) -> None:
        self._limits = limits
        self._post = post
        self._count = 0
        self.current: SessionStudy | None = None
        self.waiting: deque[SessionStudy] = deque()
        self.changed = asyncio.Event()

    def refuse_too_large(self, planned: PlannedStudy) -> None:
        """Raises Refusal."""
        limits, seconds = self._limits, round(planned.seconds)
        if planned.runs > limits.study_runs:
            raise Refusal("study_too_many_runs", {"count": planned.runs, "limit": limits.study_runs})
        if planned.longest_run > Limits.STEPS_OF_COMMAND:
            raise Refusal("study_run_too_long", {"steps": planned.longest_run, "limit": Limits.STEPS_OF_COMMAND})
        if planned.seconds > limits.study_seconds:
            raise Refusal("study_too_long", {"seconds": seconds, "limit": limits.study_seconds})

    def begin(self, planned: PlannedStudy, then: Literal["replace", "wait"]) -> None:
        """Now, or after those that are under way. Raises Refusal."""
        self.refuse_too_large(planned)
        busy = self.current is not None and self.current.state in (StudyState.WORKING, StudyState.STOPPED)
        if then == "wait" and busy and len(self.waiting) >= self._limits.queued_studies:
            raise Refusal("too_many_studies", {"limit": self._limits.queued_studies})
        if then == "replace":
            self.end()
        self._count += 1
        self.waiting.append(SessionStudy(self._count, planned))
        self.next()

    def next(self) -> None:
        """Begins the one that waits longest, where none is under way."""
        busy = self.current is not None and self.current.state in (StudyState.WORKING, StudyState.STOPPED)
        if self.waiting and not busy:
            self.current = self.waiting.popleft()
            self.current.state = StudyState.WORKING
            self.tell_whole(self._post)
            self.changed.set()

    def tell_whole(self, post: Callable[[str], None]) -> None:
        """What the study is, and all that has come of it."""
        study = self.current
        if study is not None:
            study.told = len(study.parts)
            post(study.message(study.parts, plan=study.planned.message, waiting=len(self.waiting)))

    def tell_news(self) -> None:
        study = self.current
        if study is not None:
            parts, study.told = study.parts[study.told :], len(study.parts)
            self._post(study.message(parts, waiting=len(self.waiting)))

    def stop(self) -> None:
        """Raises Refusal where none is under way."""
        self._set(StudyState.WORKING, StudyState.STOPPED)

    def go_on(self) -> None:
        """Raises Refusal where none is stopped."""
        self._set(StudyState.STOPPED, StudyState.WORKING)

    def _set(self, before: StudyState, after: StudyState) -> None:
        if self.current is None or self.current.state is not before:
            raise Refusal("no_study", {})
        self.current.state = after
        self.tell_news()
        self.changed.set()

    def end(self) -> None:
        """The one under way, and those that wait."""
        self.waiting.clear()
        if self.current is not None and self.current.state is not StudyState.DONE:
            self.current.state = StudyState.ENDED
            self.tell_news()

    def fail(self, study: SessionStudy) -> None:
        study.state = StudyState.ENDED
        if study is self.current:
            self.tell_news()
        self._post(json.dumps(Refusal("study_failed", {}).message()))


class StudyWork:
    """The task of a session that has its studies worked on, by as many threads as there are cores. It works while
    somebody watches."""

    def __init__(self, studies: Studies, worker: TrainingWorker, watched: Callable[[], bool]) -> None:
        self._studies = studies
        self._worker = worker
        self._watched = watched
        self._task = asyncio.create_task(self._work())

    def close(self) -> asyncio.Task[None]:
        self._task.cancel()
        return self._task

    async def _work(self) -> None:
        studies = self._studies
        while True:
            await studies.changed.wait()
            studies.changed.clear()
            study = studies.current
            if study is None or study.state is not StudyState.WORKING:
                continue
            try:
                await self._until_stopped(study)
            except Exception:  # the session goes on without
                log.exception("the study %r failed", study.planned.message)
                studies.fail(study)
            studies.next()

    async def _until_stopped(self, study: SessionStudy) -> None:
        began, before = time.monotonic(), study.seconds

        async def pieces() -> None:
            told = time.monotonic()
            while study.state is StudyState.WORKING:
                if not self._watched():
                    await asyncio.sleep(UNWATCHED_SECONDS)
                    continue
                piece = await self._worker.work_on(study.planned.handle)
                study.done += piece.runs
                study.add(piece.parts)
                now = time.monotonic()
                study.seconds = before + now - began
                if now - told >= TELL_SECONDS and study is self._studies.current:
                    told = now
                    self._studies.tell_news()
                if piece.ended:
                    return

        await asyncio.gather(*(pieces() for _ in range(self._worker.parallel_jobs)))
        if study.state is StudyState.WORKING:
            study.state = StudyState.DONE
            self._studies.tell_news()
