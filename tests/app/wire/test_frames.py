"""Frames: what goes in comes out, within what one byte can say, and no frame is larger than it may be."""

import json
import math
import struct
import zlib
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import example, given, settings
from pydantic import ValidationError

from app.wire.frames import (
    HEADER,
    LARGEST_FLOAT32,
    MOST_BYTES,
    VERSION,
    decode_frame,
    encode_frame,
    layout_message,
    with_focus,
)
from engine import Spec, Trainer
from engine.nn.picture_layout import picture_layout
from engine.training.picture import Picture
from tests.app.wire.golden_frames import FRAMES, GOLDEN, OF_PLANE, READINGS, expected, grid, picture
from tests.random_specs import random_spec

DEEP: dict[str, Any] = {"dataset": "spiral", "hidden": (8, 8, 8)}


def taken(spec: Spec, steps: int = 60) -> Picture:
    trainer = Trainer(spec, backend="by_hand")
    return trainer.picture(steps)


def encode(picture: Picture) -> bytes:
    return encode_frame(picture, revision=2, frame=5, steps_per_second=750.0)


def through_json(spec: Spec, revision: int = 2) -> dict[str, Any]:
    """The layout as a program gets it."""
    layout: dict[str, Any] = json.loads(json.dumps(layout_message(spec, revision)))
    return layout


def section(picture: Picture, name: str) -> Any:
    """The values of a section, as the engine has written them."""
    part = picture.layout[name]
    return picture.data[part.offset : part.offset + part.bytes].view(part.kind).reshape(part.shape)


@pytest.mark.parametrize("name", FRAMES)
def test_golden_bytes_have_not_changed(name: str) -> None:
    make, layout = FRAMES[name]
    assert unpacked(make(), layout) == unpacked((GOLDEN / f"{name}.bin").read_bytes(), layout)
    assert json.loads(json.dumps(layout)) == json.loads((GOLDEN / f"{name}.layout.json").read_text())


def unpacked(frame: bytes, layout: dict[str, Any]) -> tuple[bytes, ...]:
    """Header but for the sizes of its two streams, raw sections, and what comes out of the streams. Those themselves
    are the compressor's affair: other processors, other bytes."""
    grids_bytes, focus_bytes = struct.unpack_from("<II", frame, 76)
    raw_end = HEADER.size + layout["raw_bytes"]
    streams = frame[raw_end : raw_end + grids_bytes], frame[raw_end + grids_bytes :]
    assert len(streams[1]) == focus_bytes
    return frame[:76], frame[84:raw_end], *(zlib.decompress(stream) for stream in streams if stream)


@pytest.mark.parametrize("name", FRAMES)
def test_a_golden_frame_holds_what_its_json_says(name: str) -> None:
    layout = json.loads((GOLDEN / f"{name}.layout.json").read_text())
    found = expected((GOLDEN / f"{name}.bin").read_bytes(), layout)
    assert json.loads(json.dumps(found)) == json.loads((GOLDEN / f"{name}.json").read_text())


