"""The sheet of studies: a sweep of two knobs, from its cost to a run that is opened."""

import csv
import re
from pathlib import Path

from playwright.sync_api import expect

from engine import Spec, Trainer
from engine.studies.knobs import turned
from tests.browser.conftest import Opened


def test_a_sweep_is_started_pointed_at_saved_and_its_run_opened(opened: Opened, tmp_path: Path) -> None:
    page = opened.page
    opened["play"].click()
    opened["studies"].click()
    expect(opened["studies-sheet"]).to_be_visible()
    opened["sweep-y"].select_option("batch_size")
    for name, value in {"x-low": 0.01, "x-high": 1, "y-low": 10, "y-high": 50, "epochs": 3}.items():
        opened[f"sweep-{name}"].fill(str(value))
    opened["sweep-cells"].select_option("9")
    expect(opened["sweep-cost"]).to_contain_text("81 runs")
    opened["sweep-start"].click()
    expect(opened["sweep-progress"]).to_have_attribute("data-value", "1", timeout=60_000)
    expect(opened["sweep-map"]).to_have_attribute("data-done", "81")
    expect(opened["sweep-map"]).to_have_attribute("data-cells", "81")
    expect(opened["play"]).to_have_attribute("aria-pressed", "true")
    expect(opened["sweep-legend"]).to_contain_text("ring: the run on the page")
    expect(opened["sweep-legend"]).to_contain_text(re.compile(r"strong color: 0\.\d+, pale: \d"))

    opened["sweep-map"].focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    cell = opened["sweep-cell"]
    expect(cell).to_contain_text("test loss")
    x, y, value = (float(cell.get_attribute(f"data-{name}") or "nan") for name in ("x", "y", "value"))
    with page.expect_download() as saved:
        opened["study-csv"].click()
    saved.value.save_as(tmp_path / "sweep.csv")
    rows = list(csv.DictReader((tmp_path / "sweep.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 81
    assert [
        float(row["test_loss"]) for row in rows if (float(row["learning_rate"]), float(row["batch_size"])) == (x, y)
    ] == [value]
    trainer = Trainer(turned(Spec(), {"learning_rate": x, "batch_size": y}), "by_hand")
    trainer.advance(3 * trainer.batches_per_epoch)
    assert trainer.evaluate()["test_loss"] == value

    opened["sweep-map"].focus()
    page.keyboard.press("Enter")
    expect(opened["studies-sheet"]).to_be_hidden()
    expect(opened["steps"]).to_have_attribute("data-value", str(trainer.step))
    expect(opened["epoch"]).to_have_attribute("data-value", "3")
    shown = page.evaluate("Math.fround(Number(document.querySelector('[data-testid=test-loss]').dataset.value))")
    assert shown == page.evaluate("value => Math.fround(value)", value)


def test_what_is_too_much_is_said_and_a_study_stops_and_goes_on(opened: Opened) -> None:
    opened["studies"].click()
    opened["sweep-seeds"].select_option("9")
    opened["sweep-cells"].select_option("100")
    expect(opened["study-message"]).to_contain_text("at most 20,000 are allowed")
    opened["sweep-cells"].select_option("25")
    expect(opened["study-message"]).to_be_empty()
    opened["sweep-start"].click()
    for word in ("Stop", "Go on", "Stop"):
        expect(opened["sweep-start"]).to_have_text(word)
        opened["sweep-start"].click()
    expect(opened["sweep-start"]).to_have_text("Go on")
    opened["studies-close"].click()
    expect(opened["studies-sheet"]).to_be_hidden()
