"""The sheet of all settings: each field of the Spec is set there; reasons, formulas, companions."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from engine.spec.choices import READS
from engine.spec.spec import Spec
from tests.browser.conftest import Opened, OpenPage

SCHEMA = Spec.model_json_schema()["properties"]
FIELDS = [name for name in SCHEMA if name not in ("own_points", "own_units", "own_names")]
FIRST = {
    **dict.fromkeys(("classes",), "dataset=moons"),
    "function": "dataset=function",
    "normalize": "dataset=digits",
    **dict.fromkeys(("random_inputs", "random_outputs"), "dataset=random"),
    "leaky_slope": "activation=leaky_relu",
    "elu_alpha": "activation=elu",
    **dict.fromkeys(("norm_momentum", "norm_epsilon"), "hidden=4:bn"),
    "init_std": "initializer=normal",
    "init_constant": "initializer=constant",
    "huber_delta": "loss=huber",
    "clip_limit": "clip=norm",
    **dict.fromkeys(("schedule_steps", "schedule_factor"), "schedule=cosine"),
    **{name: f"optimizer={optimizer}" for optimizer in reversed(READS) for name in READS[optimizer]},
}
"""What must be chosen before a setting means anything."""
IDLE = set(FIRST) - {name for names in READS.values() for name in names}
WITH_FORMULAS = ("optimizer", "activation", "loss", "initializer", "schedule", "clip", "reduction")


def inner(field: str) -> dict[str, Any]:
    """The schema of a field, null left out."""
    options = SCHEMA[field].get("anyOf", [SCHEMA[field]])
    return next(part for part in options if part.get("type") != "null")


def another(field: str, now: Any) -> Any:
    """A number the field admits, another than now."""
    schema = inner(field)
    least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    for value in (0.25, 3, 0.5, 12, 0.001, 0.95):
        fits = least < value <= schema.get("maximum", 1e9)
        if fits and value != now and not (schema["type"] == "integer" and value != int(value)):
            return value
    raise AssertionError(f"no value for {field}")


def set_field(opened: Opened, field: str) -> Any:
    """Sets it as a person does; gives what the Spec should say then."""
    control = opened[f"setting-{field}"]
    schema, now = inner(field), opened.spec[field]
    if field == "hidden":
        control.fill("3:relu:d0.2,3:bn:res")
        control.press("Enter")
        plain = {"activation": None, "dropout": 0, "batch_norm": False, "residual": False}
        return [
            {**plain, "width": 3, "activation": "relu", "dropout": 0.2},
            {**plain, "width": 3, "batch_norm": True, "residual": True},
        ]
    if field == "features":
        opened["setting-features-sin_x1"].click()
        return ["x1", "x2", "sin_x1"]
    if "enum" in schema:
        value = next(option for option in schema["enum"] if option not in (now, "own", "own_values"))
        control.select_option(value)
        return value
    if schema["type"] == "boolean":
        control.click()
        return not now
    value = another(field, now)
    control.fill(str(value))
    control.press("Enter")
    return value


def test_every_field_is_set_from_the_page_and_reaches_the_server(opened: Opened) -> None:
    page = opened.page
    opened["more"].click()
    for first in sorted({FIRST.get(field, "seed=3") for field in FIELDS}):
        page.evaluate("part => { location.hash = part; }", first)
        name, _, value = first.partition("=")
        wanted = [4] if name == "hidden" else value
        opened.until(
            lambda name=name, wanted=wanted: (
                (  # type: ignore[misc]
                    [layer["width"] for layer in opened.spec["hidden"]] if name == "hidden" else str(opened.spec[name])
                )
                == wanted
            )
        )
        for field in FIELDS:
            if FIRST.get(field, "seed=3") != first:
                continue
            assert opened.page.locator(f"[data-setting={field}] .hint").first.inner_text().strip()
            becomes = set_field(opened, field)
            opened.until(lambda field=field, becomes=becomes: opened.spec[field] == becomes)  # type: ignore[misc]
    assert not [said for said in opened.told if said["type"] == "error"]


def test_what_means_nothing_now_says_why(opened: Opened) -> None:
    opened["more"].click()
    rows = opened.page.locator(".setting.idle:visible")
    expect(rows).to_have_count(len(IDLE))
    told = rows.evaluate_all(
        """rows => rows.map((row) => [row.dataset.setting, row.querySelector('.reason').textContent,
          [...row.querySelectorAll('input, select, .button:not(.leads *)')].every((control) => control.disabled)])"""
    )
    assert {name for name, _, _ in told} == IDLE
    assert all(reason.endswith(".") and "{" not in reason and "reason." not in reason for _, reason, _ in told)
    assert all(disabled for _, _, disabled in told)

    opened["settings-search"].fill("beta2")
    row = opened.page.locator("[data-setting=beta2]")
    expect(row.get_by_test_id("reason")).to_have_text("Used by Adam, AdamW, Muon only; choose one of them.")
    expect(opened.page.locator(".setting:visible")).to_have_count(1)
    opened["settings-search"].fill("zebra")
    expect(opened["settings"].locator(".nothing")).to_be_visible()


def test_every_choice_has_its_formula(opened: Opened) -> None:
    opened["more"].click()
    for field in WITH_FORMULAS:
        row = opened.page.locator(f"[data-setting={field}]")
        expect(row.locator("figure:visible")).to_have_count(1)
        expect(row.locator("figure:visible")).to_have_attribute("data-option", str(SCHEMA[field]["default"]))
        opened[f"compare-{field}"].click()
        for option in SCHEMA[field]["enum"]:
            figure = row.get_by_test_id(f"formula-{option}")
            assert figure.locator("math").first.evaluate("math => math.getBoundingClientRect().width") > 20
            assert figure.locator(".hint").inner_text()
    curves = opened.page.locator("[data-setting=activation] .plot .slope")
    drawn = curves.evaluate_all("paths => paths.map((path) => path.getAttribute('d'))")
    assert len(set(drawn)) == len(SCHEMA["activation"]["enum"]), "each activation has a slope of its own"


def test_the_formula_of_a_knob_opens_beside_the_picture(open_page: OpenPage) -> None:
    opened = open_page()
    before = opened["network"].bounding_box()
    opened["formula-of-activation"].click()
    expect(opened["setting-activation"]).to_be_focused()
    expect(opened["formula-tanh"]).to_be_in_viewport()
    sheet, network, output = (opened[name].bounding_box() for name in ("settings", "network", "boundary"))
    assert before is not None
    assert sheet is not None
    assert network is not None
    assert output is not None
    assert sheet["x"] + sheet["width"] <= network["x"], "the network stays in view"
    assert network["x"] + network["width"] <= output["x"]
    opened.page.keyboard.press("Escape")
    expect(opened["settings"]).to_be_hidden()
    opened.until(lambda: opened["network"].bounding_box() == before)


@pytest.mark.parametrize(("width", "height"), [(800, 600), (390, 844)])
def test_the_sheet_on_a_small_screen(open_page: OpenPage, width: int, height: int) -> None:
    opened = open_page("?lang=zh", width=width, height=height)
    opened["more"].click()
    expect(opened["settings"]).to_be_visible()
    box = opened["settings"].bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    assert 0 <= box["y"] <= box["y"] + box["height"] <= height
    past = opened.page.evaluate(
        """() => [...document.querySelectorAll('#settings .setting > :not(.formula, .formulas)')]
          .filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0)
          .map((part) => part.textContent)"""
    )
    assert past == []
    opened["setting-seed"].scroll_into_view_if_needed()
    expect(opened["setting-seed"]).to_be_in_viewport()


def test_a_slider_an_absent_number_and_the_whole_set(opened: Opened) -> None:
    opened["more"].click()
    slider = opened["setting-learning_rate-slider"]
    slider.focus()
    slider.press("End")
    opened.until(lambda: opened.spec["learning_rate"] == 10)
    expect(opened["setting-learning_rate"]).to_have_value("10")
    for becomes in (10_000, None):
        opened["setting-stop_steps-absent"].click()
        opened.until(lambda becomes=becomes: opened.spec["stop_steps"] == becomes)  # type: ignore[misc]
    opened["setting-batch_size-absent"].click()
    opened.until(lambda: opened.spec["batch_size"] is None)
    expect(opened["batch-size"]).to_have_value("257")
    opened.page.keyboard.press("Escape")
    opened["batch-size"].fill("256")
    opened.until(lambda: opened.spec["batch_size"] == 256)
    opened["batch-size"].fill("257")
    opened.until(lambda: opened.spec["batch_size"] is None)


def test_a_learning_rate_of_ones_own_is_typed_in_its_place(opened: Opened) -> None:
    opened["learning-rate"].select_option("typed")
    typed = opened["learning-rate-typed"]
    expect(typed).to_be_focused()
    typed.fill("0.042")
    typed.press("Enter")
    opened.until(lambda: opened.spec["learning_rate"] == 0.042)
    expect(opened["learning-rate"]).to_have_value("0.042")
    opened["learning-rate"].select_option("typed")
    typed.fill("99")
    typed.press("Enter")
    expect(opened["learning-rate"]).to_have_value("0.042")


def test_the_perceptron_takes_its_network_along(opened: Opened) -> None:
    opened["dataset-and_gate"].click()
    opened.until(lambda: opened.spec["dataset"] == "and_gate")
    opened.sent.clear()
    opened["optimizer"].select_option("perceptron")
    opened.until(lambda: opened.spec["optimizer"] == "perceptron")
    configured = [said["spec"] for said in opened.sent if said["type"] == "configure"]
    assert configured == [{"optimizer": "perceptron", "hidden": [], "output_activation": "step", "batch_size": 1}]
    expect(opened["message"]).to_contain_text("Also changed: hidden layers, output activation, batch size.")
    expect(opened["activation"]).to_be_disabled()
    expect(opened["no-gradient"]).to_contain_text("The perceptron rule needs none")
    opened["add-layer"].click()
    expect(opened["no-gradient"]).to_be_hidden()
    opened.until(lambda: opened.spec["optimizer"] == "sgd" and opened.spec["output_activation"] is None)
    expect(opened["message"]).to_contain_text("now SGD")
    assert opened.spec["batch_size"] == 10


@pytest.mark.painted
def test_updates_that_need_no_gradient_are_drawn(open_page: OpenPage) -> None:
    opened = open_page("#dataset=xor_gate&optimizer=perceptron&hidden=&output_activation=step&loss=mse&batch_size=1")
    expect(opened["no-gradient"]).to_be_visible()
    opened["quantity"].select_option("update_ratio")
    opened["play"].click()
    expect(opened["no-gradient"]).to_be_hidden()
    expect(opened["gradient-chart"].locator(".scatterlayer .trace").first).to_be_visible()
    for name, empty in (("zeros", False), ("largest", True), ("norm", True)):
        opened["quantity"].select_option(name)
        expect(opened["no-gradient"]).to_be_visible(visible=empty)


def test_a_chart_of_zeros_says_why_it_is_empty_while_biases_learn(open_page: OpenPage) -> None:
    opened = open_page("#initializer=zeros&activation=relu")
    opened["epoch-step"].click()
    expect(opened["steps"]).not_to_have_attribute("data-value", "0")
    for quantity, words in (("norm", "only biases move"), ("spread", "0 in every layer (")):
        opened["quantity"].select_option(quantity)
        expect(opened["no-gradient"]).to_contain_text("0 cannot stand on a logarithmic scale")
        expect(opened["no-gradient"]).to_contain_text(words)


def test_another_rule_brings_back_what_the_perceptron_set_aside_and_so_does_undo(opened: Opened) -> None:
    opened["dataset-and_gate"].click()
    opened.until(lambda: opened.spec["dataset"] == "and_gate")
    before = opened.spec
    opened["optimizer"].select_option("perceptron")
    opened.until(lambda: opened.spec["optimizer"] == "perceptron")
    opened["message-undo"].click()
    opened.until(lambda: opened.spec == before)
    expect(opened["message"]).to_be_hidden()
    opened["redo"].click()
    opened.until(lambda: opened.spec["optimizer"] == "perceptron")
    opened["optimizer"].select_option("adam")
    opened.until(lambda: opened.spec == {**before, "optimizer": "adam"})
    expect(opened["message"]).to_contain_text(
        "before the perceptron rule: hidden layers, output activation, batch size"
    )


def test_a_batch_of_one_with_batch_norm_is_refused_in_words(open_page: OpenPage) -> None:
    opened = open_page("?lang=zh#hidden=4:bn")
    opened.until(lambda: opened.spec["hidden"][0]["batch_norm"] is True)
    opened.sent.clear()
    opened["batch-size"].fill("1")
    expect(opened["message"]).to_contain_text("批归一化")
    expect(opened["batch-size"]).to_have_value("10")
    assert not [said for said in opened.sent if said["type"] == "configure"]


def test_muon_tells_which_tensor_follows_which_rule(open_page: OpenPage) -> None:
    opened = open_page("#hidden=4,4&optimizer=muon")
    opened.until(lambda: opened.spec["optimizer"] == "muon")
    opened["formula-of-optimizer"].click()
    rules = opened["rules-optimizer"]
    expect(rules).to_contain_text(re.compile(r"layers\.1\.weight\s*Muon"))
    expect(rules).to_contain_text(re.compile(r"layers\.0\.weight\s*AdamW"))


def test_the_menu_of_a_layer(opened: Opened) -> None:
    opened["layer-1-menu"].click()
    opened["layer-1-width"].fill("4")
    opened["layer-1-width"].press("Enter")
    opened.until(lambda: opened.spec["hidden"][1]["width"] == 4)
    opened["layer-1-activation"].select_option("relu")
    opened["layer-1-dropout"].fill("0.2")
    opened["layer-1-dropout"].press("Enter")
    opened["layer-1-batch-norm"].click()
    opened["layer-1-residual"].click()
    layer = {"width": 4, "activation": "relu", "dropout": 0.2, "batch_norm": True, "residual": True}
    opened.until(lambda: opened.spec["hidden"][1] == layer)
    expect(opened["layer-1-menu"]).to_have_text("ReLU · BN · ⌀0.2 · +")
    opened["layer-1-width"].fill("40")
    opened["layer-1-width"].press("Enter")
    opened.until(lambda: opened.spec["hidden"][1] == {**layer, "width": 40, "residual": False})
    expect(opened["message"]).to_contain_text("now off in layer 2")
    expect(opened["layer-1-residual"]).to_be_disabled()
    expect(opened["layer-1-panel"].get_by_test_id("reason").last).to_contain_text("4 inputs to 40 outputs")
    opened["layer-1-delete"].click()
    opened.until(lambda: len(opened.spec["hidden"]) == 1)


def test_a_search_for_batch_norm_leads_to_the_switch(opened: Opened) -> None:
    opened["more"].click()
    opened.page.locator("#settings input[type=search]").fill("batch norm")
    row = opened.page.locator("[data-setting=norm_momentum]")
    expect(row.get_by_test_id("reason")).to_contain_text("in the menu above its neurons")
    row.get_by_role("button", name="Layer 2").click()
    opened["layer-1-batch-norm"].check()
    opened.until(lambda: [layer["batch_norm"] for layer in opened.spec["hidden"]] == [False, True])
    expect(row.get_by_test_id("reason")).to_be_hidden()
    expect(row.get_by_role("button", name="Layer 2")).to_be_hidden()
    expect(opened["layer-menus"]).to_be_visible()
