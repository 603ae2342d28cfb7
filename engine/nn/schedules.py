"""Learning rate schedules: the factor of the learning rate at each step. Pure functions of the Spec and the step."""

import math
from collections.abc import Callable

from engine.spec.choices import ScheduleName
from engine.spec.spec import Spec

SCHEDULES: dict[ScheduleName, Callable[[float, float], float]] = {
    "constant": lambda _progress, _gamma: 1.0,
    # γ^⌊τ/T⌋
    "step": lambda progress, gamma: gamma ** math.floor(progress),
    # γ^(τ/T)
    "exponential": lambda progress, gamma: gamma**progress,
    # γ + (1−γ)·(1+cos πτ/T)/2 down to γ at T, and γ from then on; Loshchilov and Hutter 2017 without restarts
    "cosine": lambda progress, gamma: gamma + (1 - gamma) * (1 + math.cos(math.pi * min(progress, 1.0))) / 2,
}
"""(τ/T, γ) → factor, with τ steps of the run taken before this one, T schedule_steps and γ schedule_factor."""


def rate_factor(spec: Spec, step: int) -> float:
    """The factor of the learning rate at the step after t = `step` steps.

    Linear warm-up multiplies it by (τ+1)/warmup_steps, which is 1 from the last step of the warm-up on.
    """
    warmup = min(1.0, (step + 1) / spec.warmup_steps) if spec.warmup_steps else 1.0
    return warmup * SCHEDULES[spec.schedule](step / spec.schedule_steps, spec.schedule_factor)
