"""What a rule makes in float32 of a gradient and of what it remembers, with a bound of the rounding of each entry."""

import math
from typing import Any, cast

import numpy as np

from engine.backends.by_hand import ByHand
from engine.checking.rounded import Doubles, Rounded
from engine.nn.network import Array
from engine.nn.optimizers import Muon, orthogonalised, rule_of
from engine.nn.random import stream
from engine.nn.schedules import rate_factor

TRIES = 6
"""Directions of Muon that are made anew, from momenta that are off by their rounding."""

ITERATED = 5e-6
"""Of Muon's direction, in units of its largest entry: what five iterations make of their own rounding."""


def step_by_hand(hand: ByHand, gradient: Array) -> tuple[Rounded, dict[str, Rounded]]:
    """New parameters and memory (count,) by the hand-written rule.

    hand: where the run stands; gradient: (count,), with penalties, clipped, as the rule is given it in float32.
    """
    state, spec = hand.state_now, hand.spec
    rate = spec.learning_rate * rate_factor(spec, state.step)
    t = state.optimizer_steps + 1
    parameters, grad = Rounded(_doubles(state.parameters)), Rounded(_doubles(gradient))
    memory = {name: Rounded(_doubles(values)) for name, values in state.optimizer_state.items()}
    if rate * spec.decay != 0:
        parameters = parameters * (1 - rate * spec.decay)
    rule: Any = hand.optimizer  # it knows nothing of Rounded, and works on them all the same
    if isinstance(hand.optimizer, Muon):
        return _step_of_muon(hand, parameters, grad, memory, rate, t)
    return cast("tuple[Rounded, dict[str, Rounded]]", rule.step(parameters, grad, memory, rate, t))


def _step_of_muon(
    hand: ByHand, parameters: Rounded, gradient: Rounded, memory: dict[str, Rounded], rate: float, t: int
) -> tuple[Rounded, dict[str, Rounded]]:
    """The entries of a matrix go into one another, time and again; what becomes of their rounding is tried out."""
    rule: Any = hand.optimizer
    new, moments = rule.others.step(parameters, gradient, {**memory, "v_max": memory["v"]}, rate, t)
    momentum, ahead = rule.look_ahead(memory["momentum"], gradient)
    random = stream(hand.spec.seed, f"rounding {hand.state_now.step}")
    by_muon = np.zeros(hand.network.count, dtype=np.bool_)
    for name, slots in hand.network.slices.items():
        if rule_of(hand.network, name) != "muon":
            continue
        by_muon[slots] = True
        rows, columns = hand.network.shapes[name]
        exact, error = ahead.value[slots].reshape(rows, columns), ahead.error[slots].reshape(rows, columns)
        direction = _doubles(orthogonalised(exact, rule.iterations))
        off = ITERATED * np.abs(direction).max()
        for _ in range(TRIES):
            tried = (exact + random.choice((-1, 1), exact.shape) * error).astype(np.float32)
            off = max(off, np.abs(orthogonalised(tried, rule.iterations) - direction).max())
        change = rate * math.sqrt(max(1, rows / columns)) * Rounded(direction.ravel(), np.full(rows * columns, off))
        moved = Rounded(parameters.value[slots], parameters.error[slots]) - change
        new.value[slots], new.error[slots] = moved.value, moved.error
    used = {"momentum": (momentum, by_muon), "m": (moments["m"], ~by_muon), "v": (moments["v"], ~by_muon)}
    return new, {
        name: Rounded(
            np.where(places, after.value, memory[name].value), np.where(places, after.error, memory[name].error)
        )
        for name, (after, places) in used.items()
    }


def _doubles(values: Array) -> Doubles:
    return values.astype(np.float64)
