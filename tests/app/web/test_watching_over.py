"""What those ask who watch over a server: whether it is ready, and its numbers."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from fastapi import Request
from websockets.asyncio.client import connect

from app.web.api import ready
from app.web.operation.tally import LATENCIES, Tally
from tests.app.running import Running, running_server
from tests.app.web.test_sockets import address, say, until


def ask(server: Running, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_metrics_are_there_where_they_are_asked_for(server: Running) -> None:
    assert ask(server, "/metrics")[0] == 404


async def test_metrics_count_what_happens(tmp_path: Path) -> None:
    with running_server(metrics="yes", store="", data=str(tmp_path), limits__memory_bytes=str(2**33)) as server:
        async with connect(address(server)) as socket:
            await say(socket, type="play")
            await until(socket, "frame", lambda frame: frame["step"] > 50)
            await say(socket, type="unheard-of")
            await until(socket, "error")
            status, text = ask(server, "/metrics")
        numbers = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        assert status == 200
        assert float(numbers["playground_sessions"]) == float(numbers["playground_playing"]) == 1
        assert float(numbers["playground_viewers"]) == 1
        assert float(numbers['playground_refused_total{code="unknown_command"}']) == 1
        assert float(numbers["playground_memory_bytes"]) > 0
        assert float(numbers["playground_memory_limit_bytes"]) == 2**33
        assert float(numbers["playground_store_works"]) == 1
        assert float(numbers["playground_kept_runs"]) == 0
        pictures = float(numbers["playground_picture_seconds_count"])
        assert pictures > 1
        assert float(numbers['playground_picture_seconds_bucket{le="+Inf"}']) == pictures
        assert float(numbers["playground_picture_seconds_sum"]) > 0


def test_a_picture_is_counted_by_its_latency() -> None:
    tally = Tally()
    for seconds in (0.001, 0.02, 0.02, 9):
        tally.picture(seconds)
    assert tally.pictures == [1, 0, 2, *[0] * (len(LATENCIES) - 3), 1]
    assert tally.latency == pytest.approx(9.041)


def test_ready_once_it_is_warm_and_while_it_has_memory() -> None:
    with running_server() as server:
        server.wait_until_warm()
        assert ask(server, "/readyz")[0] == 200
    with running_server(limits__memory_bytes="1") as server:
        status, text = ask(server, "/readyz")
        said = json.loads(text)
        assert (status, said["ready"], said["memory"], said["seats"]) == (503, False, False, True)


@pytest.mark.parametrize("lacking", ["serving", "warm", "store", "seats", "memory"])
async def test_not_ready_where_one_thing_does_not_hold(lacking: str) -> None:
    holds = {name: name != lacking for name in ("serving", "warm", "store", "seats", "memory")}
    store = SimpleNamespace(state="ok" if holds["store"] else "failed")
    memory = SimpleNamespace(is_full=not holds["memory"])
    manager = SimpleNamespace(stopping=not holds["serving"], store=store, has_seats=holds["seats"], memory=memory)
    state = SimpleNamespace(manager=manager, warming=SimpleNamespace(done=holds["warm"]))
    answer = await ready(cast(Request, SimpleNamespace(app=SimpleNamespace(state=state))))
    assert answer.status_code == 503
    assert json.loads(bytes(answer.body)) == {"ready": False, **holds}
