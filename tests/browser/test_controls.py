"""Every control does what it says: while training runs, and still after a reload."""

import re
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import expect

from engine.data.planes import PLANE_DATASETS
from engine.spec.spec import Spec, is_live
from tests.browser.conftest import Opened, OpenPage


def test_play_and_pause(opened: Opened) -> None:
    expect(opened["play"]).to_have_attribute("aria-pressed", "false")
    expect(opened["status"]).to_have_text("Ready")
    opened.play_to(50)
    expect(opened["play"]).to_have_attribute("aria-pressed", "true")
    expect(opened["status"]).to_have_text("Training")
    opened.until(lambda: opened.number("steps-per-second") > 0)
    opened["play"].click()
    expect(opened["status"]).to_have_text("Paused")
    expect(opened["steps-per-second"]).to_have_attribute("data-value", "0")
    opened.paused()
    stands = opened.number("steps")
    opened.answered()
    assert opened.number("steps") == stands
    opened.reload()
    opened.until(lambda: opened.number("steps") == stands)


def test_step_epoch_and_the_exact_start(opened: Opened) -> None:
    start = opened.number("train-loss")
    opened["step"].click()
    expect(opened["steps"]).to_have_attribute("data-value", "1")
    after_one = opened.number("train-loss")
    assert after_one != start
    opened["epoch-step"].click()
    expect(opened["epoch"]).to_have_attribute("data-value", "1")
    expect(opened["steps"]).to_have_attribute("data-value", "25")
    opened["reset"].click()
    expect(opened["steps"]).to_have_attribute("data-value", "0")
    expect(opened["train-loss"]).to_have_attribute("data-value", str(start))
    opened["step"].click()
    expect(opened["train-loss"]).to_have_attribute("data-value", str(after_one))


@dataclass(frozen=True)
class Change:
    testid: str
    value: str
    field: str
    becomes: Any


CHANGES = [
    Change("optimizer", "adam", "optimizer", "adam"),
    Change("learning-rate", "0.1", "learning_rate", 0.1),
    Change("batch-size", "50", "batch_size", 50),
    Change("regularization", "l2", "l2", 0.001),
    Change("activation", "relu", "activation", "relu"),
    Change("loss", "bce", "loss", "bce"),
    Change("initializer", "he_normal", "initializer", "he_normal"),
    Change("noise", "30", "noise", 30),
    Change("train-fraction", "0.7", "train_fraction", 0.7),
]


def test_knobs_while_training_and_after_a_reload(opened: Opened) -> None:
    opened.play_to(20)
    for change in CHANGES:
        opened.answered()
        before = opened.number("steps")
        opened.until(lambda before=before: before != opened.number("steps") > 20)  # type: ignore[misc]
        told = len(opened.told)
        control = opened[change.testid]
        if control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(change.value)
        else:
            control.fill(change.value)
        opened.until(lambda change=change: opened.spec[change.field] == change.becomes)  # type: ignore[misc]
        changed = next(said for said in opened.told[told:] if said["type"] == "state")
        assert (changed["step"] == 0) == (not is_live(change.field)), change
        opened.answered()
        restarted = any(said.get("code") == "restarted" for said in opened.told[told:])
        assert restarted == (not is_live(change.field)), change
        assert opened.state["playing"] is True
        expect(opened["status"]).to_have_text("Training")
    opened.reload()
    for change in CHANGES:
        expect(opened[change.testid]).to_have_value(change.value)
    assert opened.state["playing"] is True


def test_marks_stand_at_the_knobs_that_restart(opened: Opened) -> None:
    for field in ("optimizer", "learning_rate", "activation", "loss", "initializer", "noise", "batch_size"):
        mark = opened.page.locator(f"[data-field={field}] .restarts")
        expect(mark).to_be_visible(visible=not is_live(field))


