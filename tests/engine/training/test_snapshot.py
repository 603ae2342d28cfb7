"""Snapshots: their grid and their maps, and that later steps do not change them."""

import copy
from typing import get_args

import numpy as np
import pytest

from engine import Spec, Trainer
from engine.spec.choices import FEATURES, BackendName
from engine.training.snapshot import grid_inputs

BACKENDS: tuple[BackendName, ...] = get_args(BackendName)


def test_grid_runs_over_cell_centres_from_the_top_left() -> None:
    grid = grid_inputs(Spec(), 4).reshape(4, 4, 2)
    np.testing.assert_allclose(grid[0, 0], [-4.5, 4.5])
    np.testing.assert_allclose(grid[0, 3], [4.5, 4.5])
    np.testing.assert_allclose(grid[3, 1], [-1.5, -4.5])
    np.testing.assert_allclose(grid_inputs(Spec(), 1), [[0, 0]])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "spec",
    [
        Spec(dataset="spiral", hidden=(8, 5), features=FEATURES, noise=20, l1=0.001, l2=0.01),
        Spec(dataset="multi_gauss", hidden=(), samples=50),
        Spec(loss="bce", activation="relu", hidden=(3,)),
    ],
)
def test_a_snapshot_is_what_the_trainer_says(backend: BackendName, spec: Spec) -> None:
    trainer = Trainer(spec, backend)
    trainer.advance(29)
    before = trainer.parameters()
    trainer.advance(1)
    snapshot = trainer.snapshot(resolution=12)

    assert (snapshot.step, snapshot.epoch, snapshot.diverged) == (30, trainer.epoch, None)
    assert snapshot.sizes == (len(spec.features), *(layer.width for layer in spec.hidden), 1)
    for name, value in trainer.evaluate().items():
        np.testing.assert_equal(getattr(snapshot, name), value)
    np.testing.assert_equal(snapshot.parameters, trainer.parameters())
    np.testing.assert_equal(snapshot.gradients, trainer.gradients())
    for name, update in snapshot.updates.items():
        np.testing.assert_allclose(update, trainer.parameters()[name] - before[name], atol=1e-7)
        assert update.any()
    for norm, i in zip(snapshot.gradient_norms, range(trainer.network.layers), strict=True):
        assert norm == pytest.approx(np.sqrt((snapshot.gradients[f"layers.{i}.weight"] ** 2).sum()))

    assert snapshot.maps is not None
    assert snapshot.boundary is not None
    assert [values.shape for values in snapshot.maps] == [(width, 12, 12) for width in snapshot.sizes[1:]]
    centres = np.array([(x1, x2) for x2 in np.arange(5.5, -6, -1) for x1 in np.arange(-5.5, 6, 1)])
    np.testing.assert_allclose(snapshot.boundary, trainer.predict(centres).reshape(12, 12), atol=1e-6)
    assert snapshot.boundary.dtype == np.float32


@pytest.mark.parametrize("backend", BACKENDS)
def test_maps_hold_every_hidden_neuron(backend: BackendName) -> None:
    trainer = Trainer(Spec(hidden=(3,)), backend)
    tensors = trainer.parameters()
    centres = grid_inputs(Spec(), 5)
    hidden = np.tanh(centres @ tensors["layers.0.weight"].T + tensors["layers.0.bias"])
    maps = trainer.snapshot(5).maps
    assert maps is not None
    np.testing.assert_allclose(maps[0], hidden.T.reshape(3, 5, 5), atol=1e-6)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_snapshot_is_not_changed_by_what_comes_after(backend: BackendName) -> None:
    trainer = Trainer(Spec(optimizer="adam"), backend)
    trainer.advance(5)
    snapshot = trainer.snapshot(8)
    before = copy.deepcopy(vars(snapshot))
    trainer.advance(20)
    trainer.snapshot(8)
    np.testing.assert_equal(vars(snapshot), before)


def test_a_map_has_at_least_one_cell() -> None:
    with pytest.raises(ValueError, match="at least one cell"):
        Trainer(Spec(), "by_hand").snapshot(0)
