import numpy as np

from engine.choices import FEATURES
from engine.features import inputs_of


def test_columns_in_the_order_asked_for() -> None:
    points = np.array([[1, 2], [-3, 0.5]], dtype=np.float32)
    inputs = inputs_of(FEATURES, points)
    assert inputs.dtype == np.float32
    true = [[1, 2, 1, 4, 2, np.sin(1), np.sin(2)], [-3, 0.5, 9, 0.25, -1.5, np.sin(-3), np.sin(0.5)]]
    np.testing.assert_allclose(inputs, true, rtol=1e-6)
    np.testing.assert_array_equal(inputs_of(("x2", "x1_x2"), points), [[2, 2], [0.5, -1.5]])
