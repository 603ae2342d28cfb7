"""Every slope and curvature against central finite differences in float64, and every value where float32 would
overflow."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.nn.activations import Floats, activation_table
from engine.nn.losses import loss_table, make_loss, penalty, penalty_slope
from engine.spec.choices import ActivationName, LossName, ReductionName

STEP = 1e-6
ACTIVATIONS = activation_table(leaky_slope=0.2, elu_alpha=0.7)
LOSSES = loss_table(huber_delta=0.5)
numbers = st.floats(-8, 8, allow_subnormal=False)
vectors = arrays(np.float64, 12, elements=numbers)
tables = arrays(np.float64, (6, 3), elements=numbers)


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(z=vectors)
def test_activation_slopes(name: ActivationName, z: Floats) -> None:
    z = z[np.abs(z) > 2 * STEP]  # some have no slope at their kink
    activation = ACTIVATIONS[name]
    found = activation.slope(z, activation.value(z))
    difference = (activation.value(z + STEP) - activation.value(z - STEP)) / (2 * STEP)
    np.testing.assert_allclose(found, difference, atol=1e-8)

    def slope(z: Floats) -> Floats:
        return activation.slope(z, activation.value(z))

    bent = activation.curvature(z, activation.value(z))
    np.testing.assert_allclose(bent, (slope(z + STEP) - slope(z - STEP)) / (2 * STEP), atol=1e-8)


@pytest.mark.parametrize(("name", "slope"), [("step", 0), ("relu", 0), ("leaky_relu", 0.2), ("elu", 0.7)])
def test_slope_at_a_kink_is_that_of_the_left_side(name: ActivationName, slope: float) -> None:
    zero = np.zeros(1)
    assert ACTIVATIONS[name].slope(zero, ACTIVATIONS[name].value(zero)) == slope


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations_neither_overflow_nor_change_type(name: ActivationName, dtype: type[np.floating]) -> None:
    z = np.array([-1e30, -1e4, -100, -1, 0, 1, 100, 1e4, 1e30], dtype=dtype)
    with np.errstate(over="raise", invalid="raise"):
        a = ACTIVATIONS[name].value(z)
        slope = ACTIVATIONS[name].slope(z, a)
        curvature = ACTIVATIONS[name].curvature(z, a)
    assert a.dtype == slope.dtype == curvature.dtype == dtype
    assert np.isfinite(a).all()
    assert np.isfinite(slope).all()
    assert np.isfinite(curvature).all()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("linear", [-2, 0, 3]),
        ("step", [0, 0, 1]),
        ("sigmoid", [0.1192029220, 0.5, 0.9525741268]),
        ("tanh", [-0.9640275801, 0, 0.9950547537]),
        ("relu", [0, 0, 3]),
        ("leaky_relu", [-0.4, 0, 3]),
        ("elu", [0.7 * (math.exp(-2) - 1), 0, 3]),
        ("softplus", [0.1269280110, math.log(2), 3.0485873516]),
        ("silu", [-0.2384058440, 0, 2.8577223804]),
        ("gelu", [-0.0455002639, 0, 2.9959503061]),
    ],
)
def test_known_values(name: ActivationName, expected: list[float]) -> None:
    np.testing.assert_allclose(ACTIVATIONS[name].value(np.array([-2.0, 0.0, 3.0])), expected, rtol=1e-9)


def test_the_small_values_of_gelu_are_exact() -> None:
    """At −10 the distribution function is 7.6e-24, where 1 + erf would be 0."""
    assert ACTIVATIONS["gelu"].value(np.array([-10.0]))[0] == pytest.approx(-10 * 7.61985302416e-24, rel=1e-11, abs=0)


def targets_for(name: LossName, drawn: Floats) -> Floats:
    if name == "bce":
        return (drawn > 0).astype(np.float64)
    if name == "cross_entropy":
        return np.asarray(np.eye(3)[drawn.argmax(axis=1)])
    return drawn


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", LOSSES)
@settings(max_examples=30)
@given(outputs=tables, drawn=tables)
def test_loss_slopes(name: LossName, reduction: ReductionName, outputs: Floats, drawn: Floats) -> None:
    loss = make_loss(name, reduction, huber_delta=0.5)
    targets = targets_for(name, drawn)
    outputs = np.where(np.abs(outputs - targets) > 2 * STEP, outputs, outputs + 0.1)  # mae has no slope at its kink
    found = loss.slope(outputs, targets)
    for place in np.ndindex(outputs.shape):
        nudge = np.zeros_like(outputs)
        nudge[place] = STEP
        difference = (loss.value(outputs + nudge, targets) - loss.value(outputs - nudge, targets)) / (2 * STEP)
        assert found[place] == pytest.approx(difference, abs=1e-6)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", LOSSES)
@settings(max_examples=30)
@given(outputs=tables, drawn=tables, moves=tables)
def test_how_loss_slopes_change(
    name: LossName, reduction: ReductionName, outputs: Floats, drawn: Floats, moves: Floats
) -> None:
    loss = make_loss(name, reduction, huber_delta=0.5)
    targets = targets_for(name, drawn)
    kinks = np.abs(np.abs(outputs - targets) - (0.5 if name == "huber" else 0))
    outputs = np.where(kinks > 20 * STEP, outputs, outputs + 0.1)
    ahead, behind = (loss.slope(outputs + step * moves, targets) for step in (STEP, -STEP))
    np.testing.assert_allclose(loss.bend(outputs, targets, moves), (ahead - behind) / (2 * STEP), atol=1e-6)


def test_loss_values() -> None:
    """A mean over samples and outputs, but of cross_entropy over samples alone; or a plain sum."""
    outputs, zeros = np.array([[1.0, -2.0], [3.0, 4.0]]), np.zeros((2, 2))
    assert make_loss("mse").value(outputs, zeros) == pytest.approx(30 / 4)
    assert make_loss("mse", "sum").value(outputs, zeros) == pytest.approx(30)
    assert make_loss("mae").value(outputs, zeros) == pytest.approx(10 / 4)
    assert make_loss("huber", "sum", huber_delta=2).value(outputs, zeros) == pytest.approx(0.5 + 2 + 4 + 6)
    probability = 1 / (1 + np.exp(-1.5))
    assert make_loss("bce").value(np.array([[1.5]]), np.array([[1.0]])) == pytest.approx(-np.log(probability))
    assert make_loss("bce").value(np.array([[1.5]]), np.array([[0.0]])) == pytest.approx(-np.log(1 - probability))
    right = -np.log(np.exp([1, 4]) / np.exp(outputs).sum(axis=1))
    assert make_loss("cross_entropy").value(outputs, np.eye(2)) == pytest.approx(right.mean())
    assert make_loss("cross_entropy", "sum").value(outputs, np.eye(2)) == pytest.approx(right.sum())


def test_mae_has_no_slope_where_it_is_right() -> None:
    assert make_loss("mae").slope(np.ones((1, 1)), np.ones((1, 1))) == 0


@pytest.mark.parametrize("name", ["bce", "cross_entropy"])
def test_losses_of_large_logits_are_finite_and_exact(name: LossName) -> None:
    z, outputs = np.array([[1e4], [-1e4]], dtype=np.float32), 2 if name == "cross_entropy" else 1
    z = np.concatenate([z, np.zeros_like(z)], axis=1)[:, :outputs]
    right = np.array([[1, 0], [0, 1]], dtype=np.float32)[:, :outputs]
    loss = make_loss(name)
    with np.errstate(over="raise", invalid="raise"):
        assert loss.value(z, right) == 0
        assert loss.value(z, 1 - right) == pytest.approx(1e4)
        slope = loss.slope(z, 1 - right)
    assert slope.dtype == np.float32
    np.testing.assert_array_equal(slope[:, 0], [0.5, -0.5])


@given(weights=vectors, l1=st.floats(0, 10), l2=st.floats(0, 10))
def test_penalty_slope(weights: Floats, l1: float, l2: float) -> None:
    weights = weights[np.abs(weights) > 2 * STEP]
    found = penalty_slope(weights, l1, l2)
    for i in range(len(weights)):
        nudge = STEP * (np.arange(len(weights)) == i)
        difference = (penalty(weights + nudge, l1, l2) - penalty(weights - nudge, l1, l2)) / (2 * STEP)
        assert found[i] == pytest.approx(difference, abs=1e-5)


def test_penalty_values() -> None:
    weights = np.array([-2.0, 0.0, 1.0])
    assert penalty(weights, l1=0.1, l2=0) == pytest.approx(0.3)
    assert penalty(weights, l1=0, l2=0.1) == pytest.approx(0.25)
    np.testing.assert_allclose(penalty_slope(weights, 0.1, 0.2), [-0.5, 0, 0.3])
