"""The setup, from nothing: a small checkout with the real app/setup/, real venv and pip, and two tiny wheels.

No network: pip finds the wheels in a folder. What needs a broken machine is told to `app.setup.pip` in its words.
"""

import ast
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import IO, Any

import pytest

import app
from app import __main__ as command
from app.settings import Settings
from app.setup import bootstrap, pip
from app.setup.bootstrap import Environment
from tests import chromium

PROBE = """
import sys
from app.setup import bootstrap
bootstrap.enter("probe")
import torch
print("running in", sys.prefix)
"""
LOCK = StringIO()


def write_wheel(folder: Path, name: str, version: str) -> None:
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project of one module, probe, that needs torch (a tiny stand-in) and alpha."""
    project = tmp_path / "project"
    (project / "app" / "setup").mkdir(parents=True)
    for name in ("__init__.py", "setup/__init__.py", "setup/bootstrap.py", "setup/pip.py"):
        shutil.copy(pip.ROOT / "app" / name, project / "app" / name)
    (project / "probe.py").write_text(PROBE)
    (project / "pyproject.toml").write_text('[project]\ndependencies = ["torch>=2.6,<2.14", "alpha>=1"]\n')
    (project / "wheels").mkdir()
    write_wheel(project / "wheels", "torch", "2.13.0+cpu")
    write_wheel(project / "wheels", "alpha", "1.2")
    return project


def begin(checkout: Path, **settings: str) -> subprocess.Popen[str]:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PLAYGROUND_"))}
    offline = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(checkout / "wheels")}
    return subprocess.Popen(
        [sys.executable, "-m", "probe"],
        cwd=checkout,
        env={**surroundings, **offline, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell ignores it in the background
    )


def start(checkout: Path, **settings: str) -> str:
    return begin(checkout, **settings).communicate(timeout=600)[0]


def read_until(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdout
    for line in process.stdout:
        if words in line:
            return
    pytest.fail(f"it ended without saying {words!r}")


def test_first_start_installs_and_says_how_far_it_is(checkout: Path) -> None:
    said = start(checkout)
    assert [line for line in said.splitlines() if line.startswith("Step")] == [
        "Step 1 of 4: making .venv (some 10 s)",
        "Step 2 of 4: installing torch (CPU build, about 190 MB)",
        "Step 3 of 4: installing alpha",
        "Step 4 of 4: compiling the training kernels (about a minute)",
    ]
    assert said.endswith(f"running in {checkout / '.venv'}\n")

    assert start(checkout, PIP_FIND_LINKS="/nowhere") == f"running in {checkout / '.venv'}\n", (
        "the second installs nothing"
    )

    (checkout / "pyproject.toml").write_text('[project]\ndependencies = ["torch>=2.6,<2.14", "alpha>=1", "beta"]\n')
    write_wheel(checkout / "wheels", "beta", "3.0")
    said = start(checkout)
    assert "Step 1 of 2: installing beta\n" in said, "a new dependency is added to what is there"


def test_a_set_up_broken_off_is_made_anew(checkout: Path) -> None:
    first = begin(checkout)
    read_until(first, "Step 2 of 4")
    first.kill()
    first.communicate()
    half = checkout / ".venv" / "half-a-package"
    half.write_text("")
    said = start(checkout)
    assert "Step 1 of 4" in said
    assert said.endswith(f"running in {checkout / '.venv'}\n")
    assert not half.exists()


def test_ctrl_c_is_one_line(checkout: Path) -> None:
    first = begin(checkout)
    read_until(first, "Step 1 of 4")
    first.send_signal(signal.SIGINT)
    said = first.communicate(timeout=600)[0]
    assert said.strip() == "Stopped. The next start takes the setup up again."
    assert first.returncode == 130


def test_two_starts_at_once_make_one_set_up(checkout: Path) -> None:
    one, other = begin(checkout), begin(checkout)
    said = [process.communicate(timeout=600)[0] for process in (one, other)]
    assert sum("Step 1 of 4" in words for words in said) == 1
    assert sum("waiting for it" in words for words in said) == 1
    assert all(words.endswith(f"running in {checkout / '.venv'}\n") for words in said)


def test_without_network_there_is_a_sentence_and_the_next_start_recovers(checkout: Path) -> None:
    closed = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PLAYGROUND_TORCH_INDEX": "http://127.0.0.1:9/torch"}
    said = start(checkout, PIP_NO_INDEX="0", PIP_RETRIES="1", PIP_FIND_LINKS="", **closed)
    assert "The package index could not be reached." in said
    assert "Traceback" not in said
    assert start(checkout).endswith(f"running in {checkout / '.venv'}\n")


@pytest.mark.parametrize(
    ("machine_says", "way_out"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "free some space"),
        ("OSError: [Errno 122] Disk quota exceeded", "free some space"),
        ("[Errno 13] Permission denied: '/srv/app/.venv'", "folder of your own"),
        ("[Errno 30] Read-only file system: '.venv.lock'", "folder of your own"),
        ("<NewConnectionError>: Failed to establish a new connection: [Errno 111] Connection refused", "connection"),
        ("NameResolutionError: [Errno -3] Temporary failure in name resolution\nERROR: No matching", "connection"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] …", "PIP_CERT"),
        ("ERROR: No matching distribution found for torch>=2.6", "64-bit"),
        ("The virtual environment was not created successfully because ensurepip is not available.", "python3-venv"),
    ],
)
def test_a_fault_becomes_a_way_out(machine_says: str, way_out: str) -> None:
    assert way_out.lower() in pip.sentence(machine_says).lower()


def test_an_unknown_fault_shows_its_last_lines(tmp_path: Path) -> None:
    script = "print('first'); print('something new'); raise SystemExit(3)"
    with (tmp_path / "lock").open("a") as lock, pytest.raises(pip.SetupError, match="something new"):
        pip.run([sys.executable, "-c", script], lock)


def test_too_little_disk_is_said_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12, 10**8))
    with pytest.raises(pip.SetupError, match="disk is full"):
        bootstrap.set_up(Environment(tmp_path / ".venv"), ["torch>=2.6"], LOCK)
    assert not (tmp_path / ".venv").exists()


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What is asked of pip, which then fails for an index of its own and succeeds for the default one."""
    asked: list[list[str]] = []

    def install(_python: Path, arguments: list[str], _lock: IO[str]) -> None:
        asked.append(arguments)
        if "--index-url" in arguments:
            raise pip.SetupError(pip.sentence("ConnectTimeout"))

    monkeypatch.setattr(pip, "install", install)
    monkeypatch.delenv("PLAYGROUND_TORCH_INDEX", raising=False)
    return asked


