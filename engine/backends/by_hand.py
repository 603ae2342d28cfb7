"""The backend by hand: NumPy, every line of forward, backward and update written out, to be read top to bottom.

It is the specification: where another backend disagrees, this one is right. It takes no shortcut for speed.
Shapes: a batch is (n, width), one sample per row; a weight is (out, in); L is the batch's loss.
Arrays have the type of the parameters: float32, or float64 when a float64 State is loaded, as the tests do.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.nn.activations import Floats, activation_table
from engine.nn.losses import make_loss, penalty_slope
from engine.nn.network import Array, Network, Progress, State
from engine.nn.optimizers import Rule, make_optimizer, uses_memory
from engine.nn.random import batch_order, keep_mask, signs
from engine.nn.schedules import rate_factor
from engine.spec.spec import DIVERGENCE, Spec


@dataclass
class NormCache:
    """Batch norm of one batch: x̂ = (z − mean)/std, n = γ·x̂ + β"""

    mean: Array
    """(width,), as variance and std"""
    variance: Array
    """Biased, Σ(z − mean)²/n"""
    std: Array
    """√(variance + ε)"""
    from_batch: bool
    """Whether mean and variance are the batch's own and so depend on z; else they are the running ones."""
    x_hat: Array
    """(n, width)"""


@dataclass
class ForwardCache:
    """What the forward pass of one stage keeps for its backward pass."""

    below: Array
    """Input of the stage, (n, inputs); all others are (n, outputs)"""
    norm: NormCache | None
    n: Array
    """Input of the activation: normalised, or the weighted sum z where there is no batch norm"""
    h: Array
    """activation(n)"""
    mask: Array | None
    """Of dropout, 0 or 1/(1−p)"""
    out: Array
    """Output of the stage"""


@dataclass
class BackwardCache:
    """Gradients of the loss with respect to what one stage computed, each (n, outputs)."""

    d_out: Floats
    d_h: Floats
    d_n: Floats
    d_z: Floats


@dataclass
class BatchPass:
    """Forward and backward pass of one batch; no parameter has changed yet."""

    batch: NDArray[np.int64]
    """Numbers of its samples in the training set, (n,)"""
    forward: list[ForwardCache]
    """One for each stage"""
    loss: float
    backward: list[BackwardCache]
    """One for each stage; none where a rule has no backward pass."""
    pair_losses: list[tuple[float, float]]
    """Evolution's losses of each pair of copies, w + σ·ε and w − σ·ε."""
    gradient: Array
    """Of the data alone, (count,)"""
    penalty_gradient: Array
    """Of l1 and l2, (count,)"""

    @property
    def total_gradient(self) -> Array:
        return self.gradient + self.penalty_gradient

    @property
    def within_limits(self) -> bool:
        """Whether loss and gradient are finite and at most DIVERGENCE. NaN ≤ x is False."""
        return bool(abs(self.loss) <= DIVERGENCE and np.all(np.abs(self.total_gradient) <= DIVERGENCE))


@dataclass
class Update:
    """What an optimizer makes of a gradient; nothing has been applied yet."""

    gradient: Array
    """With penalties, clipped, (count,)"""
    rate: float
    """η, its schedule counted in"""
    decayed: Array
    """Parameters after the decoupled weight decay"""
    parameters: Array
    """New parameters"""
    optimizer_state: dict[str, Array]


