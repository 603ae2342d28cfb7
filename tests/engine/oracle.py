"""What the backends are held to: the same network as a plain torch module, in float64, trained by a plain eager loop.

Float64 because the rounding that is measured should be the backend's own.
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from engine import Spec
from engine.network import Array, Network

MODULES: dict[str, type[torch.nn.Module]] = {
    "linear": torch.nn.Identity,
    "relu": torch.nn.ReLU,
    "tanh": torch.nn.Tanh,
    "sigmoid": torch.nn.Sigmoid,
}
LOSSES: dict[str, type[torch.nn.Module]] = {"mse": torch.nn.MSELoss, "bce": torch.nn.BCEWithLogitsLoss}


def relative(found: ArrayLike, true: ArrayLike) -> float:
    """max|found − true| / max|true|: the worst difference of a tensor, in units of its largest entry."""
    found, true = np.asarray(found, dtype=np.float64), np.asarray(true, dtype=np.float64)
    assert found.shape == true.shape
    difference, size = np.abs(found - true).max(), np.abs(true).max()
    return float(difference / size) if size > 0 else float(difference)


def module_of(network: Network, parameters: Array) -> torch.nn.Sequential:
    """An nn.Sequential with these parameters (count,)."""
    layers: list[torch.nn.Module] = []
    tensors = network.views(parameters)
    for i, activation in enumerate(network.activations):
        linear = torch.nn.Linear(network.sizes[i], network.sizes[i + 1], dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(tensors[f"layers.{i}.weight"]))
            linear.bias.copy_(torch.tensor(tensors[f"layers.{i}.bias"]))
        layers += [linear, MODULES[activation]()]
    return torch.nn.Sequential(*layers)


def loss_and_gradients(
    network: Network, parameters: Array, inputs: Array, targets: Array
) -> tuple[float, dict[str, NDArray[np.float64]]]:
    module = module_of(network, parameters)
    loss = LOSSES[network.loss]()(module(torch.tensor(inputs).double()), torch.tensor(targets).double())
    gradients = torch.autograd.grad(loss, list(module.parameters()))
    return loss.item(), {name: g.numpy() for name, g in zip(network.names, gradients, strict=True)}


def train(
    spec: Spec, network: Network, parameters: Array, inputs: Array, targets: Array, steps: int
) -> dict[str, NDArray[np.float64]]:
    """Parameters after so many steps of an eager loop, as someone with a DataLoader would write it."""
    module = module_of(network, parameters)
    loss_of = LOSSES[network.loss]()
    optimizer = optimizer_of(spec, list(module.parameters()))
    batches = batches_of(spec.seed, len(inputs), spec.batch_size)
    for _ in range(steps):
        batch = next(batches)
        x, y = torch.tensor(inputs[batch]).double(), torch.tensor(targets[batch]).double()
        loss = loss_of(module(x), y)
        for layer in module:
            if isinstance(layer, torch.nn.Linear):
                loss = loss + spec.l1 * layer.weight.abs().sum() + spec.l2 / 2 * layer.weight.square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    tensors = [parameter.detach().numpy() for parameter in module.parameters()]
    return dict(zip(network.names, tensors, strict=True))


def optimizer_of(spec: Spec, parameters: list[torch.nn.Parameter]) -> torch.optim.Optimizer:
    if spec.optimizer == "adam":
        betas = (spec.beta1, spec.beta2)
        return torch.optim.Adam(parameters, lr=spec.learning_rate, betas=betas, eps=spec.epsilon)
    momentum = spec.momentum if spec.optimizer == "momentum" else 0
    return torch.optim.SGD(parameters, lr=spec.learning_rate, momentum=momentum)


def batches_of(seed: int, count: int, size: int) -> Iterator[list[int]]:
    """Endless mini-batches, every epoch shuffled anew; the last, smaller one of an epoch is a batch of its own."""
    epoch = 0
    while True:
        order = shuffled(seed, epoch, count)
        yield from (order[start : start + size] for start in range(0, count, size))
        epoch += 1


def shuffled(seed: int, epoch: int, count: int) -> list[int]:
    """`seeds.batch_order`, one number at a time as its description has it."""
    mask = 2**64 - 1
    state = (seed * 0x9E3779B97F4A7C15 + epoch * 0xBF58476D1CE4E5B9 + 0x94D049BB133111EB) & mask
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        z ^= z >> 31
        j = ((z >> 32) * (i + 1)) >> 32
        order[i], order[j] = order[j], order[i]
    return order
