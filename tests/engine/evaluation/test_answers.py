"""Answers: outputs as a person means them, against torch, whatever the numbers."""

from typing import Any

import numpy as np
import pytest
import torch

from engine import Spec
from engine.evaluation.answers import answers_of

OUTPUTS = np.array([[2.5, -1, 0.25], [-80, 90, 3], [0, 0, 0]], dtype=np.float32)


def spec(**fields: Any) -> Spec:
    return Spec.model_validate({"dataset": "blobs", "classes": 3, **fields})


def test_cross_entropy_answers_softmax() -> None:
    wanted = torch.softmax(torch.from_numpy(OUTPUTS), dim=1).numpy()
    np.testing.assert_allclose(answers_of(spec(loss="cross_entropy"), OUTPUTS), wanted, atol=1e-6)


def test_bce_answers_the_sigmoid_of_each_logit() -> None:
    wanted = torch.sigmoid(torch.from_numpy(OUTPUTS)).numpy()
    np.testing.assert_allclose(answers_of(spec(loss="bce"), OUTPUTS), wanted, atol=1e-6)


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
@pytest.mark.parametrize(("last", "low"), [("tanh", -1.0), ("sigmoid", 0.0), ("linear", 0.0)])
def test_other_losses_answer_the_way_from_target_to_target(loss: str, last: str, low: float) -> None:
    answers = answers_of(spec(loss=loss, output_activation=last), np.array([[low, 1, (1 + low) / 2]], np.float32))
    np.testing.assert_allclose(answers, [[0, 1, 0.5]])


def test_one_output_speaks_for_class_1_and_against_class_0() -> None:
    for fields in ({"loss": "bce"}, {"loss": "mse"}):
        answers = answers_of(Spec.model_validate(fields), np.array([[0.0], [1.0], [-1.0]], np.float32))
        assert answers.shape == (3, 2)
        np.testing.assert_allclose(answers.sum(axis=1), 1)
        np.testing.assert_allclose(answers[0], 0.5)
        assert answers[1, 1] > 0.7 > 0.3 > answers[2, 1]


def test_values_are_in_the_unit_of_the_data() -> None:
    np.testing.assert_allclose(answers_of(Spec(dataset="arithmetic"), np.array([[0.5, -2]], np.float32)), [[5, -20]])


@pytest.mark.parametrize("loss", ["cross_entropy", "bce", "mse"])
def test_what_is_no_number_gives_numbers_all_the_same(loss: str) -> None:
    wild = np.array([[np.nan, np.inf, -np.inf], [3e38, -3e38, 0]], np.float32)
    answers = answers_of(spec(loss=loss), wild)
    assert np.isfinite(answers).all()
    assert answers.min() >= 0
    assert answers.max() <= 1
