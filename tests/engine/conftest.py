import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # a slow machine is no failure
settings.load_profile("any machine")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests of parity found: how much they compared and the worst difference."""
    reports = terminalreporter.getreports("passed")
    found = [(report.nodeid.split("::")[-1], dict(report.user_properties).get("parity")) for report in reports]
    if lines := [f"{name}: {parity}" for name, parity in found if parity]:
        terminalreporter.section("parity")
        for line in lines:
            terminalreporter.line(line)
