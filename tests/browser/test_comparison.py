"""Runs compared: the same start, the same number of steps, and each exactly what it would have been by itself."""

import re

import pytest
from playwright.sync_api import expect

from engine.spec.spec import Spec
from engine.training.trainer import Trainer
from tests.browser.conftest import Opened, OpenPage

EIGHT = 8


def rows(opened: Opened) -> list[tuple[int, float]]:
    """Step and training loss of each run; −1 where there is none yet."""
    found: list[list[str]] = opened.page.locator("[data-testid^=rival-][data-step]").evaluate_all(
        "rows => rows.map((row) => [row.dataset.step, row.dataset.value])"
    )
    return [(int(step), float(loss or -1)) for step, loss in found]


def abreast(opened: Opened, at_least: int = 1) -> bool:
    steps = {step for step, _ in rows(opened)}
    return len(steps) == 1 and min(steps) >= at_least


COLORED = """() => {
  const canvas = document.querySelector('[data-testid=landscape]');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const style = getComputedStyle(canvas);
  return [1, 2, 3, 4, 5].map((run) => {
    const [r, g, b] = style.getPropertyValue(`--run-${run}`).match(/[0-9a-f]{2}/gi).map((hex) => parseInt(hex, 16));
    let count = 0;
    for (let i = 0; i < data.length; i += 4) count += data[i] === r && data[i + 1] === g && data[i + 2] === b;
    return count;
  });
}"""
"""Pixels of each color of the compared runs on the landscape."""


def slowly(opened: Opened) -> None:
    """50 steps a second: eight runs by hand keep up with that on any machine."""
    opened["speed"].fill("9")
    opened.until(lambda: opened.state["speed"] == 50)


def test_race_all_eight_is_fair_to_the_last_digit(opened: Opened) -> None:
    slowly(opened)
    opened["epoch-step"].click()
    opened.until(lambda: opened.number("steps") == 25)
    opened["race"].click()
    expect(opened["rivals"]).to_be_visible()
    opened.until(lambda: len(rows(opened)) == EIGHT)
    expect(opened["play"]).to_have_attribute("aria-pressed", "false")
    opened.until(lambda: opened.number("steps") == 0)
    opened["play"].click()
    opened.until(lambda: all(step > 0 for step, _ in rows(opened)))
    opened["play"].click()
    opened.paused()
    opened.until(lambda: {step for step, _ in rows(opened)} == {opened.number("steps")})
    own, *others = rows(opened)
    spec = Spec.model_validate(opened.spec)
    names = ("sgd", "momentum", "nag", "adagrad", "rmsprop", "adam", "adamw", "muon")
    for name, (step, loss) in zip(names, (own, *others), strict=True):
        alone = Trainer(spec.changed(optimizer=name), backend="by_hand")
        alone.advance(step)
        assert loss == pytest.approx(alone.evaluate()["train_loss"], rel=1e-6), name
    assert len({loss for _, loss in (own, *others)}) == EIGHT

    opened["studies"].click()
    opened["study-tab-landscape"].click()
    opened["landscape-directions"].select_option("path")
    expect(opened["landscape-runs"].locator("li")).to_have_text(
        [re.compile("Compared"), *[re.compile("%")] * (EIGHT - 1)]
    )
    expect(opened["landscape-runs"].locator("li").nth(5)).to_contain_text("Adam")
    opened.until(lambda: max(opened.page.evaluate(COLORED)) > 20)
    opened["studies-close"].click()

    opened["step"].click()
    opened.until(lambda: abreast(opened, own[0] + 1))
    opened["reset"].click()
    opened.until(lambda: len(set(rows(opened))) == 1 and rows(opened)[0] == (0, opened.number("train-loss")))
    opened["race-close"].click()
    expect(opened["rivals"]).to_be_hidden()
    expect(opened["gradient-chart"]).to_be_visible()


def test_reward_against_gradient_counts_the_samples(opened: Opened) -> None:
    slowly(opened)
    opened["race"].click()
    opened["compare-what"].select_option("reward")
    opened.until(lambda: len(rows(opened)) == 2)
    for _ in range(3):
        opened["step"].click()
    opened.until(lambda: abreast(opened, 3))
    samples = [int(opened[f"rival-{run}"].locator("td").nth(3).inner_text().replace(",", "")) for run in range(2)]
    assert samples[0] == 3 * opened.spec["batch_size"]
    assert samples[1] == 2 * opened.spec["pairs"] * samples[0]


def test_another_setting_beside_it_and_a_change_for_all(opened: Opened) -> None:
    slowly(opened)
    opened["race"].click()
    opened.until(lambda: len(rows(opened)) == EIGHT)
    opened.play_to(0)
    opened["play"].click()
    opened.until(lambda: abreast(opened))
    for run in range(EIGHT - 1, 1, -1):
        opened[f"rival-{run}"].hover()
        opened[f"rival-{run}"].get_by_role("button").click()
    opened.until(lambda: len(rows(opened)) == 2)
    opened["rival-add"].select_option('{"aspect":"learning_rate","value":0.3}')
    opened.until(lambda: len(rows(opened)) == 3 and abreast(opened))
    expect(opened["rival-2"]).to_contain_text("0.3")
    opened["dataset-xor"].click()
    opened.until(lambda: {step for step, _ in rows(opened)} == {0})
    opened["epoch-step"].click()
    opened.until(lambda: abreast(opened, 25))
    assert len({loss for _, loss in rows(opened)}) == 3


