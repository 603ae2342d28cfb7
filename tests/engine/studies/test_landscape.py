"""Landscapes: every point is the loss of the plain backend there, and paths are projected by least squares."""

from typing import Any, get_args

import numpy as np
import pytest

from engine import Layer, Spec, Trainer
from engine.backends import make_backend
from engine.fault import Fault
from engine.nn.network import Array
from engine.spec.choices import LossName
from engine.studies import landscape
from engine.studies.directions import main_directions, random_directions
from engine.studies.landscape import Landscape, Survey, plain_losses
from tests.random_specs import random_spec
from tests.table import sampled


def trained(spec: Spec, steps: int = 30) -> Trainer:
    trainer = Trainer(spec)
    trainer.advance(steps)
    return trainer


def walked(trainer: Trainer, points: int = 8, steps: int = 10) -> list[Array]:
    """Where the run was before it came to where it stands."""
    path = []
    for _ in range(points):
        path.append(trainer.checkpoint().state.parameters)
        trainer.advance(steps)
    return path


def by_hand(survey: Survey, trainer: Trainer) -> np.ndarray[Any, Any]:
    run = (trainer.spec, trainer.network, trainer.train_inputs, trainer.train_targets)
    backend = make_backend("by_hand", *run)
    backend.load(trainer.checkpoint().state)
    return plain_losses(backend, trainer.loss, survey.plane, survey.samples)


def hold(trainer: Trainer, side: int = 4, **settings: Any) -> None:
    survey = Survey(trainer, side, **settings)
    survey.measure(slice(None))
    np.testing.assert_allclose(survey.found, by_hand(survey, trainer), rtol=2e-5, atol=1e-6)
    assert survey.found.std() > 1e-4 * survey.found.mean(), "the plane could be flat and this would still pass"


@pytest.mark.parametrize("seed", sampled(range(40), range(10)))
def test_random_experiments(seed: int) -> None:
    trainer = trained(random_spec(seed), 8)
    hold(trainer)
    hold(trainer, samples="test")
    hold(trainer, samples="batch")


@pytest.mark.parametrize("loss", get_args(LossName))
def test_losses(loss: LossName) -> None:
    hold(trained(Spec(dataset="pinwheel", classes=3, loss=loss, samples=120)))


def test_kinds_of_layers_and_penalties() -> None:
    layers = (Layer(width=6, batch_norm=True, dropout=0.3), Layer(width=6, residual=True))
    trainer = trained(Spec(hidden=layers, l1=0.1, l2=0.1, samples=90))
    hold(trainer)
    assert landscape(trainer, 3).loss[1, 1] == trainer.evaluate()["train_loss"]


def test_many_samples_and_wide_layers() -> None:
    """More than go through the network at a time."""
    hold(trained(Spec(dataset="random", random_inputs=5, hidden=(300,), samples=1100), 3), 3)


