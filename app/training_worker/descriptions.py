"""States: what the page is told of a run beside its pictures: the state message, predictions, and how a run ended."""

from dataclasses import asdict
from typing import Any

from app.wire.messages import NoticeCode
from app.wire.numbers import numbers
from engine.fault import Value
from engine.nn.network import Array
from engine.nn.optimizers import rule_of
from engine.spec.spec import Spec
from engine.training.stopping import StopReason
from engine.training.trainer import Trainer

STOPPED: dict[StopReason, tuple[NoticeCode, str]] = {
    "steps": ("stopped_steps", "stop_steps"),
    "epochs": ("stopped_epochs", "stop_epochs"),
    "loss": ("stopped_loss", "stop_loss"),
    "change": ("stopped_change", "stop_change"),
    "patience": ("stopped_patience", "stop_patience"),
    "no_errors": ("stopped_no_errors", "optimizer"),
}
"""How each stop rule is told, and the field of the Spec to change in order to go on."""


def of_experiment(trainer: Trainer) -> dict[str, Any]:
    """What the page must know of an experiment to draw it and to say what its outputs mean."""
    spec, network = trainer.spec, trainer.network
    return {
        "spec": spec.model_dump(mode="json"),
        "kind": asdict(spec.kind),
        "classes": spec.class_count,
        "outputs": spec.outputs,
        "last_activation": spec.last_activation,
        "threshold": spec.threshold,
        "sizes": list(network.sizes),
        "tensors": [[name, list(shape)] for name, shape in network.shapes.items()],
        "rule": {name: rule_of(network, name) for name in network.names} if spec.optimizer == "muon" else None,
        "inseparable": is_endless(trainer),
        "batches_per_epoch": trainer.batches_per_epoch,
        "training_samples": len(trainer.train_inputs),
        "parameters_count": network.count,
        "stopped": trainer.stopped,
        "planted": trainer.bug,
    }


def is_endless(trainer: Trainer) -> bool:
    """Whether this is a perceptron that will never be done. `slices.prepare` has worked it out."""
    return trainer.spec.optimizer == "perceptron" and trainer.inseparable


def ending(reason: StopReason, spec: Spec, step: int) -> tuple[NoticeCode, dict[str, Value]]:
    """The notice of a run that a rule has ended."""
    code, field = STOPPED[reason]
    return code, {"step": step} if reason == "no_errors" else {"step": step, "limit": getattr(spec, field)}


def columns(trainer: Trainer) -> int:
    """How many numbers a row for `predict` has."""
    return 2 if trainer.spec.kind.plane else trainer.spec.inputs


def prediction(question: int, step: int, outputs: Array, answers: Array) -> dict[str, Any]:
    return {
        "type": "prediction",
        "id": question,
        "step": step,
        "outputs": [numbers(row) for row in outputs.tolist()],
        "answers": [numbers(row) for row in answers.tolist()],
    }
