"""The backend by torch: gradients from torch.autograd, updates from torch.optim. The oracle of the other backends.

It shares with them the tensors, the order of the batches, the random signs and masks, the schedules and the limit of
divergence, and no arithmetic. The optimizer's state has our names outside and torch's inside, so that a run can move
in or out at any step. The perceptron rule and evolution, which torch lacks, are written out.

Works on one torch thread, which is quickest for networks this small and leaves the other cores to other sessions.
The number of threads is a setting of the calling thread: it is restored before a call returns.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray

from engine.backends.torch_rules import OPTIMIZER_STATE, OPTIMIZERS
from engine.nn.network import Array, Network, Progress, State, is_weight
from engine.nn.optimizers import make_optimizer, uses_memory
from engine.nn.random import batch_order, keep_mask, signs
from engine.nn.schedules import rate_factor
from engine.spec.choices import ActivationName, LossName
from engine.spec.spec import DIVERGENCE, Spec

Function = Callable[[torch.Tensor], torch.Tensor]
Criterion = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def gelu(z: torch.Tensor) -> torch.Tensor:
    """z·Φ(z) with Φ by erfc: torch.nn.GELU's 1 + erf keeps no digit of a tail, at z = −5 it is 4 % off."""
    twice_cdf: torch.Tensor = torch.special.erfc(z * -math.sqrt(0.5))
    return z * twice_cdf / 2


ACTIVATIONS: dict[ActivationName, Callable[[Network], Function]] = {
    "linear": lambda network: torch.nn.Identity(),
    "step": lambda network: lambda z: torch.sign(torch.relu(z)),  # unlike a comparison it has a derivative, 0
    "sigmoid": lambda network: torch.sigmoid,
    "tanh": lambda network: torch.tanh,
    "relu": lambda network: torch.relu,
    "leaky_relu": lambda network: torch.nn.LeakyReLU(network.leaky_slope),
    "elu": lambda network: torch.nn.ELU(network.elu_alpha),
    "softplus": lambda network: torch.nn.Softplus(),
    "silu": lambda network: torch.nn.SiLU(),
    "gelu": lambda network: gelu,
}
LOSSES: dict[LossName, Callable[[Network], Criterion]] = {
    "mse": lambda network: torch.nn.MSELoss(reduction=network.reduction),
    "mae": lambda network: torch.nn.L1Loss(reduction=network.reduction),
    "huber": lambda network: torch.nn.HuberLoss(reduction=network.reduction, delta=network.huber_delta),
    "bce": lambda network: torch.nn.BCEWithLogitsLoss(reduction=network.reduction),
    "cross_entropy": lambda network: torch.nn.CrossEntropyLoss(reduction=network.reduction),
}


