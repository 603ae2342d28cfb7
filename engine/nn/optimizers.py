"""Rules of descent, simplest first. A rule is a frozen value with a pure `step`; what it remembers has names.

Each works on arrays of any one shape and gives back their type; Muon alone must know which of them are matrices.
`grad` is the whole gradient, penalties and clipping included; `rate` is η, schedule included. Decoupled decay, which
every rule can have, is no part of them: whoever calls shrinks the parameters first, w ← w − η·λ·w.
"""

import math
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from engine.nn.network import Array, Network
from engine.spec.choices import OptimizerName
from engine.spec.spec import Spec

OptState = dict[str, Array]


class Rule(Protocol):
    @classmethod
    def of(cls, spec: Spec, network: Network) -> Self:
        """The rule with a Spec's settings."""

    def start(self, param: Array) -> OptState:
        """What is remembered before the first step."""

    def step(self, param: Array, grad: Array, state: OptState, rate: float, t: int) -> tuple[Array, OptState]:
        """New parameters and memory; t counts the rule's steps that use its memory, from 1, this one included.

        Its arguments are left as they were.
        """


@dataclass(frozen=True)
class SGD:
    """w ← w − η·g

    The rule of the perceptron and of evolution too: what they have instead of a gradient is the backend's affair.
    """

    @classmethod
    def of(cls, spec: Spec, network: Network) -> Self:
        return cls()

    def start(self, param: Array) -> OptState:
        return {}

    def step(self, param: Array, grad: Array, state: OptState, rate: float, t: int) -> tuple[Array, OptState]:
        return param - rate * grad, {}


@dataclass(frozen=True)
class Momentum:
    """v ← μ·v + (1−d)·g, and v = g at t = 1;  w ← w − η·v

    As torch.optim.SGD: the velocity holds no η (in Sutskever's form it does), so a new η acts at once, and dampening d
    spares the first step. With μ = 0 it is w ← w − η·g, whatever d, and v stays as it is.
    """

    momentum: float
    dampening: float

    @classmethod
    def of(cls, spec: Spec, network: Network) -> Self:
        return cls(momentum=spec.momentum, dampening=spec.dampening)

    def start(self, param: Array) -> OptState:
        return {"velocity": np.zeros_like(param)}

    def step(self, param: Array, grad: Array, state: OptState, rate: float, t: int) -> tuple[Array, OptState]:
        if self.momentum == 0:
            return param - rate * grad, state
        velocity: Array = grad if t == 1 else self.momentum * state["velocity"] + (1 - self.dampening) * grad
        return param - rate * velocity, {"velocity": velocity}


@dataclass(frozen=True)
class NAG:
    """v ← μ·v + g;  w ← w − η·(g + μ·v)

    Nesterov's gradient where the step will lead, in the form of torch.optim.SGD(nesterov=True): w stands for the place
    already looked ahead to, so that the gradient is taken where the parameters are. With μ = 0 it is w ← w − η·g, and v
    stays as it is.
    """

    momentum: float

    @classmethod
    def of(cls, spec: Spec, network: Network) -> Self:
        return cls(momentum=spec.momentum)

    def start(self, param: Array) -> OptState:
        return {"velocity": np.zeros_like(param)}

    def step(self, param: Array, grad: Array, state: OptState, rate: float, t: int) -> tuple[Array, OptState]:
        if self.momentum == 0:
            return param - rate * grad, state
        velocity = self.momentum * state["velocity"] + grad
        ahead: Array = grad + self.momentum * velocity
        return param - rate * ahead, {"velocity": velocity}


