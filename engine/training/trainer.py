"""Trainer: runs one experiment. Steps are asked for in bulk; speed, rendering and users are the caller's concern."""

import math
import operator
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.backends import Backend, MakeBackend, make_backend
from engine.backends.bugs import BUGS, by_hand_with, compatible_with, without_bug_state
from engine.backends.pictures import DrawsPictures, PictureInputs
from engine.data.datasets import split
from engine.data.digits import BUNDLED_ONLY, DataSources
from engine.data.features import inputs_of
from engine.data.targets import targets_of
from engine.evaluation.metrics import Evaluation, roc, scores
from engine.evaluation.separability import separable
from engine.nn.initializers import START_FIELDS, initial_parameters
from engine.nn.losses import make_loss, penalty
from engine.nn.network import Array, Network, State
from engine.nn.optimizers import make_optimizer
from engine.nn.picture_layout import BOUNDARY_SIDE
from engine.nn.schedules import rate_factor
from engine.spec.choices import BackendName, BugName
from engine.spec.spec import Spec, restarting_fields
from engine.training.picture import Picture, Readings, draw, picture_inputs, plane_inputs, quantised_map, readings_of
from engine.training.saved_state import finite, state_of
from engine.training.snapshot import Snapshot, gradient_norms, layer_maps
from engine.training.stopping import STOP_FIELDS, StoppingState, StopReason, has_epoch_rules
from engine.training.timeline import Checkpoint

STATE_VERSION = 3

SAMPLES_AT_ONCE = 4096
"""Whose outputs are computed together: of MNIST in a wide network all layers of all samples would take 1 GB."""


