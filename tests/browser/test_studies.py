"""The sheet of studies: a sweep of two knobs, from its cost to a run that is opened."""

import csv
import re
from functools import partial
from pathlib import Path
from typing import Any

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
    expect(opened["sweep-progress"]).to_have_attribute("data-value", "1")
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
    expect(opened["sweep-boundary"]).to_have_attribute("data-kind", "map")
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


PAIRS: tuple[tuple[str, tuple[float, float], str, tuple[float, float], str, int], ...] = (
    ("learning_rate", (0.01, 1), "batch_size", (10, 12), "ArrowLeft", 3),
    ("width", (1, 8), "depth", (1, 2), "ArrowRight", 3),
    ("noise", (0, 40), "seed", (1, 3), "ArrowLeft", 2),
    ("init_std", (0.1, 3), "samples", (100, 102), "ArrowRight", 2),
)
"""Two knobs with their ranges, the key from cell to cell, and how many of them are opened."""

MEASURED = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


def test_ten_cells_open_as_the_very_runs_they_are(opened: Opened) -> None:
    cells = set()
    opened["studies"].click()
    for x, across, y, up, key, count in PAIRS:
        samples = opened.spec["samples"]
        rows = swept(opened, x, across, y, up)
        for _ in range(count):
            place = open_next_cell(opened, key)
            cells.add((x, *place))
            cell = rows[place]
            expect(opened["studies-sheet"]).to_be_hidden()
            expect(opened["steps"]).to_have_attribute("data-value", str(cell["steps"]))
            measured = [cell[name] for name in MEASURED]
            opened.until(partial(is_end_of_epoch, opened, measured))
            opened["studies"].click()
    assert len(cells) == 10

    opened["sweep-level"].fill(str(cell["test_loss"]))
    assert opened.spec["samples"] != samples, "the page has another experiment by now"
    opened.told.clear()
    opened["sweep-closer"].click()
    expect(opened["sweep-zoom-out"]).to_be_visible()
    opened.until(lambda: any(message.get("plan") for message in opened.told))
    plan = next(message["plan"] for message in opened.told if message.get("plan"))
    assert plan["spec"]["samples"] == samples
    low, high = (float(opened[f"sweep-x-{end}"].input_value()) for end in ("low", "high"))
    assert across[0] <= low < high <= across[1]
    assert high - low < across[1] - across[0]


def swept(opened: Opened, x: str, across: tuple[float, float], y: str, up: tuple[float, float]) -> dict[Any, Any]:
    """The rows of a finished sweep by the values of its knobs."""
    for axis, knob, values in (("x", x, across), ("y", y, up)):
        opened[f"sweep-{axis}"].select_option(knob)
        for end, value in zip(("low", "high"), values, strict=True):
            opened[f"sweep-{axis}-{end}"].fill(str(value))
    opened["sweep-cells"].select_option("9")
    opened["sweep-epochs"].fill("2")
    opened.told.clear()
    opened["sweep-start"].click()
    opened.until(lambda: any(message["type"] == "study" for message in opened.told))
    expect(opened["sweep-progress"]).to_have_attribute("data-value", "1")
    opened.until(lambda: any(message.get("state") == "done" for message in opened.told))
    studies = [message for message in opened.told if message["type"] == "study"]
    plan = studies[0]["plan"]
    rows = (dict(zip(plan["columns"], row, strict=True)) for study in studies for row in study["parts"])
    found = {(plan["x"]["values"][row["column"]], plan["y"]["values"][row["row"]]): row for row in rows}
    assert (plan["x"]["knob"], plan["y"]["knob"]) == (x, y)
    expect(opened["sweep-map"]).to_have_attribute("data-done", str(len(found)))
    return found


def open_next_cell(opened: Opened, key: str) -> tuple[float, float]:
    """Gives the values of its knobs."""
    opened["sweep-map"].focus()
    opened.page.keyboard.press(key)
    cell = opened["sweep-cell"]
    expect(cell).to_be_visible()
    x, y = (float(cell.get_attribute(f"data-{name}") or "nan") for name in ("x", "y"))
    opened.told.clear()
    opened.page.keyboard.press("Enter")
    return x, y


def is_end_of_epoch(opened: Opened, measured: list[float]) -> bool:
    """Whether the newest row of the log of the run on the page, exact as the engine has measured it, is this."""
    logs = [message["log"] for message in opened.told if message["type"] == "entries" and message.get("log")]
    rows = [list(row) for log in logs for row in zip(*(log[name] for name in MEASURED), strict=True)]
    return rows[-1:] == [measured]
