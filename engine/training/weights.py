"""Weights: what any file of named tensors must hold for a network, whatever its format."""

from collections.abc import Mapping, Sequence

import numpy as np

from engine.fault import Fault
from engine.nn.network import Array

Shapes = Mapping[str, tuple[int, ...]]

IGNORED_SUFFIX = ".num_batches_tracked"
"""Of tensors that torch saves with a norm and that are not used here."""


def refuse_others(found: Shapes, wanted: Shapes) -> None:
    """Raises Fault unless the file holds exactly the wanted names, each in its shape."""
    names = {name for name in found if not name.endswith(IGNORED_SUFFIX)}
    if names != set(wanted):
        raise Fault("model_names", {"missing": sorted(set(wanted) - names), "extra": sorted(names - set(wanted))})
    for name, shape in wanted.items():
        if found[name] != shape:
            raise Fault("model_shape", {"name": name, "given": _text(found[name]), "wanted": _text(shape)})


def finite_float32(name: str, values: Array) -> Array:
    """Raises Fault where a number is not finite, or too large for a float32."""
    with np.errstate(over="ignore"):
        numbers = values.astype(np.float32)
    if not np.isfinite(numbers).all():
        raise Fault("model_not_finite", {"name": name})
    return numbers


def _text(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "1"
