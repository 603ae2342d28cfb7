"""The side of the decision threshold: what the network says of a cell, a frame says too, whatever one byte rounds."""

from typing import get_args

import numpy as np
import pytest
from pydantic import ValidationError

from app.wire.frames import decode_frame, encode_frame, layout_message
from engine import Spec, Trainer
from engine.nn.network import Array
from engine.nn.picture_layout import BOUNDARY_SIDE
from engine.spec.choices import KINDS, ActivationName, LossName
from tests.table import long

PLANES = [name for name, kind in KINDS.items() if kind.plane and name not in ("own", "own_values")]


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


def on_other_side(trainer: Trainer) -> int:
    """Cells of which the frame says another class, or another sign of a value, than the network."""
    snapshot = trainer.snapshot(BOUNDARY_SIDE)
    assert snapshot.maps is not None
    frame = decode_frame(
        encode_frame(trainer.picture(), revision=1, frame=1, steps_per_second=0.0), layout_message(trainer.spec, 1)
    )
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
    assert on_other_side(trainer) == 0, spec
