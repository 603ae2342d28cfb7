"""The page comes back by itself, keeps its run, and says in words what it cannot do."""

import json

from playwright.sync_api import WebSocketRoute, expect

from tests.app.running import running_server
from tests.browser.conftest import Opened, OpenPage


def test_every_frame_is_acknowledged_once_and_in_order(opened: Opened) -> None:
    def drawn() -> list[int]:
        return [command["frame"] for command in opened.sent if command["type"] == "drawn"]

    opened["play"].click()
    opened.until(lambda: len(drawn()) > 5)
    assert drawn() == sorted(set(drawn()))


def test_reconnects_when_the_server_drops_the_socket_and_goes_on(open_page: OpenPage) -> None:
    opened = open_page()
    session = opened.state["session"]
    routes: list[WebSocketRoute] = []

    def through(route: WebSocketRoute) -> None:
        route.connect_to_server()
        routes.append(route)

    opened.route_sockets(through)
    opened.page.reload()
    opened.ready()
    opened["noise"].fill("20")
    opened.play_to(100)
    reached = opened.number("steps")
    routes[-1].close(code=1011, reason="dropped")
    opened.until(lambda: len(routes) == 2)
    expect(opened["status"]).to_have_text("Training")
    opened.until(lambda: opened.number("steps") > reached + 50)
    assert opened.page.evaluate("sessionStorage.getItem('session')") == session
    expect(opened["noise"]).to_have_value("20")


def test_a_reason_is_shown_and_trying_again_helps(clocked: Opened) -> None:
    opened = clocked
    routes: list[WebSocketRoute] = []

    def through(route: WebSocketRoute) -> None:
        route.connect_to_server()
        routes.append(route)

    opened.route_sockets(through)
    opened.page.reload()
    opened.ready()
    routes[-1].close(code=4999, reason="A reason nobody has translated.")
    expect(opened["message"]).to_contain_text("A reason nobody has translated.")
    expect(opened["status"]).to_have_text("Disconnected")
    opened.page.clock.run_for(60_000)
    opened.painted()
    assert len(routes) == 1, "it does not come back by itself"
    opened["message"].get_by_role("button", name="Try again").click()
    expect(opened["status"]).to_have_text("Ready")


def test_a_server_that_forgot_the_run_gets_the_same_set_up(open_page: OpenPage) -> None:
    with running_server() as first:
        opened = open_page(port=first.port)
        opened["dataset-spiral"].click()
        opened["optimizer"].select_option("adam")
        opened.until(lambda: opened.spec["optimizer"] == "adam")
        opened.page.wait_for_load_state("networkidle")  # nothing but attempts to come back may fail
        old = opened.state["session"]
        port = first.port
        first.stop()
    expect(opened["status"]).to_have_text("Reconnecting…")
    for testid in ("play", "step", "epoch-step", "reset"):
        expect(opened[testid]).to_be_disabled()
    expect(opened["steps-per-second"]).to_have_text("–")
    with running_server(port=str(port)):
        opened.until(lambda: opened.state["session"] != old and opened.spec["optimizer"] == "adam")
        assert opened.spec["dataset"] == "spiral"
        expect(opened["message"]).to_contain_text("no longer has this run")
        expect(opened["play"]).to_be_enabled()
        assert [
            fault for fault in opened.faults if "ERR_CONNECTION_REFUSED" not in fault and "WebSocket" not in fault
        ] == []
        opened.faults.clear()  # attempts while there was no server
        opened.page.close()


def test_says_so_where_a_websocket_cannot_be_opened(open_page: OpenPage) -> None:
    opened = open_page()
    opened.route_sockets(lambda route: route.close(code=1011))
    opened.page.reload()
    expect(opened["status"]).to_have_text("Connecting…")
    expect(opened["message"]).to_contain_text("does not answer")


def test_a_hidden_tab_draws_and_acknowledges_nothing(opened: Opened) -> None:
    other = opened.page.context.new_page()  # sees the same run go on
    session = opened.page.evaluate("sessionStorage.getItem('session')")
    other.goto(f"{opened.page.url}?session={session}")
    opened.play_to(50)
    hide = """hidden => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    opened.page.evaluate(hide, True)
    opened.painted()  # a picture that was being painted is acknowledged
    opened.sent.clear()
    stands = opened.number("steps")
    seen = other.get_by_test_id("steps")
    opened.until(lambda: float(seen.get_attribute("data-value") or "nan") > stands + 200)
    opened.painted()
    assert opened.number("steps") == stands
    assert opened.sent == []
    opened.page.evaluate(hide, False)
    opened.until(lambda: opened.number("steps") > stands)
    assert {"type": "history"} in opened.sent


def test_the_servers_sentence_stands_in_for_a_code_without_words(open_page: OpenPage) -> None:
    opened = open_page()

    def through(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        said = {"type": "error", "code": "quite_new", "message": "Something new; do this.", "values": {}}

        def answer(message: str | bytes) -> None:
            server.send(message)
            route.send(json.dumps(said))

        route.on_message(answer)

    opened.route_sockets(through)
    opened.page.reload()
    opened.ready()
    opened["step"].click()
    expect(opened["message"]).to_contain_text("Something new; do this.")


def test_a_browser_that_forbids_storage_shows_the_page_all_the_same(open_page: OpenPage) -> None:
    opened = open_page()
    opened.run_first(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('forbidden'); } })"
    )
    opened.page.reload()
    opened.ready()
    opened["step"].click()
    opened.until(lambda: opened.number("steps") == 1)
