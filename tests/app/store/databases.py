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


class Postgres:
    """One database of its own. It refuses to run as root, so then it is the user postgres who does."""

    def __init__(self, folder: str) -> None:
        self.address = f"postgresql+psycopg://playground@/postgres?host={folder}"
        self._folder = folder
        self._user = "postgres" if os.name == "posix" and os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._do("initdb", "--username", "playground", "--auth", "trust", "--no-sync")
        self.start()

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self._folder} -c fsync=off"
        self._do("pg_ctl", "start", "--wait", "--log", f"{self._folder}/log", "--options", options)

    def stop(self) -> None:
        self._do("pg_ctl", "stop", "--mode", "immediate")

    def _do(self, name: str, *arguments: str) -> None:
        command = [_binary(name), *arguments, "--pgdata", f"{self._folder}/data"]
        with open(f"{self._folder}/said", "w+") as said:  # a server that is started would hold a pipe open
            done = subprocess.run(command, user=self._user, cwd=self._folder, stdout=said, stderr=said, check=False)
            said.seek(0)
            assert done.returncode == 0, said.read()


@contextmanager
def postgres() -> Iterator[Postgres]:
    pytest.importorskip("psycopg", reason="install the extra [postgres]")
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        database = Postgres(folder)
        try:
            yield database
        finally:
            database.stop()
