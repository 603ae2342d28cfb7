"""Faults planted into steps of the backend that trains are seen, and right steps are not called wrong.

The shares, and what is planted where, are told in engine/checking/README.md.
"""

import math
from fractions import Fraction

import pytest

from tests.engine.checking.planting import FAULTS, SYMMETRIC_STEPS, healthy, measure, symmetric

SEEN = {
    "one entry's update, 10 % too large": Fraction(95, 100),
    "one entry's update, 1 % too large": Fraction(95, 100),
    "one entry's update, 0.1 % too large": Fraction(70, 100),
    "whole update, 0.1 % too large": Fraction(95, 100),
    "loss 1 % too large": Fraction(95, 100),
}
"""What share of checks must see it; of all other faults, all. An entry that moves by a few units in its last place has
no per cent to be wrong by."""

CHECKS = 60
STEPS, SEEDS = 2500, 8
"""20,000 steps in all"""


def assert_seen(fault: str, checks: int, seed: int) -> None:
    said, missed = measure(fault, checks, seed)
    assert said["red"] >= math.ceil(SEEN.get(fault, 1) * checks), missed


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_seen(fault: str) -> None:
    assert_seen(fault, 3, seed=0)


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_seen_in_most_experiments(fault: str) -> None:
    assert_seen(fault, CHECKS, seed=0)


@pytest.mark.parametrize("step", SYMMETRIC_STEPS)
def test_a_step_made_of_rounding_is_compared_all_the_same(step: int) -> None:
    wrong = symmetric(step)
    assert wrong.state == "red"
    assert wrong.worst.reference == "engine_update"
    assert symmetric(step, times=1).state == "green"


def test_right_steps_are_not_called_wrong() -> None:
    said, nearest, wrong = healthy(100, seed=0)
    assert wrong == []
    assert set(nearest) >= {"engine_gradient", "engine_update", "engine_memory", "engine_statistics", "engine_counters"}
    assert said["engine_gradient silent"] < said["engine_gradient told"] / 10


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_no_right_step_of_many_is_called_wrong(seed: int) -> None:
    assert healthy(STEPS, seed)[2] == []
