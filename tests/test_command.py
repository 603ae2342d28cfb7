"""What `python3 -m tests` runs, by its arguments; and which tests are left to --all."""

import subprocess
import sys

import pytest

from app.setup import bootstrap
from tests import __main__ as command
from tests import chromium

pytest_plugins = ["pytester"]

PYTEST = [sys.executable, "-m", "pytest"]
CHECKS = [[sys.executable, "-m", *arguments] for _, arguments in command.CHECKS]


@pytest.mark.parametrize(
    ("arguments", "runs"),
    [
        ([], [*CHECKS, [*PYTEST, *command.AT_ONCE]]),
        (["--all"], [*CHECKS, [*PYTEST, *command.AT_ONCE, "--all"]]),
        (["tests/engine", "-k", "spiral"], [[*PYTEST, "tests/engine", "-k", "spiral"]]),
        (["--all", "tests/engine"], [[*PYTEST, "--all", "tests/engine"]]),
    ],
)
def test_it_runs(arguments: list[str], runs: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def run(command: list[str]) -> int:
        ran.append(command)
        return 0

    monkeypatch.setattr(sys, "argv", ["tests", *arguments])
    monkeypatch.setattr(bootstrap, "enter", lambda *_, **__: None)
    monkeypatch.setattr(chromium, "provide", lambda: "")
    monkeypatch.setattr(subprocess, "call", run)
    with pytest.raises(SystemExit) as end:
        command.main()
    assert end.value.code == 0
    assert ran == runs


@pytest.mark.parametrize(("failing", "status"), [("mypy", 1), ("pytest", 1), ("none", 0)])
def test_a_check_that_fails_is_not_hidden_by_the_others(
    failing: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["tests"])
    monkeypatch.setattr(bootstrap, "enter", lambda *_, **__: None)
    monkeypatch.setattr(chromium, "provide", lambda: "")
    monkeypatch.setattr(subprocess, "call", lambda command: int(failing in command))
    with pytest.raises(SystemExit) as end:
        command.main()
    assert end.value.code == status


@pytest.mark.parametrize(("options", "passed"), [([], 1), (["--all"], 2)])
def test_long_tests_run_by_all_alone(options: list[str], passed: int, pytester: pytest.Pytester) -> None:
    pytester.makeconftest("from tests.conftest import pytest_addoption, pytest_collection_modifyitems")
    pytester.makeini("[pytest]\nmarkers = long\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile(
        "import pytest\nfrom tests.table import sampled\n\n"
        "@pytest.mark.parametrize('row', sampled([1, 2], [1]))\ndef test_row(row): pass\n"
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", *options)
    result.assert_outcomes(passed=passed, deselected=2 - passed)
