"""Pictures: what they hold, and that no step or side is lost on the way."""

import tracemalloc
from typing import Any, get_args

import numpy as np
import pytest
from numba import njit

from engine import Layer, Spec, Trainer
from engine.backends.compiled.pictures import picture as compiled_picture
from engine.backends.compiled.pictures.grids import threshold_level as compiled_threshold_level
from engine.evaluation.predictions import predictions_of
from engine.nn.picture_layout import BOUNDARY_SIDE
from engine.spec.choices import FEATURES, BackendName, BugName, LossName
from engine.training.picture import threshold_level
from engine.training.snapshot import grid_inputs
from tests.engine.training.pictures import SPECS, WITH_LARGE_OUTPUTS, part, parts

BACKENDS: tuple[BackendName, ...] = get_args(BackendName)

# What it holds


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "spec",
    [
        Spec(dataset="spiral", hidden=(8, 5), features=FEATURES, noise=20, l1=0.001, schedule="cosine"),
        Spec(dataset="multi_gauss", hidden=(), samples=50),
        Spec(hidden=(4,), loss="cross_entropy"),
    ],
)
def test_a_picture_is_what_the_trainer_says(backend: BackendName, spec: Spec) -> None:
    trainer = Trainer(spec, backend)
    trainer.advance(30)
    picture, snapshot = trainer.picture(), trainer.snapshot(BOUNDARY_SIDE)
    for name, value in picture.readings._asdict().items():
        wanted = getattr(snapshot, name)
        assert value == (pytest.approx(wanted, rel=2e-6) if isinstance(wanted, float | tuple) else wanted), name

    found = parts(picture)
    for name in ("parameters", "gradients", "updates"):
        flat = np.concatenate([values.ravel() for values in getattr(snapshot, name).values()])
        np.testing.assert_allclose(found[name], flat, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found["gradient_norms"], snapshot.gradient_norms, rtol=1e-5)
    assert snapshot.boundary is not None
    scale = found["boundary_scale"][0]
    level = scale / 127
    threshold = snapshot.threshold if snapshot.classes else 0.0
    beside = np.abs(snapshot.boundary - threshold) < 1.5 * level  # may be moved off the level of the threshold
    np.testing.assert_allclose(found["boundary"][beside] * level, snapshot.boundary[beside], atol=1.001 * level)
    np.testing.assert_allclose(found["boundary"][~beside] * level, snapshot.boundary[~beside], atol=0.501 * level)

    side = picture.layout.map_side
    columns = trainer._backend.activations(grid_inputs(spec, side))
    maps = np.concatenate(columns).reshape(-1, side, side)
    scales = found["map_scales"][:, None, None]
    np.testing.assert_allclose(found["maps"] / 127 * scales, maps, atol=0.501 * scales.max() / 127)
    np.testing.assert_allclose(found["map_scales"], np.abs(maps).max(axis=(1, 2)), rtol=1e-5)
    np.testing.assert_allclose(found["map_ranges"][:, 0], maps.min(axis=(1, 2)), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found["map_ranges"][:, 1], maps.max(axis=(1, 2)), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("backend", BACKENDS)
def test_maps_of_pictures_are_weights(backend: BackendName) -> None:
    trainer = Trainer(Spec(dataset="digits", hidden=(6,), samples=100), backend)
    picture = trainer.picture(3)
    weights = trainer.parameters()["layers.0.weight"].reshape(6, 8, 8)
    found = parts(picture)
    scales = found["map_scales"][:, None, None]
    np.testing.assert_array_equal(found["map_scales"], np.abs(weights).max(axis=(1, 2)))
    np.testing.assert_allclose(found["maps"] / 127 * scales, weights, atol=0.501 * scales.max() / 127)


@pytest.mark.parametrize("backend", ["compiled", "by_hand"])
@pytest.mark.parametrize(
    "spec",
    [
        Spec(hidden=(8,), output_activation="sigmoid"),
        Spec(hidden=(8,), output_activation="relu"),
        WITH_LARGE_OUTPUTS,
        Spec(hidden=(8,), loss="cross_entropy"),
        Spec(dataset="plane", hidden=(8,)),
    ],
)
def test_no_cell_changes_its_side(backend: BackendName, spec: Spec) -> None:
    trainer = Trainer(spec, backend)
    for _ in range(4):
        picture = trainer.picture(5)
        outputs = trainer._backend.activations(grid_inputs(spec, BOUNDARY_SIDE))[-1]
        values = outputs[1] - outputs[0] if len(outputs) == 2 else outputs[0]
        threshold = 0 if spec.is_regression else spec.threshold
        scale = part(picture, "boundary_scale").astype(np.float64)
        shown = part(picture, "boundary").ravel() * (scale / 127)
        np.testing.assert_array_equal(shown > threshold, values > threshold)


def test_large_outputs_have_their_threshold_below_the_least_level() -> None:
    picture = Trainer(WITH_LARGE_OUTPUTS, "by_hand").picture()
    assert part(picture, "boundary_scale")[0] / 127 > WITH_LARGE_OUTPUTS.threshold


def test_the_threshold_is_a_level_and_that_is_never_above_it() -> None:
    def of_kernels(threshold: Any, largest: Any) -> Any:
        return compiled_threshold_level(threshold, largest)

    kernel: Any = njit(of_kernels)
    largest = np.float32(10) ** np.linspace(-40, 30, 2000, dtype=np.float32)
    for most in np.concatenate([largest, np.linspace(0.5, 64, 2000, dtype=np.float32)]):
        level, scale = threshold_level(0.5, most)
        assert kernel(0.5, most) == (-1 if level is None else level, scale)
        assert scale >= most * (1 - 1e-7)
        if level is None:
            assert most / 127 > 0.5
        else:
            assert 0.5 * (1 - 1e-7) <= level / 127 * float(scale) <= 0.5


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("loss", ["cross_entropy", "bce", "mse"])
def test_classes_are_the_largest_scores(backend: BackendName, loss: LossName) -> None:
    trainer = Trainer(Spec(dataset="blobs", classes=4, loss=loss, hidden=(5,)), backend)
    picture = trainer.picture(40)
    outputs = trainer._backend.activations(grid_inputs(trainer.spec, BOUNDARY_SIDE))[-1].T
    scores = predictions_of(trainer.spec, outputs)
    found = part(picture, "classes").ravel()
    np.testing.assert_array_equal(found // 32, outputs.argmax(axis=1))
    np.testing.assert_allclose(found % 32, 31 * scores.max(axis=1), atol=0.501)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_map_of_one_neuron(backend: BackendName) -> None:
    trainer = Trainer(Spec(hidden=(4, 3)), backend)
    trainer.advance(10)
    maps = trainer.snapshot(BOUNDARY_SIDE).maps
    assert maps is not None
    for layer, neuron in ((0, 3), (1, 0), (2, 0)):
        scale, values = trainer.neuron_map(layer, neuron)
        np.testing.assert_allclose(values / 127 * scale, maps[layer][neuron], atol=0.501 * scale / 127)
    for layer, neuron in ((0, 4), (3, 0), (-1, 0), (0, -1)):
        with pytest.raises(ValueError, match="has no map"):
            trainer.neuron_map(layer, neuron)
    with pytest.raises(ValueError, match="has no map"):
        Trainer(Spec(dataset="random"), "by_hand").neuron_map(0, 0)


# Steps


@pytest.mark.parametrize("backend", ["compiled", "by_hand"])
@pytest.mark.parametrize(
    "fields",
    [
        {"optimizer": "adam"},
        {"optimizer": "muon", "hidden": (Layer(width=8, dropout=0.3), Layer(width=8, batch_norm=True))},
        {"stop_steps": 17},
        {"stop_epochs": 1},
        {"stop_loss": 10.0},
        {"learning_rate": 10.0, "dataset": "plane", "activation": "relu", "initializer": "he_normal", "init_std": 10},
    ],
)
def test_a_picture_takes_the_steps_of_advance(backend: BackendName, fields: dict[str, Any]) -> None:
    spec = Spec(samples=200).changed(**{"optimizer": "sgd", "seed": 3, **fields})
    drawn, plain = Trainer(spec, backend), Trainer(spec, backend)
    for steps in (0, 1, 7, 0, 20):
        readings = drawn.picture(steps).readings
        plain.advance(steps)
        np.testing.assert_equal(drawn.state(), plain.state())
        assert (readings.step, readings.epoch) == (plain.step, plain.epoch)
        assert (readings.diverged, readings.stopped) == (plain.diverged, plain.stopped)
        snapshot = plain.snapshot(2)
        assert readings.samples == snapshot.samples
        assert readings.learning_rate == snapshot.learning_rate


def test_these_runs_end_as_they_are_meant_to() -> None:
    diverges = Spec(dataset="plane", activation="relu", learning_rate=10, initializer="he_normal", hidden=(4, 4))
    assert Trainer(diverges).picture(300).readings.diverged is not None
    assert Trainer(Spec(stop_steps=5)).picture(9).readings.stopped == "steps"
    assert Trainer(Spec(stop_epochs=1)).picture(99).readings.stopped == "epochs"


def test_a_run_does_not_go_backwards() -> None:
    with pytest.raises(ValueError, match="goes forward only"):
        Trainer(Spec(), "by_hand").picture(-1)


def test_after_a_change_the_next_picture_goes_by_it() -> None:
    trainer, plain = Trainer(Spec()), Trainer(Spec())
    trainer.picture(5)
    plain.advance(5)
    for fields in ({"batch_size": 30}, {"optimizer": "adam", "l2": 0.1}, {"batch_size": None}):
        for one in (trainer, plain):
            one.configure(one.spec.changed(**fields))
        readings = trainer.picture(5).readings
        plain.advance(5)
        np.testing.assert_equal(trainer.state(), plain.state())
        assert readings.penalty == pytest.approx(plain.evaluate()["penalty"], rel=1e-6)
    trainer.switch_backend("by_hand")
    assert trainer.picture(2).readings.step == 22
    trainer.switch_backend("compiled")
    assert trainer.picture(2).readings.step == 24


@pytest.mark.parametrize("bug", ["forgotten_slope", "gradient_not_cleared"])
def test_a_planted_bug_is_in_the_picture(bug: BugName) -> None:
    trainer, plain = Trainer(Spec(hidden=(4,))), Trainer(Spec(hidden=(4,)))
    trainer.inject_bug(bug)
    picture = trainer.picture(3)
    plain.advance(3)
    assert picture.readings.step == 3
    assert not np.array_equal(part(picture, "parameters"), part(plain.picture(), "parameters"))


# Memory and machine code


def test_the_buffer_is_kept() -> None:
    trainer = Trainer(Spec())
    first, second = trainer.picture(), trainer.picture(1)
    assert first.data is second.data
    assert first.data.shape == (first.layout.size,)


def test_a_compiled_picture_takes_no_memory() -> None:
    trainer = Trainer(Spec(hidden=(8, 8, 8)))
    trainer.picture()
    tracemalloc.start()
    trainer.picture(1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000


def test_all_pictures_are_one_machine_code() -> None:
    for name in ("many classes", "pixels", "columns", "float16", "values"):
        Trainer(SPECS[name]).picture(1)
    dispatcher: Any = compiled_picture.draw
    assert len(dispatcher.overloads) == 1


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["classes by their logits", "values", "pixels"])
def test_readings_are_those_of_the_picture_and_leave_the_next_one_whole(name: str, backend: BackendName) -> None:
    one, other = (Trainer(SPECS[name], backend) for _ in range(2))
    one.picture()
    for _ in range(3):
        assert one.readings(2) == other.picture(2).readings
    np.testing.assert_array_equal(one.picture(1).data, other.picture(1).data)
