"""Kept experiments over HTTP: kept, opened exactly where they were, each person's own; files of others do no harm."""

import asyncio
import http.client
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect

from app.sessions.commands.remembering import LEAST_SECONDS
from app.web.kept import COOKIE
from engine.kept import playground_file
from engine.kept.verification import verify
from tests.app.running import Running, running_server
from tests.app.web.test_sockets import address, say, until

SPEC = {"dataset": "spiral", "optimizer": "adam", "hidden": [{"width": 6, "dropout": 0.2}, 4], "samples": 100}


class Browser:
    """Asks as one browser does, with its cookies, from another thread, so that sockets are read on."""

    def __init__(self, server: Running) -> None:
        self._port = server.port
        self.cookie = ""

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        return await asyncio.to_thread(self._ask, method, path, data)

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        connection.request(method, f"/api/{path}", body, {"Cookie": self.cookie} if self.cookie else {})
        answer = connection.getresponse()
        said = answer.read()
        self.cookie = (answer.headers["Set-Cookie"] or self.cookie).split(";")[0]
        connection.close()
        is_file = "attachment" in (answer.headers["Content-Disposition"] or "")
        return answer.status, said if is_file else json.loads(said)

    async def rows(self) -> list[dict[str, Any]]:
        status, said = await self.ask("GET", "kept")
        assert status == 200
        rows: list[dict[str, Any]] = said["rows"]
        return rows


@pytest.fixture(scope="module")
def storing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("kept")
    limits = {"kept_experiments": 4, "kept_experiment_bytes": 200_000, "kept_file_bytes": 300_000}
    named = {f"limits__{name}": str(value) for name, value in limits.items()}
    with running_server(store="", data=str(folder), **named) as server:
        yield server
        assert "Traceback" not in server.said


@pytest.fixture
async def socket(storing: Running) -> AsyncIterator[ClientConnection]:
    async with connect(address(storing)) as socket:
        yield socket


async def trained(socket: ClientConnection, steps: int = 37, spec: dict[str, Any] = SPEC) -> str:
    """The session's key, once it stands there."""
    state = await until(socket, "state")
    await say(socket, type="configure", spec=spec)
    await say(socket, type="step", count=steps)
    await until(socket, "frame", lambda frame: frame["step"] == steps)
    key: str = state["session"]
    return key


async def kept_as(browser: Browser, key: str, name: str) -> str:
    status, row = await browser.ask("POST", f"kept?session={key}", {"name": name})
    assert status == 200, row
    id: str = row["id"]
    return id


async def test_an_experiment_is_opened_exactly_where_it_was(storing: Running, socket: ClientConnection) -> None:
    key, browser = await trained(socket), Browser(storing)
    await say(socket, type="speed", steps_per_second=123)
    id = await kept_as(browser, key, "spirals")
    await say(socket, type="step", count=25)
    later = await until(socket, "frame", lambda frame: frame["step"] == 62)
    await say(socket, type="configure", spec={"dataset": "xor", "hidden": [3]})
    await say(socket, type="step", count=5)
    await until(socket, "frame", lambda frame: frame["step"] == 5)

    status, said = await browser.ask("POST", f"kept/{id}/open?session={key}")
    assert status == 200
    state = await until(socket, "state", lambda state: state["revision"] == said["revision"])
    assert (state["step"], state["speed"], state["playing"]) == (37, 123, False)
    history = await until(socket, "history")
    assert history["steps"] == list(range(38))
    assert history["log"]["epochs"] == list(range(1, len(history["log"]["epochs"]) + 1))
    assert history["log"]["epochs"]
    await say(socket, type="step", count=25)
    again = await until(socket, "frame", lambda frame: frame["step"] == 62)
    for name, values in later["parameters"].items():
        np.testing.assert_array_equal(again["parameters"][name], values)
    assert again["train_loss"] == later["train_loss"]
    await say(socket, type="seek", branch=0, step=8)  # a step before is trained again from the start
    await until(socket, "frame", lambda frame: frame["step"] == 8)
    await say(socket, type="undo")
    assert (await until(socket, "state", lambda state: state["spec"]["dataset"] == "xor"))["step"] == 0


