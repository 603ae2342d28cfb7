"""HTTP of the chain rule: graphs as JSON, refusals as sentences, a session's network."""

import asyncio
import contextlib
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fastapi import Request
from websockets.asyncio.client import connect

from app.sessions.manager import SessionManager
from app.settings import Limits
from app.training_worker.page_data.graph_jobs import network_sample
from app.training_worker.worker_processes.processes import ProcessHarmed
from app.web.access.questions import Questions
from app.web.graph_answers import network_answer
from app.web.graphs import graph_of_address, own_operation
from app.wire.messages import Refusal
from engine import Spec, Trainer
from engine.fault import Fault
from tests.app.fake_viewer import PATIENCE, managing
from tests.app.running import Running
from tests.app.web.test_sockets import address, until


def ask(server: Running, path: str, body: object = None) -> tuple[int, Any]:
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", data)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_an_expression_with_values(server: Running) -> None:
    body = {"expression": "c = a·b; d = c+1; L = mean(d)", "values": {"a": 2, "b": 3, "unused": 5}}
    status, graph = ask(server, "/api/graph", body)
    assert status == 200
    assert graph["order"] == ["a", "b", "c", "k1", "d", "L"]
    assert graph["readings"] == graph["undefined"] == []
    assert graph["values"] == {"a": 2, "b": 3}
    nodes = {node["name"]: node for node in graph["nodes"]}
    assert [(nodes[name]["value"], nodes[name]["grad"]) for name in "abcdL"] == [(2, 3), (3, 2), (6, 1), (7, 1), (7, 1)]
    assert nodes["c"] == {
        **{"name": "c", "op": "multiply", "inputs": ["a", "b"], "settings": [], "value": 6},
        **{"local": [3, 2], "flows": [3, 2], "grad": 1},
    }
    assert nodes["k1"]["grad"] is None
    assert graph["check"]["torch"] == {"largest": 0, "node": "a", "same": True}
    assert graph["check"]["differences"]["same"] is True
    assert graph["check"]["products"] == {"c": {"own": [3, 2], "library": [3, 2]}}


def test_how_it_is_read_and_what_has_no_gradient(server: Running) -> None:
    status, graph = ask(server, "/api/graph", {"expression": "x=-3; n=2m; y=x^n·e", "values": {"m": 1}})
    assert status == 200
    assert graph["readings"] == [
        {"kind": "product", "text": "n=2·m"},
        {"kind": "constant", "text": "e = 2.71828"},
    ]
    nodes = {node["name"]: node for node in graph["nodes"]}
    assert graph["undefined"] == ["m", "n"]
    assert (nodes["n"]["grad"], nodes["n"]["flows"]) == (None, [None, None])
    assert nodes["x"]["grad"] == pytest.approx(-6 * 2.718281828459045)
    assert graph["check"]["torch"]["same"]


def test_an_expression_in_the_address_and_without_torch(server: Running) -> None:
    status, graph = ask(server, f"/api/graph?check=no&a=4&expression={urllib.parse.quote('a*b+1')}")
    assert (status, graph["check"]) == (200, None)
    assert graph["values"] == {"a": 4, "b": 3}
    assert graph["nodes"][-1]["value"] == 13


@pytest.mark.parametrize(
    ("body", "code", "part"),
    [
        ({"expression": "a*(b+1"}, "graph_open_parenthesis", "line 1, column 3"),
        ({"expression": "log(a)", "values": {"a": -1}}, "graph_log_undefined", "node L"),
        ({"expression": "a" * 501}, "graph_too_long", "501 characters"),
        ({"expression": "huber(a, b)", "values": {"b": 0}}, "graph_threshold_undefined", "must be above 0"),
        ({"expression": "a/(b-b)"}, "graph_division_by_zero", "divides by 0"),
        ({"expression": "a", "values": {"a": "2"}}, "wrong_type", "values.a must be a number"),
        ({"expression": "a", "values": {"a": True}}, "wrong_type", "values.a"),
        ({"expression": 3}, "wrong_type", "expression must be text"),
        ({"values": {}}, "missing_field", "expression"),
        ({"expression": "a", "more": 1}, "unknown_field", "values"),
        ([1], "wrong_type", "an object"),
        (b'{"expression": "a", "values": {"a": NaN}}', "wrong_type", "values.a must be a finite number"),
        (b'{"expression": "a", "values": {"a": 1e999}}', "wrong_type", "values.a must be a finite number"),
        (b'{"expression": "a"', "not_json", "JSON"),
        (b"[" * 60_000, "not_json", "JSON"),
        (b'"' + b"a" * 270_000, "graph_request_too_large", "262,144"),
    ],
)
def test_a_refusal_is_a_sentence(server: Running, body: object, code: str, part: str) -> None:
    status, said = ask(server, "/api/graph", body)
    assert (status, said["code"]) == (422, code)
    assert part in said["message"]
    assert said["message"].endswith(".")


def test_what_is_undefined_at_some_values_tells_them(server: Running) -> None:
    _, said = ask(server, "/api/graph", {"expression": "log(a-9)+b", "values": {"b": 7}})
    assert (said["code"], said["variables"]) == ("graph_log_undefined", {"a": 2, "b": 7})
    _, said = ask(server, "/api/graph", {"expression": "log(a-9"})
    assert "variables" not in said


