"""Makes the environment both commands run in: `.venv` in the checkout, with every dependency installed.

Standard library only, for it runs before anything is installed. pip resolves and installs (`app.setup.pip`); this file
decides when, and says how far it is. It leaves an environment that already has the packages alone: an image, an
activated venv.
"""

import importlib.metadata
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NoReturn

from app.setup import pip
from app.setup.pip import ROOT, SetupError, say

TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
"""PyTorch's own index of CPU builds: the build for Linux on the default index brings CUDA, about 3 GB more.
PLAYGROUND_TORCH_INDEX names another one; empty means the default index."""

DISK_NEEDED = 1.4e9  # bytes: torch 0.75 GB, the compiler 0.2, the others 0.4; with less the setup cannot end well

WARM = """
from engine.backends.compiled.backend import warm
warm()
"""


def enter(module: str, extra: str | None = None) -> None:
    """Returns where everything needed is installed; else sets `.venv` up and starts `python -m module` again in it.

    `extra` names one of the project's optional sets of dependencies. Ends the process with a sentence if it fails.
    """
    if not (ROOT / "pyproject.toml").is_file():  # installed by pip: the dependencies came with it
        return
    wanted = requirements(extra)
    environment = Environment(ROOT / ".venv")
    if environment.is_complete(wanted) if environment.runs_this else not missing(wanted):
        return
    try:
        if not environment.is_complete(wanted):
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that pip is ended too
            with hold(ROOT / ".venv.lock") as lock:
                if not environment.is_complete(wanted):  # another start may have done it meanwhile
                    set_up(environment, wanted, lock)
    except SetupError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(pip.sentence(str(error)) or f"The setup stopped: {error}. Mend that and start again.")
    except KeyboardInterrupt:
        say("\nStopped. The next start takes the setup up again.")
        sys.exit(130)
    restart([str(environment.python), "-m", module, *sys.argv[1:]])


def restart(command: list[str]) -> NoReturn:
    if sys.platform == "win32":  # exec there gives the prompt back while the program still runs
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def requirements(extra: str | None = None) -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *(project["optional-dependencies"][extra] if extra else [])]


def missing(wanted: list[str], folders: list[str] | None = None) -> list[str]:
    """The requirements not met by the metadata in these folders (default: this interpreter's); imports nothing."""
    return [requirement for requirement in wanted if not _is_met(requirement, folders or sys.path)]


def _is_met(requirement: str, folders: list[str]) -> bool:
    name = re.split(r"[^\w.-]", requirement)[0]
    for found in importlib.metadata.distributions(name=name, path=folders):
        bounds = re.findall(r"(>=|<)\s*([\d.]+)", requirement)
        version = _numbers(found.version)
        return all(version >= _numbers(bound) if sign == ">=" else version < _numbers(bound) for sign, bound in bounds)
    return False


def _numbers(version: str) -> list[int]:
    """2.13.0+cpu → [2, 13, 0]"""
    return [int(part) for part in re.split(r"[^\d.]", version)[0].split(".") if part]