COLOURS = """(canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""
"""Of a thumbnail: more than three where it shows points."""


def test_datasets(opened: Opened) -> None:
    for dataset in PLANE_DATASETS:
        button = opened[f"dataset-{dataset}"]
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(opened.page.locator(".thumbnails [aria-pressed=true]")).to_have_count(1)
        opened.until(lambda dataset=dataset: opened.spec["dataset"] == dataset)  # type: ignore[misc]
        assert button.get_attribute("title")
        opened.until(lambda button=button: button.locator("canvas").evaluate(COLOURS) > 3)  # type: ignore[misc]


def test_regression_data_and_a_loss_for_two_classes(opened: Opened) -> None:
    opened["loss"].select_option("bce")
    opened["dataset-plane"].click()
    opened.until(lambda: opened.spec["dataset"] == "plane")
    assert opened.spec["loss"] == "mse"
    expect(opened["message"]).to_contain_text("cross-entropy needs classes")
    option = opened.page.locator("[data-testid=loss] option[value=bce]")
    expect(option).to_be_disabled()
    expect(option).to_have_text("cross-entropy (needs classes)")
    expect(opened["train-accuracy"]).to_have_count(0)
    expect(opened["r2"]).to_have_attribute("data-value", re.compile(r"\d"))
    assert not [message for message in opened.told if message["type"] == "error"]
    opened["dataset-xor"].click()
    expect(option).to_be_enabled()


def test_new_data(opened: Opened) -> None:
    expect(opened["seed-now"]).to_have_text(str(Spec().seed))
    opened["regenerate"].click()
    expect(opened["seed-now"]).not_to_have_text(str(Spec().seed))
    seed = opened["seed-now"].inner_text()
    assert opened.spec["seed"] == int(seed)
    opened.reload()
    expect(opened["seed-now"]).to_have_text(seed)


def test_speed(opened: Opened) -> None:
    speed = opened["speed"]
    words = opened.page.locator(".speed-words")
    expect(words).to_have_text("50 steps/s")
    speed.fill("0")
    expect(words).to_have_text("1 step/s")
    opened.until(lambda: opened.state["speed"] == 1)
    last = speed.get_attribute("max")
    assert last is not None
    speed.fill(str(int(last) - 1))
    expect(words).to_have_text("4,000 steps/s")
    speed.fill(last)
    expect(words).to_have_text("full speed")
    opened.until(lambda: opened.state["speed"] is None)
    opened.reload()
    expect(opened["speed"]).to_have_value(last)


def test_regularization_knows_both_kinds_and_its_rate(opened: Opened) -> None:
    kind, rate = opened["regularization"], opened["regularization-rate"]
    expect(rate).to_be_hidden()
    kind.select_option("l1")
    opened.until(lambda: (opened.spec["l1"], opened.spec["l2"]) == (0.001, 0))
    rate.select_option("0.03")
    opened.until(lambda: opened.spec["l1"] == 0.03)
    kind.select_option("l2")
    opened.until(lambda: (opened.spec["l1"], opened.spec["l2"]) == (0, 0.03))
    expect(opened["penalty"]).to_have_attribute("data-value", re.compile(r"^0\.\d+"))
    kind.select_option("none")
    opened.until(lambda: (opened.spec["l1"], opened.spec["l2"]) == (0, 0))


def test_a_dragged_slider_sends_seldom_and_its_last_value_surely(clocked: Opened) -> None:
    opened = clocked
    opened.sent.clear()
    opened.page.clock.pause_at(time.time() + 60)
    for value in range(1, 41):
        opened["noise"].fill(str(value))
        opened.page.clock.run_for(15)
    opened.page.clock.run_for(125)
    opened.until(lambda: opened.spec["noise"] == 40)
    configured = [command for command in opened.sent if command["type"] == "configure"]
    assert configured[-1] == {"type": "configure", "spec": {"noise": 40}}
    assert 2 <= len(configured) <= 40 * 15 / 125 + 2
    expect(opened["noise"]).to_have_value("40")


def test_a_control_is_not_pulled_back_by_an_older_answer(opened: Opened) -> None:
    """While a drag goes on, answers to earlier values arrive; the slider never goes back."""
    went_back = opened["noise"].evaluate(
        """async slider => {
          const seen = [];
          for (let value = 1; value <= 45; value += 1) {
            slider.value = String(value);
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            await new Promise((go) => setTimeout(go, 20));
            seen.push(slider.valueAsNumber - value);
          }
          return seen.filter((difference) => difference !== 0);
        }"""
    )
    assert went_back == []


def test_settings_show_what_the_optimizer_has_and_refuse_in_words(opened: Opened) -> None:
    opened["more"].click()
    expect(opened["setting-momentum"]).to_be_hidden()
    opened["optimizer"].select_option("adam")
    beta = opened["setting-beta1"]
    expect(beta).to_be_visible()
    assert float(beta.get_attribute("max") or 0) == Spec.model_json_schema()["properties"]["beta1"]["maximum"]
    beta.fill("0.8")
    beta.press("Enter")
    opened.until(lambda: opened.spec["beta1"] == 0.8)
    beta.fill("1.5")
    beta.press("Enter")
    expect(beta).to_have_attribute("aria-invalid", "true")
    expect(opened["settings"]).to_contain_text("Not in range. From 0 to 0.9999.")
    assert opened.spec["beta1"] == 0.8
    opened["setting-samples"].fill("200")
    opened["setting-samples"].press("Enter")
    opened.until(lambda: opened.spec["samples"] == 200)
    opened["setting-samples"].fill("")
    opened["setting-samples"].press("Enter")
    opened.until(lambda: opened.spec["samples"] is None)
    opened["setting-learning_rate"].fill("0.042")
    opened["setting-learning_rate"].press("Enter")
    expect(opened["learning-rate"]).to_have_value("0.042")
    opened.page.keyboard.press("Escape")
    expect(opened["settings"]).to_be_hidden()


def test_a_refused_command_says_why_and_changes_nothing(opened: Opened) -> None:
    """More noise than the Spec allows, past the slider's own bounds."""
    opened["noise"].evaluate(
        "slider => { slider.max = '90'; slider.value = '80'; slider.dispatchEvent(new Event('input')); }"
    )
    expect(opened["message"]).to_be_visible()
    expect(opened["message"]).to_contain_text("noise")
    expect(opened["message"]).to_have_attribute("role", "alert")
    expect(opened["noise"]).to_have_value("0")
    assert opened.spec["noise"] == 0
    place = opened["play"].bounding_box()
    opened["message-close"].click()
    expect(opened["message"]).to_be_hidden()
    assert opened["play"].bounding_box() == place, "a message moves nothing"


