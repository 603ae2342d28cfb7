"""Luck: each run is a plain one, to the last bit, and what is said of many is scipy's and numpy's."""

from typing import get_args

import numpy as np
import pytest
from scipy.stats import binomtest, quantile_test

from engine import Spec, Trainer
from engine.nn.random import batch_order
from engine.studies.luck import Luck, LuckRun, Start, Varied, compared, luck_runs, median_interval, median_run
from engine.studies.measures import MEASURES

LUCK = Luck(Spec(dataset="spiral", hidden=(4,), seed=2**31 - 1), seeds=3, epochs=70, against={"optimizer": "adam"})


def run_of(loss: float, diverged: bool = False) -> LuckRun:
    return LuckRun(Start(0, 0), Spec(), 1, diverged, (), dict.fromkeys(MEASURES, loss))


def test_each_run_is_a_plain_run_with_its_curve() -> None:
    found = [run for run in luck_runs(LUCK, LUCK.starts()) if run is not None]
    assert [run.start for run in found] == [(set_up, number) for number in range(3) for set_up in (0, 1)]
    assert [run.spec.seed for run in found] == [2**31 - 1] * 2 + [0] * 2 + [1] * 2
    assert (LUCK.curve_epochs[0], LUCK.curve_epochs[-1]) == (0, 70)
    for run in found:
        trainer = Trainer(LUCK.spec.changed(seed=run.spec.seed, optimizer=("sgd", "adam")[run.start.set_up]))
        curve = [trainer.evaluate()["test_loss"]]
        for epoch in range(1, 71):
            trainer.advance_to_epoch_end()
            if epoch in LUCK.curve_epochs:
                curve.append(trainer.evaluate()["test_loss"])
        assert list(run.curve) == curve
        assert (run.steps, run.values["test_accuracy"]) == (trainer.step, trainer.evaluate()["test_accuracy"])
    assert len({run.values["test_loss"] for run in found}) == len(found), "seeds could be ignored"


def test_a_run_that_diverges_has_a_curve_up_to_there() -> None:
    luck = Luck(Spec(dataset="plane", activation="linear", learning_rate=10), seeds=1, epochs=5)
    (run,) = (run for run in luck_runs(luck, luck.starts()) if run is not None)
    assert run.diverged
    assert len(run.curve) < len(luck.curve_epochs)
    assert run.badness == np.inf


def test_the_sign_test_is_that_of_scipy() -> None:
    pairs = [(run_of(0.5), run_of(0.1))] * 9 + [(run_of(0.1), run_of(0.5))] * 2 + [(run_of(1), run_of(1))]
    pairs += [(run_of(1, diverged=True), run_of(2)), (run_of(1, diverged=True), run_of(2, diverged=True))]
    found = compared(pairs)
    assert (found.better, found.worse, found.equal) == (10, 2, 2)
    own = binomtest(10, 12)
    assert found.p == own.pvalue
    assert (found.share.low, found.share.high) == tuple(own.proportion_ci(0.95))
    assert compared([(run_of(1), run_of(1))]).p == 1


@pytest.mark.parametrize("count", [6, 7, 20, 101, 256])
def test_the_interval_of_a_median_is_that_of_the_sign_test(count: int) -> None:
    values = np.random.default_rng(3).exponential(size=count).tolist()
    interval = median_interval(values)
    assert interval is not None
    own = [quantile_test(values, q=median, p=0.5).pvalue > 0.05 for median in (interval.low, interval.high)]
    beyond = [interval.low * (1 - 1e-9), interval.high * (1 + 1e-9)]
    assert all(own)
    assert not any(quantile_test(values, q=median, p=0.5).pvalue > 0.05 for median in beyond)


def test_few_values_have_no_interval_and_of_two_the_better_is_the_median() -> None:
    assert median_interval([1.0, 2, 3, 4, 5]) is None
    assert median_run([run_of(3), run_of(1), run_of(0, diverged=True), run_of(2)]).badness == 2
    assert median_run([run_of(3), run_of(1)]).badness == 1


def test_a_set_up_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="perceptron"):
        Luck(Spec(hidden=(3,)), seeds=1, against={"optimizer": "perceptron"})


@pytest.mark.parametrize("own", [{}, {"data_seed": 3, "start_seed": 2**31 - 1}])
@pytest.mark.parametrize("vary", get_args(Varied))
def test_only_what_is_varied_differs(vary: Varied, own: dict[str, int]) -> None:
    luck = Luck(Spec(seed=5, **own), seeds=4, epochs=1, vary=vary)
    trainers = [Trainer(luck.spec_of(start)) for start in luck.starts()]
    drawn = {
        "data": [trainer.train_inputs.tobytes() for trainer in trainers],
        "start": [trainer.checkpoint().state.parameters.tobytes() for trainer in trainers],
        "order": [batch_order(trainer.spec.seed, 0, 250).tobytes() for trainer in trainers],
    }
    for name, ones in drawn.items():
        assert len(set(ones)) == (4 if vary in ("all", name) else 1), name
    plain = Trainer(luck.spec)
    plain.advance(25)
    trainers[0].advance(25)
    assert trainers[0].evaluate()["test_loss"] == plain.evaluate()["test_loss"], "the first is the run on the page"
    found = [run for run in luck_runs(luck, luck.starts()) if run is not None]
    for run in found:
        trainer = Trainer(run.spec)
        trainer.advance(run.steps)
        assert run.values["test_loss"] == trainer.evaluate()["test_loss"]
