"""Measures: the number that a study tells of a run that has ended."""

from typing import Literal, get_args

import numpy as np

from engine.training.trainer import Trainer

MeasureName = Literal["train_loss", "test_loss", "train_accuracy", "test_accuracy", "steps_to", "largest_gradient"]
"""`steps_to`: steps until the mean training loss of an epoch is no more than a target, as the stop rule has it.
`largest_gradient`: the largest length of the gradient of the training loss, at the start and after each epoch."""

MEASURES: tuple[MeasureName, ...] = get_args(MeasureName)

HIGHER_IS_BETTER: frozenset[MeasureName] = frozenset({"train_accuracy", "test_accuracy"})


def gradient_length(trainer: Trainer) -> float:
    """‖∂L/∂θ‖ of the training loss at these parameters."""
    total = sum(float(np.sum(np.square(part, dtype=np.float64))) for part in trainer.gradients().values())
    return float(np.sqrt(total))


def measured(trainer: Trainer, largest_gradient: float) -> dict[MeasureName, float]:
    """All of a run that stands at its end; NaN where there is none, such as an accuracy of values."""
    now = trainer.evaluate()
    reached = trainer.stopped == "loss"
    return {
        "train_loss": now["train_loss"],
        "test_loss": now["test_loss"],
        "train_accuracy": _or_nan(now["train_accuracy"]),
        "test_accuracy": _or_nan(now["test_accuracy"]),
        "steps_to": float(trainer.step) if reached else np.nan,
        "largest_gradient": largest_gradient,
    }


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value
