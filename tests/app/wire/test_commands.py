"""What a browser may say: the table is complete, and everything else is refused in one clear sentence."""

import contextlib
import json
import struct
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sessions.commands.handlers import HANDLERS
from app.wire import commands
from app.wire.commands import COMMANDS, Command, changed, parse, parse_binary
from app.wire.messages import Refusal, sentence
from engine import Spec

BIAS = {"tensor": "layers.0.bias", "index": [0]}
KNOB = {"knob": "learning_rate", "low": 0.01, "high": 1, "count": 256, "log": True}

GOOD: list[dict[str, Any]] = [
    {"type": "configure", "spec": {"noise": 10}},
    {"type": "begin", "spec": {"noise": 10}},
    {"type": "begin", "spec": {}, "bug": "forgotten_slope", "steps_per_second": None},
    {"type": "play"},
    {"type": "pause"},
    {"type": "step"},
    {"type": "step", "count": 100},
    {"type": "epoch"},
    {"type": "reset"},
    {"type": "regenerate"},
    {"type": "speed", "steps_per_second": 750},
    {"type": "speed", "steps_per_second": None},
    {"type": "drawn", "frame": 17},
    {"type": "watch", "what": ["scores", "health"]},
    {"type": "watch", "what": []},
    {"type": "focus", "layer": 1, "neuron": 3},
    {"type": "focus", "layer": None, "neuron": None},
    {"type": "history"},
    {"type": "predict", "inputs": [[0.5, -1]], "id": 3},
    {"type": "predict", "inputs": [[0] * 784] * 64, "id": 0},
    {"type": "inspect", "subject": {"kind": "weight", "layer": 1, "index": 0, "source": 3}, "sample": 2},
    {"type": "inspect", "subject": None},
    {"type": "open", "sample": 3},
    {"type": "edit", "tensor": "layers.0.weight", "index": [0, 1], "value": -0.5},
    {"type": "undo"},
    {"type": "redo"},
    {"type": "back"},
    {"type": "seek", "branch": 0, "step": 100},
    {"type": "branch"},
    {"type": "peek", "branch": 1, "step": 100},
    {"type": "check"},
    {"type": "plant", "bug": "forgotten_slope"},
    {"type": "plant", "bug": None},
    {"type": "engine", "name": "by_hand"},
    {"type": "sweep", "x": {"knob": "noise", "low": 0, "high": 50, "count": 2}, "y": KNOB},
    {"type": "sweep", "x": KNOB, "y": KNOB, "then": "wait", "begin": False, "fields": {"noise": 10}, "epochs": 1},
    {"type": "luck"},
    {"type": "luck", "seeds": 256, "vary": "order", "against": {"optimizer": "adam"}, "epochs": 50, "begin": False},
    {"type": "find_rate"},
    {"type": "study_control", "action": "stop"},
    {"type": "run_picture", "number": 1, "fields": {"noise": 10}, "steps": 0},
    {"type": "landscape"},
    {"type": "landscape", "side": 101, "directions": "path", "samples": "batch", "seed": 3},
    {"type": "landscape", "directions": "weights", "weights": [BIAS, {"tensor": "layers.0.weight", "index": [1, 0]}]},
    {"type": "curvature", "count": 10},
    {"type": "go_to_point", "plane": 1, "x": 0.5, "y": -0.25},
]

