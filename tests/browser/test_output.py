"""What stands in the output panel: the boundary, a digit on the pad, sums, pictures, scores."""

import math
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opened, OpenPage
from tests.browser.test_network_panel import box, configure, pixels

CLASSES = {"dataset": "pinwheel", "classes": 5, "loss": "cross_entropy", "optimizer": "adam", "learning_rate": 0.03}
DIGITS = {
    "dataset": "digits",
    "loss": "cross_entropy",
    "optimizer": "adam",
    "learning_rate": 0.01,
    "activation": "relu",
}


def layers(*widths: int) -> list[dict[str, object]]:
    return [
        {"width": width, "activation": None, "dropout": 0, "batch_norm": False, "residual": False} for width in widths
    ]


def at(opened: Opened, x1: float, x2: float) -> tuple[float, float]:
    """Where a point of the plane is on the screen."""
    left, top, right, bottom = box(opened["boundary"])
    return left + (right - left) * (x1 + 6) / 12, top + (bottom - top) * (6 - x2) / 12


def draw(opened: Opened, strokes: list[list[tuple[float, float]]]) -> None:
    """On the pad, in parts of its side."""
    left, top, right, bottom = box(opened["pad"])
    mouse = opened.page.mouse
    for stroke in strokes:
        places = [(left + (right - left) * across, top + (bottom - top) * down) for across, down in stroke]
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place, steps=6)
        mouse.up()


# ---- the boundary


def test_the_map_shows_what_the_network_says(opened: Opened) -> None:
    """Trained on two clouds: blue where the blue cloud is, orange where the orange one is."""
    configure(opened, dataset="gauss", learning_rate=0.1)
    opened.play_to(400)
    opened["play"].click()
    opened.paused()
    (red, _, blue), (r, _, b) = pixels(opened["boundary"], [(0.97, 0.03), (0.03, 0.97)])
    assert blue > red + 40
    assert r > b + 40


def test_points_and_place_are_read_under_the_pointer(opened: Opened) -> None:
    left, top, right, bottom = box(opened["boundary"])
    assert right - left == pytest.approx(bottom - top, abs=1)
    opened.page.mouse.move(left + (right - left) * 0.75, top + (bottom - top) * 0.25)
    reading = opened["boundary-reading"]
    expect(reading).to_contain_text("output")
    x1, x2 = (float(number) for number in re.findall(r"\d\.\d\d", reading.inner_text())[:2])
    assert math.hypot(x1 - 3, x2 - 3) < 0.5
    opened["numbers"].evaluate("button => button.click()")  # as a key does, which points nowhere else
    expect(opened["numbers"]).to_have_attribute("aria-pressed", "true")
    opened.painted(2)
    expect(reading).to_contain_text("x₁")


def test_test_points_come_on_request(opened: Opened) -> None:
    picture = "canvas => canvas.toDataURL()"
    expect(opened["test-points"]).not_to_be_checked()
    opened.answered()  # what the first picture set going is painted
    before = opened["boundary"].evaluate(picture)
    opened["test-points"].check()
    opened.until(lambda: opened["boundary"].evaluate(picture) != before)
    opened["test-points"].uncheck()
    opened.until(lambda: opened["boundary"].evaluate(picture) == before)


def test_discretized_there_are_two_colours(opened: Opened) -> None:
    opened["discretize"].check()

    def ground() -> set[tuple[int, ...]]:
        return {tuple(rgb) for rgb in pixels(opened["boundary"], [(0.02 * i, 0.004) for i in range(50)])}

    opened.until(lambda: len(ground()) <= 4)  # the two, and where the line crosses the edge


def test_points_outside_are_counted(opened: Opened) -> None:
    expect(opened["outside"]).to_be_hidden()
    configure(opened, dataset="gauss", noise=50)
    opened["test-points"].check()
    points = next(message for message in reversed(opened.told) if message.get("points"))["points"]
    outside = sum(max(abs(x1), abs(x2)) > 6 for x1, x2, _ in points["train"] + points["test"])
    assert outside > 1
    expect(opened["outside"]).to_contain_text(f"{outside} points lie outside")


