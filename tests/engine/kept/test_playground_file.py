"""Files with kept experiments: they come back bit for bit, and whatever else is in one is refused in words."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import Spec, Trainer
from engine.fault import Fault
from engine.kept import document, playground_file
from tests.engine.kept.experiments import experiment

FILE = playground_file.write(experiment(name="<b>One</b> & 一", note="note"))


def test_a_file_comes_back_bit_for_bit() -> None:
    kept = playground_file.read(FILE)
    assert (kept.name, kept.note) == ("<b>One</b> & 一", "note")
    assert playground_file.write(kept) == FILE
    first, second = Trainer(kept.here.spec, "by_hand"), Trainer(experiment().here.spec, "by_hand")
    first.restore(kept.here)
    second.advance(73)
    for trainer in (first, second):
        trainer.advance(40)  # over the end of an epoch, so that order and masks matter
    one, other = first.checkpoint().state, second.checkpoint().state
    assert one.progress == other.progress
    np.testing.assert_array_equal(one.parameters, other.parameters)
    for name, values in other.optimizer_state.items():
        np.testing.assert_array_equal(one.optimizer_state[name], values)


def test_a_run_whose_losses_are_not_finite_comes_back() -> None:
    kept = experiment()
    broken = replace(kept, curve=(replace(kept.curve[0], train_loss=float("nan"), test_loss=float("inf")),))
    again = playground_file.read(playground_file.write(broken))
    assert repr(again.curve) == repr(broken.curve)


def array(values: np.ndarray[Any, Any]) -> dict[str, Any]:
    return {"dtype": values.dtype.str, "shape": values.shape, "base64": base64.b64encode(values.tobytes()).decode()}


def put(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        for name in path[:-1]:
            content = content[name]
        content[path[-1]] = value

    return change


COUNT = len(experiment().start)
DAMAGED: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "no version": (put("version", value=None), "version"),
    "a version that is none": (put("version", value=True), "version"),
    "arrays as a list": (put("arrays", value=[]), "arrays"),
    "an unknown field": (put("extra", value=1), "extra"),
    "no name": (put("name", value=""), "name"),
    "a name like a book": (put("name", value="x" * 10_000), "name"),
    "a name that is no text": (put("name", value=["<script>"]), "name"),
    "a backend of others": (put("backend", value="os.system"), "backend"),
    "an unknown bug": (put("bug", value="no_such"), "bug"),
    "a Spec beyond its bounds": (put("spec", "hidden", value=[{"width": 10**9}]), "spec.hidden.0.width"),
    "a Spec of many layers": (put("spec", "hidden", value=[{"width": 2}] * 10_000), "spec.hidden"),
    "a negative step": (put("progress", "step", value=-1), "progress.step"),
    "a huge step": (put("progress", "step", value=10**400), "progress.step"),
    "a truth for a step": (put("progress", "step", value=True), "progress.step"),
    "an unknown stop rule": (put("stopping", "stopped", value="never"), "stopping.stopped"),
    "a name that ends in the middle": (put("name", value="a\0b"), "name"),
    "a loss without end": (put("stopping", "best", value=float("inf")), "stopping.best"),
    "a pace without end": (put("steps_per_second", value=float("inf")), "steps_per_second"),
    "a curve of steps to come": (put("arrays", "curve.steps", value=array(np.array([1, 74], "<i8"))), "curve.steps"),
    "epochs to come": (put("arrays", "log.epochs", value=array(np.array([2**62], "<i8"))), "log.epochs"),
    "a pace of zero": (put("steps_per_second", value=0), "steps_per_second"),
    "a giant shape": (put("arrays", "parameters", "shape", value=[2**39]), "arrays.parameters"),
    "a negative shape": (put("arrays", "parameters", "shape", value=[-1, -COUNT]), "arrays.parameters"),
    "a deep shape": (put("arrays", "parameters", "shape", value=[1] * 60 + [COUNT]), "arrays.parameters"),
    "another type": (put("arrays", "parameters", "dtype", value="|O"), "arrays.parameters"),
    "no base64": (put("arrays", "parameters", "base64", value="<svg onload=alert(1)>"), "arrays.parameters"),
    "weights of another network": (put("arrays", "parameters", value=array(np.zeros(3, "<f4"))), "parameters"),
    "weights that are not finite": (
        put("arrays", "parameters", value=array(np.full(COUNT, np.nan, "<f4"))),
        "parameters",
    ),
    "weights of another precision": (put("arrays", "parameters", value=array(np.zeros(COUNT, "<f8"))), "parameters"),
    "another memory": (put("arrays", "optimizer.velocity", value=array(np.zeros(COUNT, "<f4"))), "optimizer.velocity"),
    "a curve that goes back": (put("arrays", "curve.steps", value=array(np.array([2, 1], "<i8"))), "curve.steps"),
    "a giant curve": (put("arrays", "curve.steps", value=array(np.arange(10**5, dtype="<i8"))), "curve.steps"),
    "a curve of other layers": (put("arrays", "curve.values", value=array(np.zeros((73, 3), "<f8"))), "curve.values"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_damaged_is_told_by_its_place(name: str) -> None:
    content = json.loads(FILE)
    change, place = DAMAGED[name]
    change(content)
    with pytest.raises(Fault) as refused:
        playground_file.read(json.dumps(content).replace("Infinity", "1e999").encode())
    assert (refused.value.code, refused.value.values) == ("kept_damaged", {"what": place})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"null",
        b"[1, 2]",
        b"{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        FILE[:20],
        FILE.replace(b'"version": 1', b'"version": NaN'),
        b"PK\x03\x04",
    ],
    ids=repr,
)
def test_what_is_no_such_file_is_told(data: bytes) -> None:
    with pytest.raises(Fault) as refused:
        playground_file.read(data)
    assert refused.value.code == "kept_not_ours"


@pytest.mark.parametrize(
    "length", [100, 500, len(FILE) // 2, FILE.rindex(b"}"), FILE.index("一".encode()) + 1, len(FILE) - 100]
)
def test_a_file_that_is_cut_short_is_told_from_a_foreign_one(length: int) -> None:
    with pytest.raises(Fault) as refused:
        playground_file.read(FILE[:length])
    assert refused.value.code == "kept_cut_short"


def test_a_file_is_cut_short_wherever_it_ends() -> None:
    for length in range(100, len(FILE), 3):
        with pytest.raises(Fault, match="kept_cut_short"):
            playground_file.read(FILE[:length])


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (FILE + b"more", FILE.count(b"\n") + 1),
        (FILE + b"\0", FILE.count(b"\n") + 1),
        (FILE.replace(b'"version": 1', b'"version"; 1') + b"\0", 3),
        (FILE[:-200] + bytes(200), FILE[:-200].count(b"\n") + 1),
        (FILE.replace("一".encode(), b"\xff"), FILE[: FILE.index("一".encode())].count(b"\n") + 1),
    ],
    ids=["text after it", "NUL after it", "damaged in the middle", "ends in NULs", "no UTF-8"],
)
def test_a_file_that_is_whole_but_damaged_is_told_by_its_line(data: bytes, line: int) -> None:
    with pytest.raises(Fault) as refused:
        playground_file.read(data)
    assert (refused.value.code, refused.value.values) == ("kept_damaged", {"what": f"line {line}"})


def test_a_newer_file_is_told_by_its_version() -> None:
    newer = json.loads(FILE) | {"version": 7, "more": {"of": "the future"}}
    with pytest.raises(Fault) as refused:
        playground_file.read(json.dumps(newer).encode())
    assert (refused.value.code, refused.value.values) == ("kept_newer", {"given": "7", "known": 1})


def test_every_fact_and_array_of_a_document_is_needed() -> None:
    facts, arrays = document.written(experiment(Spec(), 3))
    for name in facts:
        with pytest.raises(Fault):
            document.read({key: value for key, value in facts.items() if key != name}, arrays)
    for name in arrays:
        with pytest.raises(Fault):
            document.read(facts, {key: value for key, value in arrays.items() if key != name})
