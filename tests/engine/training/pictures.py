"""Pictures taken apart, and Specs that each draw one kind of them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import Layer, Spec
from engine.spec.choices import FEATURES
from engine.training.picture import Picture

Numbers = NDArray[Any]


def part(picture: Picture, name: str) -> Numbers:
    section = picture.layout[name]
    values = picture.data[section.offset : section.offset + section.bytes].view(section.kind)
    copy: Numbers = np.array(values).reshape(section.shape)
    return copy


def parts(picture: Picture) -> dict[str, Numbers]:
    return {section.name: part(picture, section.name) for section in picture.layout.sections}


def tensors(found: dict[str, Numbers], picture: Picture, name: str) -> Numbers:
    """Of `parameters`, `gradients` or `updates`: the numbers themselves."""
    if f"{name}_scales" not in found:
        return found[name]
    lengths = [int(np.prod(shape)) for _, shape in picture.layout.tensors]
    values: Numbers = found[name].astype(np.float32) * np.repeat(found[f"{name}_scales"], lengths)
    return values


WITH_LARGE_OUTPUTS = Spec(
    hidden=(8,), activation="relu", output_activation="linear", initializer="normal", init_std=10, learning_rate=1e-9
)
"""Up to some thousands beside a threshold of 0.5."""

SPECS = {
    "classes of two outputs": Spec(dataset="spiral", hidden=(6,), loss="cross_entropy"),
    "threshold between the targets": Spec(hidden=(5,), output_activation="sigmoid", activation="relu"),
    "threshold below the least level": WITH_LARGE_OUTPUTS,
    "threshold of a narrow range": Spec(hidden=(5,), output_activation="relu", initializer="normal", init_std=0.02),
    "classes by their logits": Spec(dataset="blobs", classes=5, hidden=(5,), loss="bce"),
    "classes by their values": Spec(dataset="rings", classes=3, hidden=(5, 5)),
    "many classes": Spec(dataset="blobs", classes=8, hidden=(6,), loss="cross_entropy"),
    "values": Spec(dataset="plane", hidden=(3,), features=FEATURES),
    "no hidden layer": Spec(hidden=()),
    "pixels": Spec(dataset="digits", hidden=(20,), loss="cross_entropy", samples=150),
    "pixels of wide layers": Spec(dataset="digits", hidden=(50, 30), activation="relu", samples=150),
    "columns": Spec(dataset="random", random_inputs=7, random_outputs=3, hidden=(4,)),
    "many columns": Spec(dataset="random", random_inputs=100, random_outputs=10, hidden=(60,), samples=40),
    "float16": Spec(hidden=(38, 40)),
    "norms in float16": Spec(hidden=(Layer(width=30, batch_norm=True), Layer(width=30, residual=True)), samples=50),
    "wide": Spec(hidden=(100, 60), activation="gelu"),
    "deep": Spec(hidden=(16,) * 8, activation="silu", features=FEATURES),
    "penalties": Spec(hidden=(3,), l1=0.01, l2=0.02),
    "few samples": Spec(dataset="xor_gate", hidden=(2,)),
}
