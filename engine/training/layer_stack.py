"""Layer stack: the linear layers and norms among named tensors, in order, whatever their names are.

A module is what stands before the last dot of a name, and "" where there is none: fc1.weight and fc1.bias are of fc1.
A weight of two dimensions is a linear layer; one of one dimension, with running statistics, a batch norm.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from engine.nn.network import Network
from engine.spec.choices import FEATURES
from engine.spec.spec import MOST_LAYERS, Spec

NORM_PARTS = ("weight", "bias", "running_mean", "running_var")

MOST_TENSORS = (MOST_LAYERS + 1) * (2 + len(NORM_PARTS))
"""Of any network: a weight and a bias for each layer, hidden or last, and its norm."""

LONGEST_NUMBER = 9
"""Digits at the end of a name that are taken for the number of a layer."""


@dataclass(frozen=True)
class LayerSizes:
    inputs: int
    outputs: int
    bias: bool
    norm: bool


@dataclass(frozen=True)
class LayerStack:
    sizes: tuple[LayerSizes, ...]
    tensors: tuple[str, ...]
    """Names, layer by layer: weight, bias, those of the norm."""


def layer_stack(shapes: Mapping[str, tuple[int, ...]]) -> LayerStack | None:
    """None where the tensors are no linear layers of which each takes what the one before gives."""
    if len(shapes) > MOST_TENSORS:
        return None
    modules: dict[str, dict[str, tuple[int, ...]]] = {}
    for name, shape in shapes.items():
        module, _, part = name.rpartition(".")
        modules.setdefault(module, {})[part] = shape
    return _stacked(modules) or _stacked(dict(sorted(modules.items(), key=lambda entry: _natural(entry[0]))))


def _natural(name: str) -> list[tuple[int, str]]:
    """fc2 before fc10. Numbers are compared by their length, then their digits: int refuses very long ones."""
    parts = [part.lstrip("0") if place % 2 else part for place, part in enumerate(re.split(r"([0-9]+)", name))]
    return [(len(part) if place % 2 else -1, part) for place, part in enumerate(parts)]


def _stacked(modules: Mapping[str, Mapping[str, tuple[int, ...]]]) -> LayerStack | None:
    linear = {name: parts for name, parts in modules.items() if len(parts.get("weight", ())) == 2}
    norms = {name: parts for name, parts in modules.items() if name not in linear}
    if not linear or any(set(parts) - {"weight", "bias"} for parts in linear.values()):
        return None
    placed = _placed_norms(list(modules), linear, norms)
    if placed is None:
        return None
    sizes: list[LayerSizes] = []
    tensors: list[str] = []
    for name, parts in linear.items():
        outputs, inputs = parts["weight"]
        if (sizes and sizes[-1].outputs != inputs) or parts.get("bias", (outputs,)) != (outputs,):
            return None
        norm = placed.get(name)
        sizes.append(LayerSizes(inputs, outputs, "bias" in parts, norm is not None))
        tensors += [_joined(name, part) for part in ("weight", "bias") if part in parts]
        if norm is not None:
            if any(shape != (outputs,) for shape in norms[norm].values()):
                return None
            tensors += [_joined(norm, part) for part in NORM_PARTS]
    return LayerStack(tuple(sizes), tuple(tensors))


def _placed_norms(
    order: list[str], linear: Mapping[str, object], norms: Mapping[str, Mapping[str, tuple[int, ...]]]
) -> dict[str, str] | None:
    """The norm of each linear layer that has one: the one right behind it, or of the same number where all norms come
    after all layers. None where there is anything else."""
    if any(set(parts) != set(NORM_PARTS) for parts in norms.values()):
        return None
    layers = list(linear)
    apart = len(layers) > 1 and order[: len(layers)] == layers
    first = _number(layers[0])
    placed: dict[str, str] = {}
    behind = -1
    for name in order:
        if name in linear:
            behind += 1
            continue
        number = _number(name)
        at = number - first if apart and number is not None and first is not None else behind
        if not 0 <= at < len(layers) or layers[at] in placed:
            return None
        placed[layers[at]] = name
    return placed


def _number(name: str) -> int | None:
    """That a name ends with."""
    digits = name[len(name.rstrip("0123456789")) :]
    return int(digits) if 0 < len(digits) <= LONGEST_NUMBER else None


def _joined(module: str, part: str) -> str:
    return f"{module}.{part}" if module else part


def change_to(spec: Spec, stack: LayerStack) -> str | None:
    """The change of a Spec, as JSON, whose network is this stack; None where the data have other inputs or outputs."""
    *hidden, last = stack.sizes
    if last.norm or len({layer.bias for layer in stack.sizes}) > 1:
        return None
    change: dict[str, object] = {
        "hidden": [{"width": layer.outputs, "batch_norm": layer.norm} for layer in hidden],
        "biases": last.bias,
    }
    inputs = stack.sizes[0].inputs
    if inputs != spec.inputs and spec.kind.plane and inputs in (2, len(FEATURES)):
        change["features"] = FEATURES[:inputs]
    if last.outputs != spec.outputs and spec.class_count == 2 and last.outputs in (1, 2):
        change |= {"loss": "cross_entropy" if last.outputs == 2 else "bce", "output_activation": None}
    try:
        made = layer_stack(shapes_of(spec.changed(**change)))
    except ValidationError:
        return None
    return json.dumps(change) if made and made.sizes == stack.sizes else None


def shapes_of(spec: Spec) -> dict[str, tuple[int, ...]]:
    """All tensors that a file of weights has for the network of a Spec."""
    network = Network.of(spec)
    return {**network.shapes, **network.buffer_shapes}
