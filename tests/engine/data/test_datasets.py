"""Data sets: counts, ranges, balance of classes, what noise and the seed change, shapes without noise."""

import json
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Spec, Trainer
from engine.data.datasets import DATA_FIELDS, DATASETS, ROWS_AT_ONCE, _split, is_held, samples_of, split
from engine.data.digits import BUNDLED_ONLY
from engine.data.planes import PLANE_DATASETS
from engine.nn.random import stream
from engine.spec.choices import KINDS, DatasetName, FunctionName

NAMES: tuple[DatasetName, ...] = get_args(DatasetName)
GOLDEN = Path(__file__).parents[2] / "golden"
MANY: tuple[DatasetName, ...] = ("moons", "rings", "checkerboard", "pinwheel", "blobs")
DRAWN = [name for name in PLANE_DATASETS if KINDS[name].noise]
"""Drawn at random on the plane, as many as asked for."""
POINTS_MOVE = {"gauss", "spiral", "moons", "rings", "pinwheel", "blobs"}
"""Where noise moves points; elsewhere it moves the place where the label is read."""
OWN = ((1.0, 2.0, 0.0), (-1.0, 0.5, 2.0), (3.0, -2.0, 1.0))
seeds = st.integers(0, 2**31 - 1)


def spec_of(name: DatasetName, **fields: Any) -> Spec:
    return Spec(dataset=name, **({"own_points": OWN} if name in ("own", "own_values") else {}), **fields)


def test_the_table_is_complete() -> None:
    assert set(DATASETS) == set(NAMES)
    assert set(PLANE_DATASETS) == {name for name in NAMES if KINDS[name].plane} - {"own", "own_values"}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "mnist"])
def test_default_counts_shapes_and_ranges(name: DatasetName) -> None:
    spec = spec_of(name)
    kind = spec.kind
    rows, labels = samples_of(spec)
    count = kind.samples or len(OWN)
    assert rows.shape == (count, 2 if kind.plane else spec.inputs)
    assert labels.shape == ((count,) if kind.targets == "classes" or spec.outputs == 1 else (count, spec.outputs))
    assert rows.dtype == labels.dtype == np.float32
    if kind.targets == "classes":
        classes = {-1, 1} if spec.class_count == 2 else set(range(spec.class_count))
        assert set(labels.tolist()) == classes
    if kind.plane and name != "gauss":
        assert kind.low <= rows.min() <= rows.max() <= kind.high


@pytest.mark.parametrize("name", DRAWN)
@settings(max_examples=25)
@given(
    samples=st.integers(10, 400), noise=st.floats(0, 50), fraction=st.floats(0.1, 0.9), seed=seeds,
    classes=st.integers(2, 8), function=st.sampled_from(get_args(FunctionName)),
)  # fmt: skip
def test_any_count_noise_classes_and_seed(
    name: DatasetName, samples: int, noise: float, fraction: float, seed: int, classes: int, function: FunctionName
) -> None:
    spec = Spec(
        dataset=name, samples=samples, noise=noise, train_fraction=fraction, seed=seed, classes=classes,
        function=function,
    )  # fmt: skip
    points, labels = samples_of(spec)
    assert len(points) == len(labels) == samples
    assert np.isfinite(points).all()
    if name not in ("gauss", "blobs"):  # a normal cloud has no border
        assert np.abs(points).max() <= 6
    if spec.is_regression:
        assert np.abs(labels).max() <= {"plane": 1.8, "multi_gauss": 1, "sine": 1}[name]
    else:
        assert set(labels.tolist()) <= ({-1, 1} if spec.class_count == 2 else set(range(classes)))
    data = split(spec)
    assert len(data.train_rows) == len(data.train_labels) == round(samples * fraction) >= 1
    assert len(data.test_rows) == len(data.test_labels) == samples - len(data.train_rows) >= 1
    dealt = np.column_stack([np.concatenate([data.train_rows, data.test_rows]),
                             np.concatenate([data.train_labels, data.test_labels])])  # fmt: skip
    whole = np.column_stack([points, labels])
    np.testing.assert_array_equal(np.sort(dealt, axis=0), np.sort(whole, axis=0))


