"""The inspector in Chromium: what it shows adds up, is the engine's, leads on, can be set by hand and used by keys."""

import random
from math import fsum, prod
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from engine import Spec, Trainer
from engine.explaining.explain import explain
from engine.explaining.terms import Subject
from engine.explaining.traced_step import TracedStep
from tests.browser.conftest import Opened, OpenPage
from tests.table import sampled

ROUNDING = 2e-6
"""Of a sum, in units of the sizes of its terms: some twenty roundings of float32."""
CLICKS = 10
STEPS = 7


def value_of(element: Locator) -> float:
    return float(element.get_attribute("data-value") or "nan")


def shown(opened: Opened) -> list[dict[str, Any]]:
    """Every line of the sheet as numbers, in one look at the page, in the order of the arithmetic."""
    lines: list[dict[str, Any]] = opened["inspector"].evaluate(
        """root => [...root.querySelectorAll('.line')].sort((a, b) => a.dataset.place - b.dataset.place).map((line) => {
          const main = line.dataset.testid === 'main-line';
          const of = (id) => [...line.querySelectorAll(`[data-testid=${id}]`)].map((e) => Number(e.dataset.value));
          const [terms, total] = main ? ['term', 'total'] : ['line-term', 'line-total'];
          return {name: line.dataset.testid, op: line.dataset.op, main, terms: of(terms), total: of(total)[0]};
        })"""
    )
    return lines


def is_open(opened: Opened, identity: str, step: int) -> None:
    sheet = opened["inspector"]
    expect(sheet).to_have_attribute("data-id", identity)
    expect(sheet).to_have_attribute("data-step", str(step))
    expect(sheet.locator(".lines")).not_to_have_class("lines waiting")


def before_last(spec: Spec, step: int) -> TracedStep:
    trainer = Trainer(spec, backend="by_hand")
    trainer.advance(step - 1)
    return TracedStep.of(spec, trainer.network, trainer.checkpoint().state, trainer.train_inputs, trainer.train_targets)


def subject_of(identity: str) -> Subject:
    """neuron-0-2 → Subject"""
    kind, *rest = identity.split("-")
    numbers = [int(number) for number in rest]
    if kind in ("loss", "point"):
        return Subject(kind, index=numbers[0] if numbers else 0)  # type: ignore[arg-type]
    layer, index, source = [*numbers, 0, 0, 0][:3]
    return Subject(kind, layer, index, source)  # type: ignore[arg-type]


def assert_adds_up_to_the_engines(opened: Opened, step: TracedStep) -> None:
    identity = opened["inspector"].get_attribute("data-id") or ""
    sample = int(opened["sample"].get_attribute("data-value") or 0)
    place = step.batch.tolist().index(sample) if sample in step.batch else 0
    expected = explain(step, subject_of(identity), place)
    lines = shown(opened)
    assert [line["op"] for line in lines] == [line.op for line in expected], identity
    assert [line["main"] for line in lines].count(True) == 1
    for line, engines in zip(lines, expected, strict=True):
        assert line["total"] == pytest.approx(engines.total, rel=1e-6, abs=1e-9), (identity, line)
        found = fsum(line["terms"]) if line["op"] == "sum" else prod(line["terms"])
        if line["op"] == "value":
            continue
        unit = fsum(map(abs, line["terms"])) if line["op"] == "sum" else abs(found)
        slack = 2e-7 if engines.name == "step" else 1e-9  # a change is known to no more than the rounding of w
        assert abs(found - line["total"]) <= ROUNDING * unit + slack, (identity, line)


def clickable(random_: random.Random) -> list[str]:
    weights = [f"weight-0-{o}-{i}" for o in range(4) for i in range(2)]
    weights += [f"weight-1-{o}-{i}" for o in range(2) for i in range(4)] + ["weight-2-0-0", "weight-2-0-1"]
    neurons = [f"neuron-{layer}-{i}" for layer, width in enumerate((4, 2, 1)) for i in range(width)]
    biases = [name.replace("neuron", "bias") for name in neurons]
    others = ["gradient-layer-0", "gradient-layer-1", "gradient-layer-2", "train-loss"]
    return [random_.choice(kind) for kind in (weights, neurons, biases, others, weights + neurons + biases)] * 2


