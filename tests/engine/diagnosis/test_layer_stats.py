"""Layer statistics by other arithmetic: plain sums over the tensors, and neurons worked out by hand."""

from typing import Any

import numpy as np
import pytest

from engine import Layer, Spec, Trainer
from engine.diagnosis.diagnosis import diagnose
from engine.diagnosis.layer_stats import HISTOGRAM_POWERS, SAMPLES_MEASURED, LayerStats


def stats_of(trainer: Trainer) -> list[LayerStats]:
    return diagnose(trainer, []).layers


@pytest.mark.parametrize(
    "fields", [{}, {"activation": "relu"}, {"hidden": (6, Layer(width=6, residual=True))}], ids=str
)
def test_gradients_and_updates(fields: dict[str, Any]) -> None:
    trainer = Trainer(Spec().changed(**fields), backend="by_hand")
    before = trainer.parameters()
    trainer.advance(1)
    after, gradients = trainer.parameters(), trainer.gradients()
    for layer, one in enumerate(stats_of(trainer)):
        name = f"layers.{layer}.weight"
        sizes = [abs(float(g)) for g in gradients[name].ravel()]
        assert one.norm == pytest.approx(sum(g * g for g in sizes) ** 0.5)
        assert one.mean == pytest.approx(sum(sizes) / len(sizes))
        assert one.largest == pytest.approx(max(sizes))
        assert one.zeros == sizes.count(0) / len(sizes)
        moved, weight = (after[name] - before[name]).ravel(), after[name].ravel()
        assert one.update_ratio == pytest.approx((sum(moved**2) / sum(weight**2)) ** 0.5, rel=1e-5)
        assert sum(one.histogram) == len(sizes)
        for power, count in zip(HISTOGRAM_POWERS, one.histogram[1:], strict=True):
            assert count == sum(10.0**power <= g < 10.0 ** (power + 1) or (power == 2 and g >= 100) for g in sizes)


def test_nothing_has_moved_before_the_first_step() -> None:
    assert [one.update_ratio for one in stats_of(Trainer(Spec(), backend="by_hand"))] == [0, 0, 0]


def one_neuron(activation: str, weight: float, **fields: Any) -> LayerStats:
    """A hidden neuron that sees weight·x1 of four points with x1 = −3, −1, 1, 3."""
    points = tuple((x, 0.0, x) for x in (-3.0, -1.0, 1.0, 3.0))
    layers = (Layer(width=1, activation=activation, **fields),)
    trainer = Trainer(Spec(dataset="own_values", own_points=points, features=("x1",), hidden=layers), backend="by_hand")
    tensors = trainer.parameters()
    tensors["layers.0.weight"] = np.array([[weight]], dtype=np.float32)
    tensors["layers.0.bias"] = np.zeros(1, dtype=np.float32)
    trainer.load_parameters(tensors)
    return stats_of(trainer)[0]


@pytest.mark.parametrize(
    ("activation", "weight", "saturated"),
    [
        ("tanh", 0.5, 0),
        ("tanh", 1.0, 0.5),
        ("tanh", 9.0, 1),
        ("sigmoid", 2.0, 0.5),
        ("elu", 2.0, 0.25),
        ("relu", 9.0, None),
    ],
)
def test_saturation(activation: str, weight: float, saturated: float | None) -> None:
    """tanh 1 = 0.76, tanh 3 = 0.995; σ(2) = 0.88, σ(6) = 0.998; e⁻² = 0.14, e⁻⁶ = 0.002"""
    assert one_neuron(activation, weight).saturated == saturated


def test_a_residual_link_does_not_hide_saturation() -> None:
    assert one_neuron("tanh", 9.0, residual=True).saturated == 1


def test_spread() -> None:
    assert one_neuron("linear", 2.0).spread == pytest.approx(2 * 5**0.5)


def test_dead_neurons() -> None:
    trainer = Trainer(Spec(activation="relu", hidden=(3,)), backend="by_hand")
    tensors = trainer.parameters()
    tensors["layers.0.bias"] = np.array([0, -100, 1], dtype=np.float32)
    trainer.load_parameters(tensors)
    layers = stats_of(trainer)
    assert layers[0].dead == (1,)
    assert layers[0].zeros == pytest.approx(1 / 3)
    assert layers[0].dead_share == pytest.approx(1 / 3)
    assert (layers[1].dead, layers[1].dead_share) == (None, None)


def test_a_neuron_that_fires_for_a_single_sample_is_not_dead_whichever_are_looked_at() -> None:
    points = tuple((x / 500, 0.0, 1.0) for x in range(-1000, 1000))
    spec = Spec(dataset="own_values", own_points=points, features=("x1",), activation="relu", hidden=(2,))
    trainer = Trainer(spec, backend="by_hand")
    inputs = trainer.train_inputs[:, 0]
    least, second = np.argsort(inputs)[:2]
    assert len(inputs) > SAMPLES_MEASURED
    assert least not in np.linspace(0, len(inputs) - 1, SAMPLES_MEASURED).astype(int)
    tensors = trainer.parameters()
    tensors["layers.0.weight"] = np.array([[-1.0], [-1.0]], dtype=np.float32)
    tensors["layers.0.bias"] = np.array([(inputs[least] + inputs[second]) / 2, -100], dtype=np.float32)
    trainer.load_parameters(tensors)
    assert stats_of(trainer)[0].dead == (1,)
