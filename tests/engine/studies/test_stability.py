"""The bounds of curvature against runs on a parabola, and what is said beside them."""

from typing import Any

import numpy as np
import pytest

from engine import Layer, Spec, Trainer
from engine.nn.network import State
from engine.spec.choices import OptimizerName
from engine.studies import curvature
from engine.studies.stability import Stability, bound_of, divisor_of, stability
from tests.engine.run_preset import spec_of

LINEAR: dict[str, Any] = {"dataset": "plane", "hidden": (), "batch_size": None, "samples": 60}
"""Its loss is a parabola in every direction."""

RULES: list[tuple[OptimizerName, dict[str, float]]] = [
    ("sgd", {}),
    ("momentum", {"momentum": 0.8}),
    ("momentum", {"momentum": 0.5, "dampening": 0.4}),
    ("momentum", {"momentum": 0, "dampening": 0.4}),
    ("nag", {"momentum": 0.8}),
]


@pytest.mark.parametrize(("rule", "settings"), RULES)
def test_a_run_on_a_parabola_ends_or_grows_at_the_bound(rule: OptimizerName, settings: dict[str, float]) -> None:
    spec = Spec.model_validate({**LINEAR, "optimizer": rule, **settings})
    bound = stability(Trainer(spec)).bound
    assert bound is not None
    rate_at_the_bound = spec.learning_rate * bound / curvature(Trainer(spec))[0]

    def last_loss(rate: float) -> float:
        trainer = Trainer(spec.changed(learning_rate=rate))
        trainer.advance(1500)
        return trainer.evaluate()["train_loss"]

    assert last_loss(0.98 * rate_at_the_bound) < 1
    assert last_loss(1.02 * rate_at_the_bound) > 1e4


@pytest.mark.parametrize("rule", ["adam", "rmsprop", "adagrad"])
def test_the_bound_of_a_rule_that_divides(rule: OptimizerName) -> None:
    """On a parabola, with P kept as it is: m ← β·m + (1−β)·λ·w;  w ← w − η·m/P"""
    spec = Spec(optimizer=rule, learning_rate=0.1, beta1=0.7)
    state = Trainer(spec).checkpoint().state
    bound = bound_of(spec, state, 0.1)
    assert bound is not None
    beta = 0.7 if rule == "adam" else 0.0

    def end(curvature_of_quotient: float) -> float:
        w, m = 1.0, 0.0
        for _ in range(2000):
            m = beta * m + (1 - beta) * curvature_of_quotient * w
            w -= 0.1 * m
        return abs(w)

    assert end(0.99 * bound) < 1e-3
    assert end(1.01 * bound) > 1e3


@pytest.mark.parametrize("rule", ["adam", "adamw", "rmsprop", "adagrad"])
def test_the_divisor_is_what_the_next_step_divides_by(rule: OptimizerName) -> None:
    """Of a gradient that stays as it is, a step is η·g/P."""
    spec = Spec(optimizer=rule, samples=60, batch_size=None, epsilon=1e-4, alpha=0.3, beta1=0.3, beta2=0.3)
    trainer = Trainer(spec.changed(learning_rate=1e-4, weight_decay=0))
    trainer.advance(60)
    state = trainer.checkpoint().state
    gradient = np.concatenate([tensor.ravel() for tensor in trainer.gradients().values()])
    divisor = divisor_of(trainer.spec, state)
    assert divisor is not None
    trainer.advance(1)
    moved = trainer.checkpoint().state.parameters.astype(np.float64) - state.parameters
    wanted = -1e-4 * gradient / divisor
    if rule == "adagrad":  # its memory grows by a sixtieth
        wanted *= np.sqrt(60 / 61)
    np.testing.assert_allclose(moved, wanted, rtol=0.02, atol=2e-7)


def test_a_rule_that_divides_compares_the_quotient() -> None:
    trainer = Trainer(Spec(optimizer="adam", samples=60, batch_size=None))
    assert stability(trainer).verdict == "not_begun"
    trainer.advance(50)
    found = stability(trainer, 3)
    assert found.preconditioned is not None
    assert found.preconditioned > 3 * found.curvatures[0]
    assert found.bound == pytest.approx(2 / 0.03 * 19)
    assert len(found.curvatures) == 3


@pytest.mark.parametrize("rule", ["muon", "evolution"])
def test_rules_without_a_bound(rule: OptimizerName) -> None:
    found = stability(Trainer(Spec(optimizer=rule, samples=60)))
    assert (found.bound, found.preconditioned, found.verdict) == (None, None, "no_bound")


def verdict_at(rate: float) -> Stability:
    return stability(Trainer(Spec.model_validate({**LINEAR, "learning_rate": rate})))


def test_verdicts() -> None:
    edge = 2 / verdict_at(0.1).curvatures[0]
    assert [verdict_at(part * edge).verdict for part in (0.5, 0.95, 1.2, 1.4)] == ["below", "edge", "edge", "beyond"]
    assert verdict_at(0.1).bound == pytest.approx(20)


def test_the_schedule_counts() -> None:
    spec = Spec(**LINEAR, schedule="exponential", schedule_steps=10, schedule_factor=0.5)
    trainer = Trainer(spec)
    before = stability(trainer).rate
    trainer.advance(20)
    assert stability(trainer).rate == pytest.approx(before / 4)


def test_notes() -> None:
    assert stability(Trainer(Spec(**LINEAR))).notes == ()
    layers = (Layer(width=4, activation="relu", batch_norm=True, dropout=0.1),)
    spec = Spec(dataset="plane", hidden=layers, loss="mae", l2=0.01, samples=60)
    every = ("kink", "kinked_loss", "batches", "batch_norm", "dropout", "penalty")
    assert stability(Trainer(spec)).notes == every
    assert "kink" in stability(Trainer(Spec(activation="elu", elu_alpha=0.5))).notes
    assert "kink" not in stability(Trainer(Spec(activation="elu"))).notes


def test_a_run_settles_at_the_edge() -> None:
    """λmax of a network in full-batch descent rises to 2/η and stays near it (Cohen et al. 2021)."""
    spec = Spec(dataset="spiral", hidden=(16, 16), learning_rate=0.3, batch_size=None)
    trainer = Trainer(spec)
    assert stability(trainer).verdict == "below"
    shares = []
    trainer.advance(1500)
    for _ in range(10):
        trainer.advance(100)
        found = stability(trainer)
        shares.append(found.curvatures[0] * found.rate / 2)
    assert 0.85 < np.median(shares) < 1.15
    state: State = trainer.checkpoint().state
    assert state.diverged is None


def test_the_curvature_of_the_preset_rises_to_the_bound_and_is_held_by_it() -> None:
    """With a fifth of the rate, after steps of the same length in all, it has gone far beyond."""
    spec = spec_of("edge_of_stability")
    trainer, slow = Trainer(spec), Trainer(spec.changed(learning_rate=spec.learning_rate / 5))
    start = stability(trainer)
    assert start.bound == 2 / spec.learning_rate
    assert start.curvatures[0] < 0.5 * start.bound
    losses, shares = [trainer.evaluate()["train_loss"]], []
    for _ in range(10):
        trainer.advance(100)
        losses.append(trainer.evaluate()["train_loss"])
        shares.append(curvature(trainer)[0] / start.bound)
    assert 0.9 < np.median(shares[4:]) < 1.25
    assert max(shares) < 1.6
    assert losses[-1] < 0.5 * losses[0]
    slow.advance(8 * 5 * 100)
    assert curvature(slow)[0] > 2 * start.bound