async def test_rows_are_changed_copied_removed_and_put_back(storing: Running, socket: ClientConnection) -> None:
    key, browser = await trained(socket), Browser(storing)
    id = await kept_as(browser, key, "first")
    (row,) = await browser.rows()
    assert (row["name"], row["note"], row["summary"]["step"]) == ("first", "", 37)
    assert row["summary"]["sizes"] == [2, 6, 4, 1]
    assert row["summary"]["spec"]["optimizer"] == "adam"
    status, changed = await browser.ask("PATCH", f"kept/{id}", {"name": " <i>second</i> ", "note": "what I saw"})
    assert (changed["name"], changed["note"]) == ("<i>second</i>", "what I saw")
    _, copy = await browser.ask("POST", f"kept/{id}/copy", {"name": "third"})
    assert [row["name"] for row in await browser.rows()] == ["third", "<i>second</i>"]
    assert (await browser.ask("DELETE", f"kept/{copy['id']}"))[0] == 200
    assert [row["name"] for row in await browser.rows()] == ["<i>second</i>"]
    assert (await browser.ask("GET", f"kept/{copy['id']}/picture"))[1]["code"] == "kept_gone"
    assert (await browser.ask("POST", f"kept/{copy['id']}/restore"))[0] == 200
    assert len(await browser.rows()) == 2
    status, picture = await browser.ask("GET", f"kept/{id}/picture")
    assert (status, picture["kind"], len(picture["values"])) == (200, "map", picture["side"] ** 2)
    for words in ({"name": ""}, {"name": "x" * 121}, {"note": "x" * 2001}, {"name": 3}, {}, {"name": "a", "more": 1}):
        assert (await browser.ask("PATCH", f"kept/{id}", words))[1]["code"] == "kept_words"
    assert (await browser.ask("PATCH", f"kept/{id}", {"name": "a\0b"}))[1]["code"] == "kept_words"
    assert (await browser.ask("PATCH", f"kept/{id}", b"{"))[1]["code"] == "kept_words"


async def test_a_list_is_its_persons_alone(storing: Running, socket: ClientConnection) -> None:
    key, one, other = await trained(socket, 2), Browser(storing), Browser(storing)
    assert await one.rows() == []
    assert one.cookie == "", "who has kept nothing is not marked"
    id = await kept_as(one, key, "mine")
    await kept_as(other, key, "theirs")
    assert one.cookie.startswith(f"{COOKIE}=")
    assert one.cookie != other.cookie
    assert [row["name"] for row in await other.rows()] == ["theirs"]
    stranger = Browser(storing)
    for browser in (other, stranger):
        for method, path in (
            ("GET", "file"),
            ("GET", "picture"),
            ("POST", f"open?session={key}"),
            ("POST", "restore"),
            ("DELETE", ""),
        ):
            status, said = await browser.ask(method, f"kept/{id}/{path}".rstrip("/"))
            assert (status, said["code"]) == (404, "kept_gone")
        assert (await browser.ask("PATCH", f"kept/{id}", {"name": "ours"}))[1]["code"] == "kept_gone"
        assert (await browser.ask("POST", f"kept/{id}/copy", {"name": "ours"}))[1]["code"] == "kept_gone"
    assert [row["name"] for row in await one.rows()] == ["mine"]


async def test_a_file_goes_out_and_in(storing: Running, socket: ClientConnection) -> None:
    key, browser, other = await trained(socket), Browser(storing), Browser(storing)
    id = await kept_as(browser, key, "<img src=x>")
    status, data = await browser.ask("GET", f"kept/{id}/file")
    assert status == 200
    assert verify(playground_file.read(data)).outcome == "same"
    status, row = await other.ask("POST", "kept/file", data)
    assert (status, row["name"], row["summary"]["step"]) == (200, "<img src=x>", 37)
    (original,) = await browser.rows()
    assert row["summary"] == original["summary"] | {
        score: pytest.approx(original["summary"][score], rel=1e-5) for score in ("train_loss", "test_loss")
    }
    assert (await other.ask("GET", f"kept/{row['id']}/file"))[1] == data
    unkept = (await browser.ask("GET", f"sessions/{key}/experiment.playground?name=%3Cimg%20src%3Dx%3E"))[1]
    assert unkept == data


async def test_bad_files_are_answered_and_the_run_goes_on(storing: Running, socket: ClientConnection) -> None:
    key, browser = await trained(socket), Browser(storing)
    _, data = await browser.ask("GET", f"sessions/{key}/experiment.playground?name=x")
    content = json.loads(data)
    cursor = content | {"progress": content["progress"] | {"cursor": 10**6}}
    for body, code in (
        (b"[" * 200_000, "kept_not_ours"),
        (data[:-100], "kept_cut_short"),
        (json.dumps(content | {"version": 2}).encode(), "kept_newer"),
        (json.dumps(content | {"arrays": {}}).encode(), "kept_damaged"),
        (json.dumps(cursor).encode(), "kept_damaged"),
        (data + b" " * 300_000, "file_too_large"),
    ):
        for path in ("kept/file", f"sessions/{key}/experiment"):
            assert (await browser.ask("POST", path, body))[1]["code"] == code
    assert await browser.rows() == []
    assert (await browser.ask("POST", f"sessions/{key}/experiment", data))[0] == 200
    await until(socket, "state", lambda state: state["step"] == 37)


