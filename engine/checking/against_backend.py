"""One training step of the backend that trains, compared with the same step by hand, both in float32.

Two correct gradients differ by some roundings, and an optimizer may amplify them: Adam's first step goes by the sign of
an entry alone, and Newton–Schulz raises small values. So the tolerance comes from the hand-written optimizer: twice the
change of its parameters when gradient and optimizer state are changed by their rounding.
"""

import numpy as np

from engine.backends import make_backend
from engine.backends.by_hand import BatchPass, ByHand
from engine.checking.comparison import TINY, Comparison, absolute_differences, index_of
from engine.nn.activations import Floats
from engine.nn.network import Array, Network, State
from engine.nn.optimizers import rule_of
from engine.nn.random import stream
from engine.spec.choices import BackendName
from engine.spec.spec import Spec

TRIALS = 6
"""Gradients and optimizer states changed by their rounding: all entries up, all down, and signs drawn at random."""

STATE_ROUNDING = 3e-7
"""Of an optimizer's state, relative: five roundings of 6e-8, for the sum of two products."""

PARAMETER_ROUNDING = 1e-6
"""Of a new parameter, in units of its tensor's largest: ten roundings, for the decay, the update and their sum."""

MUON_ROUNDING = 5e-6
"""Of an update by Muon, relative: what five iterations make of their own rounding."""

LARGEST_TOLERANCE = 1e-4
"""In units of a tensor's largest entry: entries in which rounding may make more than this are not compared."""


def backend_step(
    backend: BackendName, spec: Spec, network: Network, state: State, inputs: Array, targets: Array
) -> Array:
    """The parameters (count,) after the step that comes after `state`, for the whole training set."""
    engine = make_backend(backend, spec, network, inputs, targets)
    engine.load(state)
    engine.advance(1)
    return engine.state().parameters


def compare_with_backend(hand: ByHand, batch_pass: BatchPass, rounding: Floats, theirs: Array) -> Comparison | None:
    """hand: in float32, before the step, and its pass of the batch; rounding: of its gradient, (count,); theirs: new
    parameters (count,). None where rounding may decide every entry."""
    network, before = hand.network, hand.state_now.parameters.astype(np.float64)
    ours = hand.compute_update(batch_pass.total_gradient).parameters.astype(np.float64)
    made = _effect_of_rounding(hand, batch_pass, rounding, ours)
    gaps = absolute_differences(ours, theirs.astype(np.float64))
    worst: Comparison | None = None
    for name, slots in network.slices.items():
        largest = float(np.maximum(np.abs(ours[slots]), np.abs(before[slots])).max()) + TINY
        allowed = PARAMETER_ROUNDING + 2 * made[slots] / largest
        excess = np.where(allowed <= LARGEST_TOLERANCE, gaps[slots] / largest / allowed, -1)
        excess[np.isinf(gaps[slots])] = np.inf
        place = int(np.argmax(excess))
        if excess[place] >= 0 and (worst is None or excess[place] > worst.difference / worst.tolerance):
            at = slots.start + place
            worst = Comparison(
                "engine",
                difference=float(gaps[at]) / largest,
                tolerance=min(float(allowed[place]), LARGEST_TOLERANCE),
                tensor=name,
                index=index_of(network, name, place),
                hand=float(ours[at]),
                other=float(theirs[at]),
            )
    return worst


def _effect_of_rounding(hand: ByHand, batch_pass: BatchPass, rounding: Floats, ours: Floats) -> Floats:
    """How far rounding of the gradient and of the optimizer's state may move the new parameters, (count,)."""
    state, network = hand.state_now, hand.network
    random = stream(hand.spec.seed, f"rounding {state.step}")
    optimizer_state, moved = state.optimizer_state, np.zeros(network.count)
    for trial in range(TRIALS):
        directions = [1 - 2 * trial] * network.count if trial < 2 else random.choice((-1, 1), network.count)
        state.optimizer_state = {
            name: values * (1 + STATE_ROUNDING * random.choice((-1, 1), network.count)).astype(np.float32)
            for name, values in optimizer_state.items()
        }
        perturbed = hand.compute_update(
            (batch_pass.total_gradient + np.array(directions) * rounding).astype(np.float32)
        ).parameters
        moved = np.maximum(moved, np.abs(perturbed - ours))
    state.optimizer_state = optimizer_state
    if hand.spec.optimizer == "muon":  # every entry of a matrix depends on every other
        for name, slots in network.slices.items():
            if rule_of(network, name) == "muon":
                moved[slots] = (
                    moved[slots].max() + MUON_ROUNDING * np.abs(ours - hand.state_now.parameters)[slots].max()
                )
    return moved
