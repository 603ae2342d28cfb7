"""Landscape: the loss on a plane through the weights of now, with the run's path and its next step projected onto it.

The loss is that of the data alone in the form of inference: running statistics of now, no dropout. A `Survey` takes
from a Trainer what it needs and measures without it, row by row, so that the run may go on meanwhile.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.backends import Backend, make_backend
from engine.backends.bugs import by_hand_with
from engine.backends.weight_plane import LabelledInputs, MeasuresPlanes, WeightPlane
from engine.fault import Fault
from engine.nn.losses import Loss
from engine.nn.network import Array, Network, State
from engine.nn.random import batch_order
from engine.spec.choices import BackendName
from engine.studies.directions import WeightPlace, main_directions, random_directions, weight_directions
from engine.training.timeline import Checkpoint
from engine.training.trainer import Trainer

Floats = NDArray[np.float64]
Directions = Literal["random", "path"] | tuple[WeightPlace, WeightPlace]
SamplesName = Literal["train", "test", "batch"]

MOST_SIDE = 401
"""Points along a side: 160,000 runs of all samples through the network, a second for 8-8-8."""

MOST_MULTIPLICATIONS = 30_000_000_000
"""Weights times samples times points: four seconds of a small network, two of a wide one."""

PATH_SHARE = 0.8
"""How far from the middle to the edge a path reaches in the plane of its own main directions."""


OTHERS_REACH = 5
"""A path of another run that goes so many times as far from now as the run's own leaves the map as it is."""


class Projected(NamedTuple):
    """Points of the space of weights on the plane, each at the point of the plane that is next to it."""

    points: Floats
    """(n, 2): x and y"""
    share: float | None
    """Of the squared distances from the weights of now, how much lies in the plane; None where all are 0."""


@dataclass(frozen=True, eq=False)
class Landscape:
    """`loss[i, j]` is the loss at x = plane.xs[j] and y = plane.ys[i]; that of now is loss[side // 2, side // 2]."""

    plane: WeightPlane
    network: Network
    loss: Floats
    """(side, side); NaN or infinite where float32 overflows"""
    path: Projected | None
    """The run's; its last point is now"""
    other_paths: tuple[Projected, ...]
    """Of other runs"""
    next_step: Projected | None
    """Where the next step leads, one point; None where it is not taken"""
    middle: tuple[float, float] | None
    """The two chosen weights as they are now"""

    def parameters(self, x: float, y: float) -> dict[str, Array]:
        """The tensors at a point of the plane, as `Trainer.load_parameters` takes them."""
        return self.network.views(self.plane.parameters(x, y))


