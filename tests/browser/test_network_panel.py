"""The network panel: what can be pressed and looked at, that its numbers are the engine's, and that it fits."""

import re
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from engine.spec.spec import Layer, Spec
from tests.browser.conftest import Opened, OpenPage
from tests.table import sampled

DEEPEST = [{"width": 32, "activation": None}] * 8
SIZES = [(1366, 768), (1024, 768), (800, 600), (390, 844)]


def configure(opened: Opened, **spec: Any) -> None:
    """As another window of the same session would."""
    becomes = Spec(**spec).model_dump(mode="json")
    opened.page.evaluate(
        """async ({ command, becomes }) => {
             const socket = new WebSocket(`ws://${location.host}/ws?session=${sessionStorage.getItem('session')}`);
             const done = new Promise((resolve) => {
               socket.onmessage = ({ data }) => {
                 const message = typeof data === 'string' ? JSON.parse(data) : {};
                 const same = (name) => JSON.stringify(message.spec[name]) === JSON.stringify(becomes[name]);
                 if (message.type === 'state' && Object.keys(becomes).every(same)) resolve();
               };
             });
             await new Promise((resolve) => (socket.onopen = resolve));
             socket.send(JSON.stringify(command));
             await done;
             socket.close();
           }""",
        {"command": {"type": "configure", "spec": spec}, "becomes": {name: becomes[name] for name in spec}},
    )
    opened.until(lambda: all(opened.spec[name] == becomes[name] for name in spec))
    opened.answered()  # the page shows it


def widths(opened: Opened) -> list[int]:
    return [layer["width"] for layer in opened.spec["hidden"]]


def box(locator: Locator) -> tuple[float, float, float, float]:
    place = locator.bounding_box()
    assert place
    return place["x"], place["y"], place["x"] + place["width"], place["y"] + place["height"]


def pixels(canvas: Locator, places: list[tuple[float, float]]) -> list[list[int]]:
    """r, g, b at parts of the canvas's width and height; of a copy, because reading makes a canvas slow."""
    rgb: list[list[int]] = canvas.evaluate(
        """(canvas, places) => {
             const blank = new OffscreenCanvas(canvas.width, canvas.height);
             const copy = blank.getContext('2d', { willReadFrequently: true });
             copy.drawImage(canvas, 0, 0);
             const at = (part, whole) => Math.floor(part * whole);
             return places.map(([across, down]) =>
               [...copy.getImageData(at(across, canvas.width), at(down, canvas.height), 1, 1).data].slice(0, 3));
           }""",
        places,
    )
    return rgb


def test_every_neuron_and_input_is_there(opened: Opened) -> None:
    for layer, width in enumerate([4, 2, 1]):
        for neuron in range(width):
            expect(opened[f"neuron-{layer}-{neuron}"]).to_be_visible()
    expect(opened["feature-x1"]).to_have_attribute("aria-pressed", "true")
    expect(opened["feature-sin_x2"]).to_have_attribute("aria-pressed", "false")


def test_an_input_is_one_click_away(opened: Opened) -> None:
    opened["feature-x1_squared"].click()
    opened.until(lambda: opened.spec["features"] == ["x1", "x2", "x1_squared"])
    expect(opened["feature-x1_squared"]).to_have_attribute("aria-pressed", "true")
    opened["feature-x2"].click()
    opened.until(lambda: opened.spec["features"] == ["x1", "x1_squared"])


def test_the_last_input_stays_and_the_page_says_why(opened: Opened) -> None:
    opened["feature-x2"].click()
    opened.until(lambda: opened.spec["features"] == ["x1"])
    opened["feature-x1"].click()
    expect(opened["message"]).to_contain_text("at least one input")
    expect(opened["feature-x1"]).to_have_attribute("aria-pressed", "true")


def test_layers_and_neurons_come_and_go(opened: Opened) -> None:
    opened["add-layer"].click()
    opened.until(lambda: widths(opened) == [4, 2, 2])
    opened["layer-2-add"].click()
    opened["layer-2-add"].click()  # at once: the second builds on the first
    opened.until(lambda: widths(opened) == [4, 2, 4])
    opened["layer-0-remove"].click()
    opened["remove-layer"].click()
    opened.until(lambda: widths(opened) == [3, 2])
    expect(opened["neuron-0-2"]).to_be_visible()
    expect(opened["neuron-0-3"]).to_have_count(0)