@pytest.mark.parametrize("optimizer", sampled(["sgd", "adam", "rmsprop"], ["adam"]))
def test_ten_clicks_add_up_to_the_engines_numbers_and_lead_on(open_page: OpenPage, optimizer: str) -> None:
    chance = random.Random(optimizer)
    opened = open_page()
    opened["optimizer"].select_option(optimizer)
    opened.until(lambda: opened.spec["optimizer"] == optimizer)
    for _ in range(STEPS):
        opened["step"].click()
    expect(opened["steps"]).to_have_attribute("data-value", str(STEPS))
    step = before_last(Spec().changed(optimizer=optimizer), STEPS)
    for number, testid in enumerate(clickable(chance)[:CLICKS]):
        opened[testid].click()
        layer = testid.removeprefix("gradient-")
        is_open(opened, "loss" if testid == "train-loss" else layer, STEPS)
        assert_adds_up_to_the_engines(opened, step)
        onward = opened.page.locator("[data-testid=inspector] button.term")
        if number % 2 or not onward.count():
            continue
        before = opened["inspector"].get_attribute("data-id")
        onward.nth(chance.randrange(onward.count())).click()
        expect(opened["inspector"]).not_to_have_attribute("data-id", before or "")
        is_open(opened, opened["inspector"].get_attribute("data-id") or "", STEPS)
        assert_adds_up_to_the_engines(opened, step)
        opened["inspector-back"].click()
        expect(opened["inspector"]).to_have_attribute("data-id", before or "")


def test_with_numbers_on_the_drawing_both_tell_of_the_step_to_come(opened: Opened) -> None:
    opened["step"].click()
    opened["neuron-0-1"].click()
    is_open(opened, "neuron-0-1", 1)
    opened["numbers"].click()
    is_open(opened, "neuron-0-1", 2)
    expect(opened["inspector"]).to_contain_text("next step, with the numbers on the drawing")
    opened.until(lambda: any(message["type"] == "opened" for message in opened.told))
    drawn = next(message for message in reversed(opened.told) if message["type"] == "opened")
    forward = next(phase for phase in drawn["phases"] if phase["name"] == "forward" and phase["layer"] == 0)
    (h,) = (line["total"] for line in shown(opened) if line["name"] == "line-activation.tanh")
    assert h == pytest.approx(forward["bound"]["h"][1], rel=1e-6)
    opened["step"].click()
    is_open(opened, "neuron-0-1", 3)
    opened["numbers"].click()
    is_open(opened, "neuron-0-1", 2)


def explained(opened: Opened) -> int:
    return sum(message["type"] == "explanation" for message in opened.told)


def test_what_is_shown_is_of_the_step_that_led_to_the_picture(opened: Opened) -> None:
    opened["weight-1-0-3"].click()
    is_open(opened, "weight-1-0-3", 1)
    expect(opened["inspector"]).to_contain_text("next step")
    opened["play"].click()
    opened.until(lambda: opened.number("steps") > 200)
    kept = opened["total"].element_handle()
    further = explained(opened) + 3
    opened.until(lambda: explained(opened) >= further)
    opened.painted()
    assert kept.evaluate("element => element.isConnected"), "only digits change while it trains"
    opened["play"].click()
    expect(opened["play"]).to_have_attribute("aria-pressed", "false")
    opened.paused()
    step = int(opened.number("steps"))
    is_open(opened, "weight-1-0-3", step)
    expect(opened["inspector"]).to_contain_text("last completed")
    assert_adds_up_to_the_engines(opened, before_last(Spec(), step))


def test_the_loss_of_pictures_tells_how_many_are_learned_from(open_page: OpenPage) -> None:
    opened = open_page("#dataset=digits&samples=200&loss=cross_entropy&hidden=4")
    opened.until(lambda: opened.spec["dataset"] == "digits")
    opened["step"].click()
    opened["train-loss"].click()
    expect(opened["which-loss"]).to_contain_text("of all 100 training points after step 1")