@pytest.mark.parametrize("backend", ["compiled", "by_hand", "autograd"])
@pytest.mark.parametrize("side", [1, 6, 7])
def test_now_is_in_the_middle(backend: Any, side: int) -> None:
    trainer = trained(Spec(loss="bce", samples=60))
    trainer.switch_backend(backend)
    found = landscape(trainer, side)
    assert found.loss.shape == (side, side)
    assert found.loss[side // 2, side // 2] == trainer.evaluate()["train_loss"]
    assert (found.plane.xs[side // 2], found.plane.ys[side // 2]) == (0, 0)


def test_the_run_is_left_as_it_was() -> None:
    trainer = trained(Spec(hidden=(Layer(width=5, batch_norm=True, dropout=0.2),), optimizer="adam", samples=60))
    other = Trainer.from_state(trainer.state())
    landscape(trainer, 5)
    trainer.advance(40)
    other.advance(40)
    np.testing.assert_array_equal(trainer.checkpoint().state.parameters, other.checkpoint().state.parameters)


def test_a_point_of_the_plane_can_be_loaded() -> None:
    trainer = trained(Spec(samples=200))
    found = landscape(trainer, 9)
    for row, column in ((0, 0), (2, 7), (8, 4)):
        trainer.load_parameters(found.parameters(found.plane.xs[column], found.plane.ys[row]))
        assert trainer.evaluate()["train_loss"] == pytest.approx(found.loss[row, column], rel=1e-12)


def test_rows_can_be_measured_one_by_one() -> None:
    trainer = trained(Spec(samples=60))
    survey = Survey(trainer, 7)
    for row in (6, 0, 3, 1, 2, 4, 5):
        survey.measure(slice(row, row + 1))
    whole = Survey(trainer, 7)
    whole.measure(slice(None))
    np.testing.assert_array_equal(survey.found, whole.found)


def test_a_planted_bug_is_in_the_landscape_and_its_step() -> None:
    trainer = trained(Spec(samples=60))
    right = landscape(trainer, 3, directions=(("layers.0.weight", (0, 0)), ("layers.0.bias", (1,))))
    trainer.inject_bug("mean_for_sum")
    wrong = landscape(trainer, 3, directions=(("layers.0.weight", (0, 0)), ("layers.0.bias", (1,))))
    np.testing.assert_allclose(wrong.loss, right.loss, rtol=1e-5)
    assert right.next_step is not None
    assert wrong.next_step is not None
    assert not np.allclose(wrong.next_step.points, right.next_step.points, rtol=0.01)


# Directions


def test_random_directions_are_normalised_by_filters() -> None:
    """Each row of a weight as long as that of the network, a vector of biases as long as the network's as a whole."""
    trainer = trained(Spec(hidden=(5, Layer(width=4, batch_norm=True)), samples=60))
    network, parameters = trainer.network, trainer.checkpoint().state.parameters
    directions = random_directions(network, parameters, seed=3)
    for direction in directions:
        found, own = network.views(direction.astype(np.float32)), network.views(parameters)
        for name, tensor in own.items():
            axis = 1 if tensor.ndim == 2 else 0
            lengths = np.linalg.norm(found[name], axis=axis), np.linalg.norm(tensor, axis=axis)
            np.testing.assert_allclose(*lengths, rtol=1e-5)
        ratios = np.abs(found["layers.0.bias"] / own["layers.0.bias"])
        assert ratios.max() > 1.5 * ratios.min(), "normalised one by one they would all be 1"
    assert abs(directions[0] @ directions[1]) < 0.5 * float(np.prod(np.linalg.norm(directions, axis=1)))
    np.testing.assert_array_equal(directions, random_directions(network, parameters, seed=3))
    assert not np.allclose(directions, random_directions(network, parameters, seed=4))


def test_a_network_of_zeros_has_a_landscape() -> None:
    found = landscape(Trainer(Spec(initializer="zeros", samples=60)), 5)
    assert np.isfinite(found.loss).all()
    np.testing.assert_allclose(np.linalg.norm(found.plane.directions, axis=1), 1)


def test_main_directions_are_those_of_a_singular_value_decomposition() -> None:
    trainer = Trainer(Spec(samples=60))
    path = walked(trainer)
    state = trainer.checkpoint().state
    found = main_directions(state.parameters, np.array(path))
    true = np.linalg.svd(np.array(path).astype(np.float64) - state.parameters)[2][:2]
    np.testing.assert_allclose(np.abs(np.sum(found * true, axis=1)), 1, rtol=1e-7)
    np.testing.assert_allclose(found @ found.T, np.eye(2), atol=1e-12)


def test_a_path_that_is_a_line_has_a_plane() -> None:
    found = main_directions(np.zeros(4, dtype=np.float32), np.array([[0, 2, 0, 0]], dtype=np.float32))
    np.testing.assert_allclose(np.abs(found[0]), [0, 1, 0, 0])
    assert found[0] @ found[1] == pytest.approx(0)


def test_two_weights() -> None:
    trainer = trained(Spec(samples=60))
    found = landscape(trainer, 5, (("layers.0.weight", (1, 0)), ("layers.1.bias", (0,))))
    tensors = trainer.parameters()
    assert found.middle == (tensors["layers.0.weight"][1, 0], tensors["layers.1.bias"][0])
    there = found.parameters(0.5, -0.25)
    tensors["layers.0.weight"][1, 0] += np.float32(0.5)
    tensors["layers.1.bias"][0] -= np.float32(0.25)
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(there[name], tensor)


# Projections


def projected_share(found: Landscape) -> float:
    assert found.path is not None
    assert found.path.share is not None
    return found.path.share


def test_the_path_is_projected_by_least_squares() -> None:
    trainer = Trainer(Spec(samples=60))
    path = walked(trainer)
    own = trainer.checkpoint().state.parameters
    for directions in ("random", "path"):
        found = landscape(trainer, 5, directions, path=path)
        assert found.path is not None
        assert found.path.points.shape == (len(path) + 1, 2)
        np.testing.assert_allclose(found.path.points[-1], 0, atol=1e-12)
        plane = found.plane.directions
        rest = np.array([*path, own]) - own - found.path.points @ plane
        np.testing.assert_allclose(rest @ plane.T, 0, atol=1e-4)
        whole = np.square(np.array(path).astype(np.float64) - own).sum()
        assert projected_share(found) == pytest.approx(1 - np.square(rest).sum() / whole, abs=1e-6)
    assert projected_share(landscape(trainer, 5, "path", path=path)) > 0.9
    assert projected_share(landscape(trainer, 5, "random", path=path)) < 0.5


def test_the_plane_of_a_path_holds_all_of_it() -> None:
    trainer = Trainer(Spec(samples=60))
    path = walked(trainer)
    other = walked(Trainer(Spec(samples=60, optimizer="adam")))
    found = landscape(trainer, 21, "path", path=path, other_paths=[other])
    assert found.path is not None
    assert len(found.other_paths[0].points) == len(other)
    for points in (found.path.points, found.other_paths[0].points):
        assert (np.abs(points) <= [found.plane.xs[-1], found.plane.ys[-1]]).all()


def test_a_run_that_diverges_leaves_the_map_of_the_path_as_it_is() -> None:
    trainer = Trainer(Spec(samples=60))
    path = walked(trainer)
    lost = [*walked(Trainer(Spec(samples=60)), 4), path[0] + np.float32(1e12), path[0] * np.float32(np.nan)]
    alone = landscape(trainer, 5, "path", path=path)
    found = landscape(trainer, 5, "path", path=path, other_paths=[lost, [lost[-1]]])
    np.testing.assert_array_equal(found.plane.directions, alone.plane.directions)
    np.testing.assert_array_equal([found.plane.xs, found.plane.ys], [alone.plane.xs, alone.plane.ys])
    diverged, nowhere = found.other_paths
    assert np.isfinite(diverged.points).all()
    assert len(diverged.points) == 5, "what is no number has no place"
    assert np.abs(diverged.points[-1]).max() > 1e6 * alone.plane.xs[-1]
    assert (nowhere.points.shape, nowhere.share) == ((0, 2), None)


def test_the_next_step_is_the_one_that_is_taken() -> None:
    trainer = trained(Spec(optimizer="momentum", samples=60))
    two = (("layers.0.weight", (1, 0)), ("layers.1.bias", (0,)))
    found = landscape(trainer, 3, two)
    before = trainer.parameters()
    trainer.advance(1)
    after = trainer.parameters()
    assert found.next_step is not None
    moved = [float(after[name][place] - before[name][place]) for name, place in two]
    np.testing.assert_allclose(found.next_step.points[0], moved, rtol=1e-5)
    assert found.next_step.share is not None
    assert 0 < found.next_step.share < 1


def test_a_diverged_run_has_no_next_step() -> None:
    trainer = trained(Spec(dataset="plane", learning_rate=10, hidden=(8, 8), activation="linear"), 200)
    assert trainer.diverged is not None
    assert landscape(trainer, 3).next_step is None


# What is refused


def test_what_is_refused() -> None:
    trainer = trained(Spec(samples=60))
    weight = ("layers.0.weight", (0, 0))
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"directions": "path"}, "study_no_path"),
        ({"directions": (weight, ("layers.9.weight", (0, 0)))}, "study_no_weight"),
        ({"directions": (weight, ("layers.0.weight", (0, 2)))}, "study_no_weight"),
        ({"directions": (weight, ("layers.0.weight", (0,)))}, "study_no_weight"),
        ({"directions": (weight, weight)}, "study_same_weight"),
    ]
    for settings, code in refusals:
        with pytest.raises(Fault) as fault:
            landscape(trainer, 5, **settings)
        assert fault.value.code == code
    wide = Trainer(Spec(dataset="random", random_inputs=100, hidden=(300,), samples=4000))
    with pytest.raises(Fault) as fault:
        landscape(wide)
    assert (fault.value.code, fault.value.values["most"]) == ("study_landscape_too_large", 15)
    for side in (0, 402):
        with pytest.raises(ValueError, match="1 to 401"):
            landscape(trainer, side)
