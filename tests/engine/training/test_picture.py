"""Pictures: what they hold, that three backends draw the same, and that no step or side is lost on the way."""

import tracemalloc
from typing import Any, get_args

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from engine import Layer, Spec, Trainer
from engine.backends.compiled import picture as compiled_picture
from engine.backends.compiled.grids import threshold_level as compiled_threshold_level
from engine.evaluation.predictions import predictions_of
from engine.nn.network import State
from engine.nn.picture_layout import BOUNDARY_SIDE, LARGEST
from engine.spec.choices import FEATURES, BackendName, BugName, LossName
from engine.training.picture import Picture, threshold_level
from engine.training.snapshot import grid_inputs
from tests.random_specs import random_spec

BACKENDS: tuple[BackendName, ...] = get_args(BackendName)

Numbers = NDArray[Any]


def part(picture: Picture, name: str) -> Numbers:
    section = picture.layout[name]
    values = picture.data[section.offset : section.offset + section.bytes].view(section.kind)
    copy: Numbers = np.array(values).reshape(section.shape)
    return copy


def parts(picture: Picture) -> dict[str, Numbers]:
    return {section.name: part(picture, section.name) for section in picture.layout.sections}


def tensors(found: dict[str, Numbers], picture: Picture, name: str) -> Numbers:
    """Of `parameters`, `gradients` or `updates`: the numbers themselves."""
    if f"{name}_scales" not in found:
        return found[name]
    lengths = [int(np.prod(shape)) for _, shape in picture.layout.tensors]
    values: Numbers = found[name].astype(np.float32) * np.repeat(found[f"{name}_scales"], lengths)
    return values


# Three backends


def of_each_backend(spec: Spec, steps: int = 0, state: State | None = None) -> dict[str, Picture]:
    """Where the compiled backend stands after so many steps, or at a State."""
    trainers = {backend: Trainer(spec, backend) for backend in BACKENDS}
    trainers["compiled"].advance(steps)
    here = trainers["compiled"].checkpoint()
    for trainer in trainers.values():
        trainer.restore(here)
        if state is not None:
            trainer._backend.load(state)
    return {name: trainer.picture() for name, trainer in trainers.items()}


def assert_same(pictures: dict[str, Picture], tolerance: float = 1e-4) -> None:
    """To by_hand's: numbers to float32's digits, in parts of the largest of their kind; grids to one level."""
    true = pictures["by_hand"]
    ours = parts(true)
    for name, picture in pictures.items():
        assert picture.layout == true.layout
        theirs = parts(picture)
        assert_same_readings(picture, true)
        for number in ("parameters", "gradients", "updates"):
            a, b = tensors(theirs, picture, number), tensors(ours, true, number)
            half = 2.0**-10 if picture.layout[number].kind == "<f2" else 0
            assert_near(a, b, tolerance + half, f"{name}: {number}")
        for number in ("gradient_norms", "map_scales", "map_ranges", "boundary_scale"):
            if number in ours:
                assert_near(theirs[number], ours[number], tolerance, f"{name}: {number}")
        if "maps" in ours:
            assert_levels(theirs["maps"], ours["maps"], f"{name}: maps")
        if "boundary" in ours:
            assert_levels(theirs["boundary"], ours["boundary"], f"{name}: boundary", sides=True)
        if "classes" in ours:
            same = theirs["classes"] // 16 == ours["classes"] // 16
            assert same.mean() > 0.995, name  # a tie may go either way
            assert_levels(theirs["classes"] % 16, ours["classes"] % 16, f"{name}: score")


def assert_same_readings(picture: Picture, true: Picture) -> None:
    ours, theirs = true.readings._asdict(), picture.readings._asdict()
    for name in ("train_loss", "test_loss", "penalty"):
        assert theirs[name] == pytest.approx(ours[name], rel=2e-6, abs=1e-6, nan_ok=True), name
    assert theirs["gradient_norms"] == pytest.approx(ours["gradient_norms"], rel=1e-3, abs=1e-6, nan_ok=True)
    for name in ("train_accuracy", "test_accuracy"):
        assert theirs[name] == pytest.approx(ours[name], abs=0.04), name  # a sample at the threshold
    for name in ("step", "epoch", "samples", "diverged", "stopped", "learning_rate", "epoch_loss"):
        assert theirs[name] == ours[name], name


def assert_near(a: Numbers, b: Numbers, share: float, what: str) -> None:
    """To a share of the largest number there is."""
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    largest = np.abs(b[np.isfinite(b)]).max(initial=0)
    off = np.abs(np.where(same, 0, a.astype(np.float64) - b))
    assert off.max() <= share * largest + 1e-7 * min(1, largest or 1), what


def assert_levels(a: Numbers, b: Numbers, what: str, sides: bool = False) -> None:
    """To one level; sides: but that a cell at the threshold may be moved off it to either side."""
    off = np.abs(a.astype(int) - b)
    assert off.max() <= (2 if sides else 1), what
    assert (off > 1).mean() < 0.002, what


@pytest.mark.parametrize("seed", range(40))
def test_backends_draw_the_same_of_random_specs(seed: int) -> None:
    assert_same(of_each_backend(random_spec(seed), steps=12))


WITH_LARGE_OUTPUTS = Spec(
    hidden=(8,), activation="relu", output_activation="linear", initializer="normal", init_std=10, learning_rate=1e-9
)
"""Up to some thousands beside a threshold of 0.5."""

