"""Runs at the bounds of every setting, drawn, diagnosed, explained and evaluated: no exception, no warning, and finite
numbers wherever a number is promised."""

import math
from itertools import islice
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Spec, Trainer
from engine.diagnosis.diagnosis import diagnose
from engine.explaining.explain import explain
from engine.explaining.phases import code_of, phases_of
from engine.explaining.traced_step import TracedStep
from engine.spec.choices import BackendName
from engine.training.snapshot import CurveEntry
from tests.engine.explaining.test_random_subjects import random_subjects
from tests.engine.training.pictures import parts
from tests.extreme_specs import extreme_specs

BACKENDS: tuple[BackendName, ...] = get_args(BackendName)
WAYS = (0, 1, 2, 10, 37)
"""Steps from one look to the next, 50 in all."""
SUBJECTS = 6
"""Explained at each look."""


def assert_nothing_breaks(spec: Spec, backend: BackendName) -> None:
    trainer = Trainer(spec, backend)
    curve: list[CurveEntry] = []
    for steps in WAYS:
        assert_drawn(trainer, steps, curve)
        assert_diagnosed(trainer, curve)
        assert_explained(trainer)
        found = trainer.evaluate()
        for accuracy in (found["train_accuracy"], found["test_accuracy"]):
            assert accuracy is None or 0 <= accuracy <= 1
        assert math.isfinite(found["penalty"])


def assert_drawn(trainer: Trainer, steps: int, curve: list[CurveEntry]) -> None:
    picture = trainer.picture(steps)
    readings, found = picture.readings, parts(picture)
    curve.append(CurveEntry(readings.step, readings.train_loss, readings.test_loss, ()))
    for name, values in found.items():
        if name not in ("gradients", "gradient_norms"):
            assert np.isfinite(values).all(), name
    if "map_scales" in found:
        largest = np.abs(found["map_ranges"]).max(axis=1)
        assert (largest <= found["map_scales"]).all()
        for scale, levels in zip(found["map_scales"], found["maps"], strict=True):
            assert np.abs(levels.astype(int)).max() == (127 if scale > 0 else 0)
    assert math.isfinite(readings.penalty)
    assert math.isfinite(readings.learning_rate)


def assert_diagnosed(trainer: Trainer, curve: list[CurveEntry]) -> None:
    found = diagnose(trainer, curve)
    for layer, stage in zip(found.layers, trainer.network.stages, strict=True):
        assert sum(layer.histogram) == stage.inputs * stage.outputs
        assert math.isfinite(layer.update_ratio)
        assert all(share is None or 0 <= share <= 1 for share in (layer.zeros, layer.saturated, layer.dead_share))


def assert_explained(trainer: Trainer) -> None:
    before, run = trainer.checkpoint().state, (trainer.train_inputs, trainer.train_targets)
    if before.diverged is not None:
        return
    step = TracedStep.of(trainer.spec, trainer.network, before, *run, trainer.backend)
    for subject in islice(random_subjects(step, np.random.default_rng(before.step)), SUBJECTS):
        explain(step, subject)
    phases_of(step, 0)
    code_of(step)


@settings(max_examples=6)
@given(extreme_specs(), st.sampled_from(BACKENDS))
def test_nothing_breaks_at_extreme_settings(spec: Spec, backend: BackendName) -> None:
    assert_nothing_breaks(spec, backend)


@pytest.mark.long
@pytest.mark.parametrize("backend", BACKENDS)
def test_nothing_breaks_at_many_extreme_settings(backend: BackendName) -> None:
    @settings(max_examples=200)
    @given(extreme_specs())
    def try_all(spec: Spec) -> None:
        assert_nothing_breaks(spec, backend)

    try_all()
