"""What a choice changes along with it: the way back it offers, and what comes back when it is left; in Chromium."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opened, OpenPage
from tests.table import sampled

CONFIGURE_ELSEWHERE = """([session, spec]) => new Promise((done) => {
  const socket = new WebSocket(`ws://${location.host}/ws?session=${session}`);
  socket.onopen = () => socket.send(JSON.stringify({ type: 'configure', spec }));
  socket.onmessage = ({ data }) => {
    if (typeof data !== 'string') return;
    const message = JSON.parse(data);
    const [name] = Object.keys(spec);
    if (message.type === 'state' && message.spec[name] === spec[name]) done(socket.close());
  };
})"""

NOTICES_STAY = (
    "(after => { window.setTimeout = (run, wait = 0, ...more) => wait < 8000 && after(run, wait, ...more)})(setTimeout)"
)


def choose(opened: Opened, optimizer: str) -> None:
    opened["optimizer"].select_option(optimizer)
    opened.until(lambda: opened.spec["optimizer"] == optimizer)


@pytest.fixture
def perceptron(opened: Opened) -> Opened:
    """XOR with the perceptron rule, its message open until something closes it."""
    opened.page.evaluate(NOTICES_STAY)
    opened["dataset-xor"].click()
    opened.until(lambda: opened.spec["dataset"] == "xor")
    choose(opened, "perceptron")
    expect(opened["message-undo"]).to_be_visible()
    return opened


@pytest.mark.parametrize("button", sampled(["undo", "reset", "regenerate"], ["undo"]))
def test_the_way_back_goes_once_undo_takes_back_something_else(perceptron: Opened, button: str) -> None:
    perceptron[button].click()
    expect(perceptron["message"]).to_be_hidden()
    perceptron.until(lambda: (perceptron.spec["optimizer"] == "perceptron") == (button != "undo"))
    assert perceptron.spec["dataset"] == "xor"


def test_the_way_back_goes_when_another_window_changes_something(perceptron: Opened) -> None:
    perceptron.page.evaluate(CONFIGURE_ELSEWHERE, [perceptron.state["session"], {"learning_rate": 0.5}])
    expect(perceptron["message"]).to_be_hidden()
    assert perceptron.spec["optimizer"] == "perceptron"


def test_the_way_back_stays_while_it_leads_back(opened: Opened) -> None:
    opened.page.evaluate(NOTICES_STAY)
    opened["dataset-and_gate"].click()
    opened.until(lambda: opened.spec["dataset"] == "and_gate")
    choose(opened, "perceptron")
    opened["step"].click()
    expect(opened["steps"]).to_have_attribute("data-value", "1")
    opened["message-undo"].click()
    opened.until(lambda: opened.spec["optimizer"] == "sgd")
    assert opened.spec["dataset"] == "and_gate"


def test_what_the_perceptron_set_aside_comes_back_after_a_reload(perceptron: Opened) -> None:
    perceptron.reload()
    choose(perceptron, "adam")
    assert [layer["width"] for layer in perceptron.spec["hidden"]] == [4, 2]
    assert perceptron.spec["batch_size"] == 10
    expect(perceptron["message"]).to_contain_text("Restored as before the perceptron rule")


def test_what_comes_back_is_of_the_experiment_that_was_left_last(perceptron: Opened) -> None:
    choose(perceptron, "adam")
    elsewhere = {"optimizer": "sgd", "hidden": [{"width": 7}], "batch_size": 32}
    rule = {"optimizer": "perceptron", "hidden": [], "output_activation": "step", "batch_size": 1}
    for spec in (elsewhere, rule):
        perceptron.page.evaluate(CONFIGURE_ELSEWHERE, [perceptron.state["session"], spec])
    perceptron.until(lambda: perceptron.spec["optimizer"] == "perceptron")
    expect(perceptron["optimizer"]).to_have_value("perceptron")
    choose(perceptron, "adam")
    assert [layer["width"] for layer in perceptron.spec["hidden"]] == [7]
    assert perceptron.spec["batch_size"] == 32


def test_a_perceptron_from_an_address_has_set_nothing_aside(open_page: OpenPage) -> None:
    opened = open_page("#optimizer=perceptron&hidden=&output_activation=step&batch_size=1")
    opened.until(lambda: opened.spec["optimizer"] == "perceptron")
    choose(opened, "adam")
    assert opened.spec["hidden"] == []
    assert opened.spec["output_activation"] is None
