"""Phases: a training step as a person walks through it: the batch, forward, the loss, backward, the update.

Each with the very lines of the hand-written backend that compute it, and what its names stand for in one sample.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from engine.backends.by_hand import ByHand
from engine.losses import Loss
from engine.network import Array
from engine.opened import OpenStep

PhaseName = Literal["batch", "forward", "loss", "backward", "update"]

CODE: dict[PhaseName, tuple[Callable[..., Any], ...]] = {
    "batch": (ByHand.next_batch,),
    "forward": (ByHand.forward,),
    "loss": (Loss.value, Loss.slope),
    "backward": (ByHand.backward,),
    "update": (ByHand.move,),
}
"""The functions of each phase; the update's also has the `step` of its rule."""


@dataclass(frozen=True)
class Phase:
    name: PhaseName
    layer: int | None
    """Of forward and backward: the linear layer it is at, from 0."""
    bound: dict[str, list[float]]
    """Names of the code → their values for one sample of the batch."""


def phases_of(step: OpenStep, sample: int) -> list[Phase]:
    """All phases in their order; of a rule that sends nothing back, none is backward.

    Raises ValueError where the batch has no such sample.
    """
    if not 0 <= sample < len(step.batch):
        raise ValueError(f"this batch has {len(step.batch)} samples and no number {sample + 1}; choose one of them")
    look, layers = step.look, range(step.network.layers)
    outputs, targets = look.passed[-1].out[sample], step.targets[sample]
    phases = [Phase("batch", None, {"batch": [float(index) for index in step.batch]})]
    for layer in layers:
        passed = look.passed[layer]
        bound = {"below": passed.below, "z": step.weighted[layer], "n": passed.n, "h": passed.h, "a": passed.out}
        phases.append(Phase("forward", layer, _of_sample(bound, sample)))
    phases.append(Phase("loss", None, {"outputs": _floats(outputs), "targets": _floats(targets), "loss": [look.loss]}))
    for layer in reversed(layers if look.sent else ()):
        sent = look.sent[layer]
        phases.append(
            Phase("backward", layer, _of_sample({"d_a": sent.out, "d_h": sent.h, "d_n": sent.n, "d_z": sent.z}, sample))
        )
    if step.move is not None:
        phases.append(Phase("update", None, {"rate": [step.move.rate], "t": [float(step.t)]}))
    return phases


def _of_sample(values: Mapping[str, Array], sample: int) -> dict[str, list[float]]:
    return {name: _floats(array[sample]) for name, array in values.items()}


def _floats(values: Array) -> list[float]:
    return [float(value) for value in np.ravel(values)]


def code_of(step: OpenStep) -> dict[PhaseName, str]:
    """Phase → its lines of code, without what they say of themselves."""
    return {name: _source((*CODE[name], *((type(step.rule).step,) if name == "update" else ()))) for name in CODE}


@lru_cache
def _source(functions: tuple[Callable[..., Any], ...]) -> str:
    return "\n\n".join(_without_docstring(function) for function in functions)


def _without_docstring(function: Callable[..., Any]) -> str:
    source = textwrap.dedent(inspect.getsource(function))
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.FunctionDef)
    lines, first = source.splitlines(), definition.body[0]
    if ast.get_docstring(definition) is not None:
        del lines[first.lineno - 1 : first.end_lineno]
    return "\n".join(lines)
