"""Breakages: eight runs that go wrong, each in its own way, and what mends it. Data alone, as presets are."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.diagnosis.diagnosis import FindingCode
from engine.spec.choices import DatasetName
from engine.spec.spec import OwnPoint, Spec


@dataclass(frozen=True)
class Breakage:
    finding: FindingCode
    """What it shows, and its name."""
    spec: Spec
    repair: dict[str, Any]
    """Fields that mend it."""
    steps: int
    """By when the finding is there."""
    mended_by: int
    """Steps by which the mended run has learnt."""

    @property
    def repaired(self) -> Spec:
        return self.spec.changed(**self.repair)


def _run(dataset: DatasetName, hidden: tuple[int, ...], **fields: Any) -> Spec:
    return Spec().changed(dataset=dataset, hidden=hidden, **fields)


def _clouds(rare: int) -> tuple[OwnPoint, ...]:
    """150 points of class 0 around the middle, on a spiral as sunflowers have it, and so many of class 1 on its rim."""
    return tuple(_sunflower(150, 0, 0.0, 0.0, 2.6)) + tuple(_sunflower(rare, 1, 2.2, 1.6, 1.2))


def _sunflower(count: int, label: int, x1: float, x2: float, radius: float) -> Iterator[OwnPoint]:
    for place in range(count):
        angle, r = place * math.pi * (3 - math.sqrt(5)), radius * math.sqrt((place + 0.5) / count)
        yield round(x1 + r * math.cos(angle), 2), round(x2 + r * math.sin(angle), 2), label


BREAKAGES: tuple[Breakage, ...] = (
    Breakage(
        "vanishing",
        _run("circle", (6,) * 6, activation="sigmoid", learning_rate=0.1),
        {"activation": "relu", "initializer": "he_normal", "learning_rate": 0.03},
        steps=100,
        mended_by=3000,
    ),
    Breakage(
        "exploding",
        _run(
            "circle",
            (16,) * 6,
            activation="relu",
            initializer="normal",
            init_std=0.6,
            output_activation="linear",
            learning_rate=1e-9,
        ),
        {"initializer": "xavier_normal", "activation": "tanh", "learning_rate": 0.01},
        steps=10,
        mended_by=3000,
    ),
    Breakage(
        "dead_relu",
        _run("circle", (8, 4), activation="relu", output_activation="linear", learning_rate=0.5),
        {"learning_rate": 0.03},
        steps=200,
        mended_by=3000,
    ),
    Breakage(
        "saturated",
        _run("circle", (8, 8), initializer="normal", init_std=6, learning_rate=0.01),
        {"initializer": "xavier_normal", "learning_rate": 0.1},
        steps=50,
        mended_by=3000,
    ),
    Breakage(
        "symmetric",
        _run("xor", (8,), initializer="constant", init_constant=0.1, optimizer="adam", learning_rate=0.01),
        {"initializer": "pytorch"},
        steps=10,
        mended_by=3000,
    ),
    Breakage(
        "rate_too_high",
        _run("circle", (8,), learning_rate=10.0, loss="bce"),
        {"learning_rate": 0.03},
        steps=500,
        mended_by=6000,
    ),
    Breakage(
        "overfitting",
        _run("circle", (32, 32), noise=50, train_fraction=0.1, loss="bce", optimizer="adam", learning_rate=0.01),
        {"train_fraction": 0.9, "noise": 10},
        steps=1500,
        mended_by=1500,
    ),
    Breakage(
        "class_imbalance",
        _run("own", (4,), own_points=_clouds(5), train_fraction=0.9, loss="bce", learning_rate=0.03),
        {"own_points": _clouds(150)},
        steps=300,
        mended_by=3000,
    ),
)
"""Those that come from the network first, those that come from the data last."""