async def test_there_are_bounds_of_number_and_size(storing: Running, socket: ClientConnection) -> None:
    key, browser = await trained(socket, 1), Browser(storing)
    ids = [await kept_as(browser, key, f"number {i}") for i in range(4)]
    status, said = await browser.ask("POST", f"kept?session={key}", {"name": "one more"})
    assert (status, said["code"], said["values"]) == (422, "kept_too_many", {"limit": 4})
    assert (await browser.ask("POST", f"kept/{ids[0]}/copy", {"name": "one more"}))[1]["code"] == "kept_too_many"
    await browser.ask("DELETE", f"kept/{ids[0]}")
    await kept_as(browser, key, "one more")
    assert (await browser.ask("POST", f"kept/{ids[0]}/restore"))[1]["code"] == "kept_too_many"
    await browser.ask("DELETE", f"kept/{ids[1]}")
    await say(socket, type="configure", spec={"hidden": [160, 160]})
    await until(socket, "state", lambda state: len(state["spec"]["hidden"]) == 2 and state["sizes"][1] == 160)
    status, said = await browser.ask("POST", f"kept?session={key}", {"name": "large"})
    assert (status, said["code"], said["values"]) == (422, "kept_too_large", {"limit": 200_000})
    assert len(await browser.rows()) == 3


async def test_without_a_store_it_is_told_what_to_do(server: Running) -> None:
    browser = Browser(server)
    async with connect(address(server)) as socket:
        key = await trained(socket, 3)
        status, said = await browser.ask("POST", f"kept?session={key}", {"name": "x"})
        assert (status, said["code"]) == (503, "kept_needs_store")
        assert "--no-store" in said["message"]
        assert (await browser.ask("GET", "kept"))[1] == {"has_store": False, "limit": 200, "rows": [], "recent": []}
        _, data = await browser.ask("GET", f"sessions/{key}/experiment.playground?name=x")
        await say(socket, type="step", count=1)
        assert (await browser.ask("POST", f"sessions/{key}/experiment", data))[0] == 200
        await until(socket, "state", lambda state: state["step"] == 3)


async def test_they_outlive_the_server(tmp_path: Path) -> None:
    settings = {"store": "", "data": str(tmp_path)}
    with running_server(**settings) as server:
        browser = Browser(server)
        async with connect(address(server)) as socket:
            await kept_as(browser, await trained(socket, 2), "kept")
        server.stop()
    with running_server(**settings) as server:
        again = Browser(server)
        again.cookie = browser.cookie
        assert [row["name"] for row in await again.rows()] == ["kept"]


async def test_a_run_that_is_replaced_is_recent_in_its_tab(storing: Running, socket: ClientConnection) -> None:
    key, browser = await trained(socket), Browser(storing)
    await asyncio.sleep(LEAST_SECONDS)  # a run that lives shorter is not remembered
    await say(socket, type="configure", spec={"hidden": [3], "stop_steps": 4})
    await until(socket, "state", lambda state: state["sizes"] == [2, 3, 1])
    await asyncio.sleep(LEAST_SECONDS)
    await say(socket, type="step", count=9)  # it ends at the fourth
    await until(socket, "frame", lambda frame: frame["step"] == 4)

    async def recent() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await browser.ask("GET", f"kept?tab={key}"))[1]["recent"]
        return found

    while len(rows := await recent()) < 2:
        await asyncio.sleep(0.05)
    assert [row["summary"]["step"] for row in rows] == [4, 37]
    assert (await browser.ask("GET", "kept?tab=another"))[1]["recent"] == []
    left = rows[1]["id"]
    assert (await browser.ask("POST", f"kept/{left}/open?session={key}"))[1]["code"] == "kept_gone"
    assert (await browser.ask("POST", f"kept/{left}/copy?tab={key}", {"name": "kept now"}))[0] == 200
    assert [row["name"] for row in await browser.rows()] == ["kept now"]
    assert (await browser.ask("POST", f"kept/{left}/open?session={key}&tab={key}"))[0] == 200
    await until(socket, "state", lambda state: (state["step"], state["sizes"]) == (37, [2, 6, 4, 1]))
    assert len(await recent()) == 2, "the run that had ended is there once"


async def kept_file_bytes() -> None:
    with running_server(limits__kept_file_bytes="100") as server:
        async with connect(address(server)) as socket:
            key = (await until(socket, "state"))["session"]
            for size, code in ((100, "kept_not_ours"), (101, "file_too_large")):
                status, said = await Browser(server).ask("POST", f"sessions/{key}/experiment", b" " * size)
                assert said["code"] == code
            assert (status, said["values"]) == (413, {"limit": 100})
