"""Numbers on the drawing in Chromium: what is really written on its canvas, and that every weight can be reached."""

import json
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from engine import Spec, Trainer
from tests.browser.conftest import Opened, OpenPage
from tests.table import sampled

FLOOR = 11
"""px of the font at a desk; on a phone, too."""

RECORD = """() => {
  window.written = [];
  const { clearRect, fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...args) {
    if (this.canvas.matches?.('.figures')) window.written = [];
    return clearRect.apply(this, args);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    if (this.canvas.matches?.('.figures')) {
      const ink = this.measureText(text);
      const [left, top] = [x - ink.actualBoundingBoxLeft, y - ink.actualBoundingBoxAscent];
      const [right, bottom] = [x + ink.actualBoundingBoxRight, y + ink.actualBoundingBoxDescent];
      window.written.push({ text, size: parseFloat(this.font), box: [left, top, right, bottom] });
    }
    return fillText.call(this, text, x, y);
  };
}"""
"""What is written on the canvas of numbers since it was last cleared, with the ink's own box."""


def open_with_numbers(open_page: OpenPage, width: int = 1366, height: int = 768) -> Opened:
    opened = open_page("#hidden=8,8,8", width, height)
    opened.page.evaluate(RECORD)
    opened["numbers"].click()
    return opened


def written(opened: Opened) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = opened.page.evaluate("window.written")
    return result


def figure(value: float) -> str:
    text = f"{abs(value):.2f}"
    return text if value > 0 or not float(text) else f"−{text}"


def overlaps(opened: Opened) -> list[tuple[str, str]]:
    """Which of the numbers lie on each other."""

    def apart(a: list[float], b: list[float]) -> bool:
        return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]

    pairs = combinations(written(opened), 2)
    return [(one["text"], other["text"]) for one, other in pairs if not apart(one["box"], other["box"])]


@pytest.mark.parametrize(
    ("width", "height"), sampled([(1366, 768), (1024, 768), (390, 844)], [(1366, 768), (390, 844)])
)
def test_every_number_of_three_layers_of_eight_is_legible_and_the_engines(
    open_page: OpenPage, width: int, height: int
) -> None:
    opened = open_with_numbers(open_page, width, height)
    tensors = Trainer(Spec(hidden=(8, 8, 8)), backend="by_hand").parameters()
    weights = sorted(figure(float(value)) for values in tensors.values() for value in np.ravel(values))
    assert len(weights) == 8 * 2 + 8 * 8 + 8 * 8 + 8 + 25
    neurons = 2 + 8 + 8 + 8 + 1
    opened.until(lambda: len(written(opened)) == len(weights) + neurons)  # the chosen sample's, too
    shown = [number["text"] for number in written(opened)]
    assert sorted(shown[: len(weights)]) == weights
    assert min(number["size"] for number in written(opened)) >= FLOOR
    assert overlaps(opened) == []
    if width == 1366:
        stage = "document.querySelector('.stage').scrollWidth - document.querySelector('.stage').clientWidth"
        assert opened.page.evaluate(stage) == 0, "nothing to scroll to"
    opened["links-gradient"].click()
    opened.until(lambda: any("·10" in number["text"] for number in written(opened)))
    assert overlaps(opened) == []


@pytest.mark.parametrize("numbers", [True, False], ids=["with numbers", "in slow motion"])
def test_a_small_activation_is_told_by_its_power_of_ten(open_page: OpenPage, numbers: bool) -> None:
    opened = open_page("#hidden=2")
    opened.page.evaluate(RECORD)
    opened.page.evaluate(
        """async (edits) => {
             const socket = new WebSocket(`ws://${location.host}/ws?session=${sessionStorage.getItem('session')}`);
             await new Promise((resolve) => (socket.onopen = resolve));
             for (const edit of edits) socket.send(edit);
           }""",
        [
            json.dumps({"type": "edit", "tensor": f"layers.{layer}.{name}", "index": index, "value": value})
            for layer, name, index, value in (
                (0, "weight", [0, 0], 0), (0, "weight", [0, 1], 0), (0, "bias", [0], 0.0042),
                (0, "weight", [1, 0], 0), (0, "weight", [1, 1], 0), (0, "bias", [1], 0.0031),
                (1, "weight", [0, 0], 0), (1, "weight", [0, 1], 0), (1, "bias", [0], -0.0057),
            )
        ],
    )  # fmt: skip
    opened.until(lambda: any(told["type"] == "timeline" and told["undo"] == 9 for told in opened.told))
    if numbers:
        opened["numbers"].click()
        expected = {"4.20", "3.10", "·10⁻³", "−0.0057", "z = −0.0057"}  # the only output needs no unit for itself
    else:
        for _ in range(3):  # the batch, and both layers
            opened["phase-next"].click()
        expected = {"0.0042", "0.0031", "−0.0057"}
    opened.until(lambda: expected <= {each["text"] for each in written(opened)})


