"""Failures: eight Specs whose training fails in a known way, each with the fields that fix it. Data alone."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.diagnosis.diagnosis import FindingCode
from engine.spec.choices import DatasetName
from engine.spec.own_points import OwnPoint
from engine.spec.spec import Spec


@dataclass(frozen=True)
class Failure:
    finding: FindingCode
    """The finding that diagnosis makes of it; also its name."""
    spec: Spec
    fix: dict[str, Any]
    """Fields of the Spec that fix it, with their new values."""
    found_by_step: int
    """Steps after which the finding is reported."""
    fixed_by_step: int
    """Steps after which the fixed run has learned well."""

    @property
    def fixed_spec(self) -> Spec:
        return self.spec.changed(**self.fix)


def _spec(dataset: DatasetName, hidden: tuple[int, ...], **fields: Any) -> Spec:
    return Spec().changed(dataset=dataset, hidden=hidden, **fields)


def _two_discs(rare: int) -> tuple[OwnPoint, ...]:
    """150 points of class 0 around the origin and so many of class 1 at their edge, each evenly spread over a disc."""
    return tuple(_disc(150, 0, 0.0, 0.0, 2.6)) + tuple(_disc(rare, 1, 2.2, 1.6, 1.2))


def _disc(count: int, label: int, x1: float, x2: float, radius: float) -> Iterator[OwnPoint]:
    """Points on Vogel's spiral, as of sunflower seeds, around (x1, x2)."""
    for i in range(count):
        angle, r = i * math.pi * (3 - math.sqrt(5)), radius * math.sqrt((i + 0.5) / count)
        yield round(x1 + r * math.cos(angle), 2), round(x2 + r * math.sin(angle), 2), label


FAILURES: tuple[Failure, ...] = (
    Failure(
        "vanishing",
        _spec("circle", (6,) * 6, activation="sigmoid", learning_rate=0.1),
        {"activation": "relu", "initializer": "he_normal", "learning_rate": 0.03},
        found_by_step=100,
        fixed_by_step=3000,
    ),
    Failure(
        "exploding",
        _spec(
            "circle",
            (16,) * 6,
            activation="relu",
            initializer="normal",
            init_std=0.6,
            output_activation="linear",
            learning_rate=1e-9,
        ),
        {"initializer": "xavier_normal", "activation": "tanh", "learning_rate": 0.01},
        found_by_step=10,
        fixed_by_step=3000,
    ),
    Failure(
        "dead_relu",
        _spec("circle", (8, 4), activation="relu", output_activation="linear", learning_rate=0.5),
        {"learning_rate": 0.03},
        found_by_step=200,
        fixed_by_step=3000,
    ),
    Failure(
        "saturated",
        _spec("circle", (8, 8), initializer="normal", init_std=6, learning_rate=0.01),
        {"initializer": "xavier_normal", "learning_rate": 0.1},
        found_by_step=50,
        fixed_by_step=3000,
    ),
    Failure(
        "symmetric",
        _spec("xor", (8,), initializer="constant", init_constant=0.1, optimizer="adam", learning_rate=0.01),
        {"initializer": "pytorch"},
        found_by_step=10,
        fixed_by_step=3000,
    ),
    Failure(
        "rate_too_high",
        _spec("circle", (8,), learning_rate=10.0, loss="bce"),
        {"learning_rate": 0.03},
        found_by_step=500,
        fixed_by_step=6000,
    ),
    Failure(
        "overfitting",
        _spec("circle", (32, 32), noise=50, train_fraction=0.1, loss="bce", optimizer="adam", learning_rate=0.01),
        {"train_fraction": 0.9, "noise": 10},
        found_by_step=1500,
        fixed_by_step=1500,
    ),
    Failure(
        "class_imbalance",
        _spec("own", (4,), own_points=_two_discs(5), train_fraction=0.9, loss="bce", learning_rate=0.03),
        {"own_points": _two_discs(150)},
        found_by_step=300,
        fixed_by_step=3000,
    ),
)
"""Faults of the network first, faults of the data last."""
