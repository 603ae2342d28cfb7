"""Presets run for the tests: just as many steps as each says it needs."""

from functools import cache

import numpy as np

from engine.nn.network import Array
from engine.spec.choices import BackendName
from engine.spec.presets import PRESETS
from engine.spec.spec import Spec
from engine.training.trainer import Trainer

NAMED = {preset.name: preset for preset in PRESETS}


def spec_of(name: str) -> Spec:
    spec = NAMED[name].spec
    assert spec is not None
    return spec


@cache
def shown(name: str, backend: BackendName = "by_hand") -> Trainer:
    trainer = Trainer(spec_of(name), backend=backend)
    trainer.advance(NAMED[name].steps)
    return trainer


def flat(tensors: dict[str, Array]) -> Array:
    return np.concatenate([values.ravel() for values in tensors.values()])
