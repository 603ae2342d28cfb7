"""Predictions: outputs decoded into values or scores of classes, against torch, for any number."""

from typing import Any

import numpy as np
import pytest
import torch

from engine import Spec
from engine.evaluation.predictions import predictions_of

OUTPUTS = np.array([[2.5, -1, 0.25], [-80, 90, 3], [0, 0, 0]], dtype=np.float32)


def spec(**fields: Any) -> Spec:
    return Spec.model_validate({"dataset": "blobs", "classes": 3, **fields})


def test_cross_entropy_gives_the_softmax() -> None:
    wanted = torch.softmax(torch.from_numpy(OUTPUTS), dim=1).numpy()
    np.testing.assert_allclose(predictions_of(spec(loss="cross_entropy"), OUTPUTS), wanted, atol=1e-6)


def test_bce_gives_the_sigmoid_of_each_logit() -> None:
    wanted = torch.sigmoid(torch.from_numpy(OUTPUTS)).numpy()
    np.testing.assert_allclose(predictions_of(spec(loss="bce"), OUTPUTS), wanted, atol=1e-6)


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
@pytest.mark.parametrize(("last", "low"), [("tanh", -1.0), ("sigmoid", 0.0), ("linear", 0.0)])
def test_other_losses_scale_from_target_to_target(loss: str, last: str, low: float) -> None:
    predictions = predictions_of(
        spec(loss=loss, output_activation=last), np.array([[low, 1, (1 + low) / 2]], np.float32)
    )
    np.testing.assert_allclose(predictions, [[0, 1, 0.5]])


def test_one_output_is_the_score_of_class_1() -> None:
    for fields in ({"loss": "bce"}, {"loss": "mse"}):
        predictions = predictions_of(Spec.model_validate(fields), np.array([[0.0], [1.0], [-1.0]], np.float32))
        assert predictions.shape == (3, 2)
        np.testing.assert_allclose(predictions.sum(axis=1), 1)
        np.testing.assert_allclose(predictions[0], 0.5)
        assert predictions[1, 1] > 0.7 > 0.3 > predictions[2, 1]


def test_values_are_in_the_unit_of_the_data() -> None:
    np.testing.assert_allclose(
        predictions_of(Spec(dataset="arithmetic"), np.array([[0.5, -2]], np.float32)), [[5, -20]]
    )


@pytest.mark.parametrize("loss", ["cross_entropy", "bce", "mse"])
def test_what_is_no_number_gives_numbers_all_the_same(loss: str) -> None:
    wild = np.array([[np.nan, np.inf, -np.inf], [3e38, -3e38, 0]], np.float32)
    predictions = predictions_of(spec(loss=loss), wild)
    assert np.isfinite(predictions).all()
    assert predictions.min() >= 0
    assert predictions.max() <= 1
