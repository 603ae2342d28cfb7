"""The golden frame: what it holds, and how its two files are written: python -m tests.app.golden_frame

frame.bin is the frame; frame.json is what every reader must find in it, in the shape that static/js/protocol.js gives.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from app.protocol import decode_frame, encode_frame
from engine.network import Array
from engine.snapshot import Snapshot

GOLDEN = Path(__file__).parent.parent / "golden"
RESOLUTION = 30
SIZES = (2, 3, 1)


def snapshot() -> Snapshot:
    """Made of plain arithmetic, so that no change of the engine changes it."""
    ramp = np.linspace(-1, 1, RESOLUTION, dtype=np.float32)
    maps = [
        np.stack([ramp[None, :] + 0 * ramp[:, None], 0.5 * ramp[:, None] * ramp[None, :], 0 * ramp[:, None] * ramp]),
        (3 * (ramp[:, None] ** 2 - ramp[None, :]))[None],
    ]
    return Snapshot(
        step=1234,
        epoch=49,
        diverged=None,
        train_loss=0.125,
        test_loss=0.25,
        train_accuracy=0.9375,
        test_accuracy=None,
        penalty=0.5,
        sizes=SIZES,
        parameters=_tensors(1.0),
        gradients=_tensors(-0.25),
        updates=_tensors(1e-3),
        gradient_norms=(0.75, 1e-9),
        maps=maps,
    )


def encoded() -> bytes:
    return encode_frame(snapshot(), revision=3, frame=17, steps_per_second=750.5, focus=(0, 1))


def expected() -> dict[str, Any]:
    """The golden frame decoded, as JSON."""
    decoded = decode_frame(encoded())
    decoded["boundary"] = _grid(decoded["boundary"])
    decoded["maps"] = [[_grid(neuron) for neuron in layer] for layer in decoded["maps"]]
    for name in ("parameters", "gradients", "updates"):
        decoded[name] = {tensor: values.ravel().tolist() for tensor, values in decoded[name].items()}
    decoded["focus"] |= {"values": decoded["focus"]["values"].ravel().tolist()}
    return decoded


def _tensors(scale: float) -> dict[str, Array]:
    tensors, first = {}, 0
    for name, shape in (
        ("layers.0.weight", (3, 2)),
        ("layers.0.bias", (3,)),
        ("layers.1.weight", (1, 3)),
        ("layers.1.bias", (1,)),
    ):
        count = int(np.prod(shape))
        tensors[name] = (scale * np.arange(first, first + count, dtype=np.float32)).reshape(shape)
        first += count
    return tensors


def _grid(values: Array) -> dict[str, Any]:
    return {"side": len(values), "scale": float(np.abs(values).max()), "values": values.ravel().tolist()}


if __name__ == "__main__":
    (GOLDEN / "frame.bin").write_bytes(encoded())
    (GOLDEN / "frame.json").write_text(json.dumps(expected()) + "\n")