# ---- classes, values, pictures


def test_many_classes_are_areas_of_their_own(opened: Opened) -> None:
    configure(opened, hidden=layers(8, 8), **CLASSES)
    opened.play_to(400)
    opened["play"].click()
    expect(opened.page.locator(".reading-at .class-mark")).to_have_count(5)
    expect(opened["neuron-2-4"]).to_be_visible()
    opened.paused()
    opened["discretize"].check()
    grid = [(0.02 + 0.04 * column, 0.02 + 0.04 * row) for row in range(25) for column in range(25)]

    def have_areas_of_their_own() -> bool:
        seen = [tuple(rgb) for rgb in pixels(opened["boundary"], grid)]
        grounds = [
            [pale(colour, part) for part in range(3)]
            for colour in ("#d4640a", "#1f6db3", "#58a07a", "#65005c", "#3e3107")
        ]
        near = [[max(abs(a - b) for a, b in zip(rgb, ground, strict=True)) < 5 for rgb in seen] for ground in grounds]
        return all(sum(places) > 10 for places in near)

    opened.until(have_areas_of_their_own)


def pale(colour: str, part: int) -> float:
    """Of a class's colour, how much of it the map shows."""
    middle = (246, 245, 242)[part]
    return middle + 0.62 * (int(colour[1 + 2 * part : 3 + 2 * part], 16) - middle)


def test_the_plane_is_as_wide_as_the_data(opened: Opened) -> None:
    ticks = opened.page.locator("#boundary .x1")
    opened["dataset-xor_gate"].click()
    expect(ticks).to_have_text(["0", "1", "x₁"])
    expect(opened.page.locator("[data-testid=noise]")).to_be_disabled()
    opened["dataset-arithmetic"].click()
    expect(ticks).to_have_text(["−10", "0", "10", "x₁"])


def test_sums_are_typed_in_and_answered(opened: Opened) -> None:
    configure(opened, dataset="arithmetic", hidden=layers(4), activation="linear")
    opened.play_to(900)
    opened["first-number"].fill("2.5")
    opened["second-number"].fill("-7")
    opened.until(lambda: abs(opened.number("answer-0") + 4.5) < 0.05 and abs(opened.number("answer-1") - 9.5) < 0.05)
    expect(opened["truth-1"]).to_contain_text("9.5")
    expect(opened["pair-seen"]).to_contain_text("never shown")
    opened["output-1"].click()
    expect(opened["output-1"]).to_have_attribute("aria-pressed", "true")
    opened.until(lambda: opened.number("r2") > 0.99)


def test_a_digit_drawn_on_the_pad_is_recognised(opened: Opened) -> None:
    configure(opened, hidden=layers(32), **DIGITS)
    expect(opened["boundary"]).to_be_hidden()
    opened.until(lambda: opened.number("steps") == 0)
    opened["play"].click()
    opened.until(lambda: opened.number("test-accuracy") > 0.93)
    draw(opened, [[(0.3, 0.2), (0.7, 0.2), (0.58, 0.5), (0.45, 0.85)]])
    opened.until(lambda: opened.number("probability-7") > 0.5)
    numbers = opened["network"].locator("canvas.figures")
    expect(numbers).to_be_visible()  # of the digit on its way through the neurons
    opened["clear-pad"].click()
    expect(numbers).to_be_hidden()
    draw(opened, [[(0.5, 0.15), (0.32, 0.3), (0.3, 0.7), (0.5, 0.85), (0.68, 0.7), (0.7, 0.3), (0.5, 0.15)]])
    opened.until(lambda: opened.number("probability-0") > 0.5)
    opened["example-4"].click()
    opened.until(lambda: opened.number("probability-4") > 0.5)
    opened["play"].click()

    opened["all-scores"].click()
    cells = opened["confusion-test"].locator("b")
    expect(cells).to_have_count(100)
    expect(cells.first).to_have_attribute("data-value", re.compile(r"\d"))
    accuracy = opened["scores"].get_by_test_id("test-accuracy")

    def adds_up() -> bool:
        counts = [int(cell) for cell in cells.evaluate_all("cells => cells.map(cell => cell.dataset.value)")]
        right = sum(counts[11 * digit] for digit in range(10))
        return abs(right / sum(counts) - float(accuracy.get_attribute("data-value") or "nan")) < 1e-6

    opened.until(adds_up)  # once the last picture is there
    expect(cells.nth(1)).to_have_attribute("title", re.compile("0.*1"))


