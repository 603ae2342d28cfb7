"""A Spec trained by a plain torch loop in float64, written from the papers and torch's documentation.

It shares no code with the autograd backend and none with `oracle`: functions on a dict of tensors instead of modules,
formulas for schedules, clipping, Muon, the perceptron and evolution. torch.autograd and torch.optim do the rest. From
the engine come only the random numbers: the order of the batches, dropout masks and evolution's directions.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engine import Spec
from engine.nn.random import batch_order, keep_mask, signs
from engine.spec.choices import ActivationName

Tensors = dict[str, Tensor]
Doubles = NDArray[np.float64]


def activated(name: ActivationName, spec: Spec, z: Tensor) -> Tensor:
    functions: dict[ActivationName, Callable[[], Tensor]] = {
        "linear": lambda: z,
        "step": lambda: (z > 0).double(),
        "sigmoid": lambda: torch.sigmoid(z),
        "tanh": lambda: torch.tanh(z),
        "relu": lambda: functional.relu(z),
        "leaky_relu": lambda: functional.leaky_relu(z, spec.leaky_slope),
        "elu": lambda: functional.elu(z, spec.elu_alpha),
        "gelu": lambda: functional.gelu(z),
        "silu": lambda: functional.silu(z),
        "softplus": lambda: functional.softplus(z, threshold=700),  # beyond its own 20 torch gives z
    }
    return functions[name]()


def loss_of(spec: Spec, outputs: Tensor, targets: Tensor) -> Tensor:
    mean_or_sum = spec.reduction
    if spec.loss == "mse":
        return functional.mse_loss(outputs, targets, reduction=mean_or_sum)
    if spec.loss == "mae":
        return functional.l1_loss(outputs, targets, reduction=mean_or_sum)
    if spec.loss == "huber":
        return functional.huber_loss(outputs, targets, reduction=mean_or_sum, delta=spec.huber_delta)
    if spec.loss == "bce":
        return functional.binary_cross_entropy_with_logits(outputs, targets, reduction=mean_or_sum)
    return functional.cross_entropy(outputs, targets.argmax(1), reduction=mean_or_sum)


def forward(spec: Spec, tensors: Tensors, running: Tensors, x: Tensor, step: int) -> Tensor:
    """Outputs in training, after `step` steps; the running statistics are updated in place."""
    for layer, one in enumerate(spec.hidden):
        below, normed = x, one.batch_norm and len(x) > 1
        bias = tensors.get(f"layers.{layer}.bias")
        if bias is not None and normed:
            bias = bias.detach()  # the norm takes it off again: its gradient is 0, and autograd would give rounding
        x = functional.linear(x, tensors[f"layers.{layer}.weight"], bias)
        if one.batch_norm:
            x = functional.batch_norm(
                x,
                running[f"norms.{layer}.running_mean"],
                running[f"norms.{layer}.running_var"],
                tensors[f"norms.{layer}.weight"],
                tensors[f"norms.{layer}.bias"],
                training=normed,
                momentum=spec.norm_momentum,
                eps=spec.norm_epsilon,
            )
        x = activated(one.activation or spec.activation, spec, x)
        if one.dropout:
            keep = keep_mask(spec.seed, step, layer, len(x), one.width, one.dropout)
            x = x * torch.from_numpy(keep) / (1 - one.dropout)
        if one.residual:
            x = x + below
    last = len(spec.hidden)
    z = functional.linear(x, tensors[f"layers.{last}.weight"], tensors.get(f"layers.{last}.bias"))
    return activated(spec.last_activation, spec, z)


def train(spec: Spec, tensors: Tensors, running: Tensors, inputs: Doubles, targets: Doubles, steps: int) -> list[float]:
    """Trains the tensors in place; the loss of each batch."""
    optimizer = optimizer_of(spec, tensors)
    losses: list[float] = []
    batches = batches_of(spec, len(inputs))
    for step in range(steps):
        batch = next(batches)
        x, y = torch.from_numpy(inputs[batch]), torch.from_numpy(targets[batch])
        for tensor in tensors.values():
            tensor.grad = torch.zeros_like(tensor)
        if spec.optimizer == "evolution":
            losses.append(evolution(spec, tensors, running, x, y, step))
        elif spec.optimizer == "perceptron":
            losses.append(perceptron(spec, tensors, x, y))
        else:
            loss = loss_of(spec, forward(spec, tensors, running, x, step), y)
            loss.backward()  # type: ignore[no-untyped-call]
            losses.append(loss.item())
        penalise(spec, tensors)
        clip(spec, tensors)
        for group in optimizer.param_groups:
            group["lr"] = rate(spec, step)
        optimizer.step()
    return losses


def batches_of(spec: Spec, count: int) -> Iterator[NDArray[np.int64]]:
    epoch, size = 0, spec.batch_size or count
    while True:
        order = batch_order(spec.seed, epoch, count)
        yield from (order[start : start + size] for start in range(0, count, size))
        epoch += 1


def rate(spec: Spec, step: int) -> float:
    """The learning rate after `step` steps."""
    part, left = step / spec.schedule_steps, spec.schedule_factor
    factor = {
        "constant": 1.0,
        "step": left ** (step // spec.schedule_steps),
        "exponential": left**part,
        "cosine": left + (1 - left) * 0.5 * (1 + math.cos(math.pi * min(1.0, part))),
    }[spec.schedule]
    warm = 1.0 if step >= spec.warmup_steps else (step + 1) / spec.warmup_steps
    return float(spec.learning_rate * factor * warm)


@torch.no_grad()
def penalise(spec: Spec, tensors: Tensors) -> None:
    """∂(l1·Σ|w| + l2/2·Σw²)/∂w, of weights of linear layers alone."""
    for name, tensor in tensors.items():
        if name.startswith("layers") and name.endswith("weight"):
            assert tensor.grad is not None
            tensor.grad += spec.l1 * tensor.sign() + spec.l2 * tensor


@torch.no_grad()
def clip(spec: Spec, tensors: Tensors) -> None:
    gradients = [tensor.grad for tensor in tensors.values() if tensor.grad is not None]
    length = torch.cat([gradient.ravel() for gradient in gradients]).norm().item()
    for gradient in gradients:
        if spec.clip == "norm":
            gradient *= min(1.0, spec.clip_limit / (length + 1e-6))  # as torch.nn.utils.clip_grad_norm_
        elif spec.clip == "value":
            gradient.clamp_(-spec.clip_limit, spec.clip_limit)


@torch.no_grad()
def perceptron(spec: Spec, tensors: Tensors, x: Tensor, y: Tensor) -> float:
    """Rosenblatt: w ← w + η·(y − o)·x, the mean over the batch or its sum."""
    outputs = forward(spec, tensors, {}, x, 0)
    share = 1 / len(x) if spec.reduction == "mean" else 1
    for name, tensor in tensors.items():
        per_sample = (outputs - y) * x if name.endswith("weight") else outputs - y
        tensor.grad = share * per_sample.sum(0).reshape(tensor.shape)
    return float(loss_of(spec, outputs, y))


@torch.no_grad()
def evolution(spec: Spec, tensors: Tensors, running: Tensors, x: Tensor, y: Tensor, step: int) -> float:
    """ĝ = mean over pairs of (L(w + σ·ε) − L(w − σ·ε))/2σ · ε"""
    sizes = [tensor.numel() for tensor in tensors.values()]
    tried = []
    for pair in range(spec.pairs):
        direction = torch.from_numpy(signs(spec.seed, step, pair, sum(sizes)).astype(np.float64))
        ways = {
            name: part.reshape(tensor.shape)
            for (name, tensor), part in zip(tensors.items(), torch.split(direction, sizes), strict=True)
        }
        up, down = (
            loss_of(spec, forward(spec, copy, running, x, step), y).item()
            for copy in (
                {name: tensor + sign * spec.sigma * ways[name] for name, tensor in tensors.items()} for sign in (1, -1)
            )
        )
        tried += [up, down]
        for name, tensor in tensors.items():
            assert tensor.grad is not None
            tensor.grad += (up - down) / (2 * spec.sigma) * ways[name] / spec.pairs
    return sum(tried) / len(tried)


class Muon(torch.optim.Optimizer):
    """Jordan et al. 2024, as torch.optim.Muon but in float64; one tensor."""

    def __init__(self, tensor: Tensor, spec: Spec) -> None:
        super().__init__([tensor], {"lr": 0.0})
        self.spec, self.b = spec, torch.zeros_like(tensor)

    @torch.no_grad()
    def step(self, _closure: None = None) -> None:  # type: ignore[override]
        spec, group = self.spec, self.param_groups[0]
        (w,) = group["params"]
        mu = spec.muon_momentum
        self.b.lerp_(w.grad, 1 - mu)
        x = w.grad.lerp(self.b, mu) if spec.nesterov else self.b
        tall = x.shape[0] > x.shape[1]
        x = x.T if tall else x
        x = x / x.norm().clamp(min=1e-7)
        for _ in range(spec.newton_schulz_steps):
            a = x @ x.T
            x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
        w.mul_(1 - group["lr"] * spec.decay)
        w.sub_(group["lr"] * max(1.0, w.shape[0] / w.shape[1]) ** 0.5 * (x.T if tall else x))


class Several(torch.optim.Optimizer):
    """Optimizers that step together."""

    def __init__(self, parts: list[torch.optim.Optimizer]) -> None:
        self.parts = parts
        self.param_groups = [group for part in parts for group in part.param_groups]

    def step(self, _closure: None = None) -> None:  # type: ignore[override]
        for part in self.parts:
            part.step()


class Decay(torch.optim.Optimizer):
    """w ← w − η·λ·w, for the rules of torch that do not decay by themselves."""

    @torch.no_grad()
    def step(self, _closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for tensor in group["params"]:
                tensor.mul_(1 - group["lr"] * group["decay"])


def optimizer_of(spec: Spec, tensors: Tensors) -> torch.optim.Optimizer:
    rows, betas = list(tensors.values()), (spec.beta1, spec.beta2)
    if spec.optimizer in ("adam", "adamw"):
        return torch.optim.AdamW(rows, 1, betas, spec.epsilon, spec.decay, amsgrad=spec.amsgrad)
    if spec.optimizer == "muon":
        between = [f"layers.{layer}.weight" for layer in range(1, len(spec.hidden))]
        others = [tensor for name, tensor in tensors.items() if name not in between]
        adamw = torch.optim.AdamW(others, 1, betas, spec.epsilon, spec.decay)
        return Several([adamw, *(Muon(tensors[name], spec) for name in between)])
    rule: torch.optim.Optimizer = torch.optim.SGD(rows, 1)
    if spec.optimizer == "momentum":
        rule = torch.optim.SGD(rows, 1, spec.momentum, spec.dampening)
    elif spec.optimizer == "nag":
        rule = torch.optim.SGD(rows, 1, spec.momentum, nesterov=True)
    elif spec.optimizer == "adagrad":
        rule = torch.optim.Adagrad(rows, 1, spec.rate_decay, 0, spec.initial_accumulator, spec.epsilon)
    elif spec.optimizer == "rmsprop":
        rule = torch.optim.RMSprop(rows, 1, spec.alpha, spec.epsilon, centered=spec.centered)
    return Several([Decay(rows, {"lr": 1.0, "decay": spec.decay}), rule])
