"""Random numbers: order of batches, streams, dropout masks and signs, bit by bit and in the mean."""

import json
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.nn.random import batch_order, keep_mask, signs, stream
from tests.parity.oracle import bits, shuffled

seeds = st.integers(0, 2**31 - 1)
steps = st.integers(0, 10**9)
GOLDEN = Path(__file__).parents[2] / "golden"


@given(seed=seeds, epoch=st.integers(0, 10**9), count=st.integers(1, 300))
def test_batch_order_is_the_described_shuffle(seed: int, epoch: int, count: int) -> None:
    order = batch_order(seed, epoch, count)
    assert order.dtype == np.int64
    assert order.tolist() == shuffled(seed, epoch, count)
    assert sorted(order.tolist()) == list(range(count))


def test_batch_order_is_what_it_always_was() -> None:
    """A kept run is resumed from its epoch alone, so the order may never change."""
    for case in json.loads((GOLDEN / "batch_order.json").read_text()):
        assert batch_order(case["seed"], case["epoch"], case["count"]).tolist() == case["order"]


def test_every_place_is_equally_likely() -> None:
    """Where sample 0 of 10 lands over 20,000 epochs; 5 standard deviations of a fair shuffle are 212."""
    places = [int(np.flatnonzero(batch_order(7, epoch, 10) == 0)[0]) for epoch in range(20_000)]
    assert np.abs(np.bincount(places, minlength=10) - 2000).max() < 212


@given(seed=seeds)
def test_streams_depend_on_seed_and_purpose_alone(seed: int) -> None:
    first = stream(seed, "data").random(5)
    np.testing.assert_array_equal(first, stream(seed, "data").random(5))
    assert not np.array_equal(first, stream(seed, "noise").random(5))
    assert not np.array_equal(first, stream(seed + 1, "data").random(5))


@given(seed=seeds, step=steps, layer=st.integers(0, 8), dropout=st.floats(0, 0.9))
def test_dropout_masks_are_the_described_bits(seed: int, step: int, layer: int, dropout: float) -> None:
    mask = keep_mask(seed, step, layer, rows=3, width=4, dropout=dropout)
    for row, column in np.ndindex(3, 4):
        drawn = bits(seed, step, layer, row * 0x9E3779B1 + column * 0x85EBCA77) >> 8
        assert mask[row, column] == (drawn >= int(dropout * 2**24))


@given(seed=seeds, step=steps, pair=st.integers(0, 63))
def test_signs_are_the_described_bits(seed: int, step: int, pair: int) -> None:
    found = signs(seed, step, pair, 12)
    assert found.dtype == np.float32
    assert found.tolist() == [1 - 2 * (bits(seed, step, 1000 + pair, i * 0x9E3779B1) >> 31) for i in range(12)]


def test_masks_keep_the_share_they_should_in_every_row_column_and_step() -> None:
    """200 steps of 32×32 at p = 0.3; 5 standard deviations of a fair coin each."""
    masks = np.stack([keep_mask(7, step, 1, 32, 32, 0.3) for step in range(200)])
    for axis in range(3):
        means = masks.mean(axis=tuple(other for other in range(3) if other != axis))
        assert np.abs(means - 0.7).max() < 5 * np.sqrt(0.21 / (masks.size / len(means)))
    neighbours = np.corrcoef(masks[:, :, 1:].ravel(), masks[:, :, :-1].ravel())[0, 1]
    assert abs(neighbours) < 5 / np.sqrt(masks.size)


def test_signs_are_fair_and_those_of_two_parameters_unrelated() -> None:
    """2,000 draws for 40 parameters: E[ε·εᵀ] is the identity, within 5 standard deviations."""
    drawn = np.stack([signs(7, step, pair, 40) for step in range(250) for pair in range(8)])
    assert np.abs(drawn.mean(axis=0)).max() < 5 / np.sqrt(2000)
    np.testing.assert_allclose(drawn.T @ drawn / 2000, np.eye(40), atol=5 / np.sqrt(2000))