def test_a_number_opens_its_arithmetic(open_page: OpenPage) -> None:
    opened = open_with_numbers(open_page)
    opened.until(lambda: bool(written(opened)))
    number = opened["weight-1-3-2"]
    number.wait_for()
    opened.answered()
    place = number.bounding_box()
    canvas = opened.page.locator("canvas.figures").bounding_box()
    assert place
    assert canvas
    middle = (place["x"] - canvas["x"] + place["width"] / 2, place["y"] - canvas["y"] + place["height"] / 2)
    [under] = [
        one["text"]
        for one in written(opened)
        if one["box"][0] <= middle[0] <= one["box"][2] and one["box"][1] <= middle[1] <= one["box"][3]
    ]
    weight = Trainer(Spec(hidden=(8, 8, 8)), backend="by_hand").parameters()["layers.1.weight"][3, 2]
    assert under == figure(weight)
    number.click()
    expect(opened["inspector"]).to_have_attribute("data-id", "weight-1-3-2")
    opened["numbers"].click()
    expect(opened.page.locator("canvas.figures")).to_be_hidden()


def test_every_weight_of_a_wide_layer_is_reached_by_mouse(open_page: OpenPage) -> None:
    opened = open_page("#hidden=32,32")
    expect(opened["weight-1-5-0"]).to_have_count(0)
    assert opened.page.locator(".hold:not([tabindex='-1'])").count() == 0, "none is in the way of the Tab key"
    for on_numbers in (False, True):
        opened["neuron-1-5"].hover()
        expect(opened["weight-1-5-31"]).to_have_count(1)
        if on_numbers:
            opened["numbers"].click()
            expect(opened["weight-1-5-31"]).to_have_class("hold weight on-number")
        reached = opened.page.evaluate(
            """() => [...document.querySelectorAll('[data-testid^="weight-1-"]')].map((hold) => {
                 const { x, y, width, height } = hold.getBoundingClientRect();
                 return document.elementFromPoint(x + width / 2, y + height / 2)?.dataset.testid;
               })"""
        )
        assert reached == [f"weight-1-5-{source}" for source in range(32)], json.dumps(reached)
    opened["weight-1-5-17"].click()
    expect(opened["inspector"]).to_have_attribute("data-id", "weight-1-5-17")
    expect(opened["weight-1-5-3"]).to_have_count(1)
    opened["neuron-1-7"].hover()
    expect(opened["weight-1-7-3"]).to_have_count(1)


@pytest.mark.parametrize("numbers", [False, True])
def test_every_weight_of_a_wide_layer_is_reached_by_keys(open_page: OpenPage, numbers: bool) -> None:
    opened = open_page("#hidden=32,32")
    press = opened.page.keyboard.press
    if numbers:
        opened["numbers"].click()
    opened["neuron-1-4"].focus()
    press("ArrowDown")
    expect(opened["neuron-1-5"]).to_be_focused()
    expect(opened["weight-1-5-31"]).to_have_count(1)
    press("ArrowLeft")
    expect(opened["bias-1-5"]).to_be_focused()
    for source in (31, 30):
        press("ArrowUp")
        expect(opened[f"weight-1-5-{source}"]).to_be_focused()
    press("ArrowLeft")
    expect(opened["neuron-0-30"]).to_be_focused()
    opened["neuron-1-5"].focus()
    expect(opened["weight-1-5-0"]).to_have_count(1)
    press("ArrowLeft")
    press("ArrowDown")
    expect(opened["weight-1-5-0"]).to_be_focused()
    press("Enter")
    expect(opened["inspector"]).to_have_attribute("data-id", "weight-1-5-0")
    press("Escape")
    expect(opened["weight-1-5-0"]).to_be_focused()
