"""The check chip, bugs planted under it, the sentence that says what is wrong, and runs broken and mended."""

import os
import re
import signal
import sys
from typing import Any, get_args

import pytest
from playwright.sync_api import Page, expect

from engine.backends.bugs import BUGS
from engine.diagnosis.failures import FAILURES
from engine.spec.choices import ActivationName, LossName, OptimizerName
from tests.app.running import running_server
from tests.browser.conftest import PATIENCE, Opened, OpenPage, OpenTab
from tests.table import sampled


def colour(page: Page, selector: str, part: str = "color") -> str:
    shown: str = page.eval_on_selector(selector, f"element => getComputedStyle(element).{part}")
    return shown


def test_the_light_is_always_there_and_green(opened: Opened) -> None:
    light = opened["checked"]
    expect(light).to_have_attribute("data-state", "green")
    assert 0 < opened.number("checked") < 1e-5
    expect(light).to_have_text(re.compile(r"^Gradients verified \(([2-9]·)?10⁻[⁴-⁹]\)$"))
    assert colour(opened.page, "#checked") == "rgb(23, 114, 74)"
    expect(light).to_have_attribute("title", re.compile(r"^Step 1: gradients and update agree to within (\d·)?10⁻"))
    for width in (1366, 1340, 1339, 1024, 1000, 800, 390):
        opened.resize(width, 768)
        assert light.locator("span").evaluate("words => words.scrollWidth <= words.clientWidth"), width
    opened.resize(1366, 768)
    light.click()
    expect(opened["checks"]).to_be_visible()
    expect(opened["compared-differences"]).to_have_attribute("data-value", re.compile(r"e-\d+$"))
    by_hand, autograd, differences = (
        opened.number(f"gradient-by-{way}") for way in ("hand", "autograd", "differences")
    )
    assert by_hand == pytest.approx(autograd, rel=1e-6)
    assert by_hand == pytest.approx(differences, rel=1e-4, abs=1e-7)
    box = opened["checks"].bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1366
    assert box["y"] + box["height"] <= 768


def test_of_a_rule_without_a_gradient_it_says_what_is_checked_and_what_not(open_page: OpenPage) -> None:
    opened = open_page("#optimizer=evolution")
    expect(opened["checked"]).to_have_attribute("data-state", "green")
    expect(opened["checked"]).to_have_attribute("title", re.compile("sends no gradient back, so none is checked"))
    opened["checked"].click()
    expect(opened["checked-kinks"]).to_contain_text("Evolution tries copies")


def test_a_click_checks_now(opened: Opened) -> None:
    expect(opened["checked"]).to_have_attribute("data-state", "green")
    opened["step"].click()
    opened["checked"].click()
    opened.until(lambda: any(one["type"] == "checked" and one["step"] == 1 for one in opened.told))


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_check_whose_process_dies_says_so_and_a_click_checks_again(open_tab: OpenTab) -> None:
    with running_server(limits__process_seconds=str(PATIENCE)) as server:
        opened = open_tab(f"http://127.0.0.1:{server.port}/", 1366, 768)
        opened.until(lambda: bool(server.children()))
        os.kill(server.children()[0], signal.SIGKILL)  # while it loads torch
        light = opened["checked"]
        expect(light).to_have_attribute("data-state", "failed")
        expect(light).to_have_text("Not verified")
        expect(light).to_have_attribute("title", re.compile("^Step 1 could not be checked: the process .* has ended"))
        opened["play"].click()
        opened.until(lambda: opened.number("steps") > 100)
        opened["checks"].evaluate("panel => panel.showPopover()")
        expect(opened["checked-verdict"]).to_contain_text("the process that compares has ended")
        opened["checks"].evaluate("panel => panel.hidePopover()")
        light.click()
        opened.until(lambda: light.get_attribute("data-state") == "green")
        expect(opened["checked-verdict"]).to_contain_text("agrees with everything")


def of_the_second_step(told: dict[str, Any]) -> bool:
    return (told["type"], told.get("step")) == ("checked", 1)


@pytest.mark.parametrize(
    "optimizer", sampled([name for name in get_args(OptimizerName) if name != "perceptron"], ["muon"])
)
def test_healthy_set_ups_keep_it_green(opened: Opened, optimizer: str) -> None:
    """Every rule with every activation and every loss, and over all rules every activation with every loss."""
    opened["optimizer"].select_option(optimizer)
    for number, activation in enumerate(get_args(ActivationName)):
        loss = get_args(LossName)[(number + len(optimizer)) % len(get_args(LossName))]
        opened["activation"].select_option(activation)
        opened["loss"].select_option(loss)
        wanted = {"optimizer": optimizer, "activation": activation, "loss": loss}
        opened.until(lambda wanted=wanted: wanted.items() <= opened.spec.items())  # type: ignore[misc]
        before = len(opened.told)
        opened["step"].click()
        opened["checked"].evaluate("light => light.click()")  # not by the mouse: the panel it opens lies over the knobs
        opened.until(lambda before=before: any(map(of_the_second_step, opened.told[before:])))  # type: ignore[misc]
        expect(opened["checked"]).to_have_attribute("data-state", "green")


