"""Planted bugs in random experiments: the check is red, or says that it cannot tell, wherever a bug changed a step."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest

from engine import Trainer
from engine.backends.bugs import BUGS, affects, by_hand_with, compatible_with, without_bug_state
from engine.checking.check import check
from engine.nn.network import Array, State
from engine.spec.choices import BugName, OptimizerName
from engine.spec.spec import Spec
from tests.random_specs import random_spec

SAME = 1e-6
"""Two steps in float64 are equal that differ by no more, in units of the largest entry of a tensor"""

OF_STEPS = sorted(set(BUGS) - {"stop_on_batches"})
"""Bugs that change a step; the other one changes when a run ends."""

Said = Counter[str]


def random_spec_with(bug: BugName, seed: int) -> Spec | None:
    """None where the experiment of this seed does not run the wrong line."""
    rules = BUGS[bug].optimizers or tuple(rule for rule in get_args(OptimizerName) if compatible_with(bug, rule))
    spec = random_spec(seed, rules[seed % len(rules)])
    return spec if affects(bug, spec) else None


def two_steps(trainer: Trainer, bug: BugName | None) -> list[dict[str, Array]]:
    """Gradients and updates of the next two steps by hand in float64, by tensor."""
    state = trainer.checkpoint().state
    state = in_float64(state if bug else without_bug_state(state))
    precision: type[np.floating[Any]] = np.float64
    inputs, targets = trainer.train_inputs.astype(precision), trainer.train_targets.astype(precision)
    hand = by_hand_with(bug)(trainer.spec, trainer.network, inputs, targets)
    hand.load(state)
    found = []
    for _ in range(2):
        found.append(trainer.network.views(hand.batch_pass().total_gradient))
        hand.advance(1)
        found.append(trainer.network.views(hand.state_now.updates.copy()))
    return found


def in_float64(state: State) -> State:
    return replace(
        state,
        parameters=state.parameters.astype(np.float64),
        optimizer_state={name: values.astype(np.float64) for name, values in state.optimizer_state.items()},
        updates=state.updates.astype(np.float64),
        buffers=state.buffers.astype(np.float64),
    )


def changes_a_step(trainer: Trainer, bug: BugName) -> bool:
    """Whether the next step or the one after it is another one without the bug."""
    pairs = zip(two_steps(trainer, bug), two_steps(trainer, None), strict=True)
    return any(
        np.abs(wrong[name] - right[name]).max() > SAME * np.abs(right[name]).max()
        for wrong, right in pairs
        for name in right
    )


def trial(bug: BugName, seeds: range) -> tuple[Said, list[str]]:
    """What the check said, and where it was green although the bug changed a step."""
    said, missed = Said(), []
    for seed in seeds:
        spec = random_spec_with(bug, seed)
        if spec is None:
            continue
        trainer = Trainer(spec, "by_hand")
        trainer.inject_bug(bug)
        trainer.advance(int(np.random.default_rng(seed).integers(0, 40)))
        state = trainer.checkpoint().state
        result = check(spec, trainer.network, state, trainer.train_inputs, trainer.train_targets, bug)
        if result is None:  # the step cannot be taken
            said["diverged"] += 1
            continue
        changed = changes_a_step(trainer, bug)
        said[result.state if changed else f"{result.state}, nothing changed"] += 1
        if changed and result.state == "green":
            missed.append(f"seed {seed}, {spec.optimizer}, step {state.step}")
    return said, missed


def assert_seen(bug: BugName, seeds: range, record: Callable[[str, object], None]) -> None:
    said, missed = trial(bug, seeds)
    changed = sum(said[state] for state in ("red", "silent", "green"))
    silent = f"{said['silent']} silent" + "".join(f", {n} {state}" for state, n in said.items() if "," in state)
    record("parity", (f"steps of random experiments with {bug}, {said['red']} red, {silent}", changed, 0.0))
    assert missed == []
    assert said["silent"] == 0
    assert said["red"] > 0
    assert said["red, nothing changed"] == 0, "red where no number is wrong"


@pytest.mark.parametrize("bug", OF_STEPS)
def test_a_bug_in_random_experiments_is_seen(bug: BugName, record_property: Callable[[str, object], None]) -> None:
    assert_seen(bug, range(12), record_property)


@pytest.mark.long
@pytest.mark.parametrize("bug", OF_STEPS)
def test_a_bug_in_many_random_experiments_is_seen(bug: BugName, record_property: Callable[[str, object], None]) -> None:
    assert_seen(bug, range(100, 250), record_property)
