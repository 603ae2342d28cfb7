"""Keys stand for the buttons of the top row, and leave fields their own."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opened, OpenPage


def commands(opened: Opened) -> list[str]:
    return [command["type"] for command in opened.sent if command["type"] not in ("drawn", "focus", "history", "watch")]


def test_each_key_once(opened: Opened) -> None:
    for playing in ("true", "false"):
        opened.page.keyboard.press("Space")
        expect(opened["play"]).to_have_attribute("aria-pressed", playing)
    for key in ("ArrowRight", "e", "R"):
        opened.page.keyboard.press(key)
    opened.until(lambda: commands(opened) == ["play", "pause", "step", "epoch", "reset"])


def test_help(opened: Opened) -> None:
    opened.page.keyboard.press("?")
    expect(opened["help-dialog"]).to_be_visible()
    expect(opened["help-dialog"]).to_contain_text("one mini-batch")
    opened.page.keyboard.press("Space")  # closes, as the close button has the focus; plays nothing
    expect(opened["help-dialog"]).to_be_hidden()
    assert commands(opened) == []


def test_keys_of_one_character_are_switched_off_on_this_device_and_on_again(opened: Opened) -> None:
    keys = opened.page.keyboard
    keys.press("?")
    opened["letter-keys"].uncheck()
    opened.reload()
    for key in ("p", "?"):
        keys.press(key)
    opened.loaded()
    expect(opened["projector"]).to_have_attribute("aria-pressed", "false")
    expect(opened["help-dialog"]).to_be_hidden()
    opened["help"].click()
    expect(opened["letter-keys"]).not_to_be_checked()
    opened["letter-keys"].check()
    keys.press("Escape")
    expect(opened["help-dialog"]).to_be_hidden()
    keys.press("p")
    expect(opened["projector"]).to_have_attribute("aria-pressed", "true")


def test_what_the_address_hides_has_no_key(open_page: OpenPage) -> None:
    opened = open_page("?hide=presets,reset")
    for key in ("g", "r", "e"):
        opened.page.keyboard.press(key)
    opened.until(lambda: commands(opened) == ["epoch"])
    expect(opened["gallery"]).to_be_hidden()


def test_space_on_the_focused_play_button_toggles_once(opened: Opened) -> None:
    opened["play"].focus()
    opened.page.keyboard.press("Space")
    expect(opened["play"]).to_have_attribute("aria-pressed", "true")
    opened.answered()
    assert commands(opened) == ["play"]


@pytest.mark.parametrize(("testid", "key"), [("noise", "ArrowRight"), ("optimizer", "e"), ("setting-seed", "e")])
def test_a_field_keeps_its_keys(opened: Opened, testid: str, key: str) -> None:
    if testid.startswith("setting"):
        opened["more"].click()
    opened[testid].focus()
    opened.page.keyboard.press(key)
    opened.answered()
    assert {"step", "epoch"} & set(commands(opened)) == set()


def test_space_plays_after_a_slider_was_used(opened: Opened) -> None:
    opened["noise"].focus()
    opened.page.keyboard.press("Space")
    opened.until(lambda: commands(opened) == ["play"])


def test_space_plays_after_the_mouse_has_pressed_another_button(opened: Opened) -> None:
    opened["links-gradient"].click()
    opened.page.keyboard.press("Space")
    opened.until(lambda: commands(opened) == ["play"])
    expect(opened["play"]).to_have_attribute("aria-pressed", "true")
    opened["links-weight"].focus()  # by key, it is the button's own
    opened.page.keyboard.press("Space")
    expect(opened["links-weight"]).to_have_attribute("aria-pressed", "true")
    opened.answered()
    assert commands(opened) == ["play"]


@pytest.mark.parametrize("by_mouse", [True, False])
def test_space_plays_after_a_preset_is_chosen(opened: Opened, by_mouse: bool) -> None:
    opened["presets"].click()
    if by_mouse:
        opened["preset-clouds"].click()
    else:
        opened["preset-clouds"].focus()
        opened.page.keyboard.press("Enter")
    expect(opened["gallery"]).to_be_hidden()
    opened.until(lambda: opened.spec["dataset"] == "gauss")
    opened.page.keyboard.press("Space")
    expect(opened["play"]).to_have_attribute("aria-pressed", "true")
    expect(opened["gallery"]).to_be_hidden()


def test_with_control_or_alt_a_key_is_the_browsers(opened: Opened) -> None:
    for key in ("Control+e", "Alt+r"):
        opened.page.keyboard.press(key)
    opened.answered()
    assert commands(opened) == []


@pytest.mark.painted
def test_every_control_is_reached_by_tab_or_among_the_data_sets_by_arrows_named_and_has_a_ring(opened: Opened) -> None:
    seen: set[str] = set()
    unnamed: list[str] = []
    testid = ""
    for _ in range(120):
        is_data_set = testid.startswith("dataset-") and testid != "dataset-own_values"
        opened.page.keyboard.press("ArrowRight" if is_data_set else "Tab")
        found = opened.page.evaluate(
            """() => {
              const { activeElement: element } = document;
              if (element === document.body) return null;
              const label = element.labels?.[0]?.textContent ?? '';
              const name = element.getAttribute('aria-label') || label.trim() || element.textContent.trim();
              return [element.dataset.testid ?? '', name, getComputedStyle(element).outlineStyle];
            }"""
        )
        if found is None:
            break
        testid, name, outline = found
        if not name or outline == "none":
            unnamed.append(f"{testid}: {name!r}, ring {outline}")
        seen.add(testid)
    assert unnamed == []
    assert seen >= {
        *("play", "step", "epoch-step", "reset", "speed", "language", "theme", "projector", "help", "more", "share"),
        *("optimizer", "learning-rate", "activation", "loss", "regularization", "initializer"),
        *("dataset-circle", "dataset-multi_gauss", "noise", "train-fraction", "batch-size", "regenerate"),
    }