SPECS = {
    "classes of two outputs": Spec(dataset="spiral", hidden=(6,), loss="cross_entropy"),
    "threshold between the targets": Spec(hidden=(5,), output_activation="sigmoid", activation="relu"),
    "threshold below the least level": WITH_LARGE_OUTPUTS,
    "threshold of a narrow range": Spec(hidden=(5,), output_activation="relu", initializer="normal", init_std=0.02),
    "classes by their logits": Spec(dataset="blobs", classes=5, hidden=(5,), loss="bce"),
    "classes by their values": Spec(dataset="rings", classes=3, hidden=(5, 5)),
    "many classes": Spec(dataset="blobs", classes=8, hidden=(6,), loss="cross_entropy"),
    "values": Spec(dataset="plane", hidden=(3,), features=FEATURES),
    "no hidden layer": Spec(hidden=()),
    "pixels": Spec(dataset="digits", hidden=(20,), loss="cross_entropy", samples=150),
    "pixels of wide layers": Spec(dataset="digits", hidden=(50, 30), activation="relu", samples=150),
    "columns": Spec(dataset="random", random_inputs=7, random_outputs=3, hidden=(4,)),
    "many columns": Spec(dataset="random", random_inputs=100, random_outputs=10, hidden=(60,), samples=40),
    "float16": Spec(hidden=(38, 40)),
    "norms in float16": Spec(hidden=(Layer(width=30, batch_norm=True), Layer(width=30, residual=True)), samples=50),
    "wide": Spec(hidden=(100, 60), activation="gelu"),
    "deep": Spec(hidden=(16,) * 8, activation="silu", features=FEATURES),
    "penalties": Spec(hidden=(3,), l1=0.01, l2=0.02),
    "few samples": Spec(dataset="xor_gate", hidden=(2,)),
}


@pytest.mark.parametrize("name", SPECS)
def test_backends_draw_the_same(name: str) -> None:
    assert_same(of_each_backend(SPECS[name], steps=30))


def with_parameters(spec: Spec, factor: float, **entries: float) -> State:
    """Those of the seed times a factor; entries: single ones of the first weight, by their number."""
    state: State = Trainer(spec, "by_hand")._backend.state()
    state.parameters *= np.float32(factor)
    for place, value in entries.items():
        state.parameters[int(place.strip("_"))] = value
    return state


WILD: dict[str, tuple[Spec, dict[str, float]]] = {
    "large": (Spec(dataset="plane", hidden=(4,), activation="linear"), {"factor": 1e18}),
    "beyond float32": (Spec(dataset="plane", hidden=(4, 4), activation="relu"), {"factor": 1e30}),
    "infinite": (Spec(hidden=(3,), activation="linear", output_activation="linear"), {"factor": 1, "_0": np.inf}),
    "no number": (Spec(hidden=(3,), loss="bce", activation="linear"), {"factor": 1, "_1": np.nan}),
    "no number, classes": (Spec(dataset="blobs", classes=3, hidden=(3,), loss="bce"), {"factor": 1, "_1": np.nan}),
    "large, classes": (Spec(dataset="blobs", classes=3, hidden=(), loss="cross_entropy"), {"factor": 1e36}),
    "large float16": (Spec(hidden=(38, 40), activation="linear"), {"factor": 1e12}),
    "tiny": (Spec(dataset="plane", hidden=(4,), activation="linear", biases=False), {"factor": 1e-19}),
    "hardly there": (Spec(dataset="plane", hidden=(), biases=False), {"factor": 1e-41}),
    "nothing": (Spec(hidden=(4,)), {"factor": 0}),
    "nothing, and a threshold": (Spec(hidden=(4,), output_activation="relu"), {"factor": 0}),
    "nothing in float16": (Spec(hidden=(38, 40)), {"factor": 0}),
}


@pytest.mark.parametrize("name", WILD)
def test_backends_draw_the_same_of_wild_numbers(name: str) -> None:
    spec, change = WILD[name]
    pictures = of_each_backend(spec, state=with_parameters(spec, **change))
    true = pictures["by_hand"]
    for backend, picture in pictures.items():
        found, wanted = parts(picture), parts(true)
        for section in set(found) & {"boundary", "maps", "classes", "map_scales", "map_ranges", "boundary_scale"}:
            if found[section].dtype.kind == "f":
                assert np.isfinite(found[section]).all(), (backend, section)
                assert np.abs(found[section]).max() <= np.float32(LARGEST), (backend, section)
                np.testing.assert_allclose(found[section], wanted[section], rtol=1e-4, atol=1e-42)
            else:
                assert_levels(found[section], wanted[section], f"{backend}: {section}", sides=section == "boundary")
        for number in ("parameters", "gradients", "updates"):
            if f"{number}_scales" in found:
                assert np.isfinite(tensors(found, picture, number)).all(), (backend, number)


def test_maps_of_denormal_numbers_are_not_empty() -> None:
    spec, change = WILD["hardly there"]
    for picture in of_each_backend(spec, state=with_parameters(spec, **change)).values():
        for section in ("maps", "boundary"):
            assert np.abs(part(picture, section).astype(int)).max() == 127


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
    np.testing.assert_allclose(found["boundary"] / 127 * scale, snapshot.boundary, atol=1.001 * scale / 127)

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
    @njit
    def of_kernels(threshold: float, largest: Any) -> Any:
        return compiled_threshold_level(threshold, largest)

    largest = np.float32(10) ** np.linspace(-40, 30, 2000, dtype=np.float32)
    for most in np.concatenate([largest, np.linspace(0.5, 64, 2000, dtype=np.float32)]):
        level, scale = threshold_level(0.5, most)
        assert of_kernels(0.5, most) == (-1 if level is None else level, scale)
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
    np.testing.assert_array_equal(found // 16, outputs.argmax(axis=1))
    np.testing.assert_allclose(found % 16, 15 * scores.max(axis=1), atol=0.501)


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
