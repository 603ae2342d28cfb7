"""Session: one Trainer, paced, and those who watch it. What each command does to it is in `app.sessions.handlers`.

A session has one worker task that obeys commands and runs slices, one at a time, so that no command ever meets a
half-done step. Slices run in threads; everything else here runs on the event loop and never waits for a viewer.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from functools import partial
from typing import Any, ParamSpec, TypeVar

from app.sessions import handlers
from app.sessions.checks import Checks
from app.sessions.outbox import Frame
from app.sessions.pace import Meter, Pace
from app.sessions.pending_steps import Owed
from app.sessions.undo import Past
from app.sessions.viewers import Viewer, wishes
from app.settings import Limits
from app.training_worker import descriptions, jobs
from app.wire.commands import Command, Drawn, Predict
from app.wire.messages import NoticeCode, Refusal, message
from engine.fault import Value
from engine.nn.network import Array
from engine.spec.spec import Spec
from engine.training.stopping import StopReason
from engine.training.timeline import Position
from engine.training.trainer import Trainer

log = logging.getLogger(__name__)

NORMAL_SPEED = 750.0
"""Steps per second of a new session: 30 epochs of the default experiment, the pace people know from browser toys."""

SLICE_SECONDS = 0.025
"""The longest a command waits for the slice before it; a person notices from about 0.1 s."""

RECORD_SECONDS = 0.25
"""Between entries of the loss curve while no frame is sent."""

P = ParamSpec("P")
T = TypeVar("T")


class Session:
    def __init__(
        self,
        key: str,
        begun: jobs.Start,
        *,
        start: Callable[..., jobs.Start],
        executor: Executor,
        checker: Executor,
        limits: Limits,
        before_play: Callable[[], None],
    ) -> None:
        """start: makes a run of a Spec, and weights. before_play: raises Refusal where too many play already."""
        self.key = key
        self.viewers: list[Viewer] = []
        self.visited = False
        """Whether anybody has come yet."""
        self.playing = False
        self.revision = 0
        self.unwatched_since = time.monotonic()
        self.pace = Pace(NORMAL_SPEED)
        self.before_play = before_play
        self._start = start
        self._executor = executor
        self._limits = limits
        self._meter = Meter()
        self._frames = 0
        self.picture = 0
        """Counts what there is to be seen: rises with every step, start and change."""
        self._recorded = 0.0
        self._turn: float | None = None
        """Seconds the clock allows for the next slice, until it is taken."""
        self._missed: NoticeCode | None = None
        """What happened while nobody watched."""
        self._inbox: deque[tuple[Viewer, Command, asyncio.Future[None]]] = deque()
        self._bell = asyncio.Event()
        self._trainer_free = asyncio.Lock()
        """Held by whoever does something with the trainer."""
        self.begin(begun)
        self._worker = asyncio.create_task(self._live())
        self.checks = Checks(self, checker)

    # Who watches.

    def join(self, viewer: Viewer) -> None:
        self.visited = True
        self.viewers.append(viewer)
        viewer.tell(self._state(points=True), self.revision)
        viewer.tell(self.past.curves())
        viewer.tell(self.past.message(self.step))
        if self._missed is not None:
            viewer.tell(message("notice", self._missed, {"step": self.step}))
            self._missed = None
        self._bell.set()

    def leave(self, viewer: Viewer) -> None:
        self.viewers.remove(viewer)
        if not self.viewers:
            self.unwatched_since = time.monotonic()

    def pause_unwatched(self) -> None:
        """Nobody has been watching for too long."""
        self.halt()
        self._missed = "paused_unwatched"

    @property
    def working(self) -> bool:
        """Whether it trains: it plays, or owes steps that were asked for."""
        return self.playing or bool(self._owed)

    async def close(self) -> None:
        self._worker.cancel()
        await asyncio.gather(self._worker, *self.checks.close(), return_exceptions=True)

    # What is asked of it.

    async def submit(self, viewer: Viewer, command: Command) -> None:
        """Returns once the command is done and the answer posted. Raises Refusal of a Drawn that cannot be."""
        if isinstance(command, Drawn):  # not in turn: a viewer that waits for its next frame need not wait for a slice
            self._drawn(viewer, command.frame)
            return
        if isinstance(command, Predict):  # nor need what comes after it wait for the answer
            viewer.questions.append(command)
            self._bell.set()
            return
        done = asyncio.get_running_loop().create_future()
        self._inbox.append((viewer, command, done))
        self._bell.set()
        await done

    def take_turn(self, seconds: float) -> None:
        """The clock's tick: a slice of at most so many seconds; where one is still being worked on, right after it."""
        self._turn = seconds
        self._bell.set()

    def _drawn(self, viewer: Viewer, frame: int) -> None:
        if frame > viewer.mailbox.newest:
            raise Refusal("no_such_frame", {"frame": frame, "newest": viewer.mailbox.newest})
        viewer.mailbox.drawn(frame)
        self._bell.set()

    async def look(self, see: Callable[[Trainer], T]) -> T:
        """What `see` makes of the trainer, between two commands or slices. It changes nothing."""
        async with self._trainer_free:
            return await self.in_thread(see, self.trainer)

    async def load_weights(self, data: bytes) -> None:
        """Starts again, paused, with the weights of a model file. Raises Fault, as `restart`."""
        async with self._trainer_free:
            past, spec = self.past, self.trainer.spec
            await self.restart(spec, await self.in_thread(jobs.read_model, self.trainer, data))
            self.past.follow(past, spec, spec)
            self.halt()
            self.tell_start()
            self.notify("weights_loaded", {})

    # What handlers do to it. They run in the worker, where nothing else happens to the trainer.

    def begin(self, begun: jobs.Start) -> None:
        """From the start, paused or playing as before."""
        self.trainer = begun.trainer
        self._data = {"points": begun.points, "pictures": begun.pictures, "samples": begun.samples}
        self.step, self.epoch = 0, 0
        self.diverged: int | None = None
        self.stopped: StopReason | None = None
        self._warned = False
        self.past = Past(begun.position, begun.entry, self._limits)
        self.before: Position | None = None
        self.placed = False
        """Whether it was put where it stands by hand."""
        self._owed = Owed()
        self.pace.unknown()
        self._meter.start(time.monotonic())
        self._resting = 0.0
        """While it plays there is no picture before this time, so that pictures take half of its time at most."""
        for viewer in self.viewers:
            viewer.begin(self.trainer.network.sizes)
        self.change()

    def change(self) -> None:
        """Another Spec or start: frames made before are out of date."""
        self.revision += 1
        self.picture += 1

    async def restart(self, spec: Spec, parameters: dict[str, Array] | None = None) -> None:
        """The start of this Spec, or of other weights; told by `tell_start`. Raises Fault where data are missing."""
        self.begin(await self.in_thread(self._start, spec, parameters, self.trainer.bug))

    def place(self, standing: jobs.Standing) -> None:
        """The run stands where it was put by hand. The page is told by `tell_state` and `tell_timeline`."""
        state = standing.position.state
        self.step, self.epoch = state.step, state.epoch
        self.diverged, self.stopped = standing.diverged, standing.stopped
        self.before, self.placed = None, True
        if self.diverged is not None or self.stopped is not None:
            self.halt()
        self.pace.start(time.monotonic())
        self.picture += 1

    def play(self) -> None:
        now = time.monotonic()
        self.playing = True
        self.pace.start(now)
        self._meter.start(now)

    def set_speed(self, steps_per_second: float | None) -> None:
        now = time.monotonic()
        self.pace.steps_per_second = steps_per_second
        self.pace.start(now)
        self._meter.start(now)

    def halt(self) -> None:
        self.playing = False
        self._turn = None
        self._owed = Owed()
        self.picture += 1  # the last picture said how fast it was going

    def owe(self, steps: int = 0, epochs: int = 0) -> None:
        """Work to be done beside the pace, as fast as it goes, and then shown. Raises Refusal where it is too much."""
        self._owed.refuse_more(steps, epochs)
        if not self.working:
            self.before_play()
        self._owed.add(steps, epochs)

    async def in_thread(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, partial(work, *arguments, **named))

    # What it says.

    def tell_state(self) -> None:
        self._tell_all(self._state(points=False))

    def tell_start(self) -> None:
        self._tell_all(self._state(points=True))
        self.tell_history()
        self.tell_timeline()

    def tell_history(self) -> None:
        self._tell_all(self.past.curves())

    def tell_timeline(self) -> None:
        self._tell_all(self.past.message(self.step))

    def notify(self, code: NoticeCode, values: dict[str, Value], by: Viewer | None = None) -> None:
        """by: whose doing it was; that viewer is told so."""
        for viewer in self.viewers:
            viewer.tell({**message("notice", code, values), "own": viewer is by}, self.revision)

    def refuse_ended(self) -> None:
        """Raises Refusal where the run has diverged or come to its end and can take no step."""
        if self.diverged is not None:
            raise Refusal("diverged_needs_reset", {"step": self.diverged})
        if self.stopped is not None:
            raise Refusal("stop_rule_holds", {"fields": [descriptions.STOPPED[self.stopped][1]]})

    def warn_of_endlessness(self) -> None:
        """Once a run, where a perceptron sets out that will never be done."""
        if descriptions.is_endless(self.trainer) and not self._warned:
            self._warned = True
            self.notify("inseparable", {})

    def _tell_all(self, said: dict[str, Any]) -> None:
        for viewer in self.viewers:
            viewer.tell(said, self.revision)

    def _state(self, points: bool) -> dict[str, Any]:
        return {
            "type": "state",
            "session": self.key,
            "revision": self.revision,
            "playing": self.playing,
            "speed": self.pace.steps_per_second,
            "status": "diverged" if self.diverged is not None else "training" if self.playing else "paused",
            "diverged": self.diverged,
            "step": self.step,
            "epoch": self.epoch,
            **descriptions.of_experiment(self.trainer),
            **(self._data if points else {}),
        }

    # Its life: commands and slices, one at a time.

    async def _live(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            for viewer in list(self.viewers):
                while viewer.questions:
                    async with self._trainer_free:
                        await self._guarded(handlers.obey(self, viewer, viewer.questions.popleft()))
            while self._inbox:
                viewer, command, done = self._inbox.popleft()
                async with self._trainer_free:
                    await self._guarded(handlers.obey(self, viewer, command))
                if not done.done():  # whoever sent it may have left
                    done.set_result(None)
            if self._turn is not None or self._has_work():
                async with self._trainer_free:
                    await self._guarded(self._slice())
            if self._has_work():
                self._bell.set()

    def _has_work(self) -> bool:
        """Whether there is something to do that does not wait for the clock."""
        if self._owed:
            return True
        return not self.playing and any(viewer.lacks(self.picture) for viewer in self.viewers)

    async def _guarded(self, doing: Awaitable[None]) -> None:
        """A failure of the engine ends neither the session nor the server: logged once, told, and training stops."""
        try:
            await doing
        except Exception:
            log.exception("session %s: the engine failed after step %d of %r", self.key, self.step, self.trainer.spec)
            self.halt()
            self.tell_state()
            for viewer in self.viewers:
                viewer.seen = self.picture  # there is none to be had
                viewer.tell(message("error", "engine_failed", {"step": self.step}))

    async def _slice(self) -> None:
        now = time.monotonic()
        seconds, self._turn = self._turn or SLICE_SECONDS, None
        steps = self._owed.take_steps(self.pace.fitting(seconds))
        steps_of_epoch = self.pace.fitting(seconds) if self._owed.epochs and not steps else 0
        if self.playing:
            steps += self.pace.due(now, seconds)
        moves = steps > 0 or steps_of_epoch > 0
        finished = self.playing or not (self._owed.steps or self._owed.epochs > 1)
        rested = now + seconds >= self._resting  # the picture comes after this slice's training
        shown = finished and (rested or not self.playing)
        wanting = [viewer for viewer in self.viewers if shown and viewer.lacks(self.picture + moves)]
        record = moves and rested and now - self._recorded >= RECORD_SECONDS
        if not (moves or wanting):
            return
        self._frames += 1
        job = jobs.Slice(
            steps=steps,
            steps_of_epoch=steps_of_epoch,
            focuses=frozenset(viewer.focus for viewer in wanting),
            only_at_epoch_end=steps_of_epoch > 0 and not self.playing,
            record=record,
            frame=self._frames,
            revision=self.revision,
            steps_per_second=self._meter.rate() if self.playing else 0.0,
            wishes=wishes(wanting, self.playing, now),
            watched=not self.playing or any(viewer.wish is not None for viewer in self.viewers),
            before=self.before,
            keep=self.past.timeline.wants,
        )
        done = await self.in_thread(jobs.work, self.trainer, job)
        self._account(done, now, seconds)
        self._owed.epochs -= done.epoch_ended
        for viewer in wanting:
            if (frame := done.frames.get(viewer.focus)) is not None:
                viewer.seen = self.picture
                viewer.mailbox.show(Frame(job.frame, job.revision, frame))
                if viewer.wish in done.explanations:
                    viewer.told = now
                    viewer.tell(done.explanations[viewer.wish])
        self._end_where_it_has(done)

    def _end_where_it_has(self, done: jobs.Done) -> None:
        """Stops and says why, where the run has diverged or a stop rule has ended it just now."""
        if done.diverged is not None and self.diverged is None:
            self.diverged = done.diverged
            ending: tuple[NoticeCode, dict[str, Value]] = ("diverged", {"step": done.diverged})
        elif done.stopped is not None and self.stopped is None:
            self.stopped = done.stopped
            ending = descriptions.ending(done.stopped, self.trainer.spec, self.step)
        else:
            return
        self.halt()
        self.tell_state()
        self.notify(*ending)

    def _account(self, done: jobs.Done, began: float, seconds: float) -> None:
        """Where the run stands after a slice of so many seconds, how fast it went and what is to be remembered."""
        taken = done.step - self.step
        self.step, self.epoch = done.step, done.epoch
        if taken:
            self.picture += 1
            paced = self.pace.steps_per_second is not None  # then these were the steps due when the slice began
            self._meter.add(began if paced else time.monotonic(), taken)
            self.pace.measured(taken, done.training_seconds)
            self.before, self.placed = done.before, False
        if done.entry is not None:
            self.past.add(done.entry, done.position)
            self._recorded = began
            self._resting = time.monotonic() + done.picture_seconds * SLICE_SECONDS / seconds  # rarer where many train
