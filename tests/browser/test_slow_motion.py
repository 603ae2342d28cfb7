"""Slow motion in Chromium: one step in phases, forth and back."""

from typing import Any

import pytest
from playwright.sync_api import expect

from engine import Spec, Trainer
from tests.browser.conftest import Opened, OpenPage

PHASES = [
    *("batch", "forward-0", "forward-1", "forward-2", "loss", "backward-2", "backward-1", "backward-0", "update"),
]


def at(opened: Opened, phase: str, step: int) -> None:
    expect(opened["phase"]).to_have_attribute("data-value", phase)
    expect(opened["steps"]).to_have_attribute("data-value", str(step))


def told(opened: Opened) -> dict[str, Any]:
    return next(message for message in reversed(opened.told) if message["type"] == "opened")


def forth(opened: Opened, step: int) -> None:
    """All phases of a step, the run standing before it."""
    for phase in PHASES:
        opened["phase-next"].click()
        at(opened, phase, step + (phase == "update"))


def test_a_step_in_phases_forth_and_back_and_its_update_is_the_one_applied(opened: Opened) -> None:
    trainer = Trainer(Spec(), backend="by_hand")
    forth(opened, 0)
    trainer.advance(1)
    assert opened.number("train-loss") == pytest.approx(trainer.evaluate()["train_loss"], rel=1e-7)
    forth(opened, 1)
    trainer.advance(1)
    end = opened.number("train-loss")
    assert end == pytest.approx(trainer.evaluate()["train_loss"], rel=1e-7)

    for phase in reversed(PHASES[:-1]):
        opened["phase-back"].click()
        at(opened, phase, 1)
    opened["phase-back"].click()  # the update of the step before
    at(opened, "update", 1)
    assert told(opened)["step"] == 1
    opened["phase-back"].click()
    at(opened, "backward-0", 0)
    opened["phase-next"].click()
    at(opened, "update", 1)
    forth(opened, 1)
    assert opened.number("train-loss") == end, "the same way again, bit for bit"


def shows(opened: Opened, line: str, value: float) -> None:
    """The inspector, of the step in slow motion."""
    expect(opened["inspector"]).to_have_attribute("data-step", str(told(opened)["step"]))
    expect(opened["inspector"]).to_contain_text("in slow motion")
    total = opened["inspector"].locator(f"[data-testid={line}] .result output")
    opened.until(lambda: float(total.get_attribute("data-value") or "nan") == value)


def bound(opened: Opened, name: str, layer: int) -> dict[str, list[float]]:
    values: dict[str, list[float]] = next(
        phase["bound"] for phase in told(opened)["phases"] if (phase["name"], phase["layer"]) == (name, layer)
    )
    return values


def test_the_inspector_explains_the_step_in_slow_motion(opened: Opened) -> None:
    for _ in range(3):
        opened["step"].click()
    at(opened, "", 3)
    opened["neuron-1-1"].click()
    expect(opened["inspector"]).to_contain_text("last completed")
    for phase in PHASES[:3]:
        opened["phase-next"].click()
        at(opened, phase, 3)
    shows(opened, "line-activation\\.tanh", bound(opened, "forward", 1)["a"][1])
    opened["phase-sample-next"].click()
    opened.until(lambda: told(opened)["sample"] == 1)
    shows(opened, "line-activation\\.tanh", bound(opened, "forward", 1)["a"][1])
    for phase in PHASES[3:7]:
        opened["phase-next"].click()
        at(opened, phase, 3)
    shows(opened, "line-delta", bound(opened, "backward", 1)["d_z"][1])
    opened["neuron-0-2"].click()
    shows(opened, "line-delta", bound(opened, "backward", 0)["d_z"][2])

    trainer = Trainer(Spec(), backend="by_hand")
    trainer.advance(3)
    before = trainer.parameters()["layers.0.weight"][2, 1]
    trainer.advance(1)
    moved = float(f"{trainer.parameters()['layers.0.weight'][2, 1] - before:.9g}")
    opened["weight-0-2-1"].click()
    shows(opened, "line-step", moved)
    for phase, step in (("backward-0", 3), ("update", 4)):
        opened["phase-next"].click()
        at(opened, phase, step)
        shows(opened, "line-step", moved)
    opened["phase-next"].click()
    at(opened, "batch", 4)
    expect(opened["inspector"]).to_have_attribute("data-step", "5")
    opened["phase-off"].click()
    expect(opened["inspector"]).to_contain_text("last completed")
    expect(opened["inspector"]).to_have_attribute("data-step", "4")


