"""A server in a process of its own, as people run it, on a free port."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60.0
"""Seconds until a test gives up: on a busy machine anything takes long."""


@dataclass(frozen=True)
class Running:
    process: subprocess.Popen[str]
    port: int
    before: str
    """What it said before its address."""
    errors: IO[str]

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=PATIENCE) as answer:
            health: dict[str, Any] = json.load(answer)
            return health

    def children(self) -> list[int]:
        """Its worker processes, where there is /proc."""
        lists = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(number) for numbers in lists for number in numbers.read_text().split()]

    def wait_until_warm(self) -> None:
        while not self.health()["warm"]:
            time.sleep(0.1)

    @property
    def said(self) -> str:
        """Everything it wrote to standard error."""
        self.errors.seek(0)
        return self.errors.read()

    def stop(self) -> int:
        """SIGTERM; waits. Its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def running_server(kind: str = "by_hand", **settings: str) -> Iterator[Running]:
    """kind: see tests.app.server. settings: names of PLAYGROUND_… without the prefix, in small letters."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLAYGROUND_")}
    settings = {"port": "0", "store": "off", **settings}
    environment |= {f"PLAYGROUND_{name.upper()}": value for name, value in settings.items()}
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.app.server", kind],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            process_group=0 if os.name == "posix" else None,  # so that a test may stop it as a terminal does
        )
        assert process.stdout is not None
        try:
            before = ""
            while not (line := process.stdout.readline()).startswith("Backprop Playground: "):
                assert line, "the server did not start"
                before += line
            address = line.split()[2]  # http://127.0.0.1:PORT
            yield Running(process, int(address.rsplit(":", 1)[1]), before, errors)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
