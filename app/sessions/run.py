"""Run: all that is known of one run outside its Trainer, and what its viewers are told of it.

It has no task, no thread and no Trainer. Commands and `training` change it on the event loop, one at a time.
"""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from enum import Enum
from typing import Any

from app.sessions.copies import RunCopy
from app.sessions.history.branches import Branches
from app.sessions.history.undo import UndoStack
from app.sessions.loss_surface import LossSurfaceQuestions
from app.sessions.pace import Meter, Pace
from app.sessions.pending_steps import PendingSteps
from app.sessions.studies import Studies
from app.sessions.viewers import Viewer
from app.settings import Limits
from app.training_worker.kept_run import KeptRun
from app.training_worker.port import Placed, Started
from app.wire.frames import layout_message
from app.wire.messages import NoticeCode, Refusal, message
from engine.fault import Value
from engine.spec.spec import Spec
from engine.training.stopping import StopReason
from engine.training.timeline import Checkpoint

STOP_RULES: dict[StopReason, tuple[NoticeCode, str]] = {
    "steps": ("stopped_steps", "stop_steps"),
    "epochs": ("stopped_epochs", "stop_epochs"),
    "loss": ("stopped_loss", "stop_loss"),
    "change": ("stopped_change", "stop_change"),
    "patience": ("stopped_patience", "stop_patience"),
    "no_errors": ("stopped_no_errors", "optimizer"),
}
"""The notice of each stop rule, and the field of the Spec to change in order to go on."""


class Status(Enum):
    PAUSED = "paused"
    TRAINING = "training"
    """It plays. Steps that were asked for by number are taken while it is paused, too: see `Run.working`."""
    STOPPED = "stopped"
    """A stop rule has ended it; another rule or optimizer lets it go on."""
    DIVERGED = "diverged"
    """The next step could not be taken; only a reset, an undo or going back lets it go on."""


