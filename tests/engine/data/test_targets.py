"""What outputs are compared with: every kind of data beside every kind of loss and output."""

import numpy as np
import pytest

from engine import Spec
from engine.data.targets import targets_of

TWO = np.array([1, -1, 1], dtype=np.float32)
MANY = np.array([0, 2, 1], dtype=np.float32)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (Spec(), [[1], [-1], [1]]),
        (Spec(loss="huber"), [[1], [-1], [1]]),
        (Spec(loss="bce"), [[1], [0], [1]]),
        (Spec(output_activation="linear"), [[1], [0], [1]]),
        (Spec(output_activation="sigmoid", loss="mae"), [[1], [0], [1]]),
        (Spec(output_activation="tanh"), [[1], [-1], [1]]),
        (Spec(loss="cross_entropy"), [[0, 1], [1, 0], [0, 1]]),
    ],
)
def test_two_classes(spec: Spec, expected: list[list[float]]) -> None:
    found = targets_of(spec, TWO)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("fields", "low"),
    [({"loss": "cross_entropy"}, 0), ({"loss": "bce"}, 0), ({}, -1), ({"output_activation": "sigmoid"}, 0)],
)
def test_many_classes_have_an_output_each(fields: dict[str, str], low: float) -> None:
    spec = Spec(dataset="blobs", classes=3).changed(**fields)
    one = np.where(np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0]]) == 1, 1, low)
    np.testing.assert_array_equal(targets_of(spec, MANY), one)


def test_values_are_in_units_of_the_data_set() -> None:
    np.testing.assert_array_equal(
        targets_of(Spec(dataset="plane"), np.array([0.5, -2], dtype=np.float32)), [[0.5], [-2]]
    )
    sums = np.array([[8, 2], [-5, 15]], dtype=np.float32)
    np.testing.assert_allclose(targets_of(Spec(dataset="arithmetic"), sums), [[0.8, 0.2], [-0.5, 1.5]], rtol=1e-6)


@pytest.mark.parametrize(
    ("spec", "threshold"),
    [(Spec(), 0), (Spec(loss="bce"), 0), (Spec(loss="cross_entropy"), 0), (Spec(output_activation="linear"), 0.5)],
)
def test_the_threshold_lies_halfway_between_the_targets(spec: Spec, threshold: float) -> None:
    assert spec.threshold == threshold