def test_a_run_that_diverges_says_so(opened: Opened) -> None:
    opened["activation"].select_option("linear")
    opened["dataset-plane"].click()
    opened["learning-rate"].select_option("10")
    opened["play"].click()
    expect(opened["status"]).to_have_text(re.compile(r"^Diverged at \d+$"))
    expect(opened["play"]).to_have_attribute("aria-pressed", "false")
    expect(opened["message"]).to_contain_text("Lower the learning rate")
    opened["play"].click()
    expect(opened["message"]).to_contain_text("press Reset")
    expect(opened["play"]).to_have_attribute("aria-pressed", "false")
    opened["language"].click()
    expect(opened["message"]).to_contain_text("请降低学习率")
    opened["language"].click()
    opened["reset"].click()
    expect(opened["status"]).to_have_text("Ready")
    expect(opened["message"]).to_be_hidden()


RECORD_TEXTS = """element => {
  window.texts = [];
  new MutationObserver(() => window.texts.push(element.textContent.trim()))
    .observe(element, { childList: true, characterData: true, subtree: true });
}"""
"""Of what is shown for two seconds only."""


def test_a_restart_of_ones_own_is_a_word_and_another_windows_a_sentence(open_page: OpenPage) -> None:
    opened = open_page()
    other = opened.page.context.new_page()
    session = opened.page.evaluate("sessionStorage.getItem('session')")
    other.goto(f"{opened.page.url}?session={session}")
    expect(other.get_by_test_id("dataset-xor")).to_be_attached()
    opened.play_to(20)
    opened["status"].evaluate(RECORD_TEXTS)
    opened["dataset-xor"].click()
    opened.until(lambda: "Started again" in opened.page.evaluate("window.texts"))
    expect(other.get_by_test_id("message")).to_contain_text("New data set: the run starts again.")
    expect(opened["status"]).to_have_text("Training")
    expect(opened["message"]).to_be_hidden()


def test_a_message_waits_while_help_is_open(opened: Opened) -> None:
    opened["help"].click()
    expect(opened["help-dialog"]).to_be_visible()
    opened.page.evaluate("location.hash = 'noise=much'")
    opened.answered()
    expect(opened["message"]).to_be_hidden()
    opened.page.keyboard.press("Escape")
    expect(opened["message"]).to_be_visible()


def test_a_step_while_playing_is_the_last(opened: Opened) -> None:
    opened.play_to(20)
    opened["step"].click()
    expect(opened["play"]).to_have_attribute("aria-pressed", "false")
    moves = ("play", "pause", "step")
    opened.until(lambda: [said["type"] for said in opened.sent if said["type"] in moves] == list(moves))


def test_two_penalties_are_shown_with_both_rates(open_page: OpenPage) -> None:
    opened = open_page("#l1=0.01&l2=0.003")
    expect(opened.page.locator("[data-testid=regularization] option:checked")).to_have_text("L1 0.01 + L2 0.003")


def test_nothing_jumps_while_training(open_page: OpenPage) -> None:
    opened = open_page(width=1024)
    places = """() => [...document.querySelectorAll('header :is(button, input, dd), .knob, .appearance button')]
      .map((element) => element.getBoundingClientRect()).filter(({ width }) => width > 0)
      .map(({ x, y, width, height }) => [x, y, width, height])"""
    before = opened.page.evaluate(places)
    opened.play_to(1000)
    assert opened.page.evaluate(places) == before