class ByHand:
    def __init__(self, spec: Spec, network: Network, inputs: Array, targets: Array) -> None:
        self.network = network
        self.inputs = inputs
        self.targets = targets
        self.loss = make_loss(network.loss, network.reduction, network.huber_delta)
        self.activation = activation_table(network.leaky_slope, network.elu_alpha)
        self.order_epoch = -1  # the epoch of `order`; none yet
        self.spec = spec
        self.optimizer = self.rule(spec)
        zeros = np.zeros(network.count, dtype=np.float32)
        self.load(State.start(network, zeros, self.optimizer.start(zeros)))

    # One training step

    def train_step(self) -> None:
        batch_pass = self.batch_pass()
        update = self.allowed_update(batch_pass)
        if update is None:
            self.state_now.diverged = self.state_now.step + 1
        else:
            self.apply_update(batch_pass, update)

    def batch_pass(self) -> BatchPass:
        """Forward and backward pass of the next batch."""
        batch = self.next_batch()
        inputs, targets = self.inputs[batch], self.targets[batch]

        caches = self.forward(self.state_now.parameters, inputs, training=True)
        loss = self.loss.value(caches[-1].out, targets)
        backward_caches: list[BackwardCache] = []
        pair_losses: list[tuple[float, float]] = []
        if self.spec.optimizer == "perceptron":
            gradient = self.perceptron(caches, targets)
        elif self.spec.optimizer == "evolution":
            pair_losses, gradient = self.evolution(inputs, targets)
            loss = sum(up + down for up, down in pair_losses) / (2 * len(pair_losses))
        else:
            backward_caches, gradient = self.backward(caches, targets)
        return BatchPass(batch, caches, loss, backward_caches, pair_losses, gradient, self.penalty_gradient())

    # Forward

    def forward(self, parameters: Array, inputs: Array, training: bool = False) -> list[ForwardCache]:
        """One cache for each stage, from the first to the last, whose `out` are the outputs (n, outputs).

        In training, norms use the statistics of the batch and dropout is on; else both take the inference form.
        """
        tensors = self.network.views(parameters)
        caches: list[ForwardCache] = []
        a = inputs
        for layer, stage in enumerate(self.network.stages):
            below = a
            z = below @ tensors[f"layers.{layer}.weight"].T
            if self.network.biases:
                z = z + tensors[f"layers.{layer}.bias"]

            norm, n = None, z
            if stage.batch_norm:
                norm = self.normalise(layer, z, training)
                n = tensors[f"norms.{layer}.weight"] * norm.x_hat + tensors[f"norms.{layer}.bias"]

            h = self.activation[stage.activation].value(n)

            mask, a = None, h
            if training and stage.dropout:
                mask = self.dropout(layer, h)
                a = a * mask
            if stage.residual:
                a = a + below
            caches.append(ForwardCache(below, norm, n, h, mask, a))
        return caches

    def normalise(self, layer: int, z: Array, training: bool) -> NormCache:
        """Ioffe and Szegedy 2015. A batch of one has no spread: it is normalised as in inference."""
        from_batch = training and len(z) > 1
        if from_batch:
            mean, variance = z.mean(axis=0), z.var(axis=0)
        else:
            mean = self.buffers[f"norms.{layer}.running_mean"]
            variance = self.buffers[f"norms.{layer}.running_var"]
        std = np.sqrt(variance + self.network.norm_epsilon)
        return NormCache(mean, variance, std, from_batch, x_hat=(z - mean) / std)

    def dropout(self, layer: int, h: Array) -> Array:
        """The mask of inverted dropout (Srivastava et al. 2014): kept values are scaled up, inference is not."""
        p = self.network.stages[layer].dropout
        rows, width = h.shape
        keep = keep_mask(self.spec.seed, self.state_now.step, layer, rows, width, p)
        return keep.astype(h.dtype) / (1 - p)

    # Backward

    def backward(self, caches: list[ForwardCache], targets: Array) -> tuple[list[BackwardCache], Array]:
        """A cache for each stage, and the gradient of the loss, (count,), by the chain rule from the last stage on."""
        tensors = self.network.views(self.state_now.parameters)
        flat = np.empty_like(self.state_now.parameters)
        gradient = self.network.views(flat)

        backward_caches: list[BackwardCache] = []
        d_a = self.loss.slope(caches[-1].out, targets)  # ∂L/∂outputs
        for layer, (stage, cache) in reversed([*enumerate(zip(self.network.stages, caches, strict=True))]):
            d_h = d_a if cache.mask is None else d_a * cache.mask  # dropped values had no part in L
            d_n = d_h * self.activation[stage.activation].slope(cache.n, cache.h)  # ∂L/∂n = ∂L/∂h · ∂h/∂n

            d_z: Floats = d_n
            if cache.norm is not None:
                gradient[f"norms.{layer}.weight"][:] = (d_n * cache.norm.x_hat).sum(axis=0)  # n = γ·x̂ + β
                gradient[f"norms.{layer}.bias"][:] = d_n.sum(axis=0)
                d_z = self.backward_norm(cache.norm, d_n * tensors[f"norms.{layer}.weight"])

            gradient[f"layers.{layer}.weight"][:] = d_z.T @ cache.below  # ∂L/∂W = Σ over the batch of ∂L/∂z · input
            if self.network.biases:
                # ∂L/∂b = Σ over the batch of ∂L/∂z. Below a norm by the batch's own mean it is 0, for that mean takes
                # b off again; set to 0, because Adam would make whole steps of the rounding of such a sum
                no_effect = cache.norm is not None and cache.norm.from_batch
                gradient[f"layers.{layer}.bias"][:] = 0 if no_effect else d_z.sum(axis=0)

            backward_caches.insert(0, BackwardCache(d_a, d_h, d_n, d_z))
            d_below = d_z @ tensors[f"layers.{layer}.weight"]  # ∂L/∂a of the stage below
            if stage.residual:
                d_below = d_below + d_a  # the residual link passes it on unchanged
            d_a = d_below
        return backward_caches, flat

    def backward_norm(self, norm: NormCache, d_x_hat: Floats) -> Floats:
        """∂L/∂z from x̂ = (z − mean)/std and ∂L/∂x̂.

        With the batch's own statistics every z also moves the mean and the std of all: the part of ∂L/∂x̂ that is common
        to the batch, and the part in proportion to x̂, drop out.
        """
        if norm.from_batch:
            common = d_x_hat.mean(axis=0)
            proportional = norm.x_hat * (d_x_hat * norm.x_hat).mean(axis=0)
            d_x_hat = d_x_hat - common - proportional
        return d_x_hat / norm.std

    # Instead of backward

    def perceptron(self, caches: list[ForwardCache], targets: Array) -> Array:
        """Rosenblatt 1958: w ← w + η·(target − output)·x.

        As a gradient: the slope of the step, which is 0, is taken as 1, and the 2 of the squared error is left out.
        """
        flat = np.empty_like(self.state_now.parameters)
        gradient = self.network.views(flat)
        d_z = (caches[-1].out - targets) * self.loss.share(targets)
        gradient["layers.0.weight"][:] = d_z.T @ caches[-1].below
        if self.network.biases:
            gradient["layers.0.bias"][:] = d_z.sum(axis=0)
        return flat

    def evolution(self, inputs: Array, targets: Array) -> tuple[list[tuple[float, float]], Array]:
        """The losses of all pairs of copies, and the mean over pairs of (L(w + σ·ε) − L(w − σ·ε))/2σ · ε.

        Antithetic evolution strategies (Salimans et al. 2017), with ε of ±1 as in Spall's SPSA (1992): as E[ε·εᵀ] is
        the identity, the mean is the gradient up to O(σ²), and no noise of that kind has less variance. A policy
        gradient would do worse here: the reward is a function of the weights, and there is no action to sample.
        """
        parameters, sigma = self.state_now.parameters, self.spec.sigma
        gradient = np.zeros_like(parameters)
        pair_losses = []
        for pair in range(self.spec.pairs):
            direction = signs(self.spec.seed, self.state_now.step, pair, len(parameters)).astype(parameters.dtype)
            up, down = (
                self.loss.value(self.forward(copy, inputs)[-1].out, targets)
                for copy in (parameters + sigma * direction, parameters - sigma * direction)
            )
            gradient += (up - down) / (2 * sigma) * direction / self.spec.pairs
            pair_losses.append((up, down))
        return pair_losses, gradient

    # The update

    def rule(self, spec: Spec) -> Rule:
        return make_optimizer(spec, self.network)

    def penalty_gradient(self) -> Array:
        slope = penalty_slope(self.state_now.parameters, self.spec.l1, self.spec.l2)
        return np.where(self.network.is_weight, slope, 0)

    def clipped(self, gradient: Array) -> Array:
        """norm: the whole gradient is scaled down to the limit if it is longer, as torch's clip_grad_norm_ does it."""
        limit = self.spec.clip_limit
        if self.spec.clip == "norm":
            return gradient * min(1.0, limit / (float(np.linalg.norm(gradient)) + 1e-6))
        if self.spec.clip == "value":
            return np.clip(gradient, -limit, limit)
        return gradient

    def allowed_update(self, batch_pass: BatchPass) -> Update | None:
        """The update of a step; None where the step must not be taken because something in it is too large."""
        if not batch_pass.within_limits:
            return None
        update = self.compute_update(batch_pass.total_gradient)
        statistics = self.running_statistics_after(batch_pass.forward)
        allowed = np.all(np.abs(statistics) <= self.network.buffer_limits)
        return update if allowed and np.all(np.abs(update.parameters) <= DIVERGENCE) else None

    def compute_update(self, gradient: Array) -> Update:
        """The update of the optimizer for a gradient, penalties counted in."""
        state = self.state_now
        gradient = self.clipped(gradient)
        rate = self.spec.learning_rate * rate_factor(self.spec, state.step)
        decayed = state.parameters * (1 - rate * self.spec.decay)
        t = state.optimizer_steps + 1
        return Update(gradient, rate, decayed, *self.optimizer.step(decayed, gradient, state.optimizer_state, rate, t))

    def apply_update(self, batch_pass: BatchPass, update: Update) -> None:
        state = self.state_now
        state.updates = update.parameters - state.parameters
        state.parameters[:] = update.parameters
        state.optimizer_state = update.optimizer_state
        state.optimizer_steps += uses_memory(self.spec)
        self.gradient = update.gradient
        state.step += 1
        state.buffers[:] = self.running_statistics_after(batch_pass.forward)
        self.finish_batch(len(batch_pass.batch), batch_pass.loss)

    def running_statistics_after(self, caches: list[ForwardCache]) -> Array:
        """(1−m)·running + m·batch, in the flat vector; the running variance is Σ(z − mean)²/(n−1), as in torch."""
        m, after = self.network.norm_momentum, self.state_now.buffers.copy()
        running = self.network.buffer_views(after)
        for layer, cache in enumerate(caches):
            if cache.norm is not None and cache.norm.from_batch:
                n = len(cache.below)
                mean, variance = running[f"norms.{layer}.running_mean"], running[f"norms.{layer}.running_var"]
                mean[:] = (1 - m) * mean + m * cache.norm.mean
                variance[:] = (1 - m) * variance + m * cache.norm.variance * (n / (n - 1))
        return after

    # The mini-batches

    def next_batch(self) -> NDArray[np.int64]:
        """The samples of the next batch, (n,): a slice of this epoch's shuffled order; the last one may be smaller."""
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
        with np.errstate(over="ignore", invalid="ignore"):  # train_step checks for it
            for _ in range(steps):
                if self.state_now.diverged is not None:
                    return
                self.train_step()

    def last_gradient(self) -> Array:
        return self.gradient.copy()

    def loss_and_gradient(self) -> tuple[float, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            caches = self.forward(self.state_now.parameters, self.inputs)
            return self.loss.value(caches[-1].out, self.targets), self.backward(caches, self.targets)[1]

    def activations(self, inputs: Array) -> list[Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            caches = self.forward(self.state_now.parameters, inputs)
        return [np.ascontiguousarray(cache.out.T) for cache in caches]

    def configure(self, spec: Spec) -> None:
        optimizer = self.rule(spec)
        if spec.optimizer != self.spec.optimizer:
            self.state_now.optimizer_state = optimizer.start(self.state_now.parameters)
            self.state_now.optimizer_steps = 0
        self.spec, self.optimizer = spec, optimizer

    def load(self, state: State) -> None:
        self.state_now = state.copy()
        self.buffers = self.network.buffer_views(self.state_now.buffers)
        self.gradient = np.zeros_like(state.parameters)

    def state(self) -> State:
        return self.state_now.copy()

    def progress(self) -> Progress:
        return self.state_now.progress
