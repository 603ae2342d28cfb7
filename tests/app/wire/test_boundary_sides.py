"""The side of the decision threshold: what the network says of a cell, a frame says too, whatever one byte rounds."""

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import ValidationError

from app.wire.frames import decode_frame, encode_frame
from engine import Snapshot, Spec, Trainer
from engine.nn.network import Array
from engine.spec.choices import KINDS, ActivationName, LossName
from tests.table import long

SIDE = 100
PLANES = [name for name, kind in KINDS.items() if kind.plane and name not in ("own", "own_values")]
SCALES = [1e-42, 1e-30, 1e-6, 0.01, 0.5, 1.0, 60.0, 64.0, 1e3, 1e20]


def random_spec(rng: np.random.Generator) -> Spec:
    """Of the plane, with any loss and any activation of the outputs that there is."""
    while True:
        fields = {
            "dataset": str(rng.choice(PLANES)),
            "loss": str(rng.choice(get_args(LossName))),
            "output_activation": rng.choice([None, None, *get_args(ActivationName)]),
            "hidden": rng.integers(1, 9, rng.integers(0, 3)).tolist(),
            "activation": str(rng.choice(["tanh", "relu", "sigmoid"])),
            "optimizer": "adam",
            "learning_rate": float(rng.choice([1e-3, 0.03, 0.3])),
            "seed": int(rng.integers(1000)),
        }
        try:
            return Spec.model_validate(fields)
        except ValidationError:  # not all go together
            continue


def decoded(snapshot: Snapshot, spec: Spec) -> dict[str, Any]:
    return decode_frame(encode_frame(snapshot, spec, revision=1, frame=1, steps_per_second=0.0))


def on_other_side(snapshot: Snapshot, spec: Spec) -> int:
    """Cells of which the frame says another class, or another sign of a value, than the network."""
    assert snapshot.maps is not None
    frame = decoded(snapshot, spec)
    if frame["classes"]:
        return int((frame["classes"]["winners"] != snapshot.maps[-1].argmax(axis=0)).sum())
    assert snapshot.boundary is not None
    threshold = snapshot.threshold if snapshot.classes else 0.0
    return int((sides(frame["boundary"], threshold) != sides(snapshot.boundary, threshold)).sum())


def sides(values: Array, threshold: float) -> Array:
    """1 above, −1 below, 0 exactly there."""
    signs: Array = np.sign(values - np.float32(threshold))
    return signs


@pytest.mark.parametrize("seed", [*range(8), *map(long, range(8, 300))])
def test_no_cell_changes_its_side(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spec = random_spec(rng)
    trainer = Trainer(spec, backend="by_hand")
    trainer.advance(int(rng.choice([0, 5, 200])))
    assert on_other_side(trainer.snapshot(SIDE), spec) == 0, spec


@pytest.mark.parametrize("threshold", [0.0, 0.5])
@pytest.mark.parametrize("scale", SCALES)
def test_no_value_near_the_threshold_changes_its_side(threshold: float, scale: float) -> None:
    """Values around it from the next float32 on, and the threshold itself, among others up to the scale."""
    rng = np.random.default_rng(0)
    spec = Spec(output_activation="sigmoid") if threshold else Spec()
    assert spec.threshold == threshold
    around = np.float32(threshold) + np.float32(scale) * rng.normal(size=SIDE * SIDE) ** 5 / 100
    values = np.asarray(np.clip(around, -scale, scale), dtype=np.float32)
    at = np.float32(threshold)
    values[:3] = at, np.nextafter(at, np.float32(1)), np.nextafter(at, np.float32(-1))
    trainer = Trainer(spec, backend="by_hand")
    snapshot = trainer.snapshot(SIDE)
    assert snapshot.maps is not None
    for sign in (1, -1):
        maps = [*snapshot.maps[:-1], (threshold + sign * (values - np.float32(threshold))).reshape(1, SIDE, SIDE)]
        shown = decoded(replace(snapshot, maps=maps), spec)["boundary"]
        said, meant = sides(shown, threshold), sides(maps[-1][0], threshold)
        exact = (
            threshold == 0 or scale < 127 * threshold
        )  # beyond, no byte is the threshold, and what is there is not above
        assert ((said == meant) if exact else ((said > 0) == (meant > 0))).all()