def test_the_loss_of_the_batch_says_what_the_loss_in_the_top_row_is(opened: Opened) -> None:
    for _ in range(3):
        opened["step"].click()
    expect(opened["steps"]).to_have_attribute("data-value", "3")
    opened["train-loss"].click()
    is_open(opened, "loss", 3)
    own, all_points = float(opened["total"].get_attribute("data-value") or "nan"), opened.number("train-loss")
    trainer = Trainer(Spec(), backend="by_hand")
    count = len(opened.state_points()["train"])
    trainer.advance(3)
    assert trainer.evaluate()["train_loss"] == pytest.approx(all_points, rel=1e-7)
    said = opened["which-loss"]
    expect(said).to_have_text(
        f"{own:.3f} is of the 10 points in the batch of step 3, before its update. "
        f"{all_points:.3f} in the top row is of all {count} training points after step 3."
    )
    opened["neuron-0-1"].click()
    expect(said).to_be_hidden()


def test_a_point_has_a_part_in_its_batch_and_none_in_another(opened: Opened) -> None:
    opened["step"].click()
    expect(opened["steps"]).to_have_attribute("data-value", "1")
    step = before_last(Spec(), 1)
    points = opened.state_points()["train"]
    inside, outside = int(step.batch[3]), next(i for i in range(len(points)) if alone(points, i, step.batch.tolist()))
    click_point(opened, points[outside])
    is_open(opened, f"point-{outside}", 1)
    expect(opened["inspector"]).to_contain_text("not in the batch")
    opened.page.locator(".others button", has_text=str(inside + 1)).first.click()
    is_open(opened, f"point-{inside}", 1)
    assert_adds_up_to_the_engines(opened, step)
    opened.page.locator("button.term").first.click()
    is_open(opened, "neuron-2-0", 1)
    expect(opened["sample"]).to_have_attribute("data-value", str(inside))
    opened["sample-next"].click()
    expect(opened["sample"]).to_have_attribute("data-value", str(step.batch[4]))
    assert_adds_up_to_the_engines(opened, step)


def alone(points: list[list[float]], i: int, batch: list[int]) -> bool:
    """Outside the batch, and no other point where a click on it would land."""
    distances = np.hypot(*(np.array(points)[:, :2] - points[i][:2]).T)
    return i not in batch and int((distances < 0.5).sum()) == 1


def click_point(opened: Opened, point: list[float]) -> None:
    box = opened["boundary"].bounding_box()
    assert box
    x, y = (point[0] + 6) / 12, 1 - (point[1] + 6) / 12
    opened["boundary"].click(position={"x": x * box["width"], "y": y * box["height"]})


def test_a_weight_set_by_hand_is_the_engines(opened: Opened) -> None:
    opened["step"].click()
    opened["weight-1-1-2"].click()
    is_open(opened, "weight-1-1-2", 1)
    opened["edit-value"].fill("−1,25")
    opened["edit-value"].press("Enter")
    is_open(opened, "weight-1-1-2", 2)
    expect(opened["inspector"]).to_contain_text("next step")
    expect(opened["edit-value"]).to_have_value("-1.25")
    trainer = Trainer(Spec(), backend="by_hand")
    trainer.advance(1)
    parameters = trainer.parameters()
    parameters["layers.1.weight"][1, 2] = -1.25
    trainer.load_parameters(parameters)
    opened.until(lambda: opened.number("train-loss") == pytest.approx(trainer.evaluate()["train_loss"], rel=1e-7))
    opened["step"].click()
    trainer.advance(1)
    opened.until(lambda: opened.number("train-loss") == pytest.approx(trainer.evaluate()["train_loss"], rel=1e-7))
    opened["undo"].click()
    expect(opened["steps"]).to_have_attribute("data-value", "1")
    opened.until(lambda: float(opened["edit-value"].input_value()) != -1.25)


