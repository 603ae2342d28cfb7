"""Sweep: one run for each pair of values of two knobs, or the median of several seeds.

Cells are worked on from coarse to fine, in pieces that any cores can take; no cell depends on another.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.data.digits import BUNDLED_ONLY, DataSources
from engine.fault import Fault
from engine.spec.choices import BackendName
from engine.spec.spec import Spec, is_live
from engine.studies.knobs import bounds_of, turned
from engine.studies.measures import HIGHER_IS_BETTER, MEASURES, MeasureName, measured
from engine.studies.runs import Runs, trained

COARSEST = 8
"""Every so many cells are run first, then every half as many."""

PROBES = 9
"""Places along a side whose Specs are checked before anything runs: one of 2,000 points takes 7 ms."""

PIECES = 8
"""For each core: few enough that each shares its data and arrays, many enough that no core waits long for another."""


class Place(NamedTuple):
    column: int
    row: int


@dataclass(frozen=True)
class Axis:
    knob: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Cell:
    """The run of the median seed, at its end."""

    place: Place
    seed: int
    steps: int
    diverged: bool
    values: dict[MeasureName, float]


@dataclass(frozen=True)
class Sweep:
    """epochs: of each run. seeds: runs of each cell, from the seed of its Spec on. target: of `steps_to`."""

    spec: Spec
    x: Axis
    y: Axis
    epochs: int = 100
    seeds: int = 1
    measure: MeasureName = "test_loss"
    target: float = 0.1

    def __post_init__(self) -> None:
        """Raises Fault and pydantic.ValidationError."""
        if self.measure not in MEASURES:
            raise Fault("study_no_such_measure", {"measure": self.measure, "choices": list(MEASURES)})
        if self.x.knob == self.y.knob:
            raise Fault("study_same_knob", {"knob": self.x.knob})
        for place in self.border():
            self.spec_of(place)

    def spec_of(self, place: Place, number: int = 0) -> Spec:
        """Of a cell and its seed, by number."""
        knobs = {self.x.knob: self.x.values[place.column], self.y.knob: self.y.values[place.row]}
        spec = turned(self.spec, knobs)
        if number:
            spec = spec.changed(seed=(spec.seed + number) % (int(bounds_of("seed")[1]) + 1))
        return spec.changed(stop_loss=self.target) if self.measure == "steps_to" else spec

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.y.values), len(self.x.values)

    @property
    def runs(self) -> int:
        return len(self.x.values) * len(self.y.values) * self.seeds

    def border(self) -> Iterator[Place]:
        """Cells at the four sides, the corners among them: what goes together there goes together between them."""
        columns, rows = (_spread(len(axis.values)) for axis in (self.x, self.y))
        yield from (Place(column, row) for row in {rows[0], rows[-1]} for column in columns)
        yield from (Place(column, row) for row in rows[1:-1] for column in {columns[0], columns[-1]})

    def coarse_to_fine(self) -> list[Place]:
        rows, columns = self.shape
        found: dict[Place, None] = {}
        stride = COARSEST
        while stride:
            found.update(dict.fromkeys(self.in_turn(range(0, columns, stride), range(0, rows, stride))))
            stride //= 2
        return list(found)

    def in_turn(self, columns: Iterable[int], rows: Iterable[int]) -> list[Place]:
        """So that as few as can be need other data or another network than the one before."""
        by_row = [Place(column, row) for row in rows for column in columns]
        turns_live = self.x.knob in Spec.model_fields and is_live(self.x.knob)
        return by_row if turns_live else sorted(by_row)


def _spread(count: int) -> list[int]:
    """At most PROBES of these places, evenly, from the first to the last."""
    return sorted({round(place) for place in np.linspace(0, count - 1, min(count, PROBES)).tolist()})


def cells(
    sweep: Sweep, places: Iterable[Place], sources: DataSources = BUNDLED_ONLY, backend: BackendName = "compiled"
) -> Iterator[Cell | None]:
    """Runs these cells in turn; None after each bit of work that ends no cell."""
    runs = Runs(sources, backend)
    for place in places:
        of_seeds: list[Cell] = []
        for number in range(sweep.seeds):
            trainer = runs.start(sweep.spec_of(place, number))
            largest = np.nan
            for so_far in trained(trainer, sweep.epochs, sweep.measure == "largest_gradient"):
                largest = so_far
                yield None
            values = measured(trainer, largest)
            of_seeds.append(Cell(place, trainer.spec.seed, trainer.step, trainer.diverged is not None, values))
        yield median(of_seeds, sweep.measure)


def median(runs: Sequence[Cell], measure: MeasureName) -> Cell:
    """The run in the middle, of two the better one; those that have diverged, or have no such number, are the worst."""

    def badness(run: Cell) -> float:
        value = -run.values[measure] if measure in HIGHER_IS_BETTER else run.values[measure]
        return np.inf if run.diverged or np.isnan(value) else value

    return sorted(runs, key=badness)[(len(runs) - 1) // 2]


Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""Does what the built-in `map` does, perhaps on many cores: on as many as its `cores`, where it has them, else on those
of this machine."""


def map_over_threads(work: Callable[[Any], Any], pieces: Iterable[Any]) -> list[Any]:
    """As many at a time as there are cores. The kernels release the GIL."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(work, pieces))


def sweep(
    spec: Spec,
    x: tuple[str, Sequence[float]],
    y: tuple[str, Sequence[float]],
    epochs: int = 100,
    seeds: int = 1,
    measure: MeasureName = "test_loss",
    target: float = 0.1,
    map: Map = map_over_threads,
) -> NDArray[np.float64]:
    """(len(y), len(x)): what `measure` is after so many epochs of the run of each cell, equal to that of a new Trainer
    to the last bit; NaN where the run has diverged, or has no such number. Of several seeds, spec.seed and those
    after it, the median run.

    x, y: names of knobs, and their values. map: as `map_over_threads`, for other ways to use many cores. Raises Fault
    and pydantic.ValidationError.
    """
    study = Sweep(spec, Axis(x[0], tuple(x[1])), Axis(y[0], tuple(y[1])), epochs, seeds, measure, target)
    rows, columns = study.shape
    places = study.in_turn(range(columns), range(rows))
    found = np.full((rows, columns), np.nan)
    cores = getattr(map, "cores", None) or os.cpu_count() or 1
    for part in map(partial(_whole, study), _pieces(places, PIECES * cores)):
        for cell in part:
            found[cell.place.row, cell.place.column] = np.nan if cell.diverged else cell.values[measure]
    return found


def _whole(study: Sweep, places: Sequence[Place]) -> list[Cell]:
    return [cell for cell in cells(study, places) if cell is not None]


def _pieces(places: Sequence[Place], count: int) -> list[Sequence[Place]]:
    size = max(1, -(-len(places) // count))
    return [places[start : start + size] for start in range(0, len(places), size)]