@pytest.mark.parametrize("bug", sampled(BUGS, ["adam_uncorrected", "dropout_one_way"]))
def test_each_bug_turns_it_red_and_its_end_green(open_page: OpenPage, bug: str) -> None:
    opened = open_page("#stop_change=0" if bug == "stop_on_batches" else "")
    if bug in ("norm_constant", "dropout_one_way"):
        opened["layer-0-menu"].click()
        opened["layer-0-batch-norm"].check() if bug == "norm_constant" else opened["layer-0-dropout"].fill("0.3")
        if bug == "dropout_one_way":
            opened["layer-0-dropout"].press("Enter")
        opened.page.keyboard.press("Escape")
    opened["step"].click()
    opened["checked"].click()
    opened["plant"].select_option(bug)
    expect(opened["checked"]).to_have_attribute("data-state", "red")
    assert opened.number("checked") > 1e-3
    expect(opened["checked-verdict"]).to_contain_text("is wrong")
    expect(opened.page.locator(".checks tr.wrong").first).to_be_attached()
    opened["plant"].select_option("")
    expect(opened["checked"]).to_have_attribute("data-state", "green")


def test_a_bug_that_has_no_place_is_refused_and_the_choice_goes_back(opened: Opened) -> None:
    opened["checked"].click()
    opened["plant"].select_option("norm_constant")
    expect(opened["message"]).to_contain_text("has no place in this network")
    expect(opened["plant"]).to_have_value("")


def test_healthy_runs_are_left_in_peace(opened: Opened) -> None:
    opened.play_to(500)
    opened.until(lambda: any(one["type"] == "health" and one["step"] > 300 for one in opened.told))
    expect(opened["diagnosis"]).to_be_hidden()


@pytest.mark.parametrize("name", sampled(["symmetric", "vanishing", "dead_relu"], ["vanishing"]))
def test_a_run_is_broken_diagnosed_and_mended(opened: Opened, name: str) -> None:
    failure = next(one for one in FAILURES if one.finding == name)
    opened["presets"].click()
    opened[f"break-{name}"].click()
    expect(opened["broken"]).to_be_visible()
    expect(opened["diagnosis"]).to_be_visible()
    expect(opened["diagnosis"]).to_have_attribute("data-code", name)
    opened["diagnosis-where"].click()
    expect(opened.page.locator(".pointed").first).to_be_visible()
    opened["repair"].click()
    expect(opened["diagnosis"]).to_be_hidden()
    expect(opened["repair"]).to_be_hidden()
    opened.until(lambda: all(opened.spec[field] == value for field, value in failure.fix.items()))
    opened["broken"].locator(".close").click()
    expect(opened["broken"]).to_be_hidden()


def test_the_list_has_all_eight_failures(opened: Opened) -> None:
    opened["presets"].click()
    for one in FAILURES:
        expect(opened[f"break-{one.finding}"]).to_be_visible()


@pytest.mark.parametrize(
    ("bug", "place", "line"),
    sampled(
        [
            ("gradient_not_cleared", "weight-0-1-0", "main-line"),
            ("forgotten_slope", "neuron-0-1", "line-delta"),
            ("transposed_weight", "neuron-0-1", "line-sent_back"),
            ("adam_uncorrected", "weight-0-1-0", "line-step"),
        ],
        [("transposed_weight", "neuron-0-1", "line-sent_back"), ("adam_uncorrected", "weight-0-1-0", "line-step")],
    ),
)
def test_the_inspector_shows_where_the_bug_sits(opened: Opened, bug: str, place: str, line: str) -> None:
    opened["checked"].click()
    opened["plant"].select_option(bug)
    opened["checked"].click()
    expect(opened["checks"]).to_be_hidden()
    opened["step"].click()
    opened["step"].click()
    opened[place].click()
    wrong = opened["inspector"].locator(".line.wrong")
    expect(wrong).to_have_count(1)
    expect(wrong).to_have_attribute("data-testid", line)


def test_what_could_not_be_compared_is_shown_in_grey_and_not_in_green(open_page: OpenPage) -> None:
    """A hidden step whose z is 3x − 3x, which rounding may make more than 0."""
    opened = open_page()
    spec = {"dataset": "own_values", "own_points": [[1, 1, 1]], "hidden": [1], "activation": "step", "batch_size": 1}
    edits = [("layers.0.weight", [0, 0], 3), ("layers.0.weight", [0, 1], -3), ("layers.0.bias", [0], 0)]
    opened.page.evaluate(
        """async (commands) => {
             const socket = new WebSocket(`ws://${location.host}/ws?session=${sessionStorage.getItem('session')}`);
             await new Promise((resolve) => (socket.onopen = resolve));
             for (const command of commands) socket.send(JSON.stringify(command));
           }""",
        [
            {"type": "configure", "spec": spec},
            *({"type": "edit", "tensor": tensor, "index": index, "value": value} for tensor, index, value in edits),
            {"type": "check"},
        ],
    )
    light = opened["checked"]
    expect(light).to_have_attribute("data-state", "silent")
    expect(light).to_have_text("Partly verified")
    assert colour(opened.page, "#checked") != "rgb(23, 114, 74)"
    light.click()
    expect(opened["silent-engine_gradient"]).to_contain_text("a step function is at its threshold")
    expect(opened["compared-engine_update"]).to_contain_text("✓")
