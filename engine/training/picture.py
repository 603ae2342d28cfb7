"""Picture: what the page shows of one step, as numbers and as the bytes of `engine.nn.picture_layout`.

`draw` makes them from what every backend says, in NumPy; a backend may have a quicker way of its own
(`engine.backends.pictures`).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.backends import Backend
from engine.backends.pictures import MeasuredSet, Measures, PictureInputs
from engine.data.targets import actual_classes
from engine.evaluation.metrics import predicted_classes
from engine.evaluation.predictions import predictions_of
from engine.nn.losses import make_loss, penalty
from engine.nn.network import Array, Network, Progress
from engine.nn.picture_layout import BOUNDARY_SIDE, LARGEST, PictureLayout, picture_layout, tensor_places
from engine.nn.schedules import rate_factor
from engine.spec.choices import DatasetName, FeatureName
from engine.spec.spec import Spec
from engine.training.snapshot import gradient_norms, grid_inputs
from engine.training.stopping import StopReason


class Readings(NamedTuple):
    """The numbers of a picture that are read one by one; as in `Snapshot`."""

    step: int
    epoch: int
    samples: int
    diverged: int | None
    stopped: StopReason | None
    learning_rate: float
    """Of the next step, including its schedule."""
    epoch_loss: float | None
    train_loss: float
    test_loss: float
    train_accuracy: float | None
    test_accuracy: float | None
    penalty: float
    gradient_norms: tuple[float, ...]


@dataclass(frozen=True)
class Picture:
    layout: PictureLayout
    readings: Readings
    data: NDArray[np.uint8]
    """(layout.size,): the Trainer's own, valid until its next picture or readings."""


def readings_of(spec: Spec, now: Progress, stopped: StopReason | None, measures: Measures) -> Readings:
    return Readings(
        step=now.step,
        epoch=now.epoch,
        samples=now.samples,
        diverged=now.diverged,
        stopped=stopped,
        learning_rate=spec.learning_rate * rate_factor(spec, now.step),
        epoch_loss=now.epoch_loss,
        **measures._asdict(),
    )


def picture_inputs(spec: Spec, train: tuple[Array, Array, Array], test: tuple[Array, Array, Array]) -> PictureInputs:
    """train, test: inputs, targets and labels."""
    layout = picture_layout(spec)
    return PictureInputs(
        layout=layout,
        train=_measured(spec, *train),
        test=_measured(spec, *test),
        threshold=spec.threshold if spec.class_count else 0.0,  # values are told apart by their sign alone
        low_target=spec.low_target,
        boundary=plane_inputs(spec, BOUNDARY_SIDE) if spec.kind.plane else None,
        plane=plane_inputs(spec, layout.map_side) if layout.maps_of == "plane" else None,
    )


def _measured(spec: Spec, inputs: Array, targets: Array, labels: Array) -> MeasuredSet:
    return MeasuredSet(inputs, targets, None if spec.is_regression else actual_classes(labels, spec))


def plane_inputs(spec: Spec, side: int) -> Array:
    """What enters the network at the centres of side×side cells, (inputs, cells); shared, and not to be written to."""
    return _plane_inputs(spec.dataset, spec.features, side)


@lru_cache(maxsize=64)  # at most 280 kB each
def _plane_inputs(dataset: DatasetName, features: tuple[FeatureName, ...], side: int) -> Array:
    spec = Spec.model_construct(dataset=dataset, features=features)
    columns = np.ascontiguousarray(grid_inputs(spec, side).T)
    columns.flags.writeable = False
    return columns


def draw(backend: Backend, spec: Spec, inputs: PictureInputs, data: NDArray[np.uint8] | None) -> Measures:
    """Fills data (layout.size,) with the picture of where the run stands; None: measures alone."""
    layout, network, state = inputs.layout, Network.of(spec), backend.state()
    gradient = backend.loss_and_gradient()[1]
    measures = _measures(backend, spec, inputs, state.parameters, gradient)
    if data is None:
        return measures
    with np.errstate(over="ignore", invalid="ignore"):  # after a divergence anything may overflow float32
        _put(data, layout, "gradient_norms", np.array(measures.gradient_norms))
        _put_tensors(data, network, layout, (state.parameters, gradient, state.updates))
        if inputs.boundary is not None:
            _put_boundary(data, spec, inputs, backend.activations(inputs.boundary.T)[-1])
        if layout.maps_of is not None:
            _put_maps(data, layout, _maps(backend, network, inputs, state.parameters))
    return measures


def _measures(backend: Backend, spec: Spec, inputs: PictureInputs, parameters: Array, gradient: Array) -> Measures:
    network = Network.of(spec)
    loss = make_loss(network.loss, network.reduction, network.huber_delta)
    with np.errstate(over="ignore", invalid="ignore"):
        train, test = (backend.activations(samples.inputs)[-1].T for samples in (inputs.train, inputs.test))
        weights = parameters[network.is_weight].astype(np.float64)
        return Measures(
            train_loss=loss.value(train, inputs.train.targets),
            test_loss=loss.value(test, inputs.test.targets),
            train_accuracy=_accuracy(train, inputs.train.classes, spec),
            test_accuracy=_accuracy(test, inputs.test.classes, spec),
            penalty=penalty(weights, spec.l1, spec.l2),
            gradient_norms=gradient_norms(network.views(gradient)),
        )


