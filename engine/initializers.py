"""Initializers: the parameters a run starts from. All but PyTorch's default start with biases of zero."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.choices import InitializerName
from engine.network import Array, Network
from engine.seeds import stream

Shape = tuple[int, ...]
Draw = Callable[[np.random.Generator, Shape, int, int], NDArray[np.float64]]
"""(stream, shape, fan in, fan out) → values"""


def _zeros(random: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> NDArray[np.float64]:
    return np.zeros(shape)


def _uniform(bound: Callable[[int, int], float]) -> Draw:
    """Even between ±bound."""
    return lambda random, shape, fan_in, fan_out: random.uniform(-1, 1, shape) * bound(fan_in, fan_out)


def _normal(deviation: Callable[[int, int], float]) -> Draw:
    """Around 0 with this standard deviation."""
    return lambda random, shape, fan_in, fan_out: random.normal(size=shape) * deviation(fan_in, fan_out)


@dataclass(frozen=True)
class Initializer:
    weight: Draw
    bias: Draw = _zeros


_PYTORCH = _uniform(lambda fan_in, fan_out: 1 / math.sqrt(fan_in))

INITIALIZERS: dict[InitializerName, Initializer] = {
    # nn.Linear: Kaiming uniform with a = √5, which comes to this bound
    "pytorch": Initializer(weight=_PYTORCH, bias=_PYTORCH),
    # Glorot and Bengio 2010
    "xavier_uniform": Initializer(weight=_uniform(lambda fan_in, fan_out: math.sqrt(6 / (fan_in + fan_out)))),
    "xavier_normal": Initializer(weight=_normal(lambda fan_in, fan_out: math.sqrt(2 / (fan_in + fan_out)))),
    # He et al. 2015
    "he_uniform": Initializer(weight=_uniform(lambda fan_in, fan_out: math.sqrt(6 / fan_in))),
    "he_normal": Initializer(weight=_normal(lambda fan_in, fan_out: math.sqrt(2 / fan_in))),
    "zeros": Initializer(weight=_zeros),
}


def initial_parameters(name: InitializerName, network: Network, seed: int) -> Array:
    """A flat vector (count,). Each layer has a random stream of its own: adding one leaves those before it alone."""
    initializer = INITIALIZERS[name]
    flat = np.empty(network.count, dtype=np.float32)
    views = network.views(flat)
    for layer in range(network.layers):
        random = stream(seed, f"weights of layer {layer}")
        weight, bias = views[f"layers.{layer}.weight"], views[f"layers.{layer}.bias"]
        fan_out, fan_in = weight.shape
        weight[:] = initializer.weight(random, weight.shape, fan_in, fan_out)
        bias[:] = initializer.bias(random, bias.shape, fan_in, fan_out)
    return flat
