"""Frames: what goes in comes out, within what one byte can say."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgpack
import numpy as np
import pytest

from app.wire.frames import LARGEST, decode_frame, drawn_neurons, encode_frame, map_side
from engine import Snapshot, Spec, Trainer
from engine.nn.network import Array
from tests.app.wire.golden_frames import FRAMES, GOLDEN, expected


def taken(spec: Spec, steps: int = 60) -> Snapshot:
    trainer = Trainer(spec, backend="by_hand")
    trainer.advance(steps)
    return trainer.snapshot()


def assert_near(decoded: Array, values: Array) -> None:
    """Of a boundary around 0: half a level, and a whole one where that keeps a cell from becoming 0."""
    level = np.abs(values).max() / 127
    tolerance = np.where(np.abs(values) < level / 2, level, level / 2)  # and the least that float32 can hold
    assert (np.abs(decoded - values) <= 1.001 * tolerance + 1e-45).all()


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return taken(Spec())


def encode(snapshot: Snapshot, spec: Spec | None = None, focus: tuple[int, int] | None = None) -> bytes:
    return encode_frame(snapshot, spec or Spec(), revision=2, frame=5, steps_per_second=750.0, focus=focus)


def decoded(spec: Spec, steps: int = 3) -> tuple[Snapshot, dict[str, Any]]:
    snapshot = taken(spec, steps)
    return snapshot, decode_frame(encode(snapshot, spec))


@pytest.mark.parametrize(("name", "make"), FRAMES.items())
def test_golden_bytes_have_not_changed(name: str, make: Callable[[], bytes]) -> None:
    assert make() == (GOLDEN / f"{name}.bin").read_bytes()


@pytest.mark.parametrize(("name", "make"), FRAMES.items())
def test_a_golden_frame_holds_what_its_json_says(name: str, make: Callable[[], bytes]) -> None:
    assert json.loads(json.dumps(expected(make()))) == json.loads((GOLDEN / f"{name}.json").read_text())


def test_every_value_survives(snapshot: Snapshot) -> None:
    frame = decode_frame(encode(snapshot, focus=(0, 3)))
    assert (frame["revision"], frame["frame"], frame["steps_per_second"]) == (2, 5, 750.0)
    for name in ("step", "epoch", "samples", "learning_rate", "penalty", "stopped", "sizes", "epoch_loss"):
        assert frame[name] == getattr(snapshot, name)
    for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "threshold"):
        assert frame[name] == getattr(snapshot, name)
    for name in ("parameters", "gradients", "updates"):
        tensors = getattr(snapshot, name)
        assert list(frame[name]) == list(tensors)
        for tensor, values in tensors.items():
            np.testing.assert_array_equal(frame[name][tensor], values)
    np.testing.assert_allclose(frame["gradient_norms"], snapshot.gradient_norms, rtol=1e-6)
    assert snapshot.boundary is not None
    assert snapshot.maps is not None
    assert_near(frame["boundary"], snapshot.boundary)
    focus = snapshot.maps[0][3]
    assert (frame["focus"]["layer"], frame["focus"]["neuron"]) == (0, 3)
    np.testing.assert_allclose(frame["focus"]["values"], focus, atol=1.001 * np.abs(focus).max() / 254, rtol=0)


def test_scores_confusion_and_curves_survive(snapshot: Snapshot) -> None:
    frame = decode_frame(encode(snapshot))
    for name, scores, curve in (
        ("train", snapshot.train, snapshot.train_roc),
        ("test", snapshot.test, snapshot.test_roc),
    ):
        assert scores["confusion"] is not None
        assert frame["confusion"][name] == scores["confusion"].tolist()
        assert frame["scores"][name] == {key: value for key, value in scores.items() if key != "confusion"}
        assert curve is not None
        assert frame["roc"][name]["auc"] == curve.auc
        for rate in ("fpr", "tpr"):
            np.testing.assert_allclose(frame["roc"][name][rate], getattr(curve, rate), atol=0.5 / 255)


def test_values_have_no_classes_to_confuse() -> None:
    _, frame = decoded(Spec(dataset="arithmetic", hidden=(4,)))
    assert (frame["confusion"], frame["roc"], frame["classes"]) == (None, None, None)
    assert frame["scores"]["test"]["accuracy"] is None
    assert frame["scores"]["test"]["mae"] > 0
    assert len(frame["maps"][-1]) == 2


def test_small_maps_are_averages_of_the_large(snapshot: Snapshot) -> None:
    frame = decode_frame(encode(snapshot))
    assert [layer.shape for layer in frame["maps"]] == [(4, 24, 24), (2, 24, 24), (1, 24, 24)]
    for small, large in zip(frame["maps"], snapshot.maps or [], strict=True):
        scale = np.abs(large).max()
        np.testing.assert_allclose(small.mean((1, 2)), large.mean((1, 2)), atol=scale / 254)
        corner = large[:, :4, :4].mean((1, 2))  # cell (0, 0) covers 100/24 = 4.17 fine cells
        np.testing.assert_allclose(small[:, 0, 0], corner, atol=scale / 50)


def test_a_frame_of_the_default_experiment_is_at_most_16_kilobytes(snapshot: Snapshot) -> None:
    assert len(encode(snapshot)) <= 16_000


@pytest.mark.parametrize(("neurons", "side"), [(1, 24), (7, 24), (8, 24), (15, 18), (19, 16), (257, 16)])
def test_maps_share_their_bytes(neurons: int, side: int) -> None:
    assert map_side(neurons) == side


@pytest.mark.parametrize("loss", ["cross_entropy", "bce", "mse"])
def test_of_three_classes_the_largest_output_wins(loss: str) -> None:
    spec = Spec.model_validate({"dataset": "blobs", "classes": 3, "hidden": (4,), "loss": loss})
    snapshot, frame = decoded(spec)
    assert snapshot.maps is not None
    winners, strength = frame["classes"]["winners"], frame["classes"]["strength"]
    np.testing.assert_array_equal(winners, snapshot.maps[-1].argmax(axis=0))
    np.testing.assert_array_equal(frame["boundary"], winners)
    assert 0 <= strength.min() < strength.max() <= 1
    assert len(encode(snapshot, spec)) < 30_000


def test_two_outputs_for_two_classes_have_one_boundary() -> None:
    snapshot, frame = decoded(Spec(loss="cross_entropy"))
    assert snapshot.maps is not None
    ahead = snapshot.maps[-1][1] - snapshot.maps[-1][0]
    assert_near(frame["boundary"], ahead)
    assert (frame["threshold"], frame["classes"]) == (0.0, None)


def test_of_wide_columns_some_neurons_stand_for_the_rest() -> None:
    assert drawn_neurons((2, 32, 1)) is None
    columns = drawn_neurons((7, 33, 100, 2))
    assert columns is not None
    assert [len(column) for column in columns] == [7, 12, 12, 2]
    assert (columns[1][0], columns[1][-1], columns[2][-1]) == (0, 32, 99)
    assert sorted(set(columns[2])) == columns[2]


def test_of_large_networks_only_what_is_drawn_is_sent() -> None:
    spec = Spec.model_validate({"hidden": (64, 64, {"width": 3, "batch_norm": True}), "biases": True})
    snapshot, frame = decoded(spec)
    assert sum(values.size for values in snapshot.parameters.values()) > 4096
    drawn = frame["drawn"]
    assert [len(column) for column in drawn] == [2, 12, 12, 3, 1]
    for name in ("parameters", "gradients", "updates"):
        whole, sent = getattr(snapshot, name), frame[name]
        assert list(sent) == list(whole)
        np.testing.assert_array_equal(sent["layers.1.weight"], whole["layers.1.weight"][np.ix_(drawn[2], drawn[1])])
        np.testing.assert_array_equal(sent["layers.1.bias"], whole["layers.1.bias"][drawn[2]])
        np.testing.assert_array_equal(sent["norms.2.weight"], whole["norms.2.weight"])
    assert snapshot.maps is not None
    assert [len(layer) for layer in frame["maps"]] == [12, 12, 3, 1]
    scale = np.abs(snapshot.maps[1][drawn[2]]).max()
    np.testing.assert_allclose(frame["maps"][1].mean((1, 2)), snapshot.maps[1][drawn[2]].mean((1, 2)), atol=scale / 200)


def test_a_wide_but_small_network_is_sent_whole() -> None:
    snapshot, frame = decoded(Spec.model_validate({"hidden": (100,)}))
    assert frame["parameters"]["layers.0.weight"].shape == snapshot.parameters["layers.0.weight"].shape == (100, 2)
    assert len(frame["maps"][0]) == 12


def test_of_pictures_the_first_weights_are_shown() -> None:
    spec = Spec.model_validate({"dataset": "digits", "samples": 100, "hidden": (100,), "loss": "cross_entropy"})
    snapshot, frame = decoded(spec)
    assert (frame["boundary"], frame["maps"], frame["classes"], frame["focus"]) == (None, None, None, None)
    weights = snapshot.parameters["layers.0.weight"][frame["drawn"][1]].reshape(12, 8, 8)
    np.testing.assert_allclose(frame["weights"], weights, atol=1.001 * np.abs(weights).max() / 254)
    assert np.array(frame["confusion"]["test"]).shape == (10, 10)
    assert len(encode(snapshot, spec)) < 16_000


def test_other_columns_have_neither_maps_nor_pictures() -> None:
    _, frame = decoded(Spec(dataset="random", hidden=(4,)))
    assert (frame["maps"], frame["weights"], frame["boundary"]) == (None, None, None)


def test_values_beyond_all_numbers_are_sent_all_the_same(snapshot: Snapshot) -> None:
    assert snapshot.maps is not None
    wild = [values.copy() for values in snapshot.maps]
    wild[-1][0, 0, :3] = np.nan, np.inf, -np.inf
    wild[0][:] = 0
    frame = decode_frame(encode(replace(snapshot, maps=wild, train_loss=float("inf"))))
    np.testing.assert_allclose(frame["boundary"][0, :3], [0, LARGEST, -LARGEST], rtol=1e-6)
    assert np.isfinite(frame["maps"][-1]).all()
    assert not frame["maps"][0].any()
    assert frame["train_loss"] == float("inf")


@pytest.mark.parametrize("largest", [1e-30, 4e-38, 2e-38, 3e-42])
def test_maps_of_the_least_numbers_are_no_zeros(snapshot: Snapshot, largest: float) -> None:
    assert snapshot.maps is not None
    small = [values / np.abs(values).max() * np.float32(largest) for values in snapshot.maps]
    frame = decode_frame(encode(replace(snapshot, maps=small), focus=(0, 1)))
    assert_near(frame["boundary"], small[-1][0])
    np.testing.assert_allclose(frame["focus"]["values"], small[0][1], atol=largest / 250, rtol=0)
    for map_, values in zip(frame["maps"][0], small[0], strict=True):
        np.testing.assert_allclose(np.abs(map_).max(), np.abs(values).max(), rtol=0.2)


@pytest.mark.parametrize("loss", ["cross_entropy", "bce", "mse"])
def test_classes_beyond_all_numbers_are_sent_too(loss: str) -> None:
    spec = Spec.model_validate({"dataset": "blobs", "classes": 3, "loss": loss})
    snapshot = taken(spec, 1)
    assert snapshot.maps is not None
    wild = [values.copy() for values in snapshot.maps]
    wild[-1][:, 0, 0] = np.nan, np.inf, -np.inf
    frame = decode_frame(encode(replace(snapshot, maps=wild), spec))
    assert frame["classes"]["winners"][0, 0] == 1
    assert frame["classes"]["strength"][0, 0] == 1


def test_another_version_is_refused(snapshot: Snapshot) -> None:
    frame = msgpack.unpackb(encode(snapshot))
    with pytest.raises(ValueError, match="version 1"):
        decode_frame(msgpack.packb({**frame, "version": 1}))