@dataclass(frozen=True)
class Adagrad:
    """s ← s + g², from s = initial_accumulator;  w ← w − η/(1 + (t−1)·rate_decay) · g/(√s + ε)

    Duchi, Hazan and Singer 2011, as torch.optim.Adagrad: ε stands outside the root.
    """

    epsilon: float
    rate_decay: float
    initial_accumulator: float

    @classmethod
    def of(cls, spec: Spec, network: Network) -> Self:
        return cls(spec.epsilon, spec.rate_decay, spec.initial_accumulator)

    def start(self, param: Array) -> OptState:
        return {"sum": np.full_like(param, self.initial_accumulator)}

    def step(self, param: Array, grad: Array, state: OptState, rate: float, t: int) -> tuple[Array, OptState]:
        total = state["sum"] + grad * grad
        root: Array = np.sqrt(total)
        decayed = rate / (1 + (t - 1) * self.rate_decay)
        return param - decayed * grad / (root + self.epsilon), {"sum": total}


@dataclass(frozen=True)
class RMSprop:
    """s ← α·s + (1−α)·g²;  w ← w − η·g/(√s + ε)
    centered: m ← α·m + (1−α)·g, and s − m² instead of s under the root

    Hinton 2012, lecture 6; centered as Graves 2013; as torch.optim.RMSprop: ε stands outside the root, where Graves and
    TensorFlow have it inside. s − m² is a variance, and what rounding takes off below 0 is put back.
    """

    alpha: float
    epsilon: float
    centered: bool

    @classmethod
    def of(cls, spec: Spec, network: Network) -> Self:
        return cls(spec.alpha, spec.epsilon, spec.centered)

    def start(self, param: Array) -> OptState:
        return {"square": np.zeros_like(param), "mean": np.zeros_like(param)}

    def step(self, param: Array, grad: Array, state: OptState, rate: float, t: int) -> tuple[Array, OptState]:
        square, mean = self.alpha * state["square"] + (1 - self.alpha) * grad * grad, state["mean"]
        spread = square
        if self.centered:
            mean = self.alpha * mean + (1 - self.alpha) * grad
            spread = np.maximum(square - mean * mean, 0)
        root: Array = np.sqrt(spread)
        return param - rate * grad / (root + self.epsilon), {"square": square, "mean": mean}


@dataclass(frozen=True)
class Adam:
    """m ← β₁·m + (1−β₁)·g;  v ← β₂·v + (1−β₂)·g²;  m̂ = m/(1−β₁ᵗ);  v̂ = v/(1−β₂ᵗ);  w ← w − η·m̂/(√v̂ + ε)
    amsgrad: u ← max(u, v), and û = u/(1−β₂ᵗ) instead of v̂

    Kingma and Ba 2015, algorithm 1, as torch.optim.Adam: ε stands outside the root and after the correction. amsgrad
    (Reddi, Kale and Kumar 2018) keeps the maximum before the correction, which the paper leaves out altogether.
    """

    beta1: float
    beta2: float
    epsilon: float
    amsgrad: bool = False

    @classmethod
    def of(cls, spec: Spec, network: Network) -> Self:
        return cls(spec.beta1, spec.beta2, spec.epsilon, spec.amsgrad)

    def start(self, param: Array) -> OptState:
        return {"m": np.zeros_like(param), "v": np.zeros_like(param), "v_max": np.zeros_like(param)}

    def step(self, param: Array, grad: Array, state: OptState, rate: float, t: int) -> tuple[Array, OptState]:
        m = self.beta1 * state["m"] + (1 - self.beta1) * grad
        v = self.beta2 * state["v"] + (1 - self.beta2) * grad * grad
        v_max = np.maximum(state["v_max"], v) if self.amsgrad else state["v_max"]
        m_hat = m / (1 - math.pow(self.beta1, t))
        v_hat = (v_max if self.amsgrad else v) / (1 - math.pow(self.beta2, t))
        root: Array = np.sqrt(v_hat)
        return param - rate * m_hat / (root + self.epsilon), {"m": m, "v": v, "v_max": v_max}


class AdamW(Adam):
    """w ← w − η·λ·w, then Adam's step

    Loshchilov and Hutter 2019: the decay does not pass through the moments, as that of a penalty in the gradient does.
    It differs from Adam with decay in nothing but the decay it has when none is chosen, see `Spec.decay`.
    """


