"""Training by hand: NumPy, every line of forward, backward and update written out. Made to be read top to bottom.

This is the specification: where another backend disagrees, this one is right. It takes no shortcut for speed.
Shapes: a batch is (n, width), one sample per row; a weight is (out, in); L is the batch's loss.
Arrays have the type of the parameters: float32, or float64 when a float64 State is loaded, as the tests do.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.nn.activations import Floats, activation_table
from engine.nn.losses import make_loss, penalty_slope
from engine.nn.network import Array, Network, State
from engine.nn.optimizers import Rule, make_optimizer
from engine.nn.random import batch_order, keep_mask, signs
from engine.nn.schedules import rate_factor
from engine.spec.spec import DIVERGENCE, Spec


@dataclass
class Norm:
    """What batch norm did to a batch: standard = (z − mean)/deviation and n = γ·standard + β."""

    mean: Array
    """(width,), as the three that follow"""
    variance: Array
    """Of the batch as a whole, Σ(z − mean)²/n"""
    deviation: Array
    """√(variance + ε)"""
    of_batch: bool
    """Whether mean and variance are the batch's own and so depend on z; else they are the running ones."""
    standard: Array
    """(n, width)"""


@dataclass
class Passed:
    """What one stage made of a batch on the way forward, as far as the way back needs it."""

    below: Array
    """What came in, (n, inputs); all others are (n, outputs)"""
    norm: Norm | None
    n: Array
    """What entered the activation: normalised, or the weighted sum z where there is no batch norm"""
    h: Array
    """activation(n)"""
    kept: Array | None
    """Dropout's factors, 0 or 1/(1−p)"""
    out: Array


@dataclass
class Sent:
    """What one stage was sent on the way back: ∂L/∂ each of what it had made, (n, outputs)."""

    out: Floats
    h: Floats
    n: Floats
    z: Floats


@dataclass
class Look:
    """A batch and the way down from it; nothing has moved yet."""

    batch: NDArray[np.int64]
    passed: list[Passed]
    loss: float
    sent: list[Sent]
    """Stage by stage; none where a rule sends nothing back."""
    tried: list[tuple[float, float]]
    """Evolution's losses of each pair of copies, w + σ·ε and w − σ·ε."""
    gradient: Array
    """Of the data alone, (count,)"""
    penalty: Array
    """What penalties add to it, (count,)"""

    @property
    def whole(self) -> Array:
        return self.gradient + self.penalty

    @property
    def sound(self) -> bool:
        """Whether a step can be taken; what is not a number is not ≤ either."""
        return bool(abs(self.loss) <= DIVERGENCE and np.all(np.abs(self.whole) <= DIVERGENCE))


@dataclass
class Move:
    """What a rule makes of a gradient; nothing has been taken over yet."""

    gradient: Array
    """Penalties and clipping counted in, (count,)"""
    rate: float
    """η, its schedule counted in"""
    shrunk: Array
    """Parameters after the decoupled decay"""
    parameters: Array
    memory: dict[str, Array]


