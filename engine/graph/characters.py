"""Characters of a typed expression in one normal form, each with the place where it was typed.

NFKC makes one of two spellings: µ and μ, x and ｘ and 𝑥, subscripts and digits. Superscripts are marked before it makes
digits of them, for they are powers. Comments and characters that cannot be seen are left out.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

SIGNS = str.maketrans("−‐–—·∙⋅•×✕∗÷∕⁄∣", "----*******///|")
"""Signs that NFKC leaves apart, and what they are read as."""
Height = Literal["", "super", "sub"]
HEIGHTS: dict[str, Height] = {"<super>": "super", "<sub>": "sub"}
VARIATION_SELECTORS = ("\ufe00", "\ufe0f")
FRACTION_SLASH = "\u2044"


@dataclass(frozen=True)
class Character:
    text: str
    """One character of the normal form."""
    typed: str
    at: tuple[int, int]
    """Line and column in what was typed, from 1, counted in code points."""
    height: Height = ""


def characters(text: str) -> Iterator[Character]:
    line, column, in_comment = 1, 0, False
    for typed in text.replace("\r", ""):
        column += 1
        if typed == "\n":
            in_comment = False
        normal = unicodedata.normalize("NFKC", typed)
        in_comment = in_comment or normal == "#"
        if not in_comment and not _cannot_be_seen(typed):
            height = HEIGHTS.get(unicodedata.decomposition(typed).split(" ")[0], "")
            for each in _fraction(normal):
                yield Character(_digit(each).translate(SIGNS), typed, (line, column), height)
        if typed == "\n":
            line, column = line + 1, 0


def is_of_name(text: str) -> bool:
    """Whether a character may stand in a name: a letter, a digit, _ or a mark upon them."""
    return text.isalnum() or text == "_" or unicodedata.category(text) in ("Mn", "Mc")


def _cannot_be_seen(typed: str) -> bool:
    return unicodedata.category(typed) == "Cf" or VARIATION_SELECTORS[0] <= typed <= VARIATION_SELECTORS[1]


def is_fraction(character: Character) -> bool:
    """Whether it is the first of those that stand for ½."""
    return character.text == "(" and unicodedata.decomposition(character.typed).startswith("<fraction>")


def _fraction(normal: str) -> str:
    """½ as (1/2)."""
    return f"({normal})" if FRACTION_SLASH in normal[1:] else normal


def _digit(text: str) -> str:
    """A digit of any script as that of ASCII."""
    return str(unicodedata.decimal(text)) if text.isdecimal() else text
