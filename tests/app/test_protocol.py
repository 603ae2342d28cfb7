"""Frames: what goes in comes out, within what one byte can say."""

import json
from dataclasses import replace

import msgpack
import numpy as np
import pytest

from app.protocol import LARGEST, decode_frame, encode_frame, map_side
from engine import Snapshot, Spec, Trainer
from tests.app import golden_frame


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    trainer = Trainer(Spec(), backend="by_hand")
    trainer.advance(60)
    return trainer.snapshot()


def encode(snapshot: Snapshot, focus: tuple[int, int] | None = None) -> bytes:
    return encode_frame(snapshot, revision=2, frame=5, steps_per_second=750.0, focus=focus)


def test_golden_bytes_have_not_changed() -> None:
    assert golden_frame.encoded() == (golden_frame.GOLDEN / "frame.bin").read_bytes()


def test_golden_frame_holds_what_its_json_says() -> None:
    assert json.loads(json.dumps(golden_frame.expected())) == json.loads(
        (golden_frame.GOLDEN / "frame.json").read_text()
    )


def test_every_value_survives(snapshot: Snapshot) -> None:
    frame = decode_frame(encode(snapshot, focus=(0, 3)))
    assert (frame["revision"], frame["frame"], frame["steps_per_second"]) == (2, 5, 750.0)
    for name in ("step", "epoch", "train_loss", "test_loss", "train_accuracy", "test_accuracy", "penalty", "sizes"):
        assert frame[name] == getattr(snapshot, name)
    for name in ("parameters", "gradients", "updates"):
        tensors = getattr(snapshot, name)
        assert list(frame[name]) == list(tensors)
        for tensor, values in tensors.items():
            np.testing.assert_array_equal(frame[name][tensor], values)
    np.testing.assert_allclose(frame["gradient_norms"], snapshot.gradient_norms, rtol=1e-6)
    half_a_level = np.abs(snapshot.boundary).max() / 254
    np.testing.assert_allclose(frame["boundary"], snapshot.boundary, atol=1.001 * half_a_level, rtol=0)
    focus = snapshot.maps[0][3]
    assert (frame["focus"]["layer"], frame["focus"]["neuron"]) == (0, 3)
    np.testing.assert_allclose(frame["focus"]["values"], focus, atol=1.001 * np.abs(focus).max() / 254, rtol=0)


def test_small_maps_are_averages_of_the_large(snapshot: Snapshot) -> None:
    frame = decode_frame(encode(snapshot))
    assert [layer.shape for layer in frame["maps"]] == [(4, 24, 24), (2, 24, 24), (1, 24, 24)]
    for small, large in zip(frame["maps"], snapshot.maps, strict=True):
        scale = np.abs(large).max()
        np.testing.assert_allclose(small.mean((1, 2)), large.mean((1, 2)), atol=scale / 254)
        corner = large[:, :4, :4].mean((1, 2))  # cell (0, 0) covers 100/24 = 4.17 fine cells
        np.testing.assert_allclose(small[:, 0, 0], corner, atol=scale / 50)


def test_a_frame_of_the_default_experiment_is_at_most_16_kilobytes(snapshot: Snapshot) -> None:
    assert len(encode(snapshot)) <= 16_000


@pytest.mark.parametrize(("neurons", "side"), [(1, 24), (7, 24), (8, 24), (15, 18), (19, 16), (257, 16)])
def test_maps_share_their_bytes(neurons: int, side: int) -> None:
    assert map_side(neurons) == side


def test_values_beyond_all_numbers_are_sent_all_the_same(snapshot: Snapshot) -> None:
    wild = [values.copy() for values in snapshot.maps]
    wild[-1][0, 0, :3] = np.nan, np.inf, -np.inf
    wild[0][:] = 0
    frame = decode_frame(encode(replace(snapshot, maps=wild, train_loss=float("inf"))))
    np.testing.assert_allclose(frame["boundary"][0, :3], [0, LARGEST, -LARGEST], rtol=1e-6)
    assert np.isfinite(frame["maps"][-1]).all()
    assert not frame["maps"][0].any()
    assert frame["train_loss"] == float("inf")


def test_another_version_is_refused(snapshot: Snapshot) -> None:
    frame = msgpack.unpackb(encode(snapshot))
    with pytest.raises(ValueError, match="version 2"):
        decode_frame(msgpack.packb({**frame, "version": 2}))
