"""The gallery of presets: found, read, chosen; and what to look for stays in sight."""

import json
import re
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine.spec.presets import PRESETS
from tests.browser.conftest import Opened, OpenPage
from tests.table import sampled

WORDS = {
    language: json.loads((Path(__file__).parents[2] / "static" / "i18n" / f"{language}.json").read_text("utf-8"))
    for language in ("en", "zh")
}
PAINTED = """canvas => new Set(new Uint32Array(
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size"""


def open_gallery(opened: Opened) -> None:
    opened.open_controls()
    opened["presets"].click()
    expect(opened["gallery"]).to_be_visible()
    expect(opened["preset-circle"]).to_be_visible()


def test_every_preset_has_a_card_in_its_group(opened: Opened) -> None:
    open_gallery(opened)
    cards = opened.page.locator(".gallery .preset")
    assert cards.evaluate_all("all => all.map(card => card.dataset.testid)") == [f"preset-{p.name}" for p in PRESETS]
    headings = opened.page.locator(".preset-groups h3").all_text_contents()
    assert headings == [WORDS["en"][f"gallery.group.{group}"] for group in ("start", *"ABCDE")]
    opened["preset-a5_scalar"].click()
    expect(opened.page.get_by_test_id("expression")).to_have_value(re.compile("a·b"))


def test_pictures_come_one_after_the_other_and_are_painted(opened: Opened) -> None:
    open_gallery(opened)
    for name in ("circle", "clouds", "quadrants"):
        canvas = opened[f"preset-{name}"].locator("canvas")
        expect(canvas).to_have_attribute("data-kind", "map")
        opened.until(lambda canvas=canvas: canvas.evaluate(PAINTED) > 100)  # type: ignore[misc]
    assert opened["preset-circle"].locator(".shape circle").count() == 2 + 4 + 2 + 1
    expect(opened["preset-circle"]).to_contain_text("2-4-2-1")


def test_a_chosen_preset_is_the_whole_experiment_and_says_what_to_see(opened: Opened) -> None:
    open_gallery(opened)
    opened["preset-d2_xor"].click()
    expect(opened["gallery"]).to_be_hidden()
    spec = next(preset.spec for preset in PRESETS if preset.name == "d2_xor")
    assert spec is not None
    opened.until(lambda: opened.spec == spec.model_dump(mode="json"))
    expect(opened["caption"]).to_contain_text(WORDS["en"]["preset.d2_xor.see"])
    speed = next(preset.steps_per_second for preset in PRESETS if preset.name == "d2_xor")
    opened.until(lambda: opened.state["speed"] == speed)
    opened["epoch-step"].click()
    opened.until(lambda: opened.number("epoch") == 1)
    expect(opened["caption"]).to_be_visible()
    opened["language"].click()
    expect(opened["caption"]).to_contain_text(WORDS["zh"]["preset.d2_xor.see"])
    opened["caption"].get_by_role("button").click()
    expect(opened["caption"]).to_be_hidden()


def choose(opened: Opened, name: str) -> None:
    open_gallery(opened)
    opened[f"preset-{name}"].click()
    opened.until(lambda: opened.page.locator("#gallery[open]").count() == 0)
    opened.answered()


def test_a_preset_is_a_fresh_run_with_its_own_bug_and_pace(opened: Opened) -> None:
    planar = next(preset for preset in PRESETS if preset.name == "e2_planar")
    expect(opened["bug"]).to_have_attribute("data-value", "")
    opened.play_to(20)
    choose(opened, "e4_mystery")
    expect(opened["bug"]).to_have_attribute("data-value", "stop_on_batches")
    expect(opened["checked"]).to_have_attribute("data-state", "red")
    opened.until(lambda: (opened.state["playing"], opened.number("steps")) == (False, 0))
    opened["step"].click()
    opened.until(lambda: opened.number("steps") == 1)
    choose(opened, "e2_planar")
    expect(opened["bug"]).to_have_attribute("data-value", "")
    opened.until(lambda: (opened.number("steps"), opened.state["speed"]) == (0, planar.steps_per_second))
    opened["step"].click()
    opened.until(lambda: opened.number("steps") == 1)
    choose(opened, "e2_planar")
    opened.until(lambda: opened.number("steps") == 0)  # the same preset again starts again