class Trainer:
    """Equal Specs give equal runs, bit for bit on one machine and backend. For one thread at a time.

    `train_points`, `test_points`: points (n, 2) of the plane, or the input columns of other data.
    `train_labels`, `test_labels`: (n,), ±1 of two classes, the number of one of many, or real; (n, values) for several.
    `train_inputs`, `test_inputs`: (n, inputs), what enters the network.
    `train_targets`, `test_targets`: (n, outputs), what its outputs are compared with; see `engine.data.targets`.
    """

    def __init__(
        self,
        spec: Spec,
        backend: BackendName = "compiled",
        sources: DataSources = BUNDLED_ONLY,
        make_backend: MakeBackend = make_backend,
    ) -> None:
        """sources: of pictures. make_backend: for backends that work elsewhere. Raises Fault without the pictures."""
        self.spec, self.make_backend = spec, make_backend
        data = self._data = split(spec, sources)  # held, so that other runs share it
        self.train_points, self.train_labels = data.train_rows, data.train_labels
        self.test_points, self.test_labels = data.test_rows, data.test_labels
        self.train_inputs = inputs_of(spec, data.train_rows)
        self.test_inputs = inputs_of(spec, data.test_rows)
        self.train_targets = targets_of(spec, data.train_labels)
        self.test_targets = targets_of(spec, data.test_labels)

        self.network = Network.of(spec)
        self.loss = make_loss(self.network.loss, self.network.reduction, self.network.huber_delta)
        self.stopping = StoppingState()
        parameters = initial_parameters(spec, self.network)
        optimizer_state = make_optimizer(spec, self.network).start(parameters)
        self.bug: BugName | None = None
        self._start_backend(backend, State.start(self.network, parameters, optimizer_state))

    def _start_backend(self, name: BackendName, state: State) -> None:
        run = (self.spec, self.network, self.train_inputs, self.train_targets)
        self._backend: Backend = self.make_backend(name, *run) if self.bug is None else by_hand_with(self.bug)(*run)
        self._backend.load(state)
        self._drawing_backend = self._backend if isinstance(self._backend, DrawsPictures) else None
        self.backend = name

    # Progress

    @property
    def step(self) -> int:
        """Optimizer steps taken, one mini-batch each."""
        return self._backend.progress().step

    @property
    def epoch(self) -> int:
        """Finished passes over the training set."""
        return self._backend.progress().epoch

    @property
    def diverged(self) -> int | None:
        """The step that was not taken because something in it was not finite or too large; else None."""
        return self._backend.progress().diverged

    @property
    def stopped(self) -> StopReason | None:
        """The stop rule that ended the run; a change of the rules or of the optimizer lets it continue."""
        return self.stopping.stopped

    @property
    def batch_size(self) -> int:
        """Samples of a step; the last batch of an epoch may be smaller."""
        return min(self.spec.batch_size or len(self.train_inputs), len(self.train_inputs))

    @property
    def batches_per_epoch(self) -> int:
        return math.ceil(len(self.train_inputs) / self.batch_size)

    @cached_property
    def inseparable(self) -> bool:
        """Whether the classes are not linearly separable in the inputs, so that the perceptron rule never converges."""
        return not self.spec.is_regression and not separable(self.train_inputs, self.train_labels, self.spec.biases)

    # Training and changes

    def advance(self, steps: int) -> None:
        """Takes so many optimizer steps; fewer if the run diverges.

        Raises ValueError for a negative number, TypeError for one that is not whole.
        """
        steps = _number_of_steps(steps)
        while steps > 0 and self._goes_on:
            steps -= self._advance_to_next_check(steps)

    @property
    def _goes_on(self) -> bool:
        return self.stopped is None and self.diverged is None

    def advance_to_epoch_end(self) -> None:
        """Trains to the end of the current epoch, or of the next one if the run is between two."""
        self.advance(self.steps_left_in_epoch)

    def _advance_to_next_check(self, steps: int) -> int:
        """Takes at most so many steps, no further than the next check of a stop rule; the number taken, or tried."""
        steps = self._within_limit(steps)
        has_rules, each_batch = has_epoch_rules(self.spec), self.bug == "stop_on_batches"
        if has_rules:
            steps = min(steps, 1 if each_batch else self.steps_left_in_epoch)
        self._backend.advance(steps)
        now = self._backend.progress()
        ended = steps > 0 and (now.cursor == 0 or each_batch) and now.diverged is None
        if has_rules and ended and now.epoch_loss is not None:
            test = self._loss_of(self.test_inputs, self.test_targets) if self.spec.stop_patience else None
            self.stopping = self.stopping.after_epoch(self.spec, now.epoch, now.epoch_loss, test)
        self.stopping = self.stopping.after_step(self.spec, now.step)
        return steps

    def _within_limit(self, steps: int) -> int:
        """At most so many, up to the step where the run is to stop."""
        return steps if self.spec.stop_steps is None else min(steps, max(0, self.spec.stop_steps - self.step))

    @property
    def steps_left_in_epoch(self) -> int:
        """Up to the end of the current epoch, or of the next one if the run is between two."""
        return math.ceil((len(self.train_inputs) - self._backend.progress().cursor) / self.batch_size)

    @property
    def between_epochs(self) -> bool:
        """Whether the next step begins an epoch."""
        return self._backend.progress().cursor == 0

    def configure(self, spec: Spec) -> None:
        """Continues with another Spec. Raises ValueError if a field differs that needs a new Trainer."""
        if fields := restarting_fields(self.spec, spec):
            raise ValueError(f"{', '.join(fields)} cannot change while a run goes on; start a new Trainer")
        if self.bug is not None and not compatible_with(self.bug, spec.optimizer):
            self._set_bug(None)
        self._backend.configure(spec)
        if any(getattr(spec, name) != getattr(self.spec, name) for name in (*STOP_FIELDS, "optimizer")):
            self.stopping = replace(self.stopping, stopped=None)
        self.spec = spec

    def switch_backend(self, backend: BackendName) -> None:
        """Continues with another backend. Raises ValueError for an unknown one."""
        self._start_backend(backend, self._backend.state())

    def inject_bug(self, bug: BugName | None) -> None:
        """Continues on the by_hand backend with a bug in it; None removes the bug and returns to the chosen backend.

        A change to an optimizer that cannot have the bug removes it. Raises ValueError if the present one cannot.
        """
        if bug is not None and not (bug in BUGS and compatible_with(bug, self.spec.optimizer)):
            raise ValueError(f"{bug} cannot sit in {self.spec.optimizer}; choose another optimizer first")
        self._set_bug(bug)

    def _set_bug(self, bug: BugName | None, backend: BackendName | None = None) -> None:
        self.bug = bug
        self._start_backend(backend or self.backend, without_bug_state(self._backend.state()))

    def load_parameters(self, parameters: Mapping[str, ArrayLike]) -> None:
        """Replaces all tensors, named and shaped as `parameters()` gives them, and those of `buffers()` that are
        given; a diverged run may continue.

        Raises ValueError if a name is missing or unknown, a shape is wrong or a number is not finite in float32.
        """
        state = self._backend.state()
        tensors = {**self.network.views(state.parameters), **self.network.buffer_views(state.buffers)}
        if not set(self.network.names) <= set(parameters) <= set(tensors):
            odd = ", ".join(sorted({*parameters} - {*tensors} | {*self.network.names} - {*parameters}))
            raise ValueError(f"these tensors are missing or unknown: {odd}; give {', '.join(self.network.names)}")
        for name, values in parameters.items():
            tensors[name][:] = finite(name, values, tensors[name].shape)
        state.diverged = None
        self._backend.load(state)

    # Parameters, outputs and metrics

    def parameters(self) -> dict[str, Array]:
        """Copies, by PyTorch's names: layers.0.weight (out, in), layers.0.bias (out,), …"""
        return self.network.views(self._backend.state().parameters)

    def buffers(self) -> dict[str, Array]:
        """Copies of the running statistics of batch norm: norms.0.running_mean (out,), norms.0.running_var (out,), …"""
        return self.network.buffer_views(self._backend.state().buffers)

    def gradients(self) -> dict[str, Array]:
        """Of the loss of the data alone, over the whole training set, at these parameters; named as they are."""
        return self.network.views(self._backend.loss_and_gradient()[1])

    def predict(self, points: ArrayLike) -> Array:
        """Network outputs (n, outputs), before any threshold, for points (n, 2) of the plane; of other data for rows
        (n, inputs).

        Raises ValueError for another shape and for numbers that are not finite in float32.
        """
        return self.layer_outputs(points)[-1].T

    def layer_outputs(self, points: ArrayLike) -> list[Array]:
        """What each linear layer and all that belongs to it says of such points, each (width, n). Raises as
        `predict` does."""
        columns = 2 if self.spec.kind.plane else self.spec.inputs
        if np.ndim(points) != 2 or np.shape(points)[1] != columns:
            what, shape = "x1 and x2" if self.spec.kind.plane else "all inputs", np.shape(points)
            raise ValueError(f"points must have the shape (n, {columns}), one row of {what} each, not {shape}")
        return self._backend.activations(inputs_of(self.spec, finite("points", points, np.shape(points))))

    def activations(self, samples: NDArray[np.int64]) -> list[Array]:
        """Outputs of each layer, norm, activation and residual included, of these training samples: each (width, n)."""
        return self._backend.activations(self.train_inputs[samples])

    def evaluate(self) -> Evaluation:
        """Losses and scores on the training and the test set."""
        return self._evaluation(self._outputs(self.train_inputs), self._outputs(self.test_inputs))

    def _evaluation(self, train: Array, test: Array) -> Evaluation:
        with np.errstate(over="ignore", invalid="ignore"):  # after a divergence outputs may overflow float32
            weights = self._backend.state().parameters[self.network.is_weight]
            train_scores = scores(train, self.train_labels, self.spec)
            test_scores = scores(test, self.test_labels, self.spec)
            return {
                "train_loss": self.loss.value(train, self.train_targets),
                "test_loss": self.loss.value(test, self.test_targets),
                "train_accuracy": train_scores["accuracy"],
                "test_accuracy": test_scores["accuracy"],
                "penalty": penalty(weights, self.spec.l1, self.spec.l2),
                "train": train_scores,
                "test": test_scores,
            }

    def picture(self, steps: int = 0) -> Picture:
        """Takes so many steps, as `advance` does, and gives the picture of where the run then stands. Raises as it."""
        return Picture(self._picture_inputs.layout, self._drawn(steps, grids=True), self._picture_data)

    def readings(self, steps: int = 0) -> Readings:
        """The numbers of such a picture alone. Raises as `advance` does."""
        return self._drawn(steps, grids=False)

    def _drawn(self, steps: int, grids: bool) -> Readings:
        steps = _number_of_steps(steps)
        inputs, data = self._picture_inputs, self._picture_data
        if self._drawing_backend is not None:
            if has_epoch_rules(self.spec):
                self.advance(steps)
                steps = 0
            steps = self._within_limit(steps) if self._goes_on else 0
            measures = self._drawing_backend.draw(steps, inputs, data, grids)
            self.stopping = self.stopping.after_step(self.spec, self.step)
        else:
            self.advance(steps)
            measures = draw(self._backend, self.spec, inputs, data if grids else None)
        return readings_of(self.spec, self._backend.progress(), self.stopped, measures)

    @cached_property
    def _picture_inputs(self) -> PictureInputs:
        train = (self.train_inputs, self.train_targets, self.train_labels)
        return picture_inputs(self.spec, train, (self.test_inputs, self.test_targets, self.test_labels))

    @cached_property
    def _picture_data(self) -> NDArray[np.uint8]:
        return np.zeros(self._picture_inputs.layout.size, dtype=np.uint8)

    def neuron_map(self, layer: int, neuron: int) -> tuple[float, NDArray[np.int8]]:
        """Scale and map of a neuron's outputs at the cells of the boundary: value = q / 127 · scale, row 0 at the top.

        layer: linear layers, from 0. Raises ValueError where there is no such neuron or inputs are not of the plane.
        """
        sizes = self.network.sizes[1:]
        if not self.spec.kind.plane or not (0 <= layer < len(sizes) and 0 <= neuron < sizes[layer]):
            raise ValueError(f"neuron {neuron} of layer {layer} has no map; the layers are {sizes} wide")
        values = self._backend.activations(plane_inputs(self.spec, BOUNDARY_SIDE).T)[layer][neuron]
        return quantised_map(values.reshape(BOUNDARY_SIDE, BOUNDARY_SIDE))

    def snapshot(self, resolution: int = 100) -> Snapshot:
        """The present state with its metrics and maps of resolution×resolution cells, fewer where layers are very wide.

        Raises ValueError for fewer than one.
        """
        if resolution < 1:
            raise ValueError(f"a map needs at least one cell a side, not {resolution}; ask for 1 or more")
        state = self._backend.state()
        gradients = self.gradients()
        train, test = self._outputs(self.train_inputs), self._outputs(self.test_inputs)
        binary = self.spec.class_count == 2
        return Snapshot(
            step=state.step,
            epoch=state.epoch,
            diverged=state.diverged,
            stopped=self.stopped,
            learning_rate=self.spec.learning_rate * rate_factor(self.spec, state.step),
            samples=state.samples,
            epoch_loss=state.epoch_loss,
            **self._evaluation(train, test),
            train_roc=roc(train, self.train_labels) if binary else None,
            test_roc=roc(test, self.test_labels) if binary else None,
            sizes=self.network.sizes,
            classes=self.spec.class_count,
            threshold=self.spec.threshold,
            parameters=self.network.views(state.parameters),
            gradients=gradients,
            updates=self.network.views(state.updates),
            gradient_norms=gradient_norms(gradients),
            maps=layer_maps(self._backend.activations, self.spec, resolution) if self.spec.kind.plane else None,
        )

    def _loss_of(self, inputs: Array, targets: Array) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            return self.loss.value(self._outputs(inputs), targets)

    def _outputs(self, inputs: Array) -> Array:
        parts = (inputs[start : start + SAMPLES_AT_ONCE] for start in range(0, len(inputs), SAMPLES_AT_ONCE))
        return np.concatenate([self._backend.activations(part)[-1].T for part in parts])

    # Checkpoints and saved state

    def checkpoint(self) -> Checkpoint:
        """Everything needed to `restore` this moment of the run; copies."""
        return Checkpoint(self.spec, self._backend.state(), self.stopping, self.bug, self.backend)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Continues from a checkpoint of this Trainer, or of an equal one, exactly as it went on then, bit for bit.

        Raises ValueError for a checkpoint of other data or another network.
        """
        if fields := [name for name in restarting_fields(self.spec, checkpoint.spec) if name not in START_FIELDS]:
            raise ValueError(f"{', '.join(fields)} were different there; start a new Trainer")
        if (checkpoint.bug, checkpoint.backend) != (self.bug, self.backend):
            self._set_bug(checkpoint.bug, checkpoint.backend)
        self._backend.configure(checkpoint.spec)
        self._backend.load(checkpoint.state)
        self.spec, self.stopping = checkpoint.spec, checkpoint.stopping

    def state(self) -> dict[str, Any]:
        """Everything `from_state` needs: plain values, and NumPy arrays that may be turned into lists and back."""
        return {
            "version": STATE_VERSION,
            "spec": self.spec.model_dump(mode="json"),
            "backend": self.backend,
            "bug": self.bug,
            "watch": asdict(self.stopping),
            **vars(self._backend.state()),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any], sources: DataSources = BUNDLED_ONLY) -> Self:
        """A Trainer that goes on exactly as the one that gave this state would have, bit for bit.

        Raises ValueError if the state is of another version or does not hold together.
        """
        values = dict(state)
        if (version := values.pop("version", None)) != STATE_VERSION:
            raise ValueError(f"this state is of version {version} and only version {STATE_VERSION} can be read")
        trainer = cls(Spec.model_validate(values.pop("spec")), values.pop("backend"), sources)
        trainer.stopping = StoppingState(**values.pop("watch"))
        if (bug := values.pop("bug", None)) is not None:
            trainer.inject_bug(bug)
        trainer._backend.load(state_of(values, like=trainer._backend.state(), samples=len(trainer.train_inputs)))
        return trainer


def _number_of_steps(steps: int) -> int:
    steps = operator.index(steps)
    if steps < 0:
        raise ValueError(f"a run goes forward only, not by {steps} steps; ask for 0 steps or more")
    return steps