def _accuracy(outputs: Array, classes: NDArray[np.int64] | None, spec: Spec) -> float | None:
    return None if classes is None else float(np.mean(predicted_classes(outputs, spec) == classes))


def _put(data: NDArray[np.uint8], layout: PictureLayout, name: str, values: NDArray[np.generic]) -> None:
    section = layout[name]
    part = data[section.offset : section.offset + section.bytes].view(section.kind)
    part[:] = np.ravel(values)


def _put_tensors(data: NDArray[np.uint8], network: Network, layout: PictureLayout, vectors: tuple[Array, ...]) -> None:
    places = tensor_places(network, layout)
    ends = np.cumsum([np.prod(shape, dtype=int) for _, shape in layout.tensors])
    for name, vector in zip(("parameters", "gradients", "updates"), vectors, strict=True):
        values = vector[places]
        if layout[name].kind == "<f2":
            tensors = np.split(tamed(values), ends[:-1])
            scales = [np.abs(tensor).max() or np.float32(1) for tensor in tensors]
            _put(data, layout, f"{name}_scales", np.array(scales))
            values = np.concatenate([tensor / scale for tensor, scale in zip(tensors, scales, strict=True)])
        _put(data, layout, name, values)


# Grids


def tamed(values: Array) -> Array:
    """Within ±LARGEST, NaN as 0."""
    return np.clip(np.nan_to_num(values), -np.float32(LARGEST), np.float32(LARGEST))


def quantised(values: Array, scale: np.float32) -> NDArray[np.int8]:
    """In parts of scale / 127, for |values| up to the scale."""
    return np.rint(values * (127 / np.float64(scale or 1))).astype(np.int8)


def _put_boundary(data: NDArray[np.uint8], spec: Spec, inputs: PictureInputs, outputs: Array) -> None:
    layout = inputs.layout
    if "classes" in layout:
        _put(data, layout, "classes", _classes(spec, tamed(outputs)))
        return
    values = tamed(outputs[1] - outputs[0] if inputs.is_difference else outputs[0])
    level, scale = threshold_level(inputs.threshold, np.abs(values).max())
    levels = quantised(values, scale)
    sides = (values > inputs.threshold).astype(np.int8) - (values < inputs.threshold)
    if level is None:
        levels = np.where((levels == 0) | (levels == 1), sides > 0, levels)
    else:
        levels = np.where(levels == level, level + sides, levels)
    _put(data, layout, "boundary", levels)
    _put(data, layout, "boundary_scale", np.array([scale]))


def threshold_level(threshold: float, largest: np.float32) -> tuple[int | None, np.float32]:
    """(q, scale): the level of the threshold, and the scale, at least the largest |value| but for rounding, at which it
    is that. q is None where the threshold is between 0 and the least level.

    A float32 cannot always say such a scale; it is then a little less, so that the level is never above the threshold.
    """
    if threshold <= 0:
        return 0, largest
    level = 127 if threshold >= largest else int(127 * threshold / float(largest))
    if level == 0:
        return None, largest
    exact = 127 * threshold / level
    scale = np.float32(exact)
    return level, scale if float(scale) <= exact else np.float32(exact * (1 - 2.0**-24))


def _classes(spec: Spec, outputs: Array) -> NDArray[np.uint8]:
    winners = outputs.argmax(axis=0)
    scores = predictions_of(spec, outputs.T)[np.arange(winners.size), winners]
    return np.asarray(32 * winners + np.rint(31 * scores), dtype=np.uint8)


def _maps(backend: Backend, network: Network, inputs: PictureInputs, parameters: Array) -> Array:
    """(maps, cells)"""
    drawn = inputs.layout.drawn or tuple(tuple(range(size)) for size in inputs.layout.sizes)
    if inputs.plane is None:
        return network.views(parameters)["layers.0.weight"][list(drawn[1])]
    layers = backend.activations(inputs.plane.T)
    return np.concatenate([layer[list(column)] for layer, column in zip(layers, drawn[1:], strict=True)])


def _put_maps(data: NDArray[np.uint8], layout: PictureLayout, maps: Array) -> None:
    maps = tamed(maps)
    scales = np.abs(maps).max(axis=1)
    _put(data, layout, "map_scales", scales)
    _put(data, layout, "map_ranges", np.stack([maps.min(axis=1), maps.max(axis=1)], axis=1))
    _put(data, layout, "maps", np.array([quantised(one, scale) for one, scale in zip(maps, scales, strict=True)]))


def quantised_map(outputs: Array) -> tuple[float, NDArray[np.int8]]:
    """Scale and map of a neuron's outputs."""
    values = tamed(outputs)
    scale = np.abs(values).max()
    return float(scale), quantised(values, scale)
