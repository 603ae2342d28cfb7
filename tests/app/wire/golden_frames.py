"""The golden frames: what they hold, and how their files are written: python -m tests.app.wire.golden_frames

NAME.bin is a frame, NAME.layout.json the message `layout` that comes before it; NAME.json is what every reader must
find in it, in the shape that static/js/wire/frames.js gives. Of grids it has every EVERY-th cell, which those before it
lead to, and of large tensors every EVERY-th value.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.wire.frames import decode_frame, encode_frame, layout_message, with_focus
from engine.nn.network import Array
from engine.nn.picture_layout import PictureLayout, picture_layout
from engine.spec.spec import Spec
from engine.training.picture import Picture, Readings

GOLDEN = Path(__file__).parents[2] / "golden"

EVERY = 13
MANY = 100

READINGS = Readings(
    step=1234,
    epoch=49,
    samples=12340,
    diverged=None,
    stopped=None,
    learning_rate=0.015,
    epoch_loss=0.1875,
    train_loss=0.125,
    test_loss=0.25,
    train_accuracy=0.9375,
    test_accuracy=0.875,
    penalty=0.5,
    gradient_norms=(),
)

OF_PLANE = Spec(hidden=(3,))
OF_CLASSES = Spec(dataset="blobs", classes=3, hidden=(40, 30), loss="cross_entropy")
OF_PICTURES = Spec(dataset="digits", hidden=(70,), loss="cross_entropy")


def of_plane() -> bytes:
    """Two classes of the plane, ended by a stop rule; a neuron at full resolution."""
    readings = READINGS._replace(stopped="change", test_accuracy=None)
    frame = encode_frame(picture(OF_PLANE, readings), revision=3, frame=17, steps_per_second=750.5)
    return with_focus(frame, (0, 1), 0.5, grid(100, 2))


def of_classes() -> bytes:
    """Three classes of the plane, a hidden layer too wide to draw, and so many parameters that they are halves."""
    readings = READINGS._replace(epoch_loss=None)
    return encode_frame(picture(OF_CLASSES, readings), revision=1, frame=2, steps_per_second=0.0)


def of_pictures() -> bytes:
    """Pictures of 8×8 pixels, and so many parameters that only those between drawn neurons are sent."""
    return encode_frame(picture(OF_PICTURES, READINGS), revision=1, frame=1, steps_per_second=0.0)


FRAMES: dict[str, tuple[Callable[[], bytes], dict[str, Any]]] = {
    "frame": (of_plane, layout_message(OF_PLANE, 3)),
    "frame_classes": (of_classes, layout_message(OF_CLASSES, 1)),
    "frame_pictures": (of_pictures, layout_message(OF_PICTURES, 1)),
}


def picture(spec: Spec, readings: Readings) -> Picture:
    """Made of plain arithmetic, so that no change of the engine changes it."""
    layout = picture_layout(spec)
    norms = tuple(0.75 / (1 + layer) for layer in range(len(layout.sizes) - 1))
    values: dict[str, ArrayLike] = {
        "gradient_norms": norms,
        "parameters": np.arange(-3, 1, 0.25).repeat(999),
        "gradients": np.arange(1, -1, -0.125).repeat(999),
        "updates": np.arange(-0.5, 0.5, 0.0625).repeat(999),
    }
    for section in layout.sections:
        count = math.prod(section.shape)
        if section.name.endswith(("_scales", "_scale")):
            values[section.name] = np.linspace(0.5, 2, count)
        elif section.name == "map_ranges":
            values[section.name] = np.linspace(-2, 2, count)
        elif section.name == "classes":
            values[section.name] = 32 * (np.arange(count) // 97 % 3) + np.arange(count) % 32
        elif section.name in ("boundary", "maps"):
            side = section.shape[-1]
            values[section.name] = [grid(side, 1 + number) for number in range(count // side**2)]
        else:
            values[section.name] = np.resize(values[section.name], count)
    return filled(layout, readings._replace(gradient_norms=norms), values)


def grid(side: int, slope: int) -> NDArray[np.int8]:
    """From −127 to 127, and not the same in rows and columns."""
    ramp = np.linspace(-1, 1, side)
    waves = np.sin(slope * ramp[:, None] - ramp[None, :] ** 2)
    levels: NDArray[np.int8] = np.rint(127 * waves).astype(np.int8)
    return levels


def filled(layout: PictureLayout, readings: Readings, values: dict[str, ArrayLike]) -> Picture:
    """A picture with these values, by section."""
    data = np.zeros(layout.size, dtype=np.uint8)
    for section in layout.sections:
        numbers = np.asarray(values[section.name]).astype(section.kind).tobytes()
        data[section.offset : section.offset + section.bytes] = np.frombuffer(numbers, dtype=np.uint8)
    return Picture(layout, readings, data)


def expected(data: bytes, layout: dict[str, Any]) -> dict[str, Any]:
    """A golden frame decoded, as JSON."""
    decoded = decode_frame(data, layout)
    del decoded["version"]
    for name in ("boundary", "maps", "weights"):
        decoded[name] = _as_grids(decoded[name])
    for name in ("parameters", "gradients", "updates"):
        decoded[name] = {
            tensor: values.ravel().tolist() if values.size < MANY else _some(values)
            for tensor, values in decoded[name].items()
        }
    if decoded["ranges"]:
        decoded["ranges"] = [layer.ravel().tolist() for layer in decoded["ranges"]]
    if decoded["classes"]:
        winners, strength = (decoded["classes"][name].ravel() for name in ("winners", "strength"))
        decoded["classes"] |= {"winners": _some(winners), "strength": _some(np.rint(strength * 255))}
    if decoded["focus"]:
        decoded["focus"] |= {"values": _some(decoded["focus"]["values"])}
    return decoded


def _as_grids(maps: Any) -> Any:
    """Every map in lists of lists, as the grid that the page makes of it."""
    if maps is None or getattr(maps, "ndim", 3) == 2:
        return maps if maps is None else _grid(maps)
    return [_as_grids(part) for part in maps]


def _grid(values: Array) -> dict[str, Any]:
    return {"side": len(values), "values": _some(values)}


def _some(cells: NDArray[Any]) -> dict[str, Any]:
    return {"every": EVERY, "cells": cells.ravel()[::EVERY].tolist()}


if __name__ == "__main__":
    for name, (make, layout) in FRAMES.items():
        (GOLDEN / f"{name}.bin").write_bytes(make())
        (GOLDEN / f"{name}.layout.json").write_text(json.dumps(layout) + "\n")
        (GOLDEN / f"{name}.json").write_text(json.dumps(expected(make(), layout)) + "\n")
