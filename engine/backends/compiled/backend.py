"""The compiled backend: training by numba kernels, many steps per call, outside the GIL.

This file allocates the arrays of `kernels.py` and converts between them and a State. Nothing of a Spec is a constant of
the machine code, so no setting ever compiles anything; the first use on a machine does, for some seconds, and later
ones load it from the cache.
"""

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.backends.compiled import kernels, settings
from engine.backends.compiled.arguments import Buffers, Config, Samples, Scratch, Surface, TrainState, plain
from engine.backends.compiled.lanes import WIDTH
from engine.backends.compiled.layout import aligned, layout_of, tiles
from engine.backends.compiled.outer import scratch_size
from engine.backends.compiled.pictures.calls import address_of
from engine.backends.compiled.pictures.drawing import Drawing, outputs_room
from engine.backends.compiled.pictures.surface import measure_surface
from engine.backends.compiled.products import TILE
from engine.backends.compiled.safety import REMEMBERS_GRADIENTS, growth_of
from engine.backends.pictures import MeasuredSet, Measures, PictureInputs
from engine.backends.weight_plane import LabelledInputs, WeightPlane
from engine.nn.network import Array, Network, Progress, State
from engine.nn.picture_layout import picture_layout
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
OPTIMIZER_STATE: dict[OptimizerName, tuple[str, ...]] = {
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

_CHUNK_VALUES = 1 << 16
"""Numbers of a chunk of values, 256 kB: with slopes and deltas it stays in a core's second cache."""


MOST_STILL_GROUPS = 8
"""Of samples, or of cells of a picture, that go through the network at a time where no step is taken."""


class Compiled:
    def __init__(self, spec: Spec, network: Network, inputs: Array, targets: Array) -> None:
        self.network = network
        self.layout = layout_of(network)
        self.index = self.layout.index
        size = aligned(self.layout.size).size
        order = np.zeros(len(inputs) + WIDTH, dtype=np.int64)
        self.samples = Samples(
            np.ascontiguousarray(inputs, dtype=np.float32), np.ascontiguousarray(targets, dtype=np.float32), order
        )
        self.in_order = self.samples._replace(order=np.minimum(np.arange(len(order)), len(inputs) - 1))
        self.train_state = TrainState(
            parameters=aligned(size),
            optimizer_state=aligned(3 * size),
            updates=aligned(size),
            running=aligned(self.layout.running_size)[: self.layout.running_size],
            # Each on a cache line of its own: they are written at every step, and other threads have theirs
            counters=aligned(WIDTH).view(np.int64)[:7],
            losses=aligned(WIDTH).view(np.float64)[:2],
            bounds=aligned(WIDTH).view(np.float64)[:2],
            kept=aligned(5 * size),  # no memory is used before it is written to
        )
        self.gradient, self.full_gradient = aligned(size), aligned(size)
        self.flat_index, self.is_parameter = np.zeros(size, dtype=np.int32), aligned(size)
        self.flat_index[self.index] = np.arange(network.count)
        self.is_parameter[self.index] = 1
        self.groups = 0  # of samples that the buffers hold
        self.still_buffers = self._buffers(self._groups_of_chunk(MOST_STILL_GROUPS))
        self.drawing: Drawing | None = None
        self._use(spec)
        zeros = np.zeros(network.count, dtype=np.float32)
        self.load(State.start(network, zeros, self._initial_optimizer_state()))

    # State

    def load(self, state: State) -> None:
        own = self.train_state
        own.parameters[self.index] = state.parameters
        own.updates[self.index] = state.updates
        self._load_optimizer_state(state.optimizer_state)
        own.running[self.layout.running_index] = state.buffers
        counters = (state.step, state.epoch, state.cursor, state.optimizer_steps, state.samples, state.diverged or 0)
        own.counters[:] = (*counters, -1)
        own.losses[:] = state.loss_sum, math.nan if state.epoch_loss is None else state.epoch_loss
        own.bounds[settings.PARAMETER_BOUND] = np.abs(state.parameters).max()

    def state(self) -> State:
        own = self.train_state
        size = own.parameters.size
        names = OPTIMIZER_STATE[self.spec.optimizer]
        return State(
            parameters=own.parameters[self.index],
            optimizer_state={name: own.optimizer_state[row * size + self.index] for row, name in enumerate(names)},
            updates=own.updates[self.index],
            buffers=own.running[self.layout.running_index],
            **self.progress()._asdict(),
        )

    def progress(self) -> Progress:
        step, epoch, cursor, optimizer_steps, samples, diverged, _ = self.train_state.counters.tolist()
        loss_sum, epoch_loss = self.train_state.losses.tolist()
        return Progress(
            step,
            epoch,
            cursor,
            optimizer_steps,
            samples,
            loss_sum,
            None if math.isnan(epoch_loss) else epoch_loss,
            diverged or None,
        )

    def configure(self, spec: Spec) -> None:
        changes_optimizer = spec.optimizer != self.spec.optimizer
        self._use(spec)
        if changes_optimizer:
            self._load_optimizer_state(self._initial_optimizer_state())
            self.train_state.counters[settings.OPTIMIZER_STEPS] = 0
        self._bound_memory()

    def _load_optimizer_state(self, values: dict[str, Array]) -> None:
        own = self.train_state
        own.optimizer_state[:] = 0
        for row, name in enumerate(OPTIMIZER_STATE[self.spec.optimizer]):
            own.optimizer_state[row * own.parameters.size + self.index] = values[name]
        self._bound_memory()

    def _bound_memory(self) -> None:
        own = self.train_state
        rows = own.optimizer_state.reshape(3, -1)[: len(OPTIMIZER_STATE[self.spec.optimizer])]
        names = OPTIMIZER_STATE[self.spec.optimizer]
        sizes = [np.abs(values).max() for name, values in zip(names, rows, strict=True) if name in REMEMBERS_GRADIENTS]
        own.bounds[settings.MEMORY_BOUND] = max(sizes, default=0)

    def _initial_optimizer_state(self) -> dict[str, Array]:
        zeros = np.zeros(self.network.count, dtype=np.float32)
        values = {name: zeros.copy() for name in OPTIMIZER_STATE[self.spec.optimizer]}
        if "sum" in values:
            values["sum"][:] = self.spec.initial_accumulator
        return values

    def _use(self, spec: Spec) -> None:
        """Takes the settings of a Spec over, and allocates what they need."""
        self.spec = spec
        network = self.network
        loss = LOSSES[network.loss]
        step_loss = settings.PERCEPTRON_ERROR if spec.optimizer == "perceptron" else loss
        batch = min(spec.batch_size or len(self.samples.inputs), len(self.samples.inputs))
        choices = np.array(
            [
                batch, RULES[spec.optimizer], loss, step_loss, network.reduction == "sum", spec.seed,
                self.layout.weights_end, SCHEDULES[spec.schedule], CLIPS[spec.clip], spec.centered, spec.amsgrad,
                spec.nesterov, spec.newton_schulz_steps, spec.pairs,
            ]
        )  # fmt: skip
        values = np.array(
            [
                spec.learning_rate, spec.l1, spec.l2, spec.decay, spec.momentum, spec.dampening, spec.alpha,
                spec.rate_decay, spec.beta1, spec.beta2, spec.epsilon, spec.muon_momentum, spec.sigma,
                spec.clip_limit, spec.schedule_steps, spec.schedule_factor, spec.warmup_steps, DIVERGENCE,
                network.leaky_slope, network.elu_alpha, network.huber_delta, network.norm_momentum,
                network.norm_epsilon, *growth_of(spec, network),
                *(1 / (1 - stage.dropout) for stage in network.stages),
            ]
        )  # fmt: skip
        self.config = Config(self.layout.plan, choices, values)
        self._allocate_buffers(batch)
        self.scratch = Scratch(self.flat_index, self.is_parameter, *self._scratch())
        self.arguments = plain((self.config, self.samples, self.train_state, self.buffers, self.scratch))
        self.still = plain((self.config, self.in_order, self.train_state, self.still_buffers, self.scratch))

    def _allocate_buffers(self, batch: int) -> None:
        """Buffers for a whole batch, or for a chunk of a large one; batch norm must see all of it at once."""
        groups = -(-batch // WIDTH)
        if not self.network.buffer_shapes:
            groups = self._groups_of_chunk(groups)
        if groups != self.groups:
            self.groups = groups
            self.buffers = self._buffers(groups)

    def _groups_of_chunk(self, wanted: int) -> int:
        return min(wanted, max(4, _CHUNK_VALUES // (self.layout.rows * WIDTH)))

    def _buffers(self, groups: int) -> Buffers:
        stride, units = self.layout.rows * WIDTH, self.layout.running_size // 2
        size = groups * stride
        return Buffers(
            values=aligned(size),
            slopes=aligned(size),
            x_hat=aligned(size if self.network.buffer_shapes else 0),
            deltas=aligned(size),
            statistics=aligned(3 * units)[: 3 * units],
            outer=aligned(scratch_size(tiles(max(self.network.sizes)))),
            stride=stride,
        )

    def _scratch(self) -> tuple[Array, Array, Array]:
        """The matrices that evolution and Muon need beside the rest."""
        size = self.train_state.parameters.size
        if self.spec.optimizer == "evolution":
            return aligned(size), aligned(0), aligned(0)
        if self.spec.optimizer != "muon" or self.network.layers < 3:
            return aligned(0), aligned(0), aligned(0)
        narrow = [tiles(min(stage.inputs, stage.outputs)) * TILE for stage in self.network.stages[1:-1]]
        wide = [-(-max(stage.inputs, stage.outputs) // WIDTH) * WIDTH for stage in self.network.stages[1:-1]]
        products = max(3 * rows * columns for rows, columns in zip(narrow, wide, strict=True))
        return aligned(products), aligned(max(narrow) ** 2 + max(narrow)), aligned(size)

    # Work

    def advance(self, steps: int) -> None:
        kernels.advance(steps, True, self.gradient, self.arguments)

    def last_gradient(self) -> Array:
        return self.gradient[self.index]

    def loss_and_gradient(self) -> tuple[float, Array]:
        loss: float = kernels.advance(1, False, self.full_gradient, self.still)
        return loss, self.full_gradient[self.index]

    def activations(self, inputs: Array) -> list[Array]:
        wanted = len(inputs)
        count = max(wanted, WIDTH)
        columns = np.zeros((inputs.shape[1], count), dtype=np.float32)
        columns[:, :wanted] = inputs.T
        widths = self.network.sizes[1:]
        values = np.empty((sum(widths), count), dtype=np.float32)
        kernels.infer(columns.ravel(), count, 0, count, values.ravel(), self.still)
        ends = np.cumsum(widths).tolist()
        layers = [values[end - width : end, :wanted] for width, end in zip(widths, ends, strict=True)]
        return [np.ascontiguousarray(layer) for layer in layers]

    def draw(self, steps: int, inputs: PictureInputs, data: NDArray[np.uint8], grids: bool = True) -> Measures:
        if self.drawing is None or self.drawing.inputs is not inputs or self.drawing.data is not data:
            self.drawing = Drawing(self.network, self.layout, inputs, data)
        return self.drawing.draw(steps, self.gradient, self.arguments, self.full_gradient, self.still, grids)

    @cached_property
    def infer_address(self) -> int:
        return address_of(kernels.infer, self.gradient, 1, 0, 1, self.gradient, self.still)

    def plane_losses(self, plane: WeightPlane, samples: LabelledInputs) -> NDArray[np.float64]:
        size, count = self.train_state.parameters.size, -(-len(samples.inputs) // WIDTH) * WIDTH
        origin, directions = aligned(size), np.zeros((2, size))
        origin[self.index], directions[:, self.index] = plane.origin, plane.directions
        columns = np.zeros((samples.inputs.shape[1], count), dtype=np.float32)
        columns[:, : len(samples.inputs)] = samples.inputs.T
        room = outputs_room(self.network)
        surface = Surface(
            origin=origin,
            directions=directions,
            xs=plane.xs,
            ys=plane.ys,
            losses=np.empty((len(plane.ys), len(plane.xs))),
            columns=columns.ravel(),
            targets=np.ascontiguousarray(samples.targets),
            base=np.zeros(size),
            outputs=aligned(sum(self.network.sizes[1:]) * room),
            room=room,
        )
        kept = self.train_state.parameters.copy()
        measure_surface(self.infer_address, self.still, tuple(surface))
        self.train_state.parameters[:] = kept
        return surface.losses


def warm() -> None:
    """Compiles the kernels (some seconds), or loads them from the cache (half a second), once for the process."""
    spec = Spec()
    points = np.zeros((1, 2), dtype=np.float32)
    backend = Compiled(spec, Network.of(spec), points, points[:, :1])
    backend.activations(points)
    samples = MeasuredSet(points, points[:, :1], None)
    layout = picture_layout(spec)
    backend.draw(1, PictureInputs(layout, samples, samples, 0, 0, None, None), np.zeros(layout.size, dtype=np.uint8))
    plane = WeightPlane(backend.state().parameters, np.zeros((2, backend.network.count)), np.zeros(1), np.zeros(1))
    backend.plane_losses(plane, LabelledInputs(*samples[:2]))