class Autograd:
    step: int
    epoch: int
    cursor: int
    optimizer_steps: int
    samples: int
    loss_sum: float
    epoch_loss: float | None
    diverged: int | None
    parameters: torch.Tensor
    buffers: torch.Tensor
    updates: torch.Tensor
    optimizers: list[torch.optim.Optimizer]

    def __init__(self, spec: Spec, network: Network, inputs: Array, targets: Array) -> None:
        self.spec = spec
        self.network = network
        self.inputs = torch.tensor(inputs)
        self.targets = torch.tensor(targets)
        self.loss = LOSSES[network.loss](network)
        self.functions = [ACTIVATIONS[stage.activation](network) for stage in network.stages]
        self.order_epoch = -1  # the epoch of `order`; none yet
        zeros = np.zeros(network.count, dtype=np.float32)
        self.load(State.start(network, zeros, make_optimizer(spec, network).start(zeros)))

    def advance(self, steps: int) -> None:
        with one_thread():
            for _ in range(steps):
                if self.diverged is not None:
                    return
                self.train_step()

    def train_step(self) -> None:
        batch = self.next_batch()
        statistics = self.buffers.clone()
        loss = self.compute_gradient(batch)
        torch.autograd.backward(self.penalty())

        gradients = [tensor.grad for tensor in self.tensors.values() if tensor.grad is not None]
        if not (abs(loss) <= DIVERGENCE and bool((flat(gradients).abs() <= DIVERGENCE).all())):
            self.diverged = self.step + 1
            self.buffers.copy_(statistics)
            return

        self.clip()
        if self.update():
            self.finish_batch(len(batch), loss)
        else:
            self.diverged = self.step + 1
            self.buffers.copy_(statistics)

    def compute_gradient(self, batch: torch.Tensor) -> float:
        """Computes the gradient of the data alone into the tensors' grad; returns the loss."""
        inputs, targets = self.inputs[batch], self.targets[batch]
        for tensor in self.tensors.values():
            tensor.grad = None
        if self.spec.optimizer == "perceptron":
            return self.perceptron(inputs, targets)
        if self.spec.optimizer == "evolution":
            return self.evolution(inputs, targets)
        return self.backpropagation(inputs, targets)

    def forward(self, tensors: dict[str, torch.Tensor], inputs: torch.Tensor, training: bool) -> list[torch.Tensor]:
        """The output (n, outputs) of each stage. In training it updates the running statistics."""
        values = []
        a = inputs
        for layer, (stage, function) in enumerate(zip(self.network.stages, self.functions, strict=True)):
            below = a
            a = torch.nn.functional.linear(
                below, tensors[f"layers.{layer}.weight"], tensors.get(f"layers.{layer}.bias")
            )
            if stage.batch_norm:
                a = torch.nn.functional.batch_norm(
                    a,
                    self.running[f"norms.{layer}.running_mean"],
                    self.running[f"norms.{layer}.running_var"],
                    tensors[f"norms.{layer}.weight"],
                    tensors[f"norms.{layer}.bias"],
                    training=training and len(a) > 1,
                    momentum=self.network.norm_momentum,
                    eps=self.network.norm_epsilon,
                )
            a = function(a)
            if training and stage.dropout:
                rows, width = a.shape
                keep = keep_mask(self.spec.seed, self.step, layer, rows, width, stage.dropout)
                a = a * torch.from_numpy(keep) / (1 - stage.dropout)
            if stage.residual:
                a = a + below
            values.append(a)
        return values

    # Each computes a gradient into the tensors' grad and returns the loss

    def backpropagation(self, inputs: torch.Tensor, targets: torch.Tensor) -> float:
        loss = self.loss(self.forward(self.tensors, inputs, training=True)[-1], targets)
        torch.autograd.backward(loss)
        for layer, stage in enumerate(self.network.stages):
            if stage.batch_norm and len(inputs) > 1 and self.network.biases:
                # 0 but for rounding, which Adam would scale to whole steps: the norm subtracts the bias again
                bias = self.tensors[f"layers.{layer}.bias"]
                bias.grad = torch.zeros_like(bias)
        return loss.item()

    def perceptron(self, inputs: torch.Tensor, targets: torch.Tensor) -> float:
        """error·x is the gradient of error·z when the error is taken for a constant."""
        z = torch.nn.functional.linear(inputs, self.tensors["layers.0.weight"], self.tensors.get("layers.0.bias"))
        outputs = self.functions[0](z).detach()
        error_times_z = (outputs - targets) * z
        torch.autograd.backward(error_times_z.mean() if self.network.reduction == "mean" else error_times_z.sum())
        return self.loss(outputs, targets).item()

    @torch.no_grad()
    def evolution(self, inputs: torch.Tensor, targets: torch.Tensor) -> float:
        """Evolution strategies, as `ByHand.evolution`: the mean loss of all copies w ± σ·ε."""
        pairs, sigma = self.spec.pairs, self.spec.sigma
        gradient = torch.zeros_like(self.parameters)
        total = 0.0
        for pair in range(pairs):
            direction = torch.from_numpy(signs(self.spec.seed, self.step, pair, self.network.count))
            copies = [self.views(torch.add(self.parameters, direction, alpha=step)) for step in (sigma, -sigma)]
            up, down = (self.loss(self.forward(copy, inputs, training=False)[-1], targets).item() for copy in copies)
            gradient.add_(direction, alpha=(up - down) / (2 * sigma * pairs))
            total += up + down
        for name, values in self.views(gradient).items():
            self.tensors[name].grad = values
        return total / (2 * pairs)

    def penalty(self) -> torch.Tensor:
        weights = [tensor for name, tensor in self.tensors.items() if is_weight(name)]
        l1 = torch.stack([weight.abs().sum() for weight in weights]).sum()
        l2 = torch.stack([weight.square().sum() for weight in weights]).sum()
        return self.spec.l1 * l1 + self.spec.l2 / 2 * l2

    def clip(self) -> None:
        tensors = self.tensors.values()
        if self.spec.clip == "norm":
            torch.nn.utils.clip_grad_norm_(tensors, self.spec.clip_limit)
        if self.spec.clip == "value":
            torch.nn.utils.clip_grad_value_(tensors, self.spec.clip_limit)

    @torch.no_grad()
    def update(self) -> bool:
        """Decay and rule. Puts parameters and memory back, and returns False, where something is too large."""
        rate = self.spec.learning_rate * rate_factor(self.spec, self.step)
        before = self.parameters.clone()
        memory = [
            {tensor: {name: values.clone() for name, values in own.items()} for tensor, own in optimizer.state.items()}
            for optimizer in self.optimizers
        ]
        self.parameters.mul_(1 - rate * self.spec.decay)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.step()
        limits = torch.from_numpy(self.network.buffer_limits)
        within_limits = (self.parameters.abs() <= DIVERGENCE).all() and (self.buffers.abs() <= limits).all()
        if within_limits:
            self.updates = self.parameters - before
        else:
            self.parameters.copy_(before)
            for optimizer, kept in zip(self.optimizers, memory, strict=True):
                optimizer.state.update(kept)
        return bool(within_limits)

    # For a check of another backend: one step in two parts

    def batch_gradient(self, batch: NDArray[np.int64]) -> Array:
        """Of the data alone, (count,), as a training step on these samples has it."""
        with one_thread():
            self.compute_gradient(torch.from_numpy(batch))
            return flat([tensor.grad for tensor in self.tensors.values() if tensor.grad is not None]).numpy()

    def take_step(self, gradient: Array) -> Array:
        """Takes a step with this gradient (count,), penalties counted in; returns the new parameters (count,)."""
        with one_thread():
            for name, values in self.views(torch.tensor(gradient)).items():
                self.tensors[name].grad = values
            self.clip()
            self.update()
            return self.parameters.numpy().copy()

    def next_batch(self) -> torch.Tensor:
        if self.order_epoch != self.epoch:
            self.order = torch.from_numpy(batch_order(self.spec.seed, self.epoch, len(self.inputs)))
            self.order_epoch = self.epoch
        return self.order[self.cursor :][: self.spec.batch_size]

    def finish_batch(self, size: int, loss: float) -> None:
        self.step += 1
        self.optimizer_steps += uses_memory(self.spec)
        self.samples += size * (2 * self.spec.pairs if self.spec.optimizer == "evolution" else 1)
        mean = self.network.reduction == "mean"
        self.loss_sum += loss * size if mean else loss
        self.cursor += size
        if self.cursor == len(self.inputs):
            self.epoch_loss = self.loss_sum / len(self.inputs) if mean else self.loss_sum
            self.loss_sum = 0.0
            self.epoch += 1
            self.cursor = 0

    def last_gradient(self) -> Array:
        return flat([tensor.grad for tensor in self.tensors.values() if tensor.grad is not None]).numpy()

    def loss_and_gradient(self) -> tuple[float, Array]:
        with one_thread():
            loss = self.loss(self.forward(self.tensors, self.inputs, training=False)[-1], self.targets)
            gradients = torch.autograd.grad(loss, [*self.tensors.values()])
            return loss.item(), flat(gradients).numpy()

    def activations(self, inputs: Array) -> list[Array]:
        with one_thread(), torch.inference_mode():
            values = self.forward(self.tensors, torch.tensor(inputs), training=False)
            return [layer.T.contiguous().numpy() for layer in values]

    def configure(self, spec: Spec) -> None:
        state = self.state()
        if spec.optimizer != self.spec.optimizer:
            state.optimizer_state = make_optimizer(spec, self.network).start(state.parameters)
            state.optimizer_steps = 0
        self.spec = spec
        self.load(state)

    def load(self, state: State) -> None:
        self.step, self.epoch, self.cursor = state.step, state.epoch, state.cursor
        self.optimizer_steps, self.diverged = state.optimizer_steps, state.diverged
        self.samples, self.loss_sum, self.epoch_loss = state.samples, state.loss_sum, state.epoch_loss
        self.updates = torch.tensor(state.updates)
        self.buffers = torch.tensor(state.buffers)
        self.running = {
            name: torch.from_numpy(view) for name, view in self.network.buffer_views(self.buffers.numpy()).items()
        }
        self.parameters = torch.tensor(state.parameters)
        self.tensors = {name: view.requires_grad_() for name, view in self.views(self.parameters).items()}

        self.optimizers = OPTIMIZERS[self.spec.optimizer](self.spec, self.network, self.tensors)
        names = {tensor: name for name, tensor in self.tensors.items()}
        optimizer_state = {
            theirs: self.views(torch.tensor(state.optimizer_state[ours]))
            for ours, theirs in OPTIMIZER_STATE[self.spec.optimizer].items()
            if state.optimizer_steps or theirs != "momentum_buffer"  # torch makes it at the first step with momentum
        }
        for optimizer in self.optimizers:
            for tensor in optimizer.param_groups[0]["params"]:
                own = {theirs: tensors[names[tensor]] for theirs, tensors in optimizer_state.items()}
                optimizer.state[tensor] = {"step": torch.tensor(float(state.optimizer_steps)), **own}

    def optimizer_state(self) -> dict[str, Array]:
        states = {tensor: values for optimizer in self.optimizers for tensor, values in optimizer.state.items()}
        return {
            ours: flat(
                [states[tensor].get(theirs, torch.zeros_like(tensor)) for tensor in self.tensors.values()]
            ).numpy()
            for ours, theirs in OPTIMIZER_STATE[self.spec.optimizer].items()
        }

    def state(self) -> State:
        return State(
            parameters=self.parameters.numpy().copy(),
            optimizer_state=self.optimizer_state(),
            updates=self.updates.numpy().copy(),
            buffers=self.buffers.numpy().copy(),
            **self.progress()._asdict(),
        )

    def progress(self) -> Progress:
        return Progress(*(getattr(self, name) for name in Progress._fields))

    def views(self, values: torch.Tensor) -> dict[str, torch.Tensor]:
        """Each tensor by name, as a view into the flat vector (count,)."""
        return {name: torch.from_numpy(view) for name, view in self.network.views(values.numpy()).items()}


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