@pytest.mark.parametrize(
    "golden", json.loads((GOLDEN / "planes.json").read_text()), ids=lambda golden: golden["dataset"]
)
def test_the_six_of_the_toy_stay_as_they_were(golden: dict[str, Any]) -> None:
    """Bit for bit but for the last bit of a sine or root, which may differ between machines."""
    data = split(Spec(dataset=golden["dataset"], samples=40, noise=35, train_fraction=0.7, seed=99))
    np.testing.assert_allclose(data.train_rows, golden["rows"], atol=2e-6)
    np.testing.assert_allclose(data.train_labels, golden["labels"], atol=2e-6)


@pytest.mark.parametrize("name", ["circle", "xor", "gauss", "spiral", "function"])
def test_two_classes_are_balanced(name: DatasetName) -> None:
    """Exactly where classes are drawn apart; xor draws 500 points freely: 5 standard deviations are 56."""
    _, labels = samples_of(Spec(dataset=name))
    assert abs((labels > 0).sum() - 250) <= (56 if name in ("xor", "function") else 0)


@pytest.mark.parametrize("classes", range(2, 9))
@pytest.mark.parametrize("name", MANY)
def test_many_classes_all_occur_evenly(name: DatasetName, classes: int) -> None:
    _, labels = samples_of(Spec(dataset=name, classes=classes))
    numbers, counts = np.unique(labels, return_counts=True)
    assert numbers.tolist() == ([-1, 1] if classes == 2 else list(range(classes)))
    if name == "checkerboard":  # sixteen squares dealt to the classes
        assert counts.min() >= 500 * (16 // classes) / 16 * 0.6
    else:
        assert np.ptp(counts) <= 1


@pytest.mark.parametrize("classes", [2, 3, 8])
@pytest.mark.parametrize("name", MANY)
def test_clean_classes_keep_apart(name: DatasetName, classes: int) -> None:
    """Each point's nearest neighbour is of its own class, and noise ends that."""

    def strangers(noise: float) -> float:
        points, labels = samples_of(Spec(dataset=name, classes=classes, samples=1000, noise=noise))
        distance = np.linalg.norm(points[:, np.newaxis] - points, axis=2) + np.diag(np.full(len(points), np.inf))
        return float(np.mean(labels[distance.argmin(axis=1)] != labels))

    assert strangers(0) <= (0.15 if name == "checkerboard" else 0.03)  # squares share their edges
    if (name, classes) != ("blobs", 2):  # two clouds are seven apart
        assert strangers(50) > max(3 * strangers(0), 0.03)


@pytest.mark.parametrize("name", DRAWN)
def test_noise_bites_and_moves_the_same_points(name: DatasetName) -> None:
    """Points or labels move with noise, by more the more there is, and 0 is the clean shape."""
    clean, some, more = (np.column_stack(samples_of(Spec(dataset=name, noise=noise))) for noise in (0, 20, 50))
    assert 0.01 < np.abs(some - clean).mean() < np.abs(more - clean).mean()
    if name in POINTS_MOVE:
        np.testing.assert_array_equal(more[:, 2], clean[:, 2])
        away, further = (some - clean)[:, :2], (more - clean)[:, :2]
        if name in ("spiral", "moons", "rings", "blobs"):  # by the same way, 50/20 as far
            np.testing.assert_allclose(further, 2.5 * away, atol=2e-5)
    else:
        np.testing.assert_array_equal(more[:, :2], clean[:, :2])


@pytest.mark.parametrize("name", DRAWN)
def test_noise_leaves_the_split_alone(name: DatasetName) -> None:
    clean, noisy = split(Spec(dataset=name)), split(Spec(dataset=name, noise=30))
    if name in POINTS_MOVE:
        np.testing.assert_array_equal(clean.train_labels, noisy.train_labels)
    else:
        np.testing.assert_array_equal(clean.train_rows, noisy.train_rows)


@pytest.mark.parametrize("name", [*DRAWN, "arithmetic", "digits"])
def test_the_seed_bites(name: DatasetName) -> None:
    first, second = split(Spec(dataset=name, seed=1)), split(Spec(dataset=name, seed=2))
    assert not np.array_equal(first.train_rows, second.train_rows)
    np.testing.assert_array_equal(first.train_rows, split(Spec(dataset=name, seed=1)).train_rows)


def test_clean_shapes() -> None:
    points, labels = samples_of(Spec(dataset="circle"))
    radius = np.hypot(*points.T)
    assert (radius[labels > 0] < 2.5).all()
    assert ((radius[labels < 0] >= 3.5 - 1e-6) & (radius[labels < 0] <= 5 + 1e-6)).all()

    points, labels = samples_of(Spec(dataset="xor"))
    np.testing.assert_array_equal(labels, np.sign(points[:, 0] * points[:, 1]))
    assert np.abs(points).min() >= 0.3
    assert np.abs(points).max() <= 5.3

    points, labels = samples_of(Spec(dataset="gauss", samples=5000))
    for label in (-1, 1):
        np.testing.assert_allclose(points[labels == label].mean(axis=0), 2 * label, atol=0.1)
        np.testing.assert_allclose(points[labels == label].var(axis=0), 0.5, atol=0.1)

    points, labels = samples_of(Spec(dataset="spiral"))
    radius, angle = np.hypot(*points.T), np.arctan2(points[:, 0], points[:, 1])
    turned = 1.75 * 2 * np.pi * radius / 5 + np.where(labels > 0, 0, np.pi)
    np.testing.assert_allclose(np.cos(angle - turned)[radius > 0], 1, atol=1e-5)

    points, labels = samples_of(Spec(dataset="plane"))
    np.testing.assert_allclose(labels, points.sum(axis=1) / 10, atol=1e-6)

    points, labels = samples_of(Spec(dataset="multi_gauss", samples=5000))
    for x1, x2, sign in [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)]:
        distance = np.hypot(points[:, 0] - x1, points[:, 1] - x2)
        near = distance < 1.9
        np.testing.assert_allclose(labels[near], sign * (1 - distance[near] / 2), atol=1e-5)

    points, labels = samples_of(Spec(dataset="sine"))
    np.testing.assert_allclose(labels, np.sin(points[:, 0]), atol=1e-6)

    points, labels = samples_of(Spec(dataset="rings", classes=5))
    np.testing.assert_array_equal(np.floor(np.hypot(*points.T)), labels)

    points, labels = samples_of(Spec(dataset="checkerboard"))
    np.testing.assert_array_equal(labels > 0, np.floor(points / 2.5).sum(axis=1) % 2 == 1)


