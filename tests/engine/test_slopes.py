"""Every slope against central finite differences in float64, and every value where float32 would overflow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.activations import ACTIVATIONS
from engine.losses import LOSSES, Floats, penalty, penalty_slope

STEP = 1e-6
numbers = st.floats(-8, 8, allow_subnormal=False)
vectors = arrays(np.float64, 12, elements=numbers)


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(z=vectors)
def test_activation_slopes(name: str, z: Floats) -> None:
    z = z[np.abs(z) > 2 * STEP]  # relu has no slope at its kink
    activation = ACTIVATIONS[name]
    found = activation.slope(z, activation.value(z))
    difference = (activation.value(z + STEP) - activation.value(z - STEP)) / (2 * STEP)
    np.testing.assert_allclose(found, difference, atol=1e-8)


def test_slope_at_the_kink() -> None:
    zero = np.zeros(1)
    assert ACTIVATIONS["relu"].slope(zero, zero) == 0


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations_neither_overflow_nor_change_type(name: str, dtype: type[np.floating]) -> None:
    z = np.array([-1e30, -1e4, -100, -1, 0, 1, 100, 1e4, 1e30], dtype=dtype)
    with np.errstate(over="raise", invalid="raise"):
        a = ACTIVATIONS[name].value(z)
        slope = ACTIVATIONS[name].slope(z, a)
    assert a.dtype == slope.dtype == dtype
    assert np.isfinite(a).all()
    assert np.isfinite(slope).all()


def test_known_values() -> None:
    z = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_allclose(ACTIVATIONS["sigmoid"].value(z), [0.1192029220, 0.5, 0.9525741268], rtol=1e-9)
    np.testing.assert_allclose(ACTIVATIONS["tanh"].value(z), [-0.9640275801, 0, 0.9950547537], rtol=1e-9)
    np.testing.assert_array_equal(ACTIVATIONS["relu"].value(z), [0, 0, 3])
    np.testing.assert_array_equal(ACTIVATIONS["linear"].value(z), z)


@pytest.mark.parametrize("name", LOSSES)
@given(outputs=arrays(np.float64, (6, 2), elements=numbers), targets=arrays(np.float64, (6, 2), elements=numbers))
def test_loss_slopes(name: str, outputs: Floats, targets: Floats) -> None:
    loss = LOSSES[name]
    if name == "bce":
        targets = (targets > 0).astype(np.float64)
    found = loss.slope(outputs, targets)
    for place in np.ndindex(outputs.shape):
        nudge = np.zeros_like(outputs)
        nudge[place] = STEP
        difference = (loss.value(outputs + nudge, targets) - loss.value(outputs - nudge, targets)) / (2 * STEP)
        assert found[place] == pytest.approx(difference, abs=1e-7)


def test_loss_values() -> None:
    """mse is a mean over samples and outputs; bce is −log of the probability given to the right class."""
    outputs = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert LOSSES["mse"].value(outputs, np.zeros((2, 2))) == pytest.approx(30 / 4)
    probability = 1 / (1 + np.exp(-1.5))
    assert LOSSES["bce"].value(np.array([[1.5]]), np.array([[1.0]])) == pytest.approx(-np.log(probability))
    assert LOSSES["bce"].value(np.array([[1.5]]), np.array([[0.0]])) == pytest.approx(-np.log(1 - probability))


def test_bce_of_large_logits_is_finite_and_exact() -> None:
    z = np.array([[1e4], [-1e4]], dtype=np.float32)
    with np.errstate(over="raise", invalid="raise"):
        assert LOSSES["bce"].value(z, np.array([[1], [0]], dtype=np.float32)) == 0
        assert LOSSES["bce"].value(z, np.array([[0], [1]], dtype=np.float32)) == pytest.approx(1e4)
        slope = LOSSES["bce"].slope(z, np.array([[0], [1]], dtype=np.float32))
    np.testing.assert_array_equal(slope, [[0.5], [-0.5]])


def test_labels_become_targets() -> None:
    labels = np.array([1, -1, 1], dtype=np.float32)
    np.testing.assert_array_equal(LOSSES["mse"].targets(labels), [[1], [-1], [1]])
    np.testing.assert_array_equal(LOSSES["bce"].targets(labels), [[1], [0], [1]])
    assert LOSSES["bce"].targets(labels).dtype == np.float32


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