@pytest.mark.parametrize(
    "spec",
    [
        Spec(),
        Spec(loss="cross_entropy"),
        Spec.model_validate({"dataset": "blobs", "classes": 3, "hidden": (4,), "loss": "bce"}),
        Spec.model_validate({"dataset": "digits", "samples": 100, "hidden": (100,), "loss": "cross_entropy"}),
        Spec.model_validate({"hidden": (64, 64, {"width": 3, "batch_norm": True})}),
        Spec(dataset="random", hidden=(4,)),
        Spec(dataset="arithmetic", hidden=(4,)),
    ],
    ids=lambda spec: f"{spec.dataset} {[layer.width for layer in spec.hidden]}",
)
def test_every_section_survives(spec: Spec) -> None:
    picture = taken(spec)
    layout = picture.layout
    frame = decode_frame(encode(picture), through_json(spec))
    for name in ("step", "epoch", "samples", "learning_rate", "stopped"):
        assert frame[name] == getattr(picture.readings, name)
    for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "penalty", "epoch_loss"):
        value = getattr(picture.readings, name)
        assert frame[name] == (None if value is None else pytest.approx(value, rel=1e-7)), name
    assert (frame["revision"], frame["frame"], frame["steps_per_second"], frame["focus"]) == (2, 5, 750.0, None)
    np.testing.assert_array_equal(frame["gradient_norms"], section(picture, "gradient_norms"))
    for name in ("parameters", "gradients", "updates"):
        assert [(tensor, list(values.shape)) for tensor, values in frame[name].items()] == [
            (tensor, list(shape)) for tensor, shape in layout.tensors
        ]
        flat = np.concatenate([values.ravel() for values in frame[name].values()])
        scales = section(picture, f"{name}_scales") if f"{name}_scales" in layout else np.ones(len(layout.tensors))
        sizes = [math.prod(shape) for _, shape in layout.tensors]
        np.testing.assert_allclose(flat, section(picture, name) * np.repeat(scales, sizes), rtol=1e-6)
    maps = {"plane": frame["maps"], "weights": frame["weights"] is not None and [frame["weights"]], None: None}
    if layout.maps_of is None:
        assert frame["maps"] is frame["weights"] is frame["ranges"] is None
    else:
        units = section(picture, "map_scales")[:, None, None].astype(float) / 127
        found = np.concatenate(maps[layout.maps_of])
        np.testing.assert_allclose(found, section(picture, "maps") * units, rtol=1e-6, atol=1e-45)
        np.testing.assert_array_equal(np.concatenate(frame["ranges"]), section(picture, "map_ranges"))
    if "boundary" in layout:
        scale = section(picture, "boundary_scale").astype(float)
        np.testing.assert_allclose(frame["boundary"], section(picture, "boundary") * (scale / 127), rtol=1e-6)
        assert (frame["threshold"], frame["classes"]) == (spec.threshold, None)
    elif "classes" in layout:
        np.testing.assert_array_equal(frame["classes"]["winners"], section(picture, "classes") >> 5)
        np.testing.assert_allclose(31 * frame["classes"]["strength"], section(picture, "classes") & 31, rtol=1e-6)
        np.testing.assert_array_equal(frame["boundary"], frame["classes"]["winners"])
    else:
        assert frame["boundary"] is frame["threshold"] is frame["classes"] is None


def test_of_wide_columns_the_tensors_are_of_drawn_neurons() -> None:
    spec = Spec.model_validate({"hidden": (64, 64, {"width": 3, "batch_norm": True}), "biases": True})
    trainer = Trainer(spec, backend="by_hand")
    frame = decode_frame(encode(trainer.picture(3)), through_json(spec))
    drawn, whole = frame["drawn"], trainer.parameters()
    assert [len(column) for column in drawn] == [2, 12, 12, 3, 1]
    assert list(frame["parameters"]) == list(whole)
    for name, values in (
        ("layers.1.weight", whole["layers.1.weight"][np.ix_(drawn[2], drawn[1])]),
        ("layers.1.bias", whole["layers.1.bias"][drawn[2]]),
        ("norms.2.weight", whole["norms.2.weight"]),
    ):
        np.testing.assert_allclose(frame["parameters"][name], values, rtol=1e-3, atol=1e-4)
    assert [len(layer) for layer in frame["maps"]] == [12, 12, 3, 1]


def test_a_focus_stands_in_a_frame_of_its_own() -> None:
    trainer = Trainer(Spec(), backend="by_hand")
    trainer.advance(60)
    without = encode(trainer.picture())
    scale, values = trainer.neuron_map(0, 3)
    frame, plain = (
        decode_frame(data, through_json(Spec())) for data in (with_focus(without, (0, 3), scale, values), without)
    )
    focus = frame.pop("focus")
    assert (focus["layer"], focus["neuron"], focus["side"]) == (0, 3, 100)
    np.testing.assert_allclose(focus["values"], values * (scale / 127), rtol=1e-6)
    assert plain.pop("focus") is None
    assert repr(frame) == repr(plain)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300, -1e300, 1e-300])
def test_losses_beyond_float32_are_sent_all_the_same(value: float) -> None:
    readings = READINGS._replace(train_loss=value, penalty=value, epoch_loss=value)
    frame = decode_frame(encode(picture(OF_PLANE, readings)), through_json(OF_PLANE))
    held = value if not math.isfinite(value) else min(max(value, -LARGEST_FLOAT32), LARGEST_FLOAT32)
    for name in ("train_loss", "penalty"):
        assert frame[name] == pytest.approx(held, rel=1e-6, abs=1e-45, nan_ok=True)
    assert (frame["epoch_loss"] is None) == math.isnan(value)


