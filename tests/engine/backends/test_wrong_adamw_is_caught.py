"""A planted fault: an AdamW as one was once written by hand, and the checks that pass the true one and catch it.

It subtracts rate·gradient where the decay belongs, so that each of its steps is Adam's and one of SGD besides. It does
learn, and at first faster than the true one, which is why looking at its curve does not tell.
"""

from collections.abc import Callable

import numpy as np
import pytest

from engine import Spec, Trainer
from engine.backends.by_hand import ByHand
from engine.nn.network import Array
from engine.nn.optimizers import AdamW, OptState, Rule
from tests.parity.cases import TOLERANCE, Case, case_of, worst
from tests.parity.oracle import relative, train

SPEC = Spec(
    dataset="gauss", noise=25, hidden=(5, 3), activation="tanh", loss="bce", optimizer="adamw", learning_rate=0.01,
    batch_size=16, weight_decay=0.1,
)  # fmt: skip


class PlantedAdamW(AdamW):
    def step(self, param: Array, grad: Array, state: OptState, rate: float, t: int) -> tuple[Array, OptState]:
        new, state = super().step(param, grad, state, rate, t)
        return new - rate * grad, state


def trained(case: Case, spec: Spec, rule: type[Rule], steps: int = 20) -> Array:
    """By hand, with that rule; the planted one has no decay beside its own."""
    runner = ByHand(spec, case.network, case.inputs, case.targets)
    runner.load(case.state(spec))
    runner.optimizer = rule.of(spec, case.network)
    if rule is PlantedAdamW:
        runner.spec = spec.changed(weight_decay=0)
    runner.advance(steps)
    return runner.state().parameters


def follows_torch(rule: type[Rule]) -> bool:
    """Twenty steps as torch.optim.AdamW takes them, as in test_parity."""
    case = case_of(SPEC)
    true = train(SPEC, case.network, case.parameters, case.inputs, case.targets, steps=20)
    return worst(case.network, trained(case, SPEC, rule), true.model.tensors()) < TOLERANCE


def first_step_is_the_rate(rule: type[Rule]) -> bool:
    """Whatever the size of a gradient, the corrected moments make its sign of it."""
    case = case_of(SPEC)
    param = np.ones(case.network.count, dtype=np.float32)
    grad = np.linspace(0.5, 4, len(param), dtype=np.float32)
    adamw = rule.of(SPEC, case.network)
    new, _ = adamw.step(param, grad, adamw.start(param), rate=0.01, t=1)
    return bool(np.allclose(param - new, 0.01, rtol=1e-4))


def decay_bites(rule: type[Rule]) -> bool:
    case = case_of(SPEC)
    return relative(*(trained(case, SPEC.changed(weight_decay=decay), rule) for decay in (0.1, 0.2))) > 3 * TOLERANCE


@pytest.mark.parametrize("check", [follows_torch, first_step_is_the_rate, decay_bites])
def test_each_check_passes_the_true_rule_and_catches_the_planted_one(check: Callable[[type[Rule]], bool]) -> None:
    assert check(AdamW)
    assert not check(PlantedAdamW)


def test_the_planted_rule_learns_and_looks_faster() -> None:
    """Its steps are longer: after 200 of them its loss is lower than the true one's, and both have fallen."""
    trainer = Trainer(SPEC.changed(learning_rate=0.001), "by_hand")
    start = trainer.evaluate()["train_loss"]
    case = Case(
        trainer.network, trainer.state()["parameters"], trainer.state()["buffers"],
        trainer.train_inputs, trainer.train_targets,
    )  # fmt: skip
    losses = []
    for rule in (AdamW, PlantedAdamW):
        parameters = trained(case, trainer.spec, rule, steps=200)
        trainer.load_parameters(trainer.network.views(parameters))
        losses.append(trainer.evaluate()["train_loss"])
    assert losses[1] < losses[0] < start
