"""Phases: a training step as a person walks through it: the batch, forward, the loss, backward, the update.

Each with the very lines of the hand-written backend that compute it, and what its names stand for in one sample.
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
from engine.explaining.traced_step import OpenStep
from engine.fault import Fault
from engine.nn.losses import Loss
from engine.nn.network import Array

PhaseName = Literal["batch", "forward", "loss", "backward", "gradient", "update"]


@dataclass(frozen=True)
class Form:
    """What a layer is, as far as its formulas go."""

    norm: Literal["none", "batch", "running"]
    """Whose mean and deviation it goes by: a batch of one sample has none of its own."""
    dropout: bool
    residual: bool
    residual_above: bool
    """Whether the layer above hands down what it is sent, beside what comes through its weights."""


@dataclass(frozen=True)
class Phase:
    name: PhaseName
    layer: int | None
    """Of forward and backward: the linear layer it is at, from 0."""
    bound: dict[str, list[float]]
    """Names of the code → their values for one sample of the batch."""
    form: Form | None = None
    """Of that layer."""


@dataclass(frozen=True)
class Code:
    lines: str
    planted: bool
    """Whether this is where a bug was put."""


def phases_of(step: OpenStep, sample: int) -> list[Phase]:
    """All phases in their order. Of a rule that sends nothing back none is backward, and one finds what it has instead
    of a gradient.

    Raises Fault where the batch has no such sample.
    """
    if not 0 <= sample < len(step.batch):
        raise Fault("subject_no_sample", {"count": len(step.batch), "sample": sample + 1})
    look, layers = step.look, range(step.network.layers)
    outputs, targets = look.passed[-1].out[sample], step.targets[sample]
    phases = [Phase("batch", None, {"batch": [float(index) for index in step.batch]})]
    for layer in layers:
        passed = look.passed[layer]
        bound = {"below": passed.below, "z": step.weighted[layer], "n": passed.n, "h": passed.h, "a": passed.out}
        phases.append(Phase("forward", layer, _of_sample(bound, sample), _form(step, layer)))
    phases.append(Phase("loss", None, {"outputs": _floats(outputs), "targets": _floats(targets), "loss": [look.loss]}))
    for layer in reversed(layers if look.sent else ()):
        sent = look.sent[layer]
        bound = {"d_a": sent.out, "d_h": sent.h, "d_n": sent.n, "d_z": sent.z}
        phases.append(Phase("backward", layer, _of_sample(bound, sample), _form(step, layer)))
    if not look.sent:
        phases.append(Phase("gradient", None, {"tried": _floats(np.array(look.tried))} if look.tried else {}))
    if step.move is not None:
        phases.append(Phase("update", None, {"rate": [step.move.rate], "t": [float(step.t)]}))
    return phases


def _form(step: OpenStep, layer: int) -> Form:
    stages, norm = step.network.stages, step.look.passed[layer].norm
    return Form(
        norm="none" if norm is None else "batch" if norm.of_batch else "running",
        dropout=stages[layer].dropout > 0,
        residual=stages[layer].residual,
        residual_above=layer + 1 < len(stages) and stages[layer + 1].residual,
    )


def _of_sample(values: Mapping[str, Array], sample: int) -> dict[str, list[float]]:
    return {name: _floats(array[sample]) for name, array in values.items()}


def _floats(values: Array) -> list[float]:
    return [float(value) for value in np.ravel(values)]


# The lines that compute it


def code_of(step: OpenStep) -> dict[PhaseName, list[Code]]:
    """Phase → the functions that run in this very step, a planted one before the right one that it calls."""
    hand, stages, spec = bugs.hand_with(step.bug), step.network.stages, step.spec
    norms, own = any(stage.batch_norm for stage in stages), vars(hand) if step.bug else {}
    methods: dict[PhaseName, list[str]] = {
        "batch": ["next_batch"],
        "forward": [
            "forward",
            *(["normalise"] if norms else []),
            *(["dropout"] if any(stage.dropout for stage in stages) else []),
        ],
        "backward": [*(["look"] if "look" in own else []), "backward", *(["backward_norm"] if norms else [])],
        "gradient": [spec.optimizer] if not step.look.sent else [],
        "update": [
            *(["penalty_gradient"] if spec.l1 or spec.l2 else []),
            *(["clipped"] if spec.clip != "none" else []),
            *("move", *(["take"] if "take" in own else [])),
        ],
    }
    code = {name: [one for method in names for one in _written(hand, method)] for name, names in methods.items()}
    code["loss"] = [Code(_source(function), planted=False) for function in (Loss.value, Loss.slope)]
    code["update"] += _written(type(step.rule), "step")
    return code


def _written(cls: type, method: str) -> Iterator[Code]:
    """The method, and the one it was made from as long as that is called."""
    for base in cls.__mro__:
        if method in vars(base):
            source = _source(vars(base)[method])
            yield Code(source, planted=base.__module__ == bugs.__name__)
            if f"super().{method}(" not in source:
                return


@lru_cache
def _source(function: Callable[..., Any]) -> str:
    """Without what it says of itself."""
    source = textwrap.dedent(inspect.getsource(function))
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.FunctionDef)
    lines, first = source.splitlines(), definition.body[0]
    if ast.get_docstring(definition) is not None:
        del lines[first.lineno - 1 : first.end_lineno]
    return "\n".join(lines)
