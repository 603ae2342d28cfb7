"""A class word: asked once of each browser, kept there, and slow to guess."""

import asyncio
import re
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from starlette.types import Message, Receive, Scope, Send
from websockets.asyncio.client import connect

from app.settings import Limits
from app.web.access import class_word
from app.web.access.class_word import ClassWord
from app.wire.messages import Closing
from tests.app.running import Running, running_server
from tests.app.web.test_sockets import address, closing, told, until


class StayHere(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def ask(server: Running, path: str, body: bytes | None = None, cookie: str = "") -> tuple[int, str, str]:
    """Status, body and the cookie that is set."""
    request = Request(f"http://127.0.0.1:{server.port}{path}", body, {"Cookie": cookie})
    try:
        answer = build_opener(StayHere).open(request, timeout=30)
    except HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.read().decode(), (answer.headers["Set-Cookie"] or "").partition(";")[0]


async def test_whoever_knows_it_comes_in_and_stays_in() -> None:
    with running_server(class_word="Seesaw 7") as server:
        assert [ask(server, path)[0] for path in ("/", "/graph", "/healthz", "/api/presets")] == [401, 401, 200, 401]
        page = ask(server, "/")[1]
        assert "class was told" in page
        assert '<link rel="icon" href="data:image/svg+xml,' in page, "a browser would ask for one, and be refused"
        async with connect(address(server)) as socket:
            assert await closing(socket) == told(Closing("class_word"))
        status, page, cookie = ask(server, "/enter", b"word=slide")
        assert (status, cookie) == (403, "")
        assert "That is not the word" in page
        status, _, cookie = ask(server, "/enter", b"word=+seesaw+7")
        assert status == 303
        assert re.fullmatch(r"playground-class=[0-9a-f]{64}", cookie)
        assert [ask(server, path, cookie=cookie)[0] for path in ("/", "/api/presets")] == [200, 200]
        async with connect(address(server), additional_headers={"Cookie": cookie}) as socket:
            await until(socket, "state")
    with running_server(class_word="seesaw 7") as server:
        assert ask(server, "/", cookie=cookie)[0] == 200, "it is kept over a restart"
    with running_server(class_word="slide") as server:
        assert ask(server, "/", cookie=cookie)[0] == 401


async def test_a_wrong_guess_makes_the_next_of_its_address_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    async def sleep(seconds: float) -> None:
        assert seconds == class_word.WRONG_SECONDS
        order.append("waits")
        for _ in range(20):
            await turn_of_others()

    monkeypatch.setattr("app.web.access.class_word.asyncio.sleep", sleep)
    asking = ClassWord(nobody, "seesaw", Limits())

    async def guess(word: str, client: str) -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": f"word={word}".encode()}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                order.append(f"{client} {message['status']}")

        scope = {"type": "http", "method": "POST", "path": "/enter", "headers": [], "client": (client, 1)}
        await asking({**scope, "query_string": b"", "scheme": "http", "server": ("a", 80)}, receive, send)

    await asyncio.gather(guess("slide", "10.0.0.1"), guess("seesaw", "10.0.0.1"), guess("seesaw", "10.0.0.2"))
    assert order == ["waits", "10.0.0.2 303", "10.0.0.1 403", "10.0.0.1 303"]


async def turn_of_others() -> None:
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, None)
    await future


async def nobody(_scope: Scope, _receive: Receive, _send: Send) -> None:
    pytest.fail("nobody has come in")
