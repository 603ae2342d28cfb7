import json
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.seeds import batch_order, stream
from tests.engine.oracle import shuffled

seeds = st.integers(0, 2**31 - 1)
GOLDEN = Path(__file__).parent.parent / "golden"


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
