"""Verification: a kept experiment is trained again from its Spec and seed, and compared with what was kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.data.digits import BUNDLED_ONLY, DataSources
from engine.kept.experiment import KeptExperiment, refuse_misfit
from engine.nn.network import State
from engine.training.epoch_log import EpochRow
from engine.training.picture import Readings
from engine.training.snapshot import CurveEntry
from engine.training.trainer import Trainer

MOST_COMPARED = 200
"""Entries of the curve, besides the rows of the log: each costs a look at the whole data."""

NUDGE = 3e-7
"""Of all parameters of the start, in proportion: a few units in the last place of a float32."""

ALLOWED = 8
"""How many times what the nudge makes of a number may be between two processors, whose roundings are many nudges."""

LEAST = 1e-5
"""In proportion, and at least that of the largest: float32 holds seven digits."""

SENSITIVE = 1e-2
"""In proportion: where the nudge moves a number by more, it tells nothing any more."""

Outcome = Literal["same", "agrees", "differs", "sensitive", "changed", "ended"]
"""same: its weights are, bit for bit; agrees: within rounding; differs; sensitive: rounding alone takes such a run
elsewhere, and the bits differ; changed: it says itself that something was changed after its start; ended: trained again
it ends elsewhere."""


@dataclass(frozen=True)
class Verification:
    outcome: Outcome
    steps: int
    """How many were trained again."""
    compared: int = 0
    """Numbers"""
    place: str = ""
    """What differs first, where something does: curve, log, or the name of a tensor"""
    step: int = 0
    """And at which step"""

    @property
    def holds(self) -> bool:
        return self.outcome in ("same", "agrees")


Values = dict[str, NDArray[np.float64]]
"""curve: (entries, 2), training and test loss; log: (rows, 4), the same with accuracies; start, parameters and whatever
else a State has, each (count,)"""


@dataclass(frozen=True)
class Numbers:
    values: Values
    steps: dict[str, list[int]]
    """Of curve and log"""
    counters: tuple[int, ...]
    """Where the run stands: step, epoch, place in it"""


def verify(kept: KeptExperiment, sources: DataSources = BUNDLED_ONLY) -> Verification:
    """Raises Fault where its data are missing or its place in them is none."""
    steps = kept.here.state.step
    if kept.changed:
        return Verification("changed", steps)
    claimed = _claimed(kept)
    found = _trained(kept, sources, claimed.steps)
    if found.counters != claimed.counters or found.steps != claimed.steps:
        return Verification("ended", steps, step=found.counters[0])
    compared = sum(values.size for values in claimed.values.values())
    largest = {name: _largest(values) for name, values in found.values.items()}
    # A loss of the curve may have been measured with a picture or without, which sum in another order.
    exact = {name: LEAST * largest[name] if name in claimed.steps else 0.0 for name in claimed.values}
    place, step = _first_difference(claimed, found, exact)
    if not place:
        return Verification("same", steps, compared)
    moved = _trained(kept, sources, claimed.steps, nudge=NUDGE)
    if moved.counters != found.counters or moved.steps != found.steps:
        return Verification("sensitive", steps, compared, place, step)
    apart = {name: _apart(values, moved.values[name]) for name, values in found.values.items()}
    allowed = {name: max(ALLOWED * apart[name], LEAST * largest[name]) for name in apart}
    allowed["start"] = LEAST * largest["start"]  # which the nudge itself has moved
    is_sensitive = any(apart[name] > SENSITIVE * largest[name] for name in ("curve", "parameters"))
    place, step = _first_difference(claimed, found, allowed)
    if not place:
        return Verification("sensitive" if is_sensitive else "agrees", steps, compared)
    return Verification("differs", steps, compared, place, step)


def _claimed(kept: KeptExperiment) -> Numbers:
    """What was kept: of a long curve every so many entries, and the last."""
    apart = -(-len(kept.curve) // MOST_COMPARED) or 1
    curve = [one for i, one in enumerate(kept.curve) if i % apart == 0 or i == len(kept.curve) - 1]
    return _numbers(curve, kept.log, kept.start, kept.here.state)


def _trained(kept: KeptExperiment, sources: DataSources, steps: dict[str, list[int]], nudge: float = 0) -> Numbers:
    """The same of the run that Spec and seed give, as far as it goes. nudge: of its start, in proportion."""
    trainer = Trainer(kept.here.spec, kept.here.backend, sources)
    refuse_misfit(kept, trainer)
    if kept.here.bug is not None:
        trainer.inject_bug(kept.here.bug)
    start = trainer.checkpoint().state.parameters
    if nudge:
        trainer.load_parameters(trainer.network.views(start * np.float32(1 + nudge)))
    readings = {one.step: one for one in _readings(trainer, sorted({*steps["curve"], *steps["log"]}))}
    trainer.advance(max(0, kept.here.state.step - trainer.step))
    curve, log = ([readings[step] for step in steps[name] if step in readings] for name in ("curve", "log"))
    return _numbers(curve, log, start, trainer.checkpoint().state)


def _readings(trainer: Trainer, steps: Iterable[int]) -> Iterator[Readings]:
    """As the page takes them; as far as the run goes."""
    for before, step in pairwise([0, *steps]):
        readings = trainer.readings(step - before)
        if readings.step != step:
            return
        yield readings


def _numbers(
    curve: Sequence[CurveEntry | Readings], log: Sequence[EpochRow | Readings], start: NDArray[Any], state: State
) -> Numbers:
    losses = [(one.train_loss, one.test_loss) for one in curve]
    rows = [(one.train_loss, one.test_loss, one.train_accuracy, one.test_accuracy) for one in log]
    tensors = {name: values for name, values in asdict(state).items() if isinstance(values, np.ndarray)}
    tensors |= {"start": start, **state.optimizer_state}
    values = {"curve": np.array(losses, float), "log": np.array(rows, float)}  # what a row has not is not a number
    values |= {name: tensor.astype(float) for name, tensor in tensors.items()}
    steps = {"curve": [one.step for one in curve], "log": [one.step for one in log]}
    return Numbers(values, steps, (state.step, state.epoch, state.cursor, state.optimizer_steps, state.samples))


def _first_difference(claimed: Numbers, found: Numbers, allowed: dict[str, float]) -> tuple[str, int]:
    """What differs by more than it may, and at which step; "" where nothing does."""
    for name, steps in claimed.steps.items():
        for step, one, other in zip(steps, claimed.values[name], found.values[name], strict=True):
            if _differs(one, other, allowed[name]):
                return name, step
    for name in claimed.values.keys() - claimed.steps.keys():
        if _differs(claimed.values[name], found.values[name], allowed[name]):
            return name, 0 if name == "start" else claimed.counters[0]
    return "", 0


def _differs(claimed: NDArray[np.float64], found: NDArray[np.float64], allowed: float) -> bool:
    """Numbers that are not finite must be the same."""
    finite = np.isfinite(claimed) & np.isfinite(found)
    if not np.array_equal(claimed[~finite], found[~finite], equal_nan=True):
        return True
    return bool((np.abs(claimed[finite] - found[finite]) > allowed).any())


def _apart(found: NDArray[np.float64], moved: NDArray[np.float64]) -> float:
    """The largest difference: by how much rounding moves a single number is a matter of luck."""
    with np.errstate(invalid="ignore"):
        return float(np.nan_to_num(np.abs(moved - found), nan=0, posinf=0).max(initial=0))


def _largest(values: NDArray[np.float64]) -> float:
    return float(np.abs(values[np.isfinite(values)]).max(initial=0))
