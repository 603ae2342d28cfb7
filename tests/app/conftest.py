"""One server for all tests of the transport, in a process of its own; none of them may leave a traceback in its log."""

from collections.abc import Iterator

import pytest

from tests.app.running import Running, running_server


@pytest.fixture(scope="session")
def shared_server() -> Iterator[Running]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(shared_server: Running) -> Iterator[Running]:
    yield shared_server
    assert shared_server.health()["status"] == "ok"
    assert "Traceback" not in shared_server.said
    assert "Exception" not in shared_server.said
