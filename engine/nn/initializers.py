"""Initializers: the parameters a run starts from. All but PyTorch's default start with biases of zero.

Batch norm starts with γ = 1 and β = 0 under every one of them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.nn.network import Array, Network
from engine.nn.random import stream
from engine.spec.choices import InitializerName
from engine.spec.seeds import start_seed
from engine.spec.spec import Spec

START_FIELDS = ("initializer", "init_std", "init_constant", "initial_accumulator", "start_seed")
"""Fields of a Spec that say only where a run starts: what comes of it fits the same data and network."""

Shape = tuple[int, ...]
Draw = Callable[[np.random.Generator, Shape, int, int], NDArray[np.float64]]
"""(stream, shape, fan in, fan out) → values"""


def _constant(value: float) -> Draw:
    return lambda random, shape, fan_in, fan_out: np.full(shape, value, dtype=np.float64)


def _uniform(bound: Callable[[int, int], float]) -> Draw:
    """Uniform on ±bound."""
    return lambda random, shape, fan_in, fan_out: random.uniform(-1, 1, shape) * bound(fan_in, fan_out)


def _normal(std: Callable[[int, int], float]) -> Draw:
    """N(0, std²)"""
    return lambda random, shape, fan_in, fan_out: random.normal(size=shape) * std(fan_in, fan_out)


_ZEROS = _constant(0)
_PYTORCH = _uniform(lambda fan_in, fan_out: 1 / math.sqrt(fan_in))


@dataclass(frozen=True)
class Initializer:
    weight: Draw
    bias: Draw = _ZEROS


def initializer_table(init_std: float, init_constant: float) -> dict[InitializerName, Initializer]:
    """One entry per InitializerName, made for a Spec's two settings."""
    return {
        "zeros": Initializer(weight=_ZEROS),
        "constant": Initializer(weight=_constant(init_constant)),
        "normal": Initializer(weight=_normal(lambda fan_in, fan_out: init_std)),
        # nn.Linear: Kaiming uniform with a = √5, which comes to this bound
        "pytorch": Initializer(weight=_PYTORCH, bias=_PYTORCH),
        # Glorot and Bengio 2010
        "xavier_uniform": Initializer(weight=_uniform(lambda fan_in, fan_out: math.sqrt(6 / (fan_in + fan_out)))),
        "xavier_normal": Initializer(weight=_normal(lambda fan_in, fan_out: math.sqrt(2 / (fan_in + fan_out)))),
        # He et al. 2015
        "he_uniform": Initializer(weight=_uniform(lambda fan_in, fan_out: math.sqrt(6 / fan_in))),
        "he_normal": Initializer(weight=_normal(lambda fan_in, fan_out: math.sqrt(2 / fan_in))),
    }


def initial_parameters(spec: Spec, network: Network) -> Array:
    """A flat vector (count,). Each layer has its own random stream, so a new layer leaves those before it unchanged."""
    initializer = initializer_table(spec.init_std, spec.init_constant)[spec.initializer]
    flat = np.empty(network.count, dtype=np.float32)
    views = network.views(flat)
    for layer, stage in enumerate(network.stages):
        random = stream(start_seed(spec), f"weights of layer {layer}")
        draws = {"weight": initializer.weight, "bias": initializer.bias}
        for part, draw in draws.items():
            if (view := views.get(f"layers.{layer}.{part}")) is not None:
                view[:] = draw(random, view.shape, stage.inputs, stage.outputs)
        if stage.batch_norm:
            views[f"norms.{layer}.weight"][:] = 1
            views[f"norms.{layer}.bias"][:] = 0
    return flat
