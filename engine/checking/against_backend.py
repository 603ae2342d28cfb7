"""Trained: what the backend that trains makes of the parameters in one step, held against the same step by hand.

Both in float32. Two right gradients differ by some roundings, and a rule may make much of them: Adam's first step goes
by the sign of an entry alone, and Newton–Schulz lifts what is small. So the hand-written rule itself is asked what it
makes of a gradient and a memory that are off by their rounding; as far as that, twice over, the two may lie apart.
"""

import numpy as np

from engine.backends import make_backend
from engine.backends.by_hand import ByHand, Look
from engine.checking.compared import TINY, Compared, gaps_between, index_of
from engine.nn.activations import Floats
from engine.nn.network import Array, Network, State
from engine.nn.optimizers import rule_of
from engine.nn.random import stream
from engine.spec.choices import BackendName
from engine.spec.spec import Spec

TRIES = 6
"""Gradients and memories that are off by their rounding: all entries up, all down, and signs drawn at random."""

REMEMBERED = 3e-7
"""Of what a rule remembers: five roundings of 6e-8, for the sum of two products."""

NEW = 1e-6
"""Of a new parameter, in units of its tensor's largest: ten roundings, for the decay, the change and their sum."""

ITERATED = 5e-6
"""Of a change by Muon: what five iterations make of their own rounding."""

TOLD = 1e-4
"""In units of a tensor's largest entry: where the rule may make more than this of rounding, an entry says nothing."""


def engine_step(
    backend: BackendName, spec: Spec, network: Network, state: State, inputs: Array, targets: Array
) -> Array:
    """The parameters (count,) after the step that comes after `state`, for the whole training set."""
    engine = make_backend(backend, spec, network, inputs, targets)
    engine.load(state)
    engine.advance(1)
    return engine.state().parameters


def against_engine(hand: ByHand, look: Look, rounding: Floats, theirs: Array) -> Compared | None:
    """hand: where the run stands, in float32, and its look at the batch; rounding: of its gradient, (count,); theirs:
    new parameters (count,). None where no entry says anything."""
    network, before = hand.network, hand.state_now.parameters.astype(np.float64)
    ours = hand.move(look.whole).parameters.astype(np.float64)
    made = _made_of_rounding(hand, look, rounding, ours)
    gaps = gaps_between(ours, theirs.astype(np.float64))
    worst: Compared | None = None
    for name, slots in network.slices.items():
        largest = float(np.maximum(np.abs(ours[slots]), np.abs(before[slots])).max()) + TINY
        allowed = NEW + 2 * made[slots] / largest
        excess = np.where(allowed <= TOLD, gaps[slots] / largest / allowed, -1)
        excess[np.isinf(gaps[slots])] = np.inf
        place = int(np.argmax(excess))
        if excess[place] >= 0 and (worst is None or excess[place] > worst.difference / worst.tolerance):
            at = slots.start + place
            worst = Compared(
                "engine",
                difference=float(gaps[at]) / largest,
                tolerance=min(float(allowed[place]), TOLD),
                tensor=name,
                index=index_of(network, name, place),
                hand=float(ours[at]),
                other=float(theirs[at]),
            )
    return worst


def _made_of_rounding(hand: ByHand, look: Look, rounding: Floats, ours: Floats) -> Floats:
    """How far the new parameters (count,) move with what rounding may do to a gradient and to what is remembered."""
    state, network = hand.state_now, hand.network
    random = stream(hand.spec.seed, f"rounding {state.step}")
    memory, moved = state.memory, np.zeros(network.count)
    for trial in range(TRIES):
        ways = [1 - 2 * trial] * network.count if trial < 2 else random.choice((-1, 1), network.count)
        state.memory = {
            name: values * (1 + REMEMBERED * random.choice((-1, 1), network.count)).astype(np.float32)
            for name, values in memory.items()
        }
        off = hand.move((look.whole + np.array(ways) * rounding).astype(np.float32)).parameters
        moved = np.maximum(moved, np.abs(off - ours))
    state.memory = memory
    if hand.spec.optimizer == "muon":  # every entry of a matrix has a part in every other
        for name, slots in network.slices.items():
            if rule_of(network, name) == "muon":
                moved[slots] = moved[slots].max() + ITERATED * np.abs(ours - hand.state_now.parameters)[slots].max()
    return moved
