"""What lies around the weights of a checkpoint: the loss on a plane through them, and its curvature, as messages.

Nothing of the Trainer is read that training changes, so that the run goes on meanwhile.
"""

import base64
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.training_worker.study_requests import LandscapeQuestion, LossSurfaceAnswer, Question
from app.wire.numbers import number, numbers
from engine.studies.landscape import Projected, Survey
from engine.studies.stability import stability
from engine.training.timeline import Checkpoint
from engine.training.trainer import Trainer


def measured(trainer: Trainer, at: Checkpoint, question: Question) -> LossSurfaceAnswer:
    """Raises Fault."""
    if isinstance(question, LandscapeQuestion):
        return landscape(trainer, at, question)
    return LossSurfaceAnswer(curved(trainer, at, question.count), None)


def landscape(trainer: Trainer, at: Checkpoint, question: LandscapeQuestion) -> LossSurfaceAnswer:
    survey = surveyed(trainer, at, question)
    found, plane = survey.landscape(), survey.plane
    of_all = surveyed(trainer, at, replace(question, samples="train")).found if question.samples == "batch" else None
    message = {
        "step": at.state.step,
        "side": question.side,
        "x": [plane.xs[0], plane.xs[-1]],
        "y": [plane.ys[0], plane.ys[-1]],
        "loss": _packed(found.loss),
        "of_all": None if of_all is None else _packed(of_all),
        "now": number(found.loss[question.side // 2, question.side // 2], 17),
        "path": _points(found.path),
        "share": None if found.path is None else number(found.path.share, 4),
        "others": [{"path": _points(other), "share": number(other.share, 4)} for other in found.other_paths],
        "next": _points(found.next_step),
        "next_share": None if found.next_step is None else number(found.next_step.share, 4),
        "middle": None if found.middle is None else numbers(found.middle),
    }
    return LossSurfaceAnswer(message, plane)


def surveyed(trainer: Trainer, at: Checkpoint, question: LandscapeQuestion) -> Survey:
    survey = Survey(trainer, **vars(question), at=at)
    for row in range(question.side):  # between two rows whoever is more urgent gets the processor
        survey.measure(slice(row, row + 1))
    return survey


def _packed(loss: NDArray[np.float64]) -> str:
    return base64.b64encode(loss.astype("<f4").tobytes()).decode()


def _points(projected: Projected | None) -> list[list[float | None]]:
    """[[x, y], …], as exact as can be seen."""
    return [] if projected is None else [numbers(point, 6) for point in projected.points.tolist()]


def curved(trainer: Trainer, at: Checkpoint, count: int) -> dict[str, Any]:
    found = stability(trainer, count, at)
    return {
        "step": at.state.step,
        "count": count,
        "values": numbers(found.curvatures.tolist(), 17),
        "rate": number(found.rate, 17),
        "bound": number(found.bound, 17),
        "preconditioned": number(found.preconditioned, 17),
        "verdict": found.verdict,
        "notes": list(found.notes),
    }
