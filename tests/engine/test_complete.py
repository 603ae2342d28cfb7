"""Every name a Spec admits has an entry in each table that must know it, and no table has more."""

from collections.abc import Collection
from typing import get_args

import pytest

from engine.backends import autograd, torch_rules
from engine.data import datasets, features
from engine.nn import activations, initializers, losses, optimizers
from engine.spec.choices import ActivationName, DatasetName, FeatureName, InitializerName, LossName, OptimizerName


@pytest.mark.parametrize(
    ("table", "names"),
    [
        (activations.activation_table(0.01, 1), ActivationName),
        (losses.loss_table(1), LossName),
        (initializers.initializer_table(1, 0.1), InitializerName),
        (optimizers.OPTIMIZERS, OptimizerName),
        (datasets.DATASETS, DatasetName),
        (features.FEATURES, FeatureName),
        (autograd.ACTIVATIONS, ActivationName),
        (autograd.LOSSES, LossName),
        (torch_rules.OPTIMIZERS, OptimizerName),
        (torch_rules.OPTIMIZER_STATE, OptimizerName),
    ],
)
def test_table_is_complete(table: Collection[str], names: object) -> None:
    assert set(table) == set(get_args(names))
