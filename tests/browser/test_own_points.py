"""Points of one's own: drawn, sprayed, moved and erased on the plane, by mouse and by keyboard, or read from a file."""

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import Opened
from tests.browser.test_network_panel import box, configure, pixels


def at(opened: Opened, x1: float, x2: float) -> tuple[float, float]:
    """Where a point of the plane is on the screen."""
    left, top, right, bottom = box(opened["boundary"])
    return left + (right - left) * (x1 + 6) / 12, top + (bottom - top) * (6 - x2) / 12


def own(opened: Opened) -> list[list[float]]:
    points: list[list[float]] = opened.spec["own_points"]
    return points


def test_points_drawn_with_the_mouse_are_trained_on(opened: Opened) -> None:
    opened["draw-points"].click()
    opened["draw-empty"].click()
    expect(opened["draw-hint"]).to_contain_text("Click on the plane")
    opened["point-class-0"].click()
    for x1, x2 in ((-4.0, 4.0), (-3.4, 3.0), (-2.0, 4.0)):
        opened.page.mouse.click(*at(opened, x1, x2))
    expect(opened["draw-hint"]).to_contain_text("one class")
    assert opened.spec["dataset"] == "circle", "points of one class are not sent"
    opened.page.keyboard.press("3")
    expect(opened["point-class-2"]).to_have_attribute("aria-pressed", "true")
    for x1, x2 in ((4.0, -4.0), (3.0, -3.0), (3.0, -4.4)):
        opened.page.mouse.click(*at(opened, x1, x2))
    opened.until(lambda: opened.spec["dataset"] == "own" and len(own(opened)) == 6)
    assert own(opened)[0] == pytest.approx([-4, 4, 0], abs=0.1)
    assert {label for *_, label in own(opened)} == {0, 2}
    opened["draw-done"].click()
    configure(opened, learning_rate=0.3)
    opened.play_to(300)
    opened["play"].click()
    opened.paused()
    (red, _, blue), (r, g, _) = pixels(opened["boundary"], [(0.03, 0.03), (0.97, 0.97)])
    assert red > blue + 40, "orange where the triangles are"
    assert g > r + 20, "green where the squares are"
    points = own(opened)
    opened.reload()
    assert own(opened) == points


def test_points_of_one_class_are_not_trained_on_and_other_points_neither(opened: Opened) -> None:
    opened.play_to(5)
    opened["draw-points"].click()
    opened["draw-empty"].click()
    expect(opened["play"]).to_have_attribute("aria-pressed", "false")
    opened.sent.clear()
    opened["play"].click()
    expect(opened["message"]).to_contain_text("no points to train on yet")
    opened.page.mouse.click(*at(opened, 3, 2))
    opened["step"].click()
    expect(opened["message"]).to_contain_text("one class, so there is nothing to tell apart")
    opened["draw-done"].click()
    expect(opened["message"]).to_contain_text("were not trained on")
    opened["draw-points"].click()
    expect(opened["draw-hint"]).to_have_attribute("data-value", "1")
    assert not any(said["type"] in ("play", "step", "configure") for said in opened.sent)
    opened["point-class-0"].click()
    opened.page.mouse.click(*at(opened, -3, -2))
    opened.until(lambda: opened.spec["dataset"] == "own" and len(own(opened)) == 2)
    opened["play"].click()
    opened.until(lambda: opened.state["playing"])


def test_points_are_moved_erased_and_brought_back(opened: Opened) -> None:
    opened["draw-points"].click()
    opened["draw-these"].click()
    opened.until(lambda: opened.spec["dataset"] == "own")
    total = len(own(opened))
    assert total == 500
    opened["clear-points"].click()
    opened["point-class-1"].click()
    mouse = opened.page.mouse
    mouse.click(*at(opened, 0, 0))
    mouse.move(*at(opened, 0, 0))
    mouse.down()
    mouse.move(*at(opened, 3, 2), steps=4)
    mouse.up()
    opened["point-class-0"].click()
    mouse.click(*at(opened, -3, -2))
    opened.until(lambda: len(own(opened)) == 2)
    assert [round(part) for part in own(opened)[0]] == [3, 2, 1]
    mouse.click(*at(opened, 3, 2), button="right")
    expect(opened["draw-hint"]).to_have_attribute("data-value", "1")
    opened.page.keyboard.press("Control+z")
    expect(opened["draw-hint"]).to_have_attribute("data-value", "2")
    opened["erase"].click()
    mouse.click(*at(opened, 3, 2))
    expect(opened["draw-hint"]).to_have_attribute("data-value", "1")
    for _ in range(5):
        opened["draw-undo"].click()
    opened.until(lambda: len(own(opened)) == total)


def test_points_are_drawn_by_keyboard_alone(opened: Opened) -> None:
    page = opened.page
    opened["draw-points"].focus()
    page.keyboard.press("Enter")
    expect(opened["draw-empty"]).to_be_visible()
    opened["draw-empty"].focus()
    page.keyboard.press("Enter")
    expect(opened["boundary"]).to_be_focused()
    for key in ("1", "ArrowRight", "ArrowRight", "Enter", "2", "Shift+ArrowUp", "Enter"):
        page.keyboard.press(key)
    opened.until(lambda: opened.spec["dataset"] == "own")
    assert own(opened) == [[0.4, 0, 0], [0.4, 1, 1]]
    assert opened.number("steps") == 0, "an arrow takes no step here"
    page.keyboard.press("Delete")
    expect(opened["draw-hint"]).to_have_attribute("data-value", "1")
    page.keyboard.press("Escape")
    expect(opened["draw-points"]).to_have_attribute("aria-pressed", "false")


