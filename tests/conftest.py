"""The option --all, the order of the files, and a summary of what the tests of parity compared."""

import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # a slow machine is no failure
settings.load_profile("any machine")

LONGEST_FILES = ("browser", "parity")
"""Files of these folders begin first, in this order, so that none of them is left when the others have ended."""

LONG_SECONDS = 3600
"""That a test marked long may take, in place of the limit in pyproject.toml."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run the tests marked long, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: [folder not in item.path.parts for folder in LONGEST_FILES])
    long = [item for item in items if item.get_closest_marker("long")]
    if config.getoption("--all"):
        for item in long:
            item.add_marker(pytest.mark.timeout(LONG_SECONDS))
    else:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests of parity compared, how many of a kind, and the worst difference."""
    found: dict[str, tuple[int, float]] = {}
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "parity" and report.when == "call":
                what, count, worst = value
                before = found.get(what, (0, 0.0))
                found[what] = (before[0] + count, max(before[1], worst))
    if found:
        terminalreporter.section("parity")
    for what, (count, worst) in found.items():
        terminalreporter.line(f"{count} {what}: worst difference {worst:.1e}")