def test_a_compared_run_that_cannot_run_says_why(opened: Opened) -> None:
    opened["race"].click()
    opened["compare-what"].select_option("l2")
    opened.until(lambda: len(rows(opened)) == 2)
    opened["rival-add"].select_option('{"aspect":"loss","value":"bce"}')
    opened["rival-add"].select_option('{"aspect":"bug","value":"norm_constant"}')
    expect(opened["rival-3"]).to_contain_text("cannot run")
    expect(opened["rival-3"]).to_have_attribute("title", re.compile("“batch norm’s mean taken for a constant”"))
    opened["dataset-plane"].click()
    expect(opened["rival-2"]).to_contain_text("cannot run")
    expect(opened["rival-2"]).to_have_attribute("title", re.compile("."))


def with_extra(name: str, value: object) -> dict[str, object]:
    return {"hidden": [{"width": width, name: value} for width in (4, 2)]}


DIFFERENCES: dict[str, tuple[list[str], dict[str, object]]] = {
    "batch_norm": (["no batch norm", "batch norm"], with_extra("batch_norm", True)),
    "dropout": (["no dropout", "dropout 0.2"], with_extra("dropout", 0.2)),
    "l2": (["no L2", "L2 0.01"], {"l2": 0.01}),
    "bug": (["no bug", "the activation’s slope forgotten"], {}),
}


def test_layers_penalties_and_a_bug_are_compared_as_plainly(opened: Opened) -> None:
    opened["race"].click()
    spec = Spec.model_validate(opened.spec)
    for comparison, (names, fields) in DIFFERENCES.items():
        opened["compare-what"].select_option(comparison)
        opened.until(lambda names=names: names_of(opened) == names and {step for step, _ in rows(opened)} == {0})  # type: ignore[misc]
        opened["epoch-step"].click()
        opened.until(lambda: abreast(opened, 25))
        assert names_of(opened) == names
        other = Trainer(spec.changed(**fields), backend="by_hand")
        other.inject_bug("forgotten_slope" if comparison == "bug" else None)
        other.advance(25)
        assert rows(opened)[1][1] == pytest.approx(other.evaluate()["train_loss"], rel=1e-6), comparison
    residual = opened["compare-what"].locator("option[value=residual]")
    assert residual.is_disabled()
    assert "as wide" in (residual.get_attribute("title") or "")
    expect(opened["loss-chart"]).to_be_in_viewport()
    expect(opened["more"]).to_be_in_viewport()


@pytest.mark.parametrize("query", ["?lang=zh", "?profile=projector"])
def test_at_every_size(open_page: OpenPage, query: str) -> None:
    opened = open_page(query)
    opened["race"].click()
    opened.until(lambda: len(rows(opened)) == EIGHT)
    for width, height in ((1366, 768), (1024, 768)):
        opened.resize(width, height)
        expect(opened["rivals"]).to_be_in_viewport(ratio=1)
        for testid in ("compare-what", "race-close", "rival-0", "rival-7", "network", "boundary"):
            expect(opened[testid]).to_be_in_viewport()
        assert opened.page.evaluate("document.documentElement.scrollHeight") == height
    opened.resize(390, 844)
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 390


def names_of(opened: Opened) -> list[str]:
    names: list[str] = opened["compare-run"].evaluate_all("runs => runs.map((run) => run.dataset.name)")
    return names


def own_name(opened: Opened) -> str | None:
    return opened["compare-run"].first.get_attribute("data-name")


def test_a_run_keeps_the_name_under_which_it_ran(opened: Opened) -> None:
    opened["race"].click()
    opened.until(lambda: len(rows(opened)) == EIGHT)
    assert names_of(opened) == ["SGD", "Momentum", "Nesterov", "Adagrad", "RMSprop", "Adam", "AdamW", "Muon"]
    opened.play_to(30)
    opened["play"].click()
    opened.paused()
    opened.until(lambda: abreast(opened))
    step = int(opened.number("steps"))
    opened["optimizer"].select_option("muon")
    opened.until(lambda: own_name(opened) == f"SGD → Muon at {step}")
    loss = opened["compare-run"].first.get_attribute("data-loss")
    assert float(loss or "nan") == pytest.approx(opened.number("train-loss"), rel=1e-6)
    opened["step"].click()
    opened.until(lambda: abreast(opened, step + 1))
    opened["optimizer"].select_option("adam")
    opened.until(lambda: own_name(opened) == f"SGD → Muon at {step} → Adam at {step + 1}")
    opened["undo"].click()
    opened["undo"].click()
    opened.until(lambda: own_name(opened) == "SGD")
    opened["optimizer"].select_option("adam")
    opened["reset"].click()
    opened.until(lambda: own_name(opened) == "Adam")