class Environment:
    """A venv and its stamp: a small file that tells the next start in a millisecond what is installed.

    No stamp: somebody else's venv, which is added to and never removed. A stamp without requirements: our own, and its
    setup was broken off, so that half a package may lie in it and it is made anew.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        self._stamp = folder / "playground.json"

    @property
    def runs_this(self) -> bool:
        return Path(sys.prefix).resolve() == self.folder.resolve()

    @property
    def is_ours(self) -> bool:
        return self._stamp.exists()

    def is_complete(self, wanted: list[str]) -> bool:
        if self.is_ours:
            return set(wanted) <= set(self.stamped())
        return self.python.exists() and not self.missing(wanted)

    def missing(self, wanted: list[str]) -> list[str]:
        pattern = "Lib/site-packages" if sys.platform == "win32" else "lib/python3*/site-packages"
        return missing(wanted, [str(folder) for folder in self.folder.glob(pattern)] or [str(self.folder)])

    def stamped(self) -> list[str]:
        """The requirements the stamp vouches for: none if the Python it was made from has gone or changed."""
        try:
            stamp = json.loads(self._stamp.read_text(encoding="utf-8"))
            same_python = self.python.exists() and stamp["python"] == str(self.python.resolve())
            return list(stamp["requirements"]) if same_python else []
        except (OSError, ValueError, KeyError, TypeError):
            return []

    def stamp(self, installed: list[str]) -> None:
        """Written whole or not at all."""
        draft = self._stamp.with_suffix(".draft")
        content = {"python": str(self.python.resolve()), "requirements": installed}
        draft.write_text(json.dumps(content, indent=1), encoding="utf-8")
        draft.replace(self._stamp)


def set_up(environment: Environment, wanted: list[str], lock: IO[str]) -> None:
    """Brings everything wanted into the environment. Raises SetupError, OSError."""
    broken_off = environment.is_ours and not environment.stamped()
    fresh = broken_off or not environment.python.exists()
    lacking = wanted if fresh else environment.missing(wanted)
    torch = [requirement for requirement in lacking if requirement.startswith("torch")]

    steps: list[tuple[str, Callable[[], None]]] = []
    if fresh:
        steps.append(("making .venv (some 10 s)", lambda: make_venv(environment, lock)))
    if torch:
        if shutil.disk_usage(ROOT).free < DISK_NEEDED:
            raise SetupError(pip.sentence("No space left on device"))
        steps.append(("installing torch (CPU build, about 190 MB)", lambda: install_torch(environment, torch[0], lock)))
    if lacking:
        others = [re.split(r"[^\w-]", requirement)[0] for requirement in lacking if requirement not in torch]
        title = "installing " + (", ".join(others) or "what torch needs")
        steps.append((title, lambda: pip.install(environment.python, wanted, lock)))
        steps.append(("compiling the training kernels (about a minute)", lambda: warm(environment)))

    say(f"Setting up {environment.folder} for Python {platform.python_version()}. Ctrl-C stops it.")
    if torch:
        say("This happens once, takes 1 to 10 minutes and about 1.6 GB of disk, and downloads some 350 MB.")
    if environment.is_ours and not fresh:
        environment.stamp([])
    for number, (title, do) in enumerate(steps, 1):
        say(f"Step {number} of {len(steps)}: {title}")
        do()
    if environment.is_ours:
        environment.stamp(wanted)
    say("The setup is complete.")


def make_venv(environment: Environment, lock: IO[str]) -> None:
    if environment.folder.exists():
        shutil.rmtree(environment.folder)
    environment.folder.mkdir()
    environment.stamp([])
    # the interpreter beneath a venv, so that a venv can make itself anew
    python = getattr(sys, "_base_executable", "") or sys.executable
    pip.run([python, "-m", "venv", str(environment.folder)], lock)


def install_torch(environment: Environment, requirement: str, lock: IO[str]) -> None:
    """The CPU build: on Linux from PyTorch's CPU index; elsewhere the default index has nothing else."""
    index = os.environ.get("PLAYGROUND_TORCH_INDEX", TORCH_INDEX if sys.platform == "linux" else "")
    if index:
        try:
            # no retries and no dependencies: an index out of reach then costs seconds, not minutes
            once = ["--index-url", index, "--retries", "0", "--timeout", "15", "--no-deps"]
            pip.install(environment.python, [*once, requirement], lock)
            return
        except SetupError as error:
            if str(error) == pip.sentence("No space left on device"):
                raise
            say(f"  {index} did not give it, so torch comes from the default package index.")
            say("  On Linux that build may bring CUDA, about 3 GB more. Ctrl-C stops it here;")
            say("  PLAYGROUND_TORCH_INDEX may name another index of CPU builds.")
    pip.install(environment.python, [requirement], lock)


def warm(environment: Environment) -> None:
    with pip.heartbeat():
        done = subprocess.run([environment.python, "-c", WARM], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        say(f"  not possible now ({reason}); they are compiled when they are first needed.")


@contextmanager
def hold(path: Path) -> Iterator[IO[str]]:
    """A lock held by one start at a time; the system lets go of it when its holder ends, however it ends."""
    with path.open("a") as lock:
        if not _take(lock):
            say("Another start is setting .venv up; waiting for it.")
            while not _take(lock):
                time.sleep(0.5)
        yield lock


def _take(lock: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
