"""Three backends draw the same picture of the same State, to one level of a grid and float32's digits."""

from typing import Any, get_args

import numpy as np
import pytest

from engine import Spec, Trainer
from engine.nn.network import State
from engine.nn.picture_layout import LARGEST
from engine.spec.choices import BackendName
from engine.training.picture import Picture
from tests.engine.training.pictures import SPECS, Numbers, part, parts, tensors
from tests.random_specs import random_spec

BACKENDS: tuple[BackendName, ...] = get_args(BackendName)


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
            same = theirs["classes"] // 32 == ours["classes"] // 32
            assert same.mean() > 0.995, name  # a tie may go either way
            assert_levels(theirs["classes"] % 32, ours["classes"] % 32, f"{name}: score")


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


@pytest.mark.parametrize("size", [1e-45, 1e-44, 1e-41, 1e-38, 4e-38, 3e-37, 1e-30, 1e29, 1e30, 1e36, 3e38])
def test_maps_of_any_size_that_float32_has(size: float) -> None:
    """Down to its least number, where 127 over the scale is beyond it."""
    spec = Spec(hidden=(2,), activation="linear", output_activation="linear", loss="mse")
    start = Trainer(spec, "by_hand")
    state = start.checkpoint().state
    for name, view in start.network.views(state.parameters).items():
        view[:] = 0
        if name == "layers.0.bias":
            view[:] = size, -size
    for name, picture in of_each_backend(spec, state=state).items():
        first, second = part(picture, "maps")[:2]
        assert (first == 127).all(), name
        assert (second == -127).all(), name
        scales = part(picture, "map_scales")
        np.testing.assert_array_equal(scales, [min(np.float32(size), np.float32(LARGEST))] * 2 + [0])


@pytest.mark.parametrize("seed", range(40))
def test_backends_draw_the_same_of_random_specs(seed: int) -> None:
    assert_same(of_each_backend(random_spec(seed), steps=12))


@pytest.mark.parametrize("name", SPECS)
def test_backends_draw_the_same(name: str) -> None:
    assert_same(of_each_backend(SPECS[name], steps=30))


def with_parameters(spec: Spec, factor: float, positive: bool = False, **entries: float) -> State:
    """Those of the seed times a factor; entries: single ones of the first weight, by their number."""
    state: State = Trainer(spec, "by_hand")._backend.state()
    state.parameters *= np.float32(factor)
    if positive:
        state.parameters[:] = np.abs(state.parameters)
    for place, value in entries.items():
        state.parameters[int(place.strip("_"))] = value
    return state


WITHOUT_VALUE = "beyond float32, of both signs"
"""Sums of both infinities: each library of matrix products has its own answer."""

WILD: dict[str, tuple[Spec, dict[str, Any]]] = {
    "large": (Spec(dataset="plane", hidden=(4,), activation="linear"), {"factor": 1e18}),
    "beyond float32": (
        Spec(dataset="plane", hidden=(4, 4), activation="relu"),
        {"factor": 1e30, "positive": True},
    ),
    WITHOUT_VALUE: (Spec(dataset="plane", hidden=(4, 4), activation="relu"), {"factor": 1e30}),
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
                if name != WITHOUT_VALUE:
                    np.testing.assert_allclose(found[section], wanted[section], rtol=1e-4, atol=1e-42)
            elif name != WITHOUT_VALUE:
                assert_levels(found[section], wanted[section], f"{backend}: {section}", sides=section == "boundary")
        for number in ("parameters", "gradients", "updates"):
            if f"{number}_scales" in found:
                assert np.isfinite(tensors(found, picture, number)).all(), (backend, number)


def test_maps_of_denormal_numbers_are_not_empty() -> None:
    spec, change = WILD["hardly there"]
    for picture in of_each_backend(spec, state=with_parameters(spec, **change)).values():
        for section in ("maps", "boundary"):
            assert np.abs(part(picture, section).astype(int)).max() == 127
