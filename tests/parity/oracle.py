"""What the backends are held to: the same network of plain torch modules, in float64, trained by a plain eager loop.

Float64 because the rounding that is measured should be the backend's own. Clipping, schedules and rules of descent are
torch's; what torch has no name for, the perceptron and evolution, is written as a textbook has it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from unittest import mock

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from engine import Spec
from engine.nn.network import Array, Network
from engine.nn.random import keep_mask, signs
from engine.spec.choices import ActivationName, LossName

torch.set_num_threads(1)  # on a busy machine threads that wait for one another take twenty times as long

MODULES: dict[ActivationName, Callable[[Network], torch.nn.Module]] = {
    "linear": lambda network: torch.nn.Identity(),
    "step": lambda network: Step(),
    "sigmoid": lambda network: torch.nn.Sigmoid(),
    "tanh": lambda network: torch.nn.Tanh(),
    "relu": lambda network: torch.nn.ReLU(),
    "leaky_relu": lambda network: torch.nn.LeakyReLU(network.leaky_slope),
    "elu": lambda network: torch.nn.ELU(network.elu_alpha),
    "softplus": lambda network: torch.nn.Softplus(threshold=500),  # exact up to there; torch's own 20 gives way at 2e-9
    "silu": lambda network: torch.nn.SiLU(),
    "gelu": lambda network: torch.nn.GELU(),
}
LOSSES: dict[LossName, Callable[[Network], torch.nn.Module]] = {
    "mse": lambda network: torch.nn.MSELoss(reduction=network.reduction),
    "mae": lambda network: torch.nn.L1Loss(reduction=network.reduction),
    "huber": lambda network: torch.nn.HuberLoss(reduction=network.reduction, delta=network.huber_delta),
    "bce": lambda network: torch.nn.BCEWithLogitsLoss(reduction=network.reduction),
    "cross_entropy": lambda network: torch.nn.CrossEntropyLoss(reduction=network.reduction),
}
Doubles = NDArray[np.float64]


def relative(found: ArrayLike, true: ArrayLike) -> float:
    """max|found − true| / max|true|: the worst difference of a tensor, in units of its largest entry."""
    found, true = np.asarray(found, dtype=np.float64), np.asarray(true, dtype=np.float64)
    assert found.shape == true.shape
    if true.size == 0:
        return 0.0
    difference, size = np.abs(found - true).max(), np.abs(true).max()
    return float(difference / size) if size > 0 else float(difference)


class Step(torch.nn.Module):
    """1 where z > 0, and a derivative of 0."""

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return (z > 0).to(z.dtype) + (z - z).detach() * z


class Stage(torch.nn.Module):
    def __init__(self, network: Network, layer: int) -> None:
        super().__init__()
        self.stage = stage = network.stages[layer]
        self.linear = torch.nn.Linear(stage.inputs, stage.outputs, bias=network.biases, dtype=torch.float64)
        self.norm = (
            torch.nn.BatchNorm1d(
                stage.outputs, eps=network.norm_epsilon, momentum=network.norm_momentum, dtype=torch.float64
            )
            if stage.batch_norm
            else None
        )
        self.activation = MODULES[stage.activation](network)

    def forward(self, a: torch.Tensor, keep: NDArray[np.bool_] | None) -> torch.Tensor:
        h = self.linear(a)
        if self.norm is not None:
            h = self.norm.train(self.training and len(a) > 1)(h)
        h = self.activation(h)
        if keep is not None:
            h = torch.where(torch.from_numpy(keep), h / (1 - self.stage.dropout), 0)
        return torch.add(h, a) if self.stage.residual else h


class Model(torch.nn.Module):
    """The order of its parameters and of its buffers is that of the flat vectors."""

    def __init__(self, network: Network, parameters: ArrayLike, buffers: ArrayLike | None = None) -> None:
        super().__init__()
        self.network = network
        self.stages = torch.nn.ModuleList(Stage(network, layer) for layer in range(network.layers))
        torch.nn.utils.vector_to_parameters(torch.tensor(np.asarray(parameters, dtype=np.float64)), self.parameters())
        running = [values for name, values in self.named_buffers() if "running" in name]
        if buffers is not None and running:
            widths = [len(values) for values in running]
            for values, given in zip(running, np.split(np.asarray(buffers), np.cumsum(widths)[:-1]), strict=True):
                values.copy_(torch.tensor(given))

    def forward(self, x: torch.Tensor, seed: int = 0, step: int = 0) -> torch.Tensor:
        for layer, stage in enumerate(self.stages):
            dropout = self.network.stages[layer].dropout
            drops = self.training and dropout > 0
            width = self.network.stages[layer].outputs
            x = stage(x, keep_mask(seed, step, layer, len(x), width, dropout) if drops else None)
        return x

    def tensors(self) -> dict[str, Doubles]:
        parameters = [parameter.detach().numpy() for parameter in self.parameters()]
        return dict(zip(self.network.names, parameters, strict=True))

    def running(self) -> Doubles:
        running = [values.numpy() for name, values in self.named_buffers() if "running" in name]
        return np.concatenate(running) if running else np.empty(0)


def loss_and_gradients(
    network: Network, parameters: ArrayLike, inputs: ArrayLike, targets: ArrayLike
) -> tuple[float, dict[str, Doubles]]:
    """In the inference form, with fresh running statistics."""
    return gradients_of(Model(network, parameters), inputs, targets)


def gradients_of(
    model: Model, inputs: ArrayLike, targets: ArrayLike, training: tuple[int, int] | None = None
) -> tuple[float, dict[str, Doubles]]:
    """In the inference form, or in that of the training step after (seed, steps)."""
    model.train(training is not None)
    outputs = model(torch.tensor(inputs).double(), *(training or ()))
    loss = LOSSES[model.network.loss](model.network)(outputs, torch.tensor(targets).double())
    gradients = torch.autograd.grad(loss, list(model.parameters()))
    return loss.item(), {name: g.numpy() for name, g in zip(model.network.names, gradients, strict=True)}


@dataclass
class Trained:
    model: Model
    losses: list[float]
    """Of each batch."""


def train(spec: Spec, network: Network, parameters: Array, inputs: Array, targets: Array, steps: int) -> Trained:
    """An eager loop as someone with a DataLoader would write it."""
    model = Model(network, parameters).train()
    loss_of = LOSSES[network.loss](network)
    optimizers = optimizers_of(spec, model)
    schedulers = [schedule_of(spec, optimizer) for optimizer in optimizers]
    batches = batches_of(spec.seed, len(inputs), spec.batch_size or len(inputs))
    losses = []
    for step in range(steps):
        batch = next(batches)
        x, y = torch.tensor(inputs[batch]).double(), torch.tensor(targets[batch]).double()
        model.zero_grad()
        if spec.optimizer == "perceptron":
            loss = perceptron(model, loss_of, x, y)
        elif spec.optimizer == "evolution":
            loss = evolution(spec, model, loss_of, x, y, step)
        else:
            result = loss_of(model(x, spec.seed, step), y)
            torch.autograd.backward(result)
            loss = result.item()
        losses.append(loss)

        linears = [module for module in model.modules() if isinstance(module, torch.nn.Linear)]
        weights = [linear.weight for linear in linears]
        torch.autograd.backward([spec.l1 * w.abs().sum() + spec.l2 / 2 * w.square().sum() for w in weights])
        if spec.clip == "norm":
            torch.nn.utils.clip_grad_norm_(model.parameters(), spec.clip_limit)
        if spec.clip == "value":
            torch.nn.utils.clip_grad_value_(model.parameters(), spec.clip_limit)
        if spec.optimizer not in ("adamw", "adam", "muon"):  # there torch decays by itself
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter.sub_(optimizers[0].param_groups[0]["lr"] * spec.decay * parameter)
        # torch's Muon rounds to bfloat16, which is what is not to be measured here
        with mock.patch.object(torch.Tensor, "bfloat16", torch.Tensor.clone):
            for optimizer, scheduler in zip(optimizers, schedulers, strict=True):
                optimizer.step()
                scheduler.step()
    return Trained(model, losses)


def optimizers_of(spec: Spec, model: Model) -> list[torch.optim.Optimizer]:
    parameters, lr = list(model.parameters()), spec.learning_rate
    betas, eps = (spec.beta1, spec.beta2), spec.epsilon
    match spec.optimizer:
        case "momentum":
            return [torch.optim.SGD(parameters, lr, momentum=spec.momentum, dampening=spec.dampening)]
        case "nag":
            return [torch.optim.SGD(parameters, lr, momentum=spec.momentum, nesterov=True)]
        case "adagrad":
            return [torch.optim.Adagrad(parameters, lr, spec.rate_decay, 0, spec.initial_accumulator, spec.epsilon)]
        case "rmsprop":
            return [torch.optim.RMSprop(parameters, lr, spec.alpha, spec.epsilon, centered=spec.centered)]
        case "adam" | "adamw":  # torch's Adam decays through the gradient; what sets ours apart is the decay by default
            return [torch.optim.AdamW(parameters, lr, betas, eps, spec.decay, amsgrad=spec.amsgrad)]
        case "muon":
            inner = [stage.linear.weight for stage in [*model.stages][1:-1]]
            rest = [parameter for parameter in parameters if all(parameter is not weight for weight in inner)]
            muon = torch.optim.Muon(
                inner, lr, spec.decay, spec.muon_momentum, spec.nesterov, ns_steps=spec.newton_schulz_steps
            )
            return [torch.optim.AdamW(rest, lr, betas, eps, spec.decay), muon]
    return [torch.optim.SGD(parameters, lr)]


def schedule_of(spec: Spec, optimizer: torch.optim.Optimizer) -> torch.optim.lr_scheduler.LRScheduler:
    """torch's own schedules, the warm-up chained to them. The cosine goes up again after schedule_steps, ours not."""
    steps, factor, rates = spec.schedule_steps, spec.schedule_factor, torch.optim.lr_scheduler
    chosen: torch.optim.lr_scheduler.LRScheduler = rates.ConstantLR(optimizer, 1)
    if spec.schedule == "step":
        chosen = rates.StepLR(optimizer, steps, factor)
    if spec.schedule == "exponential":
        chosen = rates.ExponentialLR(optimizer, factor ** (1 / steps))
    if spec.schedule == "cosine":
        chosen = rates.CosineAnnealingLR(optimizer, steps, spec.learning_rate * factor)
    if spec.warmup_steps < 2:
        return chosen
    warmup = rates.LinearLR(optimizer, 1 / spec.warmup_steps, 1, spec.warmup_steps - 1)
    return rates.ChainedScheduler([chosen, warmup], optimizer)