def test_a_layer_keeps_one_neuron_and_the_network_its_bounds(opened: Opened) -> None:
    widest = Layer.model_json_schema()["properties"]["width"]["maximum"]
    configure(opened, hidden=[{"width": 1}, *DEEPEST[1:7], {"width": widest}])
    expect(opened["layer-0-remove"]).to_be_disabled()
    expect(opened["layer-7-add"]).to_be_disabled()
    expect(opened["add-layer"]).to_be_disabled()
    expect(opened["add-layer"]).to_have_attribute("title", re.compile("at most 8 hidden layers; remove one"))
    configure(opened, hidden=[])
    expect(opened["remove-layer"]).to_be_disabled()
    opened["add-layer"].click()
    opened.until(lambda: widths(opened) == [4])


def test_a_layer_can_have_its_own_activation(opened: Opened) -> None:
    opened["layer-1-menu"].click()
    opened["layer-1-activation"].select_option("relu")
    opened.until(lambda: [layer["activation"] for layer in opened.spec["hidden"]] == [None, "relu"])
    opened["layer-1-activation"].select_option("")
    opened.until(lambda: [layer["activation"] for layer in opened.spec["hidden"]] == [None, None])


def test_focus_stays_on_the_button_that_changes_the_network(opened: Opened) -> None:
    opened["layer-0-add"].focus()
    opened.page.keyboard.press("Enter")
    opened.until(lambda: widths(opened) == [5, 2])
    expect(opened["layer-0-add"]).to_be_focused()


def test_a_neuron_under_the_pointer_is_asked_for_and_shown_large(opened: Opened) -> None:
    opened["neuron-1-1"].hover()
    expect(opened["card"]).to_contain_text("Layer 2, neuron 2")
    expect(opened.page.locator("#boundary h2 > span").first).to_have_text("Layer 2, neuron 2")
    opened.until(lambda: {"type": "focus", "layer": 1, "neuron": 1} in opened.sent)
    opened["step"].hover()
    opened.until(lambda: opened.sent[-1] == {"type": "focus", "layer": None, "neuron": None})
    expect(opened["card"]).to_be_hidden()
    expect(opened.page.locator("#boundary h2 > span").first).to_have_text("Output")


def test_a_neuron_is_reached_by_keyboard(opened: Opened) -> None:
    configure(opened, features=["x1", "x2", "sin_x2"])  # whatever comes later stands in its place
    opened["feature-sin_x2"].focus()
    opened.page.keyboard.press("ArrowRight")  # to the nearest
    expect(opened["neuron-0-3"]).to_be_focused()
    expect(opened["card"]).to_contain_text("Layer 1, neuron 4")


def test_a_link_under_the_pointer_tells_its_numbers(opened: Opened) -> None:
    configure(opened, hidden=[], features=["x1"])
    start, end = box(opened["feature-x1"]), box(opened["neuron-0-0"])
    middle = (start[2] + end[0]) / 2, (start[1] + start[3] + end[1] + end[3]) / 4
    opened.page.mouse.move(*middle)
    card = opened["card"]
    expect(card).to_contain_text("Input x₁ → Output")
    expect(card.locator("dd")).to_have_count(3)
    expect(card.locator("dd").first).to_have_text(re.compile(r"\d\.\d{4}"))


NAMED_BY_HANDLES = """async () => {
  const plan = document.querySelector('#network .plan');
  const read = [];
  for (const handle of document.querySelectorAll('#network .hold.weight')) {
    const { left, top, width, height } = handle.getBoundingClientRect();
    const at = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, pointerType: 'mouse' };
    handle.dispatchEvent(new PointerEvent('pointermove', at));
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    read.push([handle.ariaLabel, plan.querySelector('.card p').textContent]);
  }
  return read;
}"""


def test_where_links_cross_the_one_named_is_the_one_that_a_click_opens(opened: Opened) -> None:
    configure(opened, hidden=[{"width": 8}, {"width": 8}])
    named = opened.page.evaluate(NAMED_BY_HANDLES)
    assert len(named) == 16 + 64 + 8
    assert [(label, card) for label, card in named if label != f"Weight from {card.replace(' → ', ' to ')}"] == []


def test_the_links_can_show_gradients_and_updates(opened: Opened) -> None:
    for kind in ("gradient", "update", "weight"):
        opened[f"links-{kind}"].click()
        expect(opened[f"links-{kind}"]).to_have_attribute("aria-pressed", "true")
        expect(opened["network"].locator(".seg [aria-pressed=true]")).to_have_count(1)


