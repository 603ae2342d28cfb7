"""No step is taken that makes a number too large: at extreme settings, in every backend at the same step, and nothing
of it is stored."""

import math
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as of_hypothesis

from engine import Layer, Spec, Trainer
from engine.backends.by_hand import ByHand
from engine.backends.compiled import settings
from engine.backends.compiled.backend import Compiled
from engine.nn.network import State
from engine.spec.choices import BackendName, OptimizerName
from engine.spec.spec import DIVERGENCE
from tests.extreme_specs import extreme_specs

BACKENDS: tuple[BackendName, ...] = get_args(BackendName)
OPTIMIZERS: tuple[OptimizerName, ...] = get_args(OptimizerName)
STEPS = 25
CLEAR = 30.0
"""Times the limit, or one over it: nearer, rounding decides."""
OVERFLOWS = 1e30
"""Of what is added up, in float64: beyond it the order of a sum decides what a float32 becomes."""


def vectors(state: State) -> dict[str, np.ndarray[Any, Any]]:
    whole = {"parameters": state.parameters, "updates": state.updates, "buffers": state.buffers}
    return whole | state.optimizer_state


def assert_finite(state: State) -> None:
    for name, values in vectors(state).items():
        assert np.isfinite(values).all(), name
    assert math.isfinite(state.loss_sum)
    assert math.isfinite(state.epoch_loss or 0)
    assert np.abs(state.parameters).max() <= DIVERGENCE


def assert_equal(a: State, b: State) -> None:
    """Bit for bit, but for `diverged`."""
    np.testing.assert_equal(vars(replace(a, diverged=None)), vars(replace(b, diverged=None)))


def share_of_limit(trainer: Trainer, state: State) -> float | None:
    """The largest number of the next step, in units of its limit, in float64; None where float32 may say anything."""
    samples: Any = (trainer.train_inputs.astype(np.float64), trainer.train_targets.astype(np.float64))
    hand = ByHand(trainer.spec, trainer.network, *samples)
    doubled: dict[str, Any] = {
        name: values.astype(np.float64) for name, values in vars(state).items() if isinstance(values, np.ndarray)
    }
    memory: Any = {name: values.astype(np.float64) for name, values in state.optimizer_state.items()}
    hand.load(replace(state, **doubled, optimizer_state=memory))
    with np.errstate(over="ignore", invalid="ignore"):
        found = hand.batch_pass()
        update = hand.compute_update(found.total_gradient)
        statistics = hand.running_statistics_after(found.forward) / trainer.network.buffer_limits
    within = [one.n for one in found.forward] + [one.below for one in found.forward]
    within += [one.norm.variance for one in found.forward if one.norm] + [one.d_n for one in found.backward]
    if not all((np.abs(values) < OVERFLOWS).all() for values in within):
        return None
    if trainer.spec.optimizer == "rmsprop" and trainer.spec.centered:
        square, mean = update.optimizer_state["square"], update.optimizer_state["mean"]
        # Torch takes the root of square − mean² as it is, where rounding alone can have made it negative.
        if (square - mean * mean < 1e-6 * square).any():
            return None
    sizes = [found.loss, *found.total_gradient, *update.parameters]
    return float(max(np.abs(sizes).max() / DIVERGENCE, np.abs(statistics).max(initial=0)))


def assert_steps_like_the_others(spec: Spec, steps: int = STEPS) -> None:
    """From every State of a compiled run each backend takes the next step, or none does."""
    trainers = {backend: Trainer(spec, backend) for backend in BACKENDS}
    for _ in range(steps):
        before = trainers["compiled"].checkpoint().state
        assert_finite(before)
        ends = {}
        for backend, trainer in trainers.items():
            trainer._backend.load(before)
            trainer.advance(1)
            after = trainer.checkpoint().state
            assert_finite(after)
            ends[backend] = after.diverged
            if after.diverged is not None:
                assert after.diverged == before.step + 1
                assert_equal(after, before)
        share = share_of_limit(trainers["by_hand"], before)
        if share is not None and not 1 / CLEAR < share < CLEAR:
            assert set(ends.values()) == {None if share < 1 else before.step + 1}
        if ends["compiled"] is not None:
            return


