"""The strip under the plane says what the network predicts at a place, to the last digit that is shown."""

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from engine import Spec, Trainer
from engine.evaluation.predictions import predictions_of
from tests.browser.conftest import Opened, OpenPage
from tests.browser.test_network_panel import box, configure

RECORD = """() => {
    const strip = document.querySelector('[data-testid=boundary-reading]');
    const steps = document.querySelector('[data-testid=steps]');
    window.readings = [];
    new MutationObserver(() => strip.dataset.step && window.readings.push(
      { text: strip.textContent, step: Number(strip.dataset.step), shown: Number(steps.dataset.value) },
    )).observe(strip, { childList: true });
}"""


def hover(opened: Opened, x1: float, x2: float) -> None:
    left, top, right, bottom = box(opened["boundary"])
    low, high = opened.state["kind"]["low"], opened.state["kind"]["high"]
    across, down = (x1 - low) / (high - low), (high - x2) / (high - low)
    opened.page.mouse.move(left + (right - left) * across, top + (bottom - top) * down)


def numbers(text: str) -> list[float]:
    """All of a reading: x₁, x₂ and what follows them."""
    return [float(number.replace("−", "-")) for number in re.findall(r"−?\d+(?:\.\d+)?(?= |$|[^\d.])", plain(text))]


def plain(text: str) -> str:
    return text.replace("x₁", "").replace("x₂", " ").replace("\u2007", " ")


def read(opened: Opened, words: str) -> list[float]:
    expect(opened["boundary-reading"]).to_contain_text(words)
    return numbers(opened["boundary-reading"].inner_text())


def twin_of(opened: Opened) -> Trainer:
    trainer = Trainer(Spec.model_validate(opened.spec), backend="by_hand")
    trainer.advance(opened.state["step"])
    return trainer


def trained(opened: Opened, steps: int, **fields: Any) -> Trainer:
    configure(opened, samples=50, **fields)  # few, so that a place is rarely a point's
    opened.play_to(steps)
    opened["play"].click()
    opened.paused()
    return twin_of(opened)


def place_of(opened: Opened, shown: list[float]) -> list[float]:
    """The point whose coordinates these are to two digits, or the place itself."""
    points = opened.state_points()["train"]
    near = [point[:2] for point in points if np.allclose(np.round(point[:2], 2), shown, atol=0.0051)]
    return near[0] if near else shown


def test_sums_are_the_networks_own(opened: Opened) -> None:
    opened["presets"].click()
    opened["preset-b2_sums"].click()
    opened.until(lambda: opened.spec["dataset"] == "arithmetic")
    opened.play_to(500)
    opened["play"].click()
    opened.paused()
    twin = twin_of(opened)
    for output in (0, 1):
        opened[f"output-{output}"].click()
        for place in ((7.0, 4.0), (-3.0, 8.5), (9.0, -9.0)):
            hover(opened, *place)
            opened.until(lambda place=place: abs(read(opened, "output")[0] - place[0]) < 0.2)  # type: ignore[misc]
            x1, x2, value, *_ = read(opened, "output")
            outputs = predictions_of(twin.spec, twin.predict([place_of(opened, [x1, x2])]))
            assert value == pytest.approx(float(outputs[0, output]), abs=0.00501)


def test_logits_of_a_spiral_are_the_networks_own(opened: Opened) -> None:
    twin = trained(opened, 500, dataset="spiral", loss="bce", optimizer="adam", learning_rate=0.03)
    largest = 0.0
    for place in ((-5.0, -5.0), (0.3, 0.2), (5.5, 1.0), (2.0, -4.0)):
        hover(opened, *place)
        opened.until(lambda place=place: abs(read(opened, "output")[0] - place[0]) < 0.2)  # type: ignore[misc]
        x1, x2, value, *more = read(opened, "output")
        logit = float(twin.predict([place_of(opened, [x1, x2])])[0, 0])
        largest = max(largest, abs(logit))
        assert value == pytest.approx(logit, abs=0.000501)
        if "p " in opened["boundary-reading"].inner_text():
            assert more[0] == pytest.approx(1 / (1 + np.exp(-logit)), abs=0.00501)
    assert largest > 1


def test_the_probability_of_a_winner_is_the_networks_own(opened: Opened) -> None:
    twin = trained(opened, 100, dataset="blobs", classes=5, loss="cross_entropy")
    for place in ((-5.0, -5.0), (0.3, 0.2), (5.5, 1.0)):
        hover(opened, *place)
        opened.until(lambda place=place: abs(read(opened, "%")[0] - place[0]) < 0.2)  # type: ignore[misc]
        x1, x2, percent = read(opened, "%")[:3]
        shares = predictions_of(twin.spec, twin.predict([place_of(opened, [x1, x2])]))
        assert percent == round(100 * float(shares.max()))


def test_the_value_of_a_neuron_is_its_own(opened: Opened) -> None:
    twin = trained(opened, 100)
    opened["neuron-0-1"].hover()
    left, top, right, bottom = box(opened["boundary"])
    place = {"clientX": left + 0.75 * (right - left), "clientY": top + 0.7 * (bottom - top)}
    opened["boundary"].dispatch_event("pointermove", place)  # of a second pointer, as on a touch screen
    expect(opened["boundary-reading"]).to_contain_text("value")
    x1, x2, value, *_ = read(opened, "value")
    assert value == pytest.approx(float(twin.layer_outputs([place_of(opened, [x1, x2])])[0][1, 0]), abs=0.000501)


def test_while_it_trains_the_number_belongs_to_the_frame_that_is_shown(open_page: OpenPage) -> None:
    opened = open_page()
    configure(opened, samples=50, dataset="spiral", loss="bce", learning_rate=0.01)
    opened.page.evaluate(RECORD)
    opened["play"].click()
    hover(opened, 1.0, 5.8)
    opened.until(lambda: opened.page.evaluate("new Set(window.readings.map(({ step }) => step)).size") >= 6)
    opened["play"].click()
    readings = opened.page.evaluate("window.readings")
    twin = Trainer(Spec.model_validate(opened.spec), backend="by_hand")
    for reading in readings:
        twin.advance(reading["step"] - twin.step)
        x1, x2, value, *_ = numbers(reading["text"])
        logit = float(twin.predict([place_of(opened, [x1, x2])])[0, 0])
        assert value == pytest.approx(logit, abs=0.000501)
    first = {reading["step"]: reading["shown"] for reading in reversed(readings)}
    assert all(step == shown for step, shown in first.items()), "told before its frame, or after it"