@torch.no_grad()
def perceptron(model: Model, loss_of: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> float:
    """w ← w + lr·error·x, sample by sample, at the weights before the batch."""
    weight, *bias = model.parameters()
    outputs = model(x)
    share = 1 / len(x) if model.network.reduction == "mean" else 1
    weight.grad = torch.zeros_like(weight)
    for row, error in zip(x, (y - outputs)[:, 0], strict=True):
        weight.grad -= share * error * row
    for tensor in bias:
        tensor.grad = -share * (y - outputs).sum(0)
    return float(loss_of(outputs, y))


@torch.no_grad()
def evolution(spec: Spec, model: Model, loss_of: torch.nn.Module, x: torch.Tensor, y: torch.Tensor, step: int) -> float:
    start = torch.nn.utils.parameters_to_vector(model.parameters())
    ways = torch.from_numpy(
        np.stack([signs(spec.seed, step, pair, len(start)) for pair in range(spec.pairs)]).astype(np.float64)
    )
    losses = []
    for way in [*ways, *-ways]:
        torch.nn.utils.vector_to_parameters(start + spec.sigma * way, model.parameters())
        losses.append(loss_of(model(x), y))
    torch.nn.utils.vector_to_parameters(start, model.parameters())
    rewards = torch.stack(losses)
    gradient = (rewards @ torch.cat([ways, -ways])) / (2 * spec.pairs * spec.sigma)
    begin = 0
    for parameter in model.parameters():
        parameter.grad = gradient[begin : begin + parameter.numel()].view_as(parameter).clone()
        begin += parameter.numel()
    return float(rewards.mean())


def batches_of(seed: int, count: int, size: int) -> Iterator[list[int]]:
    """Endless mini-batches, every epoch shuffled anew; the last, smaller one of an epoch is a batch of its own."""
    epoch = 0
    while True:
        order = shuffled(seed, epoch, count)
        yield from (order[start : start + size] for start in range(0, count, size))
        epoch += 1


def splitmix(state: int) -> int:
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


MASK = 2**64 - 1


def shuffled(seed: int, epoch: int, count: int) -> list[int]:
    """`random.batch_order`, one number at a time as its description has it."""
    state = (seed * 0x9E3779B97F4A7C15 + epoch * 0xBF58476D1CE4E5B9 + 0x94D049BB133111EB) & MASK
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        j = ((splitmix(state) >> 32) * (i + 1)) >> 32
        order[i], order[j] = order[j], order[i]
    return order


def bits(seed: int, step: int, purpose: int, place: int) -> int:
    """The 32 random bits that `random.keep_mask` and `random.signs` take at a place, one number at a time."""
    state = seed * 0x9E3779B97F4A7C15 + step * 0xBF58476D1CE4E5B9 + purpose * 0x94D049BB133111EB + 0x9E3779B97F4A7C15
    x = (place & 0xFFFFFFFF) ^ (splitmix(state & MASK) >> 32)
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return x ^ (x >> 16)
