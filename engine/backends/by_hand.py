"""Training by hand: NumPy, every line of forward, backward and update written out. Made to be read top to bottom.

This is the specification: where another backend disagrees, this one is right. It takes no shortcut for speed.
Shapes: a batch is (n, width), one sample per row; a weight is (out, in); L is a mean over the batch.
"""

import numpy as np
from numpy.typing import NDArray

from engine.activations import ACTIVATIONS
from engine.losses import LOSSES, penalty_slope
from engine.network import Array, Network, State
from engine.optimizers import make_optimizer
from engine.seeds import batch_order
from engine.spec import DIVERGENCE, Spec


class ByHand:
    def __init__(self, spec: Spec, network: Network, inputs: Array, targets: Array) -> None:
        self.spec = spec
        self.network = network
        self.inputs = inputs
        self.targets = targets
        self.loss = LOSSES[network.loss]
        self.optimizer = make_optimizer(spec)
        self.order_epoch = -1  # of which epoch `order` is; none yet
        zeros = np.zeros(network.count, dtype=np.float32)
        self.load(State.start(network, zeros, self.optimizer.start(zeros)))

    # One training step

    def train_step(self) -> None:
        state = self.state_now
        batch = self.next_batch()

        z, a = self.forward(self.inputs[batch])
        loss = self.loss.value(a[-1], self.targets[batch])
        gradient = self.backward(z, a, self.targets[batch])
        gradient = gradient + self.penalty_gradient()

        if not (abs(loss) <= DIVERGENCE and np.all(np.abs(gradient) <= DIVERGENCE)):  # not a number is not ≤ either
            state.diverged = state.step + 1
            return

        self.update(gradient)
        self.finish_batch(len(batch))

    def forward(self, inputs: Array) -> tuple[list[Array], list[Array]]:
        """Weighted sums z and activations a of every layer; a[0] are the inputs, a[-1] the outputs."""
        z, a = [], [inputs]
        for layer in range(self.network.layers):
            weight = self.tensors[f"layers.{layer}.weight"]
            bias = self.tensors[f"layers.{layer}.bias"]
            activation = ACTIVATIONS[self.network.activations[layer]]

            z.append(a[layer] @ weight.T + bias)
            a.append(activation.value(z[layer]))
        return z, a

    def backward(self, z: list[Array], a: list[Array], targets: Array) -> Array:
        """The gradient of the batch's mean loss, (count,), by the chain rule from the last layer to the first."""
        flat = np.empty_like(self.state_now.parameters)
        gradient = self.network.views(flat)

        d_a = self.loss.slope(a[-1], targets)  # ∂L/∂a of the outputs
        for layer in reversed(range(self.network.layers)):
            weight = self.tensors[f"layers.{layer}.weight"]
            activation = ACTIVATIONS[self.network.activations[layer]]

            d_z = d_a * activation.slope(z[layer], a[layer + 1])  # ∂L/∂z = ∂L/∂a · ∂a/∂z
            gradient[f"layers.{layer}.weight"][:] = d_z.T @ a[layer]  # ∂L/∂W = Σ over the batch of ∂L/∂z · input
            gradient[f"layers.{layer}.bias"][:] = d_z.sum(axis=0)  # ∂L/∂b = Σ over the batch of ∂L/∂z
            d_a = d_z @ weight  # ∂L/∂a of the layer below
        return flat

    def penalty_gradient(self) -> Array:
        slope = penalty_slope(self.state_now.parameters, self.spec.l1, self.spec.l2)
        return np.where(self.network.is_weight, slope, np.float32(0))

    def update(self, gradient: Array) -> None:
        state = self.state_now
        t = state.optimizer_steps + 1
        parameters, state.memory = self.optimizer.step(state.parameters, gradient, state.memory, t)
        state.updates = parameters - state.parameters
        state.parameters[:] = parameters
        state.optimizer_steps = t
        state.step += 1

    # The mini-batches

    def next_batch(self) -> NDArray[np.int64]:
        """Which samples come next: a piece of this epoch's shuffled order; the last piece may be smaller."""
        state = self.state_now
        if self.order_epoch != state.epoch:
            self.order = batch_order(self.spec.seed, state.epoch, len(self.inputs))
            self.order_epoch = state.epoch
        return self.order[state.cursor : state.cursor + self.spec.batch_size]

    def finish_batch(self, size: int) -> None:
        state = self.state_now
        state.cursor += size
        if state.cursor == len(self.inputs):
            state.epoch += 1
            state.cursor = 0

    # What every backend offers

    def advance(self, steps: int) -> None:
        with np.errstate(over="ignore", invalid="ignore"):  # train_step looks for what is not finite
            for _ in range(steps):
                if self.state_now.diverged is not None:
                    return
                self.train_step()

    def loss_and_gradient(self) -> tuple[float, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            z, a = self.forward(self.inputs)
            return self.loss.value(a[-1], self.targets), self.backward(z, a, self.targets)

    def activations(self, inputs: Array) -> list[Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            _, a = self.forward(inputs)
        return [np.ascontiguousarray(values.T) for values in a[1:]]

    def configure(self, spec: Spec) -> None:
        if spec.optimizer != self.spec.optimizer:
            self.state_now.memory = make_optimizer(spec).start(self.state_now.parameters)
            self.state_now.optimizer_steps = 0
        self.spec = spec
        self.optimizer = make_optimizer(spec)

    def load(self, state: State) -> None:
        self.state_now = state.copy()
        self.tensors = self.network.views(self.state_now.parameters)

    def state(self) -> State:
        return self.state_now.copy()
