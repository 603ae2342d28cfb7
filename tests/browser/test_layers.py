"""What is measured of each layer, on the page: its card, its curves and the sentence on a wall; in Chromium."""

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import FloatRect, Locator, expect

from app.training_worker.page_data.measurements import QUANTITIES
from engine import Layer, Spec, Trainer
from tests.browser.conftest import Opened, OpenPage
from tests.table import sampled

ALL = ("norm", *QUANTITIES)
STEPS = 25
MIXED = Spec().changed(hidden=(Layer(width=8), Layer(width=6, activation="relu"), Layer(width=5)), initializer="normal")
KILLED = ("layers.1.bias", (2,), -100.0)
"""A bias that leaves a ReLU dead."""
CLOSE = 1e-3
"""Two engines in float32 after 25 steps differ by 1e-5."""

ROWS = """root => [...root.querySelectorAll('dt, p, h3, .histogram')]
  .map(({ offsetTop, offsetHeight }) => [offsetTop, offsetHeight])"""
DRAWN = """box => (box.data ?? []).map(({ x, y, name }) => ({ x: [...x], y: [...y], name }))"""


def by_autograd() -> list[dict[str, Any]]:
    """Every quantity of every layer out of plain arrays: gradients from torch, activations by a pass written here."""
    trainer = Trainer(MIXED, backend="autograd")
    tensors = trainer.parameters()
    tensors[KILLED[0]][KILLED[1]] = KILLED[2]
    trainer.load_parameters(tensors)
    trainer.advance(STEPS - 1)
    before = trainer.parameters()
    trainer.advance(1)
    after, gradients = trainer.parameters(), trainer.gradients()
    values = trainer.train_inputs.astype(np.float64)
    layers: list[dict[str, Any]] = []
    for layer in range(4):
        name = f"layers.{layer}.weight"
        sizes = np.abs(gradients[name].astype(np.float64))
        z = values @ after[name].T + after[f"layers.{layer}.bias"]
        relu = layer == 1
        values = np.maximum(z, 0) if relu else np.tanh(z)
        dead = (values == 0).all(axis=0)
        layers.append(
            {
                "norm": np.sqrt((sizes**2).sum()),
                "mean": sizes.sum() / sizes.size,
                "largest": sizes.max(),
                "zeros": (sizes == 0).sum() / sizes.size,
                "update_ratio": np.sqrt(((after[name] - before[name]) ** 2).sum() / (after[name] ** 2).sum()),
                "saturated": None if relu else (np.abs(values) > 0.98).sum() / values.size,
                "dead_share": dead.sum() / len(dead) if relu else None,
                "spread": values.std(axis=0).mean(),
                "decades": np.floor(np.log10(np.maximum(sizes, 1e-30))).ravel(),
            }
        )
    return layers


def value_of(element: Locator) -> float | None:
    text = element.get_attribute("data-value")
    return float(text) if text else None


def health(opened: Opened, step: int) -> dict[str, Any]:
    """The newest word on a step."""

    def told() -> list[dict[str, Any]]:
        return [one for one in opened.told if one["type"] == "health" and one["step"] == step]

    opened.until(lambda: told() != [])
    return told()[-1]


def test_a_layers_card_shows_what_was_measured_and_what_torch_says_it_is(open_page: OpenPage) -> None:
    expected = by_autograd()
    for name in ALL:  # a wrong layer or a wrong quantity could not pass
        sizes = sorted({one[name] for one in expected if one[name]})  # a dead neuron takes as much of both its layers
        assert all(after > (1 + 3 * CLOSE) * before for before, after in pairwise(sizes)), name
    opened = open_page("#hidden=8,6:relu,5&initializer=normal")
    opened.until(lambda: opened.spec == MIXED.model_dump(mode="json"))
    opened["bias-1-2"].click()
    opened["edit-value"].fill(str(KILLED[2]))
    opened["edit-value"].press("Enter")
    opened.until(lambda: any(one["type"] == "edit" for one in opened.sent))
    opened["epoch-step"].click()
    expect(opened["steps"]).to_have_attribute("data-value", str(STEPS))
    layers = health(opened, STEPS)["layers"]
    for layer, numbers in enumerate(expected):
        entry = opened[f"gradient-layer-{layer}"]
        entry.focus()
        opened.page.keyboard.press("Enter")
        expect(opened["inspector"]).to_have_attribute("data-id", f"layer-{layer}")
        expect(opened["layer-health"]).to_have_attribute("data-step", str(STEPS))
        for name in ALL:
            shown = value_of(opened[f"health-{name}"])
            assert shown == layers[layer][name], (layer, name)
            wanted = numbers[name]
            assert shown == (None if wanted is None else pytest.approx(wanted, rel=CLOSE, abs=1e-9)), (layer, name)
        bars = [int(bar.get_attribute("data-value") or 0) for bar in opened.page.locator(".histogram i").all()]
        assert bars == layers[layer]["histogram"]
        decades = numbers["decades"]
        assert bars == [
            sum(int(low) for low in decades < -12),
            *(sum(int(d == p) for d in decades) for p in range(-12, 2)),
            0,
        ]
    opened.page.keyboard.press("Escape")
    expect(opened["layer-health"]).to_be_hidden()


