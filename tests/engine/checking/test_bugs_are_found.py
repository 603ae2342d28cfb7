"""Each planted bug turns the check red at the right tensor, can be trained with, and shows where it sits."""

from typing import Any, get_args

import numpy as np
import pytest

from engine import Layer, Spec, Trainer
from engine.backends.bugs import ACCUMULATED_GRADIENT, BUGS, affects, compatible_with
from engine.checking.check import CheckResult, check
from engine.spec.choices import BackendName, BugName

HIDDEN = (Layer(width=4, dropout=0.3), Layer(width=3, batch_norm=True))

CHOSEN: BackendName = "autograd"
"""Any but the one that the bugs sit in."""

RIGHT_TENSORS: dict[BugName, set[str]] = {
    "forgotten_slope": {"layers.0.weight", "layers.0.bias", "layers.1.weight", "norms.1.weight", "norms.1.bias"},
    "transposed_weight": {"layers.0.weight", "layers.0.bias"},
    "mean_for_sum": {"layers.0.bias", "layers.2.bias"},
    "norm_constant": {"layers.0.weight", "layers.0.bias", "layers.1.weight"},
    "dropout_one_way": {"layers.0.weight", "layers.0.bias"},
    "stop_on_batches": {""},
}
"""Those whose gradients are wrong; of the others any can be."""


OWN_FIELDS: dict[BugName, dict[str, Any]] = {"forgotten_two": {"loss": "mse"}, "stop_on_batches": {"stop_change": 0}}
"""What some bugs need in order to have a place."""


def spec_of(bug: BugName, **fields: Any) -> Spec:
    rules = BUGS[bug].optimizers
    usual = {"hidden": HIDDEN, "optimizer": rules[0] if rules else "sgd", "loss": "bce"}
    return Spec().changed(**{**usual, **OWN_FIELDS.get(bug, {}), **fields})


def checked(trainer: Trainer) -> CheckResult:
    state = trainer.checkpoint().state
    result = check(trainer.spec, trainer.network, state, trainer.train_inputs, trainer.train_targets, trainer.bug)
    assert result is not None
    return result


@pytest.mark.parametrize("bug", BUGS)
@pytest.mark.parametrize("steps", [0, 1, 400])
def test_the_light_goes_red_and_green_again(bug: BugName, steps: int) -> None:
    trainer = Trainer(spec_of(bug), CHOSEN)
    trainer.inject_bug(bug)
    trainer.advance(steps)
    result = checked(trainer)
    assert not result.passed
    assert result.bug == bug
    assert result.worst.tensor in RIGHT_TENSORS.get(bug, {*trainer.network.names})
    assert result.worst.difference > 1e-3, "a fault, and no rounding"
    trainer.inject_bug(None)
    assert checked(trainer).passed
    assert ACCUMULATED_GRADIENT not in trainer.state()["optimizer_state"]


@pytest.mark.parametrize("bug", sorted(set(BUGS) - {"stop_on_batches"}))
def test_a_session_trains_with_it(bug: BugName) -> None:
    """Planted, the steps taken are the wrong ones; taken out, they are again those of the chosen backend."""
    wrong, right = (Trainer(spec_of(bug), CHOSEN) for _ in range(2))
    wrong.inject_bug(bug)
    wrong.advance(3)
    right.advance(3)
    assert wrong.backend == CHOSEN
    size = np.abs(right.parameters()["layers.0.bias"]).max()
    gap = max(np.abs(wrong.parameters()[name] - values).max() for name, values in right.parameters().items())
    assert gap > 1e-3 * size
    right.restore(wrong.checkpoint())
    assert right.bug == bug
    right.inject_bug(None)
    wrong.inject_bug(None)
    wrong.advance(5)
    right.advance(5)
    for name, values in right.parameters().items():
        np.testing.assert_array_equal(values, wrong.parameters()[name])


@pytest.mark.parametrize("bug", BUGS)
def test_a_kept_run_goes_on_with_it(bug: BugName) -> None:
    trainer = Trainer(spec_of(bug), CHOSEN)
    trainer.inject_bug(bug)
    trainer.advance(7)
    twin = Trainer.from_state(trainer.state())
    assert twin.bug == bug
    trainer.advance(7)
    twin.advance(7)
    for name, values in trainer.parameters().items():
        np.testing.assert_array_equal(values, twin.parameters()[name])


def test_another_optimizer_takes_it_out_where_it_has_no_place() -> None:
    trainer = Trainer(spec_of("adam_uncorrected"), CHOSEN)
    trainer.inject_bug("adam_uncorrected")
    trainer.configure(trainer.spec.changed(optimizer="adamw"))
    assert trainer.bug == "adam_uncorrected"
    trainer.configure(trainer.spec.changed(optimizer="sgd"))
    assert trainer.bug is None
    with pytest.raises(ValueError, match="cannot sit in sgd"):
        trainer.inject_bug("adam_uncorrected")


def test_every_bug_is_there_and_has_a_rule_to_sit_in() -> None:
    assert set(BUGS) == set(get_args(BugName))
    for bug, one in BUGS.items():
        assert all(compatible_with(bug, rule) for rule in one.optimizers or ("sgd", "adamw", "muon"))
        assert not compatible_with(bug, "perceptron")
        assert not compatible_with(bug, "evolution")
        assert affects(bug, spec_of(bug))


@pytest.mark.parametrize(
    ("bug", "fields"),
    [
        ("forgotten_slope", {"activation": "linear", "loss": "bce"}),
        ("transposed_weight", {"hidden": (4,)}),
        ("forgotten_two", {"loss": "bce"}),
        ("mean_for_sum", {"biases": False}),
        ("mean_for_sum", {"batch_size": 1, "hidden": (4,)}),
        ("norm_constant", {"hidden": (4,)}),
        ("dropout_one_way", {"hidden": (4,)}),
        ("stop_on_batches", {"stop_change": None}),
        ("stop_on_batches", {"batch_size": None}),
    ],
)
def test_where_it_has_no_place_it_changes_nothing(bug: BugName, fields: dict[str, Any]) -> None:
    spec = spec_of(bug, **fields)
    assert not affects(bug, spec)
    trainer = Trainer(spec, CHOSEN)
    trainer.inject_bug(bug)
    assert checked(trainer).passed