BAD = [
    ("", "not_json"),
    ("{", "not_json"),
    ("nonsense", "not_json"),
    ('{"type":"drawn","frame":' + "9" * 5000 + "}", "not_json"),
    ('{"type":"speed","steps_per_second":NaN}', "not_finite"),
    ('{"type":"speed","steps_per_second":-Infinity}', "not_finite"),
    ("[" * 100_000, "too_deep"),
    ('{"type":' + '{"a":' * 50_000, "too_deep"),
    ('{"type":"watch","what":["weather"]}', "not_a_choice"),
    ('{"type":"watch","what":["scores","health","scores"]}', "too_many_entries"),
    ('{"type":"watch","what":"scores"}', "wrong_type"),
    ('{"type":"watch"}', "missing_field"),
    ("[]", "not_an_object"),
    ("3", "not_an_object"),
    ("null", "not_an_object"),
    ('"\\ud800"', "not_an_object"),
    ("{}", "missing_type"),
    ('{"type":"sing"}', "unknown_command"),
    ('{"type":["play"]}', "unknown_command"),
    ('{"type":null}', "unknown_command"),
    ('{"type":"play","loud":true}', "unknown_field"),
    ('{"type":"speed"}', "missing_field"),
    ('{"type":"configure"}', "missing_field"),
    ('{"type":"configure","spec":5}', "wrong_type"),
    ('{"type":"step","count":"1"}', "wrong_type"),
    ('{"type":"step","count":true}', "wrong_type"),
    ('{"type":"step","count":1.5}', "wrong_type"),
    ('{"type":"step","count":0}', "out_of_range"),
    ('{"type":"step","count":1' + "0" * 400 + "}", "out_of_range"),
    ('{"type":"speed","steps_per_second":0.5}', "out_of_range"),
    ('{"type":"speed","steps_per_second":1000001}', "out_of_range"),
    ('{"type":"speed","steps_per_second":1e999}', "wrong_type"),
    ('{"type":"drawn","frame":-1}', "out_of_range"),
    ('{"type":"edit","tensor":"","index":[0],"value":1}', "text_too_short"),
    (json.dumps({"type": "edit", "tensor": "x" * 41, "index": [0], "value": 1}), "text_too_long"),
    ('{"type":"edit","tensor":"\\ud800","index":[0],"value":1}', "wrong_type"),
    ('{"type":"edit","\\ud800":1}', "unknown_field"),
    ('{"type":"\\ud800"}', "unknown_command"),
    ('{"type":"inspect","subject":{"kind":"\\ud800"}}', "wrong_type"),
    ('{"type":"inspect","subject":{"\\ud800":1}}', "unknown_field"),
    ('{"type":"predict","inputs":[],"id":1}', "too_few_entries"),
    ('{"type":"predict","inputs":[[]],"id":1}', "too_few_entries"),
    ('{"type":"predict","inputs":[[1,"2"]],"id":1}', "wrong_type"),
    ('{"type":"predict","inputs":[[1,1e7]],"id":1}', "out_of_range"),
    ('{"type":"predict","inputs":[1],"id":1}', "wrong_type"),
    ('{"type":"predict","inputs":[[1,2]]}', "missing_field"),
    (json.dumps({"type": "predict", "inputs": [[1, 2]] * 65, "id": 1}), "too_many_entries"),
    (json.dumps({"type": "predict", "inputs": [[1] * 1001], "id": 1}), "too_many_entries"),
]

