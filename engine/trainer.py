"""Trainer: one experiment being run. Steps are asked for in bulk; pace, pictures and people are the caller's affair."""

import math
import operator
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from engine.backends import make_backend
from engine.choices import BackendName
from engine.datasets import split
from engine.digits import BUNDLED, Library
from engine.features import inputs_of
from engine.initializers import initial_parameters
from engine.losses import make_loss, penalty
from engine.metrics import Evaluation, accuracy
from engine.network import Array, Network, State
from engine.optimizers import make_optimizer
from engine.snapshot import Snapshot, gradient_norms, grid_inputs
from engine.spec import Spec, restarting_fields

STATE_VERSION = 1


class Trainer:
    """Equal Specs give equal runs, bit for bit on one machine and backend. For one thread at a time.

    `train_points`, `test_points`: (n, 2), and their `train_labels`, `test_labels`: (n,).
    `train_inputs`, `test_inputs`: (n, features).
    `train_targets`, `test_targets`: (n, outputs), ±1 for two classes with mse, 0 or 1 with bce, real for regression.
    """

    def __init__(self, spec: Spec, backend: BackendName = "compiled", library: Library = BUNDLED) -> None:
        self.spec = spec
        self.loss = make_loss(spec.loss, spec.reduction, spec.huber_delta)
        data = split(spec, library)
        self.train_points, self.train_labels = data.train_rows, data.train_labels
        self.test_points, self.test_labels = data.test_rows, data.test_labels
        self.train_inputs = inputs_of(spec, data.train_rows)
        self.test_inputs = inputs_of(spec, data.test_rows)
        self.train_targets = _targets(spec, data.train_labels)
        self.test_targets = _targets(spec, data.test_labels)

        self.network = Network.of(spec)
        parameters = initial_parameters(spec, self.network)
        memory = make_optimizer(spec, self.network).start(parameters)
        self._start_backend(backend, State.start(self.network, parameters, memory))

    def _start_backend(self, name: BackendName, state: State) -> None:
        self._backend = make_backend(name, self.spec, self.network, self.train_inputs, self.train_targets)
        self._backend.load(state)
        self.backend = name

    # Where the run stands

    @property
    def step(self) -> int:
        """Optimizer steps taken, one mini-batch each."""
        return self._backend.state().step

    @property
    def epoch(self) -> int:
        """Finished passes over the training set."""
        return self._backend.state().epoch

    @property
    def diverged(self) -> int | None:
        """The step that could not be taken because loss or gradient were not finite or too large, if there was one."""
        return self._backend.state().diverged

    @property
    def batches_per_epoch(self) -> int:
        return math.ceil(len(self.train_inputs) / self.spec.batch_size)

    # What can be done to it

    def advance(self, steps: int) -> None:
        """Takes so many optimizer steps; fewer if the run diverges.

        Raises ValueError for a negative number, TypeError for one that is not whole.
        """
        steps = operator.index(steps)
        if steps < 0:
            raise ValueError(f"a run goes forward only, not by {steps} steps; ask for 0 steps or more")
        self._backend.advance(steps)

    def advance_to_epoch_end(self) -> None:
        """To the end of the current epoch, or of the next one if it stands between two."""
        left = len(self.train_inputs) - self._backend.state().cursor
        self._backend.advance(math.ceil(left / self.spec.batch_size))

    def configure(self, spec: Spec) -> None:
        """Goes on under another Spec. Raises ValueError if a field differs that only a new Trainer can take up."""
        if fields := restarting_fields(self.spec, spec):
            raise ValueError(f"{', '.join(fields)} cannot change while a run goes on; start a new Trainer")
        self._backend.configure(spec)
        self.spec = spec

    def use(self, backend: BackendName) -> None:
        """Goes on with another backend. Raises ValueError for an unknown one."""
        self._start_backend(backend, self._backend.state())

    def load_parameters(self, parameters: Mapping[str, ArrayLike]) -> None:
        """Replaces all tensors, named and shaped as `parameters()` gives them; a diverged run may go on again.

        Raises ValueError if a name is missing or unknown, a shape is wrong or a number is not finite in float32.
        """
        state = self._backend.state()
        if set(parameters) != set(self.network.names):
            odd = ", ".join(sorted(set(parameters) ^ set(self.network.names)))
            raise ValueError(f"these tensors are missing or unknown: {odd}; give {', '.join(self.network.names)}")
        for name, view in self.network.views(state.parameters).items():
            view[:] = _finite(name, parameters[name], view.shape)
        state.diverged = None
        self._backend.load(state)

    # What can be seen of it

    def parameters(self) -> dict[str, Array]:
        """Copies, by PyTorch's names: layers.0.weight (out, in), layers.0.bias (out,), …"""
        return self.network.views(self._backend.state().parameters)

    def gradients(self) -> dict[str, Array]:
        """Of the loss of the data alone, over the whole training set, at these parameters; named as they are."""
        return self.network.views(self._backend.loss_and_gradient()[1])

    def predict(self, points: ArrayLike) -> Array:
        """Network outputs (n, outputs), before any threshold, for points (n, 2) of the plane.

        Raises ValueError for another shape and for numbers that are not finite in float32.
        """
        columns = np.shape(points)[1:]
        if columns != (2,):
            raise ValueError(f"points must have the shape (n, 2), one row of x1 and x2 each, not {np.shape(points)}")
        points = _finite("points", points, np.shape(points))
        return self._outputs(inputs_of(self.spec, points))

    def evaluate(self) -> Evaluation:
        """Losses and accuracies on the training and the test set."""
        with np.errstate(over="ignore", invalid="ignore"):  # after a divergence an output may be beyond float32
            train, test = self._outputs(self.train_inputs), self._outputs(self.test_inputs)
            weights = self._backend.state().parameters[self.network.is_weight]
            classes = not self.spec.is_regression
            return {
                "train_loss": self.loss.value(train, self.train_targets),
                "test_loss": self.loss.value(test, self.test_targets),
                "train_accuracy": accuracy(train, self.train_labels, self.spec) if classes else None,
                "test_accuracy": accuracy(test, self.test_labels, self.spec) if classes else None,
                "penalty": penalty(weights, self.spec.l1, self.spec.l2),
            }

    def snapshot(self, resolution: int = 100) -> Snapshot:
        """One picture of the run, its maps of resolution×resolution cells. Raises ValueError for fewer than one."""
        if resolution < 1:
            raise ValueError(f"a map needs at least one cell a side, not {resolution}; ask for 1 or more")
        state = self._backend.state()
        gradients = self.gradients()
        layers = self._backend.activations(grid_inputs(self.spec, resolution))
        return Snapshot(
            step=state.step,
            epoch=state.epoch,
            diverged=state.diverged,
            **self.evaluate(),
            sizes=self.network.sizes,
            parameters=self.network.views(state.parameters),
            gradients=gradients,
            updates=self.network.views(state.updates),
            gradient_norms=gradient_norms(gradients),
            maps=[values.reshape(-1, resolution, resolution) for values in layers],
        )

    def _outputs(self, inputs: Array) -> Array:
        return self._backend.activations(inputs)[-1].T

    # Kept and taken up again

    def state(self) -> dict[str, Any]:
        """Everything `from_state` needs: plain values, and NumPy arrays that may be turned into lists and back."""
        return {
            "version": STATE_VERSION,
            "spec": self.spec.model_dump(mode="json"),
            "backend": self.backend,
            **vars(self._backend.state()),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """A Trainer that goes on exactly as the one that gave this state would have, bit for bit.

        Raises ValueError if the state is of another version or does not hold together.
        """
        values = dict(state)
        if (version := values.pop("version", None)) != STATE_VERSION:
            raise ValueError(f"this state is of version {version} and only version {STATE_VERSION} can be read")
        trainer = cls(Spec.model_validate(values.pop("spec")), values.pop("backend"))
        trainer._backend.load(_state_of(values, like=trainer._backend.state(), samples=len(trainer.train_inputs)))
        return trainer


def _targets(spec: Spec, labels: Array) -> Array:
    column = labels[:, np.newaxis]
    return column if spec.is_regression or spec.low_target else (column + 1) / 2


def _state_of(values: Mapping[str, Any], like: State, samples: int) -> State:
    """The State of a kept run, checked against a fresh one of the same Spec and its number of training samples."""
    if set(values) != set(vars(like)):
        odd = ", ".join(sorted(set(values) ^ set(vars(like))))
        raise ValueError(f"these parts of the state are missing or unknown: {odd}; give what `state()` gave")
    if set(values["memory"]) != set(like.memory):
        raise ValueError(f"the optimizer remembers {sorted(like.memory)}, and the state has {sorted(values['memory'])}")

    shape = like.parameters.shape
    state = State(
        parameters=_finite("parameters", values["parameters"], shape),
        memory={name: _finite(name, values["memory"][name], shape) for name in like.memory},
        updates=_finite("updates", values["updates"], shape),
        buffers=_finite("buffers", values["buffers"], like.buffers.shape),
        **{
            name: values[name]
            for name in ("step", "epoch", "cursor", "optimizer_steps", "samples", "loss_sum", "epoch_loss", "diverged")
        },
    )
    counters = [state.step, state.epoch, state.cursor, state.optimizer_steps, state.diverged or 0]
    if not all(isinstance(counter, int) and counter >= 0 for counter in counters) or state.cursor >= samples:
        raise ValueError(f"the counters of the state, {counters}, do not fit a training set of {samples} samples")
    return state


def _finite(name: str, values: ArrayLike, shape: tuple[int, ...]) -> Array:
    """The values as a new float32 array. Raises ValueError for another shape and for what is not finite."""
    with np.errstate(over="ignore"):
        array = np.array(values, dtype=np.float32)
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}, not {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds a number that is not finite in float32; give finite numbers only")
    return array
