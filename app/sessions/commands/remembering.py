"""A run that ends or is replaced is remembered among the recent runs of its tab, with all needed to go on."""

import logging

from app.sessions.run import Run
from app.training_worker.kept_run import GetKept, KeptRun
from app.training_worker.port import TrainingWorker

log = logging.getLogger(__name__)

NAME = "recent"
"""The page names them by what they are."""

LEAST_SECONDS = 1.0
"""A run that lives shorter is one of many while a slider is dragged."""


def kept_job(run: Run, name: str, note: str = "") -> GetKept:
    """The run as it stands, to be kept."""
    branches, step = run.branches, run.step
    history, rows = branches.history.until(step), branches.log.until(step)
    return GetKept(
        name,
        note,
        start=branches.start.state.parameters,
        changed=branches.timeline.changed_before(step),
        steps_per_second=run.pace.steps_per_second,
        curve=tuple(history.entries),
        curve_width=history.width,
        log=tuple(rows.entries),
    )


def remember_left(run: Run, worker: TrainingWorker) -> None:
    """Of a run that is about to be replaced: its Trainer is nobody else's any more, so nobody waits for its scores and
    its picture."""
    if run.remember is not None and _is_due(run):
        run.remember(worker.do(run.trainer, kept_job(run, NAME)))


async def remember_ended(run: Run, worker: TrainingWorker) -> None:
    """While the lock of its Trainer is held, for it may go on; where it fails, the run goes its way all the same."""
    if run.remember is None or not _is_due(run):
        return
    try:
        run.remember(_made(await worker.do(run.trainer, kept_job(run, NAME))))
    except Exception:
        log.exception("a run that has ended could not be remembered")


def _is_due(run: Run) -> bool:
    """Once at a step."""
    if run.step in (0, run.remembered_step) or run.clock() - run.began_at < LEAST_SECONDS:
        return False
    run.remembered_step = run.step
    return True


async def _made(kept: KeptRun) -> KeptRun:
    return kept
