"""HTTP: pages, files, JSON; sentences for errors; headers that keep strangers out."""

import gzip
import json
import socket
import time
import urllib.error
import urllib.request
from email.message import Message
from typing import Any

import pytest

import app
from engine.spec.choices import FEATURES, KINDS
from engine.spec.spec import Spec
from tests.app.fake_viewer import PATIENCE
from tests.app.running import Running, running_server


def get(server: Running, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, Message]:
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


def get_json(server: Running, path: str) -> Any:
    status, body, _ = get(server, path)
    assert status == 200
    return json.loads(body)


def test_health(server: Running) -> None:
    health = get_json(server, "/healthz")
    assert set(health) == {"status", "sessions", "playing", "viewers", "memory", "store", "version", "warm"}
    assert set(health["memory"]) == {"used", "limit"}
    assert health["version"] == app.VERSION


def test_schema_is_the_specs_own(server: Running) -> None:
    schema = get_json(server, "/api/spec/schema")
    assert list(schema["properties"]) == list(Spec.model_fields)
    assert schema["properties"]["learning_rate"]["live"] is True
    assert "live" not in schema["properties"]["noise"]


def test_every_data_set_has_its_picture(server: Running) -> None:
    datasets = get_json(server, "/api/datasets")
    assert set(datasets) == set(KINDS) - {"own", "own_values", "mnist"}
    assert (datasets["circle"]["samples"], datasets["plane"]["samples"]) == (500, 1200)
    assert [name for name in datasets if datasets[name]["regression"]] == [
        *("plane", "multi_gauss", "sine", "arithmetic", "digit_pictures", "large_digit_pictures", "random")
    ]
    assert {t for _, _, t in datasets["blobs"]["points"]} == {0, 1, 2}
    for name, data in datasets.items():
        if KINDS[name].plane:
            assert 100 <= len(data["points"]) <= 200 or (name.endswith("gate") and len(data["points"]) == 4)
            assert {len(point) for point in data["points"]} == {4 if name == "arithmetic" else 3}
    for name, side in (("digits", 8), ("digit_pictures", 8), ("large_digit_pictures", 28)):
        picture = datasets[name]["picture"]
        assert [len(row) for row in picture] == [side] * side
        assert 0 == min(map(min, picture)) < max(map(max, picture)) <= 1


def test_choices_tell_the_page_what_goes_with_what(server: Running) -> None:
    choices = get_json(server, "/api/choices")
    assert list(choices["datasets"]) == list(KINDS)
    assert choices["datasets"]["digits"]["side"] == 8
    assert choices["reads"]["momentum"] == ["momentum", "dampening"]
    assert "cross_entropy" in choices["class_losses"]
    assert (choices["most_classes"], choices["most_own_points"], choices["points_bytes"]) == (8, 2000, 1024 * 1024)
    assert choices["missing"] == ["mnist"], "no folder is set"


def test_every_feature_has_its_map(server: Running) -> None:
    features = get_json(server, "/api/features")
    assert tuple(features) == FEATURES
    x1, x2 = features["x1"]["values"], features["x2"]["values"]
    assert x1[0] == x1[-24] == -127
    assert x1[23] == 127
    assert x2[0] == 127  # the top
    assert x2[-1] == -127
    assert features["x1"]["scale"] == pytest.approx(5.75)
    assert all(len(tile["values"]) == 24 * 24 for tile in features.values())


def test_the_page_comes_with_headers_that_keep_strangers_out(server: Running) -> None:
    status, body, headers = get(server, "/")
    assert status == 200
    assert b"<!doctype html>" in body
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_page_is_asked_for_again_and_not_sent_twice(server: Running) -> None:
    status, _, headers = get(server, "/")
    assert (status, headers["Cache-Control"]) == (200, "no-cache")
    status, body, _ = get(server, "/", **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")


def test_what_the_server_offers_is_one_document(server: Running) -> None:
    parts = {
        "schema": "spec/schema",
        **{name: name for name in ("choices", "datasets", "features", "presets", "breakages")},
    }
    assert get_json(server, "/api/options") == {part: get_json(server, f"/api/{path}") for part, path in parts.items()}


def test_plotly_comes_from_the_installed_package_and_small(server: Running) -> None:
    _, plain, headers = get(server, "/vendor/plotly.min.js")
    assert "javascript" in headers["Content-Type"]
    assert headers["Content-Encoding"] is None
    _, small, headers = get(server, "/vendor/plotly.min.js", **{"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(small) == plain
    assert len(small) < 2_000_000
    status, body, _ = get(server, "/vendor/plotly.min.js", **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/api/nothing", "GET", 404, "not_found"),
        ("/api/spec/schema", "POST", 405, "method_not_allowed"),
        ("/api/datasets/../../pyproject.toml", "GET", 404, "not_found"),
    ],
)
def test_errors_for_programs_are_json(server: Running, path: str, method: str, status: int, code: str) -> None:
    answered, body, headers = get(server, path, method)
    said = json.loads(body)
    assert (answered, said["code"]) == (status, code)
    assert said["message"].endswith(".")
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/nothing", "/static/nothing.js", "/static/../app/main.py", "/static/%2e%2e/README.md"]
)
def test_errors_for_people_are_small_pages(server: Running, path: str) -> None:
    status, body, headers = get(server, path)
    assert status == 404
    assert "text/html" in headers["Content-Type"]
    assert b"There is nothing at" in body


def test_what_was_asked_for_is_repeated_as_text(server: Running) -> None:
    _, body, _ = get(server, "/%3Cscript%3Ealert(1)%3C/script%3E")
    assert b"<script>" not in body


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/graph", "/healthz", "/favicon.ico", "/vendor/plotly.min.js", "/static/favicon.svg"),
        *("/api/presets", "/api/choices", "/api/graph?expression=a&check=no"),
    ],
)
def test_head_works_wherever_get_does(server: Running, path: str) -> None:
    status, body, headers = get(server, path, "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) == len(get(server, path)[1])


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [("/api/points", "GET", "POST"), ("/api/presets", "POST", "GET"), ("/static/favicon.svg", "POST", "GET, HEAD")],
)
def test_what_a_path_answers_is_said(server: Running, path: str, method: str, allowed: str) -> None:
    status, body, _ = get(server, path, method)
    assert status == 405
    assert f"{path} does not answer {method}; it answers {allowed}." in body.decode()


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        ("-1", "draw cannot be “-1”; it must be at least 0."),
        ("x", "draw must be a whole number, and “x” is not."),
        ("9" * 400, ""),
    ],
)
def test_a_wrong_parameter_is_explained(server: Running, draw: str, said: str) -> None:
    status, body, _ = get(server, f"/api/points?draw={draw}", "POST")
    assert status == 422
    assert said in json.loads(body)["message"]


def test_an_upload_that_is_broken_off_is_one_line_in_the_log() -> None:
    with running_server() as server:
        for path in ("/api/points", "/api/graph", "/api/sessions/none/model"):
            with socket.create_connection(("127.0.0.1", server.port)) as raw:
                raw.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx".encode())
        said = [
            "a request to /api/points ended before all of it had come",
            "a request to /api/graph ended before all of it had come",
        ]
        deadline = time.monotonic() + PATIENCE
        while sorted(server.said.splitlines()) != sorted(said):
            assert time.monotonic() < deadline, server.said
            time.sleep(0.05)