class Survey:
    """A landscape that is being measured. Nothing of the Trainer is used once this is made."""

    def __init__(
        self,
        trainer: Trainer,
        side: int = 51,
        directions: Directions = "random",
        samples: SamplesName = "train",
        path: Sequence[Array] = (),
        other_paths: Sequence[Sequence[Array]] = (),
        reach: float | None = None,
        seed: int = 0,
        at: Checkpoint | None = None,
    ) -> None:
        """See `landscape`. at: where the run is taken to stand; then nothing of the Trainer is read that training
        changes."""
        if not 1 <= side <= MOST_SIDE:
            raise ValueError(f"a landscape has 1 to {MOST_SIDE} points along a side, not {side}")
        at = at or trainer.checkpoint()
        state = at.state
        self.network, self.loss = trainer.network, trainer.loss
        self.samples = labelled(trainer, samples, at)
        work = len(self.samples.inputs) * self.network.count
        if side**2 * work > MOST_MULTIPLICATIONS:
            most = max(1, math.isqrt(MOST_MULTIPLICATIONS // work))
            raise Fault("study_landscape_too_large", {"side": side, "most": most})
        self.backend = spare_backend(trainer, at)
        self.next_parameters = next_parameters(self.backend, state)
        self.origin = state.parameters
        self.path = np.array([*path, self.origin], dtype=np.float32)
        self.paths = [finite_points(points, self.network.count) for points in other_paths]
        self.directions = self._directions(directions, seed)
        self.middle = None if isinstance(directions, str) else self._middle()
        self.plane = WeightPlane(self.origin, self.directions, *self._axes(directions, side, reach))
        self.found = np.full((side, side), np.nan)

    def _directions(self, directions: Directions, seed: int) -> Floats:
        if directions == "random":
            return random_directions(self.network, self.origin, seed)
        if directions == "path":
            return main_directions(self.origin, np.concatenate(self._near_paths()))
        return weight_directions(self.network, directions)

    def _near_paths(self) -> list[Array]:
        """The run's own and those that stay near it: one that diverges would leave the others a single point."""
        furthest = OTHERS_REACH * self._furthest(self.path)
        return [self.path, *(path for path in self.paths if len(path) and self._furthest(path) <= furthest)]

    def _furthest(self, path: Array) -> float:
        """From now."""
        return float(np.linalg.norm(path.astype(np.float64) - self.origin, axis=1).max())

    def _middle(self) -> tuple[float, float]:
        x, y = (self.directions @ self.origin.astype(np.float64)).tolist()
        return x, y

    def _axes(self, directions: Directions, side: int, reach: float | None) -> tuple[Floats, Floats]:
        """The middle one is 0, also where their number is even."""
        if directions == "path":
            points = np.concatenate([projected(self.plane_of(), path).points for path in self._near_paths()])
            far = np.abs(points).max(axis=0) / PATH_SHARE
            reaches = [far[0], max(far[1], far[0] / 10)]
        elif self.middle is not None:
            reaches = [max(2.0, 1.5 * abs(weight)) for weight in self.middle]
        else:
            reaches = [1.0, 1.0]
        steps = np.arange(side) - side // 2
        x, y = (steps * ((reach or own) / max(1, side // 2)) for own in reaches)
        return x, y

    def plane_of(self) -> WeightPlane:
        """Without a grid."""
        return WeightPlane(self.origin, self.directions, np.zeros(0), np.zeros(0))

    def measure(self, rows: slice) -> None:
        """Measures these rows of the grid."""
        plane = replace(self.plane, ys=self.plane.ys[rows])
        if isinstance(self.backend, MeasuresPlanes):
            self.found[rows] = self.backend.plane_losses(plane, self.samples)
        else:
            self.found[rows] = plain_losses(self.backend, self.loss, plane, self.samples)

    def landscape(self) -> Landscape:
        """What has been measured; NaN where it has not."""
        own = projected(self.plane, self.path) if len(self.path) > 1 else None
        others = tuple(projected(self.plane, path) for path in self.paths)
        following = None if self.next_parameters is None else projected(self.plane, self.next_parameters[np.newaxis])
        return Landscape(self.plane, self.network, self.found, own, others, following, self.middle)


def landscape(
    trainer: Trainer,
    side: int = 51,
    directions: Directions = "random",
    samples: SamplesName = "train",
    path: Sequence[Array] = (),
    other_paths: Sequence[Sequence[Array]] = (),
    reach: float | None = None,
    seed: int = 0,
) -> Landscape:
    """The loss at side × side points of a plane through the weights of now, which are in its middle.

    directions: "random", filter-normalised and drawn from `seed`; "path", the two in which the run has moved most; or
    two weights, as (name, place). samples: all of the training or of the test set, or the batch of the next step. path:
    flat parameters (count,) where the run was before, and other_paths those of runs of the same network. reach: how far
    the plane goes to each side, as a multiple of its directions: 1 at random, as far as the path, and those of
    others that are not much longer, with some room around them, 2 or more for weights.

    Raises ValueError for a side that is out of bounds, and Fault where there is no path or no such weight, or where it
    would take too long.
    """
    survey = Survey(trainer, side, directions, samples, path, other_paths, reach, seed)
    survey.measure(slice(None))
    if samples == "train":  # summed in another order the last digit may differ
        survey.found[side // 2, side // 2] = trainer.evaluate()["train_loss"]
    return survey.landscape()


def finite_points(path: Sequence[Array], count: int) -> Array:
    """(points, count), without those of a run that has diverged, which have no place."""
    points = np.array([*path], dtype=np.float32).reshape(-1, count)
    return points[np.isfinite(points).all(axis=1)]


def labelled(trainer: Trainer, samples: SamplesName, at: Checkpoint) -> LabelledInputs:
    if samples == "test":
        return LabelledInputs(trainer.test_inputs, trainer.test_targets)
    chosen: slice | NDArray[np.int64] = slice(None)
    if samples == "batch":
        order = batch_order(at.spec.seed, at.state.epoch, len(trainer.train_inputs))
        chosen = order[at.state.cursor :][: at.spec.batch_size]
    return LabelledInputs(trainer.train_inputs[chosen], trainer.train_targets[chosen])


def spare_backend(trainer: Trainer, at: Checkpoint) -> Backend:
    """A backend to try other parameters in, standing where the run stands: of the kind that trains, with its planted
    bug; of a run that torch trains the one by hand, for torch may be in another process."""
    run = (at.spec, trainer.network, trainer.train_inputs, trainer.train_targets)
    name: BackendName = "by_hand" if at.backend == "autograd" else at.backend
    backend = make_backend(name, *run) if at.bug is None else by_hand_with(at.bug)(*run)
    backend.load(at.state)
    return backend


def next_parameters(backend: Backend, state: State) -> Array | None:
    """After one step more; None where the run has diverged or would. The backend is left as it was."""
    backend.advance(1)
    after = backend.state()
    backend.load(state)
    return after.parameters if after.diverged is None else None


def plain_losses(backend: Backend, loss: Loss, plane: WeightPlane, samples: LabelledInputs) -> Floats:
    """As `MeasuresPlanes.plane_losses`, point by point, with any backend."""
    state = backend.state()
    found = np.empty((len(plane.ys), len(plane.xs)))
    with np.errstate(over="ignore", invalid="ignore"):
        for row, column in np.ndindex(found.shape):
            parameters = plane.parameters(float(plane.xs[column]), float(plane.ys[row]))
            backend.load(replace(state, parameters=parameters))
            found[row, column] = loss.value(backend.activations(samples.inputs)[-1].T, samples.targets)
    backend.load(state)
    return found


def projected(plane: WeightPlane, points: Array) -> Projected:
    """Directions at random are not at right angles: coordinates are those of least squares."""
    moves = points.astype(np.float64) - plane.origin
    coordinates = np.asarray(np.linalg.lstsq(plane.directions.T, moves.T, rcond=None)[0].T, dtype=np.float64)
    whole = float(np.sum(moves * moves))
    within = coordinates @ plane.directions
    return Projected(coordinates, float(np.sum(within * within)) / whole if whole > 0 else None)