def test_wide_layers_are_drawn_by_some_of_their_neurons(opened: Opened) -> None:
    configure(opened, hidden=layers(256, 33), **DIGITS)
    expect(opened["neuron-0-255"]).to_be_visible()
    expect(opened["neuron-0-1"]).to_have_count(0)
    expect(opened["network"].locator(".tile")).to_have_count(12 + 12 + 12 + 10)
    opened["neuron-0-255"].hover()
    expect(opened["card"]).to_contain_text("12 of 64 weights in")
    places = [box(tile) for tile in opened["network"].locator(".tile").all()]
    for number, (left, top, right, bottom) in enumerate(places):
        for other in places[number + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top, "two tiles overlap"


def test_on_a_projector_a_card_keeps_its_picture_where_no_panel_shows_it(opened: Opened) -> None:
    opened["projector"].click()
    opened["neuron-0-0"].hover()
    expect(opened["card"]).to_be_visible()
    expect(opened["card"].locator("canvas")).to_be_hidden()
    opened["train-loss"].hover()
    configure(opened, hidden=layers(6), **DIGITS)
    opened["neuron-0-1"].hover()
    expect(opened["card"].locator("canvas")).to_be_visible()


def test_pictures_the_network_makes_stand_beside_what_they_should_be(opened: Opened) -> None:
    configure(opened, dataset="digit_pictures", hidden=layers(16), optimizer="adam", learning_rate=0.01)
    expect(opened["sample-9"]).to_be_visible()
    opened.play_to(50)
    expect(opened["sample-9"]).to_have_attribute("title", re.compile(r"0\.\d+"))


def test_a_button_follows_a_point_of_the_batch_and_an_idle_chart_says_what_it_is_for(opened: Opened) -> None:
    expect(opened["idle"]).to_have_text("Press Play: the loss is drawn here, step by step.")
    opened.play_to(30)
    expect(opened["idle"]).to_be_hidden()
    opened["follow-point"].click()
    opened.paused()
    inspector = opened["inspector"]
    expect(inspector).to_contain_text("The loss of this point")
    step = opened.state["step"]
    expect(inspector).to_contain_text(re.compile(rf"Step ({step} \(last completed\)|{step + 1} \(next step\))"))
    expect(inspector).to_contain_text(re.compile(r"sample \d+ of 10"))
    opened["reset"].click()
    expect(opened["idle"]).to_be_visible()
    expect(inspector).to_contain_text("Step 1 (next step)")
    opened["language"].click()
    expect(opened["idle"]).to_have_text("按“播放”：损失会逐步画在这里。")
    expect(opened["follow-point"]).to_have_text("跟随一个点")
    configure(opened, hidden=layers(6), **DIGITS)
    expect(opened["follow-point"]).to_be_hidden()


# ---- scores


def test_scores_and_curves_are_one_click_away(opened: Opened) -> None:
    opened.play_to(300)
    opened["play"].click()
    opened.paused()
    expect(opened["f1"]).to_have_attribute("data-value", re.compile(r"\d"))
    opened["all-scores"].click()
    opened.until(lambda: opened.number("samples-spent") == opened.number("steps") * 10)  # the last picture is there
    opened.until(lambda: opened.number("test-f1") == opened.number("f1"))
    expect(opened["auc-test"]).to_have_attribute("data-value", re.compile(r"\d"))
    opened.until(lambda: 0.5 < opened.number("auc-test") <= 1)
    for counts in ("confusion-train", "confusion-test"):
        cells = opened[counts].locator("b")
        expect(cells).to_have_count(4)
        values = "cells => cells.map((cell) => Number(cell.dataset.value))"
        opened.until(lambda cells=cells, values=values: sum(cells.evaluate_all(values)) == 250)  # type: ignore[misc]
    named = opened["confusion-train"].locator("b").evaluate_all("cells => cells.map(cell => cell.dataset.name)")
    assert named == ["TN", "FP", "FN", "TP"]
    pixels = "canvas => canvas.toDataURL()"
    plain = opened["boundary"].evaluate(pixels)
    opened["confusion-train"].locator("[data-name=TP]").hover()
    opened.until(lambda: opened["boundary"].evaluate(pixels) != plain)
    opened["scores"].locator("h2").hover()
    opened.until(lambda: opened["boundary"].evaluate(pixels) == plain)
    opened["confusion-train"].locator("b[tabindex='0']").focus()  # one tab stop, and arrow keys
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("ArrowRight")
    expect(opened["confusion-train"].locator("[data-name=TP]")).to_be_focused()
    expect(opened["confusion-train"].locator("b[tabindex='0']")).to_have_count(1)
    opened.until(lambda: opened["boundary"].evaluate(pixels) != plain)
    opened["mark-wrong"].focus()
    opened.until(lambda: opened["boundary"].evaluate(pixels) == plain)
    for mark in ("mark-wrong", "mark-predicted"):
        opened[mark].check()
        opened.until(lambda: opened["boundary"].evaluate(pixels) != plain)
        opened[mark].uncheck()
        opened.until(lambda: opened["boundary"].evaluate(pixels) == plain)
    expect(opened["swapped"]).to_be_hidden()
    left, top, right, bottom = box(opened["scores"])
    assert min(left, top) >= 0
    assert right <= 1366
    assert bottom <= 768
    opened.page.keyboard.press("Escape")
    opened["presets"].click()
    opened["preset-e4_mystery"].click()
    opened["all-scores"].click()
    expect(opened["swapped"]).to_contain_text(re.compile(r"0\.\d{3}"))


TOO_WIDE = """async () => {
    const { showConfusionMatrix } = await import('/static/js/panels/output/confusion_matrix.js');
    const root = document.querySelector('[data-testid=confusion-train]');
    const counts = Array.from({ length: 10 }, () => Array(10).fill(6313));
    showConfusionMatrix(root, counts, { names: [...'0123456789'], marks: false });
    const words = document.createRange();
    return [...root.querySelectorAll('b')].filter((cell) => {
      words.selectNodeContents(cell);
      return words.getBoundingClientRect().width > cell.getBoundingClientRect().width;
    }).length;
}"""


@pytest.mark.parametrize(("query", "sizes"), [("", 4), ("?profile=projector", 3)])
def test_counts_of_all_of_mnist_fit_their_cells(open_page: OpenPage, query: str, sizes: int) -> None:
    opened = open_page(query)
    opened["all-scores"].click()
    expect(opened["confusion-train"]).to_be_visible()
    for width, height in ((1366, 768), (1024, 768), (800, 600), (390, 844))[:sizes]:
        opened.resize(width, height)
        assert opened.page.evaluate(TOO_WIDE) == 0, width


def test_a_stopped_run_says_so(opened: Opened) -> None:
    configure(opened, stop_steps=20)
    opened["play"].click()
    expect(opened["status"]).to_have_text("Steps done")
    expect(opened.page.locator("#status")).to_have_attribute("title", "Stopped: all steps are done")


def test_the_pad_fits_every_size(open_page: OpenPage) -> None:
    for query in ("", "?lang=zh&profile=projector&theme=dark"):
        opened = open_page(query)
        configure(opened, hidden=layers(32), **DIGITS)
        for width, height in ((1366, 768), (1024, 768), (800, 600), (390, 844)):
            opened.resize(width, height)
            opened["pad"].scroll_into_view_if_needed()
            opened.painted()
            panel, sheet, last = box(opened.page.locator("#output")), box(opened["pad"]), box(opened["probability-9"])
            assert panel[0] <= sheet[0] < sheet[2] <= last[0] < last[2] <= panel[2], (query, width)
            assert sheet[2] - sheet[0] > 90
