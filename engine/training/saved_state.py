"""A saved state read back: a State from plain values, checked before anything is trained with it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.nn.network import Array, State


def state_of(values: Mapping[str, Any], like: State, samples: int) -> State:
    """The State in saved values. Raises ValueError unless it fits `like`, a fresh one of the same Spec.

    samples: size of the training set.
    """
    if set(values) != set(vars(like)):
        mismatched = ", ".join(sorted(set(values) ^ set(vars(like))))
        raise ValueError(f"these parts of the state are missing or unknown: {mismatched}; give what `state()` gave")
    if set(values["optimizer_state"]) != set(like.optimizer_state):
        found = sorted(values["optimizer_state"])
        raise ValueError(f"the optimizer remembers {sorted(like.optimizer_state)}, and the state has {found}")

    shape = like.parameters.shape
    state = State(
        parameters=finite("parameters", values["parameters"], shape),
        optimizer_state={name: finite(name, values["optimizer_state"][name], shape) for name in like.optimizer_state},
        updates=finite("updates", values["updates"], shape),
        buffers=finite("buffers", values["buffers"], like.buffers.shape),
        **{name: values[name] for name in vars(like) if not isinstance(getattr(like, name), np.ndarray | dict)},
    )
    counters = [state.step, state.epoch, state.cursor, state.optimizer_steps, state.samples, state.diverged or 0]
    if not all(isinstance(counter, int) and counter >= 0 for counter in counters) or state.cursor >= samples:
        raise ValueError(f"the counters of the state, {counters}, do not fit a training set of {samples} samples")
    return state


def finite(name: str, values: ArrayLike, shape: tuple[int, ...]) -> Array:
    """The values as a new float32 array. Raises ValueError for another shape and for what is not finite."""
    with np.errstate(over="ignore"):
        array = np.array(values, dtype=np.float32)
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}, not {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds a number that is not finite in float32; give finite numbers only")
    return array