def test_a_dead_relu_is_named_and_digits_move_nothing(open_page: OpenPage) -> None:
    opened = open_page("#hidden=6:relu,3")
    opened.until(lambda: len(opened.spec["hidden"]) == 2 and opened.spec["hidden"][0]["width"] == 6)
    opened["bias-0-4"].click()
    opened["edit-value"].fill("-50")
    opened["edit-value"].press("Enter")
    opened.until(lambda: any(one["type"] == "edit" for one in opened.sent))
    opened["gradient-layer-0"].click()
    dead = opened["health-dead_share"]
    opened.until(lambda: value_of(dead) == pytest.approx(1 / 6))
    expect(dead).to_have_text("16.7%")
    expect(opened["layer-health"].get_by_text(re.compile(r"neurons 5$"))).to_be_visible()
    expect(opened["layer-health"]).to_contain_text("no saturation", ignore_case=True)
    before = opened["layer-health"].evaluate(ROWS)
    kept = dead.element_handle()
    step = int(opened["layer-health"].get_attribute("data-step") or 0)
    opened["play"].click()
    opened.until(lambda: int(opened["layer-health"].get_attribute("data-step") or 0) > step + 300)
    assert kept.evaluate("element => element.isConnected")
    assert opened["layer-health"].evaluate(ROWS) == before


def curve(opened: Opened) -> list[dict[str, Any]]:
    drawn: list[dict[str, Any]] = opened["gradient-chart"].evaluate(DRAWN)
    return drawn


def ends_at(opened: Opened, name: str, told: dict[str, Any]) -> bool:
    """Whether the chart ends with what was told last, a line for each layer; nothing where a layer has none."""
    ends = [line["y"][-1] for line in curve(opened) if line["x"] and line["x"][-1] == told["step"]]
    wanted = [layer[name] for layer in told["layers"]]
    shown = [
        value if value is None or name in ("zeros", "saturated", "dead_share") else value or None for value in wanted
    ]
    return ends == [value if value is None else pytest.approx(value, rel=1e-3) for value in shown]


@pytest.mark.painted
def test_the_curves_of_every_quantity_outlive_a_reload_and_end_with_the_run(open_page: OpenPage) -> None:
    opened = open_page("#hidden=8,6:relu,5&initializer=normal")
    opened.until(lambda: opened.spec == MIXED.model_dump(mode="json"))
    opened["play"].click()
    opened.until(lambda: len({one["step"] for one in opened.told if one["type"] == "health"}) >= 4)
    opened["play"].click()
    opened.paused()
    told = health(opened, int(opened.number("steps")))
    for name in ALL:
        opened["quantity"].select_option(name)
        opened.until(lambda name=name: ends_at(opened, name, told))  # type: ignore[misc]
        kind = opened["gradient-chart"].evaluate("box => box.layout.yaxis.type")
        assert kind == ("linear" if name in ("zeros", "saturated", "dead_share") else "log")
    opened["quantity"].select_option("mean")
    opened.until(lambda: ends_at(opened, "mean", told))
    before = curve(opened)
    assert len(before[0]["x"]) >= 4
    opened.reload()
    opened["quantity"].select_option("mean")
    opened.until(lambda: ends_at(opened, "mean", told))
    opened.until(lambda: [line["x"] for line in curve(opened)] == [line["x"] for line in before])
    after = curve(opened)
    assert [line["y"] for line in after] == [pytest.approx(line["y"], rel=1e-3) for line in before]

    opened["timeline"].fill(str(before[0]["x"][2]))
    opened.until(lambda: opened.number("steps") < told["step"])
    here = int(opened.number("steps"))
    opened["gradient-layer-0"].click()
    expect(opened["layer-health"]).to_have_attribute("data-step", str(here))
    opened.until(lambda: opened["gradient-chart"].evaluate("box => box.layout.shapes?.[0]?.x0") == here)
    assert [line["x"] for line in curve(opened)] == [line["x"] for line in before], "what came later is still there"
    opened["branch"].click()
    kept = [step for step in before[0]["x"] if step <= here]
    opened.until(lambda: [line["x"] for line in curve(opened)] == [kept] * 4)
    opened["reset"].click()
    opened.until(lambda: [line["x"] for line in curve(opened)] == [[0]] * 4)


