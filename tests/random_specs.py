"""Random Specs for trials: every rule, loss, activation and setting, drawn so that a run of some steps stays finite.

Rates and sizes are moderate, because far from convergence two correct programs drift apart by rounding alone.
"""

from typing import Any, get_args

import numpy as np

from engine import Layer, Spec
from engine.nn.optimizers import OPTIMIZERS
from engine.spec.choices import (
    ActivationName,
    ClipName,
    DatasetName,
    InitializerName,
    LossName,
    OptimizerName,
    ScheduleName,
)

PLANES: tuple[DatasetName, ...] = ("circle", "xor", "gauss", "spiral", "xor_gate")
MANY_CLASSES: tuple[DatasetName, ...] = ("blobs", "moons", "rings", "pinwheel")
VALUES: tuple[DatasetName, ...] = ("plane", "multi_gauss", "sine", "arithmetic", "random")

LARGEST_RATE: dict[OptimizerName, float] = {"adam": 0.02, "adamw": 0.02, "rmsprop": 0.01, "muon": 0.02}
"""Of rules whose steps have the size of the rate; that of the others is 0.05."""


def random_spec(seed: int, optimizer: OptimizerName | None = None, **fields: Any) -> Spec:
    """The Spec of a seed; fields replace what was drawn. Each seed has the next rule, unless one is given."""
    draw = np.random.default_rng(seed)
    rule = optimizer or get_args(OptimizerName)[seed % len(OPTIMIZERS)]
    drawn: dict[str, Any] = {
        **_data_and_loss(draw),
        **_network(draw, free_of_noise=rule == "evolution"),
        **_rule(draw),
        **_penalties_and_rate(draw),
        "optimizer": rule,
        "batch_size": _one_of(draw, 4, 5, 10, 32, None),
        "seed": int(draw.integers(2**31)),
    }
    drawn["learning_rate"] = LARGEST_RATE.get(rule, 0.05) * float(draw.uniform(0.02, 1))
    if rule == "perceptron":
        gates = {"dataset": _one_of(draw, "gauss", "and_gate", "or_gate"), "loss": "mse", "output_activation": "step"}
        drawn.update(gates, hidden=())
    if rule == "momentum" and _chance(draw, 0.2):
        drawn["momentum"] = 0.0  # where torch ignores the dampening
    drawn.update(fields)
    if drawn["reduction"] == "sum":
        drawn["learning_rate"] *= 0.01
    if drawn["loss"] == "mae":  # its gradients can cancel to 0, and a small ε would make steps of what rounding leaves
        drawn["epsilon"] = max(drawn["epsilon"], 1e-4)
    return Spec().changed(**drawn)


def _one_of(draw: np.random.Generator, *choices: Any) -> Any:
    return choices[draw.integers(len(choices))]


def _chance(draw: np.random.Generator, chance: float) -> bool:
    return bool(draw.random() < chance)


def _data_and_loss(draw: np.random.Generator) -> dict[str, Any]:
    loss: LossName = _one_of(draw, *get_args(LossName))
    values = loss not in ("bce", "cross_entropy") and _chance(draw, 0.5)
    dataset = _one_of(draw, *(VALUES if values else PLANES + MANY_CLASSES))
    free = None if loss in ("bce", "cross_entropy") else _one_of(draw, None, None, "linear", "sigmoid", "tanh", "gelu")
    features = [name for name in ("x1", "x2", "x1_x2", "sin_x1") if _chance(draw, 0.7)] or ["x1"]
    return {
        "dataset": dataset,
        "samples": None if dataset in ("arithmetic", "xor_gate") else int(draw.integers(30, 90)),
        "noise": float(draw.uniform(0, 30)),
        "features": tuple(features),
        "classes": int(draw.integers(2, 6)),
        "random_inputs": int(draw.integers(1, 6)),
        "random_outputs": int(draw.integers(1, 4)),
        "loss": loss,
        "output_activation": free,
        "huber_delta": float(draw.uniform(0.1, 2)),
        "reduction": _one_of(draw, "mean", "mean", "sum"),
    }


def _network(draw: np.random.Generator, free_of_noise: bool) -> dict[str, Any]:
    """free_of_noise: without dropout and batch norm, which evolution does not go with."""
    smooth = [name for name in get_args(ActivationName) if name != "step"]
    layers: list[Layer] = []
    for _ in range(draw.integers(0, 4)):
        residual = bool(layers) and _chance(draw, 0.3)
        layers.append(
            Layer(
                width=layers[-1].width if residual else int(draw.integers(1, 8)),
                activation=_one_of(draw, None, *smooth),
                dropout=0.0 if free_of_noise or _chance(draw, 0.6) else float(draw.uniform(0.1, 0.6)),
                batch_norm=not free_of_noise and _chance(draw, 0.3),
                residual=residual,
            )
        )
    initializers = [name for name in get_args(InitializerName) if name not in ("zeros", "constant")]
    return {
        "hidden": tuple(layers),
        "activation": _one_of(draw, *smooth),
        "leaky_slope": float(draw.uniform(0, 0.5)),
        "elu_alpha": float(draw.uniform(0.3, 2)),
        "biases": _chance(draw, 0.8),
        "norm_momentum": float(draw.uniform(0.05, 1)),
        "norm_epsilon": _one_of(draw, 1e-5, 1e-3),
        "initializer": _one_of(draw, *initializers),
        "init_std": float(draw.uniform(0.3, 1)),
    }


def _rule(draw: np.random.Generator) -> dict[str, Any]:
    """The settings of all rules, of which each reads its own."""
    return {
        "momentum": float(draw.uniform(0.3, 0.95)),
        "dampening": _one_of(draw, 0.0, float(draw.uniform(0, 1))),
        "alpha": float(draw.uniform(0.5, 0.99)),
        "centered": _chance(draw, 0.5),
        "rate_decay": _one_of(draw, 0.0, float(draw.uniform(0, 0.1))),
        "initial_accumulator": _one_of(draw, 0.0, float(draw.uniform(0, 1))),
        "beta1": float(draw.uniform(0.5, 0.95)),
        "beta2": float(draw.uniform(0.9, 0.999)),
        "epsilon": _one_of(draw, 1e-8, 1e-5, 1e-3),
        "amsgrad": _chance(draw, 0.5),
        "muon_momentum": float(draw.uniform(0.5, 0.95)),
        "nesterov": _chance(draw, 0.5),
        "newton_schulz_steps": int(draw.integers(1, 7)),
        "sigma": float(draw.uniform(0.02, 0.2)),
        "pairs": int(draw.integers(1, 6)),
    }


def _penalties_and_rate(draw: np.random.Generator) -> dict[str, Any]:
    return {
        "l1": _one_of(draw, 0.0, 0.0, float(draw.uniform(0, 0.01))),
        "l2": _one_of(draw, 0.0, 0.0, float(draw.uniform(0, 0.1))),
        "weight_decay": _one_of(draw, None, 0.0, float(draw.uniform(0, 0.2))),
        "clip": _one_of(draw, *get_args(ClipName)),
        "clip_limit": float(draw.uniform(0.01, 1)),
        "schedule": _one_of(draw, *get_args(ScheduleName)),
        "schedule_steps": int(draw.integers(1, 30)),
        "schedule_factor": float(draw.uniform(0.1, 1)),
        "warmup_steps": int(draw.integers(0, 20)),
    }