def test_torch_is_the_cpu_build_and_cuda_is_announced(
    installs: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    environment = Environment(tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    bootstrap.install_torch(environment, "torch>=2.6", LOCK)
    assert installs[0][:2] == ["--index-url", bootstrap.TORCH_INDEX]
    assert installs[1:] == [["torch>=2.6"]]
    assert "CUDA" in capsys.readouterr().out

    monkeypatch.setenv("PLAYGROUND_TORCH_INDEX", "")
    installs.clear()
    bootstrap.install_torch(environment, "torch>=2.6", LOCK)
    assert installs == [["torch>=2.6"]], "an empty setting means the default index"

    monkeypatch.delenv("PLAYGROUND_TORCH_INDEX")
    monkeypatch.setattr(sys, "platform", "darwin")
    installs.clear()
    bootstrap.install_torch(environment, "torch>=2.6", LOCK)
    assert installs == [["torch>=2.6"]], "elsewhere than on Linux the default index has the CPU build"


@pytest.mark.parametrize(
    ("version", "requirement", "met"),
    [
        ("2.13.0+cpu", "torch>=2.6,<2.14", True),
        ("2.14.0", "torch>=2.6,<2.14", False),
        ("2.5.9", "torch>=2.6,<2.14", False),
        ("0.54.0", "torch[standard]>=0.32", True),
        ("1.0", "other", False),
    ],
)
def test_what_is_missing_is_read_from_metadata(tmp_path: Path, version: str, requirement: str, met: bool) -> None:
    info = tmp_path / f"torch-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n")
    assert (bootstrap.missing([requirement], [str(tmp_path)]) == []) is met


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A venv by its looks, stamped as complete."""
    made = Environment(tmp_path / ".venv")
    made.python.parent.mkdir(parents=True)
    made.python.symlink_to(sys.executable)
    made.stamp(["alpha", "beta"])
    return made


def cut(stamp: Path) -> None:
    stamp.write_text(stamp.read_text()[:20])


def change_python(stamp: Path) -> None:
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "python": "/usr/bin/python3.10"}))


@pytest.mark.parametrize("harm", [cut, change_python, Path.unlink])
def test_the_stamp_vouches_only_for_what_it_saw(environment: Environment, harm: Callable[[Path], Any]) -> None:
    assert environment.is_complete(["alpha"])
    assert not environment.is_complete(["alpha", "gamma"])
    harm(environment.folder / "playground.json")
    assert not environment.is_complete(["alpha"])


def test_somebody_elses_venv_is_never_removed(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    (environment.folder / "playground.json").unlink()
    monkeypatch.setattr(pip, "install", lambda *_: None)
    monkeypatch.setattr(bootstrap, "warm", lambda _: None)
    monkeypatch.setattr(bootstrap, "make_venv", lambda *_: pytest.fail("it would be removed"))
    bootstrap.set_up(environment, ["alpha"], LOCK)
    assert not environment.is_ours


def test_an_old_python_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("app/__init__.py", "app/__main__.py", "tests/__main__.py"):
        ast.parse((pip.ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 7))
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 to 3\.14"):
        importlib.reload(app)


def test_help_works_with_nothing_installed() -> None:
    bare = [sys.executable, "-S", "-m", "app", "--help"]
    done = subprocess.run(bare, cwd=pip.ROOT, capture_output=True, text=True, check=True)
    for option in ("host", "port"):
        assert f"--{option}" in done.stdout
        assert f"({Settings.model_fields[option].default})" in done.stdout, "the help tells the real default"


@pytest.mark.parametrize(("name", "value"), [("PLAYGROUND_PORT", "many"), ("PLAYGROUND_LIMITS__SESSIONS", "-1")])
def test_a_wrong_setting_is_told_by_its_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["playground"])
    monkeypatch.setattr(bootstrap, "enter", lambda _: None)
    with pytest.raises(SystemExit, match=name):
        command.main()


@pytest.mark.parametrize(
    ("root", "driver", "installed", "said"),
    [
        (True, True, ["chromium-headless-shell", "fonts-wqy-microhei"], ""),
        (True, False, ["chromium-headless-shell", "fonts-wqy-microhei", "libatomic1"], "apt install libatomic1"),
        (False, True, [], "apt install chromium"),
        (False, False, [], "apt install libatomic1"),
    ],
)
def test_chromium_is_installed_or_asked_for(
    root: bool,
    driver: bool,
    installed: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On a machine without a browser, with and without what Playwright's driver needs; its own download fails."""
    got: list[str] = []
    headless = "chromium-headless-shell"
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in got else None)
    monkeypatch.setattr(chromium, "_is_debian_root", lambda: root)
    monkeypatch.setattr(chromium, "_install", got.extend)
    monkeypatch.setattr(chromium, "_playwright", lambda *arguments: driver and arguments == ("--version",))
    assert chromium.provide() == (f"/usr/bin/{headless}" if root else "")
    assert got == installed
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(("debian_root", "installed"), [(True, ["chromium-headless-shell"]), (False, [])])
def test_a_chromium_with_a_window_is_taken_where_none_without_can_be_had(
    debian_root: bool, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/chromium" if name == "chromium" else None)
    monkeypatch.setattr(chromium, "_is_debian_root", lambda: debian_root)
    monkeypatch.setattr(chromium, "_install", tried.extend)
    monkeypatch.setattr(chromium, "_playwright", lambda *_: True)
    assert chromium.provide() == "/usr/bin/chromium"
    assert tried == installed
