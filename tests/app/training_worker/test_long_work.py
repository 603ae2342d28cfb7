"""Whose work takes long is known from the Spec alone."""

from typing import Any

import pytest

from app.training_worker.long_work import takes_long
from engine.spec.presets import PRESETS
from engine.spec.spec import Spec


@pytest.mark.parametrize(
    ("fields", "long"),
    [
        ({}, False),
        ({"hidden": (256, 256)}, False),
        ({"dataset": "random", "samples": 70_000, "random_inputs": 10, "hidden": (16,)}, False),
        ({"dataset": "random", "samples": 70_000, "random_inputs": 100, "hidden": (256, 256)}, True),
        ({"optimizer": "evolution", "pairs": 64, "hidden": (512, 256), "samples": 500, "batch_size": 100}, True),
    ],
)
def test_by_data_and_network(fields: dict[str, Any], long: bool) -> None:
    assert takes_long(Spec(**fields)) is long


def test_of_the_presets_only_those_of_mnist_take_long() -> None:
    long = {preset.name for preset in PRESETS if preset.spec is not None and takes_long(preset.spec)}
    assert long == {"d5_mnist", "d6_narrowing_mnist"}
