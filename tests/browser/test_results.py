"""The table of results: few rows, exact and live, and a row for inputs of one's own."""

import pytest
from playwright.sync_api import expect

from engine.spec.spec import Spec
from engine.training.trainer import Trainer
from tests.browser.conftest import Opened, OpenPage
from tests.browser.test_gallery import choose


def cells(opened: Opened, section: str = "tbody") -> list[list[float]]:
    """The cells with a value, row by row: outputs, then errors."""
    found: list[list[float]] = (
        opened["results"]
        .locator(f"{section} tr")
        .evaluate_all(
            "rows => rows.map((row) => [...row.querySelectorAll('[data-value]')].map((cell) => +cell.dataset.value))"
        )
    )
    return found


@pytest.mark.parametrize("query", ["", "?profile=projector&lang=zh"])
def test_xor_reads_0_1_1_0(open_page: OpenPage, query: str) -> None:
    opened = open_page(query)
    choose(opened, "d2_xor")
    expect(opened["results"]).to_be_in_viewport()
    opened["speed"].fill(str(opened["speed"].evaluate("slider => slider.max")))
    opened["play"].click()
    opened.until(lambda: opened.state["stopped"] == "epochs")
    opened.paused()
    twin = Trainer(Spec.model_validate(opened.spec), backend="by_hand")
    twin.advance(int(opened.number("steps")))
    said = twin.predict(twin.train_points)[:, 0]
    opened.until(lambda: [value for row in cells(opened) for value in row[:1]] == pytest.approx(said, abs=1e-5))
    rows = opened["results"].locator("tbody tr").all_inner_texts()
    shown = {tuple(row.split()[:2]): round(float(row.split()[2])) for row in rows}
    assert shown == {("0", "0"): 0, ("0", "1"): 1, ("1", "0"): 1, ("1", "1"): 0}
    assert [row[1] for row in cells(opened)] == pytest.approx(said - twin.train_targets[:, 0], abs=1e-5)


def test_one_types_inputs_of_ones_own(opened: Opened) -> None:
    choose(opened, "b1_five_plus_three")
    opened["own-input-0"].fill("2")
    opened["own-input-1"].fill("-1.5")
    twin = Trainer(Spec.model_validate(opened.spec), backend="by_hand")
    wanted = float(twin.predict([(2, -1.5)])[0, 0]) * twin.spec.kind.unit
    opened.until(lambda: cells(opened, "tfoot")[0][:1] == [pytest.approx(wanted, rel=1e-4)])
    opened["own-input-1"].fill("")
    opened.until(lambda: opened["results"].locator("tfoot [data-value]").first.inner_text() == "–")


def test_sums_it_has_never_seen_and_columns_of_values(opened: Opened) -> None:
    choose(opened, "b2_sums")
    opened.until(lambda: [len(row) for row in cells(opened)] == [4] * 8)
    choose(opened, "a3_feed_forward")
    opened["tab-results"].click()
    opened.until(lambda: [len(row) for row in cells(opened)] == [4])
    expect(opened["own-input-9"]).to_be_attached()
    opened["tab-layers"].click()
    expect(opened["gradient-chart"]).to_be_visible()
    expect(opened["results"]).to_be_hidden()
    choose(opened, "circle")
    expect(opened["tab-results"]).to_be_hidden()
