"""Databases of tests: a folder for SQLite, and Debian's Postgres, started in a folder of its own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BINARIES = "/usr/lib/postgresql/*/bin"
"""Where Debian keeps those that are for servers."""


def _binary(name: str) -> str:
    found = [str(path / name) for path in sorted(Path("/").glob(BINARIES.lstrip("/")))]
    path = shutil.which(name) or shutil.which(name, path=os.pathsep.join(os.path.dirname(one) for one in found))
    if path is None:
        pytest.skip("Postgres is not installed here; on Debian and Ubuntu: apt install postgresql")
    return path


@contextmanager
def postgres() -> Iterator[str]:
    """The address of an empty database; it refuses to run as root, so then it is the user postgres who does."""
    pytest.importorskip("psycopg", reason="install the extra [postgres]")
    user = "postgres" if os.name == "posix" and os.geteuid() == 0 else None
    initdb, ctl = _binary("initdb"), _binary("pg_ctl")
    with tempfile.TemporaryDirectory(prefix="pg") as top:
        if user:
            shutil.chown(top, user)

        def do(*command: str) -> None:
            done = subprocess.run(
                command, user=user, cwd=top, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            assert done.returncode == 0, done.stdout

        do(initdb, "--pgdata", f"{top}/data", "--username", "playground", "--auth", "trust", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={top} -c fsync=off"
        do(ctl, "start", "--wait", "--pgdata", f"{top}/data", "--log", f"{top}/log", "--options", options)
        try:
            yield f"postgresql+psycopg://playground@/postgres?host={top}"
        finally:
            do(ctl, "stop", "--mode", "immediate", "--pgdata", f"{top}/data")
