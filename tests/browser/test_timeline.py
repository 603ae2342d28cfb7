"""The timeline on the page: a moment sought, gone on from, branched, a change taken back; in Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from engine import Spec, Trainer
from tests.browser.conftest import Opened, OpenPage

HUES = """(canvas) => {
  const blank = new OffscreenCanvas(canvas.width, canvas.height);
  const context = blank.getContext('2d', { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const ranks = new Map();  // the order of red, green and blue is another in each class's colour, however pale
  for (let i = 0; i < data.length; i += 4) {
    const rank = [0, 1, 2].sort((a, b) => data[i + a] - data[i + b]).join('');
    ranks.set(rank, (ranks.get(rank) ?? 0) + 1);
  }
  return [...ranks].filter(([, count]) => count > data.length / 4 / 50);
}"""


@pytest.fixture
def page(opened: Opened) -> Page:
    return opened.page


def step_of(page: Page) -> int:
    return int(page.get_by_test_id("steps").get_attribute("data-value") or -1)


def losses(page: Page) -> tuple[str | None, str | None]:
    return tuple(page.get_by_test_id(name).get_attribute("data-value") for name in ("train-loss", "test-loss"))  # type: ignore[return-value]


def at_step(page: Page, step: int) -> None:
    expect(page.get_by_test_id("steps")).to_have_attribute("data-value", str(step))


def epochs(page: Page, count: int) -> None:
    for _ in range(count):
        before = step_of(page)
        page.get_by_test_id("epoch-step").click()
        at_step(page, before + 25)


def scrub(page: Page, step: int) -> None:
    page.get_by_test_id("timeline").fill(str(step))
    at_step(page, step)


def test_a_sought_moment_is_as_it_was_and_a_branch_without_a_change_goes_the_same_way(page: Page) -> None:
    at_step(page, 0)
    epochs(page, 2)
    middle = losses(page)
    epochs(page, 2)
    end = losses(page)
    scrub(page, 50)
    assert losses(page) == middle
    page.get_by_test_id("branch").click()
    expect(page.get_by_test_id("branch-1")).to_have_attribute("aria-pressed", "true")
    epochs(page, 2)
    assert losses(page) == end, "bit for bit"
    whole = Trainer(Spec(), backend="by_hand")
    whole.advance(100)
    assert float(end[0] or "nan") == pytest.approx(whole.evaluate()["train_loss"], rel=1e-6)


@pytest.mark.painted
def test_a_change_in_the_past_begins_a_branch_and_both_can_be_looked_at(page: Page) -> None:
    at_step(page, 0)
    epochs(page, 3)
    first = losses(page)
    scrub(page, 25)
    page.get_by_test_id("learning-rate").select_option("0.3")
    expect(page.get_by_test_id("branch-1")).to_have_attribute("aria-pressed", "true")
    epochs(page, 2)
    second = losses(page)
    assert second != first
    expect(page.get_by_test_id("branch-1")).to_have_text("1Learning rate")
    marks = "({ layout }) => (layout?.annotations ?? []).map(({ text }) => text).join()"
    expect(page.get_by_test_id("branch-0")).to_have_text("●")
    page.wait_for_function(f"() => ({marks})(document.querySelector('[data-testid=loss-chart]')) === '●'")
    page.get_by_test_id("beside").click()
    for branch, (_, test_loss) in enumerate((first, second)):
        expect(page.get_by_test_id(f"beside-{branch}")).to_have_attribute("data-value", str(test_loss))
    panel, chart = page.get_by_test_id("beside-panel").bounding_box(), page.get_by_test_id("loss-chart").bounding_box()
    assert panel
    assert chart
    assert panel["x"] > chart["x"] + chart["width"], "it covers the loss"
    epochs(page, 1)
    now = losses(page)[1]
    assert now != second[1]
    expect(page.get_by_test_id("beside-1")).to_have_attribute("data-value", str(now))
    expect(page.get_by_test_id("beside-0")).to_have_attribute("data-value", str(first[1]))
    page.get_by_test_id("beside-close").click()
    expect(page.get_by_test_id("beside-panel")).to_be_hidden()
    expect(page.get_by_test_id("gradient-chart")).to_be_visible()
    page.get_by_test_id("branch-0").click()
    expect(page.get_by_test_id("learning-rate")).to_have_value("0.03")
    at_step(page, 75)
    assert losses(page) == first


def test_a_branch_that_is_left_is_shown_as_it_ended_and_only_the_run_is_painted_anew(page: Page) -> None:
    at_step(page, 0)
    epochs(page, 1)
    page.get_by_test_id("branch").click()
    expect(page.get_by_test_id("branch-1")).to_have_attribute("aria-pressed", "true")
    epochs(page, 1)
    _, end = losses(page)
    page.get_by_test_id("beside").click()
    expect(page.get_by_test_id("beside-1")).to_have_attribute("data-value", str(end))
    scrub(page, 30)
    expect(page.get_by_test_id("beside-1")).to_have_attribute("data-value", str(losses(page)[1]))
    page.get_by_test_id("branch-0").click()
    expect(page.get_by_test_id("beside-1")).to_have_attribute("data-value", str(end))
    page.evaluate(
        """() => {
             window.painted = [];
             const put = CanvasRenderingContext2D.prototype.putImageData;
             CanvasRenderingContext2D.prototype.putImageData = function (...given) {
               window.painted.push(this.canvas.closest('figure')?.dataset.testid);
               return put.apply(this, given);
             };
           }"""
    )
    page.get_by_test_id("play").click()
    page.wait_for_function("window.painted.filter((name) => name === 'beside-0').length > 15")
    page.get_by_test_id("play").click()
    assert page.evaluate("window.painted.filter((name) => name === 'beside-1').length") < 8, "not with every picture"


def test_branches_of_three_classes_show_which_class_wins(open_page: OpenPage) -> None:
    opened = open_page("#dataset=blobs&classes=3")
    page = opened.page
    at_step(page, 0)
    epochs(page, 6)
    page.get_by_test_id("branch").click()
    expect(page.get_by_test_id("branch-1")).to_have_attribute("aria-pressed", "true")
    page.get_by_test_id("beside").click()
    for branch in (0, 1):
        expect(page.get_by_test_id(f"beside-{branch}")).to_have_attribute("data-value", re.compile(r"\d"))
        canvas = page.get_by_test_id(f"beside-{branch}").locator("canvas")
        opened.until(lambda canvas=canvas: len(canvas.evaluate(HUES)) == 3)  # type: ignore[misc]


def test_a_change_is_taken_back_and_made_again(page: Page) -> None:
    at_step(page, 0)
    epochs(page, 1)
    expect(page.get_by_test_id("undo")).to_be_disabled()
    page.get_by_test_id("learning-rate").select_option("0.1")
    page.get_by_test_id("undo").click()
    expect(page.get_by_test_id("learning-rate")).to_have_value("0.03")
    page.get_by_test_id("redo").click()
    expect(page.get_by_test_id("learning-rate")).to_have_value("0.1")
