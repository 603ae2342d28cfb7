from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Spec
from engine.choices import KINDS, DatasetName
from engine.datasets import DATASETS, points_of, split

NAMES: tuple[DatasetName, ...] = get_args(DatasetName)
CLASSES = [name for name in NAMES if KINDS[name].targets == "classes"]
seeds = st.integers(0, 2**31 - 1)


@pytest.mark.parametrize("name", NAMES)
def test_default_counts(name: DatasetName) -> None:
    points, labels = points_of(Spec(dataset=name))
    count = 1200 if KINDS[name].targets == "values" else 500
    assert points.shape == (count, 2)
    assert labels.shape == (count,)
    assert points.dtype == labels.dtype == np.float32


@pytest.mark.parametrize("name", NAMES)
@given(samples=st.integers(10, 400), noise=st.floats(0, 50), fraction=st.floats(0.1, 0.9), seed=seeds)
def test_any_count_noise_and_seed(name: DatasetName, samples: int, noise: float, fraction: float, seed: int) -> None:
    spec = Spec(dataset=name, samples=samples, noise=noise, train_fraction=fraction, seed=seed)
    points, labels = points_of(spec)
    assert len(points) == len(labels) == samples
    assert np.isfinite(points).all()
    if name != "gauss":  # a normal cloud has no border
        assert np.abs(points).max() <= 6
    if KINDS[name].targets == "values":
        assert np.abs(labels).max() <= {"plane": 1.8, "multi_gauss": 1}[name]
    else:
        assert set(labels.tolist()) <= {-1, 1}
    data = split(spec)
    assert len(data.train_points) == len(data.train_labels) == round(samples * fraction) >= 1
    assert len(data.test_points) == len(data.test_labels) == samples - len(data.train_points) >= 1
    dealt = np.column_stack([np.concatenate([data.train_points, data.test_points]),
                             np.concatenate([data.train_labels, data.test_labels])])  # fmt: skip
    whole = np.column_stack([points, labels])
    np.testing.assert_array_equal(np.sort(dealt, axis=0), np.sort(whole, axis=0))


@pytest.mark.parametrize("name", CLASSES)
def test_classes_are_balanced(name: DatasetName) -> None:
    """Exactly where classes are drawn apart; xor draws 500 points freely: 5 standard deviations are 56."""
    _, labels = points_of(Spec(dataset=name))
    assert abs((labels > 0).sum() - 250) <= (56 if name == "xor" else 0)


@pytest.mark.parametrize("name", NAMES)
def test_noise_bites_and_moves_the_same_points(name: DatasetName) -> None:
    """Points or labels move with noise, by more the more there is, and 0 is the clean shape."""
    clean, some, more = (np.column_stack(points_of(Spec(dataset=name, noise=noise))) for noise in (0, 20, 50))
    assert 0.01 < np.abs(some - clean).mean() < np.abs(more - clean).mean()
    if name not in ("gauss", "spiral"):  # noise is where the label is read
        np.testing.assert_array_equal(more[:, :2], clean[:, :2])


def test_clean_shapes() -> None:
    points, labels = points_of(Spec(dataset="circle"))
    radius = np.hypot(*points.T)
    assert (radius[labels > 0] < 2.5).all()
    assert ((radius[labels < 0] >= 3.5 - 1e-6) & (radius[labels < 0] <= 5 + 1e-6)).all()

    points, labels = points_of(Spec(dataset="xor"))
    np.testing.assert_array_equal(labels, np.sign(points[:, 0] * points[:, 1]))
    assert np.abs(points).min() >= 0.3
    assert np.abs(points).max() <= 5.3

    points, labels = points_of(Spec(dataset="gauss", samples=5000))
    for label in (-1, 1):
        np.testing.assert_allclose(points[labels == label].mean(axis=0), 2 * label, atol=0.1)
        np.testing.assert_allclose(points[labels == label].var(axis=0), 0.5, atol=0.1)

    points, labels = points_of(Spec(dataset="spiral"))
    radius, angle = np.hypot(*points.T), np.arctan2(points[:, 0], points[:, 1])
    turned = 1.75 * 2 * np.pi * radius / 5 + np.where(labels > 0, 0, np.pi)
    np.testing.assert_allclose(np.cos(angle - turned)[radius > 0], 1, atol=1e-5)

    points, labels = points_of(Spec(dataset="plane"))
    np.testing.assert_allclose(labels, points.sum(axis=1) / 10, atol=1e-6)

    points, labels = points_of(Spec(dataset="multi_gauss", samples=5000))
    for x1, x2, sign in [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)]:
        distance = np.hypot(points[:, 0] - x1, points[:, 1] - x2)
        near = distance < 1.9
        np.testing.assert_allclose(labels[near], sign * (1 - distance[near] / 2), atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_noise_leaves_the_split_alone(name: DatasetName) -> None:
    clean, noisy = split(Spec(dataset=name)), split(Spec(dataset=name, noise=30))
    if name in ("gauss", "spiral"):  # points move and labels stay
        np.testing.assert_array_equal(clean.train_labels, noisy.train_labels)
    else:
        np.testing.assert_array_equal(clean.train_points, noisy.train_points)


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_bites(name: DatasetName) -> None:
    first, second = split(Spec(dataset=name, seed=1)), split(Spec(dataset=name, seed=2))
    assert not np.array_equal(first.train_points, second.train_points)
    np.testing.assert_array_equal(first.train_points, split(Spec(dataset=name, seed=1)).train_points)


def test_default_samples_are_the_table_s() -> None:
    assert {name: dataset.samples for name, dataset in DATASETS.items()} == {
        name: 1200 if KINDS[name].targets == "values" else 500 for name in NAMES
    }
