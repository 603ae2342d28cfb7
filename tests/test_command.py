"""What `python3 -m tests` runs, by its arguments; and which tests are left to --all."""

import os
import subprocess
import sys

import pytest

from app.setup import bootstrap
from tests import __main__ as command
from tests import chromium

pytest_plugins = ["pytester"]

PYTEST = [sys.executable, "-m", "pytest"]
CHECKS = [[sys.executable, "-m", *arguments] for _, arguments in command.CHECKS]


class Done:
    """A process that has ended."""

    def __init__(self, status: int, said: str) -> None:
        self.returncode = status
        self.said = said

    def communicate(self) -> tuple[str, None]:
        return self.said, None


def run_command(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], failing: str = ""
) -> tuple[object, list[list[str]]]:
    """Its exit status and what it ran."""
    ran: list[list[str]] = []

    def run(command: list[str]) -> int:
        ran.append(command)
        return int(failing in command)

    def run_beside(command: list[str], *, stdout: int, **_: object) -> Done:
        assert stdout == subprocess.PIPE
        return Done(run(command), f"said by {command[2]}")

    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setattr(sys, "argv", ["tests", *arguments])
    monkeypatch.setattr(bootstrap, "enter", lambda *_, **__: None)
    monkeypatch.setattr(chromium, "provide", lambda: "")
    monkeypatch.setattr(subprocess, "call", run)
    monkeypatch.setattr(subprocess, "Popen", run_beside)
    with pytest.raises(SystemExit) as end:
        command.main()
    return end.value.code, ran


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
    assert run_command(monkeypatch, arguments) == (0, runs)


@pytest.mark.parametrize(("failing", "status"), [("mypy", 1), ("pytest", 1), ("none", 0)])
def test_a_check_that_fails_is_not_hidden_by_the_others(
    failing: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(monkeypatch, [], failing)[0] == status
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("said by")] == (
        ["said by mypy"] if failing == "mypy" else []
    )


def test_modules_are_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    run_command(monkeypatch, [])
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


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