def test_a_number_set_after_the_update_opens_the_step_to_come(opened: Opened) -> None:
    forth(opened, 0)
    opened["weight-0-2-1"].click()
    expect(opened["inspector"]).to_contain_text("in slow motion")
    opened["edit-value"].fill("0.75")
    opened["edit-value"].press("Enter")
    at(opened, "batch", 1)
    expect(opened["inspector"]).to_have_attribute("data-step", "2")
    expect(opened["edit-value"]).to_have_value("0.75")


def test_arrow_keys_move_by_phases_while_it_is_on(opened: Opened) -> None:
    keys = opened.page.keyboard
    opened["phase-next"].click()
    at(opened, "batch", 0)
    expect(opened["phase-back"]).to_be_disabled()
    opened.page.locator("body").click(position={"x": 2, "y": 2})
    for phase in PHASES[1:4]:
        keys.press("ArrowRight")
        at(opened, phase, 0)
    keys.press("ArrowLeft")
    at(opened, "forward-1", 0)
    opened["phase-off"].click()
    at(opened, "", 0)
    keys.press("ArrowRight")
    expect(opened["steps"]).to_have_attribute("data-value", "1")
    at(opened, "", 1)


def test_it_goes_by_itself_at_a_pace_and_ends_when_training_goes_on(opened: Opened) -> None:
    opened["phase-next"].click()
    at(opened, "batch", 0)
    opened["phase-pace"].fill("5")
    opened.until(lambda: opened.number("steps") >= 1)
    opened["phase-pace"].fill("0")
    opened["play"].click()
    opened.until(lambda: opened.number("steps") > 50)
    expect(opened["phase"]).to_have_attribute("data-value", "")
    expect(opened["phase-pace"]).to_be_hidden()


def test_code_stands_beside_it_with_its_values_and_another_sample_has_others(opened: Opened) -> None:
    for _ in range(3):
        opened["phase-next"].click()
    at(opened, "forward-1", 0)
    opened["phase-code"].click()
    code = opened["code"]
    expect(code.locator("pre")).to_contain_text("def forward")
    expect(code.locator("dt").first).to_have_text("below")
    step = told(opened)
    bound = next(phase for phase in step["phases"] if (phase["name"], phase["layer"]) == ("forward", 1))["bound"]
    first = f"[{', '.join(f'{value:.4f}' for value in bound['z'])}]".replace("-", "−")
    expect(code.locator("dd").nth(1)).to_have_text(first)
    opened["phase-sample-next"].click()
    expect(opened["phase-sample"]).to_have_attribute("data-value", str(step["batch"][1]))
    expect(code.locator("dd").nth(1)).not_to_have_text(first)
    at(opened, "forward-1", 0)
    for kind, lines in (("numpy", ["z1 = a0 @ w1.T + b1", "a1 = np.tanh(z1)"]), ("torch", ["net(x)"])):
        opened[f"tab-{kind}"].click()
        marked = opened[f"program-{kind}"].locator(".current")
        expect(opened[f"program-{kind}"]).to_contain_text("A run of Backprop Playground")
        for line in lines:
            expect(marked.filter(has_text=line)).to_be_visible()
    opened["phase-next"].click()
    opened["phase-next"].click()
    expect(opened["program-torch"].locator(".current")).to_contain_text("loss = loss_function(outputs, y)")
    opened["tab-backend"].click()
    expect(code.locator("pre")).to_be_visible()


