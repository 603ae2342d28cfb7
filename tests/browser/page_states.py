"""The states a page can be in, how a person comes into each from the one before, and how it is left."""

from dataclasses import dataclass

from playwright.sync_api import expect

from tests.browser.conftest import Opened


@dataclass(frozen=True)
class PageState:
    """enter, leave: data-testids to click, or keys to press; "controls" opens the projector's, and
    chart-NAME is clicked where there is room for one chart alone. sign: a selector of what is shown in this state."""

    enter: tuple[str, ...]
    sign: str
    leave: tuple[str, ...] = ()


STATES: dict[str, PageState] = {
    "start": PageState((), "[data-testid=play]"),
    "curvature": PageState(
        ("chart-layers", "tab-curvature"), ".curvature-tab [data-step]", ("tab-layers", "chart-loss")
    ),
    "neuron": PageState(("neuron-0-0",), "#inspector[data-kind=neuron]"),
    "layer": PageState(("gradient-layer-0",), "[data-testid=layer-health]"),
    "loss": PageState(("train-loss",), "#inspector[data-kind=loss]", ("Escape",)),
    "slow motion": PageState(("slow-motion", "phase-next"), "#slow-strip"),
    "code": PageState(("phase-code",), "#slow-code", ("phase-off",)),
    "numbers": PageState(("numbers",), "[data-testid=numbers][aria-pressed=true]", ("numbers",)),
    "compare": PageState(("race",), "#comparison", ("race-close",)),
    "branches": PageState(("step", "branch", "beside"), ".comparing .beside", ("beside",)),
    "full screen": PageState(("fullscreen-network",), "#network.filled", ("fullscreen-network",)),
    "all numbers": PageState(("all-scores",), "#scores", ("Escape",)),
    "checks": PageState(("checked",), "#checks", ("Escape",)),
    "help": PageState(("controls", "help"), "#help", ("Escape",)),
    "menu of a layer": PageState(("controls", "layer-0-menu"), "#layer-0-panel", ("Escape",)),
    "settings": PageState(("controls", "more"), "#settings", ("Escape",)),
    "save": PageState(("controls", "save"), "#save-menu", ("Escape",)),
    "kept": PageState(("controls", "save", "kept"), "#kept-sheet", ("Escape",)),
    "glossary": PageState(("controls", "help", "glossary"), "#glossary-dialog", ("Escape",)),
    "studies": PageState(("controls", "studies"), "#studies", ("Escape",)),
    "drawing": PageState(("controls", "draw-points"), "#own-points", ("draw-points",)),
    "gallery": PageState(("controls", "presets"), "#gallery", ("Escape",)),
    "list": PageState(("controls", "presets", "list"), "#list-dialog", ("Escape",)),
    "caption and results": PageState(("controls", "presets", "preset-d2_xor"), "#caption"),
    "breakage": PageState(("controls", "presets", "break-vanishing"), "#broken"),
    "digits": PageState(("controls", "presets", "preset-d5_digits"), "#pad"),
    "message": PageState(("controls", "share"), "#message", ("Escape",)),
}
"""A new panel joins them."""


def press(opened: Opened, steps: tuple[str, ...]) -> None:
    for step in steps:
        if step == "controls":
            opened.open_controls()
        elif step.startswith("chart-"):
            show_chart(opened, step)
        elif step[0].isupper():
            opened.page.keyboard.press(step)
        else:
            opened[step].click()


def show_chart(opened: Opened, step: str) -> None:
    expect(opened["tab-curvature"].or_(opened["chart-layers"]).filter(visible=True).first).to_be_visible()
    if opened[step].is_visible():
        opened[step].click()


def enter(opened: Opened, state: PageState) -> None:
    press(opened, state.enter)
    expect(opened.page.locator(state.sign)).to_be_visible()
    opened.loaded()


def leave(opened: Opened, state: PageState) -> None:
    press(opened, state.leave)
    if state.leave and state.sign != "#message":  # which stays a while
        expect(opened.page.locator(state.sign)).to_be_hidden()
