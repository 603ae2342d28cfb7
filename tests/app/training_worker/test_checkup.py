"""What a comparison is given in its process: the training set made anew, and the step of the backend that trains."""

from typing import Any, get_args

import numpy as np
import pytest

from app.training_worker import checkup
from engine import Spec, Trainer
from engine.data.digits import BUNDLED_ONLY
from engine.spec.choices import BackendName


@pytest.mark.parametrize(
    "fields",
    [
        {"dataset": "spiral", "noise": 20, "features": ["x1", "sin_x2"], "seed": 3},
        {"dataset": "multi_gauss", "loss": "mse"},
        {"dataset": "blobs", "classes": 4, "loss": "cross_entropy"},
        {"dataset": "own", "own_points": [[0, 1, 0], [1, 2, 1], [2, -3, 0]], "loss": "bce"},
        {"dataset": "digits", "loss": "cross_entropy", "samples": 50},
        {"dataset": "random", "loss": "mse"},
    ],
    ids=lambda fields: fields["dataset"],
)
def test_the_training_set_is_the_trainers_own(fields: dict[str, Any]) -> None:
    trainer = Trainer(Spec().changed(**fields), backend="by_hand")
    inputs, targets = checkup.training_set(trainer.spec, BUNDLED_ONLY)
    np.testing.assert_array_equal(inputs, trainer.train_inputs)
    np.testing.assert_array_equal(targets, trainer.train_targets)
    assert (inputs.dtype, targets.dtype) == (trainer.train_inputs.dtype, trainer.train_targets.dtype)


def test_the_step_is_that_of_the_backend_that_trains_and_changes_nothing() -> None:
    trainer = Trainer(Spec(), backend="compiled")
    trainer.advance(7)
    at = trainer.checkpoint()
    step = checkup.step_to_compare(trainer, at)
    assert step is not None
    assert trainer.step == 7
    trainer.advance(1)
    np.testing.assert_array_equal(step.state.parameters, trainer.checkpoint().state.parameters)
    trainer.inject_bug("forgotten_slope")
    assert checkup.step_to_compare(trainer, trainer.checkpoint()) is None, "a bug trains by hand"


@pytest.mark.parametrize("backend", get_args(BackendName))
def test_a_step_that_cannot_be_taken_is_no_failure(backend: BackendName) -> None:
    trainer = Trainer(Spec().changed(dataset="plane", activation="linear"), backend=backend)
    trainer.load_parameters({name: np.full(shape, 3e38) for name, shape in trainer.network.shapes.items()})
    at = trainer.checkpoint()
    step = checkup.step_to_compare(trainer, at)
    assert checkup.compared(at, step, BUNDLED_ONLY)[0] == {"step": 0, "state": "none", "planted": None}
