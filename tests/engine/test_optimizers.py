"""The rules by hand-worked numbers; twenty steps of each against torch stand in test_parity."""

import numpy as np
import pytest

from engine import Spec
from engine.choices import OptimizerName
from engine.optimizers import OPTIMIZERS, make_optimizer

W = np.array([1.0, -2.0], dtype=np.float32)
G = np.array([0.5, 4.0], dtype=np.float32)


def test_sgd() -> None:
    rule = make_optimizer(Spec(optimizer="sgd", learning_rate=0.1))
    assert rule.start(W) == {}
    param, memory = rule.step(W, G, {}, t=1)
    np.testing.assert_allclose(param, [0.95, -2.4])
    assert memory == {}


def test_momentum() -> None:
    rule = make_optimizer(Spec(optimizer="momentum", learning_rate=0.1, momentum=0.5))
    param, memory = rule.step(W, G, rule.start(W), t=1)
    param, memory = rule.step(param, G, memory, t=2)
    np.testing.assert_allclose(memory["velocity"], 1.5 * G)
    np.testing.assert_allclose(param, W - 0.1 * (1 + 1.5) * G, rtol=1e-6)


def test_first_step_of_adam_is_the_learning_rate() -> None:
    """m̂/√v̂ is the sign of the gradient at t = 1, whatever its size: both corrections undo the start from zero."""
    rule = make_optimizer(Spec(optimizer="adam", learning_rate=0.1))
    param, memory = rule.step(W, G, rule.start(W), t=1)
    np.testing.assert_allclose(param, W - 0.1 * np.sign(G), rtol=1e-6)
    np.testing.assert_allclose(memory["m"], 0.1 * G, rtol=1e-6)
    np.testing.assert_allclose(memory["v"], 0.001 * G**2, rtol=1e-4)


def test_epsilon_of_adam_stands_outside_the_root() -> None:
    rule = make_optimizer(Spec(optimizer="adam", learning_rate=0.1, epsilon=0.5))
    param, _ = rule.step(W, G, rule.start(W), t=1)
    np.testing.assert_allclose(param, W - 0.1 * G / (np.abs(G) + 0.5), rtol=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_is_pure_and_stays_float32(name: OptimizerName) -> None:
    rule = make_optimizer(Spec(optimizer=name))
    memory = rule.start(W)
    arguments = [W.copy(), G.copy(), {key: values.copy() for key, values in memory.items()}]
    param, after = rule.step(W, G, memory, t=1)
    np.testing.assert_equal([W, G, memory], arguments)
    assert param.dtype == np.float32
    assert set(after) == set(memory)
    assert all(values.dtype == np.float32 and values.shape == W.shape for values in after.values())