IN_FRONT = """([front, at]) => {
    const { left, top, width, height } = front.getBoundingClientRect();
    return front.contains(document.elementFromPoint(left + width / 2, top + height * at));
}"""


def test_what_is_opened_last_stands_in_front_and_no_line_is_cut(opened: Opened) -> None:
    forth(opened, 0)
    opened["phase-code"].click()
    pre = opened["code"].locator("pre")
    expect(pre).to_contain_text("def ")
    assert pre.evaluate("element => element.scrollWidth <= element.clientWidth")
    for testid in ("weight-0-2-1", "weight-0-2-1", "neuron-1-1"):
        opened[testid].click()
        expect(opened["code"]).to_be_hidden()
        expect(opened["phase-code"]).to_have_attribute("aria-pressed", "false")
        for in_front in ("inspector", "code"):
            place = opened[in_front]
            opened.until(lambda place=place: bool(place.evaluate(f"element => ({IN_FRONT})([element, .5])")))  # type: ignore[misc]
            if in_front == "inspector":
                opened["phase-code"].click()
    opened["code-close"].click()
    expect(opened["inspector"]).to_be_visible()


def test_a_planted_bug_stands_in_the_code_that_is_shown(opened: Opened) -> None:
    opened["checked"].click()
    opened["plant"].select_option("forgotten_slope")
    opened["checked"].click()
    for phase in PHASES[:6]:
        opened["phase-next"].click()
        at(opened, phase, 0)
    opened["phase-code"].click()
    planted = opened["code"].locator(".planted")
    expect(planted).to_have_count(1)
    expect(planted).to_contain_text("slope=lambda z, _a: np.ones_like(z)")
    expect(planted.locator("strong")).to_contain_text("slope forgotten")
    expect(opened["code"].locator("code")).to_have_count(2)


def test_formulas_are_of_the_layers_as_they_are(open_page: OpenPage) -> None:
    opened = open_page()
    formula = opened.page.locator(".slow-strip .formula")
    for _ in range(2):
        opened["phase-next"].click()
    at(opened, "forward-0", 0)
    expect(formula).not_to_contain_text("γ")
    opened["layer-0-menu"].click()
    opened["layer-0-batch-norm"].check()
    opened.page.keyboard.press("Escape")
    at(opened, "batch", 0)
    opened["phase-next"].click()
    expect(formula).to_contain_text("γ")


def test_a_rule_that_sends_nothing_back_has_its_own_phase_and_formula(open_page: OpenPage) -> None:
    opened = open_page("#hidden=&optimizer=evolution")
    for phase in ("batch", "forward-0", "loss", "gradient"):
        opened["phase-next"].click()
        at(opened, phase, 0)
    expect(opened["phase"]).to_have_text("Instead of backward")
    expect(opened.page.locator(".slow-strip .formula")).to_contain_text("2σ")


def test_a_step_taken_elsewhere_is_followed(opened: Opened) -> None:
    for _ in range(2):
        opened["phase-next"].click()
    at(opened, "forward-0", 0)
    opened.answered()
    opened["step"].click()
    at(opened, "batch", 1)
    opened.until(lambda: told(opened)["step"] == 2)


def test_an_update_that_is_refused_is_not_shown(opened: Opened) -> None:
    opened["phase-next"].click()
    at(opened, "batch", 0)
    opened["draw-points"].click()
    opened["draw-empty"].click()
    at(opened, "", 0)  # it was of other points
    for phase in PHASES[:-1]:
        opened["phase-next"].click()
        at(opened, phase, 0)
    opened["phase-next"].click()
    at(opened, "", 0)
    expect(opened["message"]).to_be_visible()
    assert "step" not in [command["type"] for command in opened.sent]
