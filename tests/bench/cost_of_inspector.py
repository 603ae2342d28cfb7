"""What it costs to look inside: the inspector open on a neuron and the check on, in turns with a page without either.

Two servers, one of which checks nothing, and a page of each in one Chromium; one of them trains while the other is
paused. Times of answers are taken in the page, from the click or the move to the paint that follows what it brings.
"""

import statistics
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.app.running import running_server
from tests.browser.conftest import FLAGS
from tests.chromium import find

TURNS, SECONDS, SETTLE = 5, 4.0, 1.0
LEAST_PICTURES, LEAST_SHARE, LONGEST_ANSWER = 25, 0.8, 50.0
"""Pictures a second; of the steps a second without; milliseconds."""

ASKED = 40
"""Answers and moves that are timed."""

DEEP = 20_000
"""Steps of the run that is scrubbed through."""

UNTIL = """
  const until = (root, holds) => new Promise((done, fail) => {
    const began = performance.now();
    const late = setTimeout(() => { watcher.disconnect(); fail(new Error('no answer in 10 s')); }, 10000);
    const look = () => {
      if (!holds()) return;
      clearTimeout(late);
      watcher.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
    };
    const watcher = new MutationObserver(look);
    watcher.observe(root, { attributes: true, subtree: true, childList: true });
    look();
  });
  const find = (id) => document.querySelector(`[data-testid="${id}"]`);
"""

CLICK = f"""async (id) => {{
  {UNTIL}
  const sheet = find('inspector');
  const answered = until(sheet, () => sheet.dataset.id === id && !sheet.querySelector('.lines.waiting'));
  find(id).click();
  return answered;
}}"""

SCRUB = f"""async (step) => {{
  {UNTIL}
  const slider = find('timeline'), steps = find('steps');
  const shown = until(steps, () => Number(steps.dataset.value) === step);
  slider.value = String(step);
  slider.dispatchEvent(new Event('input'));
  return shown;
}}"""


def run() -> dict[str, Any]:
    """pictures: a second, at the page's own speed; share: median of steps a second with ÷ without, at full speed;
    answers, answers_playing, scrubs: milliseconds, of each."""
    with (
        running_server("compiled") as server,
        running_server("unchecked") as unchecked,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        server.wait_until_warm()
        unchecked.wait_until_warm()
        looking, plain = Watched(browser, server.port), Watched(browser, unchecked.port)
        looking.page.get_by_test_id("neuron-0-0").click()
        pictures = looking.trained()[0]
        looking.play_or_pause()
        answers_playing = looking.answers()
        looking.play_or_pause()
        for watched in (looking, plain):
            watched.say("speed", 'input => { input.value = input.max; input.dispatchEvent(new Event("input")); }')
        pairs = [(looking.trained()[1], plain.trained()[1]) for _ in range(TURNS)]
        answers, scrubs = looking.answers(), looking.scrubs()
        browser.close()
    return {
        "pictures": pictures,
        "share": statistics.median(ours / without for ours, without in pairs),
        "steps_per_second": [[round(ours), round(without)] for ours, without in pairs],
        "answers": answers,
        "answers_playing": answers_playing,
        "scrubs": scrubs,
    }


class Watched:
    """A page of the default experiment, and how many pictures it has drawn."""

    def __init__(self, browser: Browser, port: int) -> None:
        self.page: Page = browser.new_page(viewport={"width": 1366, "height": 768})
        self._drawn = 0
        self.page.on("websocket", lambda socket: socket.on("framesent", self._count))
        self.page.goto(f"http://127.0.0.1:{port}/")
        self.page.get_by_test_id("dataset-circle").wait_for()

    def _count(self, text: str | bytes) -> None:
        self._drawn += isinstance(text, bytes)  # nothing else is said so

    def say(self, testid: str, script: str) -> Any:
        return self.page.get_by_test_id(testid).evaluate(script)

    @property
    def step(self) -> int:
        return int(self.page.get_by_test_id("steps").get_attribute("data-value") or 0)

    def play_or_pause(self) -> None:
        self.page.get_by_test_id("play").click()

    def trained(self) -> tuple[float, float]:
        """Pictures and steps a second, of a while of playing."""
        self.page.bring_to_front()
        self.play_or_pause()
        self.page.wait_for_timeout(SETTLE * 1000)
        drawn, step, began = self._drawn, self.step, self.page.evaluate("performance.now()")
        self.page.wait_for_timeout(SECONDS * 1000)
        seconds = (self.page.evaluate("performance.now()") - began) / 1000
        figures = (self._drawn - drawn) / seconds, (self.step - step) / seconds
        self.play_or_pause()
        return figures

    def answers(self) -> list[float]:
        self.page.bring_to_front()
        names = [f"weight-1-{out}-{source}" for out in range(2) for source in range(4)] + ["neuron-1-0", "bias-0-1"]
        return [self.page.evaluate(CLICK, names[i % len(names)]) for i in range(ASKED)]

    def scrubs(self) -> list[float]:
        self.page.bring_to_front()
        assert self.step > DEEP
        times = []
        for i in range(ASKED):
            self.page.wait_for_timeout(200)  # the page asks for no more than some places a second
            times.append(self.page.evaluate(SCRUB, (i * 7919 + 13) % DEEP))
        return times


def report(figures: dict[str, Any]) -> None:
    print(f"new pictures a second          {figures['pictures']:5.1f} (≥ {LEAST_PICTURES})")
    print(f"steps a second with ÷ without  {figures['share']:5.2f} (≥ {LEAST_SHARE}), {figures['steps_per_second']}")
    for name, what in (("answers", "inspector"), ("answers_playing", "inspector, playing"), ("scrubs", "timeline")):
        times = sorted(figures[name])
        worst = f"longest {times[-1]:.0f}, 9 of 10 under {times[int(0.9 * len(times))]:.0f}"
        print(f"{what + ', ms':30} median {statistics.median(times):.0f}, {worst} (≤ {LONGEST_ANSWER:.0f})")
