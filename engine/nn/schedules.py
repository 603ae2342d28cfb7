"""Schedules: by what factor the learning rate is multiplied, step by step. Pure functions of the Spec and the step."""

import math
from collections.abc import Callable

from engine.spec.choices import ScheduleName
from engine.spec.spec import Spec

SCHEDULES: dict[ScheduleName, Callable[[float, float], float]] = {
    "constant": lambda _part, _factor: 1.0,
    # γ^⌊t/T⌋
    "step": lambda part, factor: factor ** math.floor(part),
    # γ^(t/T)
    "exponential": lambda part, factor: factor**part,
    # γ + (1−γ)·(1+cos πt/T)/2 down to γ at T, and γ from then on; Loshchilov and Hutter 2017 without restarts
    "cosine": lambda part, factor: factor + (1 - factor) * (1 + math.cos(math.pi * min(part, 1.0))) / 2,
}
"""(t/T, γ) → factor, with t steps taken, T schedule_steps and γ schedule_factor."""


def rate_factor(spec: Spec, step: int) -> float:
    """What the learning rate of the step after `step` steps is multiplied with.

    During warm-up also with (t+1)/warmup, which is 1 from the last step of the warm-up on.
    """
    warmup = min(1.0, (step + 1) / spec.warmup_steps) if spec.warmup_steps else 1.0
    return warmup * SCHEDULES[spec.schedule](step / spec.schedule_steps, spec.schedule_factor)
