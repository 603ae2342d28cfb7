"""Every code has a sentence, every sentence a code that is used, and every last word fits."""

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import app
import engine
from app.settings import Limits
from app.wire.messages import CLOSE_CODES, CODES, SENTENCES, CloseCode, Closing, sentence

APP, ENGINE = Path(app.__file__).parent, Path(engine.__file__).parent
FILES = [
    *(path for path in APP.rglob("*.py") if path.name != "messages.py"),
    ENGINE / "data" / "tables.py",
    ENGINE / "data" / "uploads.py",
]
SOURCES = {path: path.read_text() for path in FILES}


def test_codes_and_sentences_are_the_same_set() -> None:
    codes = [code for kind in CODES.values() for code in kind]
    assert len(codes) == len(set(codes))
    assert set(codes) == set(SENTENCES)


@pytest.mark.parametrize("code", SENTENCES)
def test_every_code_is_used(code: str) -> None:
    assert any(f'"{code}"' in text for text in SOURCES.values())


@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_ends_and_can_be_filled(code: str) -> None:
    names = {name for _, name, _, _ in Formatter().parse(SENTENCES[code]) if name}
    said = sentence(code, dict.fromkeys(names, "something"))
    assert re.fullmatch(r"[A-Z“s].*\.", said)
    assert "{" not in said


@pytest.mark.parametrize("why", get_args(CloseCode))
def test_last_words_fit_into_a_close_frame(why: CloseCode) -> None:
    closing = Closing(why, {"limit": 10 * Limits().message_bytes})
    assert 4000 <= closing.code < 5000
    assert len(closing.reason.encode()) <= 123


def test_close_codes_are_told_apart() -> None:
    assert len(set(CLOSE_CODES.values())) == len(CLOSE_CODES) == len(get_args(CloseCode))


def test_lists_are_joined_and_an_empty_one_is_said() -> None:
    assert sentence("unknown_field", {"field": "x", "choices": ["a", "b"]}).endswith("the fields are: a, b.")
    assert sentence("unknown_field", {"field": "x", "choices": []}).endswith("the fields are: none.")
