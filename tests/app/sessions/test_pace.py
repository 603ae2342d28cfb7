"""Pace, meter and allowance, told the time instead of waiting for it."""

import random

import pytest

from app.sessions.pace import CATCH_UP, FIRST_GUESS, GROWTH, Allowance, Meter, Pace


@pytest.mark.parametrize("rate", [1, 7, 30, 750, 2000])
def test_steps_per_second_are_kept_on_average_whatever_the_rhythm(rate: int) -> None:
    pace, clock, jitter = Pace(rate), 100.0, random.Random(1)
    pace.measured(100_000, 0.1)
    for _ in range(20):
        pace.measured(100_000, 0.1)
    pace.start(clock)
    taken, end = 0, clock + 60
    while clock < end:
        clock += jitter.uniform(0.01, 0.06)
        taken += pace.due(clock, 0.025)
    assert taken == pytest.approx(60 * rate, rel=0.005, abs=1)


def test_a_stall_is_made_up_for_only_in_part() -> None:
    pace = Pace(1000)
    for _ in range(20):
        pace.measured(100_000, 0.1)
    pace.start(0.0)
    assert pace.due(60.0, 0.025) == 1 + 1000 * CATCH_UP


def test_no_slice_is_longer_than_allowed_once_the_network_is_known() -> None:
    pace = Pace(1_000_000)
    pace.start(0.0)
    assert pace.due(1.0, 0.025) == FIRST_GUESS * 0.025
    pace.measured(50, 0.05)
    assert pace.due(2.0, 0.025) == 25
    pace.measured(1, 10.0)
    assert pace.due(3.0, 0.025) == 1  # however slow, it goes on


def test_few_steps_of_those_that_fit_are_little() -> None:
    pace = Pace(750)
    pace.measured(100, 0.025)
    assert pace.is_little(25, 0.025)
    assert not pace.is_little(26, 0.025)
    pace.unknown()
    assert not pace.is_little(int(FIRST_GUESS * 0.025), 0.025)


def test_as_fast_as_possible_grows_to_what_the_machine_can() -> None:
    pace, slices = Pace(None), []
    for tick in range(12):
        slices.append(pace.due(tick / 30, 0.025))
        pace.measured(slices[-1], slices[-1] / 400_000)
    assert slices[1] == GROWTH * slices[0]
    assert slices[-1] == 10_000


def test_the_meter_forgets_what_is_past() -> None:
    meter = Meter()
    meter.start(0.0)
    for tick in range(1, 300):
        meter.add(tick / 30, 25 if tick < 150 else 5)
    assert meter.rate() == pytest.approx(150)


@pytest.mark.parametrize("speed", [1, 3, 10, 750])
def test_the_meter_shows_the_very_speed_that_the_pace_keeps(speed: float) -> None:
    pace, meter = Pace(speed), Meter()
    pace.start(0.0)
    meter.start(0.0)
    for tick in range(1, 30 * 20):
        if steps := pace.due(tick / 30, 1.0):
            meter.add(tick / 30, steps)
    assert meter.rate() == pytest.approx(speed, rel=1 / 30)  # a step may fall on the one tick or on the next


def test_an_allowance_lets_a_burst_through_and_then_its_rate() -> None:
    allowance = Allowance(per_second=10, burst=20, now=0.0)
    assert sum(allowance.spend(0.0) for _ in range(50)) == 20
    assert sum(allowance.spend(1.0) for _ in range(50)) == 10
    assert sum(allowance.spend(100.0) for _ in range(50)) == 20