@of_hypothesis(max_examples=15)
@given(extreme_specs())
def test_extreme_runs_end_before_a_number_overflows(spec: Spec) -> None:
    assert_steps_like_the_others(spec)


@pytest.mark.long
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_extreme_runs_of_each_optimizer_end_before_a_number_overflows(optimizer: OptimizerName) -> None:
    @of_hypothesis(max_examples=200)
    @given(extreme_specs(optimizer))
    def try_all(spec: Spec) -> None:
        assert_steps_like_the_others(spec)

    try_all()


def amplified(optimizer: OptimizerName) -> Spec:
    """|1 − η·decay| = 99, so that parameters of size 1 pass the limit in the seventh step."""
    fields: dict[str, Any] = {"optimizer": optimizer, "learning_rate": 10.0, "weight_decay": 10.0}
    if optimizer == "perceptron":
        fields |= {"dataset": "gauss", "hidden": (), "loss": "mse", "output_activation": "step"}
    return Spec().changed(**fields)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_weight_decay_that_amplifies_ends_the_run_at_one_step(optimizer: OptimizerName) -> None:
    trainers = [Trainer(amplified(optimizer), backend) for backend in BACKENDS]
    for trainer in trainers:
        trainer.advance(100)
        state = trainer.checkpoint().state
        assert_finite(state)
        last = Trainer(trainer.spec, trainer.backend)
        last.advance(trainer.step)
        assert last.diverged is None
        assert_equal(last.checkpoint().state, state)
    assert len({trainer.diverged for trainer in trainers}) == 1
    assert (trainers[0].diverged or 0) in (6, 7)


@pytest.mark.parametrize("backend", BACKENDS)
def test_statistics_of_a_batch_that_overflow_are_not_stored(backend: BackendName) -> None:
    """Where a variance overflows, all normalised values are 0, and so are loss and gradient finite."""
    spec = Spec().changed(hidden=(Layer(width=3), Layer(width=3, batch_norm=True)), activation="relu")
    trainer = Trainer(spec, backend)
    before = trainer.checkpoint().state
    for name, view in trainer.network.views(before.parameters).items():
        if name.startswith("layers.0") or name.startswith("layers.1"):
            view *= 9e11
    trainer._backend.load(before)
    trainer.advance(1)
    assert trainer.diverged == 1
    assert_equal(trainer.checkpoint().state, before)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("optimizer", ["momentum", "nag", "adam", "muon", "rmsprop"])
def test_a_memory_that_was_loaded_cannot_overflow_a_parameter(backend: BackendName, optimizer: OptimizerName) -> None:
    trainer = Trainer(Spec().changed(optimizer=optimizer, hidden=(4, 4, 4)), backend)
    trainer.advance(2)
    before = trainer.checkpoint().state
    for values in before.optimizer_state.values():
        values[:] = 3e38
    trainer._backend.load(before)
    trainer.advance(3)
    assert_finite(trainer.checkpoint().state)


def test_ordinary_steps_are_not_taken_twice() -> None:
    """The bound says at once that they are safe; where it has grown too large, one look makes it small again."""
    trainer = Trainer(Spec(), "compiled")
    backend = trainer._backend
    assert isinstance(backend, Compiled)
    trainer.advance(2000)
    bound, largest = (
        backend.train_state.bounds[settings.PARAMETER_BOUND],
        np.abs(trainer.checkpoint().state.parameters).max(),
    )
    assert largest <= bound < DIVERGENCE
    assert not backend.train_state.kept.any()
    backend.train_state.bounds[settings.PARAMETER_BOUND] = DIVERGENCE
    trainer.advance(1)
    assert backend.train_state.kept.any()
    assert backend.train_state.bounds[settings.PARAMETER_BOUND] < 2 * largest
