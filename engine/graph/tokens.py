"""Tokens of a typed expression: numbers, names and signs, each with its place.

A power in superscripts becomes ^ and what stands raised; ** is ^; a name that is a product becomes its factors.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from engine.fault import Fault, GraphFaultCode, Value
from engine.graph.characters import Character, characters, is_fraction, is_of_name
from engine.graph.names import Names

NUMBER_OR_SIGN = re.compile(
    r"(?P<blank>[^\S\n]+)|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<sign>\*\*|[-+*/^(),=|√])|(?P<end>[;\n])"
)


@dataclass(frozen=True)
class Token:
    kind: str
    """number, name, sign or end"""
    text: str
    at: tuple[int, int]
    """Line and column, from 1."""
    spaced: bool = False
    """Whether blanks stand before it."""
    glued: bool = False
    """Whether it was written as one name with the factor before it."""
    raised: bool = False
    """Of ^: whether it stands for a superscript."""


def fault_at(code: GraphFaultCode, at: tuple[int, int], **values: Value) -> Fault:
    return Fault(code, {**values, "line": at[0], "column": at[1]})


def tokens(text: str, given: Iterable[str]) -> tuple[list[Token], Names]:
    """given: names that have a value from outside the text. Raises Fault at a character without a meaning."""
    read = list(characters(text))
    found = [token for height, run in groupby(read, _height) for token in _of_one_height(list(run), raised=height)]
    lines = text.replace("\r", "").split("\n")
    found.append(Token("end", "", (len(lines), len(lines[-1]) + 1)))
    names = Names({*given, *_assigned(found)})
    return list(_factored(found, names)), names


def _height(character: Character) -> bool:
    return character.height == "super"


def _of_one_height(run: Sequence[Character], raised: bool) -> Iterator[Token]:
    if not raised:
        yield from _plain(run)
        return
    at = run[0].at
    yield Token("sign", "^", at, raised=True)
    inner = list(_plain(run))
    for token in inner:
        if token.kind == "name" and not token.text.isalpha():  # the ² of e⁻ˣ² is no index
            raise fault_at("graph_ambiguous", token.at, given=token.text)
    yield from inner if len(inner) == 1 else (Token("sign", "(", at), *inner, Token("sign", ")", run[-1].at))


def _plain(run: Sequence[Character]) -> Iterator[Token]:
    text = "".join(character.text for character in run)
    offset, spaced = 0, False
    while offset < len(run):
        first = run[offset]
        kind, written = _next(text, offset)
        of_token = run[offset : offset + len(written)]
        sunk = next((character for character in of_token if character.height == "sub"), None)
        mixed = offset > 0 and is_fraction(first) and run[offset - 1].text.isdecimal()  # 2½ is no product
        if not written or (sunk and kind != "name") or mixed:
            raise fault_at("graph_character", (sunk or first).at, given=(sunk or first).typed)
        if kind != "blank":
            # A name is put together here: its marks may be characters of their own.
            own = unicodedata.normalize("NFC", written).replace("**", "^")
            yield Token(kind, "pi" if own == "π" else own, first.at, spaced)
        spaced = kind == "blank"
        offset += len(written)


def _next(text: str, offset: int) -> tuple[str, str]:
    """Kind and text of what begins there; empty where nothing does."""
    if found := NUMBER_OR_SIGN.match(text, offset):
        return str(found.lastgroup), found[0]
    end = offset
    if text[offset].isalpha():
        while end < len(text) and is_of_name(text[end]):
            end += 1
    return "name", text[offset:end]


def _assigned(found: Sequence[Token]) -> Iterator[str]:
    for token, following in pairwise(found):
        if token.kind == "name" and following.text == "=":
            yield token.text


def _factored(found: Sequence[Token], names: Names) -> Iterator[Token]:
    """Names that are products as their factors. A name before a parenthesis is a function, or else a mistake."""
    for token, following in zip(found, [*found[1:], None], strict=True):
        is_called = following is not None and following.text == "("
        if token.kind != "name" or names.is_reserved(token.text) or is_called:
            yield token
            continue
        if token.text not in names.assigned and (function := names.function_before(token.text)):
            raise fault_at("graph_reserved_name", token.at, name=function)
        (line, column), place = token.at, 0
        for factor in names.factors(token.text):
            own = replace(token, text="pi" if factor == "π" else factor, at=(line, column + place))
            yield replace(own, glued=place > 0, spaced=token.spaced and place == 0)
            place += len(factor)
