"""The log: the numbers of each epoch as a table, a curve and a file, as the engine has them."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine.spec.spec import Spec
from engine.training.trainer import Trainer
from tests.browser.conftest import Opened, OpenPage
from tests.browser.test_gallery import choose

pytestmark = pytest.mark.painted

NAMES = ("epoch", "loss", "trainAccuracy", "testAccuracy")
LINES = "chart => (chart.data ?? []).map(({ x, y }) => ({ x: [...x], y: [...y] }))"


def rows(opened: Opened) -> list[list[float]]:
    """Epoch, loss, training and test accuracy."""
    found: list[list[float]] = (
        opened["log"]
        .locator("tbody tr")
        .evaluate_all("(rows, names) => rows.map((row) => names.map((name) => Number(row.dataset[name])))", list(NAMES))
    )
    return found


def told(spec: Spec, epochs: int) -> list[list[float | None]]:
    """The same by an engine of one's own."""
    trainer = Trainer(spec, backend="by_hand")
    found: list[list[float | None]] = []
    for epoch in range(1, epochs + 1):
        trainer.advance_to_epoch_end()
        numbers = trainer.evaluate()
        found.append([epoch, numbers["train_loss"], numbers["train_accuracy"], numbers["test_accuracy"]])
    return found


def test_every_epoch_is_in_table_curve_and_file_at_any_pace(open_page: OpenPage) -> None:
    opened = open_page("#samples=60&stop_epochs=10")
    opened["tab-log"].click()
    expect(opened["log-copy"]).to_be_disabled()
    opened["speed"].fill(str(opened["speed"].evaluate("slider => slider.max")))
    opened["play"].click()
    opened.until(lambda: opened.state["stopped"] == "epochs")
    opened.until(lambda: len(rows(opened)) == 10)
    shown = rows(opened)
    for row, expected in zip(shown, told(Spec.model_validate(opened.spec), 10), strict=True):
        assert row == pytest.approx(expected, rel=1e-6)

    opened["curve-accuracy"].click()
    opened.until(lambda: len(opened["loss-chart"].evaluate(LINES)) == 2)
    opened.until(lambda: opened["loss-chart"].evaluate(LINES)[1]["y"] == [row[2] for row in shown])
    expect(opened["loss-scale"]).to_be_hidden()

    for button in ("log-csv", "save-log"):
        if button == "save-log":
            opened["save"].click()
        with opened.page.expect_download() as download:
            opened[button].click()
        assert download.value.suggested_filename == "playground-log-epoch-10.csv"
        with Path(download.value.path()).open(newline="") as file:
            lines = list(csv.DictReader(file))
        names = ("epoch", "train_loss", "train_accuracy", "test_accuracy")
        assert [[float(line[name]) for name in names] for line in lines] == shown
    opened.page.keyboard.press("Escape")

    opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened["log-copy"].click()
    expect(opened["message"]).to_be_visible()
    text = opened.page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len(text) == 11
    assert text[10].split()[:2] == ["10", f"{shown[9][1]:.5f}"]

    opened["timeline"].fill("16")  # scrubbing keeps it, and so does a reload
    opened.until(lambda: opened.number("steps") < 30)  # 16 or, on a slow machine, a moment before
    opened.until(lambda: opened["log"].locator("tr.later").count() == 10 - opened.number("steps") // 3)
    opened.reload()
    opened["tab-log"].click()
    opened.until(lambda: rows(opened) == shown)


def test_the_perceptron_counts_its_errors_and_values_have_no_accuracy(open_page: OpenPage) -> None:
    opened = open_page("?lang=zh")
    choose(opened, "d1_and")
    opened["tab-log"].click()
    opened["speed"].fill(str(opened["speed"].evaluate("slider => slider.max")))
    opened["play"].click()
    opened.until(lambda: opened.state["stopped"] == "no_errors")
    errors = "rows => rows.map((row) => Number(row.dataset.errors))"
    opened.until(lambda: opened["log"].locator("tbody tr").evaluate_all(errors)[-1:] == [0])
    assert all(opened["log"].locator("tbody tr").evaluate_all(errors)[:-1])
    assert opened["log"].locator("th").all_inner_texts() == ["轮", "损失", "准确率", "错误数"]
    choose(opened, "b1_five_plus_three")
    expect(opened["curve-accuracy"]).to_be_hidden()
    opened["tab-log"].click()
    expect(opened["log"].locator("th")).to_have_count(2)