def test_one_undo_brings_back_what_the_page_showed_before_a_preset(opened: Opened) -> None:
    opened["numbers"].click()
    opened["links-gradient"].click()
    opened["neuron-0-1"].click()
    opened["speed"].fill("3")
    opened.until(lambda: opened.state["speed"] == 5)
    choose(opened, "a4_optimizers")
    expect(opened["inspector"]).to_be_hidden()
    expect(opened["rivals"]).to_be_visible()
    expect(opened["numbers"]).to_have_attribute("aria-pressed", "false")
    expect(opened["links-weight"]).to_have_attribute("aria-pressed", "true")
    expect(opened["play"]).to_have_attribute("aria-pressed", "false")
    choose(opened, "a1_neuron")
    expect(opened["rivals"]).to_be_hidden()
    expect(opened["numbers"]).to_have_attribute("aria-pressed", "true")
    opened["undo"].click()
    expect(opened["rivals"]).to_be_visible()
    expect(opened["numbers"]).to_have_attribute("aria-pressed", "false")
    expect(opened["caption"]).to_contain_text(WORDS["en"]["preset.a4_optimizers"])
    opened["undo"].click()
    expect(opened["inspector"]).to_be_visible()
    expect(opened["rivals"]).to_be_hidden()
    for testid in ("numbers", "links-gradient"):
        expect(opened[testid]).to_have_attribute("aria-pressed", "true")
    opened.until(lambda: opened.state["speed"] == 5 and opened.spec["dataset"] == "circle")
    opened["redo"].click()
    expect(opened["rivals"]).to_be_visible()
    expect(opened["inspector"]).to_be_hidden()


def test_a_preset_ends_slow_motion_and_drawing(opened: Opened) -> None:
    opened["phase-next"].click()
    expect(opened["phase-off"]).to_be_visible()
    choose(opened, "clouds")
    expect(opened["phase-off"]).to_be_hidden()
    opened["draw-points"].click()
    expect(opened["draw-points"]).to_have_attribute("aria-pressed", "true")
    choose(opened, "circle")
    expect(opened["draw-points"]).to_have_attribute("aria-pressed", "false")


def test_the_caption_goes_with_its_experiment(opened: Opened) -> None:
    open_gallery(opened)
    opened["preset-clouds"].click()
    expect(opened["caption"]).to_be_visible()
    opened["dataset-circle"].click()
    expect(opened["caption"]).to_be_hidden()


def test_the_answer_to_the_only_sum_is_read_as_a_number(opened: Opened) -> None:
    open_gallery(opened)
    opened["preset-b1_five_plus_three"].click()
    opened.until(lambda: opened.spec["dataset"] == "own_values")
    opened["play"].click()
    expect(opened["boundary-reading"]).to_contain_text(re.compile(r"\(5, 3\) → .?8\.00"))


@pytest.mark.parametrize(("knob", "other", "closes"), [("optimizer", "adam", True), ("learning-rate", "0.1", False)])
def test_the_caption_goes_when_the_run_is_another_one(opened: Opened, knob: str, other: str, closes: bool) -> None:
    open_gallery(opened)
    opened["preset-circle"].click()
    expect(opened["caption"]).to_be_visible()
    opened[knob].select_option(other)
    opened.until(lambda: str(opened.spec[knob.replace("-", "_")]) == other)
    expect(opened["caption"]).to_be_visible(visible=not closes)


def test_neither_a_caption_nor_a_bar_of_repair_outlives_the_shape(opened: Opened) -> None:
    for chosen, bar in (("preset-circle", "caption"), ("break-vanishing", "broken")):
        open_gallery(opened)
        opened[chosen].click()
        expect(opened[bar]).to_be_visible()
        expect(opened["play"]).to_be_focused()
        opened["add-layer"].click()
        expect(opened[bar]).to_be_hidden()


@pytest.mark.parametrize(
    ("query", "width"),
    sampled(product(["", "?profile=projector"], [1366, 1024]), [("", 1024), ("?profile=projector", 1366)]),
)
def test_the_inspector_stands_beside_the_caption(open_page: OpenPage, query: str, width: int) -> None:
    opened = open_page(query, width)
    open_gallery(opened)
    opened["preset-circle"].click()
    opened["neuron-0-0"].click()
    expect(opened["inspector"]).to_have_attribute("data-id", "neuron-0-0")
    opened.loaded()
    inspector, caption = opened["inspector"].bounding_box(), opened["caption"].bounding_box()
    assert inspector
    assert caption
    if query:  # on a wall the caption stands beside the curve
        loss = opened["loss-chart"].bounding_box()
        assert loss
        assert inspector["x"] + inspector["width"] <= loss["x"] < loss["x"] + loss["width"] <= caption["x"]
    else:
        assert inspector["y"] == caption["y"]
    assert inspector["x"] + inspector["width"] <= caption["x"]
    ends = "() => innerHeight - parseFloat(getComputedStyle(document.body).paddingBottom)"
    assert inspector["y"] + inspector["height"] == pytest.approx(opened.page.evaluate(ends), abs=1)


