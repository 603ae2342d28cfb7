"""Runs one command of the setup (venv or pip), tells what takes long, and turns what goes wrong into a sentence.

Standard library only, for it runs before anything is installed.
"""

import os
import platform
import re
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]

HEARTBEAT = 20  # seconds without news after which a person would think that it hangs

DISK_FULL = "The disk is full: the setup needs about 1.6 GB in {root}. Free some space and start again."
FAULTS = (  # what pip, venv or the system says → what a person can do; the first that fits
    (("No space left on device", "Errno 28", "not enough space", "Disk quota exceeded"), DISK_FULL),
    (
        ("CERTIFICATE_VERIFY_FAILED", "SSLCertVerificationError"),
        "The package index showed a certificate that this machine does not trust, as some school and company networks "
        "do. Set PIP_CERT to that network's certificate file and start again.",
    ),
    (
        (
            "ProxyError",
            "NewConnectionError",
            "NameResolutionError",
            "Temporary failure in name resolution",
            "ConnectTimeout",
            "ReadTimeout",
            "Network is unreachable",
            "Connection refused",
            "Connection reset",
        ),
        "The package index could not be reached. Check the connection (behind a proxy set HTTPS_PROXY) and start "
        "again; what has been downloaded is kept.",
    ),
    (
        ("Permission denied", "Errno 13", "Read-only file system", "Errno 30"),
        "{root} cannot be written to. Copy the project to a folder of your own, or correct its owner, and start again.",
    ),
    (
        ("ensurepip is not available", "No module named ensurepip", "No module named venv"),
        "This Python cannot make environments, because its venv module is missing. On Debian and Ubuntu install it "
        "with: apt install python3-venv. Then start again.",
    ),
    (
        ("No matching distribution found", "Could not find a version that satisfies"),
        "The package index offers no ready-made build for Python {python} on {machine}. Start with another Python from "
        "3.11 to 3.14, on 64-bit Linux, macOS or Windows.",
    ),
)


class SetupError(Exception):
    """The setup cannot go on; its text is a sentence that says what to do."""


def say(line: str) -> None:
    print(line, flush=True)


def sentence(text: str) -> str:
    """The way out of a known fault in what pip, venv or the system said; empty if none is known."""
    machine = f"{platform.system()} {platform.machine()}"
    for signs, way_out in FAULTS:
        if any(sign in text for sign in signs):
            return way_out.format(root=ROOT, python=platform.python_version(), machine=machine)
    return ""


def install(python: Path, arguments: list[str], lock: IO[str]) -> None:
    """pip install with these arguments, into the environment of this Python. Raises SetupError."""
    options = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--only-binary", ":all:"]
    # isolated and unbuffered: neither PYTHONPATH nor a user's site-packages counts, and each line comes at once
    run([str(python), "-I", "-u", "-m", "pip", "install", *options, *arguments], lock)


@contextmanager
def heartbeat() -> Iterator[None]:
    """Says every now and then that what is done here is still going on."""
    ended = threading.Event()

    def beat() -> None:
        start = time.monotonic()
        while not ended.wait(HEARTBEAT):
            say(f"  still at it, {time.monotonic() - start:.0f} s so far")

    threading.Thread(target=beat, daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def run(command: list[str], lock: IO[str]) -> None:
    """Runs a command, telling what it downloads and unpacks. Raises SetupError with a sentence or its last lines.

    The lock is inherited, so that it holds until the command has ended even if this process is killed.
    """
    tail: deque[str] = deque(maxlen=200)
    os.set_inheritable(lock.fileno(), True)
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        close_fds=False,
        # PIP_USER would make pip refuse to install into a venv
        env={**os.environ, "PIP_USER": "0", "PYTHONIOENCODING": "utf-8"},
    )
    with process, heartbeat():
        assert process.stdout
        try:
            for line in process.stdout:
                tail.append(line.rstrip())
                if news := _news(line):
                    say(f"  {news}")
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        last = "\n  ".join(list(tail)[-5:])
        unknown = f"The setup stopped, and its last lines say why:\n  {last}\nMend that and start again."
        raise SetupError(sentence("\n".join(tail)) or unknown)


def _news(line: str) -> str | None:
    """What a line of pip tells a person who waits: large downloads, and the unpacking, which takes long too."""
    download = re.search(r"Downloading (?:\S*/)?([\w.]+)-\S+ \(([\d.]+ [MG]B)\)", line)
    if download:
        return f"downloading {download[1]} ({download[2]})"
    unpacking = re.match(r"Installing collected packages: (.*)", line)
    if unpacking:
        names = unpacking[1].split(", ")
        return f"unpacking {len(names)} packages" if len(names) > 1 else f"unpacking {names[0]}"
    return None