def test_the_brush_sprays_while_it_is_held(opened: Opened) -> None:
    opened["draw-points"].click()
    opened["draw-empty"].click()
    opened["tool-brush"].click()
    opened.page.mouse.move(*at(opened, 2, 2))
    opened.page.mouse.down()
    opened.until(lambda: opened.number("draw-hint") > 8)
    opened.page.mouse.up()
    opened.page.keyboard.press("Control+z")
    expect(opened["draw-hint"]).to_have_attribute("data-value", "0")


def choose_file(opened: Opened, file: FilePayload) -> None:
    with opened.page.expect_file_chooser() as chooser:
        opened["upload"].click()
    chooser.value.set_files(file)


def test_a_file_is_shown_before_it_is_used(opened: Opened) -> None:
    table = "x,y,age,kind\n1,2,7,rose\n-3,2,7,lily\n4,-2,7,rose\n0,1,7,tulip\n,1,7,tulip\n"
    choose_file(opened, FilePayload(name="flowers.csv", mimeType="text/csv", buffer=table.encode()))
    expect(opened["upload-dialog"]).to_contain_text("4 points were found")
    expect(opened["upload-dialog"]).to_contain_text("2: tulip")
    expect(opened["upload-notes"]).to_contain_text("two coordinates: age.")
    expect(opened["upload-notes"].locator("li")).not_to_have_count(0)
    assert opened.spec["dataset"] == "circle"
    expect(opened["upload-x1"].locator("xpath=following-sibling::output")).to_have_text("numbers · 1, -3, 4, 0, –, …")
    opened["upload-label"].select_option("age")
    expect(opened["upload-fault"]).to_contain_text("label 7")
    expect(opened["upload-use"]).to_be_hidden()
    opened["upload-label"].select_option("kind")
    opened["upload-x2"].select_option("x")
    expect(opened["upload-x1"]).to_have_value("y")  # they change places
    opened["upload-x1"].select_option("x")
    expect(opened["upload-x2"]).to_have_value("y")
    opened["upload-fill"].uncheck()
    expect(opened["upload-notes"]).not_to_contain_text("fill the plane")
    opened["upload-use"].click()
    opened.until(lambda: opened.spec["dataset"] == "own")
    assert own(opened) == [[1, 2, 1], [-3, 2, 0], [4, -2, 1], [0, 1, 2]]
    opened.faults[:] = [fault for fault in opened.faults if "422" not in fault]
    assert opened.state["classes"] == 3
    expect(opened["play"]).to_be_focused()  # Space plays
    expect(opened.page.locator(".reading-at .class-mark")).to_have_count(3)
    legend = opened["boundary-reading"]
    expect(legend).to_have_text("lilyrosetulip")
    opened.page.reload()
    expect(legend).to_have_text("lilyrosetulip")
    opened["draw-points"].click()
    opened["clear-points"].click()
    for n, place in enumerate(((-2, -2), (2, 2), (0, -4))):
        opened[f"point-class-{n}"].click()
        opened.page.mouse.click(*at(opened, *place))
    opened["draw-done"].click()
    expect(legend).to_have_text("012")


def test_points_of_a_file_are_told_in_its_own_numbers(opened: Opened) -> None:
    """Ages and salaries fill the plane; axes, readings, the inspector and a shared address keep the file's numbers."""
    rows = [(20 + 5 * n, 30_000 + 10_000 * (n % 5), "yes" if n > 3 else "no") for n in range(8)]
    table = "Age,Salary,Buys\n" + "\n".join(",".join(map(str, row)) for row in rows)
    choose_file(opened, FilePayload(name="ads.csv", mimeType="text/csv", buffer=table.encode()))
    expect(opened["upload-fill"]).to_be_disabled()
    opened["upload-use"].click()
    opened.until(lambda: opened.spec["dataset"] == "own")
    assert opened.spec["own_units"] == [[37.5, 3.5], [50_000, 4000], [0, 1]]
    assert own(opened)[0] == [-5, -5, 0]
    ticks = opened.page.locator("#boundary .ticks")
    expect(ticks).to_have_text("20Age5530000Salary70000")
    opened.page.mouse.move(*at(opened, -5, -5))
    expect(opened["boundary-reading"]).to_contain_text("Age 20 (−5.00)Salary 30000 (−5.00)")
    opened.page.mouse.click(*at(opened, -5, -5))
    expect(opened["point-in-file"]).to_have_text("In the file: Age 20 (x₁ = −5.000), Salary 30000 (x₂ = −5.000).")
    opened["inspector-close"].click()
    opened.reload()
    expect(ticks).to_have_text("20Age5530000Salary70000")
    opened["share"].click()
    opened.until(lambda: "#" in opened.page.url)
    assert "own_units=37.5,3.5;50000,4000;0,1" in opened.page.url
    assert "own_names=Age,Salary,Buys,no,yes" in opened.page.url
    opened["dataset-circle"].click()
    expect(ticks).to_contain_text("x₁")


def test_a_file_that_cannot_be_read_says_why(opened: Opened) -> None:
    drop = """() => {
      const data = new DataTransfer();
      data.items.add(new File(['1,2\\n3,4\\n'], 'two.csv', { type: 'text/csv' }));
      const event = { dataTransfer: data, bubbles: true, cancelable: true };
      for (const name of ['dragenter', 'drop']) document.dispatchEvent(new DragEvent(name, event));
    }"""
    opened.page.evaluate(drop)
    expect(opened["upload-fault"]).to_contain_text("2")
    expect(opened["upload-use"]).to_be_hidden()
    opened.faults[:] = [fault for fault in opened.faults if "422" not in fault]
