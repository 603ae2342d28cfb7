"""Long runs of two right engines part where a run is sensitive; each step of such a run is still right.

From where the compiled run stands, its next step against the same step by hand in float64. What may differ is the
rounding of a weight, which is much of a small step, and that of sums, which a norm divides by their deviation. A wrong
formula, order or side of a kink would show at once; that it grows into another run is the run's own doing.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import Layer, Spec, Trainer
from engine.backends import Backend, make_backend
from engine.backends.by_hand import ByHand
from engine.nn.network import Array, State
from engine.nn.optimizers import make_optimizer
from engine.spec.choices import BackendName
from tests.parity.oracle import relative

DEEP: dict[str, Any] = {"dataset": "spiral", "hidden": (8, 8, 8), "learning_rate": 0.01, "activation": "relu"}
NORMED = tuple(Layer(width=8, batch_norm=True) for _ in range(2))
ENDS_IN_TWO: dict[str, Any] = {"samples": 104, "hidden": NORMED, "activation": "tanh", "learning_rate": 0.03}
RUNS = {
    "relu, 5,000 samples": (Spec(**{**DEEP, "learning_rate": 0.03}, samples=5000, seed=5), 50),
    "relu, 5,000 samples, adam": (Spec(**DEEP, samples=5000, optimizer="adam"), 50),
    "rmsprop of a small epsilon": (Spec(**DEEP, optimizer="rmsprop", alpha=0.9, epsilon=1e-12), 25),
    "batch norm, last batches of 2": (Spec(**{**DEEP, **ENDS_IN_TWO}), 6),
}
"""Of each how many steps lie between two that are looked at; 52 samples make batches of 10, and one of 2 at the end."""
ROUNDING = 2.0**-24


def run_from(spec: Spec, trainer: Trainer, state: State, backend: BackendName = "compiled") -> Backend:
    runner = make_backend(backend, spec, trainer.network, trainer.train_inputs, trainer.train_targets)
    runner.load(state)
    return runner


def in_doubles(spec: Spec, trainer: Trainer, state: State) -> ByHand:
    inputs, targets = trainer.train_inputs.astype(np.float64), trainer.train_targets.astype(np.float64)
    runner = ByHand(spec, trainer.network, inputs, targets)  # type: ignore[arg-type]
    optimizer_state = {name: values.astype(np.float64) for name, values in state.optimizer_state.items()}
    arrays: dict[str, Any] = {"optimizer_state": optimizer_state}
    arrays |= {name: getattr(state, name).astype(np.float64) for name in ("parameters", "updates", "buffers")}
    runner.load(replace(state, **arrays))
    return runner


def start_of(spec: Spec, trainer: Trainer) -> State:
    parameters = np.concatenate([values.ravel() for values in trainer.parameters().values()])
    return State.start(trainer.network, parameters, make_optimizer(spec, trainer.network).start(parameters))


@pytest.mark.parametrize("name", RUNS)
def test_every_step_of_a_run_that_drifts_is_right(name: str) -> None:
    spec, between = RUNS[name]
    trainer = Trainer(spec, "by_hand")
    runner = run_from(spec, trainer, start_of(spec, trainer))
    for _ in range(30):
        runner.advance(between - 1)
        state = runner.state()
        true = in_doubles(spec, trainer, state)
        norms = [passed.norm for passed in true.batch_pass().forward if passed.norm is not None]
        deviation = min([1.0, *(float(norm.std.min()) for norm in norms)])
        runner.advance(1)
        true.advance(1)
        step = true.state().updates
        size = float(np.abs(step).max())
        rounding = ROUNDING * float(np.abs(state.parameters).max())
        off = float(np.abs(runner.state().parameters - state.parameters - step).max())
        assert off < 2 * rounding + 1e-6 * size / deviation, state.step
        assert size > 10 * rounding, "a step that rounding hides would prove nothing"


def test_a_norm_over_two_samples_parts_runs_in_float64_too() -> None:
    """Of two samples it makes ±1, however close they are: its slope is 1/√(δ² + ε). Four samples do no such thing."""
    spec = RUNS["batch norm, last batches of 2"][0]
    apart: dict[int, float] = {}
    for samples in (104, 108):
        changed = spec.changed(samples=samples)
        trainer = Trainer(changed, "by_hand")
        start = start_of(changed, trainer)
        ends: list[Array] = []
        for share in (0, ROUNDING):
            runner = in_doubles(changed, trainer, start)
            runner.state_now.parameters *= 1 + share * (-1.0) ** np.arange(len(start.parameters))
            runner.advance(500)
            ends.append(runner.state().parameters)
        apart[samples] = relative(*ends)
    assert apart[104] > 1e-3
    assert apart[108] < 1e-4