class Run:
    def __init__(
        self,
        key: str,
        started: Started,
        limits: Limits,
        admit: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """admit: raises Refusal where too many runs train already. clock: gives seconds."""
        self.key = key
        self.limits = limits
        self.admit = admit
        self.clock = clock
        self.viewers: list[Viewer] = []
        self.visited = False
        """Whether anybody has come yet. Until then it does not train: what was woken to be looked at is not played."""
        self.unwatched_since = clock()
        self.copied = False
        """Whether it began as a copy of another, for a duplicated tab."""
        self.used = False
        """Whether anybody has done anything with it, so that there is something to come back to."""
        self.missed: NoticeCode | None = None
        """What happened while nobody watched."""
        self.status = Status.PAUSED
        self.pace = Pace(limits.NORMAL_PACE)
        self.meter = Meter()
        self.revision = 0
        self.picture = 0
        """Counts what there is to be seen: rises with every step, start and change."""
        self.frames = 0
        """How many have been numbered."""
        self.recorded_at = 0.0
        """When the newest entry of the loss curve was made."""
        self.remember: Callable[[Coroutine[Any, Any, KeptRun]], None] | None = None
        """Takes a run that was left, once it is described; None: nowhere."""
        self.find_other: Callable[[str], Run | None] = lambda _key: None
        """The run of another session, which is awake."""
        self.studies = Studies(limits, self.post)
        self.loss_surface = LossSurfaceQuestions()
        self.check_requested = asyncio.Event()
        """Somebody wants the arithmetic compared now."""
        self.begin(started)

    # Where it stands

    def begin(self, started: Started) -> None:
        """At the start, paused or playing as before. Told by `tell_start`."""
        self.trainer = started.trainer
        self.experiment = started.experiment
        self.data = started.data
        self.step, self.epoch = 0, 0
        self.began_at = self.clock()
        self.remembered_step: int | None = None
        """At which it was last remembered as one of the recent runs."""
        self.status = Status.TRAINING if self.playing else Status.PAUSED
        self.diverged_at: int | None = None
        """The step that could not be taken."""
        self.stop_reason: StopReason | None = None
        self.loss_surface.forget_planes()
        self.branches = Branches.of_start(started.checkpoint, started.entry, self.limits)
        self.entries_too_costly = False
        """Whether entries of the loss curve are made of pictures alone."""
        self.undo = UndoStack(self.limits)
        self.pending = PendingSteps(self.limits)
        self.before: Checkpoint | None = None
        """Where it stood before its last step, if that is known."""
        self.set_by_hand = False
        """Whether something else than training has put it where it stands."""
        self._warned = False
        self.pace.unknown()
        self.meter.start(self.clock())
        self.no_picture_before = 0.0
        """While it plays; so that pictures take half of its time at most."""
        self.no_scores_before = 0.0
        """Likewise, so that scores take a tenth of it."""
        for viewer in self.viewers:
            viewer.begin(self.experiment.sizes)
        self.revise()

    def copy(self, here: Checkpoint) -> RunCopy:
        """For another run to begin where this one stands."""
        return RunCopy(
            here,
            self.branches.copied(),
            self.undo.copied(),
            self.pace.steps_per_second,
            self.before,
            self.set_by_hand,
            self.diverged_at,
            self.stop_reason,
        )

    def start_as_copy(self, copy: RunCopy, placed: Placed) -> None:
        """It stands where another run does, paused, with all that is known of that; nobody watches yet."""
        self.place(placed)
        self.branches, self.undo = copy.branches, copy.undo
        self.before, self.set_by_hand = copy.before, copy.set_by_hand
        self.set_speed(copy.speed)
        if copy.diverged_at is not None or copy.stop_reason is not None:
            self.end(copy.diverged_at, copy.stop_reason)
        replaced = placed.experiment.backend != copy.checkpoint.backend
        self.copied, self.used, self.missed = True, True, "engine_replaced" if replaced else "run_is_copied"

    def place(self, placed: Placed) -> None:
        """The run stands where a command has put it. Told by `tell_state` and `tell_timeline`."""
        if placed.experiment.backend != self.experiment.backend:
            self.pace.unknown()
        self.experiment = placed.experiment
        self.step, self.epoch = placed.checkpoint.state.step, placed.checkpoint.state.epoch
        self.before, self.set_by_hand = None, True
        if placed.diverged is not None or placed.stopped is not None:
            self.end(placed.diverged, placed.stopped)
        else:
            self.diverged_at, self.stop_reason = None, None
            self.status = Status.TRAINING if self.playing else Status.PAUSED
        self.pace.start(self.clock())
        self.picture += 1

    def end(self, diverged_at: int | None, stop_reason: StopReason | None) -> None:
        """It can take no further step."""
        self.halt()
        self.diverged_at, self.stop_reason = diverged_at, stop_reason
        self.status = Status.STOPPED if diverged_at is None else Status.DIVERGED

    def revise(self) -> None:
        """Another Spec or start: frames made before are out of date."""
        self.revision += 1
        self.picture += 1

    @property
    def spec(self) -> Spec:
        return self.experiment.spec

    @property
    def playing(self) -> bool:
        return self.status is Status.TRAINING

    @property
    def has_ended(self) -> bool:
        """Whether it can take no further step, unless something is changed."""
        return self.status in (Status.STOPPED, Status.DIVERGED)

    @property
    def working(self) -> bool:
        """Whether it trains: it plays, or has steps to take that were asked for by number."""
        return self.playing or bool(self.pending)

    # How it trains

    def play(self) -> None:
        now = self.clock()
        self.status = Status.TRAINING
        self.pace.start(now)
        self.meter.start(now)

    def halt(self) -> None:
        if self.playing:
            self.status = Status.PAUSED
        self.pending.clear()
        self.picture += 1  # the last picture said how fast it was going

    def pause_unwatched(self) -> None:
        """Nobody has been watching for too long."""
        self.halt()
        self.missed = "paused_unwatched"

    def set_speed(self, steps_per_second: float | None) -> None:
        now = self.clock()
        self.pace.steps_per_second = steps_per_second
        self.pace.start(now)
        self.meter.start(now)

    def add_pending(self, steps: int = 0, epochs: int = 0) -> None:
        """To be taken beside the pace, as fast as it goes, and then shown. Raises Refusal where it is too much."""
        self.pending.refuse_more(steps, epochs)
        if not self.working:
            self.admit()
        self.pending.add(steps, epochs)

    def refuse_ended(self) -> None:
        """Raises Refusal where it can take no step."""
        if self.diverged_at is not None:
            raise Refusal("diverged_needs_reset", {"step": self.diverged_at})
        if self.stop_reason is not None:
            raise Refusal("stop_rule_holds", {"fields": [STOP_RULES[self.stop_reason][1]]})

    # Who watches, and what they are told

    def join(self, viewer: Viewer) -> None:
        self.visited = True
        self.viewers.append(viewer)
        viewer.tell(self._state(with_data=True), self.revision)
        self.tell_curves_to(viewer)
        viewer.tell(self._timeline())
        if self.missed is not None:
            viewer.tell(message("notice", self.missed, {"step": self.step}))
            self.missed = None

    def leave(self, viewer: Viewer) -> None:
        self.viewers.remove(viewer)
        if not self.viewers:
            self.unwatched_since = self.clock()

    def tell_state(self) -> None:
        self.tell(self._state(with_data=False))

    def tell_start(self) -> None:
        self.tell(self._state(with_data=True))
        self.tell_curves()
        self.tell_timeline()

    def tell_curves(self) -> None:
        for viewer in self.viewers:
            self.tell_curves_to(viewer)

    def tell_curves_to(self, viewer: Viewer) -> None:
        """The loss curve, the measurements and the log of the branch it is on."""
        viewer.outbox.curve_step = self.branches.history.last_step
        viewer.tell(self.branches.curves(), self.revision)

    def missed_entries(self, after: int) -> str | None:
        """The loss curve and the log after this step, up to now, as a message that goes before the frame of now."""
        missed = self.branches.missed(after, self.step)
        return None if missed is None else json.dumps(missed, allow_nan=False)

    def tell_layout(self, viewer: Viewer) -> None:
        """What the frames of this revision hold, once, before the first of them."""
        if viewer.layout != self.revision:
            viewer.layout = self.revision
            viewer.tell(layout_message(self.spec, self.revision), self.revision)

    def tell_timeline(self) -> None:
        self.tell(self._timeline())

    def tell(self, said: dict[str, Any]) -> None:
        for viewer in self.viewers:
            viewer.tell(said, self.revision)

    def post(self, text: str) -> None:
        for viewer in self.viewers:
            viewer.post(text, self.revision)

    def notify(self, code: NoticeCode, values: dict[str, Value], by: Viewer | None = None) -> None:
        """by: whose doing it was; that viewer is told so."""
        for viewer in self.viewers:
            viewer.tell({**message("notice", code, values), "own": viewer is by}, self.revision)

    def warn_if_it_never_ends(self) -> None:
        """Once a run, where a perceptron starts to train that will never be done."""
        if self.experiment.never_ends and not self._warned:
            self._warned = True
            self.notify("inseparable", {})

    def _timeline(self) -> dict[str, Any]:
        return {**self.branches.message(self.step), **self.undo.counts, **self.undo.numbers}

    def _state(self, with_data: bool) -> dict[str, Any]:
        return {
            "type": "state",
            "session": self.key,
            "copied": self.copied,
            "revision": self.revision,
            "playing": self.playing,
            "speed": self.pace.steps_per_second,
            "status": Status.PAUSED.value if self.status is Status.STOPPED else self.status.value,
            "diverged": self.diverged_at,
            "step": self.step,
            "epoch": self.epoch,
            **self.experiment.message,
            "stopped": self.stop_reason,
            **(self.data if with_data else {}),
        }
