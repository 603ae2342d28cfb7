"""What belongs to a preset beside its run: figures in its caption, all gradients of a small network in the check."""

import numpy as np
import pytest
from playwright.sync_api import expect

from engine.spec.spec import Spec
from engine.training.trainer import Trainer
from tests.browser.conftest import Opened, OpenPage


def choose(opened: Opened, name: str) -> None:
    opened["presets"].click()
    opened[f"preset-{name}"].click()
    opened.until(lambda: opened.page.locator("#gallery[open]").count() == 0)
    opened.answered()


def test_presets_show_their_figures(opened: Opened) -> None:
    choose(opened, "d3_activations")
    opened["figure-open"].click()
    five = ["sigmoid", "tanh", "relu", "leaky_relu", "gelu"]
    plots = opened["figure"].locator("figure")
    expect(plots).to_have_count(5)
    tops = {round(box["y"]) for box in (plots.nth(i).bounding_box() for i in range(5)) if box}
    assert len(tops) == 1, "in one row"
    opened["plots-z"].fill("-2")
    wanted = [(0.1192, 0.1050), (-0.9640, 0.0707), (0, 0), (-0.2, 0.1), (-0.0455, -0.0852)]

    def are_read() -> bool:
        read = [(opened.number(f"value-{name}"), opened.number(f"slope-{name}")) for name in five]
        return np.allclose(read, wanted, rtol=0, atol=1e-4)

    opened.until(are_read)
    opened["plots-z"].fill("5")

    def is_whole(name: str) -> bool:
        [x, y] = (
            opened[f"plot-{name}"].locator(".at-value").evaluate("dot => [dot.cx, dot.cy].map((c) => c.baseVal.value)")
        )
        return bool(x == 220 and 0 < y < 148)

    opened.until(lambda: all(map(is_whole, five)))
    drawing = opened["plot-tanh"].locator("svg")
    drawing.click()  # in its middle, where z is 0
    opened.until(lambda: abs(opened.number("slope-tanh") - 1) < 0.01)
    opened["plots-all"].click()
    expect(plots).to_have_count(10)
    opened.page.keyboard.press("Escape")

    choose(opened, "a2_linear")
    opened["figure-open"].click()
    opened["step"].click()
    opened.until(lambda: opened.number("steps") == 1)
    opened.page.keyboard.press("Escape")
    opened["figure-open"].click()
    said = said_at(opened)

    def is_the_networks_own() -> bool:
        weight1, weight2, bias = map(float, (opened["collapsed"].get_attribute("data-value") or "0 0 0").split())
        return abs(said - (weight1 * 2 + weight2 * -3 + bias)) < 1e-4

    opened.until(is_the_networks_own)
    opened.page.keyboard.press("Escape")

    choose(opened, "a1_neuron")
    opened["figure-open"].click()
    parameters = Trainer(Spec.model_validate(opened.spec), backend="by_hand").parameters()
    values = [float(value) for tensor in parameters.values() for value in np.ravel(tensor)]
    for name, value in zip(("w₁", "w₂", "b"), values, strict=True):
        expect(opened["biology"]).to_contain_text(f"{name} = {value:.2f}".replace("-", "−"))
    opened["language"].evaluate("button => button.click()")
    expect(opened["figure"]).to_contain_text("突触")
    opened.page.keyboard.press("Escape")
    choose(opened, "d2_xor")
    expect(opened["figure-open"]).to_be_hidden()


def said_at(opened: Opened) -> float:
    """What the whole network says at (2, −3), by a socket of its own into the same session."""
    said: float = opened.page.evaluate(
        """async () => {
             const socket = new WebSocket(`ws://${location.host}/ws?session=${sessionStorage.getItem('session')}`);
             return new Promise((done) => {
               socket.onopen = () => socket.send(JSON.stringify({ type: 'predict', id: 1, inputs: [[2, -3]] }));
               socket.onmessage = ({ data }) => {
                 const message = typeof data === 'string' ? JSON.parse(data) : {};
                 if (message.type !== 'prediction') return;
                 socket.close();
                 done(message.outputs[0][0]);
               };
             });
           }"""
    )
    return said


def test_all_17_gradients_stand_side_by_side_and_half_of_them_without_the_two(open_page: OpenPage) -> None:
    opened = open_page()
    choose(opened, "d4_two_ways")
    opened["checked"].click()
    opened["all-gradients"].locator("summary").click()
    rows = opened["all-gradients"].locator("tbody tr")
    expect(rows).to_have_count(17)
    expect(opened["all-gradients"].locator("tr.wrong")).to_have_count(0)
    checked = next(message for message in reversed(opened.told) if message["type"] == "checked")
    of_tensor: dict[str, list[tuple[float, float]]] = {}
    for one in checked["gradients"]:
        of_tensor.setdefault(one["tensor"], []).append((one["hand"], one["autograd"]))
    shares = [np.ptp(pairs, axis=1).max() / np.abs(pairs).max() for pairs in map(np.array, of_tensor.values())]
    autograd = next(one for one in checked["compared"] if one["witness"] == "autograd")
    assert max(shares) == pytest.approx(autograd["difference"], rel=0.01)  # to the last digit of float64
    opened.until(lambda: 0 < opened.number("all-gradients") < 1e-9)
    opened["plant"].select_option("forgotten_two")
    expect(opened["all-gradients"].locator("tr.wrong").first).to_be_visible()
    gradients = next(message for message in reversed(opened.told) if message["type"] == "checked")["gradients"]
    np.testing.assert_allclose([2 * one["hand"] for one in gradients], [one["autograd"] for one in gradients])
    assert max(abs(one["hand"]) for one in gradients) > 0.01
