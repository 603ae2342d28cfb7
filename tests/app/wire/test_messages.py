"""Every code has a sentence in every language and is used, every sentence can be filled, and every last word fits."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import app
import engine
from app.settings import FILES
from app.wire.messages import CLOSE_CODES, CODES, SENTENCES, CloseCode, Closing, Refusal, faults_refused, sentence
from engine.fault import Fault

APP, ENGINE = Path(app.__file__).parent, Path(engine.__file__).parent
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for path in (*APP.rglob("*.py"), *ENGINE.rglob("*.py"))
    if path.name not in ("messages.py", "fault.py")
}
LANGUAGES = {
    path.stem: {
        key: text
        for part in (path, *path.parent.glob(f"*/{path.name}"))
        for key, text in json.loads(part.read_text(encoding="utf-8")).items()
    }
    for path in (FILES / "static" / "i18n").glob("*.json")
}


def names_in(code: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(SENTENCES[code]) if name}


def test_no_code_is_of_two_kinds() -> None:
    codes = [code for kind in CODES.values() for code in kind]
    assert len(codes) == len(set(codes))
    assert set(codes) == set(SENTENCES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_key_and_every_key_a_code(language: str) -> None:
    keys = {key for key in LANGUAGES[language] if key.startswith(("server.", "close."))}
    codes = set(SENTENCES) - set(CLOSE_CODES)
    assert keys == {f"server.{code}" for code in codes} | {f"close.{number}" for number in CLOSE_CODES.values()}


@pytest.mark.parametrize("code", SENTENCES)
def test_every_code_is_used(code: str) -> None:
    assert any(f'"{code}"' in text for text in SOURCES.values())


@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_ends_and_can_be_filled(code: str) -> None:
    said = sentence(code, dict.fromkeys(names_in(code), "something"))
    assert re.fullmatch(r"[A-Z“s].*\.", said)
    assert "{" not in said


def test_a_sentence_counts_in_singular_and_plural_with_grouped_numbers() -> None:
    said = [sentence("stopped_steps", {"limit": limit}).split(" and")[0] for limit in (0, 1, 2, 5, 1000)]
    assert said == [
        "0 steps are done",
        "1 step is done",
        "2 steps are done",
        "5 steps are done",
        "1,000 steps are done",
    ]
    assert "fell to 0.00001 and" in sentence("stopped_loss", {"limit": 1e-5, "step": 3})


def raised() -> Iterator[tuple[str, set[str]]]:
    """Codes that are raised with their values beside them, and the names of those."""
    for text in SOURCES.values():
        for node in ast.walk(ast.parse(text)):
            match node:
                case ast.Call(func=ast.Name("Fault" | "Refusal"), args=[ast.Constant(str(code)), ast.Dict(keys=keys)]):
                    names = [key.value for key in keys if isinstance(key, ast.Constant)]
                    if len(names) == len(keys):
                        yield code, set(map(str, names))
                case ast.Call(func=ast.Name("_fault"), args=[ast.Constant(str(code)), _], keywords=keywords):
                    yield code, {str(keyword.arg) for keyword in keywords}


@pytest.mark.parametrize(("code", "names"), [*raised()])
def test_what_is_raised_fills_its_sentence(code: str, names: set[str]) -> None:
    place = {"node", "line", "column"} if code.startswith("graph_") else set[str]()  # told by who calls an operation
    assert names_in(code) - place <= names


def test_a_fault_of_the_engine_is_refused_with_its_values() -> None:
    with pytest.raises(Refusal) as refused, faults_refused():
        raise Fault("graph_too_long", {"count": 9, "limit": 8})
    assert refused.value.message() == {
        "type": "error",
        "code": "graph_too_long",
        "message": "This expression has 9 characters and can have at most 8; shorten it.",
        "values": {"count": 9, "limit": 8},
    }


@pytest.mark.parametrize("why", get_args(CloseCode))
def test_last_words_fit_into_a_close_frame(why: CloseCode) -> None:
    closing = Closing(why, dict.fromkeys(names_in(why), 10**9))
    assert 4000 <= closing.code < 5000
    assert re.fullmatch(r"[A-Z][^{}]*\.", closing.reason)
    assert len(closing.reason.encode()) <= 123


def test_close_codes_are_told_apart() -> None:
    assert len(set(CLOSE_CODES.values())) == len(CLOSE_CODES) == len(get_args(CloseCode))


def test_lists_are_joined_and_an_empty_one_is_said() -> None:
    assert sentence("unknown_field", {"field": "x", "choices": ["a", "b"]}).endswith("the fields are: a, b.")
    assert sentence("unknown_field", {"field": "x", "choices": []}).endswith("the fields are: none.")
