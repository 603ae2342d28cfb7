"""Training compiled by numba, made to be fast: many steps per call, outside the GIL. See `kernels.py` for how.

Here are only the arrays of the kernels and the way between them and a State. Nothing in a Spec is compiled in, so no
knob ever compiles anything; the first use on a machine does, for some seconds, and later ones load it from the cache.
"""

import math

import numpy as np
from numpy.typing import NDArray

from engine.backends.compiled import kernels, settings
from engine.backends.compiled.lanes import WIDTH
from engine.backends.compiled.layout import aligned, layout_of, tiles
from engine.backends.compiled.outer import scratch_size
from engine.backends.compiled.products import TILE
from engine.nn.network import Array, Network, State
from engine.spec.choices import ClipName, LossName, OptimizerName, ScheduleName
from engine.spec.spec import DIVERGENCE, Spec

LOSSES: dict[LossName, int] = {
    "mse": settings.MSE,
    "mae": settings.MAE,
    "huber": settings.HUBER,
    "bce": settings.BCE,
    "cross_entropy": settings.CROSS_ENTROPY,
}
RULES: dict[OptimizerName, int] = {
    "sgd": settings.SGD,
    "momentum": settings.MOMENTUM_RULE,
    "nag": settings.NAG,
    "adagrad": settings.ADAGRAD,
    "rmsprop": settings.RMSPROP,
    "adam": settings.ADAM,
    "adamw": settings.ADAM,  # they differ in their decay alone
    "muon": settings.MUON,
    "perceptron": settings.SGD,  # with an error of its own
    "evolution": settings.EVOLUTION,
}
MEMORY: dict[OptimizerName, tuple[str, ...]] = {
    "sgd": (),
    "momentum": ("velocity",),
    "nag": ("velocity",),
    "adagrad": ("sum",),
    "rmsprop": ("square", "mean"),
    "adam": ("m", "v", "v_max"),
    "adamw": ("m", "v", "v_max"),
    "muon": ("momentum", "m", "v"),
    "perceptron": (),
    "evolution": (),
}
SCHEDULES: dict[ScheduleName, int] = {
    "constant": settings.CONSTANT,
    "step": settings.STEPS,
    "exponential": settings.EXPONENTIAL,
    "cosine": settings.COSINE,
}
CLIPS: dict[ClipName, int] = {"none": settings.UNCLIPPED, "norm": settings.NORM, "value": settings.VALUE}

_ROOM = 1 << 16
"""Numbers of a chunk of values, 256 kB: with slopes and deltas it stays in a core's second cache."""