# ---- the river


def test_every_layer_has_the_length_of_its_gradient(opened: Opened) -> None:
    opened["step"].click()
    opened.until(lambda: opened.number("steps") == 1)
    for layer in range(3):
        number = opened[f"gradient-layer-{layer}"]
        expect(number).to_have_attribute("data-value", re.compile(r"\d"))
        value, text = number.evaluate("element => [element.dataset.value, element.textContent]")  # of one moment
        assert 1e-3 < float(value) < 10
        assert float(text) == float(f"{float(value):.1e}")
    expect(opened["gradients"].locator("[data-testid^=gradient-layer]")).to_have_count(3)


def test_the_length_is_that_of_the_frame(opened: Opened) -> None:
    """Read by a second connection to the same session, with the very decoder of the page."""
    norms = opened.page.evaluate(
        """async () => {
             const { decodeFrame } = await import('/static/js/wire/frames.js');
             const socket = new WebSocket(`ws://${location.host}/ws?session=${sessionStorage.getItem('session')}`);
             socket.binaryType = 'arraybuffer';
             let layout = null;
             const frame = await new Promise((resolve) => {
               socket.onmessage = ({ data }) => {
                 if (typeof data !== 'string') resolve(decodeFrame(data, layout));
                 else if (JSON.parse(data).type === 'layout') layout = JSON.parse(data);
               };
             });
             socket.close();
             return frame.gradient_norms;
           }"""
    )

    def are_shown() -> bool:
        return [opened.number(f"gradient-layer-{layer}") for layer in range(3)] == pytest.approx(norms, rel=1e-6)

    opened.until(are_shown)


# ---- at every size


@pytest.mark.parametrize(("width", "height"), sampled(SIZES, [(1366, 768), (390, 844)]))
def test_everything_of_the_network_fits(open_page: OpenPage, width: int, height: int) -> None:
    opened = open_page(width=width, height=height)
    for hidden in ([], [{"width": 1, "activation": None}], DEEPEST):
        configure(opened, hidden=hidden)
        everything_fits(opened, hidden, may_scroll=width < 700)


def everything_fits(opened: Opened, hidden: list[dict[str, Any]], may_scroll: bool) -> None:
    expect(opened[f"neuron-{len(hidden)}-0"]).to_be_visible()
    opened.until(lambda: [layer["width"] for layer in opened.spec["hidden"]] == [layer["width"] for layer in hidden])
    widths = [len(column) for column in opened.state["drawn"] or map(range, opened.state["sizes"])]
    expect(opened["network"].locator(".tile")).to_have_count(7 + sum(widths[1:]))
    stage = opened["network"].locator(".stage")
    scrolled = stage.evaluate("stage => stage.scrollWidth - stage.clientWidth")
    assert may_scroll or scrolled <= 0, f"the network is {scrolled} px too wide"
    inside, plan = box(opened["network"]), box(opened["network"].locator(".plan"))
    for testid in [f"neuron-{len(hidden)}-0", "feature-sin_x2", f"gradient-layer-{len(hidden)}", "add-layer"]:
        left, top, right, bottom = box(opened[testid])
        assert min(inside[0], plan[0]) <= left, testid
        assert right <= max(inside[2], plan[2]) + 1, testid
        assert inside[1] <= top, testid
        assert bottom <= inside[3] + 1, testid
    buttons = [opened[f"layer-{layer}-{what}"] for layer in range(len(hidden)) for what in ("remove", "add")]
    places = sorted((box(button)[0], box(button)[2]) for button in buttons)
    for (_, right), (left, _) in pairwise(places):
        assert right <= left + 0.5, "two buttons lie on each other"
    assert all(right - left >= 15 for left, right in places)


def test_the_mark_over_the_inputs_lies_on_none_of_them_without_hidden_layers(open_page: OpenPage) -> None:
    opened = open_page("#hidden=")
    opened.until(lambda: opened.spec["hidden"] == [])
    expect(opened["neuron-1-0"]).to_have_count(0)
    opened.answered()
    mark = opened.page.locator(".inputs .restarts").bounding_box()
    tile = opened.page.locator(".tile").first.bounding_box()
    assert mark
    assert tile
    assert mark["y"] + mark["height"] <= tile["y"] + 1