def test_an_operation_of_ones_own(server: Running) -> None:
    body = {"forward": "x·y", "backward": "y·g, x", "values": {"x": 3, "y": -2, "g": 0.5}}
    status, answer = ask(server, "/api/graph/operation", body)
    assert (status, answer["inputs"], answer["value"], answer["right"]) == (200, ["x", "y"], -6, False)
    assert answer["values"] == {"x": 3, "y": -2, "g": 0.5}
    right, wrong = answer["judged"]
    assert (right["own"], right["torch"], right["right"], right["wrong"]) == (-1, -1, True, None)
    assert (wrong["own"], wrong["torch"], wrong["right"]) == (3, 1.5, False)
    assert wrong["wrong"] == {"values": {"x": 3, "y": -2}, "upstream": 0.5, "own": 3, "torch": 1.5}
    assert right["differences"] == pytest.approx(-1)
    assert ask(server, "/api/graph/operation", body | {"backward": "yg, xg"})[1]["right"] is True


def test_what_is_not_finite_is_null(server: Running) -> None:
    body = {"forward": "x*x*x", "backward": "0*g", "values": {"x": 1e90, "g": 1e200}}
    status, answer = ask(server, "/api/graph/operation", body)
    assert (status, answer["judged"][0]["torch"], answer["judged"][0]["differences"]) == (200, None, None)


def scope_of(
    manager: SessionManager, compare: Callable[..., Awaitable[Any]], query: str = "", comparisons: int = 9
) -> dict[str, Any]:
    places = {"questions": Questions(9, 9), "comparisons": Questions(comparisons, 9)}
    state = SimpleNamespace(manager=manager, processes=SimpleNamespace(run=compare), **places)
    scope = {"type": "http", "app": SimpleNamespace(state=state), "client": ("10.0.0.1", 1)}
    return {**scope, "query_string": query.encode()}


async def test_the_next_graph_does_not_wait_for_the_comparison_of_the_one_before() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def compare(*_: object) -> dict[str, bool]:
        begun.set()
        await go_on.wait()
        return {"same": True}

    async with managing() as manager, asyncio.timeout(PATIENCE):
        scope = scope_of(manager, compare, "expression=a*b")
        compared = asyncio.create_task(graph_of_address(Request(scope)))
        await begun.wait()
        answer = await graph_of_address(Request({**scope, "query_string": b"expression=a-b&check=no"}))
        assert json.loads(bytes(answer.body))["nodes"][2]["op"] == "subtract"
        go_on.set()
        assert json.loads(bytes((await compared).body))["check"] == {"same": True}


async def test_a_graph_is_drawn_though_too_many_wait_to_be_compared() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def compare(*_: object) -> dict[str, bool]:
        begun.set()
        await go_on.wait()
        return {"same": True}

    async with managing() as manager, asyncio.timeout(PATIENCE):
        scope = scope_of(manager, compare, "expression=a*b", comparisons=1)
        compared = asyncio.create_task(graph_of_address(Request(scope)))
        await begun.wait()
        answer = await graph_of_address(Request({**scope, "query_string": b"expression=a-b"}))
        graph = json.loads(bytes(answer.body))
        assert (graph["nodes"][2]["op"], graph["check"], graph["check_failed"]) == ("subtract", None, True)
        go_on.set()
        assert json.loads(bytes((await compared).body))["check"] == {"same": True}


@pytest.mark.parametrize("error", [ProcessHarmed("died"), Fault("graph_own_no_inputs", {}), RuntimeError("no torch")])
async def test_an_operation_that_cannot_be_judged_is_told(error: Exception) -> None:
    async def fail(*_: object) -> None:
        raise error

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b'{"forward": "x", "backward": "g"}', "more_body": False}

    async with managing() as manager:
        scope = scope_of(manager, fail)
        answer = await own_operation(Request(scope, receive))
        assert (answer.status_code, json.loads(bytes(answer.body))["code"]) == (422, "graph_own_not_judged")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"forward": "x·y", "backward": "y·g"}, "graph_own_shape", "backward"),
        ({"forward": "x·y", "backward": "y·g, (x"}, "graph_open_parenthesis", "backward"),
        ({"forward": "x·y)", "backward": "y·g, x·g"}, "graph_closes_nothing", "forward"),
        ({"forward": "log(x)", "backward": "g/x", "values": {"x": -1}}, "graph_log_undefined", "forward"),
        ({"forward": "x", "backward": "g/(x-x)"}, "graph_division_by_zero", "backward"),
        ({"forward": "x"}, "missing_field", None),
    ],
)
def test_a_refused_operation_names_the_field(server: Running, body: object, code: str, field: str | None) -> None:
    status, said = ask(server, "/api/graph/operation", body)
    assert (status, said["code"], said.get("field")) == (422, code, field)
    assert said["message"].endswith(".")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "graph_empty"),
        ("expression=a&a=two", "wrong_type"),
        ("expression=a&a=nan", "wrong_type"),
        ("expression=__import__(%27os%27)", "graph_character"),
    ],
)
def test_a_refusal_of_an_address_too(server: Running, query: str, code: str) -> None:
    status, said = ask(server, f"/api/graph?{query}")
    assert (status, said["code"]) == (422, code)


