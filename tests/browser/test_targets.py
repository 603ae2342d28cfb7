"""On a phone no target is too small for a finger, as targets.py has it. test_accessibility.py measures the desk and the
projector."""

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.page_states import STATES, enter, leave
from tests.browser.targets import small_targets
from tests.table import sampled

ON_A_PHONE = ("start", "slow motion", "neuron", "branches", "settings", "drawing", "all numbers", "gallery")


@pytest.mark.painted
@pytest.mark.parametrize("view", sampled(["", "?profile=projector&lang=zh"], [""]))
def test_targets_on_a_phone_are_large_or_apart(open_page: OpenPage, view: str) -> None:
    opened = open_page(f"{view}#hidden=8,8,8", 390, 844)
    found = {}
    for name in ON_A_PHONE:
        enter(opened, STATES[name])
        found[name] = small_targets(opened)
        leave(opened, STATES[name])
    assert {name: of_state for name, of_state in found.items() if of_state} == {}
