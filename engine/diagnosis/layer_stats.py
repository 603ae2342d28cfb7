"""Layer statistics: norms and histogram of each layer's gradients, update ratio, saturated and dead neurons.

Numbers only; `diagnosis` judges them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.nn.activations import Floats
from engine.nn.network import Array, Network
from engine.spec.choices import ActivationName

SAMPLES_MEASURED = 256
"""Training samples, evenly spaced, on which activations are measured; enough for shares accurate to a few per cent."""

HISTOGRAM_POWERS = range(-12, 3)
"""Powers of ten that separate the bins of |∂L/∂w|; the first and the last bin are open."""

NEAR_LIMIT = 0.01
"""Fraction of an activation's range: a value closer to a limit than this counts as saturated. There the slopes of tanh
and of the sigmoid are 4 % of their maximum."""


@dataclass(frozen=True)
class LayerStats:
    """Of one linear layer with its norm and activation. Gradients are ∂L/∂W of its weights over the training set."""

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


def layer_stats(
    network: Network, parameters: Array, gradient: Array, updates: Array, values: Sequence[Array], inputs: Array
) -> list[LayerStats]:
    """parameters, gradient, updates: flat (count,). values: outputs (width, n) of each layer for inputs (n, inputs)."""
    layers = []
    below = inputs.T
    for layer, (stage, out) in enumerate(zip(network.stages, values, strict=True)):
        where = network.slices[f"layers.{layer}.weight"]
        sizes = np.abs(gradient[where].astype(np.float64))
        h = out - below if stage.residual else out
        saturated = _saturated_share(stage.activation, h, network.elu_alpha)
        dead = _dead_neurons(h, sizes) if stage.activation == "relu" else None
        layers.append(
            LayerStats(
                norm=float(np.linalg.norm(sizes)),
                mean=float(sizes.mean()),
                largest=float(sizes.max()),
                zeros=float(np.mean(sizes == 0)),
                update_ratio=_norm_ratio(updates[where], parameters[where]),
                histogram=_histogram(sizes),
                saturated=saturated,
                dead=dead,
                dead_share=None if dead is None else len(dead) / stage.outputs,
                spread=float(out.std(axis=1).mean()),
            )
        )
        below = out
    return layers


def _dead_neurons(h: Array, sizes: Floats) -> tuple[int, ...]:
    """h: (width, n) of some samples. sizes: |∂L/∂w| over all samples, not 0 for a neuron that is active for any."""
    inactive = h.max(axis=1) <= 0
    return tuple(np.flatnonzero(inactive & ~sizes.reshape(len(h), -1).any(axis=1)).tolist())


def _saturated_share(activation: ActivationName, h: Array, elu_alpha: float) -> float | None:
    if activation == "tanh":
        return float(np.mean(np.abs(h) > 1 - 2 * NEAR_LIMIT))
    if activation == "sigmoid":
        return float(np.mean((h < NEAR_LIMIT) | (h > 1 - NEAR_LIMIT)))
    if activation == "elu":
        return float(np.mean(h < -elu_alpha * (1 - NEAR_LIMIT)))
    if activation == "softplus":
        return float(np.mean(h < NEAR_LIMIT))
    return None


def _norm_ratio(update: Array, weight: Array) -> float:
    size = float(np.linalg.norm(weight.astype(np.float64)))
    return float(np.linalg.norm(update.astype(np.float64))) / size if size > 0 else 0.0


def _histogram(sizes: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[int, ...]:
    edges = [0.0, *(10.0**power for power in HISTOGRAM_POWERS), np.inf]
    return tuple(np.histogram(np.minimum(sizes, 1e300), bins=edges)[0].tolist())