async def test_the_network_of_a_session(server: Running) -> None:
    async with connect(address(server)) as socket:
        state = await until(socket, "state")
        where = f"/api/graph/network?session={state['session']}"
        status, answer = await asyncio.to_thread(ask, server, f"{where}&point=3")
        assert (status, answer["point"], answer["points"], answer["step"]) == (200, 3, 250, 0)
        x1, x2, label = state["points"]["train"][3]
        nodes = {node["name"]: node for node in answer["nodes"]}
        assert [nodes[name]["value"] for name in ("x1", "x2", "y")] == pytest.approx([x1, x2, label], abs=1e-3)
        assert answer["check"]["torch"]["same"]
        boxes = {box["name"]: box for box in answer["modules"]}
        assert list(boxes) == [
            *("inputs", "layers.0", "tanh.0", "layers.1", "tanh.1", "layers.2", "tanh.2", "targets", "L"),
        ]
        gradients = np.array(boxes["layers.1"]["tensors"]["weight"]["grads"])
        assert gradients.shape == (2, 4)
        assert gradients[1, 2] == pytest.approx(nodes["w2_2_3"]["grad"], rel=1e-12)
        for query, code in (("&point=250", "out_of_range"), ("&point=-1", "out_of_range"), ("&point=x", "wrong_type")):
            status, said = await asyncio.to_thread(ask, server, where + query)
            assert (status, said["code"]) == (422, code)
        await socket.send(json.dumps({"type": "configure", "spec": {"hidden": [8, 8, 8]}}))
        await until(socket, "state")
        status, answer = await asyncio.to_thread(ask, server, where)
        assert "nodes" not in answer
        assert answer["refusal"]["code"] == "graph_network_too_large"
        assert len(answer["modules"]) == 11


async def test_what_a_session_does_otherwise_is_noted(server: Running) -> None:
    async with connect(address(server)) as socket:
        state = await until(socket, "state")
        where = f"/api/graph/network?session={state['session']}&check=no"
        spec = {"hidden": [], "output_activation": "step", "optimizer": "perceptron"}
        await socket.send(json.dumps({"type": "configure", "spec": spec}))
        await until(socket, "state")
        _, answer = await asyncio.to_thread(ask, server, where)
        assert answer["notes"] == ["step", "perceptron"]
        assert {node["name"]: node["grad"] for node in answer["nodes"]}["w1_1_1"] == 0
        hidden = [{"width": 2, "batch_norm": True, "dropout": 0.5}]
        other = {"hidden": hidden, "output_activation": None, "optimizer": "sgd"}
        await socket.send(json.dumps({"type": "configure", "spec": other}))
        await until(socket, "state")
        _, answer = await asyncio.to_thread(ask, server, where)
        assert answer["notes"] == ["dropout", "batch_norm"]
        box = {box["name"]: box for box in answer["modules"]}["norms.0"]
        assert box["buffers"] == {"running_mean": [0, 0], "running_var": [1, 1]}
        assert set(box["tensors"]) == {"weight", "bias"}


async def test_a_large_network_is_sent_in_part_and_a_boundless_one_not_at_all(server: Running) -> None:
    async with connect(address(server)) as socket:
        state = await until(socket, "state")
        where = f"/api/graph/network?session={state['session']}&check=no"
        spec = {"hidden": [40, 2], "activation": "linear", "output_activation": "linear"}
        await socket.send(json.dumps({"type": "configure", "spec": spec}))
        await until(socket, "state")
        _, answer = await asyncio.to_thread(ask, server, where)
        box = {box["name"]: box for box in answer["modules"]}["layers.1"]
        assert box["tensors"]["weight"]["shape"] == [2, 40]
        assert np.shape(box["tensors"]["weight"]["grads"]) == (2, 32)
        assert len(box["flows"][0]) == 40


@pytest.mark.parametrize("key", ["", "?session=nothing"])
def test_a_session_that_is_not_there(server: Running, key: str) -> None:
    status, said = ask(server, f"/api/graph/network{key}")
    assert (status, said["code"]) == (422, "graph_no_session")


def test_numbers_beyond_all_bounds_are_refused_in_words() -> None:
    """Weights of batch normalization, which a file can hold, that pass them where nothing else does."""
    trainer = Trainer(Spec.model_validate({"hidden": [{"width": 2, "batch_norm": True}]}), backend="by_hand")
    sample = network_sample(trainer, "0")
    for size in (1e20, 1e154, 1e200, 1e308):
        huge = {name: np.full(np.shape(held), size) for name, held in sample.tensors.items()}
        with contextlib.suppress(Refusal):
            json.dumps(network_answer(replace(sample, tensors=huge), Limits()).message, allow_nan=False)
    with pytest.raises(Refusal, match="graph_network_overflow"):
        network_answer(replace(sample, tensors=huge), Limits())
