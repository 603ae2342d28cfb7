"""Targets of at least 24 × 24 px, or spaced as if they were (WCAG 2.2, 2.5.8), where a pointer reaches them now.

A target is as large as the area in which a press reaches it, which may be larger than its box. A smaller one passes
where a circle of 24 px around its center meets neither another target nor the circle of another smaller one.

Not measured: links within a sentence, and what has an equivalent of full size elsewhere: weights, biases and the tiles
of wide layers in the drawing, for which the inspector has a line each."""

import time

from tests.browser.conftest import PATIENCE, Opened

MEASURED = """() => {
  const LEAST = 24;
  const TARGETS = 'a[href], button, input, select, summary, [role=button]';
  const EQUIVALENT = '.hold, .skip, .plan:has(> .tiles > [data-testid^=input-]) .tile';
  const targets = [...document.querySelectorAll(TARGETS)].filter((element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1 && !element.matches(`:disabled, ${EQUIVALENT}`)
      && element.checkVisibility({ visibilityProperty: true }) && getComputedStyle(element).pointerEvents !== 'none';
  });
  const displayOf = (element) => getComputedStyle(element).display;
  const hasText = ({ childNodes }) => [...childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const isInSentence = (element) => displayOf(element).startsWith('inline')
    && !displayOf(element.parentElement).endsWith('flex') && hasText(element.parentElement);
  const owns = (element, x, y) => {
    const hit = document.elementFromPoint(x, y);
    return hit !== null && [element, ...element.labels ?? []].some((part) => part.contains(hit));
  };
  const centerOf = ({ left, top, width, height }) => [left + width / 2, top + height / 2];
  const isSmall = ({ width, height }) => width < LEAST || height < LEAST;
  /** Where a press reaches it, along a cross through its center. */
  const areaOf = (element) => {
    const [x, y] = centerOf(element.getBoundingClientRect());
    const reach = (dx, dy) => {
      let n = 0;
      while (n < LEAST && owns(element, x + dx * (n + 1), y + dy * (n + 1))) n++;
      return n;
    };
    const [left, right, up, down] = [reach(-1, 0), reach(1, 0), reach(0, -1), reach(0, 1)];
    return { x: x + (right - left) / 2, y: y + (down - up) / 2, width: left + right + 1, height: up + down + 1 };
  };
  const meets = ({ x, y }, other) => {
    const box = other.getBoundingClientRect();
    const distance = Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
    if (distance >= LEAST || !owns(other, ...centerOf(box))) return false; // apart, or behind something
    const area = areaOf(other);
    return distance < LEAST / 2 || (isSmall(area) && Math.hypot(area.x - x, area.y - y) < LEAST);
  };
  const nameOf = (element) => element.dataset.testid ?? element.outerHTML.slice(0, 80);

  return targets.flatMap((element) => {
    if (!isSmall(element.getBoundingClientRect()) || isInSentence(element)) return [];
    element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    if (!owns(element, ...centerOf(element.getBoundingClientRect()))) return []; // nor does a pointer reach it
    const area = areaOf(element);
    const isNear = (other) => other !== element && !other.contains(element) && meets(area, other);
    const near = isSmall(area) && targets.find(isNear);
    return near ? [`${nameOf(element)}: ${area.width} × ${area.height} px, beside ${nameOf(near)}`] : [];
  });
}"""


def small_targets(opened: Opened) -> list[str]:
    """When the page has come to rest: what is loaded late moves it once more."""
    deadline = time.monotonic() + PATIENCE
    while (found := opened.page.evaluate(MEASURED)) and time.monotonic() < deadline:
        opened.page.wait_for_timeout(200)
    return list(found)
