"""One step of a Trainer as messages for the inspector: the arithmetic of one number, or the step phase by phase."""

from dataclasses import asdict
from typing import Any

import numpy as np

from app.training_worker.port import InspectRequest
from app.wire.messages import faults_refused
from app.wire.numbers import number, numbers
from engine.explaining.explain import explain
from engine.explaining.phases import code_of, phases_of
from engine.explaining.terms import Line, holds
from engine.explaining.traced_step import TracedStep
from engine.training.timeline import Checkpoint
from engine.training.trainer import Trainer


def explanation(trainer: Trainer, before: Checkpoint | None, request: InspectRequest) -> dict[str, Any]:
    """The lines of a subject in the step from `before`; in the next step where there is none before, or where that is
    the one asked for.

    Raises Refusal where the network or the batch has no such subject.
    """
    if before is not None and request.step == before.state.step + 2:
        before = None
    step = _open(trainer, before)
    with faults_refused():
        lines = explain(step, request.subject, request.sample)
    largest = float(np.abs(step.before.parameters).max())
    return {
        "type": "explanation",
        "step": step.before.step + 1,
        "next": before is None,
        "subject": asdict(request.subject),
        "sample": request.sample,
        "batch": step.batch.tolist(),
        "lines": [_line(line, step.bug is not None and not holds(line, largest)) for line in lines],
    }


def opened(trainer: Trainer, sample: int) -> dict[str, Any]:
    """The next step, phase by phase. Raises Refusal where the batch has no such sample."""
    step = _open(trainer, None)
    with faults_refused():
        phases = phases_of(step, sample)
    return {
        "type": "opened",
        "step": step.before.step + 1,
        "batch": step.batch.tolist(),
        "sample": sample,
        "phases": [
            {
                "name": phase.name,
                "layer": phase.layer,
                "bound": {name: numbers(values) for name, values in phase.bound.items()},
                "form": asdict(phase.form) if phase.form else None,
            }
            for phase in phases
        ],
        "code": {name: [asdict(one) for one in code] for name, code in code_of(step).items()},
    }


def _open(trainer: Trainer, before: Checkpoint | None) -> TracedStep:
    at = before or trainer.checkpoint()
    inputs, targets = trainer.train_inputs, trainer.train_targets
    return TracedStep.of(at.spec, trainer.network, at.state, inputs, targets, at.backend, at.bug, trainer.make_backend)


def _line(line: Line, wrong: bool) -> dict[str, Any]:
    """wrong: whether this is where a bug sits, and the terms do not make the total."""
    return {
        "name": line.name,
        "op": line.op,
        "symbol": line.symbol,
        "total": number(line.total),
        "main": line.main,
        "wrong": wrong,
        "terms": [
            {
                "symbol": term.symbol,
                "value": number(term.value),
                "factors": [[symbol, number(value)] for symbol, value in term.factors],
                "subject": asdict(term.subject) if term.subject else None,
            }
            for term in line.terms
        ],
    }