@dataclass(frozen=True)
class Muon:
    """b ← μ·b + (1−μ)·g;  u = b, or looking ahead (1−μ)·g + μ·b;  W ← W − η·√max(1, rows/columns)·orthogonalised(u)

    Jordan et al. 2024, as torch.optim.Muon, but in the parameters' own precision where torch has bfloat16. For weights
    of layers between two hidden ones; all other tensors follow AdamW. What a tensor's rule does not use stays 0.
    """

    network: Network
    momentum: float
    nesterov: bool
    iterations: int
    others: Adam

    @classmethod
    def of(cls, spec: Spec, network: Network) -> Self:
        others = Adam(spec.beta1, spec.beta2, spec.epsilon)
        return cls(network, spec.muon_momentum, spec.nesterov, spec.newton_schulz_steps, others)

    def start(self, param: Array) -> OptState:
        return {"momentum": np.zeros_like(param), "m": np.zeros_like(param), "v": np.zeros_like(param)}

    def step(self, param: Array, grad: Array, state: OptState, rate: float, t: int) -> tuple[Array, OptState]:
        new, after = param.copy(), {name: values.copy() for name, values in state.items()}
        for name, place in self.network.slices.items():
            if rule_of(self.network, name) == "muon":
                b, u = self.look_ahead(state["momentum"][place], grad[place])
                rows, columns = self.network.shapes[name]
                direction = orthogonalised(u.reshape(rows, columns), self.iterations).ravel()
                new[place] -= rate * math.sqrt(max(1, rows / columns)) * direction
                after["momentum"][place] = b
            else:
                moments = {"m": state["m"][place], "v": state["v"][place], "v_max": np.zeros_like(grad[place])}
                new[place], moments = self.others.step(param[place], grad[place], moments, rate, t)
                after["m"][place], after["v"][place] = moments["m"], moments["v"]
        return new, after

    def look_ahead(self, momentum: Array, grad: Array) -> tuple[Array, Array]:
        """b and u"""
        b: Array = self.momentum * momentum + (1 - self.momentum) * grad
        ahead: Array = (1 - self.momentum) * grad + self.momentum * b
        return b, ahead if self.nesterov else b


def rule_of(network: Network, name: str) -> OptimizerName:
    """Which rule a tensor follows where muon is chosen: muon between two hidden layers, else adamw."""
    between = {f"layers.{layer}.weight" for layer in range(1, network.layers - 1)}
    return "muon" if name in between else "adamw"


def orthogonalised(matrix: Array, iterations: int) -> Array:
    """X ← a·X + (b·A + c·A²)·X with A = X·Xᵀ, from X = matrix/‖matrix‖: all singular values move towards 1.

    Newton–Schulz of degree five, with the coefficients of Jordan et al. 2024. They make small values grow fast rather
    than settle: after five iterations they lie about 0.7 to 1.2. Transposed where that makes A smaller.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    rows, columns = matrix.shape
    x: Array = matrix.T if rows > columns else matrix
    x = x / max(float(np.linalg.norm(x)), 1e-7)
    for _ in range(iterations):
        gram = x @ x.T
        inner: Array = b * gram + c * gram @ gram
        x = a * x + inner @ x
    return x.T if rows > columns else x


OPTIMIZERS: dict[OptimizerName, type[Rule]] = {
    "sgd": SGD,
    "perceptron": SGD,
    "evolution": SGD,
    "momentum": Momentum,
    "nag": NAG,
    "adagrad": Adagrad,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
    "muon": Muon,
}


def make_optimizer(spec: Spec, network: Network) -> Rule:
    """The rule a Spec names, with its settings."""
    return OPTIMIZERS[spec.optimizer].of(spec, network)


def uses_memory(spec: Spec) -> bool:
    """Whether a step reads and writes what the rule remembers; only such a step counts in `State.optimizer_steps`.

    torch.optim.SGD leaves its buffer alone, or does not make one, where the momentum is 0.
    """
    return spec.momentum != 0 or spec.optimizer not in ("momentum", "nag")
