"""The page of the chain rule in a real Chromium: steps, flat form, check, faults, the tab's network, every size."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from engine.graph.operations import FUNCTIONS, OPERATIONS
from tests.app.running import Running
from tests.browser.conftest import Opened, OpenTab
from tests.browser.graph_page import click, gradients, type_in, values
from tests.browser.test_sizes import COVERED, OVERFLOW, PAST_THE_EDGE, SCREENS, SMALL_SCREENS, TOO_SMALL

OpenGraph = Callable[..., Opened]


# The nodes whose name lies under the bar of their sign.
NAMES_COVERED = """() => [...document.querySelectorAll('.node')].filter((node) => {
  const [name, bar] = ['.name', '.sign-bar'].map((part) => node.querySelector(part).getBoundingClientRect());
  return bar.right >= name.left;
}).map((node) => node.dataset.testid)"""


@pytest.fixture
def open_graph(open_tab: OpenTab, server: Running) -> OpenGraph:
    """open_graph(after="", width=1366, height=768): after is what follows /graph."""

    def start(after: str = "", width: int = 1366, height: int = 768) -> Opened:
        opened = open_tab(f"http://127.0.0.1:{server.port}/graph{after}", width, height)
        expect(opened.page.locator(".node").first).to_be_visible()
        return opened

    return start


def test_the_scalar_autograd_of_the_first_tutorial(open_graph: OpenGraph) -> None:
    opened = open_graph()
    click(opened, "preset-autograd")
    expect(opened["node-d"]).to_be_visible()
    assert values(opened, "a", "b", "c", "d", "L") == [2, 3, 6, 7, 7]
    for name in "abcdL":
        assert opened[f"node-{name}"].get_attribute("data-grad") == ""
    click(opened, "finish")
    assert gradients(opened, "a", "b", "c", "d", "L") == [3, 2, 1, 1, 1]
    opened["node-a"].click()
    expect(opened["path"]).to_have_text("L ← d ← c ← a: 1 · 1 · b = 1 · 1 · 3 = 3")
    expect(opened["checked"]).to_have_attribute("data-state", "green")
    assert opened.number("checked") == 0


def test_one_node_at_a_time_forward_and_backward_with_the_flat_form_in_step(open_graph: OpenGraph) -> None:
    opened = open_graph()  # the neuron in flat form
    line = opened.page.locator(".lines tr.now")
    expect(line).to_have_count(0)
    expect(opened["node-p0"].locator(".value")).to_have_text("")
    for name in ("p0", "p1", "s", "z", "L"):
        click(opened, "forward")
        expect(line).to_have_attribute("data-testid", f"line-{name}")
        expect(opened[f"node-{name}"]).to_have_class(re.compile(r"\bnow\b"))
    expect(opened["node-L"].locator(".value")).to_have_text("0.7311")
    assert opened.page.evaluate(NAMES_COVERED) == []
    reached = []
    for name in ("L", "z", "w2", "s", "p1", "x1", "w1", "p0", "x0", "w0"):
        click(opened, "backward")
        expect(line).to_have_attribute("data-testid", f"line-{name}")
        expect(opened.page.locator(".lines tr.here")).to_have_attribute("data-testid", f"backward-line-{name}")
        reached.append(name)
        with_gradient = opened.page.locator('.node:not([data-grad=""])')
        expect(with_gradient).to_have_count(len(reached))
    slope = 0.7310585786300049 * (1 - 0.7310585786300049)
    expected = [-slope, 2 * slope, -2 * slope, -3 * slope, slope]
    assert gradients(opened, "w0", "x0", "w1", "x1", "w2") == pytest.approx(expected, rel=1e-12)
    for name, text in {
        "w0": "grad_w0 = grad_p0 · x0−0.1966",
        "L": "grad_L = 11",
        "p0": "grad_p0 = grad_s0.1966",
    }.items():
        expect(opened[f"backward-line-{name}"]).to_have_text(text)
    expect(opened["path"]).to_have_text("L ← z ← s ← p0 ← w0: L·(1 − L) · 1 · 1 · x0 = 0.1966 · 1 · 1 · (−1) = −0.1966")
    click(opened, "backward")  # nothing is left
    click(opened, "forward")  # takes the last step back
    assert opened["node-w0"].get_attribute("data-grad") == ""
    expect(opened["backward-line-w0"]).to_have_text("grad_w0 = grad_p0 · x0")


def test_arrow_keys_walk_and_typing_does_not(open_graph: OpenGraph) -> None:
    opened = open_graph()
    keyboard = opened.page.keyboard
    for key, position in (("ArrowRight", 1), ("ArrowLeft", 6), ("End", 15), ("Home", 0)):
        keyboard.press(key)
        expect(opened["position"]).to_have_value(str(position))
    opened["expression"].focus()
    keyboard.press("ArrowLeft")
    expect(opened["position"]).to_have_value("0")
    opened["node-p1"].focus()
    keyboard.press("Enter")
    expect(opened["card"]).to_have_attribute("data-node", "p1")


def test_an_expression_is_walked_as_soon_as_it_is_typed(open_graph: OpenGraph) -> None:
    opened = open_graph()
    opened["expression"].fill("a*b+1")
    click(opened, "backward", 9)
    expect(opened["node-a"]).to_have_attribute("data-grad", "3")
    assert values(opened, "a", "b", "L") == [2, 3, 7]
    assert gradients(opened, "a", "b") == [3, 2]
    opened["value-a"].fill("5")
    expect(opened["node-L"]).to_have_attribute("data-value", "16")
    expect(opened["node-b"]).to_have_attribute("data-grad", "5")  # the walk stays where it is
    opened.page.reload()
    expect(opened["node-L"]).to_have_attribute("data-value", "16")


def test_what_is_used_twice_shows_its_sum(open_graph: OpenGraph) -> None:
    opened = open_graph()
    click(opened, "preset-gates")
    expect(opened["node-m"]).to_be_visible()
    click(opened, "finish")
    opened["node-b"].click()
    terms = opened["contribution"]
    expect(terms).to_have_count(2)
    shown = [float(term.get_attribute("data-value") or "nan") for term in terms.all()]
    assert (shown, sum(shown)) == ([3, -1], gradients(opened, "b")[0])
    assert gradients(opened, "a", "b", "c", "m") == [3, 2, 0, -1]
    assert "Σ" in opened.page.evaluate(
        "getComputedStyle(document.querySelector('[data-testid=line-b] .grad'), '::before').content"
    )


def test_a_multiply_of_ones_own_stands_beside_torchs(open_graph: OpenGraph) -> None:
    opened = open_graph()
    click(opened, "preset-custom")
    expect(opened["node-p"]).to_be_visible()
    click(opened, "finish")
    opened["node-p"].click()
    rows = opened["custom"].locator("tr")
    expect(rows).to_have_text(["→ x→ y", "own24−36", "torch24−36✓ the same"])


def test_the_preset_of_an_own_operation_opens_it(open_graph: OpenGraph) -> None:
    opened = open_graph("?preset=custom")
    expect(opened["card"]).to_have_attribute("data-node", "p")
    expect(opened["custom"]).to_contain_text("return y·g, x·g")
    expect(opened["custom"].locator("tr")).to_have_count(0)  # the backward pass has not come there


def test_an_own_operation_is_written_judged_and_corrected(open_graph: OpenGraph) -> None:
    opened = open_graph("?preset=custom")
    click(opened, "write-own")
    expect(opened["expression"]).to_have_value("x·y")
    rows = opened["own-verdict"].locator("tbody tr")
    expect(rows).to_have_text(["→ x−1−1−1✓ the same at 31 points", "→ y1.51.51.5✓ the same at 31 points"])
    opened["own-backward"].fill("x·g, y·g")
    expect(rows).to_have_text(["→ x1.5−1−1✕ differs", "→ y−11.51.5✕ differs"])
    opened["own-backward"].fill("y, x·g")
    opened["value-g"].fill("1")
    expect(rows.first).to_contain_text("−2−2−2✕ differs elsewhere: at x = ")
    expect(opened["own-y"]).to_have_attribute("data-right", "true")
    for backward, sentence in {
        "y·g": "backward gives 1 and forward has 2 inputs (x, y)",
        "y·g, (x": "The parenthesis at line 1, column 6 is never closed",
        "y·g, q·g": "backward uses q (line 1, column 6)",
    }.items():
        opened["own-backward"].fill(backward)
        expect(opened["own-fault"]).to_contain_text(sentence)
    in_address = "new URLSearchParams(location.hash.slice(1)).get('backward')"
    opened.until(lambda: opened.page.evaluate(in_address) == "y·g, q·g")
    expect(opened["fault"]).to_be_hidden()
    expect(opened["node-L"]).to_have_attribute("data-value", "-6")  # nothing else is lost
    opened["own-backward"].fill("y·g, x·g")
    expect(opened["own-x"]).to_have_attribute("data-right", "true")
    opened.page.reload()
    expect(opened["own-x"]).to_have_attribute("data-right", "true")
    expect(opened["value-g"]).to_have_value("1")
    opened["expression"].fill("x·y + z")
    expect(opened["own-fault"]).to_contain_text("forward has 3 inputs (x, y, z)")
    opened["own-backward"].fill("")
    expect(opened["own-verdict"]).to_contain_text("Write the gradients of x, y, z")
    opened["own-backward"].fill("y·g, x·g, g")
    click(opened, "preset-autograd")
    expect(opened["own-backward"]).to_be_hidden()
    expect(opened["own-backward"]).to_have_value("")
    opened.until(lambda: opened.page.evaluate(in_address) is None)


def test_how_to_write_names_every_function(open_graph: OpenGraph) -> None:
    opened = open_graph()
    opened["writing"].locator("summary").click()
    written = dict(code.split("(") for code in opened["writing"].locator("code").all_inner_texts()[1:])
    assert sorted(written) == sorted(FUNCTIONS)
    for name, inputs in written.items():
        most = OPERATIONS[name].max_inputs
        assert inputs.count(",") + 1 == most or (most is None and "…" in inputs), name


def test_every_slope_has_its_formula(open_graph: OpenGraph) -> None:
    slopes = """async ([op, count]) => {
      const { slopeOf } = await import('/static/js/draw/math/formula.js');
      const inputs = Array.from({ length: count }, (_, i) => `x${i}`);
      return inputs.map((_, slot) => slopeOf({ name: 'y', op, inputs, values: [1] }, slot, new Map()));
    }"""
    opened = open_graph()
    for name, operation in OPERATIONS.items():
        formulas = opened.page.evaluate(slopes, [name, operation.max_inputs or 3])
        assert all(formulas), (name, formulas)


def test_activations_and_losses_with_their_settings_can_be_typed(open_graph: OpenGraph) -> None:
    opened = open_graph()
    type_in(opened, "huber(leaky_relu(a, s) - elu(b), 0.5)")
    opened["value-a"].fill("-2")
    opened["value-s"].fill("0.1")
    opened["value-b"].fill("1")
    expect(opened["node-L"]).to_have_attribute("data-value", re.compile(r"^0\.475"))
    click(opened, "finish")
    assert gradients(opened, "a", "s", "b") == pytest.approx([-0.05, 1, 0.5])
    expect(opened["checked"]).to_have_attribute("data-state", "green")
    opened["node-v2"].click()
    expect(opened["card"]).to_contain_text("elu(b, 1) = elu(1, 1) = 1")  # the α that was left out is shown


def test_without_an_experiment_there_is_a_way_to_one_and_back(open_graph: OpenGraph) -> None:
    opened = open_graph()
    type_in(opened, "a*b+4")
    for view in ("view-scalars", "view-modules"):
        click(opened, view)
        expect(opened["fault"]).to_contain_text("This tab has no experiment")
        expect(opened.page.locator("main")).to_be_hidden()
    click(opened, "view-expression")
    expect(opened["fault"]).to_be_hidden()
    expect(opened["expression"]).to_have_value("a*b+4")
    expect(opened["node-L"]).to_have_attribute("data-value", "10")
    click(opened, "view-scalars")
    click(opened, "way-out")
    opened.ready()
    opened.page.go_back()
    expect(opened["expression"]).to_have_value("a*b+4")
    click(opened, "view-scalars")
    expect(opened["node-w1_1_1"]).to_be_visible()


FAULTS = {
    "a*(b+1": "The parenthesis at line 1, column 3 is never closed; add its “)”.",
    "log(a-9)": "The log in node L (line 1, column 1) is given −7",
    "𝑥*b 2": "“2” at line 1, column 5 cannot follow what stands before it",
    "1/2x": "“x” at line 1, column 4 can go with what stands before it in two ways",
    "1,5*x": "write 1.5",
    "alert('x')": "“'” at line 1, column 7 has no meaning",
    "(" * 60: "nested more than 40 deep",
}


def test_a_fault_is_told_with_its_place_and_mended(open_graph: OpenGraph) -> None:
    opened = open_graph()
    for expression, sentence in FAULTS.items():
        opened["expression"].fill(expression)
        expect(opened["fault"]).to_contain_text(sentence)
    assert opened["fault"].locator("mark").count() == 1
    type_in(opened, "a+b")
    expect(opened["fault"]).to_be_hidden()
    expect(opened["node-L"]).to_have_attribute("data-value", "5")
    expect(opened["read-as"]).to_be_hidden()


def test_what_can_be_meant_otherwise_is_said_and_what_has_no_gradient_is_named(open_graph: OpenGraph) -> None:
    opened = open_graph()
    type_in(opened, "w₁x₁+e^w₂+b")
    expect(opened["read-as"]).to_have_text("Read as w1·x1+e^w2+b. Constants unless a line assigns them: e = 2.71828.")
    assert values(opened, "e") == [2.718281828459045]
    type_in(opened, "x=-3; n=2; y=x^n", last="y")
    expect(opened["read-as"]).to_contain_text("The gradient of n does not exist")
    click(opened, "finish")
    assert (values(opened, "y"), gradients(opened, "x")) == ([9], [-6])
    expect(opened["line-n"]).to_contain_text("NaN")
    expect(opened["checked"]).to_have_attribute("data-state", "green")


def test_what_is_undefined_is_mended_by_its_values(open_graph: OpenGraph) -> None:
    opened = open_graph()
    opened["expression"].fill("log(q - 9) + r")
    expect(opened["fault"]).to_contain_text("is given −7")
    opened["value-q"].fill("10")
    expect(opened["fault"]).to_be_hidden()
    expect(opened["node-L"]).to_have_attribute("data-value", "3")


def test_the_light_turns_red_and_names_the_node(open_graph: OpenGraph) -> None:
    opened = open_graph()
    wrong: dict[str, Any] = {
        "torch": {"largest": 0.5, "node": "c", "same": False},
        "differences": None,
        "unsure": [],
        "products": {},
    }

    def answer(route: Route) -> None:
        route.fulfill(json={**route.fetch().json(), "check": wrong})

    opened.page.route("**/api/graph?*check=yes", answer)
    click(opened, "preset-autograd")
    expect(opened["checked"]).to_have_attribute("data-state", "red")
    expect(opened["checked"]).to_contain_text("c differs by 0.5")


def test_a_check_that_came_to_no_end_says_so(open_graph: OpenGraph) -> None:
    opened = open_graph()
    failed = {"check": None, "check_failed": True}
    opened.page.route("**/api/graph?*check=yes", lambda route: route.fulfill(json={**route.fetch().json(), **failed}))
    click(opened, "preset-autograd")
    expect(opened["checked"]).to_have_text("not verified")
    expect(opened["checked"]).to_have_attribute("data-state", "")
    expect(opened["checked"]).to_have_attribute("title", re.compile("ended before it was done"))
    opened.page.unroute("**/api/graph?*check=yes")
    type_in(opened, "a*b+3")
    expect(opened["checked"]).to_have_attribute("data-state", "green")


def test_a_wide_graph_is_dragged_or_shown_whole(open_graph: OpenGraph) -> None:
    opened = open_graph(width=1440)
    page, stage = opened.page, opened.page.locator(".stage")
    sizes = (
        "stage => [stage.scrollWidth - stage.clientWidth, stage.scrollHeight - stage.clientHeight, stage.scrollLeft]"
    )
    assert stage.evaluate(sizes) == [0, 0, 0]
    expect(opened["fit"]).to_be_hidden()
    chain = "; ".join(f"n{place} = sin({f'n{place - 1}' if place else 'x'})" for place in range(20))
    type_in(opened, chain, last="n19")
    expect(opened["fit"]).to_be_visible()
    beyond, _, start = stage.evaluate(sizes)
    assert (beyond > 500, start) == (True, 0)
    box = stage.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 600, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, middle, steps=3)
    page.mouse.up()
    opened.until(lambda: stage.evaluate(sizes)[2] == 300)
    expect(opened["card"]).not_to_have_attribute("data-node", re.compile("."))  # what was dragged is not chosen
    click(opened, "fit")
    opened.until(lambda: stage.evaluate(sizes)[:2] == [0, 0])


@pytest.mark.parametrize("query", ["?lang=en", "?lang=zh&profile=projector"])
def test_at_every_size(open_graph: OpenGraph, query: str) -> None:
    opened = open_graph(query)
    click(opened, "finish")
    page = opened.page
    for width, height in SCREENS + SMALL_SCREENS:
        opened.resize(width, height)
        opened.until(lambda: page.evaluate(PAST_THE_EDGE) == [])
        across, down = page.evaluate(OVERFLOW)
        assert across == 0, (width, height)
        assert (down > 0) == ((width, height) in SMALL_SCREENS), (width, height)
        assert page.evaluate(TOO_SMALL) == [], (width, height)
        assert page.evaluate(COVERED) == [], (width, height)
        for testid in ("expression", "backward", "forward", "checked", "language", "card", "value-w2"):
            opened[testid].scroll_into_view_if_needed()
            expect(opened[testid]).to_be_in_viewport()


def test_theme_and_language_are_those_of_the_playground(open_graph: OpenGraph) -> None:
    opened = open_graph("?theme=dark&lang=zh")
    expect(opened.page.locator("html")).to_have_class("dark")
    expect(opened["backward"]).to_contain_text("反向")
    click(opened, "language")
    click(opened, "theme")
    expect(opened["backward"]).to_contain_text("Backward")
    expect(opened.page).to_have_title("The chain rule · Backprop Playground")
    click(opened, "back")
    opened.ready()
    expect(opened.page.locator("html")).not_to_have_class("dark")
