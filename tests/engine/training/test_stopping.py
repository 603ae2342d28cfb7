"""Stop rules: each ends a run where it should, however the run is paced, and never otherwise."""

from itertools import pairwise

import numpy as np
import pytest

from engine import Spec, Trainer
from engine.spec.presets import PRESETS
from engine.training.stopping import STOP_FIELDS, StoppingState, has_epoch_rules

SPEC = Spec(samples=100, hidden=(3,), learning_rate=0.1)  # five batches an epoch


def run(spec: Spec, steps: int = 5000, by: int = 5000) -> Trainer:
    trainer = Trainer(spec)
    for _ in range(0, steps, by):
        trainer.advance(by)
    return trainer


def losses_of_epochs(spec: Spec, epochs: int) -> list[float]:
    """What each epoch's batches saw, one epoch at a time."""
    trainer, losses = Trainer(spec), []
    for _ in range(epochs):
        trainer.advance_to_epoch_end()
        loss = trainer.state()["epoch_loss"]
        assert loss is not None
        losses.append(loss)
    return losses


def test_without_a_rule_nothing_stops() -> None:
    trainer = run(SPEC)
    assert (trainer.step, trainer.stopped) == (5000, None)


def test_steps() -> None:
    trainer = run(SPEC.changed(stop_steps=37))
    assert (trainer.step, trainer.stopped) == (37, "steps")


def test_epochs() -> None:
    trainer = run(SPEC.changed(stop_epochs=4))
    assert (trainer.step, trainer.epoch, trainer.stopped) == (20, 4, "epochs")


def test_target_loss() -> None:
    losses = losses_of_epochs(SPEC, 60)
    goal = losses[40]
    trainer = run(SPEC.changed(stop_loss=goal))
    assert trainer.stopped == "loss"
    assert trainer.epoch == next(epoch for epoch, loss in enumerate(losses, 1) if loss <= goal)


def test_change_of_the_loss() -> None:
    losses = losses_of_epochs(SPEC, 300)
    changes = [abs(now - before) for before, now in pairwise(losses)]
    least = sorted(changes)[10]
    trainer = run(SPEC.changed(stop_change=least))
    assert trainer.stopped == "change"
    assert trainer.epoch == 2 + next(i for i, change in enumerate(changes) if change < least)


def test_patience_waits_for_a_better_test_loss() -> None:
    spec = SPEC.changed(noise=50, hidden=(8, 8), stop_patience=5, seed=3, learning_rate=0.3)
    plain, tests = Trainer(spec.changed(stop_patience=None)), []
    for _ in range(1000):
        plain.advance_to_epoch_end()
        tests.append(plain.evaluate()["test_loss"])
    trainer = run(spec)
    assert trainer.stopped == "patience"
    best = min(range(trainer.epoch), key=lambda epoch: tests[epoch])
    assert trainer.epoch == best + 1 + 5
    assert min(tests[: trainer.epoch]) == min(tests[: trainer.epoch - 5])


@pytest.mark.parametrize("by", [1, 7, 250])
@pytest.mark.parametrize("rule", [{"stop_steps": 111}, {"stop_change": 1e-4}, {"stop_patience": 3}, {"stop_loss": 0.6}])
def test_the_pace_changes_nothing(rule: dict[str, float], by: int) -> None:
    at_once, paced = run(SPEC.changed(**rule), steps=1750, by=1750), run(SPEC.changed(**rule), steps=1750, by=by)
    assert at_once.stopped is not None
    assert (at_once.step, at_once.stopped) == (paced.step, paced.stopped)
    np.testing.assert_equal(at_once.evaluate(), paced.evaluate())


def test_a_stopped_run_goes_on_under_another_rule() -> None:
    trainer = run(SPEC.changed(stop_steps=10))
    trainer.advance(5)
    assert trainer.step == 10
    trainer.configure(trainer.spec.changed(learning_rate=0.2))
    trainer.advance(5)
    assert (trainer.step, trainer.stopped) == (10, "steps"), "the rule still holds"
    trainer.configure(trainer.spec.changed(stop_steps=15))
    trainer.advance(50)
    assert (trainer.step, trainer.stopped) == (15, "steps")
    trainer.configure(trainer.spec.changed(stop_steps=None))
    trainer.advance(50)
    assert (trainer.step, trainer.stopped) == (65, None)


def test_a_kept_run_remembers_what_it_waits_for() -> None:
    spec = SPEC.changed(stop_patience=4, noise=50, hidden=(8, 8), seed=3, learning_rate=0.3)
    whole = run(spec)
    half = Trainer(spec)
    half.advance((whole.epoch - 2) * 5)
    resumed = Trainer.from_state(half.state())
    resumed.advance(1000)
    assert (resumed.step, resumed.stopped) == (whole.step, "patience")


def test_every_rule_is_a_field_and_is_looked_at() -> None:
    assert set(STOP_FIELDS) == {name for name in Spec.model_fields if name.startswith("stop_")}
    assert [rule for rule in STOP_FIELDS if has_epoch_rules(Spec().changed(**{rule: 1}))] == list(STOP_FIELDS[1:])
    assert has_epoch_rules(Spec(optimizer="perceptron", hidden=(), output_activation="step"))
    assert StoppingState().stopped is None


def test_a_rule_that_compares_mini_batches_ends_the_run_of_e4_early() -> None:
    """The planted bug stops it where two batches happen to cost the same; epochs change by more up to the limit."""
    preset = next(one for one in PRESETS if one.name == "e4_mystery")
    assert preset.spec is not None
    wrong = Trainer(preset.spec)
    wrong.inject_bug(preset.bug)
    for _ in range(40):
        wrong.advance(10)
    assert (wrong.step, wrong.epoch, wrong.stopped) == (preset.steps, 89, "change")
    right = run(preset.spec)
    assert (right.step, right.epoch, right.stopped) == (800, 200, "epochs")
    assert right.evaluate()["train_loss"] < 0.8 * wrong.evaluate()["train_loss"]
