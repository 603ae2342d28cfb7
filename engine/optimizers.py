"""Rules of descent, simplest first. A rule is a frozen value with a pure `step`; what it remembers has names.

Each works on arrays of any one shape, float32 in and out; `grad` is the whole gradient, penalties included.
"""

import math
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from engine.choices import OptimizerName
from engine.network import Array
from engine.spec import Spec

Memory = dict[str, Array]


class Rule(Protocol):
    @classmethod
    def of(cls, spec: Spec) -> Self:
        """The rule with a Spec's settings."""

    def start(self, param: Array) -> Memory:
        """What is remembered before the first step."""

    def step(self, param: Array, grad: Array, memory: Memory, t: int) -> tuple[Array, Memory]:
        """New parameters and memory; t counts this rule's steps from 1. Its arguments are left as they were."""


@dataclass(frozen=True)
class SGD:
    """w ← w − η·g"""

    lr: float

    @classmethod
    def of(cls, spec: Spec) -> Self:
        return cls(lr=spec.learning_rate)

    def start(self, param: Array) -> Memory:
        return {}

    def step(self, param: Array, grad: Array, memory: Memory, t: int) -> tuple[Array, Memory]:
        return param - self.lr * grad, {}


@dataclass(frozen=True)
class Momentum:
    """v ← μ·v + g;  w ← w − η·v

    As torch.optim.SGD: the velocity holds no η (in Sutskever's form it does), so a new η acts at once.
    """

    lr: float
    decay: float

    @classmethod
    def of(cls, spec: Spec) -> Self:
        return cls(lr=spec.learning_rate, decay=spec.momentum)

    def start(self, param: Array) -> Memory:
        return {"velocity": np.zeros_like(param)}

    def step(self, param: Array, grad: Array, memory: Memory, t: int) -> tuple[Array, Memory]:
        velocity = self.decay * memory["velocity"] + grad
        return param - self.lr * velocity, {"velocity": velocity}


@dataclass(frozen=True)
class Adam:
    """m ← β₁·m + (1−β₁)·g;  v ← β₂·v + (1−β₂)·g²;  m̂ = m/(1−β₁ᵗ);  v̂ = v/(1−β₂ᵗ);  w ← w − η·m̂/(√v̂ + ε)

    Kingma and Ba 2015, algorithm 1, as torch.optim.Adam: ε stands outside the root and after the correction.
    """

    lr: float
    beta1: float
    beta2: float
    epsilon: float

    @classmethod
    def of(cls, spec: Spec) -> Self:
        return cls(lr=spec.learning_rate, beta1=spec.beta1, beta2=spec.beta2, epsilon=spec.epsilon)

    def start(self, param: Array) -> Memory:
        return {"m": np.zeros_like(param), "v": np.zeros_like(param)}

    def step(self, param: Array, grad: Array, memory: Memory, t: int) -> tuple[Array, Memory]:
        m = self.beta1 * memory["m"] + (1 - self.beta1) * grad
        v = self.beta2 * memory["v"] + (1 - self.beta2) * grad * grad
        m_hat = m / (1 - math.pow(self.beta1, t))
        v_hat = v / (1 - math.pow(self.beta2, t))
        root: Array = np.sqrt(v_hat)
        return param - self.lr * m_hat / (root + self.epsilon), {"m": m, "v": v}


OPTIMIZERS: dict[OptimizerName, type[Rule]] = {"sgd": SGD, "momentum": Momentum, "adam": Adam}


def make_optimizer(spec: Spec) -> Rule:
    """The rule a Spec names, with its settings."""
    return OPTIMIZERS[spec.optimizer].of(spec)
