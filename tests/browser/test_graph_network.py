"""The tab's own network on the page of the chain rule, as scalars and as modules."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.graph_page import click, gradients, values


def test_the_tabs_own_network_as_scalars_and_as_modules(open_page: OpenPage) -> None:
    opened = open_page()
    opened["help"].click()
    opened["chain-rule"].click()
    expect(opened["view-scalars"]).to_be_visible()
    click(opened, "view-scalars")
    expect(opened["node-w1_1_1"]).to_be_visible()
    click(opened, "finish")
    loss, slopes = values(opened, "L"), gradients(opened, "z2_1", "z2_2")
    expect(opened["checked"]).to_have_attribute("data-state", "green")
    click(opened, "view-modules")
    box = opened["node-layers.1"]
    expect(box).to_be_visible()
    click(opened, "finish")
    expect(box).to_have_attribute("data-grad", re.compile(r"\d"))
    assert [float(part) for part in (box.get_attribute("data-grad") or "").split()] == pytest.approx(slopes, rel=1e-12)
    assert values(opened, "L") == pytest.approx(loss, rel=1e-12)
    opened.page.set_viewport_size({"width": 3840, "height": 2160})
    opened["projector"].click()
    smallest = """Math.min(...[...document.querySelectorAll('.stage text')].filter((text) => text.textContent)
      .map((text) => text.getBoundingClientRect().height))"""
    opened.until(lambda: opened.page.evaluate(smallest) > 0.012 * 2160)
    opened["projector"].click()
    opened["point"].fill("3")
    expect(opened["node-L"]).not_to_have_attribute("data-value", str(loss[0]))
    opened["back"].click()
    opened.ready()


def test_a_network_of_every_kind_of_layer_and_what_is_said_of_it(open_page: OpenPage) -> None:
    opened = open_page("#hidden=2:leaky_relu:bn:res:d0.2,2:gelu:res&loss=cross_entropy&seed=3")
    opened["help"].click()
    opened["chain-rule"].click()
    click(opened, "view-scalars")
    for name in ("γ1_2", "β1_1", "mean1_1", "s1_1", "r1_1", "a2_2", "r2_1", "s", "L"):
        expect(opened[f"node-{name}"]).to_be_attached()
    expect(opened.page.locator(".notes li")).to_have_count(2)
    expect(opened["note-dropout"]).to_contain_text("Dropout leaves nothing out")
    click(opened, "finish")
    loss, through = values(opened, "L"), gradients(opened, "r1_1", "r1_2")
    expect(opened["checked"]).to_have_attribute("data-state", "green")
    click(opened, "view-modules")
    expect(opened["node-norms.0"]).to_be_visible()
    click(opened, "finish")
    opened["node-residual.0"].click()
    expect(opened["contribution"]).to_have_count(2)
    terms = [
        [float(part) for part in (term.get_attribute("data-value") or "").split()]
        for term in opened["contribution"].all()
    ]
    assert [sum(parts) for parts in zip(*terms, strict=True)] == pytest.approx(through, rel=1e-9)
    assert values(opened, "L") == pytest.approx(loss, rel=1e-12)


def test_a_layer_without_biases_has_none_in_its_words(open_page: OpenPage) -> None:
    opened = open_page("#biases=false")
    opened["open-graph"].click()
    click(opened, "view-modules")
    opened["node-layers.1"].click()
    expect(opened["card"]).to_contain_text("W·")
    expect(opened["card"]).not_to_contain_text("+ b")


def test_a_network_too_large_for_scalars_leads_to_its_modules(open_page: OpenPage) -> None:
    opened = open_page("#hidden=8,8,8")
    opened["help"].click()
    opened["chain-rule"].click()
    click(opened, "view-scalars")
    expect(opened["fault"]).to_contain_text("a graph shows at most 200")
    click(opened, "way-out")
    expect(opened["node-layers.2"]).to_be_attached()
    expect(opened["fault"]).to_be_hidden()