@pytest.mark.parametrize("function", get_args(FunctionName))
def test_classes_lie_above_and_below_a_function(function: FunctionName) -> None:
    points, labels = samples_of(Spec(dataset="function", function=function))
    x1, x2 = points.astype(np.float64).T
    heights: dict[FunctionName, Any] = {
        "line": 0.7 * x1, "parabola": x1**2 / 4 - 2, "cubic": x1**3 / 20 - 1.2 * x1, "sine": 2.5 * np.sin(x1),
    }  # fmt: skip
    above = x2 - heights[function]
    np.testing.assert_array_equal(labels, np.sign(above))
    assert np.abs(above).min() >= 0.3 - 1e-6


@pytest.mark.parametrize(
    ("name", "says"), [("and_gate", "0001"), ("or_gate", "0111"), ("nand_gate", "1110"), ("xor_gate", "0110")]
)
def test_a_gate_is_four_points_and_all_of_them_train_and_test(name: DatasetName, says: str) -> None:
    data = split(Spec(dataset=name, samples=40, noise=50))
    np.testing.assert_array_equal(data.train_rows, [[0, 0], [0, 1], [1, 0], [1, 1]])
    np.testing.assert_array_equal(data.train_labels, [1 if said == "1" else -1 for said in says])
    np.testing.assert_array_equal(data.test_rows, data.train_rows)
    np.testing.assert_array_equal(data.test_labels, data.train_labels)


@pytest.mark.parametrize("samples", [None, 1, 300, 5000])
@pytest.mark.parametrize("name", [name for name in NAMES if KINDS[name].only])
def test_where_there_are_only_so_many_a_spec_counts_no_more(name: DatasetName, samples: int | None) -> None:
    spec = Spec(dataset=name, samples=samples, train_fraction=0.9)
    assert len(split(spec).train_rows) == spec.training_samples


