"""Listening: the wished port, the next free one, or a sentence. Starting: nothing heavy before it is needed."""

import os
import socket
import subprocess
import sys

import pytest

from app.web.serving import for_others, listen
from tests.app.running import ROOT, running_server


def test_a_taken_port_gives_the_next_free_one() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with listen("127.0.0.1", port) as second:
            assert second.getsockname()[1] > port


def test_it_says_so_plainly() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with running_server(port=str(port)) as server:
            assert server.port > port
            assert server.before == f"Port {port} is taken; using {server.port}, the next free one.\n"


def test_an_address_that_is_not_ours_gives_a_sentence() -> None:
    with pytest.raises(SystemExit, match="use --host"):
        listen("203.0.113.7", 8000)
    with pytest.raises(SystemExit, match="use --host"):
        listen("no such host", 8000)


def test_ports_all_taken_gives_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with listen("127.0.0.1", 0) as taken:
        monkeypatch.setattr("app.web.serving.PORTS_TRIED", 1)
        with pytest.raises(SystemExit, match="--port"):
            listen("127.0.0.1", taken.getsockname()[1])


def test_an_address_for_other_machines_only_where_they_are_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert for_others("127.0.0.1", 8000) is None
    monkeypatch.setattr(socket.socket, "connect", lambda *_: None)
    monkeypatch.setattr(socket.socket, "getsockname", lambda _: ("192.168.1.20", 5))
    assert for_others("0.0.0.0", 8000) == for_others("::", 8000) == "http://192.168.1.20:8000"

    def no_network(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(socket.socket, "connect", no_network)
    assert for_others("0.0.0.0", 8000) is None


@pytest.mark.parametrize(
    ("options", "environment", "said"),
    [
        (["--port", "99999"], {}, "--port cannot be 99999: the most is 65535. Correct it and start again.\n"),
        (
            [],
            {"PLAYGROUND_MNIST": "/no/such/folder"},
            "PLAYGROUND_MNIST cannot be /no/such/folder: there is no such folder. Correct it and start again.\n",
        ),
        ([], {"PLAYGROUND_PORT": "x"}, "PLAYGROUND_PORT cannot be x: it must be a whole number."),
        ([], {"PLAYGROUND_LIMITS__VIEWERS": "0"}, "PLAYGROUND_LIMITS__VIEWERS cannot be 0: the least is 1."),
    ],
)
def test_a_wrong_setting_is_named_as_it_was_given(options: list[str], environment: dict[str, str], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", *options],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(said)


def test_both_kinds_of_address() -> None:
    with listen("::1", 0) if socket.has_ipv6 else listen("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0


def test_making_the_app_imports_neither_torch_nor_a_compiler() -> None:
    script = (
        "import sys; from app.main import create_app; from app.settings import Settings; create_app(Settings());"
        "sys.exit(', '.join({'torch', 'numba', 'plotly', 'sklearn'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
