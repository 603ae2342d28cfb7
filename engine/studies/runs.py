"""Runs, one after the other, each the same to the last bit as that of a new Trainer: data, network, arrays and start
are kept from one to the next as far as their Specs agree.
"""

from collections.abc import Iterator

import numpy as np

from engine.data.digits import BUNDLED_ONLY, DataSources
from engine.nn.initializers import START_FIELDS, initial_parameters
from engine.nn.network import Array, State
from engine.nn.optimizers import make_optimizer
from engine.spec.choices import BackendName
from engine.spec.cost import step_cost
from engine.spec.spec import Spec, restarting_fields
from engine.studies.measures import gradient_length
from engine.training.stopping import StoppingState
from engine.training.timeline import Checkpoint
from engine.training.trainer import Trainer

BIT = 20_000_000
"""Multiplications between two places where whoever asks may stop: a millisecond."""


class Runs:
    """Gives Trainers that stand at the start of a Spec. The one before is used again where it can be."""

    def __init__(self, sources: DataSources = BUNDLED_ONLY, backend: BackendName = "compiled") -> None:
        self.sources = sources
        self.backend = backend
        self._trainer: Trainer | None = None
        self._start: Array

    def start(self, spec: Spec) -> Trainer:
        trainer = self._trainer
        fields = set(restarting_fields(trainer.spec, spec)) if trainer else set()
        if trainer is None or not fields <= set(START_FIELDS):
            trainer = self._trainer = Trainer(spec, self.backend, self.sources)
            self._start = trainer.checkpoint().state.parameters
            return trainer
        if fields:
            self._start = initial_parameters(spec, trainer.network)
        memory = make_optimizer(spec, trainer.network).start(self._start)
        state = State.start(trainer.network, self._start, memory)
        trainer.restore(Checkpoint(spec, state, StoppingState(), None, self.backend))
        return trainer


def trained(trainer: Trainer, epochs: int, follow_gradient: bool = False) -> Iterator[float]:
    """Trains for so many epochs, or to where the run ends, and gives after each bit of it the largest length of the
    gradient so far; NaN where that is not followed."""
    bit = steps_of_bit(trainer.spec)
    end = epochs * trainer.batches_per_epoch
    largest = gradient_length(trainer) if follow_gradient else np.nan
    while trainer.step < end and trainer.diverged is None and trainer.stopped is None:
        steps = min(bit, end - trainer.step)
        trainer.advance(min(steps, trainer.steps_left_in_epoch) if follow_gradient else steps)
        if follow_gradient and trainer.between_epochs:
            largest = max(largest, gradient_length(trainer))
        yield largest


def steps_of_bit(spec: Spec) -> int:
    return max(1, BIT // multiplications_of_step(spec))


def multiplications_of_step(spec: Spec) -> int:
    sizes = (spec.inputs, *(layer.width for layer in spec.hidden), spec.outputs)
    fixed, each = step_cost(sizes, spec.optimizer, spec.pairs, spec.newton_schulz_steps)
    return fixed + spec.batch_samples * each


def steps_of_run(spec: Spec, epochs: int) -> int:
    return epochs * -(-spec.training_samples // spec.batch_samples)
