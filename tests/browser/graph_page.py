"""What tests do on the page of the chain rule and read off it."""

from playwright.sync_api import expect

from tests.browser.conftest import Opened


def values(opened: Opened, *names: str) -> list[float]:
    return [float(opened[f"node-{name}"].get_attribute("data-value") or "nan") for name in names]


def gradients(opened: Opened, *names: str) -> list[float]:
    return [float(opened[f"node-{name}"].get_attribute("data-grad") or "nan") for name in names]


def click(opened: Opened, testid: str, times: int = 1) -> None:
    for _ in range(times):
        opened[testid].click()


def type_in(opened: Opened, expression: str, last: str = "L") -> None:
    opened["expression"].fill(expression)
    expect(opened[f"node-{last}"]).to_be_visible()
