"""Whether the arithmetic of a run is right and whether the run is well: what is measured, as messages for the page.

A comparison takes the next step anew with other arithmetic (torch, float64, differences), in a process of its own; a
diagnosis measures the layers. When either is made is decided in `app.sessions.checks`.
"""

import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from app.training_worker.page_data.measurements import QUANTITIES, Measured
from app.training_worker.port import Examined
from app.wire.numbers import number
from engine.checking.against_backend import BackendStep, backend_step
from engine.checking.check import CheckResult, check
from engine.checking.comparison import Comparison
from engine.data.datasets import split
from engine.data.digits import DataSources
from engine.data.features import inputs_of
from engine.data.targets import targets_of
from engine.diagnosis.diagnosis import Diagnosis, diagnose
from engine.nn.network import Array, Network
from engine.spec.spec import Spec
from engine.training.snapshot import CurveEntry
from engine.training.timeline import Checkpoint
from engine.training.trainer import Trainer

FailureReason = Literal["died", "time", "memory", "error"]
"""The process of the comparison came to harm, or the comparison itself failed."""

EXACT = 17
"""Digits of a float64: two gradients side by side differ where rounding is."""


def examined(trainer: Trainer, entries: Sequence[CurveEntry]) -> Examined:
    """entries: the loss curve so far."""
    began = time.thread_time()
    found = diagnose(trainer, entries)
    return Examined(_measured(found), _health(found), time.thread_time() - began)


def step_to_compare(trainer: Trainer, at: Checkpoint) -> BackendStep | None:
    """The step after a checkpoint as the backend that trains takes it; None of a run with a bug, which trains by hand,
    and of one that torch trains: its step is taken where it is compared. May go on while the Trainer trains: it touches
    nothing of it that changes."""
    if at.bug is not None or at.backend == "autograd":
        return None
    return backend_step(at.backend, at.spec, trainer.network, at.state, trainer.train_inputs, trainer.train_targets)


def compared(at: Checkpoint, step: BackendStep | None, sources: DataSources) -> tuple[dict[str, Any], float]:
    """See `Compared`. Loads torch. The training set is made anew from the Spec, so that it need not come with each
    request."""
    inputs, targets = training_set(at.spec, sources)
    began = time.thread_time()
    network = Network.of(at.spec)
    if at.bug is None and at.backend == "autograd":
        step = backend_step(at.backend, at.spec, network, at.state, inputs, targets)
    result = check(at.spec, network, at.state, inputs, targets, at.bug, step)
    return _light(result, at), time.thread_time() - began


@lru_cache(maxsize=1)  # of MNIST 190 MB; to make it anew costs less than to compare
def training_set(spec: Spec, sources: DataSources) -> tuple[Array, Array]:
    """Inputs and targets as a Trainer of this Spec has them."""
    data = split(spec, sources)
    return inputs_of(spec, data.train_rows), targets_of(spec, data.train_labels)


def failed(at: Checkpoint, reason: FailureReason, limit: float | None) -> dict[str, Any]:
    """What the check button shows where there was no comparison to an end. limit: of seconds or bytes."""
    return {"step": at.state.step, "state": "failed", "reason": reason, "limit": limit, "planted": at.bug}


def _light(result: CheckResult | None, at: Checkpoint) -> dict[str, Any]:
    """What the check button shows: green, red, or silent where something could not be compared; none without a step."""
    if result is None:
        return {"step": at.state.step, "state": "none", "planted": at.bug}
    worst = result.worst
    by_hand, autograd, differences = result.gradient or (None, None, None)
    return {
        "step": result.step,
        "state": result.state,
        "difference": number(worst.difference),
        "witness": worst.reference,
        "tensor": worst.tensor,
        "index": list(worst.index),
        "quantity": worst.quantity,
        "kinks": result.kinks,
        "tried": result.perturbed,
        "rule": at.spec.optimizer,
        "parameters": result.parameters,
        "samples": result.samples,
        "gradient": {"hand": number(by_hand), "autograd": number(autograd), "differences": number(differences)},
        "gradients": _all_gradients(result, at),
        "compared": [_witness(one) for one in result.comparisons],
        "silent": [{"witness": one.reference, "reason": one.reason} for one in result.silent],
        "planted": result.bug,
    }


def _all_gradients(result: CheckResult, at: Checkpoint) -> list[dict[str, Any]] | None:
    """One entry for each parameter of a small network."""
    if result.all_gradients is None:
        return None
    network = Network.of(at.spec)
    hand, autograd = (network.views(flat) for flat in result.all_gradients)
    return [
        {
            "tensor": name,
            "index": list(index),
            "hand": number(float(hand[name][index]), EXACT),
            "autograd": number(float(autograd[name][index]), EXACT),
        }
        for name, shape in network.shapes.items()
        for index in np.ndindex(shape)
    ]


def _witness(one: Comparison) -> dict[str, Any]:
    return {
        "witness": one.reference,
        "difference": number(one.difference),
        "tolerance": one.tolerance,
        "agrees": one.agrees,
        "tensor": one.tensor,
        "index": list(one.index),
        "quantity": one.quantity,
        "hand": number(one.hand),
        "other": number(one.other),
    }


def _measured(found: Diagnosis) -> Measured:
    values = [[getattr(layer, name) for layer in found.layers] for name in QUANTITIES]
    return Measured(found.step, np.array(values, dtype=np.float32))  # None becomes NaN


def _health(found: Diagnosis) -> dict[str, Any]:
    return {
        "step": found.step,
        "layers": [
            {
                "norm": number(layer.norm),
                "mean": number(layer.mean),
                "largest": number(layer.largest),
                "zeros": number(layer.zeros),
                "update_ratio": number(layer.update_ratio),
                "histogram": list(layer.histogram),
                "saturated": number(layer.saturated),
                "dead": None if layer.dead is None else list(layer.dead),
                "dead_share": number(layer.dead_share),
                "spread": number(layer.spread),
            }
            for layer in found.layers
        ],
        "findings": [
            {
                "code": finding.code,
                "values": {name: number(value) for name, value in finding.values.items()},
                "layer": finding.layer,
                "neurons": list(finding.neurons),
            }
            for finding in found.findings
        ],
    }
