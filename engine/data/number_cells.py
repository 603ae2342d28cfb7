"""Numbers in the cells of a table, as people and programs write them, and cells that say that something is missing.

A comma is a decimal comma in one file and groups thousands in another: `commas_of` decides for a whole table.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

Commas = Literal["decimal", "thousands"]

LONGEST_NUMBER = 40
"""Characters."""

PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]{1,4})?")
COMMA_GROUPS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
POINT_GROUPS = re.compile(r"[+-]?[0-9]{1,3}((\.[0-9]{3})+,[0-9]*|(\.[0-9]{3}){2,})")
SPACE_GROUPS = re.compile(r"[+-]?[0-9]{1,3}([ '’][0-9]{3})+([.,][0-9]+)?")
FORTRAN_EXPONENT = re.compile(r"[dD](?=[+-][0-9]{1,3}$)")

MISSING = frozenset(
    {"", "na", "n/a", "#n/a", "nan", "null", "?", "none", "-", "--", "—", ".", "nil", "<na>", "\\n"}
    | {"inf", "+inf", "-inf", "infinity", "-infinity"}
    | {"#div/0!", "#value!", "#ref!", "#num!", "#name?", "#null!"}
)


def plain_number(text: str) -> float | None:
    """Of a text as programs write it, if that is a finite number. No word that Python reads as one, such as 1_000 or
    inf, is."""
    if len(text) > LONGEST_NUMBER or not PLAIN.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def number_of(text: str, commas: Commas) -> float | None:
    """Of any text: with a decimal comma, groups of digits, full-width signs, a currency or per cent."""
    if len(text) > LONGEST_NUMBER:
        return None
    text = _tidy(text)
    if POINT_GROUPS.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif SPACE_GROUPS.fullmatch(text):
        text = re.sub("[ '’]", "", text).replace(",", ".")
    elif COMMA_GROUPS.fullmatch(text) and (commas == "thousands" or "." in text):
        text = text.replace(",", "")
    elif DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    return plain_number(text)


def has_comma(text: str) -> bool:
    """Whether it is a number with a comma of either meaning."""
    text = _tidy(text)
    return bool(DECIMAL_COMMA.fullmatch(text) or COMMA_GROUPS.fullmatch(text))


def commas_of(texts: Iterable[str], likely: Commas) -> Commas:
    """What commas mean in texts of which all belong to one table. likely: where all could be both, as 1,234 can."""
    found = likely
    for text in map(_tidy, texts):
        if DECIMAL_COMMA.fullmatch(text) and not COMMA_GROUPS.fullmatch(text):
            return "decimal"
        if COMMA_GROUPS.fullmatch(text) and (text.count(",") > 1 or "." in text):
            found = "thousands"
    return found


def is_missing(text: str) -> bool:
    return text.strip().casefold() in MISSING


def looks_like_number(text: str) -> bool:
    return plain_number(text.strip()) is not None or number_of(text, "decimal") is not None


def _tidy(text: str) -> str:
    text = text.strip()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("−", "-")
    text = text.lstrip("$€£¥").rstrip("%").strip()
    return FORTRAN_EXPONENT.sub("e", text)
