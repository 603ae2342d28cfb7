"""What the page is told of a run beside its pictures, as parts of messages: the experiment, its data, predictions."""

from dataclasses import asdict
from itertools import zip_longest
from typing import Any, Literal, get_args

import numpy as np

from app.wire.numbers import number, numbers, points
from engine.data.targets import actual_classes
from engine.evaluation.metrics import Roc, explained, predicted_classes, roc
from engine.evaluation.metrics import scores as metrics
from engine.evaluation.predictions import predictions_of
from engine.nn.network import Array
from engine.nn.optimizers import rule_of
from engine.nn.picture_layout import LARGEST, picture_layout
from engine.spec.spec import UNSPLIT, Spec
from engine.training.snapshot import Snapshot
from engine.training.trainer import Trainer

Metric = Literal["accuracy", "precision", "recall", "f1", "r2", "mae", "rmse"]

PICTURES_OF_EACH = 2
"""Training pictures of each digit that the page shows as examples."""

SAMPLES = 10
"""Of values by values, shown with what the network makes of them."""

METRICS: tuple[Metric, ...] = get_args(Metric)


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
        "low_target": spec.low_target,
        "has_test_set": not spec.kind.whole and spec.wanted_samples >= UNSPLIT,
        "sizes": list(network.sizes),
        "drawn": picture_layout(spec).drawn,
        "tensors": [[name, list(shape)] for name, shape in network.shapes.items()],
        "rule": {name: rule_of(network, name) for name in network.names} if spec.optimizer == "muon" else None,
        "inseparable": never_ends(trainer),
        "batches_per_epoch": trainer.batches_per_epoch,
        "training_samples": len(trainer.train_inputs),
        "parameters_count": network.count,
        "planted": trainer.bug,
        "engine": trainer.backend,
    }


def never_ends(trainer: Trainer) -> bool:
    """Whether this is a perceptron that will never be done. It takes a moment the first time and is then remembered."""
    return trainer.spec.optimizer == "perceptron" and trainer.inseparable


def of_data(trainer: Trainer) -> dict[str, Any]:
    """points: training and test points [x1, x2, t, …], where t is the label ±1, the number of one of many classes, or
    values; none where inputs are not of the plane. pictures: how large, how many and some of them, where inputs are
    pictures. samples: some inputs and targets, where targets are columns of values and inputs are not of the plane."""
    spec = trainer.spec
    plane = spec.kind.plane
    return {
        "points": {
            "train": points(trainer.train_points, trainer.train_labels) if plane else [],
            "test": points(trainer.test_points, trainer.test_labels) if plane else [],
        },
        "pictures": _pictures(trainer) if spec.kind.side else None,
        "samples": _samples(trainer) if spec.is_regression and not plane else None,
    }


def _pictures(trainer: Trainer) -> dict[str, Any]:
    """Some training pictures of each digit, each digit in turn, as bytes: 0 black, 255 white."""
    digits = actual_classes(trainer.train_labels, trainer.spec)
    rows = [np.flatnonzero(digits == digit)[:PICTURES_OF_EACH] for digit in range(trainer.spec.class_count)]
    chosen = [int(row) for turn in zip_longest(*rows) for row in turn if row is not None]
    return {
        "side": trainer.spec.kind.side,
        "count": len(digits),
        "samples": [
            {"label": int(digits[row]), "pixels": np.rint(trainer.train_points[row] * 255).astype(int).tolist()}
            for row in chosen
        ],
    }


def _samples(trainer: Trainer) -> dict[str, list[list[float]]]:
    """The first inputs and targets of the training set, as many as a panel has room for."""
    return {
        "inputs": trainer.train_points[:SAMPLES].astype(float).round(4).tolist(),
        "targets": trainer.train_labels[:SAMPLES].astype(float).round(4).tolist(),
    }


def prediction(question: int, step: int, outputs: Array, predictions: Array, neuron: Array | None) -> dict[str, Any]:
    """outputs, predictions: (rows, …), neuron: (rows,), the values of one"""
    return {
        "type": "prediction",
        "id": question,
        "step": step,
        "outputs": [numbers(row) for row in outputs.tolist()],
        "answers": [numbers(row) for row in predictions.tolist()],
        "neuron": None if neuron is None else numbers(neuron.tolist()),
    }


def scores(trainer: Trainer) -> dict[str, Any]:
    """The metrics of both sets: `scores` by name; `confusion`, rows of true and columns of predicted classes, None for
    values; `roc`, of two classes; `r2` of several values, of all together and of each; and `predicted`, a digit for
    each point of the plane: the class it is taken for."""
    sets = {
        "train": (trainer.train_points, trainer.train_labels),
        "test": (trainer.test_points, trainer.test_labels),
    }
    message: dict[str, Any] = {
        "step": trainer.step,
        "scores": {},
        "confusion": {},
        "roc": {},
        "r2": {},
        "predicted": {},
    }
    several = trainer.spec.is_regression and trainer.spec.outputs > 1
    drawn = trainer.spec.kind.plane and not trainer.spec.is_regression
    with np.errstate(over="ignore", invalid="ignore"):  # after a divergence outputs may overflow float32
        for name, (points, labels) in sets.items():
            outputs = trainer.predict(points)
            found = metrics(outputs, labels, trainer.spec)
            confusion = found["confusion"]
            message["scores"][name] = {score: number(found[score], 17) for score in METRICS}
            message["confusion"][name] = None if confusion is None else confusion.tolist()
            message["roc"][name] = _roc(roc(outputs, labels)) if trainer.spec.class_count == 2 else None
            message["r2"][name] = _explained(outputs, labels, trainer.spec.kind.unit) if several else None
            message["predicted"][name] = "".join(map(str, predicted_classes(outputs, trainer.spec))) if drawn else None
    for part in ("confusion", "roc", "r2", "predicted"):
        if not any(message[part].values()):
            message[part] = None
    return message


def _explained(outputs: Array, labels: Array, unit: float) -> dict[str, Any]:
    found = explained(outputs, labels, unit)
    return {"whole": number(found.whole), "each": numbers(found.each, 4)}


def _roc(curve: Roc | None) -> dict[str, Any] | None:
    return curve and {"fpr": curve.fpr.round(4).tolist(), "tpr": curve.tpr.round(4).tolist(), "auc": curve.auc}


def winning_classes(snapshot: Snapshot, spec: Spec) -> tuple[Array, Array] | None:
    """Of three classes and more, the predicted class at each cell and its score, 255 = all, both uint8 (side, side)."""
    if snapshot.maps is None or snapshot.classes < 3:
        return None
    outputs = np.clip(np.nan_to_num(snapshot.maps[-1]), -LARGEST, LARGEST)
    winners = outputs.argmax(axis=0)
    scores = predictions_of(spec, outputs.reshape(len(outputs), -1).T)
    strength = np.rint(scores[np.arange(winners.size), winners.ravel()] * 255)
    return winners.astype(np.uint8), strength.reshape(winners.shape).astype(np.uint8)
