"""A run as an experiment that is kept: what it is made of, its scores and a small picture."""

from dataclasses import replace
from typing import Any

from app.training_worker.kept_run import GetKept, KeptRun, OpenKept
from app.training_worker.page_data.preset_pictures import drawn
from app.wire.numbers import number
from engine.data.digits import DataSources
from engine.evaluation.metrics import Evaluation
from engine.kept import playground_file
from engine.kept.experiment import KeptExperiment, refuse_misfit
from engine.training.trainer import Trainer

SCORES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


def kept(trainer: Trainer, job: GetKept) -> KeptRun:
    return described(KeptExperiment(here=trainer.checkpoint(), **vars(job)), trainer)


def described(experiment: KeptExperiment, trainer: Trainer) -> KeptRun:
    """trainer: has its weights."""
    return KeptRun(experiment, _scores(trainer.evaluate()), drawn(trainer))


def _scores(found: Evaluation) -> dict[str, float | None]:
    every: dict[str, Any] = dict(found)
    return {name: number(every[name]) for name in SCORES}


def open_kept(trainer: Trainer, job: OpenKept) -> None:
    """The trainer, at the start of the same Spec, stands where the experiment did. Raises Fault."""
    refuse_misfit(job.kept, trainer)
    trainer.restore(job.kept.here)


def read_file(data: bytes, sources: DataSources) -> KeptRun:
    """Of a `.playground` file. Raises Fault."""
    experiment = playground_file.read(data)
    trainer = Trainer(experiment.here.spec, "by_hand", sources)  # whose losses and picture nothing is trained for
    refuse_misfit(experiment, trainer)
    trainer.restore(replace(experiment.here, bug=None, backend="by_hand"))
    return described(experiment, trainer)
