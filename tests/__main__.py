"""python3 -m tests: ruff, mypy and pytest, from nothing; with --all, the long tests too. Other arguments: pytest alone.

Standard library only until everything is installed. ruff and mypy run beside pytest, whose closing line ends the output
unless one of them failed: what that one says comes after it.
"""

import os
import subprocess
import sys

from app.setup import bootstrap, pip

CHECKS = (
    ("ruff check", ["ruff", "check", "."]),
    ("ruff format --check", ["ruff", "format", "--check", "."]),
    ("mypy --strict", ["mypy", "--strict"]),
)
AT_ONCE = ["-n", str(min(2 * (os.cpu_count() or 1), 8)), "--dist", "loadfile", "--no-loadscope-reorder"]
"""Two processes for each core, for a test often waits. Each has a server and a Chromium of its own, and keeps them
while it takes one file of their folder after the other: so files are taken in the order of `conftest.py`, not by their
number of tests."""


def main() -> None:
    arguments = sys.argv[1:]
    whole = arguments in ([], ["--all"])
    bootstrap.enter("tests", extra="test")

    from tests import chromium  # after bootstrap, which tells a Python that is too old

    os.chdir(pip.ROOT)
    browser = chromium.provide()
    if browser:
        os.environ["CHROMIUM"] = browser
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a hundred servers and workers would compile every module again
    python = [sys.executable, "-m"]
    if not whole:
        pip.say("pytest alone, because it was given arguments; without any, or with --all, ruff and mypy run too")
    checks = {name: beside([*python, *command]) for name, command in CHECKS if whole}
    status = subprocess.call([*python, "pytest", *(AT_ONCE if whole else []), *arguments])
    said = {name: check.communicate()[0] for name, check in checks.items()}
    failed = [name for name, check in checks.items() if check.returncode]
    for name in failed:
        pip.say(f"\n{name}:\n{said[name].rstrip()}")
    if failed:
        pip.say(f"FAILED beside pytest: {', '.join(failed)}")
    sys.exit(status or (1 if failed else 0))


def beside(command: list[str]) -> subprocess.Popen[str]:
    """What it says is read when pytest has ended: it would stand in the middle of pytest's progress."""
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")


if __name__ == "__main__":
    main()
