"""On a projector what is shown ends inside its panel, in every state and on every screen."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.page_states import press
from tests.table import sampled

pytestmark = pytest.mark.painted  # charts may be cut as well

CUT = """() => {
  const shown = 'button, input, output, h2, p, dt, dd, canvas, figure, .stage, .plan, .main-svg';
  const scrolls = (element) => element.closest('.scroll, .branches, .formula, .comparison-rows, .table, [popover]');
  const cut = [];
  for (const panel of document.querySelectorAll('.panel')) {
    const edge = panel.getBoundingClientRect();
    if (edge.width < 2 || getComputedStyle(panel).visibility === 'hidden') continue;
    if (edge.right > innerWidth + 1 || edge.bottom > innerHeight + 1) cut.push(panel.id || panel.className);
    for (const element of panel.querySelectorAll(shown)) {
      const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
      if (width < 2 || height < 2 || scrolls(element) || element.closest('.fill-screen, .toggles')) continue;
      const { visibility, clipPath } = getComputedStyle(element);
      if (visibility === 'hidden' || clipPath !== 'none') continue;
      if (left < edge.left - 1 || top < edge.top - 1 || right > edge.right + 1 || bottom > edge.bottom + 1) {
        cut.push(element.dataset.testid ?? `${panel.id || panel.className} ${element.tagName} ${element.className}`);
      }
    }
  }
  return cut;
}"""

HIDDEN_CHIPS = """() => [...document.querySelectorAll('.branches button')]
  .filter((chip) => chip.getBoundingClientRect().right > chip.parentElement.getBoundingClientRect().right + 1).length"""

TOO_SMALL = """() => [...document.querySelectorAll('body *')]
  .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .filter((element) => element.getBoundingClientRect().width > 1 && !element.closest('math, svg'))
  .filter((element) => parseFloat(getComputedStyle(element).fontSize) < innerHeight * 0.012)
  .map((element) => element.textContent.trim())"""

SCREENS = ((1024, 768), (1366, 768), (1920, 1080), (3840, 2160))
SLOW = ("slow-motion", "phase-next")
BRANCHES = ("step", "branch", "step", "branch", "beside")
DEEP = "#dataset=spiral&hidden=6,6,6,6,6,6"

STATES: dict[str, tuple[str, tuple[tuple[str, ...], ...]]] = {
    "six layers": (DEEP, (SLOW, ("neuron-0-0",), ("phase-code",))),
    "side by side": ("#hidden=8,8,8", (BRANCHES, ("neuron-0-0",))),
    "comparison": ("#dataset=spiral", (("race",), ("neuron-0-0",))),
    "caption": ("", (("controls", "presets", "preset-d2_xor"), ("neuron-0-0",))),
    "message": ("", (("neuron-0-0", "controls", "share"), ("wall-controls",))),
    "eight classes": ("#dataset=blobs&classes=8&loss=cross_entropy&hidden=6", (("neuron-0-0",), SLOW)),
    "ten classes": ("#dataset=digits", (("neuron-0-0",), SLOW)),
}
"""The address after the profile, and what is pressed one group after the other; each is measured on all screens."""


@pytest.mark.parametrize("state", sampled([*STATES], ["six layers", "side by side"]))
def test_nothing_is_cut_on_a_projector(open_page: OpenPage, state: str) -> None:
    after, groups = STATES[state]
    opened = open_page(f"?profile=projector{after}")
    expect(opened.page.locator(".panel .main-svg").first).to_be_visible()

    def cut() -> list[str]:
        found: list[str] = opened.page.evaluate(CUT)
        return found

    for group in groups:
        press(opened, group)
        opened.loaded()
        opened.answered()
        for width, height in SCREENS:
            opened.resize(width, height)
            opened.until(lambda: cut() == [], cut)  # charts follow within half a second
            assert opened.page.evaluate(HIDDEN_CHIPS) == 0, (group, width)
            assert opened.page.evaluate(TOO_SMALL) == [], (group, width)
        opened.resize(1366, 768)
    expect(opened["inspector"] if state != "six layers" else opened["code"]).to_be_visible()
