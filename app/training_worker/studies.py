"""Studies: many runs at once, worked on in pieces of some milliseconds.

A kind of study is a function that makes a Plan of what was asked for, and a line in PLANS. Its iterators do the work
and may be on different threads; each yields what a run has come to, or None where it may be interrupted.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from app.training_worker.memory import data_bytes, norm_bytes
from app.training_worker.page_data.preset_pictures import drawn
from app.training_worker.study_requests import (
    LuckStudy,
    PictureStudy,
    PlannedStudy,
    RateStudy,
    Study,
    StudyHandle,
    StudyPiece,
    SweepStudy,
)
from app.wire.numbers import number
from app.wire.validation import explain
from engine.data.datasets import is_held
from engine.data.digits import DataSources
from engine.spec.choices import BackendName
from engine.spec.spec import Spec
from engine.studies.luck import Luck, LuckRun, Start, compared, luck_runs, median_interval, median_run
from engine.studies.measures import MEASURES
from engine.studies.rate_finder import RATES, RateSearch, rate_search
from engine.studies.runs import multiplications_of_step, steps_of_bit, steps_of_run
from engine.studies.sweep import Cell, Sweep, cells
from engine.training.trainer import Trainer

PIECE_SECONDS = 0.005
"""Then somebody else may have the processor."""

MULTIPLICATION_SECONDS = 5e-11
STEP_SECONDS = 1e-7
RUN_SECONDS = 4e-4
"""What one of each takes of a core, about: of a step what is not multiplications, of a run what is not steps."""

NEW_START_SECONDS = 6e-4
"""Of a run whose data or first weights are not those of the one before."""
LOOK_SECONDS, LOOK_SAMPLE_SECONDS, LOOK_MULTIPLICATION_SECONDS = 1.4e-4, 2e-8, 1e-10
"""What measuring both losses takes: once, for each sample, and for each sample and weight."""


@dataclass(frozen=True)
class Plan:
    runs: int
    longest_run: int
    """Steps."""
    seconds: float
    """Of one core."""
    bytes: int
    """Of samples and arrays, at most."""
    message: dict[str, Any]
    iterators: list[Iterator[tuple[int, Any] | None]]
    """Each gives how many runs have ended, and what has come of them."""


class StudyInThisProcess(StudyHandle):
    def __init__(self, plan: Plan) -> None:
        self._idle = list(plan.iterators)
        self._lock = threading.Lock()

    def piece(self) -> StudyPiece:
        """By one thread; several may ask for pieces at once."""
        with self._lock:
            iterator = self._idle.pop() if self._idle else None
        if iterator is None:
            return StudyPiece([], 0, ended=True)
        parts, runs = [], 0
        end = time.perf_counter() + PIECE_SECONDS
        for part in iterator:
            if part is not None:
                runs += part[0]
                parts.append(part[1])
            if time.perf_counter() >= end:
                with self._lock:
                    self._idle.append(iterator)
                return StudyPiece(parts, runs, ended=False)
        return StudyPiece(parts, runs, ended=not self._idle)


def plan(study: Study, sources: DataSources, backend: BackendName, cores: int) -> Plan:
    """Raises Fault and Refusal."""
    try:
        result: Plan = PLANS[type(study)](study, sources, backend, cores)
    except ValidationError as error:
        raise explain(error, Spec) from None
    return result


def planned(plan: Plan) -> PlannedStudy:
    """As many cores work on it as it has iterators: one run has one."""
    seconds = plan.seconds / len(plan.iterators)
    return PlannedStudy(StudyInThisProcess(plan), plan.runs, plan.longest_run, seconds, plan.message)


def plan_sweep(study: SweepStudy, sources: DataSources, backend: BackendName, cores: int) -> Plan:
    sweep = Sweep(**vars(study))
    last = sweep.seeds - 1  # the data of the first seed may be there already, and these are not
    specs = [sweep.spec_of(place, last) for place in sweep.border()]
    seconds, longest = cost_of(specs, sweep.epochs, sweep.runs)
    places = iter(sweep.coarse_to_fine())  # one for all threads: of a list, so that each place is taken once
    return Plan(
        sweep.runs,
        longest,
        seconds,
        cores * bytes_of(specs, sources),
        message_of_sweep(sweep),
        [_told(sweep, cells(sweep, places, sources, backend)) for _ in range(cores)],
    )


def cost_of(specs: list[Spec], epochs: int, runs: int) -> tuple[float, int]:
    """Seconds of so many runs like these, and the steps of the longest."""
    steps = [steps_of_run(spec, epochs) for spec in specs]
    seconds = sum(seconds_of_run(spec, count) for spec, count in zip(specs, steps, strict=True))
    return seconds * runs / len(specs), max(steps)


def seconds_of_run(spec: Spec, steps: int) -> float:
    return RUN_SECONDS + steps * (STEP_SECONDS + MULTIPLICATION_SECONDS * multiplications_of_step(spec))


def seconds_of_look(spec: Spec) -> float:
    sizes = (spec.inputs, *(layer.width for layer in spec.hidden), spec.outputs)
    weights = sum(below * above for below, above in pairwise(sizes))
    return LOOK_SECONDS + spec.wanted_samples * (LOOK_SAMPLE_SECONDS + LOOK_MULTIPLICATION_SECONDS * weights)


def bytes_of(specs: list[Spec], sources: DataSources) -> int:
    """Of the largest of these runs; samples that some run holds are there already."""
    return max(norm_bytes(spec) + (0 if is_held(spec, sources) else data_bytes(spec)) for spec in specs)


def message_of_sweep(sweep: Sweep) -> dict[str, Any]:
    return {
        "kind": "sweep",
        "spec": sweep.spec.model_dump(mode="json"),
        "x": {"knob": sweep.x.knob, "values": sweep.x.values},
        "y": {"knob": sweep.y.knob, "values": sweep.y.values},
        "epochs": sweep.epochs,
        "seeds": sweep.seeds,
        "measure": sweep.measure,
        "target": sweep.target,
        "columns": ["column", "row", "seed", "steps", "diverged", *MEASURES],
    }


def _told(sweep: Sweep, found: Iterator[Cell | None]) -> Iterator[tuple[int, Any] | None]:
    """Each cell as a row of the columns of the message."""
    for cell in found:
        yield None if cell is None else (sweep.seeds, row_of(cell))


def row_of(cell: Cell) -> list[Any]:
    values = [number(cell.values[measure], 17) for measure in MEASURES]
    return [cell.place.column, cell.place.row, cell.seed, cell.steps, cell.diverged, *values]


def plan_luck(study: LuckStudy, sources: DataSources, backend: BackendName, cores: int) -> Plan:
    luck = Luck(**vars(study))
    specs = [luck.spec_of(Start(set_up, luck.seeds - 1)) for set_up in range(len(luck.set_ups))]
    seconds, longest = cost_of(specs, luck.epochs, luck.runs)
    looks = NEW_START_SECONDS + len(luck.curve_epochs) * sum(map(seconds_of_look, specs)) / len(specs)
    starts = iter(luck.starts())  # one for all threads, as in a sweep
    found: list[LuckRun] = []
    return Plan(
        luck.runs,
        longest,
        seconds + luck.runs * looks,
        cores * bytes_of(specs, sources),
        message_of_luck(luck),
        [_luck_told(luck, luck_runs(luck, starts, sources, backend), found) for _ in range(cores)],
    )


def message_of_luck(luck: Luck) -> dict[str, Any]:
    return {
        "kind": "luck",
        "spec": luck.spec.model_dump(mode="json"),
        "seeds": luck.seeds,
        "epochs": luck.epochs,
        "vary": luck.vary,
        "against": luck.against,
        "curve_epochs": luck.curve_epochs,
    }


def _luck_told(
    luck: Luck, runs: Iterator[LuckRun | None], found: list[LuckRun]
) -> Iterator[tuple[int, dict[str, Any]] | None]:
    """Each run, the last one together with what is to be said of all. found: those of all threads, which append and
    count without a lock, so that of two that end at once both may say it."""
    for run in runs:
        if run is None:
            yield None
            continue
        found.append(run)
        said = summary_of(luck, found) if len(found) == luck.runs else {}
        yield 1, message_of_run(run) | said


def message_of_run(run: LuckRun) -> dict[str, Any]:
    return {
        "set_up": run.start.set_up,
        "number": run.start.number,
        "seed": run.spec.seed,
        "data_seed": run.spec.data_seed,
        "start_seed": run.spec.start_seed,
        "steps": run.steps,
        "diverged": run.diverged,
        "test_loss": number(run.values["test_loss"], 17),
        "test_accuracy": number(run.values["test_accuracy"], 17),
        "curve": [number(loss, 6) for loss in run.curve],
    }


def summary_of(luck: Luck, runs: list[LuckRun]) -> dict[str, Any]:
    """The median of each setup, of the same seeds, and how the second one does against the first."""
    ordered = sorted(runs, key=lambda run: run.start)
    set_ups = [ordered[start : start + luck.seeds] for start in range(0, len(ordered), luck.seeds)]
    intervals = [median_interval([run.badness for run in of_one]) for of_one in set_ups]
    medians = [
        {
            "median": number(median_run(of_one).badness, 17),
            "interval": interval and [number(interval.low, 6), number(interval.high, 6)],
        }
        for of_one, interval in zip(set_ups, intervals, strict=True)
    ]
    pairs = None if len(set_ups) == 1 else asdict(compared(zip(*set_ups, strict=True)))
    return {"medians": medians, "comparison": pairs}


def plan_rate_search(study: RateStudy, sources: DataSources, backend: BackendName, _cores: int) -> Plan:
    seconds, _ = cost_of([study.spec], 1, 1)
    steps = steps_of_run(study.spec, 1)
    message = {"kind": "rate", "spec": study.spec.model_dump(mode="json")}
    # Beside each step the loss of all samples, which is about an epoch of forward passes
    search = rate_search(study.spec, sources, backend)
    seconds_of_step = RUN_SECONDS + seconds / 3 + seconds / steps
    bytes_of_one = bytes_of([study.spec], sources)
    return Plan(1, len(RATES), len(RATES) * seconds_of_step, bytes_of_one, message, [_search_told(search)])


def _search_told(search: Iterator[RateSearch | None]) -> Iterator[tuple[int, dict[str, Any]] | None]:
    for found in search:
        yield None if found is None else (1, asdict(found))


def plan_picture(study: PictureStudy, sources: DataSources, backend: BackendName, _cores: int) -> Plan:
    message = {"kind": "picture", "steps": study.steps}
    seconds = seconds_of_run(study.spec, study.steps)
    bytes_of_one = bytes_of([study.spec], sources)
    return Plan(1, study.steps, seconds, bytes_of_one, message, [_picture_told(study, sources, backend)])


def _picture_told(
    study: PictureStudy, sources: DataSources, backend: BackendName
) -> Iterator[tuple[int, dict[str, Any] | None] | None]:
    """None where the run has diverged: there is nothing to be seen."""
    trainer = Trainer(study.spec, backend, sources)
    bit = steps_of_bit(study.spec)
    while trainer.step < study.steps and trainer.diverged is None:
        trainer.advance(min(bit, study.steps - trainer.step))
        yield None
    yield 1, drawn(trainer) if trainer.diverged is None else None


PLANS: dict[type[Study], Callable[[Any, DataSources, BackendName, int], Plan]] = {
    SweepStudy: plan_sweep,
    LuckStudy: plan_luck,
    RateStudy: plan_rate_search,
    PictureStudy: plan_picture,
}
"""Every kind of study."""
