"""Who may ask: names of this server and pages of other sites, as pure functions and through a real server."""

import json
from typing import Any

import pytest
from starlette.datastructures import Headers
from websockets.asyncio.client import connect

from app.settings import Settings
from app.web.access.strangers import is_foreign, is_own_host, is_welcome
from app.wire.messages import Closing
from tests.app.running import Running, running_server
from tests.app.web.test_http import get
from tests.app.web.test_sockets import closing, told, until


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1:8000", True),
        ("192.168.1.7", True),
        ("[::1]:8000", True),
        ("[fe80::1%25eth0]:8000", True),
        ("localhost:8000", True),
        ("LOCALHOST.", True),
        ("here.localhost:8000", True),
        ("Playground.school.example:443", True),
        ("teacher.local", True),
        ("", True),
        ("evil.example", False),
        ("evil.example:8000", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("school.example", False),
        ("notlocalhost", False),
        ("[evil]", False),
    ],
)
def test_names_of_this_server(host: str, own: bool) -> None:
    chosen = settings(host="teacher.local", allowed_hosts={"playground.School.example"})
    assert is_own_host(host, chosen) is own


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        (None, True),
        ("http://here:8000", True),
        ("https://here:8000", True),
        ("https://school.example", True),
        ("http://school.example", False),
        ("http://here", False),
        ("http://here:8000.evil.example", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_who_is_welcome(origin: str | None, welcome: bool) -> None:
    assert is_welcome(origin, "here:8000", frozenset({"https://school.example"})) is welcome


@pytest.mark.parametrize(
    ("headers", "path", "foreign"),
    [
        ({}, "/api/graph", False),
        ({"Sec-Fetch-Site": "same-origin"}, "/api/graph", False),
        ({"Sec-Fetch-Site": "none"}, "/api/graph", False),
        ({"Sec-Fetch-Site": "cross-site"}, "/api/graph", True),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "image"}, "/api/graph", True),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}, "/api/presets", False),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"}, "/static/playground.webp", False),
    ],
)
def test_what_tells_a_page_of_another_site_without_an_origin(headers: dict[str, str], path: str, foreign: bool) -> None:
    assert is_foreign(Headers(headers), path, settings()) is foreign


@pytest.mark.parametrize(
    ("path", "method"), [("/", "GET"), ("/api/presets", "GET"), ("/api/graph", "POST"), ("/static/favicon.svg", "HEAD")]
)
def test_another_name_is_refused_in_words(server: Running, path: str, method: str) -> None:
    for name in ("evil.example", f"evil.example:{server.port}"):
        status, body, headers = get(server, path, method, Host=name, Origin=f"http://{name}")
        assert status == 421
        assert headers["X-Content-Type-Options"] == "nosniff"
        if method != "HEAD":
            assert b"PLAYGROUND_ALLOWED_HOSTS" in body
    assert get(server, path, "GET", Host=f"localhost:{server.port}")[0] in (200, 422)


def test_health_is_told_under_any_name(server: Running) -> None:
    assert get(server, "/healthz", Host="playground-1")[0] == 200


async def test_a_socket_under_another_name_is_closed_in_words(server: Running) -> None:
    async with connect(
        f"ws://evil.example:{server.port}/ws",
        host="127.0.0.1",
        additional_headers={"Origin": f"http://evil.example:{server.port}"},
    ) as socket:
        assert await closing(socket) == told(Closing("foreign_host"))


async def test_a_chosen_name_is_served() -> None:
    with running_server(allowed_hosts='["playground.school.example"]') as server:
        name = f"playground.school.example:{server.port}"
        assert get(server, "/", Host=name)[0] == 200
        async with connect(
            f"ws://{name}/ws", host="127.0.0.1", additional_headers={"Origin": f"http://{name}"}
        ) as socket:
            assert await until(socket, "state")


def test_requests_of_other_sites_are_refused_in_words(server: Running) -> None:
    paths = ("/api/graph", "/api/points", "/api/sessions/none/model", "/api/presets", "/nothing")
    for path in paths:
        for method in ("GET", "POST"):
            status, body, _ = get(server, path, method, Origin="http://elsewhere.example")
            assert status == 403
            assert b"another site" in body
    status, body, _ = get(server, "/api/graph", **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"})
    assert (status, json.loads(body)["code"]) == (403, "foreign_site")
    assert get(server, "/api/graph", "POST", Origin=f"http://127.0.0.1:{server.port}")[0] == 422
