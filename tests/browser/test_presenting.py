"""A presenter's keys: a blank screen, a ring around the pointer, phases from anywhere."""

import re

import pytest
from playwright.sync_api import expect

from tests.app.running import Running
from tests.browser.conftest import Opened, OpenPage, OpenTab
from tests.browser.test_contrast import contrast
from tests.browser.test_keys import commands


def test_keys_of_a_presenter(opened: Opened) -> None:
    keys, mouse = opened.page.keyboard, opened.page.mouse
    opened["fullscreen-network"].wait_for(state="attached")
    opened.until(lambda: bool(opened["blank"].evaluate("button => Boolean(button.onclick)")))
    for way_back in ("Space", "click", "Escape"):
        keys.press("." if way_back == "click" else "b")
        expect(opened["blank-screen"]).to_be_visible()
        assert opened.page.evaluate("document.elementFromPoint(innerWidth / 2, innerHeight / 2).id") == "blank"
        if way_back == "click":
            box = opened["play"].bounding_box()
            assert box
            mouse.click(box["x"] + 20, box["y"] + 20)
        else:
            keys.press(way_back)
        expect(opened["blank-screen"]).to_be_hidden()
    assert commands(opened) == [], "what wakes it does nothing else"

    ring = opened.page.locator(".pointer-ring")
    keys.press("m")
    mouse.move(300, 200)
    expect(ring).to_be_visible()

    def is_around_the_pointer() -> bool:
        box = ring.bounding_box()
        assert box
        return abs(box["x"] + box["width"] / 2 - 300) < 2 and abs(box["y"] + box["height"] / 2 - 200) < 2

    opened.until(is_around_the_pointer)
    opened["play"].click()  # through it
    expect(opened["play"]).to_have_attribute("aria-pressed", "true")
    opened["neuron-0-0"].click()
    expect(opened["inspector"]).to_be_visible()
    keys.press("Escape")
    expect(opened["inspector"]).to_be_hidden()
    keys.press("M")
    expect(ring).to_be_hidden()

    keys.press("n")
    expect(opened["phase"]).to_have_attribute("data-value", re.compile("."))
    first = opened["phase"].get_attribute("data-value") or ""
    keys.press("n")
    expect(opened["phase"]).not_to_have_attribute("data-value", first)
    keys.press("v")
    expect(opened["phase"]).to_have_attribute("data-value", first)


@pytest.mark.painted
def test_print_gives_one_light_page(open_page: OpenPage) -> None:
    opened = open_page("?theme=dark")
    page = opened.page
    opened["fullscreen-network"].wait_for(state="attached")
    opened["numbers"].wait_for()
    page.evaluate("""addEventListener('beforeprint', () => {
      window.printed = getComputedStyle(document.getElementById('network')).backgroundColor;
    })""")
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert page.evaluate("window.printed") == "rgb(255, 255, 255)"
    expect(page.locator("html")).to_have_class(re.compile(r"(^|\s)dark"))


def test_what_the_system_asks_for_is_heeded(open_tab: OpenTab, server: Running) -> None:
    opened = open_tab("about:blank", 1366, 768)
    opened.is_handed_on = False
    page, html = opened.page, opened.page.locator("html")
    style = "([selector, name]) => getComputedStyle(document.querySelector(selector)).getPropertyValue(name)"

    page.emulate_media(color_scheme="dark", contrast="no-preference")
    page.goto(f"http://127.0.0.1:{server.port}/")
    opened.ready()
    expect(html).to_have_class(re.compile("dark"))
    opened["fullscreen-network"].wait_for(state="attached")
    soft = page.evaluate(style, ["html", "--soft"])

    page.emulate_media(contrast="more")
    panel, more = (page.evaluate(style, ["html", name]) for name in ("--panel", "--soft"))
    assert contrast(more, panel) > contrast(soft, panel) + 2

    assert page.evaluate(style, [".play", "border-top-width"]) != "2px"
    page.emulate_media(forced_colors="active")
    assert page.evaluate(style, [".play", "border-top-width"]) == "2px"
    assert page.evaluate(style, ["[data-testid=dataset-circle]", "outline-style"]) == "solid", "what is chosen is seen"

    page.emulate_media(forced_colors="none")
    opened["theme"].click()
    opened.reload()
    expect(html).not_to_have_class(re.compile("dark"))  # what a person chose goes before
