"""Training compiled by numba, made to be fast: many steps per call, outside the GIL. See `kernels.py` for how.

Here are only the arrays of the kernels and the way between them and a State. Nothing in a Spec is compiled in, so no
knob ever compiles anything; the first use on a machine does, for some seconds, and later ones load it from the cache.
"""

import numpy as np
from numpy.typing import NDArray

from engine.backends import kernels, passes, rules
from engine.backends.lanes import WIDTH
from engine.backends.passes import TILE
from engine.choices import ActivationName, LossName, OptimizerName
from engine.network import Array, Network, State
from engine.optimizers import make_optimizer
from engine.spec import DIVERGENCE, Spec

Ints = NDArray[np.int64]

ACTIVATIONS: dict[ActivationName, int] = {
    "linear": passes.LINEAR,
    "relu": passes.RELU,
    "tanh": passes.TANH,
    "sigmoid": passes.SIGMOID,
}
LOSSES: dict[LossName, int] = {"mse": passes.MSE, "bce": passes.BCE}
RULES: dict[OptimizerName, int] = {"sgd": rules.SGD, "momentum": rules.MOMENTUM_RULE, "adam": rules.ADAM}
MEMORY: dict[OptimizerName, tuple[str, ...]] = {"sgd": (), "momentum": ("velocity",), "adam": ("m", "v")}


