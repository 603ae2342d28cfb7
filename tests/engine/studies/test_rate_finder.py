"""The learning-rate finder: a plain run whose rate is changed at each step, and the places it marks."""

import numpy as np
import pytest

from engine import Spec, Trainer
from engine.studies.rate_finder import RATES, RateSearch, marks, rate_search


def found_by(spec: Spec) -> RateSearch:
    *before, found = rate_search(spec)
    assert found is not None
    assert len(before) == len(found.losses)
    return found


@pytest.mark.parametrize(
    "spec", [Spec(hidden=(8, 8)), Spec(optimizer="adam", stop_steps=3), Spec(dataset="plane", activation="linear")]
)
def test_it_is_a_plain_run_whose_rate_rises(spec: Spec) -> None:
    found = found_by(spec)
    trainer = Trainer(spec.changed(stop_steps=None))
    losses = []
    for rate in RATES:
        trainer.configure(trainer.spec.changed(learning_rate=rate))
        trainer.advance(1)
        if trainer.diverged is not None:
            break
        if not np.isfinite(loss := trainer.evaluate()["train_loss"]):
            break
        losses.append(loss)
    assert list(found.losses) == losses
    assert found.rates == RATES[: len(losses)]
    assert found.steepest is not None
    assert found.last_stable is not None
    assert 1e-4 < found.steepest <= found.last_stable < 10


def test_rates_rise_by_equal_factors() -> None:
    assert (RATES[0], RATES[-1]) == (1e-6, 10)
    np.testing.assert_allclose(np.diff(np.log(RATES)), np.log(10) / 40, rtol=0.02)


def test_the_places_of_a_known_curve() -> None:
    steps = np.arange(201.0)
    losses = 1 - 0.8 / (1 + np.exp(-(steps - 100) / 10)) + np.where(steps > 160, (steps - 160) * 0.1, 0)
    steepest, last_stable = marks(losses)
    assert steepest is not None
    assert last_stable is not None
    assert abs(steepest + 1 - 100) <= 2
    assert abs(last_stable + 1 - 160) <= 3


@pytest.mark.parametrize("losses", [np.linspace(1, 2, 100), np.ones(100), np.ones(3)])
def test_a_loss_that_does_not_fall_suggests_no_rate(losses: np.ndarray) -> None:
    assert marks(losses) == (None, None)