class Compiled:
    def __init__(self, spec: Spec, network: Network, inputs: Array, targets: Array) -> None:
        self.network = network
        self.inputs = np.ascontiguousarray(inputs, dtype=np.float32)
        self.targets = np.ascontiguousarray(targets, dtype=np.float32)
        self.layout = layout_of(network)
        self.places = self.layout.places
        self.parameters = aligned(self.layout.size)
        size = self.parameters.size
        self.gradient, self.updates, self.sums = aligned(size), aligned(size), aligned(size)
        self.memory = aligned(3 * size)
        self.running = aligned(self.layout.running_size)[: self.layout.running_size]
        self.statistics = aligned(3 * self.layout.running_size // 2)[: 3 * self.layout.running_size // 2]
        self.order = np.zeros(len(inputs) + WIDTH, dtype=np.int64)
        self.in_order = np.minimum(np.arange(len(self.order)), len(inputs) - 1)
        # Each on a cache line of its own: they are written at every step, and other threads have theirs
        self.counters = aligned(WIDTH).view(np.int64)[:7]
        self.losses = aligned(WIDTH).view(np.float64)[:2]
        self.flat_places = np.zeros(size, dtype=np.int32)
        self.flat_places[self.places] = np.arange(network.count)
        self.real = aligned(size)
        self.real[self.places] = 1
        self.quads = aligned(scratch_size(tiles(max(network.sizes))))
        self.groups = 0  # of samples that the buffers hold
        self._use(spec)
        zeros = np.zeros(network.count, dtype=np.float32)
        self.load(State.start(network, zeros, self._fresh_memory()))

    # State

    def load(self, state: State) -> None:
        self.parameters[self.places] = state.parameters
        self.updates[self.places] = state.updates
        self._remember(state.memory)
        self.running[self.layout.running_places] = state.buffers
        counters = (state.step, state.epoch, state.cursor, state.optimizer_steps, state.samples, state.diverged or 0)
        self.counters[:] = (*counters, -1)
        self.losses[:] = state.loss_sum, math.nan if state.epoch_loss is None else state.epoch_loss

    def state(self) -> State:
        step, epoch, cursor, optimizer_steps, samples, diverged, _ = self.counters.tolist()
        loss_sum, epoch_loss = self.losses.tolist()
        size = self.parameters.size
        names = MEMORY[self.spec.optimizer]
        return State(
            parameters=self.parameters[self.places],
            memory={name: self.memory[row * size + self.places] for row, name in enumerate(names)},
            updates=self.updates[self.places],
            buffers=self.running[self.layout.running_places],
            step=step,
            epoch=epoch,
            cursor=cursor,
            optimizer_steps=optimizer_steps,
            samples=samples,
            loss_sum=loss_sum,
            epoch_loss=None if math.isnan(epoch_loss) else epoch_loss,
            diverged=diverged or None,
        )

    def configure(self, spec: Spec) -> None:
        another = spec.optimizer != self.spec.optimizer
        self._use(spec)
        if another:
            self._remember(self._fresh_memory())
            self.counters[settings.OPTIMIZER_STEPS] = 0

    def _remember(self, memory: dict[str, Array]) -> None:
        self.memory[:] = 0
        for row, name in enumerate(MEMORY[self.spec.optimizer]):
            self.memory[row * self.parameters.size + self.places] = memory[name]

    def _fresh_memory(self) -> dict[str, Array]:
        memory = {name: np.zeros(self.network.count, dtype=np.float32) for name in MEMORY[self.spec.optimizer]}
        if "sum" in memory:
            memory["sum"][:] = self.spec.initial_accumulator
        return memory

    def _use(self, spec: Spec) -> None:
        self.spec = spec
        network = self.network
        loss = LOSSES[network.loss]
        step_loss = settings.PERCEPTRON_ERROR if spec.optimizer == "perceptron" else loss
        batch = min(spec.batch_size or len(self.inputs), len(self.inputs))
        self.choices = np.array(
            [
                batch, RULES[spec.optimizer], loss, step_loss, network.reduction == "sum", spec.seed,
                self.layout.weights_end, SCHEDULES[spec.schedule], CLIPS[spec.clip], spec.centered, spec.amsgrad,
                spec.nesterov, spec.newton_schulz_steps, spec.pairs,
            ]
        )  # fmt: skip
        self.settings = np.array(
            [
                spec.learning_rate, spec.l1, spec.l2, spec.decay, spec.momentum, spec.dampening, spec.alpha,
                spec.rate_decay, spec.beta1, spec.beta2, spec.epsilon, spec.muon_momentum, spec.sigma,
                spec.clip_limit, spec.schedule_steps, spec.schedule_factor, spec.warmup_steps, DIVERGENCE,
                network.leaky_slope, network.elu_alpha, network.huber_delta, network.norm_momentum,
                network.norm_epsilon, *(1 / (1 - stage.dropout) for stage in network.stages),
            ]
        )  # fmt: skip
        self._make_room(batch)
        self.scratch, self.square = self._scratch()

    def _make_room(self, batch: int) -> None:
        """Buffers for a whole batch, or for a chunk of a large one; batch norm must see all of it at once."""
        groups = -(-batch // WIDTH)
        if not self.network.buffer_shapes:
            groups = min(groups, max(4, _ROOM // (self.layout.rows * WIDTH)))
        if groups == self.groups:
            return
        self.groups = groups
        size = groups * self.layout.rows * WIDTH
        self.values, self.slopes, self.deltas = aligned(size), aligned(size), aligned(size)
        self.normal = aligned(size if self.network.buffer_shapes else 0)

    def _scratch(self) -> tuple[Array, Array]:
        """What evolution and Muon need beside the rest."""
        if self.spec.optimizer == "evolution":
            return aligned(self.parameters.size), aligned(0)
        if self.spec.optimizer != "muon" or self.network.layers < 3:
            return aligned(0), aligned(0)
        narrow = [tiles(min(stage.inputs, stage.outputs)) * TILE for stage in self.network.stages[1:-1]]
        wide = [-(-max(stage.inputs, stage.outputs) // WIDTH) * WIDTH for stage in self.network.stages[1:-1]]
        products = max(3 * rows * columns for rows, columns in zip(narrow, wide, strict=True))
        return aligned(products), aligned(max(narrow) ** 2 + max(narrow))

    # Work

    def advance(self, steps: int) -> None:
        self._run(steps, True, self.order, self.gradient)

    def loss_and_gradient(self) -> tuple[float, Array]:
        loss = self._run(1, False, self.in_order, self.sums)
        return loss, self.sums[self.places]

    def _run(self, steps: int, training: bool, order: NDArray[np.int64], gradient: Array) -> float:
        return kernels.advance(  # type: ignore[no-any-return]
            steps, training, self.layout.plan, self.choices, self.settings, self.counters, self.losses,
            self.inputs, self.targets, order, self.parameters, gradient, self.memory, self.updates,
            self.running, self.statistics, self.values, self.slopes, self.normal, self.deltas,
            self.quads, self.layout.rows * WIDTH, self.flat_places, self.real, self.scratch, self.square,
        )  # fmt: skip

    def activations(self, inputs: Array) -> list[Array]:
        wanted = len(inputs)
        count = max(wanted, WIDTH)
        columns = np.zeros((inputs.shape[1], count), dtype=np.float32)
        columns[:, :wanted] = inputs.T
        widths = self.network.sizes[1:]
        values = np.empty((sum(widths), count), dtype=np.float32)
        kernels.infer(
            self.layout.plan, self.settings, columns, self.parameters, self.running, self.statistics,
            self.values, self.slopes, self.normal, self.layout.rows * WIDTH, values,
        )  # fmt: skip
        ends = np.cumsum(widths).tolist()
        layers = [values[end - width : end, :wanted] for width, end in zip(widths, ends, strict=True)]
        return [np.ascontiguousarray(layer) for layer in layers]


def warm() -> None:
    """Compiles the kernels, or loads them from the cache, once for the process: some seconds, or half of one."""
    spec = Spec()
    points = np.zeros((1, 2), dtype=np.float32)
    backend = Compiled(spec, Network.of(spec), points, points[:, :1])
    backend.advance(1)
    backend.activations(backend.inputs)