def test_a_bias_and_the_rate_are_set_while_it_trains(opened: Opened) -> None:
    opened["play"].click()
    opened["bias-0-1"].click()
    expect(opened["inspector"]).to_have_attribute("data-kind", "bias")
    opened["edit-value"].fill("2.5")
    opened["edit-value"].press("Enter")
    opened.until(lambda: {"type": "edit", "tensor": "layers.0.bias", "index": [1], "value": 2.5} in opened.sent)
    expect(opened["undo"]).to_be_enabled()
    expect(opened["play"]).to_have_attribute("aria-pressed", "true")
    opened["edit-rate"].fill("0.007")
    opened["edit-rate"].press("Enter")
    opened.until(lambda: opened.spec["learning_rate"] == 0.007)
    for typed, bounds in (("1e9", "From −1,000,000 to 1,000,000"), ("-1e9", "From −1,000,000 to 1,000,000")):
        opened["edit-value"].fill(typed)
        opened["edit-value"].press("Enter")
        expect(opened["inspector"]).to_contain_text(bounds)
    opened["edit-rate"].fill("11")
    opened["edit-rate"].press("Enter")
    expect(opened["inspector"]).to_contain_text("Above 0, up to 10")
    opened["edit-value"].fill("much")
    opened["edit-value"].press("Enter")
    expect(opened["inspector"]).to_contain_text("A number is needed here")
    opened["edit-value"].press("Escape")
    expect(opened["inspector"]).to_be_visible()


def test_with_keys_alone(opened: Opened) -> None:
    page = opened.page
    opened["step"].click()
    expect(opened["steps"]).to_have_attribute("data-value", "1")
    opened["neuron-1-0"].focus()
    page.keyboard.press("ArrowLeft")
    expect(opened["bias-1-0"]).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(opened["weight-1-0-3"]).to_be_focused()
    page.keyboard.press("Enter")
    is_open(opened, "weight-1-0-3", 1)
    opened.until(lambda: page.evaluate("document.activeElement.closest('[data-testid=inspector]') !== null"))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[data-testid=inspector]') !== null")
    page.keyboard.press("Escape")
    expect(opened["inspector"]).to_be_hidden()
    expect(opened["weight-1-0-3"]).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(opened["neuron-0-3"]).to_be_focused()
    assert opened.number("steps") == 1, "no arrow took a step"


def test_a_number_that_is_gone_closes_it_and_a_new_run_is_asked_again(opened: Opened) -> None:
    opened["neuron-1-1"].click()
    is_open(opened, "neuron-1-1", 1)
    opened["regenerate"].evaluate("button => button.click()")
    opened["step"].click()
    expect(opened["steps"]).to_have_attribute("data-value", "1")
    expect(opened["inspector"]).to_contain_text("last completed")
    opened["remove-layer"].click()
    expect(opened["inspector"]).to_be_hidden()


def test_network_and_boundary_stay_in_sight(opened: Opened) -> None:
    opened["neuron-1-0"].click()
    is_open(opened, "neuron-1-0", 1)
    for width, height in ((1366, 768), (1024, 768), (800, 600), (390, 844)):
        opened.resize(width, height)
        opened.until(lambda wide=width: opened.page.evaluate("document.documentElement.scrollWidth") <= wide)  # type: ignore[misc]
        sheet, boundary, network = (opened[name].bounding_box() for name in ("inspector", "boundary", "network"))
        assert sheet
        assert boundary
        assert network
        assert sheet["x"] >= 0
        assert sheet["x"] + sheet["width"] <= width
        assert sheet["y"] + sheet["height"] <= height + 1
        if width >= 1000:
            assert sheet["x"] + sheet["width"] <= network["x"]
            assert boundary["x"] + boundary["width"] <= width
        opened["boundary"].scroll_into_view_if_needed()
        opened["term"].first.scroll_into_view_if_needed()
        assert opened["term"].count() == 5


def test_the_rule_stands_before_what_leads_to_it(opened: Opened) -> None:
    opened["numbers"].click()
    opened["step"].click()
    opened["weight-0-0-0"].click()
    expect(opened["inspector"].locator(".group").first).to_have_attribute("data-group", "update")
    groups = opened["inspector"].locator(".group").evaluate_all("all => all.map((group) => group.dataset.group)")
    assert groups.count("update") == 1
    assert len(groups) > 1
