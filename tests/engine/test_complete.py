"""Every name a Spec admits has an entry in each table that must know it, and no table has more."""

from collections.abc import Collection
from typing import get_args

import pytest

from engine import activations, datasets, features, initializers, losses, optimizers
from engine.backends import autograd
from engine.choices import ActivationName, DatasetName, FeatureName, InitializerName, LossName, OptimizerName


@pytest.mark.parametrize(
    ("table", "names"),
    [
        (activations.ACTIVATIONS, ActivationName),
        (losses.LOSSES, LossName),
        (initializers.INITIALIZERS, InitializerName),
        (optimizers.OPTIMIZERS, OptimizerName),
        (datasets.DATASETS, DatasetName),
        (features.FEATURES, FeatureName),
        (autograd.ACTIVATIONS, ActivationName),
        (autograd.LOSSES, LossName),
        (autograd.OPTIMIZERS, OptimizerName),
        (autograd.MEMORY, OptimizerName),
    ],
)
def test_table_is_complete(table: Collection[str], names: object) -> None:
    assert set(table) == set(get_args(names))