@pytest.mark.parametrize("width", [1366, 1024])
def test_on_a_wall_a_caption_cuts_nothing(open_page: OpenPage, width: int) -> None:
    opened = open_page("?profile=projector", width)
    open_gallery(opened)
    opened["break-vanishing"].click()
    expect(opened["broken"]).to_be_visible()
    opened.answered()
    network, river = opened["network"].bounding_box(), opened["gradient-layer-0"].bounding_box()
    assert network
    assert river
    assert river["y"] + river["height"] <= network["y"] + network["height"]
    expect(opened["diagnosis"]).to_be_visible()
    assert opened["network"].bounding_box() == network, "moved when the sentence came"
    expect(opened["diagnosis-where"]).to_be_in_viewport(ratio=1)
    is_cut = (
        "() => [...document.querySelectorAll('.loss-panel h2')].some((head) => head.scrollWidth > head.clientWidth)"
    )
    assert not opened.page.evaluate(is_cut)
    opened["race"].click()
    expect(opened["rival-7"]).to_be_visible()
    expect(opened["repair"]).to_be_in_viewport(ratio=1)
    assert not opened.page.evaluate(is_cut)
    rivals, bar = opened["rivals"].bounding_box(), opened["broken"].bounding_box()
    assert rivals
    assert bar
    assert rivals["y"] + rivals["height"] <= bar["y"]


@pytest.mark.parametrize(
    ("query", "preset"),
    sampled(
        product(["", "?profile=projector"], ["c5_twenty_lines", "d6_widening"]),
        [("", "d6_widening"), ("?profile=projector", "c5_twenty_lines")],
    ),
)
def test_outputs_of_many_values_leave_the_scores_their_place(open_page: OpenPage, query: str, preset: str) -> None:
    opened = open_page(query)
    open_gallery(opened)
    opened[f"preset-{preset}"].click()
    expect(opened["sample-9"]).to_be_visible()

    def has_its_place() -> bool:
        last, metrics = opened["sample-9"].bounding_box(), opened.page.locator("#metrics").bounding_box()
        assert last
        assert metrics
        return last["height"] >= 12 and last["y"] + last["height"] <= metrics["y"] + 1

    opened.until(has_its_place)


def test_search(opened: Opened) -> None:
    open_gallery(opened)
    for sought, found in (("XOR", "d2_xor"), ("e5", "e5_own_points"), ("dropout", "d5_digits")):
        opened["preset-search"].fill(sought)
        expect(opened[f"preset-{found}"]).to_be_visible()
        expect(opened["preset-circle"]).to_be_hidden()
    opened["preset-search"].fill("no such words")
    expect(opened["gallery"].get_by_role("status")).to_have_text(WORDS["en"]["gallery.none"])


def test_by_keyboard(opened: Opened) -> None:
    opened["presets"].focus()
    opened.page.keyboard.press("Enter")
    expect(opened["preset-search"]).to_be_focused()
    opened.page.keyboard.press("ArrowDown")
    expect(opened["preset-circle"]).to_be_focused()
    opened.page.keyboard.press("ArrowRight")
    expect(opened["preset-clouds"]).to_be_focused()
    opened.page.keyboard.press("ArrowDown")
    assert opened.page.evaluate("document.activeElement.dataset.testid") == f"preset-{PRESETS[5].name}"
    opened.page.keyboard.press("ArrowUp")
    opened.page.keyboard.press("ArrowUp")
    expect(opened["preset-search"]).to_be_focused()
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("ArrowRight")
    opened.page.keyboard.press("Enter")
    opened.until(lambda: opened.spec["dataset"] == "gauss")
    expect(opened["gallery"]).to_be_hidden()


@pytest.mark.parametrize("query", ["?lang=zh&theme=dark", "?lang=en&profile=projector"])
def test_at_every_size(open_page: OpenPage, query: str) -> None:
    opened = open_page(query)
    open_gallery(opened)
    for width, height in ((1366, 768), (1024, 768), (390, 844)):
        opened.resize(width, height)
        cut = opened.page.evaluate(
            """() => [...document.querySelectorAll('.gallery .preset, .gallery .preset-see, .gallery b')]
              .filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth
                || part.getBoundingClientRect().right > innerWidth).map((part) => part.textContent)"""
        )
        assert cut == [], (width, height)
        expect(opened["preset-search"]).to_be_in_viewport()
    opened["preset-spiral"].click()
    for width, height in ((1366, 768), (1024, 768)):
        opened.resize(width, height)
        expect(opened["caption"]).to_be_in_viewport(ratio=1)
        expect(opened["gradient-layer-0" if "projector" in query else "loss-chart"]).to_be_in_viewport(ratio=1)
        assert opened.page.evaluate("document.documentElement.scrollHeight") == height
