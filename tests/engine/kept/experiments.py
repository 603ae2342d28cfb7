"""Kept experiments for tests."""

from typing import Any

from engine import Spec, Trainer
from engine.kept.experiment import KeptExperiment
from engine.spec.choices import BackendName
from engine.training.epoch_log import row_of
from engine.training.snapshot import CurveEntry

EVENTFUL = Spec.model_validate(
    {
        "dataset": "spiral",
        "hidden": [{"width": 6, "batch_norm": True}, {"width": 6, "dropout": 0.2, "residual": True}],
        "optimizer": "adam",
        "learning_rate": 0.01,
        "samples": 100,
        "seed": 3,
    }
)
"""With a memory, running statistics and random masks."""


def experiment(spec: Spec = EVENTFUL, steps: int = 73, backend: BackendName = "by_hand", **more: Any) -> KeptExperiment:
    """Trained for so many steps, with a curve and a log."""
    trainer = Trainer(spec, backend)
    start, curve, log = trainer.checkpoint().state.parameters, [], []
    while trainer.step < steps:
        readings = trainer.readings(1)
        curve.append(CurveEntry(readings.step, readings.train_loss, readings.test_loss, readings.gradient_norms))
        if trainer.between_epochs:
            log.append(row_of(spec, readings, len(trainer.train_inputs)))
    given = {"name": "One", "note": "", "changed": False, "steps_per_second": 50.0, "curve_width": 1, **more}
    return KeptExperiment(here=trainer.checkpoint(), start=start, curve=tuple(curve), log=tuple(log), **given)
