"""One turn of training: how many steps are due, which pictures are wanted, and what is remembered of what was done.

A turn is one job of the worker and short, so that no command waits long for it.
"""

from dataclasses import dataclass

from app.sessions.outbox import Frame
from app.sessions.run import STOP_RULES, Run, Status
from app.sessions.viewers import Viewer, inspect_requests
from app.training_worker.port import FIRST_STEPS, Train, Trained, TrainingWorker
from app.wire.messages import NoticeCode
from engine.fault import Value
from engine.spec.choices import BugName
from engine.spec.spec import Spec
from engine.training.stopping import StopReason

TURN_SECONDS = 0.013
"""The longest a turn trains: 60 of them a second leave room for their pictures, and no command waits noticeably."""

NEXT_TURN = 1 / 60
"""Seconds. For whoever will have drawn a picture before the next turn another one is made now, for the next turn ends
13 ms after that."""

RECORD_SECONDS = 0.25
"""Between entries of the loss curve while no frame is sent."""

SCORES_SECONDS = 0.5
"""Between two scores while it plays: digits that change faster cannot be read."""

SCORES_REST = 10
"""How many times as long as the scores took it then has none at least."""


@dataclass(frozen=True)
class Turn:
    job: Train
    wanting: list[Viewer]
    """Who gets a picture of it."""
    scoring: list[Viewer]
    """Who gets its scores."""
    began: float
    seconds: float
    """It was to take at most."""


def has_work(run: Run) -> bool:
    """Whether there is something to do that does not wait for the clock."""
    if run.pending or run.playing:
        return bool(run.pending) and run.visited
    return any(viewer.lacks(run.picture) or viewer.lacks_scores(run.picture) for viewer in run.viewers)


async def take_turn(run: Run, worker: TrainingWorker, seconds: float) -> None:
    """One of at most so many seconds, if there is something to do."""
    turn = next_turn(run, seconds)
    if turn is not None:
        account(run, turn, await worker.do(run.trainer, turn.job))


def account(run: Run, turn: Turn, trained: Trained) -> None:
    """After a turn: remembers, shows and tells what came of it."""
    _remember(run, turn, trained)
    for viewer in turn.wanting:
        if (frame := trained.frames.get(viewer.focus)) is not None:
            viewer.seen, viewer.frame = run.picture, turn.job.frame
            run.tell_layout(viewer)
            entries = run.missed_entries(viewer.outbox.curve_step)
            viewer.outbox.show(Frame(turn.job.frame, turn.job.revision, frame, run.step, entries))
            if viewer.inspect_request in trained.explanations:
                viewer.last_explained = turn.began
                viewer.tell(trained.explanations[viewer.inspect_request])
    if trained.scores is not None:
        for viewer in turn.scoring:
            viewer.scored = run.picture
            viewer.tell({"type": "scores", "revision": turn.job.revision, **trained.scores})
    _end_if_it_has(run, trained)


def next_turn(run: Run, seconds: float, save: bool = False) -> Turn | None:
    """Of at most so many seconds; None where there is nothing to do. Takes the steps off those that are due or
    pending. save: the run is to be saved."""
    now = run.clock()
    steps = run.pending.take_steps(run.pace.fitting(seconds))
    steps_of_epoch = run.pace.fitting(seconds) if run.pending.epochs and not steps else 0
    if run.playing:
        steps += run.pace.due(now, seconds)
    moves = steps > 0 or steps_of_epoch > 0
    finished = run.playing or not (run.pending.steps or run.pending.epochs > 1)
    rested = now + seconds >= run.no_picture_before  # the picture comes after the training of this turn
    shown = finished and (rested or not run.playing)
    soon = NEXT_TURN if run.playing else 0.0
    wanting = [viewer for viewer in run.viewers if shown and viewer.lacks(run.picture + moves, soon)]
    scored = finished and (now >= run.no_scores_before or not run.playing)
    scoring = [viewer for viewer in run.viewers if scored and viewer.lacks_scores(run.picture + moves)]
    record = moves and rested and now - run.recorded_at >= RECORD_SECONDS
    if not (moves or wanting or scoring or save):
        return None
    run.frames += 1
    job = Train(
        steps=steps,
        steps_of_epoch=steps_of_epoch,
        focuses=frozenset(viewer.focus for viewer in wanting),
        only_at_epoch_end=steps_of_epoch > 0 and not run.playing,
        timed=steps_of_epoch > 0 or not run.pace.is_little(steps, seconds),
        record=record,
        every_step=run.step < FIRST_STEPS and not run.entries_too_costly,
        scores=bool(scoring),
        frame=run.frames,
        revision=run.revision,
        steps_per_second=run.meter.rate() if run.playing else 0.0,
        inspect_requests=inspect_requests(wanting, run.playing, now),
        watched=not run.playing or any(viewer.inspect_request is not None for viewer in run.viewers),
        before=run.before,
        record_rule=run.branches.timeline.record_rule,
        logged_epoch=max(run.epoch, run.branches.log.last_epoch),
        save=save,
    )
    return Turn(job, wanting, scoring, now, seconds)


def _remember(run: Run, turn: Turn, trained: Trained) -> None:
    """Where the run stands now, how fast it went and what is to be remembered."""
    taken = trained.step - run.step
    run.step, run.epoch = trained.step, trained.epoch
    if taken:
        run.picture += 1
        paced = run.pace.steps_per_second is not None  # then these were the steps due when the turn began
        run.meter.add(turn.began if paced else run.clock(), taken)
        if trained.training_seconds is not None:
            run.pace.measured(taken, trained.training_seconds)
        run.before, run.set_by_hand = trained.before, False
    for entry in trained.entries:
        run.branches.add(entry, None)
    for row in trained.rows:
        run.branches.log.add(row)
    run.entries_too_costly = run.entries_too_costly or trained.too_costly
    if trained.entry is not None:
        run.branches.add(trained.entry, trained.checkpoint)
        run.recorded_at = turn.began
        rest = trained.picture_seconds * TURN_SECONDS / turn.seconds  # longer where many train
        run.no_picture_before = max(run.no_picture_before, run.clock() + rest)
    if trained.scores is not None:
        run.no_scores_before = turn.began + max(SCORES_SECONDS, SCORES_REST * trained.scores_seconds)
    if trained.epoch_ended:
        run.pending.end_epoch()


def _end_if_it_has(run: Run, trained: Trained) -> None:
    """Stops and says why, where the run has diverged or a stop rule has ended it just now."""
    if run.status in (Status.STOPPED, Status.DIVERGED):
        return
    if trained.diverged is not None:
        ending: tuple[NoticeCode, dict[str, Value]] = ("diverged", {"step": trained.diverged})
    elif trained.stopped is not None:
        ending = stop_notice(trained.stopped, run.spec, run.step, trained.bug)
    else:
        return
    run.end(trained.diverged, trained.stopped)
    run.tell_state()
    run.notify(*ending)


def stop_notice(
    reason: StopReason, spec: Spec, step: int, planted: BugName | None = None
) -> tuple[NoticeCode, dict[str, Value]]:
    """The notice of a run that a rule has ended."""
    code, field = STOP_RULES[reason]
    if reason == "change" and planted == "stop_on_batches":
        code = "stopped_batches"
    return code, {"step": step} if reason == "no_errors" else {"step": step, "limit": getattr(spec, field)}
