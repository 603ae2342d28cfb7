"""Inputs computed from points: the order of their columns, their units, the grid of the plane."""

import numpy as np
import pytest

from engine import Spec
from engine.data.datasets import samples_of
from engine.data.features import inputs_of
from engine.spec.choices import FEATURES, DatasetName, FeatureName
from engine.training.snapshot import grid_inputs

POINTS = np.array([[1, 2], [-3, 0.5]], dtype=np.float32)


def test_columns_in_the_order_of_the_spec() -> None:
    inputs = inputs_of(Spec(features=FEATURES), POINTS)
    assert inputs.dtype == np.float32
    true = [[1, 2, 1, 4, 2, np.sin(1), np.sin(2)], [-3, 0.5, 9, 0.25, -1.5, np.sin(-3), np.sin(0.5)]]
    np.testing.assert_allclose(inputs, true, rtol=1e-6)
    np.testing.assert_array_equal(inputs_of(Spec(features=("x2", "x1_x2")), POINTS), [[2, 2], [0.5, -1.5]])


@pytest.mark.parametrize("name", FEATURES)
def test_points_are_divided_by_the_unit_of_their_data_set(name: FeatureName) -> None:
    large = inputs_of(Spec(dataset="arithmetic", features=(name,)), 10 * POINTS)
    np.testing.assert_allclose(large, inputs_of(Spec(features=(name,)), POINTS), rtol=1e-5)


def test_rows_that_are_not_of_the_plane_enter_as_they_are() -> None:
    rows = np.ones((3, 64), dtype=np.float32)
    np.testing.assert_array_equal(inputs_of(Spec(dataset="digits"), rows), rows)


def test_the_grid_covers_what_is_drawn() -> None:
    """From the top left, row by row, at the centres of the cells."""
    np.testing.assert_allclose(grid_inputs(Spec(), 2), [[-3, 3], [3, 3], [-3, -3], [3, -3]])
    np.testing.assert_allclose(grid_inputs(Spec(dataset="and_gate"), 2), [[0, 1], [1, 1], [0, 0], [1, 0]])
    np.testing.assert_allclose(grid_inputs(Spec(dataset="arithmetic"), 1), [[0, 0]])
    np.testing.assert_allclose(grid_inputs(Spec(dataset="arithmetic"), 2)[0], [-0.5, 0.5])


@pytest.mark.parametrize("dataset", ["digits", "mnist"])
def test_normalised_pixels_have_the_mean_0_and_the_deviation_1(dataset: DatasetName) -> None:
    """As the whole data set does; of MNIST the two numbers are those that everybody uses."""
    plain = Spec(dataset=dataset, hidden=(4,), loss="cross_entropy")
    kind = plain.kind
    rows = np.array([[0, kind.pixel_mean, 1]], dtype=np.float32)
    np.testing.assert_array_equal(inputs_of(plain, rows), rows)
    wanted = [[-kind.pixel_mean / kind.pixel_deviation, 0, (1 - kind.pixel_mean) / kind.pixel_deviation]]
    np.testing.assert_allclose(inputs_of(plain.changed(normalize=True), rows), wanted, rtol=1e-6, atol=1e-7)
    if dataset == "mnist":
        assert (kind.pixel_mean, kind.pixel_deviation) == (0.1307, 0.3081)
    else:
        every = inputs_of(plain.changed(normalize=True), samples_of(plain)[0])
        np.testing.assert_allclose([every.mean(), every.std()], [0, 1], atol=2e-4)
