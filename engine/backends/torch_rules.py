"""The optimizers as torch.optim has them, and Muon, which there works in bfloat16, in float32.

The caller sets learning rates and applies the decay before each step: it is one line for all, as in torch.optim.AdamW.
"""

import math
from collections.abc import Callable

import torch

from engine.nn.network import Network
from engine.nn.optimizers import rule_of
from engine.spec.choices import OptimizerName
from engine.spec.spec import Spec

Tensors = dict[str, torch.Tensor]
"""By name."""

MakeOptimizers = Callable[[Spec, Network, Tensors], list[torch.optim.Optimizer]]

OPTIMIZER_STATE: dict[OptimizerName, dict[str, str]] = {
    "sgd": {},
    "perceptron": {},
    "evolution": {},
    "momentum": {"velocity": "momentum_buffer"},
    "nag": {"velocity": "momentum_buffer"},
    "adagrad": {"sum": "sum"},
    "rmsprop": {"square": "square_avg", "mean": "grad_avg"},
    "adam": {"m": "exp_avg", "v": "exp_avg_sq", "v_max": "max_exp_avg_sq"},
    "adamw": {"m": "exp_avg", "v": "exp_avg_sq", "v_max": "max_exp_avg_sq"},
    "muon": {"momentum": "momentum_buffer", "m": "exp_avg", "v": "exp_avg_sq"},
}
"""Our name of each tensor of an optimizer's state → torch's, which also keeps its own count of steps."""


def one(make: Callable[[Spec, list[torch.Tensor]], torch.optim.Optimizer]) -> MakeOptimizers:
    return lambda spec, network, tensors: [make(spec, list(tensors.values()))]


def nag(spec: Spec, tensors: list[torch.Tensor]) -> torch.optim.Optimizer:
    """torch refuses momentum 0 for Nesterov's form when it is made, and takes it in a group: as SGD."""
    optimizer = torch.optim.SGD(tensors, momentum=1, nesterov=True)
    for group in optimizer.param_groups:
        group["momentum"] = spec.momentum
    return optimizer


def muon_and_adamw(spec: Spec, network: Network, tensors: Tensors) -> list[torch.optim.Optimizer]:
    groups: dict[OptimizerName, list[torch.Tensor]] = {"muon": [], "adamw": []}
    for name, tensor in tensors.items():
        groups[rule_of(network, name)].append(tensor)
    adamw = torch.optim.AdamW(groups["adamw"], betas=(spec.beta1, spec.beta2), eps=spec.epsilon, weight_decay=0)
    return [adamw, Muon(groups["muon"], spec)] if groups["muon"] else [adamw]


OPTIMIZERS: dict[OptimizerName, MakeOptimizers] = {
    "sgd": one(lambda spec, tensors: torch.optim.SGD(tensors)),
    "perceptron": one(lambda spec, tensors: torch.optim.SGD(tensors)),
    "evolution": one(lambda spec, tensors: torch.optim.SGD(tensors)),
    "momentum": one(lambda spec, tensors: torch.optim.SGD(tensors, momentum=spec.momentum, dampening=spec.dampening)),
    "nag": one(lambda spec, tensors: nag(spec, tensors)),
    "adagrad": one(lambda spec, tensors: torch.optim.Adagrad(tensors, lr_decay=spec.rate_decay, eps=spec.epsilon)),
    "rmsprop": one(
        lambda spec, tensors: torch.optim.RMSprop(tensors, alpha=spec.alpha, eps=spec.epsilon, centered=spec.centered)
    ),
    "adam": one(
        lambda spec, tensors: torch.optim.Adam(
            tensors, betas=(spec.beta1, spec.beta2), eps=spec.epsilon, amsgrad=spec.amsgrad
        )
    ),
    "adamw": one(
        lambda spec, tensors: torch.optim.AdamW(
            tensors, betas=(spec.beta1, spec.beta2), eps=spec.epsilon, amsgrad=spec.amsgrad, weight_decay=0
        )
    ),
    "muon": muon_and_adamw,
}


class Muon(torch.optim.Optimizer):
    """torch.optim.Muon in the precision of its parameters: matrices only, without decay."""

    def __init__(self, tensors: list[torch.Tensor], spec: Spec) -> None:
        settings = {"mu": spec.muon_momentum, "nesterov": spec.nesterov, "iterations": spec.newton_schulz_steps}
        super().__init__(tensors, {"lr": spec.learning_rate, **settings})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for tensor in group["params"]:
                buffer = self.state[tensor].setdefault("momentum_buffer", torch.zeros_like(tensor))
                buffer.lerp_(tensor.grad, 1 - group["mu"])
                ahead = tensor.grad.lerp(buffer, group["mu"]) if group["nesterov"] else buffer
                rows, columns = tensor.shape
                rate = group["lr"] * math.sqrt(max(1, rows / columns))
                tensor.sub_(orthogonalised(ahead, group["iterations"]), alpha=rate)


def orthogonalised(matrix: torch.Tensor, iterations: int) -> torch.Tensor:
    """Newton–Schulz of degree five with the coefficients of Jordan et al. 2024."""
    if matrix.shape[0] > matrix.shape[1]:
        return orthogonalised(matrix.T, iterations).T
    x: torch.Tensor = matrix / matrix.norm().clamp(min=1e-7)
    for _ in range(iterations):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
    return x
