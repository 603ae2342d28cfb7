"""Stability: the largest curvature beside the largest that a step of this size can bear.

On a parabola of curvature λ gradient descent with the rate η overshoots by more than it came from where λ > 2/η.
Trained with the whole training set as one batch, λmax of a network rises to 2/η and stays there, while the loss goes
down in waves: the edge of stability (Cohen et al. 2021). Bounds of other rules follow from their recurrence on such a
parabola; those that divide by a memory P of gradients compare λmax of P^−½·H·P^−½ (Cohen et al. 2022).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.nn.network import State
from engine.nn.schedules import rate_factor
from engine.spec.choices import ActivationName
from engine.spec.spec import Spec
from engine.studies.curvature import hessian_product, largest_eigenvalues
from engine.training.timeline import Checkpoint
from engine.training.trainer import Trainer

Floats = NDArray[np.float64]

Verdict = Literal["below", "edge", "beyond", "no_bound", "not_begun"]
"""no_bound: the rule has none. not_begun: it divides by what it remembers, and that is nothing yet."""
Note = Literal["kink", "kinked_loss", "batches", "batch_norm", "dropout", "penalty"]
"""What a number of curvature leaves out: the jumps of a slope, of activations or of the loss; that a step sees a batch
alone, which keeps the curvature lower; that training normalises by the batch, or drops neurons; penalties and decay."""

NEAR, ABOVE = 0.9, 1.25
"""Where λmax is at the edge, in parts of the bound: whole runs at it swing by as much."""

KINKS: frozenset[ActivationName] = frozenset({"step", "relu", "leaky_relu"})


@dataclass(frozen=True, eq=False)
class Stability:
    curvatures: Floats
    """The largest eigenvalues of the Hessian, falling"""
    rate: float
    """η of the next step, its schedule counted in"""
    bound: float | None
    """What λmax must be below; None where the rule has none"""
    preconditioned: float | None
    """λmax of P^−½·H·P^−½, which then is to be below the bound; None where the rule divides by nothing"""
    verdict: Verdict
    notes: tuple[Note, ...]


def stability(trainer: Trainer, count: int = 1, at: Checkpoint | None = None) -> Stability:
    """at: where the run is taken to stand; then nothing of the Trainer is read that training changes. Raises as
    `curvature` does."""
    at = at or trainer.checkpoint()
    spec, state = at.spec, at.state
    product = hessian_product(trainer, at)
    curvatures = largest_eigenvalues(product, count)
    rate = spec.learning_rate * rate_factor(spec, state.step)
    bound = bound_of(spec, state, rate)
    divisor = divisor_of(spec, state)
    preconditioned = None
    if divisor is not None and divisor.all():
        preconditioned = float(largest_eigenvalues(product, 1, 1 / np.sqrt(divisor))[0])
    verdict: Verdict = "no_bound"
    if bound is not None:
        if divisor is not None and preconditioned is None:
            verdict = "not_begun"
        else:
            share = (curvatures[0] if preconditioned is None else preconditioned) / bound
            verdict = "below" if share < NEAR else "edge" if share <= ABOVE else "beyond"
    return Stability(curvatures, rate, bound, preconditioned, verdict, notes_of(spec, trainer))


def bound_of(spec: Spec, state: State, rate: float) -> float | None:
    """The largest λ at which the rule, with P kept as it is, comes nearer to the bottom of a parabola λ·w²/2."""
    if rate == 0:
        return None
    two = 2 / rate
    if spec.optimizer in ("sgd", "rmsprop"):
        return two
    if spec.optimizer == "momentum":  # without momentum torch leaves the dampening out
        return two * (1 + spec.momentum) / (1 - spec.dampening) if spec.momentum else two
    if spec.optimizer == "nag":
        return two * (1 + spec.momentum) / (1 + 2 * spec.momentum)
    if spec.optimizer == "adagrad":
        return two * (1 + state.optimizer_steps * spec.rate_decay)
    if spec.optimizer in ("adam", "adamw"):
        return two * (1 + spec.beta1) / (1 - spec.beta1)
    return None  # muon makes matrices orthogonal; the perceptron and evolution do not go down this gradient


def divisor_of(spec: Spec, state: State) -> Floats | None:
    """P, by which the rule divides each component of a gradient: (count,), zeros before the first step; None where it
    divides by nothing."""
    memory = {name: values.astype(np.float64) for name, values in state.optimizer_state.items()}
    if spec.optimizer not in ("adagrad", "rmsprop", "adam", "adamw"):
        return None
    if state.optimizer_steps == 0:
        return np.zeros(len(state.parameters))
    if spec.optimizer == "adagrad":
        return np.asarray(np.sqrt(memory["sum"]) + spec.epsilon)
    if spec.optimizer == "rmsprop":
        square = memory["square"]
        spread = np.maximum(square - memory["mean"] ** 2, 0) if spec.centered else square
        return np.asarray(np.sqrt(spread) + spec.epsilon)
    t = state.optimizer_steps
    square = memory["v_max"] if spec.amsgrad else memory["v"]
    root = np.sqrt(square / (1 - spec.beta2**t)) + spec.epsilon
    return np.asarray((1 - spec.beta1**t) * root)


def notes_of(spec: Spec, trainer: Trainer) -> tuple[Note, ...]:
    network, samples = trainer.network, len(trainer.train_inputs)
    kinked = any(
        name in KINKS or (name == "elu" and network.elu_alpha != 1) for name in network.activations
    )  # fmt: skip
    found: dict[Note, bool] = {
        "kink": kinked,
        "kinked_loss": network.loss == "mae",
        "batches": (spec.batch_size or samples) < samples,
        "batch_norm": any(stage.batch_norm for stage in network.stages),
        "dropout": any(stage.dropout > 0 for stage in network.stages),
        "penalty": spec.l1 > 0 or spec.l2 > 0 or spec.decay > 0,
    }
    return tuple(note for note, there in found.items() if there)
