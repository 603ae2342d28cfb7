"""Health: what a doctor of networks would measure, layer by layer: how gradients flow and what neurons are still for.

Numbers only; what they mean is said in `diagnosis`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.nn.activations import Floats
from engine.nn.network import Array, Network
from engine.spec.choices import ActivationName

MOST_SAMPLES = 256
"""Training samples, evenly chosen, that activations are measured on: shares are then exact to some per cent."""

DECADES = range(-12, 3)
"""Powers of ten at which |g| is counted; what is smaller or larger is counted below the first and above the last."""

NEAR_LIMIT = 0.01
"""Of the range of an activation: a value closer to its limit than this counts as saturated; the slope of tanh there is
2 %, that of a sigmoid 1 %."""


@dataclass(frozen=True)
class LayerHealth:
    """Of one linear layer and what belongs to it. Gradients are those of its weights, ∂L/∂W of the training set."""

    norm: float
    """‖∂L/∂W‖₂"""
    mean: float
    """Mean of |∂L/∂w|"""
    largest: float
    zeros: float
    """Share of the entries that are exactly 0"""
    update_ratio: float
    """‖last update‖/‖W‖; 0 before the first step"""
    histogram: tuple[int, ...]
    """How many |∂L/∂w| lie below 10⁻¹², between two powers of ten, and above 10²"""
    saturated: float | None
    """Share of the values close to a limit of the activation; None where it has none"""
    dead: tuple[int, ...] | None
    """Neurons whose ReLU is 0 for every sample and whose weights no training sample gives a gradient; None where there
    are no ReLUs"""
    dead_share: float | None
    spread: float
    """Standard deviation of a neuron's values over the samples, the mean over the neurons"""


def measure(
    network: Network, parameters: Array, gradient: Array, updates: Array, values: Sequence[Array], inputs: Array
) -> list[LayerHealth]:
    """Flat vectors (count,); values (width, n) of each layer and inputs (n, inputs), of the same samples."""
    layers = []
    below = inputs.T
    for layer, (stage, out) in enumerate(zip(network.stages, values, strict=True)):
        place = network.slices[f"layers.{layer}.weight"]
        sizes = np.abs(gradient[place].astype(np.float64))
        h = out - below if stage.residual else out
        saturated = _saturated(stage.activation, h, network.elu_alpha)
        dead = _dead(h, sizes) if stage.activation == "relu" else None
        layers.append(
            LayerHealth(
                norm=float(np.linalg.norm(sizes)),
                mean=float(sizes.mean()),
                largest=float(sizes.max()),
                zeros=float(np.mean(sizes == 0)),
                update_ratio=_ratio(updates[place], parameters[place]),
                histogram=_histogram(sizes),
                saturated=saturated,
                dead=dead,
                dead_share=None if dead is None else len(dead) / stage.outputs,
                spread=float(out.std(axis=1).mean()),
            )
        )
        below = out
    return layers


def _dead(h: Array, sizes: Floats) -> tuple[int, ...]:
    """h (width, n) of some samples, which alone may all miss what a neuron is for; sizes: of ∂L/∂W, of all."""
    silent = h.max(axis=1) <= 0
    return tuple(np.flatnonzero(silent & ~sizes.reshape(len(h), -1).any(axis=1)).tolist())


def _saturated(activation: ActivationName, h: Array, elu_alpha: float) -> float | None:
    if activation == "tanh":
        return float(np.mean(np.abs(h) > 1 - 2 * NEAR_LIMIT))
    if activation == "sigmoid":
        return float(np.mean((h < NEAR_LIMIT) | (h > 1 - NEAR_LIMIT)))
    if activation == "elu":
        return float(np.mean(h < -elu_alpha * (1 - NEAR_LIMIT)))
    if activation == "softplus":
        return float(np.mean(h < NEAR_LIMIT))
    return None


def _ratio(update: Array, weight: Array) -> float:
    size = float(np.linalg.norm(weight.astype(np.float64)))
    return float(np.linalg.norm(update.astype(np.float64))) / size if size > 0 else 0.0


def _histogram(sizes: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[int, ...]:
    edges = [0.0, *(10.0**power for power in DECADES), np.inf]
    return tuple(np.histogram(np.minimum(sizes, 1e300), bins=edges)[0].tolist())