@pytest.mark.parametrize(("samples", "parts"), [(None, 1), (100, 1), (442, 2), (5000, 4)])
def test_arithmetic_asks_for_pairs_never_seen(samples: int | None, parts: int) -> None:
    data = split(Spec(dataset="arithmetic", samples=samples, train_fraction=0.6))
    pairs = np.concatenate([data.train_rows, data.test_rows])
    sums = np.concatenate([data.train_labels, data.test_labels])
    assert len(np.unique(pairs, axis=0)) == len(pairs) == (samples or 441)
    np.testing.assert_array_equal(pairs * parts, np.rint(pairs * parts))
    np.testing.assert_array_equal(sums, np.stack([pairs.sum(axis=1), pairs[:, 0] - pairs[:, 1]], axis=1))


def test_own_points_keep_their_labels() -> None:
    rows, labels = samples_of(Spec(dataset="own", own_points=OWN))
    np.testing.assert_array_equal(rows, [[1, 2], [-1, 0.5], [3, -2]])
    np.testing.assert_array_equal(labels, [0, 2, 1])
    _, labels = samples_of(Spec(dataset="own", own_points=((1, 2, 1), (3, 4, 0))))
    np.testing.assert_array_equal(labels, [1, -1])
    _, labels = samples_of(Spec(dataset="own_values", own_points=((1, 2, 1), (3, 4, -7.5))))
    np.testing.assert_array_equal(labels, [1, -7.5])


def test_few_samples_are_not_dealt_out() -> None:
    nine, ten = (split(Spec(dataset="circle", samples=samples)) for samples in (9, 10))
    np.testing.assert_array_equal(nine.train_rows, nine.test_rows)
    assert (len(nine.train_rows), len(ten.train_rows), len(ten.test_rows)) == (9, 5, 5)


def test_random_numbers_are_normal_and_targets_have_a_stream_of_their_own() -> None:
    spec = Spec(dataset="random", samples=500, random_inputs=40, random_outputs=3)
    rows, targets = samples_of(spec)
    assert (rows.shape, targets.shape) == ((500, 40), (500, 3))
    for numbers in (rows, targets):
        assert abs(numbers.mean()) < 5 / np.sqrt(numbers.size)
        assert abs(numbers.std() - 1) < 5 / np.sqrt(2 * numbers.size)
    np.testing.assert_array_equal(samples_of(spec.changed(random_inputs=7))[1], targets)
    data = split(spec)
    np.testing.assert_array_equal(data.train_rows, rows)
    np.testing.assert_array_equal(data.test_rows, rows)


def test_runs_of_equal_data_share_it_and_nobody_else_does() -> None:
    spec = Spec(dataset="random", samples=20)
    first, second = Trainer(spec, backend="by_hand"), Trainer(spec.changed(hidden=(3,)), backend="by_hand")
    assert first.train_inputs is second.train_inputs
    assert is_held(spec)
    assert split(spec.changed(seed=8)).train_rows is not first.train_inputs
    del first, second
    assert not is_held(spec), "nobody uses it any more"


def test_random_numbers_are_drawn_in_parts_as_they_would_be_at_once() -> None:
    rows, _ = samples_of(Spec(dataset="random", samples=2 * ROWS_AT_ONCE + 7, random_inputs=3))
    whole = stream(7, "data").normal(size=rows.shape).astype(np.float32)
    np.testing.assert_array_equal(rows, whole)


class Watched(Spec):
    """Notes which of its fields are read."""

    def __getattribute__(self, name: str) -> Any:
        if name in Spec.model_fields:
            READ.add(name)
        return super().__getattribute__(name)


READ: set[str] = set()


def test_data_that_are_shared_depend_on_nothing_else() -> None:
    for name in NAMES:
        if name != "mnist":
            spec = Watched.model_validate(spec_of(name).model_dump())
            READ.clear()
            _split(spec, BUNDLED_ONLY)
            assert {*DATA_FIELDS, "data_seed", "seed"} >= READ
            assert {"dataset", "seed"} & READ