BAD_SPECS: list[tuple[dict[str, Any], str, str]] = [
    ({"noise": 51}, "out_of_range", "noise cannot be 51; it goes from 0 to 50."),
    (
        {"learning_rate": 0},
        "not_in_open_range",
        "learning_rate cannot be 0; it must be above 0 and at most 10.",
    ),
    ({"learning_rate": 10**400}, "wrong_type", ""),
    ({"seed": True}, "wrong_type", "seed must be a whole number, and true is not."),
    ({"samples": 0}, "out_of_range", "samples cannot be 0; it goes from 1 to 70,000."),
    ({"stop_steps": 0}, "below_least", "stop_steps cannot be 0; it must be at least 1."),
    ({"stop_change": -0.5}, "below_least", "stop_change cannot be -0.5; it must be at least 0."),
    ({"biases": 3}, "wrong_type", "biases must be true or false, and 3 is not."),
    ({"hidden": [{"width": 3, "batch_norm": "x"}]}, "wrong_type", "true or false"),
    ({"hidden": [{"width": 3, "dropout": 1}]}, "out_of_range", "it goes from 0 to 0.9."),
    ({"\ud800": 1}, "unknown_field", ""),
    ({"activation": "\ud800"}, "wrong_type", "activation must be text"),
    ({"own_points": 3}, "wrong_type", "own_points must be a list"),
    ({"own_points": [[0, 0]]}, "missing_field", "The field own_points[0][2] is missing; add it."),
    ({"own_points": [[0, 0, 1, 2]]}, "too_many_entries", "own_points[0] has 4 entries and can have at most 3"),
    ({"own_points": [[0, 7, 1]]}, "out_of_range", "own_points[0][1] cannot be 7; it goes from −6 to 6."),
    ({"own_points": [[0, 0, 0]] * 2001}, "too_many_entries", "own_points has 2,001 entries and can have at most 2,000"),
    ({"dataset": "own"}, "spec_no_points", "there are no points of your own yet"),
    ({"hidden": [8] * 9}, "too_many_entries", "hidden has 9 entries and can have at most 8; remove one."),
    ({"hidden": [2000]}, "out_of_range", "hidden[0].width cannot be 2000; it goes from 1 to 1,024."),
    ({"hidden": [{"width": 3, "colour": 1}]}, "unknown_field", ""),
    ({"hidden": [{}]}, "missing_field", "The field hidden[0].width is missing; add it."),
    ({"hidden": [None]}, "wrong_type", ""),
    ({"hidden": 4}, "wrong_type", "hidden must be a list, and 4 is not."),
    ({"features": []}, "too_few_entries", "features has 0 entries and needs at least 1; add one."),
    ({"features": ["x3"]}, "not_a_choice", ""),
    ({"features": ["x1", "x1"]}, "spec_feature_twice", ""),
    ({"dataset": "cube"}, "not_a_choice", ""),
    ({"dataset": "plane", "loss": "bce"}, "spec_needs_classes", ""),
    ({"self": 1}, "unknown_field", ""),
    ({"colour": "red"}, "unknown_field", ""),
]


def test_every_command_has_a_handler_and_every_handler_a_command() -> None:
    assert set(COMMANDS.values()) == set(get_args(Command))
    assert set(HANDLERS) | {commands.Drawn} == set(COMMANDS.values())
    assert {command["type"] for command in GOOD} == set(COMMANDS)


@pytest.mark.parametrize("command", GOOD, ids=str)
def test_what_may_be_said_is_understood(command: dict[str, Any]) -> None:
    assert parse(json.dumps(command)).type == command["type"]


@pytest.mark.parametrize(("text", "code"), BAD, ids=lambda value: value[:40])
def test_anything_else_is_refused_in_a_sentence(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(text)
    assert refused.value.code == code
    said = json.dumps(refused.value.message(), allow_nan=False)
    assert len(said) < 1000


@pytest.mark.parametrize("frame", [0, 17, 2**32 - 1])
def test_that_a_frame_is_drawn_may_be_said_in_binary(frame: int) -> None:
    assert parse_binary(struct.pack("<II", 1, frame)) == parse(json.dumps({"type": "drawn", "frame": frame}))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "binary_length"),
        (struct.pack("<II", 1, 17)[:7], "binary_length"),
        (struct.pack("<III", 1, 17, 0), "binary_length"),
        (struct.pack("<II", 0, 17), "binary_kind"),
        (struct.pack(">II", 1, 17), "binary_kind"),
    ],
)
def test_other_bytes_are_refused_in_a_sentence(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_binary(data)
    assert refused.value.code == code
    assert json.dumps(refused.value.message())


@pytest.mark.parametrize(("fields", "code", "words"), BAD_SPECS, ids=str)
def test_a_spec_that_cannot_be_is_refused_with_its_limit(fields: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        changed(Spec(), fields)
    assert refused.value.code == code
    assert words in sentence(refused.value.code, refused.value.values)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(Spec.model_fields)), JSON)
def test_no_value_of_any_field_raises_anything_but_a_refusal(field: str, value: Any) -> None:
    with contextlib.suppress(Refusal):
        changed(Spec(), {field: value})


@given(st.sampled_from(GOOD), st.dictionaries(st.sampled_from(["count", "frame", "layer", "spec", "x"]), JSON))
def test_no_command_raises_anything_but_a_refusal(command: dict[str, Any], more: dict[str, Any]) -> None:
    with contextlib.suppress(Refusal):
        parse(json.dumps({**command, **more}))
