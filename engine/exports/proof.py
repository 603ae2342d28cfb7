"""Proof: a program is run, and what it gives is compared with the run it was made of, number by number.

Only what this package has generated is ever run: no text of a person gets here.
"""

import contextlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.data.digits import BUNDLED_ONLY, DataSources
from engine.exports.exported_run import FIRST_STEPS, ExportedRun
from engine.nn.network import Array
from engine.training.batch_loss import batch_loss
from engine.training.trainer import Trainer

TOLERANCE = 1e-3
"""Of a loss or an output, in units of the largest of the run: float32 holds seven digits, and steps add up."""


NUDGES = (3e-7, -3e-7)
"""Of all parameters, in proportion: a few units in the last place of a float32."""

LEAST_STEPS = 10
"""Whose losses must be compared: fewer say little of a program."""


@dataclass(frozen=True)
class Numbers:
    losses: Array | None
    """Of the batches of the first steps; None: there is no training in it."""
    outputs: Array
    """Of the training set, at the weights of now, (n, outputs)"""


@dataclass(frozen=True)
class Proof:
    losses: int
    """How many were compared."""
    outputs: int
    """Numbers of the outputs, which all are compared."""
    difference: float
    """The largest, of losses and outputs, in units of the largest of either."""
    cut: bool = False
    """Whether losses were compared only up to where rounding alone takes the run elsewhere."""

    @property
    def holds(self) -> bool:
        return self.difference <= TOLERANCE


def prove(run: ExportedRun, given: Numbers, sources: DataSources = BUNDLED_ONLY) -> Proof:
    """Of what its program has given. Where rounding alone takes this run elsewhere after some steps, its losses are
    compared up to there."""
    wanted = expected(run, sources, with_losses=given.losses is not None)
    proof = compare(wanted, given)
    if proof.holds or wanted.losses is None or given.losses is None:
        return proof
    steps = rounding_horizon(run, wanted.losses, sources)
    if not LEAST_STEPS <= steps < len(wanted.losses):
        return proof
    shared = Numbers(wanted.losses[:steps], wanted.outputs)
    return replace(compare(shared, replace(given, losses=given.losses[:steps])), cut=True)


def expected(run: ExportedRun, sources: DataSources = BUNDLED_ONLY, with_losses: bool = True) -> Numbers:
    """What its program must give: by hand, from the same start."""
    trainer = Trainer(run.spec, "by_hand", sources)
    losses = losses_from(trainer, run, run.start) if with_losses else None
    trainer.load_parameters({**run.network.views(run.parameters), **run.network.buffer_views(run.buffers)})
    return Numbers(losses, trainer.predict(trainer.train_points))


def rounding_horizon(run: ExportedRun, losses: Array, sources: DataSources = BUNDLED_ONLY) -> int:
    """The step from which on the run differs, if its start is moved by as little as rounding does."""
    first = len(losses)
    for nudge in NUDGES:
        moved = losses_from(Trainer(run.spec, "by_hand", sources), run, run.start * np.float32(1 + nudge))
        shared = min(len(moved), first)
        apart = np.abs(moved[:shared] - losses[:shared]) > TOLERANCE / 10 * np.abs(losses).max()
        first = int(np.argmax(apart)) if apart.any() else shared
    return first


def losses_from(trainer: Trainer, run: ExportedRun, start: Array) -> Array:
    trainer.load_parameters(run.network.views(start))
    return np.array([*_losses(trainer)], dtype=np.float32)


def _losses(trainer: Trainer) -> Iterator[float]:
    """Of the first batches, as far as the run goes."""
    state = trainer.checkpoint().state
    for _ in range(FIRST_STEPS):
        trainer.advance(1)
        after = trainer.checkpoint().state
        if after.step == state.step:
            return
        yield batch_loss(trainer.spec, state, after)
        state = after


def found(program: str, sources: DataSources = BUNDLED_ONLY) -> Numbers:
    """What the program gives when it is run. Raises whatever it raises."""
    names = run_program(program, sources)
    return Numbers(np.array(names["losses"], dtype=np.float32), np.asarray(names["outputs"], dtype=np.float32))


def run_program(program: str, sources: DataSources = BUNDLED_ONLY) -> dict[str, Any]:
    """All names it has set at its end, and as "printed" what it has printed."""
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with _mnist(sources), contextlib.redirect_stdout(printed), np.errstate(all="ignore"):
        exec(compile(program, "program.py", "exec"), names)
    return {**names, "printed": printed.getvalue()}


@contextlib.contextmanager
def _mnist(sources: DataSources) -> Iterator[None]:
    """The folder of MNIST is where a program looks for it."""
    before = os.environ.get("MNIST")
    os.environ["MNIST"] = str(sources.mnist_folder or before or "mnist")
    try:
        yield
    finally:
        del os.environ["MNIST"]
        if before is not None:
            os.environ["MNIST"] = before


def compare(wanted: Numbers, given: Numbers) -> Proof:
    if given.outputs.shape != wanted.outputs.shape:
        return Proof(0, 0, float("inf"))
    outputs = _difference(wanted.outputs, given.outputs)
    if wanted.losses is None or given.losses is None:
        return Proof(0, wanted.outputs.size, outputs)
    count = len(wanted.losses)
    if len(given.losses) != count:
        return Proof(len(given.losses), wanted.outputs.size, float("inf"))
    return Proof(count, wanted.outputs.size, max(outputs, _difference(wanted.losses, given.losses)))


def _difference(wanted: Array, given: Array) -> float:
    size = max(float(np.abs(wanted).max(initial=0)), 1e-6)
    difference = float(np.abs(wanted - given).max(initial=0)) / size
    return difference if np.isfinite(difference) else float("inf")
