"""The address for a class: told at the start, shown on the page, and a name that the server answers to."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.app.running import Running, running_server

URL = "https://school.example/playground/"


def ask(server: Running, path: str, **headers: str) -> tuple[int, str]:
    try:
        with urlopen(Request(f"http://127.0.0.1:{server.port}{path}", headers=headers), timeout=30) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_a_shared_address_is_drawn_as_a_code_where_it_fits_into_one() -> None:
    with running_server() as server:
        status, drawn = ask(server, "/qr.svg?text=http%3A//host/%3Fhide%3Dsave%23noise%3D10")
        assert (status, "<svg" in drawn) == (200, True)
        assert ask(server, f"/qr.svg?text={'a' * 3000}")[0] == 404, "longer than any QR code"


@pytest.mark.parametrize("is_set", [False, True])
def test_it_is_shown_where_it_is_set(is_set: bool) -> None:
    with running_server(**({"public_url": URL} if is_set else {})) as server:
        assert (URL in ask(server, "/")[1]) == is_set
        status, drawn = ask(server, "/address.svg")
        assert (status, "<svg" in drawn) == ((200, True) if is_set else (404, False))
        assert ask(server, "/", Host="school.example")[0] == (200 if is_set else 421)
        if is_set:
            assert server.process.stdout is not None
            assert server.process.stdout.readline() == f"For the class: {URL}\n"