class ByHand:
    def __init__(self, spec: Spec, network: Network, inputs: Array, targets: Array) -> None:
        self.network = network
        self.inputs = inputs
        self.targets = targets
        self.loss = make_loss(network.loss, network.reduction, network.huber_delta)
        self.activation = activation_table(network.leaky_slope, network.elu_alpha)
        self.order_epoch = -1  # of which epoch `order` is; none yet
        self.spec = spec
        self.optimizer = self.rule(spec)
        zeros = np.zeros(network.count, dtype=np.float32)
        self.load(State.start(network, zeros, self.optimizer.start(zeros)))

    # One training step

    def train_step(self) -> None:
        look = self.look()
        if look.sound:
            self.take(look, self.move(look.whole))
        else:
            self.state_now.diverged = self.state_now.step + 1

    def look(self) -> Look:
        """The next batch, its loss and the gradient."""
        batch = self.next_batch()
        inputs, targets = self.inputs[batch], self.targets[batch]

        passed = self.forward(self.state_now.parameters, inputs, training=True)
        loss = self.loss.value(passed[-1].out, targets)
        sent: list[Sent] = []
        tried: list[tuple[float, float]] = []
        if self.spec.optimizer == "perceptron":
            gradient = self.perceptron(passed, targets)
        elif self.spec.optimizer == "evolution":
            tried, gradient = self.evolution(inputs, targets)
            loss = sum(up + down for up, down in tried) / (2 * len(tried))
        else:
            sent, gradient = self.backward(passed, targets)
        return Look(batch, passed, loss, sent, tried, gradient, self.penalty_gradient())

    # Forward

    def forward(self, parameters: Array, inputs: Array, training: bool = False) -> list[Passed]:
        """Every stage from the first to the last; the last one's `out` are the outputs.

        In training, norms go by the statistics of the batch and dropout is on; else both take the inference form.
        """
        tensors = self.network.views(parameters)
        passed: list[Passed] = []
        a = inputs
        for layer, stage in enumerate(self.network.stages):
            below = a
            z = below @ tensors[f"layers.{layer}.weight"].T
            if self.network.biases:
                z = z + tensors[f"layers.{layer}.bias"]

            norm, n = None, z
            if stage.batch_norm:
                norm = self.normalise(layer, z, training)
                n = tensors[f"norms.{layer}.weight"] * norm.standard + tensors[f"norms.{layer}.bias"]

            h = self.activation[stage.activation].value(n)

            kept, a = None, h
            if training and stage.dropout:
                kept = self.dropout(layer, h)
                a = a * kept
            if stage.residual:
                a = a + below
            passed.append(Passed(below, norm, n, h, kept, a))
        return passed

    def normalise(self, layer: int, z: Array, training: bool) -> Norm:
        """Ioffe and Szegedy 2015. A batch of one has no spread: it is normalised as in inference."""
        of_batch = training and len(z) > 1
        if of_batch:
            mean, variance = z.mean(axis=0), z.var(axis=0)
        else:
            mean = self.buffers[f"norms.{layer}.running_mean"]
            variance = self.buffers[f"norms.{layer}.running_var"]
        deviation = np.sqrt(variance + self.network.norm_epsilon)
        return Norm(mean, variance, deviation, of_batch, standard=(z - mean) / deviation)

    def dropout(self, layer: int, h: Array) -> Array:
        """Srivastava et al. 2014, inverted: what is kept is scaled up, so that inference need not be scaled down."""
        p = self.network.stages[layer].dropout
        rows, width = h.shape
        keep = keep_mask(self.spec.seed, self.state_now.step, layer, rows, width, p)
        return keep.astype(h.dtype) / (1 - p)

    # Backward

    def backward(self, passed: list[Passed], targets: Array) -> tuple[list[Sent], Array]:
        """What every stage is sent, and the gradient of the loss, (count,): the chain rule from the last stage on."""
        tensors = self.network.views(self.state_now.parameters)
        flat = np.empty_like(self.state_now.parameters)
        gradient = self.network.views(flat)

        sent: list[Sent] = []
        d_a = self.loss.slope(passed[-1].out, targets)  # ∂L/∂outputs
        for layer, (stage, values) in reversed([*enumerate(zip(self.network.stages, passed, strict=True))]):
            d_h = d_a if values.kept is None else d_a * values.kept  # what was dropped had no part in L
            d_n = d_h * self.activation[stage.activation].slope(values.n, values.h)  # ∂L/∂n = ∂L/∂h · ∂h/∂n

            d_z: Floats = d_n
            if values.norm is not None:
                gradient[f"norms.{layer}.weight"][:] = (d_n * values.norm.standard).sum(axis=0)  # n = γ·standard + β
                gradient[f"norms.{layer}.bias"][:] = d_n.sum(axis=0)
                d_z = self.backward_norm(values.norm, d_n * tensors[f"norms.{layer}.weight"])

            gradient[f"layers.{layer}.weight"][:] = d_z.T @ values.below  # ∂L/∂W = Σ over the batch of ∂L/∂z · input
            if self.network.biases:
                # ∂L/∂b = Σ over the batch of ∂L/∂z. Below a norm by the batch's own mean it is 0, for that mean takes b
                # off again; said outright, as Adam would make whole steps of the rounding of such a sum
                idle = values.norm is not None and values.norm.of_batch
                gradient[f"layers.{layer}.bias"][:] = 0 if idle else d_z.sum(axis=0)

            sent.insert(0, Sent(d_a, d_h, d_n, d_z))
            d_below = d_z @ tensors[f"layers.{layer}.weight"]  # ∂L/∂a of the stage below
            if stage.residual:
                d_below = d_below + d_a  # the link hands it down unchanged
            d_a = d_below
        return sent, flat

    def backward_norm(self, norm: Norm, d_standard: Floats) -> Floats:
        """∂L/∂z from s = (z − mean)/deviation and ∂L/∂s.

        With the batch's own statistics every z also moves the mean and the deviation of all: what of ∂L/∂s is common to
        the batch, or in proportion to s, is undone by them and drops out.
        """
        if norm.of_batch:
            common = d_standard.mean(axis=0)
            proportional = norm.standard * (d_standard * norm.standard).mean(axis=0)
            d_standard = d_standard - common - proportional
        return d_standard / norm.deviation

    # Instead of backward

    def perceptron(self, passed: list[Passed], targets: Array) -> Array:
        """Rosenblatt 1958: w ← w + η·(target − output)·x.

        As a gradient: the slope of the step, which is 0, is taken as 1, and the 2 of the squared error is left out.
        """
        flat = np.empty_like(self.state_now.parameters)
        gradient = self.network.views(flat)
        d_z = (passed[-1].out - targets) * self.loss.share(targets)
        gradient["layers.0.weight"][:] = d_z.T @ passed[-1].below
        if self.network.biases:
            gradient["layers.0.bias"][:] = d_z.sum(axis=0)
        return flat

    def evolution(self, inputs: Array, targets: Array) -> tuple[list[tuple[float, float]], Array]:
        """The losses of all copies tried, and (L(w + σ·ε) − L(w − σ·ε))/2σ · ε, a mean over pairs of copies.

        Antithetic evolution strategies (Salimans et al. 2017), with ε of ±1 as in Spall's SPSA (1992): as E[ε·εᵀ] is
        the identity, the mean is the gradient up to O(σ²), and no noise of that kind has less variance. It beats a
        policy gradient here, for the reward is a plain function of the weights: there is no action to sample.
        """
        parameters, sigma = self.state_now.parameters, self.spec.sigma
        gradient = np.zeros_like(parameters)
        tried = []
        for pair in range(self.spec.pairs):
            way = signs(self.spec.seed, self.state_now.step, pair, len(parameters)).astype(parameters.dtype)
            up, down = (
                self.loss.value(self.forward(copy, inputs)[-1].out, targets)
                for copy in (parameters + sigma * way, parameters - sigma * way)
            )
            gradient += (up - down) / (2 * sigma) * way / self.spec.pairs
            tried.append((up, down))
        return tried, gradient

    # The update

    def rule(self, spec: Spec) -> Rule:
        return make_optimizer(spec, self.network)

    def penalty_gradient(self) -> Array:
        slope = penalty_slope(self.state_now.parameters, self.spec.l1, self.spec.l2)
        return np.where(self.network.is_weight, slope, 0)

    def clipped(self, gradient: Array) -> Array:
        """norm: the whole gradient is shortened to the limit if it is longer, as torch's clip_grad_norm_ does it."""
        limit = self.spec.clip_limit
        if self.spec.clip == "norm":
            return gradient * min(1.0, limit / (float(np.linalg.norm(gradient)) + 1e-6))
        if self.spec.clip == "value":
            return np.clip(gradient, -limit, limit)
        return gradient

    def move(self, gradient: Array) -> Move:
        """Where the rule goes from a gradient, penalties counted in."""
        state = self.state_now
        gradient = self.clipped(gradient)
        rate = self.spec.learning_rate * rate_factor(self.spec, state.step)
        shrunk = state.parameters * (1 - rate * self.spec.decay)
        t = state.optimizer_steps + 1
        return Move(gradient, rate, shrunk, *self.optimizer.step(shrunk, gradient, state.memory, rate, t))

    def take(self, look: Look, move: Move) -> None:
        state = self.state_now
        state.updates = move.parameters - state.parameters
        state.parameters[:] = move.parameters
        state.memory = move.memory
        state.optimizer_steps += 1
        state.step += 1
        self.keep_statistics(look.passed)
        self.finish_batch(len(look.batch), look.loss)

    def keep_statistics(self, passed: list[Passed]) -> None:
        """running ← (1−m)·running + m·batch; the running variance is Σ(z − mean)²/(n−1), as in torch."""
        m = self.network.norm_momentum
        for layer, values in enumerate(passed):
            if values.norm is not None and values.norm.of_batch:
                n = len(values.below)
                mean = self.buffers[f"norms.{layer}.running_mean"]
                variance = self.buffers[f"norms.{layer}.running_var"]
                mean[:] = (1 - m) * mean + m * values.norm.mean
                variance[:] = (1 - m) * variance + m * values.norm.variance * (n / (n - 1))

    # The mini-batches

    def next_batch(self) -> NDArray[np.int64]:
        """Which samples come next: a piece of this epoch's shuffled order; the last piece may be smaller."""
        state = self.state_now
        if self.order_epoch != state.epoch:
            self.order = batch_order(self.spec.seed, state.epoch, len(self.inputs))
            self.order_epoch = state.epoch
        return self.order[state.cursor :][: self.spec.batch_size]

    def finish_batch(self, size: int, loss: float) -> None:
        state, mean = self.state_now, self.network.reduction == "mean"
        state.samples += size * (2 * self.spec.pairs if self.spec.optimizer == "evolution" else 1)
        state.loss_sum += loss * size if mean else loss
        state.cursor += size
        if state.cursor == len(self.inputs):
            state.epoch_loss = state.loss_sum / len(self.inputs) if mean else state.loss_sum
            state.loss_sum = 0.0
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
            passed = self.forward(self.state_now.parameters, self.inputs)
            return self.loss.value(passed[-1].out, self.targets), self.backward(passed, self.targets)[1]

    def activations(self, inputs: Array) -> list[Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            passed = self.forward(self.state_now.parameters, inputs)
        return [np.ascontiguousarray(values.out.T) for values in passed]

    def configure(self, spec: Spec) -> None:
        optimizer = self.rule(spec)
        if spec.optimizer != self.spec.optimizer:
            self.state_now.memory = optimizer.start(self.state_now.parameters)
            self.state_now.optimizer_steps = 0
        self.spec, self.optimizer = spec, optimizer

    def load(self, state: State) -> None:
        self.state_now = state.copy()
        self.buffers = self.network.buffer_views(self.state_now.buffers)

    def state(self) -> State:
        return self.state_now.copy()
