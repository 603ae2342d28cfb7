"""Phases of a training step: the batch, forward layer by layer, the loss, backward, the update.

Each with the source code of the hand-written backend that computes it, and the values of its variables for one sample.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from engine.backends import bugs
from engine.explaining.traced_step import TracedStep
from engine.fault import Fault
from engine.nn.losses import Loss
from engine.nn.network import Array

PhaseName = Literal["batch", "forward", "loss", "backward", "gradient", "update"]


@dataclass(frozen=True)
class Form:
    """The parts of a layer that its formulas depend on."""

    norm: Literal["none", "batch", "running"]
    """Of which statistics: a batch of one sample is normalised by the running ones"""
    dropout: bool
    residual: bool
    residual_above: bool
    """Whether the layer above has a residual link, which adds its ∂L/∂a"""


@dataclass(frozen=True)
class Phase:
    name: PhaseName
    layer: int | None
    """Of forward and backward: the linear layer, from 0"""
    bound: dict[str, list[float]]
    """Variables of the code → their values for one sample of the batch"""
    form: Form | None = None
    """Of that layer."""


@dataclass(frozen=True)
class Code:
    lines: str
    planted: bool
    """Whether it belongs to a planted bug"""


def phases_of(step: TracedStep, sample: int) -> list[Phase]:
    """All phases in their order. Perceptron and evolution have no backward phase, and one that computes what they have
    instead of a gradient.

    Raises Fault where the batch has no such sample.
    """
    if not 0 <= sample < len(step.batch):
        raise Fault("subject_no_sample", {"count": len(step.batch), "sample": sample + 1})
    batch_pass, layers = step.batch_pass, range(step.network.layers)
    outputs, targets = batch_pass.forward[-1].out[sample], step.targets[sample]
    phases = [Phase("batch", None, {"batch": [float(index) for index in step.batch]})]
    for layer in layers:
        cache = batch_pass.forward[layer]
        bound = {"below": cache.below, "z": step.weighted_sums[layer], "n": cache.n, "h": cache.h, "a": cache.out}
        phases.append(Phase("forward", layer, _of_sample(bound, sample), _form(step, layer)))
    with np.errstate(all="ignore"):  # what is not finite is said as it is
        terms = step.loss.terms(outputs[np.newaxis], targets[np.newaxis])
    bound = {"outputs": outputs, "targets": targets, "terms": terms, "loss": np.array(batch_pass.loss)}
    phases.append(Phase("loss", None, {name: _floats(values) for name, values in bound.items()}))
    for layer in reversed(layers if batch_pass.backward else ()):
        gradients = batch_pass.backward[layer]
        bound = {"d_a": gradients.d_out, "d_h": gradients.d_h, "d_n": gradients.d_n, "d_z": gradients.d_z}
        phases.append(Phase("backward", layer, _of_sample(bound, sample), _form(step, layer)))
    if not batch_pass.backward:
        losses = _floats(np.array(batch_pass.pair_losses))
        phases.append(Phase("gradient", None, {"tried": losses} if losses else {}))
    if step.update is not None:
        phases.append(Phase("update", None, {"rate": [step.update.rate], "t": [float(step.t)]}))
    return phases


def _form(step: TracedStep, layer: int) -> Form:
    stages, norm = step.network.stages, step.batch_pass.forward[layer].norm
    return Form(
        norm="none" if norm is None else "batch" if norm.from_batch else "running",
        dropout=stages[layer].dropout > 0,
        residual=stages[layer].residual,
        residual_above=layer + 1 < len(stages) and stages[layer + 1].residual,
    )


def _of_sample(values: Mapping[str, Array], sample: int) -> dict[str, list[float]]:
    return {name: _floats(array[sample]) for name, array in values.items()}


def _floats(values: Array) -> list[float]:
    return [float(value) for value in np.ravel(values)]


# The code of each phase


def code_of(step: TracedStep) -> dict[PhaseName, list[Code]]:
    """Phase → the functions that run in this step; that of a planted bug comes before the correct one it calls."""
    hand, stages, spec = bugs.by_hand_with(step.bug), step.network.stages, step.spec
    norms, own = any(stage.batch_norm for stage in stages), vars(hand) if step.bug else {}
    methods: dict[PhaseName, list[str]] = {
        "batch": ["next_batch"],
        "forward": [
            "forward",
            *(["normalise"] if norms else []),
            *(["dropout"] if any(stage.dropout for stage in stages) else []),
        ],
        "backward": [
            *(["batch_pass"] if "batch_pass" in own else []),
            "backward",
            *(["backward_norm"] if norms else []),
        ],
        "gradient": [spec.optimizer] if not step.batch_pass.backward else [],
        "update": [
            *(["penalty_gradient"] if spec.l1 or spec.l2 else []),
            *(["clipped"] if spec.clip != "none" else []),
            "compute_update",
            *(method for method in ("apply_update", "finish_batch") if method in own),
        ],
    }
    code = {name: [one for method in names for one in _written(hand, method)] for name, names in methods.items()}
    code["loss"] = [Code(_source(function), planted=False) for function in (Loss.value, Loss.slope)]
    code["update"] += _written(type(step.rule), "step")
    return code


def _written(cls: type, method: str) -> Iterator[Code]:
    """The method, and the inherited ones that it calls with super()."""
    for base in cls.__mro__:
        if method in vars(base):
            source = _source(vars(base)[method])
            yield Code(source, planted=base.__module__ == bugs.__name__)
            if f"super().{method}(" not in source:
                return


@lru_cache
def _source(function: Callable[..., Any]) -> str:
    """Without its docstring."""
    source = textwrap.dedent(inspect.getsource(function))
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.FunctionDef)
    lines, first = source.splitlines(), definition.body[0]
    if ast.get_docstring(definition) is not None:
        del lines[first.lineno - 1 : first.end_lineno]
    return "\n".join(lines)