class Compiled:
    def __init__(self, spec: Spec, network: Network, inputs: Array, targets: Array) -> None:
        self.network = network
        self.inputs = np.ascontiguousarray(inputs, dtype=np.float32)
        self.targets = np.ascontiguousarray(targets, dtype=np.float32)
        self.plan, self.places, padded, self.weights_end = _layout(network)
        self.rows = sum(_tiles(size) * TILE for size in network.sizes)  # of a group in values
        self.parameters = _aligned(padded)
        self.gradient = _aligned(padded)
        self.updates = _aligned(padded)
        self.memory = _aligned(2 * padded)
        self.order = np.zeros(len(inputs) + WIDTH, dtype=np.int64)
        self.in_order = np.minimum(np.arange(len(self.order)), len(inputs) - 1)
        self.counters = np.zeros(6, dtype=np.int64)
        self._use(spec)
        zeros = np.zeros(network.count, dtype=np.float32)
        self.load(State.start(network, zeros, make_optimizer(spec, network).start(zeros)))

    # State

    def load(self, state: State) -> None:
        self.parameters[self.places] = state.parameters
        self.updates[self.places] = state.updates
        self.memory[:] = 0
        for row, name in enumerate(MEMORY[self.spec.optimizer]):
            self.memory[row * self.parameters.size + self.places] = state.memory[name]
        self.counters[:] = (state.step, state.epoch, state.cursor, state.optimizer_steps, state.diverged or 0, -1)

    def state(self) -> State:
        step, epoch, cursor, optimizer_steps, diverged, _ = self.counters.tolist()
        names = MEMORY[self.spec.optimizer]
        return State(
            parameters=self.parameters[self.places],
            memory={name: self.memory[row * self.parameters.size + self.places] for row, name in enumerate(names)},
            updates=self.updates[self.places],
            buffers=self.network.fresh_buffers(),
            step=step,
            epoch=epoch,
            cursor=cursor,
            optimizer_steps=optimizer_steps,
            diverged=diverged or None,
        )

    def configure(self, spec: Spec) -> None:
        if spec.optimizer != self.spec.optimizer:
            self.memory[:] = 0
            self.counters[kernels.OPTIMIZER_STEPS] = 0
        self._use(spec)

    def _use(self, spec: Spec) -> None:
        self.spec = spec
        self.choices = np.array(
            [spec.batch_size, RULES[spec.optimizer], LOSSES[self.network.loss], spec.seed, self.weights_end]
        )
        self.settings = np.array(
            [spec.learning_rate, spec.l1, spec.l2, spec.momentum, spec.beta1, spec.beta2, spec.epsilon, DIVERGENCE]
        )
        groups = -(-min(spec.batch_size, len(self.inputs)) // WIDTH)
        self.values = _aligned(groups * self.rows * WIDTH)
        self.deltas = _aligned(groups * self.rows * WIDTH)

    # Work

    def advance(self, steps: int) -> None:
        kernels.advance(
            steps, self.plan, self.choices, self.settings, self.counters, self.inputs, self.targets, self.order,
            self.parameters, self.gradient, self.memory, self.updates,
            self.values, self.deltas, self.rows * WIDTH,
        )  # fmt: skip

    def loss_and_gradient(self) -> tuple[float, Array]:
        sums = _aligned(self.parameters.size)
        loss = kernels.whole_gradient(
            self.plan, self.choices, self.inputs, self.targets, self.in_order,
            self.parameters, self.gradient, sums, self.values, self.deltas, self.rows * WIDTH,
        )  # fmt: skip
        return loss, sums[self.places]

    def activations(self, inputs: Array) -> list[Array]:
        wanted = len(inputs)
        count = max(wanted, WIDTH)
        columns = np.zeros((inputs.shape[1], count), dtype=np.float32)
        columns[:, :wanted] = inputs.T
        widths = self.network.sizes[1:]
        values = np.empty((sum(widths), count), dtype=np.float32)
        kernels.infer(self.plan, self.parameters, columns, _aligned(self.rows * WIDTH), values)
        ends = np.cumsum(widths).tolist()
        layers = [values[end - width : end, :wanted] for width, end in zip(widths, ends, strict=True)]
        return [np.ascontiguousarray(layer) for layer in layers]


def _tiles(width: int) -> int:
    return -(-width // TILE)


def _aligned(count: int) -> Array:
    """Zeros that start on a cache line, filled up to whole Lanes."""
    count = -(-count // WIDTH) * WIDTH
    raw = np.zeros(count + WIDTH, dtype=np.float32)
    skip = -(raw.ctypes.data // 4) % WIDTH
    return raw[skip : skip + count]


def _layout(network: Network) -> tuple[Ints, Ints, int, int]:
    """The plan; where each parameter of the flat vector lies in the kernels' arrays; their size; where weights end."""
    plan = np.zeros((network.layers, 9), dtype=np.int64)
    places = np.zeros(network.count, dtype=np.int64)
    place = 0
    row = 0
    for layer in range(network.layers):
        ins, outs = network.sizes[layer : layer + 2]
        in_tiles, out_tiles = _tiles(ins), _tiles(outs)
        plan[layer, : passes.BIAS] = (ins, outs, in_tiles, out_tiles, place)
        plan[layer, passes.SOURCE] = row
        row += in_tiles * TILE
        plan[layer, passes.TARGET] = row
        plan[layer, passes.ACTIVATION] = ACTIVATIONS[network.activations[layer]]
        i, o = np.arange(ins), np.arange(outs)[:, np.newaxis]
        tile = o // TILE * in_tiles + i // TILE
        weight = place + tile * TILE * TILE + o % TILE * TILE + i % TILE
        places[network.slices[f"layers.{layer}.weight"]] = weight.ravel()
        place += out_tiles * in_tiles * TILE * TILE
    weights_end = place
    for layer in range(network.layers):
        plan[layer, passes.BIAS] = place
        outs = network.sizes[layer + 1]
        places[network.slices[f"layers.{layer}.bias"]] = place + np.arange(outs)
        place += _tiles(outs) * TILE
    return plan, places, -(-place // WIDTH) * WIDTH, weights_end


def warm() -> None:
    """Compiles the kernels, or loads them from the cache, once for the process: some seconds, or half of one."""
    spec = Spec()
    points = np.zeros((1, 2), dtype=np.float32)
    backend = Compiled(spec, Network.of(spec), points, points[:, :1])
    backend.advance(1)
    backend.loss_and_gradient()
    backend.activations(backend.inputs)
