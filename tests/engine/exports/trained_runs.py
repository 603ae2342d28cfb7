"""Runs to export: trained by hand for some steps from the start of a Spec."""

from engine.data.digits import BUNDLED_ONLY, DataSources
from engine.exports.exported_run import ExportedRun
from engine.spec.spec import Spec
from engine.training.trainer import Trainer


def trained_run(spec: Spec, steps: int = 20, sources: DataSources = BUNDLED_ONLY) -> ExportedRun:
    return run_of(Trainer(spec, "by_hand", sources), steps)


def run_of(trainer: Trainer, steps: int) -> ExportedRun:
    """Of a Trainer that stands at its start."""
    start = trainer.checkpoint().state
    trainer.advance(steps)
    now = trainer.checkpoint().state
    samples = len(trainer.train_inputs)
    return ExportedRun(trainer.spec, now.step, start.parameters, now.parameters, now.buffers, samples)