def box(opened: Opened, testid: str) -> FloatRect:
    found = opened[testid].bounding_box()
    assert found
    return found


def apart(one: FloatRect, other: FloatRect) -> bool:
    across = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
    return across or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]


SICK = "hidden=6,6,6,6,6,6&activation=sigmoid&learning_rate=0.1"
DIVERGING = "dataset=plane&activation=relu&hidden=8,8&learning_rate=10"
WHOLE = "element => element.scrollWidth <= element.clientWidth + 1 && element.scrollHeight <= element.clientHeight + 9"
"""A line is 22 px; letters of some scripts are a little higher than theirs."""


@pytest.mark.parametrize("language", sampled(["en", "zh"], ["zh"]))
def test_on_a_wall_the_sentence_is_large_and_covers_nothing(open_page: OpenPage, language: str) -> None:
    opened = open_page(f"?profile=projector&lang={language}#{SICK}")
    expect(opened["diagnosis"]).to_be_visible()
    for width, height in ((1366, 768), (1024, 768), (1920, 1080), (800, 600), (390, 844)):
        opened.resize(width, height)
        for shown in ("chart-loss", "chart-layers"):
            opened[shown].evaluate("button => button.offsetWidth && button.click()")
            opened.painted()
            assert opened["diagnosis"].evaluate("element => getComputedStyle(element).fontSize") == "20px"
            sentence = box(opened, "diagnosis")
            beside = ("quantity", "gradient-chart") if shown == "chart-layers" else ("loss-chart",)
            for place in ("network", "timeline", *beside):
                assert apart(sentence, box(opened, place)), (width, place)
            assert opened["diagnosis"].locator("[role=status]").evaluate(WHOLE), (width, shown, "cut off")
            assert sentence["x"] >= 0
            assert sentence["x"] + sentence["width"] <= width


def test_the_sentence_stays_while_branches_are_compared(open_page: OpenPage) -> None:
    opened = open_page(f"#{SICK}")
    opened["epoch-step"].click()
    opened.until(lambda: opened.number("steps") > 0)
    opened["branch"].click()
    opened["beside"].click()
    expect(opened["beside-1"]).to_be_visible()
    for width, height in ((1366, 768), (1024, 768), (800, 600), (390, 844)):
        opened.resize(width, height)
        expect(opened["diagnosis"]).to_be_visible()
        sentence = box(opened, "diagnosis")
        for place in ("beside-close", "beside-0", "beside-1", "timeline", "loss-chart"):
            assert apart(sentence, box(opened, place)), (width, place)
        title = opened["beside-panel"].locator(".title").bounding_box()
        assert title
        assert apart(sentence, title), width


BOXES = "elements => elements.map((element) => element.getBoundingClientRect().toJSON())"


@pytest.mark.parametrize(
    ("set_up", "code", "first", "places"),
    [(SICK, "vanishing", "gradient-layer-0", 2), (DIVERGING, "rate_too_high", "learning-rate", 1)],
)
def test_where_it_is_is_ringed_in_whole_and_in_view(
    open_page: OpenPage, set_up: str, code: str, first: str, places: int
) -> None:
    opened = open_page(f"#{set_up}")
    if set_up == DIVERGING:
        opened["epoch-step"].click()
        opened["message-close"].click()
    expect(opened["diagnosis"]).to_have_attribute("data-code", code)
    for width, height in ((1366, 768), (1024, 768), (800, 600), (390, 844)):
        opened.resize(width, height)
        opened["diagnosis-where"].click()
        ring, *others = opened.page.locator("body > .pointed").evaluate_all(BOXES)
        assert len(others) == places - 1
        place = box(opened, first)
        assert ring["x"] >= 0
        assert ring["y"] >= 0
        assert ring["x"] + ring["width"] <= width
        assert ring["y"] + ring["height"] <= height
        assert ring["x"] <= place["x"] - 2
        assert ring["x"] + ring["width"] >= place["x"] + place["width"] + 2
        assert ring["y"] <= place["y"] - 2
        assert ring["y"] + ring["height"] >= place["y"] + place["height"] + 2
