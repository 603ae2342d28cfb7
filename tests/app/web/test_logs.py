"""Ids of requests, and lines of JSON that name neither a session nor an address."""

import json
from urllib.request import Request, urlopen

from websockets.asyncio.client import connect

from tests.app.running import PATIENCE, Running, running_server
from tests.app.web.test_sockets import address, until


def test_every_answer_tells_the_id_of_its_request(server: Running) -> None:
    def asked(**headers: str) -> str:
        with urlopen(Request(f"http://127.0.0.1:{server.port}/healthz", headers=headers), timeout=PATIENCE) as answer:
            return str(answer.headers["X-Request-ID"])

    assert len(asked()) == 16
    assert asked() != asked()
    assert asked(**{"X-Request-ID": "0123-4567-89ab"}) == "0123-4567-89ab"
    assert asked(**{"X-Request-ID": "a b" * 10}) != "a b" * 10


async def test_lines_of_json() -> None:
    for addresses in ("no", "yes"):
        with running_server(log="json", log_addresses=addresses) as server:
            async with connect(address(server)) as socket:
                key = (await until(socket, "state"))["session"]
                with urlopen(f"http://127.0.0.1:{server.port}/api/sessions/{key}/model.pt", timeout=30) as answer:
                    request = answer.headers["X-Request-ID"]
            server.stop()
            said = [json.loads(line) for line in server.said.splitlines()]
            assert key not in server.said
            assert ("127.0.0.1" in server.said) == (addresses == "yes")
        line = next(one for one in said if one.get("request") == request)
        assert (line["event"], line["level"], line["method"], line["status"]) == ("request", "info", "GET", 200)
        assert line["path"] == "/api/sessions/…/model.pt"
        assert next(one for one in said if one.get("method") == "WEBSOCKET")["path"] == "/ws"
