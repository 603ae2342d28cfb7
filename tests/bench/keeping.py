"""Bench `keeping`: what it costs to save a run of the default experiment whose timeline is full, and to wake it."""

import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TypeVar

from app.sessions.run import Run
from app.sessions.saving.captured_run import CapturedRun
from app.sessions.saving.run_reader import read_run
from app.sessions.saving.run_writer import RunWriter
from app.sessions.saving.saver import SAVE_SECONDS
from app.settings import Limits
from app.store.opening import open_folder
from app.store.records import SavedRun
from app.training_worker import jobs
from app.training_worker.port import GoTo
from app.training_worker.threads import TrainerInThisProcess
from engine.data.digits import DataSources
from engine.spec.spec import Spec
from engine.training.trainer import Trainer

SAVES = 40
ASKED_WAKING, ASKED_DELAY = 100, 20
"""Milliseconds."""
ASKED_SHARE = 0.01
MOMENTS = 30
"""New ones in each save: as many as a second of training at its usual pace adds."""

R = TypeVar("R")


def run() -> dict[str, float]:
    """Milliseconds: of the event loop for what is new and for everything, of the store's thread for the same, and from
    the store to a run that can train; how many moments there were; and the share of a processor that saving takes of a
    run that trains."""
    sources, limits = DataSources(None), Limits()
    trainer = jobs.start(Spec(), backend="compiled", sources=sources)
    kept = Run("bench", jobs.started(TrainerInThisProcess(trainer), trainer), limits, lambda: None)
    timeline = kept.branches.timeline
    while timeline.spacing == 1 or timeline.nbytes < 0.75 * limits.timeline_bytes:
        _record(trainer, kept)
    with tempfile.TemporaryDirectory() as folder:
        repository, writer = open_folder(Path(folder)), RunWriter()

        def save() -> tuple[float, float]:
            captured, of_loop = _timed(lambda: CapturedRun.of(kept, trainer.checkpoint(), "bench"))
            return of_loop, _timed(lambda: repository.write(writer.save(captured)))[1]

        loop_complete, thread_complete = save()
        loop, thread = [], []
        for _ in range(SAVES):
            before = kept.branches.timeline.branches[0].last_step
            while kept.branches.timeline.branches[0].last_step < before + MOMENTS * timeline.spacing:
                _record(trainer, kept)
            of_loop, of_thread = save()
            loop.append(of_loop)
            thread.append(of_thread)

        def wake() -> None:
            saved = repository.read(kept.key)
            assert isinstance(saved, SavedRun)
            checkpoint = read_run(saved, limits).checkpoint
            jobs.do(jobs.start(checkpoint.spec, backend="compiled", sources=sources), GoTo(checkpoint, 0))

        gc.freeze()  # as a server does once it is warm
        waking = [_timed(wake)[1] for _ in range(5)]
        repository.close()
    return {
        "moments": len(timeline.branches[0].moments),
        "loop": median(loop),
        "loop_complete": loop_complete,
        "thread": median(thread),
        "thread_complete": thread_complete,
        "share": (median(loop) + median(thread)) / (1000 * SAVE_SECONDS),
        "waking": min(waking),
    }


def report(figures: dict[str, float]) -> None:
    print(f"{figures['moments']} moments, milliseconds:")
    print(f"{'':24}{'event loop':>12}{'thread':>12}")
    print(f"{'a save of what is new':24}{figures['loop']:12.2f}{figures['thread']:12.2f}")
    print(f"{'a save of everything':24}{figures['loop_complete']:12.2f}{figures['thread_complete']:12.2f}")
    print(f"{'waking':24}{'':12}{figures['waking']:12.2f}   (asked: {ASKED_WAKING})")
    longest = max(figures["loop"], figures["loop_complete"])
    print(f"saving takes {figures['share']:.2%} of a processor while it trains (asked: {ASKED_SHARE:.0%}),")
    print(f"and holds up pictures by {longest:.2f} ms at most (asked: {ASKED_DELAY})")


def _record(trainer: Trainer, kept: Run) -> None:
    """A step, and its moment if the timeline wants one."""
    trainer.advance(1)
    if kept.branches.timeline.record_rule.includes(trainer.step):
        kept.branches.timeline.record(trainer.checkpoint(), 0.5)


def _timed(work: Callable[[], R]) -> tuple[R, float]:
    """What comes of it, and how many milliseconds of a processor it took."""
    start = time.thread_time()
    result = work()
    return result, 1000 * (time.thread_time() - start)
