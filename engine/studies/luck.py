"""Luck: one experiment from many seeds, or two experiments from the same seeds, and what may be said of them.

What differs from run to run is all that is random, or one part of it: the data, the first weights, or the order of
batches, with whatever else is drawn while a run trains.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np

from engine.data.digits import BUNDLED_ONLY, DataSources
from engine.spec.choices import BackendName
from engine.spec.seeds import data_seed, start_seed
from engine.spec.spec import Spec
from engine.studies.knobs import bounds_of
from engine.studies.measures import MeasureName, measured
from engine.studies.runs import Runs, steps_of_bit

Varied = Literal["all", "data", "start", "order"]
"""What is drawn anew for each run."""

CONFIDENCE = 0.95

CURVE_POINTS = 30
"""Of a loss curve, beside its start, at most."""


class Start(NamedTuple):
    set_up: int
    number: int
    """Of the seed, from 0."""


@dataclass(frozen=True)
class LuckRun:
    """curve: the test loss at each of the epochs of `Luck.curve_epochs` that the run has reached."""

    start: Start
    spec: Spec
    steps: int
    diverged: bool
    curve: tuple[float, ...]
    values: dict[MeasureName, float]

    @property
    def badness(self) -> float:
        """Its test loss; what has diverged is worse than all others."""
        loss = self.values["test_loss"]
        return np.inf if self.diverged or np.isnan(loss) else loss


@dataclass(frozen=True)
class Luck:
    """seeds: how many, from those of the Spec on. vary: what they are of. against: fields of the Spec that a second
    setup has in place of its own.

    Raises pydantic.ValidationError where the Spec cannot have these fields.
    """

    spec: Spec
    seeds: int
    epochs: int = 100
    vary: Varied = "all"
    against: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        _ = self.set_ups  # what cannot be is refused before anything runs

    @cached_property
    def set_ups(self) -> tuple[Spec, ...]:
        return (self.spec,) if self.against is None else (self.spec, self.spec.changed(**self.against))

    def spec_of(self, start: Start) -> Spec:
        """It has its points in common with the others of its setup: there may be thousands, in hundreds of runs."""
        spec = self.set_ups[start.set_up]
        own = {"order": spec.seed, "data": data_seed(spec), "start": start_seed(spec)}
        drawn = {name: seed + start.number * (self.vary in ("all", name)) for name, seed in own.items()}
        seed, data, first = (number % (int(bounds_of("seed")[1]) + 1) for number in drawn.values())
        own_seeds = {"data_seed": None if data == seed else data, "start_seed": None if first == seed else first}
        return spec.model_copy(update={"seed": seed, **own_seeds})

    @property
    def runs(self) -> int:
        return self.seeds * len(self.set_ups)

    def starts(self) -> list[Start]:
        """Both runs of a seed one after the other: they have their data in common."""
        return [Start(set_up, number) for number in range(self.seeds) for set_up in range(len(self.set_ups))]

    @property
    def curve_epochs(self) -> tuple[int, ...]:
        count = min(self.epochs, CURVE_POINTS)
        return tuple(round(self.epochs * point / count) for point in range(count + 1))


def luck_runs(
    luck: Luck, starts: Iterable[Start], sources: DataSources = BUNDLED_ONLY, backend: BackendName = "compiled"
) -> Iterator[LuckRun | None]:
    """Runs these starts in turn, each equal to that of a new Trainer to the last bit; None after each bit of work that
    ends no run."""
    runs = Runs(sources, backend)
    for start in starts:
        trainer = runs.start(luck.spec_of(start))
        curve, bit = [], steps_of_bit(trainer.spec)
        for epoch in luck.curve_epochs:
            end = epoch * trainer.batches_per_epoch
            while trainer.step < end and trainer.diverged is None and trainer.stopped is None:
                trainer.advance(min(bit, end - trainer.step))
                yield None
            if trainer.step < end:
                break
            curve.append(trainer.evaluate()["test_loss"])
        diverged = trainer.diverged is not None
        yield LuckRun(start, trainer.spec, trainer.step, diverged, tuple(curve), measured(trainer, np.nan))


@dataclass(frozen=True)
class Interval:
    """Of 95 % confidence."""

    low: float
    high: float


def median_run(runs: Sequence[LuckRun]) -> LuckRun:
    """The run in the middle, of two the better one."""
    return sorted(runs, key=lambda run: run.badness)[(len(runs) - 1) // 2]


def median_interval(values: Sequence[float]) -> Interval | None:
    """Where the median of all seeds there are lies: between two of the values, whatever their distribution is. None
    where they are too few to say. (David and Nagaraja 2003, Order Statistics, 7.1)"""
    from scipy.stats import binom  # takes half a second, and only a study needs it

    outside = int(binom.ppf((1 - CONFIDENCE) / 2, len(values), 0.5))
    if outside == 0:
        return None
    ordered = sorted(values)
    return Interval(ordered[outside - 1], ordered[-outside])


@dataclass(frozen=True)
class Comparison:
    """Sign test over pairs of runs from the same seed.

    better: pairs in which the second setup ends with the lower test loss. share: of these among those that differ.
    p: how often pairs would differ so much, or more, if neither setup were better.
    """

    better: int
    worse: int
    equal: int
    p: float
    share: Interval


def compared(pairs: Iterable[tuple[LuckRun, LuckRun]]) -> Comparison:
    """Two that have diverged are equal. Where all pairs are, nothing is known: p is 1, the interval from 0 to 1."""
    from scipy.stats import binomtest

    differences = [np.sign(second.badness - first.badness) if second.badness != first.badness else 0
                   for first, second in pairs]  # fmt: skip
    better, worse = differences.count(-1), differences.count(1)
    if better + worse == 0:
        return Comparison(0, 0, len(differences), 1.0, Interval(0.0, 1.0))
    test = binomtest(better, better + worse)
    low, high = test.proportion_ci(CONFIDENCE)
    share = Interval(float(low), float(high))
    return Comparison(better, worse, len(differences) - better - worse, float(test.pvalue), share)
