"""Presets of rows D6 and E: engines alike, every setting by hand, the curve of torch, a fault found, own points."""

from collections.abc import Iterator
from typing import Any, get_args

import numpy as np
import pytest
import torch

from engine.backends.by_hand import ByHand
from engine.nn.network import Array, Network, State
from engine.nn.optimizers import Adam, AdamW, OptState, Rule, make_optimizer
from engine.spec.choices import LOGIT_LOSSES, ActivationName, BackendName, InitializerName, OptimizerName
from engine.spec.spec import Spec
from engine.training.trainer import Trainer
from tests.engine.run_preset import flat, shown, spec_of


def settings() -> Iterator[dict[str, Any]]:
    yield from ({"activation": name} for name in get_args(ActivationName))
    yield from ({"loss": name} for name in ("mse", "mae", "huber", "bce", "cross_entropy"))
    yield from ({"optimizer": name} for name in get_args(OptimizerName) if name != "perceptron")
    yield from ({"initializer": name} for name in get_args(InitializerName))
    yield from ({"schedule": name} for name in ("step", "exponential", "cosine"))
    yield from ({"clip": name} for name in ("norm", "value"))
    yield from ({"batch_size": size} for size in (1, 250, None))
    yield from ({"l1": 0.01}, {"l2": 0.01}, {"weight_decay": 0.1}, {"biases": False}, {"reduction": "sum"})


@pytest.mark.parametrize(
    "changes", list(settings()), ids=lambda changes: "-".join(f"{k}={v}" for k, v in changes.items())
)
def test_e1_the_hand_written_engine_trains_every_setting(changes: dict[str, Any]) -> None:
    trainer = Trainer(spec_of("e1_by_hand").changed(**changes), backend="by_hand")
    start, before = trainer.evaluate()["train_loss"], flat(trainer.parameters())
    trainer.advance(60)
    after = trainer.evaluate()["train_loss"]
    assert np.abs(flat(trainer.parameters()) - before).max() > 1e-4
    assert trainer.diverged is None
    if changes.get("initializer") not in ("zeros", "constant"):
        assert after < start


def test_d6_the_widening_network_is_the_same_in_all_engines() -> None:
    engines = [Trainer(spec_of("d6_widening"), backend=name) for name in get_args(BackendName)]
    assert len(engines) == 3
    start = flat(engines[0].parameters())
    for engine in engines:
        assert engine.network.sizes == (10, 64, 256, 784)
        engine.advance(4)
    first, *others = (flat(engine.parameters()) for engine in engines)
    for other in others:
        np.testing.assert_allclose(other, first, atol=1e-5)
    assert np.abs(first - start).max() > 3e-3


def test_e2_stops_by_its_rule_at_the_sources_figures() -> None:
    trainer = Trainer(spec_of("e2_planar"), backend="by_hand")
    assert trainer.network.sizes == (2, 5, 3, 1)
    losses: list[float] = []
    while trainer.stopped is None:
        trainer.advance_to_epoch_end()
        losses.append(trainer.state()["epoch_loss"])
    changes = np.abs(np.diff(losses))
    assert np.all(changes[:-1] >= 1e-5)
    assert (changes[-1] < 1e-5) == (trainer.stopped == "change")
    assert trainer.epoch <= 200
    scores = trainer.evaluate()["test"]
    for score, source in ((scores["accuracy"], 0.943), (scores["precision"], 0.940), (scores["recall"], 0.940)):
        assert score == pytest.approx(source, abs=0.01)
    assert trainer.evaluate()["test_loss"] == pytest.approx(0.288, abs=0.08)


def curve(spec: Spec, backend: BackendName, epochs: int = 150) -> list[float]:
    trainer, losses = Trainer(spec, backend=backend), []
    for _ in range(epochs):
        trainer.advance_to_epoch_end()
        losses.append(trainer.state()["epoch_loss"])
    return losses


def test_e3_by_hand_and_torch_give_the_same_curve_number_by_number() -> None:
    spec = spec_of("e2_planar").changed(stop_change=None)
    ours = curve(spec, "by_hand")
    np.testing.assert_allclose(ours, curve(spec, "autograd"), rtol=1e-5)
    bites = curve(spec.changed(weight_decay=0.0), "by_hand")
    assert max(abs(a / b - 1) for a, b in zip(ours, bites, strict=True)) > 3e-5


class FaultyAdamW(Adam):
    """Subtracts rate·gradient where rate·decay·w belongs: every step is Adam's plus SGD's."""

    def step(self, param: Array, grad: Array, state: OptState, rate: float, t: int) -> tuple[Array, OptState]:
        return super().step(param - rate * grad, grad, state, rate, t)


def by_rule(spec: Spec, rule: Rule, steps: int) -> tuple[Trainer, State]:
    trainer = Trainer(spec, backend="by_hand")
    backend = ByHand(spec, trainer.network, trainer.train_inputs, trainer.train_targets)
    start = flat(trainer.parameters())
    backend.load(State.start(trainer.network, start, rule.start(start)))
    backend.optimizer = rule
    backend.advance(steps)
    return trainer, backend.state()


def test_e4_the_faulty_adamw_seems_faster_and_is_told_apart() -> None:
    spec = spec_of("e4_mystery").changed(batch_size=None)
    right = make_optimizer(spec, Network.of(spec))
    assert isinstance(right, AdamW)
    faulty = FaultyAdamW(right.beta1, right.beta2, right.epsilon)
    trainer = Trainer(spec, backend="by_hand")
    tensor = torch.nn.Parameter(torch.from_numpy(flat(trainer.parameters())))
    tensor.grad = torch.from_numpy(flat(trainer.gradients()))
    torch.optim.AdamW([tensor], lr=spec.learning_rate, weight_decay=spec.decay).step()
    after_torch = tensor.detach().numpy()

    tolerance = 1e-6
    assert np.abs(by_rule(spec, right, 1)[1].parameters - after_torch).max() < tolerance
    without_decay = spec.changed(weight_decay=0.0)
    assert np.abs(by_rule(without_decay, faulty, 1)[1].parameters - after_torch).max() > 3 * tolerance

    quick, slow = by_rule(without_decay, faulty, 300)[1], by_rule(spec, right, 300)[1]
    assert quick.loss_sum + (quick.epoch_loss or 0) < slow.loss_sum + (slow.epoch_loss or 0)


def test_e5_points_of_ones_own_are_learned() -> None:
    trainer = shown("e5_own_points")
    assert trainer.evaluate()["train_accuracy"] == 1
    places = {(x1, x2) for x1, x2, _ in trainer.spec.own_points}
    assert len(places) == len(trainer.train_points) + len(trainer.test_points) == 84
    heart = trainer.predict([(0, 0), (5.5, 5.5)])[:, 0]
    assert heart[0] > 0 > heart[1]
    assert trainer.spec.loss in LOGIT_LOSSES