def test_a_frame_that_does_not_fit_is_refused_in_words() -> None:
    data, layout = encode(taken(Spec(), 0)), through_json(Spec())
    for bad, by, words in (
        (struct.pack("<I", 2) + data[4:], layout, f"version 2 and this program reads version {VERSION}"),
        (data, None, "revision 2, whose message “layout” is missing"),
        (data, through_json(Spec(), revision=3), "revision 2 and the layout of revision 3"),
        (data[: HEADER.size - 1], layout, "96 bytes at least, and this one 95"),
        (data[:-1], layout, "not what its header says"),
        (data + b"0", layout, "not what its header says"),
        (data[:-4] + bytes(4), layout, "cannot be unpacked"),
    ):
        with pytest.raises(ValueError, match=words):
            decode_frame(bad, by)


# ---- bounds


@pytest.mark.parametrize("steps", [0, 60, 3000])
def test_the_frames_of_the_first_experiments_are_small(steps: int) -> None:
    assert len(encode(Trainer(Spec()).picture(steps))) <= 8000
    assert len(encode(Trainer(Spec.model_validate(DEEP)).picture(steps))) <= 12_000


LAYERS = st.builds(lambda width, norm: {"width": width, "batch_norm": norm}, st.integers(1, 512), st.booleans())
WIDE = st.tuples(
    st.lists(LAYERS | st.integers(1, 40), max_size=8),
    st.sampled_from(["spiral", "blobs", "digits", "random", "arithmetic"]),
    st.integers(2, 8),
)


def admitted(hidden: list[Any], dataset: str, classes: int) -> Spec | None:
    """None where the engine does not take so many parameters."""
    loss = "cross_entropy" if dataset in ("blobs", "digits") else "mse"
    fields = {"dataset": dataset, "hidden": hidden, "classes": classes, "loss": loss, "random_inputs": 64}
    try:
        return Spec.model_validate(fields)
    except ValidationError:
        return None


@settings(max_examples=150, deadline=None)
@given(WIDE)
@example(([32] * 8, "spiral", 2))
@example(([32] * 8, "blobs", 8))
@example(([512, 512], "blobs", 8))
@example(([33] * 8, "blobs", 8))
def test_no_frame_is_larger_than_it_may_be_whatever_its_values(drawn: tuple[list[Any], str, int]) -> None:
    """Bytes that cannot be packed, as noise is: no network's pictures are worse."""
    spec = admitted(*drawn)
    if spec is None:
        return
    layout = picture_layout(spec)
    noise = np.random.default_rng(0).integers(0, 256, layout.size, dtype=np.uint8)
    frame = encode(Picture(layout, READINGS, noise))
    assert len(frame) <= MOST_BYTES
    if layout.maps_of == "plane":
        worst = np.random.default_rng(1).integers(-127, 128, (100, 100), dtype=np.int8)
        assert len(with_focus(frame, (0, 0), 1.0, worst)) <= MOST_BYTES


@pytest.mark.parametrize("seed", range(12))
def test_a_frame_of_a_random_experiment_keeps_its_bounds_as_it_trains(seed: int) -> None:
    trainer = Trainer(random_spec(seed), backend="by_hand")
    for steps in (0, 20):
        frame = encode(trainer.picture(steps))
        assert len(frame) <= 12_000
        decode_frame(frame, through_json(trainer.spec))


def test_a_focus_that_would_not_fit_gets_coarser() -> None:
    spec = Spec.model_validate({"dataset": "blobs", "classes": 8, "hidden": [32] * 8, "loss": "cross_entropy"})
    layout = picture_layout(spec)
    noise = np.random.default_rng(0).integers(0, 256, layout.size, dtype=np.uint8)
    frame = encode(Picture(layout, READINGS, noise))
    worst = np.random.default_rng(1).integers(-127, 128, (100, 100), dtype=np.int8)
    for values, every in ((grid(100, 1), 1), (worst, 2)):
        with np.errstate(invalid="ignore", over="ignore"):  # noise is no parameters
            focus = decode_frame(with_focus(frame, (3, 4), 127.0, values), through_json(spec))["focus"]
        np.testing.assert_array_equal(focus["values"], values[::every, ::every])
