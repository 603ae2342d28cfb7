"""Training by torch: gradients from torch.autograd, updates from torch.optim. The oracle for the other two backends.

It shares with them the tensors, the order of the batches and the rule for divergence, and no arithmetic. Optimizer
memory goes by our names outside and torch's inside, so that a run can move in or out at any step.

Works on one torch thread, which is quickest for networks this small and leaves the other cores to other sessions.
The number of threads is a setting of the calling thread: it is put back before a call returns.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch

from engine.choices import ActivationName, LossName, OptimizerName
from engine.network import Array, Network, State
from engine.seeds import batch_order
from engine.spec import DIVERGENCE, Spec

ACTIVATIONS: dict[ActivationName, type[torch.nn.Module]] = {
    "linear": torch.nn.Identity,
    "relu": torch.nn.ReLU,
    "tanh": torch.nn.Tanh,
    "sigmoid": torch.nn.Sigmoid,
}
LOSSES: dict[LossName, type[torch.nn.Module]] = {"mse": torch.nn.MSELoss, "bce": torch.nn.BCEWithLogitsLoss}

MEMORY: dict[OptimizerName, dict[str, str]] = {
    "sgd": {},
    "momentum": {"velocity": "momentum_buffer"},
    "adam": {"m": "exp_avg", "v": "exp_avg_sq"},
}
"""Our name for what an optimizer remembers → torch's. Torch's Adam also keeps its own count of steps."""
Tensors = list[torch.Tensor]
OPTIMIZERS: dict[OptimizerName, Callable[[Tensors, Spec], torch.optim.Optimizer]] = {
    "sgd": lambda tensors, spec: torch.optim.SGD(tensors, lr=spec.learning_rate),
    "momentum": lambda tensors, spec: torch.optim.SGD(tensors, lr=spec.learning_rate, momentum=spec.momentum),
    "adam": lambda tensors, spec: torch.optim.Adam(
        tensors, lr=spec.learning_rate, betas=(spec.beta1, spec.beta2), eps=spec.epsilon
    ),
}


class Autograd:
    step: int
    epoch: int
    cursor: int
    optimizer_steps: int
    diverged: int | None
    updates: torch.Tensor
    optimizer: torch.optim.Optimizer

    def __init__(self, spec: Spec, network: Network, inputs: Array, targets: Array) -> None:
        self.spec = spec
        self.network = network
        self.inputs = torch.tensor(inputs)
        self.targets = torch.tensor(targets)
        self.loss = LOSSES[network.loss]()
        self.module = build(network)
        self.tensors: Tensors = list(self.module.parameters())
        self.order_epoch = -1  # of which epoch `order` is; none yet
        zeros = np.zeros(network.count, dtype=np.float32)
        self.load(State.start(network, zeros, self.fresh_memory()))

    def advance(self, steps: int) -> None:
        with one_thread():
            for _ in range(steps):
                if self.diverged is not None:
                    return
                self.train_step()

    def train_step(self) -> None:
        batch = self.next_batch()
        loss = self.loss(self.module(self.inputs[batch]), self.targets[batch])
        self.module.zero_grad()
        (loss + self.penalty()).backward()

        gradient = flat([tensor.grad for tensor in self.tensors if tensor.grad is not None])
        if not (abs(loss.item()) <= DIVERGENCE and bool((gradient.abs() <= DIVERGENCE).all())):
            self.diverged = self.step + 1
            return

        before = flat(self.tensors)
        self.optimizer.step()
        self.updates = flat(self.tensors) - before
        self.finish_batch(len(batch))

    def penalty(self) -> torch.Tensor:
        weights = [tensor for tensor in self.tensors if tensor.dim() == 2]
        l1 = torch.stack([weight.abs().sum() for weight in weights]).sum()
        l2 = torch.stack([weight.square().sum() for weight in weights]).sum()
        return self.spec.l1 * l1 + self.spec.l2 / 2 * l2

    def next_batch(self) -> torch.Tensor:
        if self.order_epoch != self.epoch:
            self.order = torch.from_numpy(batch_order(self.spec.seed, self.epoch, len(self.inputs)))
            self.order_epoch = self.epoch
        return self.order[self.cursor : self.cursor + self.spec.batch_size]

    def finish_batch(self, size: int) -> None:
        self.step += 1
        self.optimizer_steps += 1
        self.cursor += size
        if self.cursor == len(self.inputs):
            self.epoch += 1
            self.cursor = 0

    def loss_and_gradient(self) -> tuple[float, Array]:
        with one_thread():
            loss = self.loss(self.module(self.inputs), self.targets)
            gradient = torch.autograd.grad(loss, self.tensors)
            return loss.item(), flat(gradient).numpy()

    def activations(self, inputs: Array) -> list[Array]:
        modules = list(self.module)
        values = torch.tensor(inputs)
        layers = []
        with one_thread(), torch.inference_mode():
            for linear, activation in zip(modules[0::2], modules[1::2], strict=True):
                values = activation(linear(values))
                layers.append(values.T.contiguous().numpy())
        return layers

    def configure(self, spec: Spec) -> None:
        state = self.state()
        another = spec.optimizer != self.spec.optimizer
        self.spec = spec
        if another:
            state.memory = self.fresh_memory()
            state.optimizer_steps = 0
        self.load(state)

    def fresh_memory(self) -> dict[str, Array]:
        return {name: np.zeros(self.network.count, dtype=np.float32) for name in MEMORY[self.spec.optimizer]}

    def load(self, state: State) -> None:
        self.step, self.epoch, self.cursor = state.step, state.epoch, state.cursor
        self.optimizer_steps, self.diverged = state.optimizer_steps, state.diverged
        self.updates = torch.tensor(state.updates)
        with torch.no_grad():
            for tensor, values in zip(self.tensors, self.split(state.parameters), strict=True):
                tensor.copy_(values)

        self.optimizer = OPTIMIZERS[self.spec.optimizer](self.tensors, self.spec)
        for ours, theirs in MEMORY[self.spec.optimizer].items():
            for tensor, values in zip(self.tensors, self.split(state.memory[ours]), strict=True):
                self.optimizer.state[tensor][theirs] = values
        if isinstance(self.optimizer, torch.optim.Adam):
            for tensor in self.tensors:
                self.optimizer.state[tensor]["step"] = torch.tensor(float(state.optimizer_steps))

    def state(self) -> State:
        return State(
            parameters=flat(self.tensors).numpy(),
            memory={
                ours: flat([self.optimizer.state[tensor][theirs] for tensor in self.tensors]).numpy()
                for ours, theirs in MEMORY[self.spec.optimizer].items()
            },
            updates=self.updates.numpy().copy(),
            buffers=self.network.fresh_buffers(),
            step=self.step,
            epoch=self.epoch,
            cursor=self.cursor,
            optimizer_steps=self.optimizer_steps,
            diverged=self.diverged,
        )

    def split(self, values: Array) -> Tensors:
        """A flat vector (count,) as new tensors of the network's shapes."""
        return [torch.tensor(view) for view in self.network.views(values).values()]


def build(network: Network) -> torch.nn.Sequential:
    """Linear, activation, linear, activation, …; the order of its parameters is the order of the flat vector."""
    modules: list[torch.nn.Module] = []
    for fan_in, fan_out, activation in zip(network.sizes, network.sizes[1:], network.activations, strict=False):
        linear = torch.nn.Linear(fan_in, fan_out, device="meta")  # draws nothing from torch's global random stream
        modules += [linear.to_empty(device="cpu"), ACTIVATIONS[activation]()]
    return torch.nn.Sequential(*modules)


def flat(tensors: Sequence[torch.Tensor]) -> torch.Tensor:
    """A new flat vector (count,) of their values."""
    return torch.cat([tensor.detach().reshape(-1) for tensor in tensors])


@contextmanager
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
