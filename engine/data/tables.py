"""Tables: the text of an uploaded file, CSV or JSON, as rows of cells. `uploads` finds out what they mean.

Nothing is evaluated and nothing is opened: `csv` and `json` of the standard library read text, and a cell stays text
until it looks like a number.
"""

import csv
import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from engine.fault import Fault
from engine.spec.bounds import MOST_UPLOAD_CELLS, MOST_UPLOAD_COLUMNS

Cell = str | float | None
C = TypeVar("C", bound=Cell)

MAX_SHOWN_CHARACTERS = 40
"""Characters of a cell or a name that a sentence to the user repeats."""
DELIMITERS = "\t;,| "
"""Candidates; of two that fit equally well, the first is taken, which is rarer inside a number or a name."""
SNIFFED_ROWS = 50
"""First rows of the file, by which the delimiter is found."""

NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
MISSING = {"", "na", "n/a", "#n/a", "nan", "null"}


@dataclass(frozen=True)
class Table:
    names: list[str]
    """Of the columns; numbers from 1 where the file names none."""
    named: bool
    """Whether the file names its columns."""
    rows: list[tuple[int, list[Cell]]]
    """Each with its line in the file, or its number in a JSON list from 1; as many cells as there are names."""
    decimal_comma: bool = False
    """Whether 1,5 is a number."""

    def number(self, cell: Cell) -> float | None:
        """What a cell says, if that is a finite number. No word that Python reads as one, such as 1_000 or inf, is."""
        if not isinstance(cell, str):
            return cell if cell is not None and math.isfinite(cell) else None
        text = cell.strip().replace("−", "-")
        if self.has_decimal_comma(cell):
            text = text.replace(",", ".", 1)
        if len(text) > MAX_SHOWN_CHARACTERS or not NUMBER.fullmatch(text):
            return None
        value = float(text)
        return value if math.isfinite(value) else None

    def has_decimal_comma(self, cell: Cell) -> bool:
        """Whether a number's comma stands for the decimal point: 1,234 is 1.234 here and never 1234."""
        return self.decimal_comma and isinstance(cell, str) and "," in cell and "." not in cell


def is_missing(cell: Cell) -> bool:
    if isinstance(cell, str):
        return cell.strip().casefold() in MISSING
    return cell is None or not math.isfinite(cell)


def text_of(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) else "" if cell is None else repr(cell).removesuffix(".0")


def shortened(text: str) -> str:
    """The text, cut to the length that a sentence can hold."""
    return text if len(text) <= MAX_SHOWN_CHARACTERS else text[: MAX_SHOWN_CHARACTERS - 1] + "…"


def read_table(text: str, name: str) -> Table:
    """The rows of a CSV or JSON text; where the text leaves it open, the file's name decides. Raises Fault."""
    text = text.lstrip("\ufeff \t\r\n")
    if not text:
        raise Fault("upload_empty", {})
    if "\0" in text:
        raise Fault("upload_not_text", {})
    return _json_table(text) if text[0] in "[{" or name.casefold().endswith(".json") else _csv_table(text)


def _csv_table(text: str) -> Table:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    declared = re.fullmatch(r"sep=(.)", lines[0].strip(" "), re.IGNORECASE)  # as spreadsheets write it
    if declared:
        lines[0] = ""
    delimiter = declared[1] if declared else max(DELIMITERS, key=lambda delimiter: _delimiter_score(lines, delimiter))
    table = Table([], named=False, rows=[], decimal_comma=delimiter != ",")
    rows = list(_within_bounds(_csv_rows(lines, delimiter)))
    named = bool(rows) and all(table.number(cell) is None for cell in rows[0][1])
    return _padded_table(rows[named:], rows[0][1] if named else [], table.decimal_comma)


def _delimiter_score(lines: list[str], delimiter: str) -> tuple[int, int, int]:
    """How well a delimiter fits the first lines: rows with two numbers, rows of three cells or more, cells."""
    reader = Table([], named=False, rows=[], decimal_comma=delimiter != ",")
    try:
        rows = [cells for _, cells in islice(_csv_rows(lines, delimiter), SNIFFED_ROWS)]
    except Fault:
        return 0, 0, 0
    wide = [cells for cells in rows if len(cells) >= 3]
    points = sum(sum(reader.number(cell) is not None for cell in cells) >= 2 for cells in wide)
    return points, len(wide), sum(map(len, rows))


def _csv_rows(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are neither blank nor a comment, each with its line."""
    content = (line.strip(" ") for line in lines)
    reader = csv.reader(content, delimiter=delimiter, skipinitialspace=delimiter == " ")
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
                yield reader.line_num, cells
    except csv.Error:
        raise Fault("upload_not_csv", {"line": reader.line_num}) from None


def _json_table(text: str) -> Table:
    try:
        content = json.loads(text, parse_int=float)  # whole numbers too: one of 5,000 figures is infinite, not a fault
    except json.JSONDecodeError as fault:
        raise Fault("upload_not_json", {"line": fault.lineno, "column": fault.colno}) from None
    except RecursionError:
        raise Fault("upload_not_points", {}) from None
    if isinstance(content, dict):
        content = content.get("points", content.get("data"))
    if not isinstance(content, list):
        raise Fault("upload_not_points", {})
    if content and all(isinstance(entry, dict) for entry in content):
        flat = [dict(_named_cells(entry)) for entry in content]
        names = list(dict.fromkeys(name for entry in flat for name in entry))
        _check_size(len(names), len(flat))
        return _padded_table([(row, [entry.get(name) for name in names]) for row, entry in enumerate(flat, 1)], names)
    return _padded_table(list(_within_bounds(_json_rows(content))), [])


def _json_rows(content: list[object]) -> Iterator[tuple[int, list[Cell]]]:
    for row, entry in enumerate(content, 1):
        if not isinstance(entry, list):
            raise Fault("upload_not_a_point", {"row": row})
        yield row, [cell for item in entry for cell in _cells(item)]


def _named_cells(entry: dict[str, Any]) -> Iterator[tuple[str, Cell]]:
    """Flattens one level of lists and objects: {"point": [1, 2]} has the columns point 1 and point 2."""
    for name, item in entry.items():
        if isinstance(item, dict):
            yield from ((inner, _cell(value)) for inner, value in item.items())
        elif isinstance(item, list):
            yield from ((f"{name} {place}", _cell(value)) for place, value in enumerate(item, 1))
        else:
            yield name, _cell(item)


def _cells(item: object) -> list[Cell]:
    return [_cell(value) for value in item] if isinstance(item, list) else [_cell(item)]


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str | float):
        return value
    return str(value).casefold() if isinstance(value, bool) else "…"  # deeper nesting is neither a number nor a label


def _padded_table(
    rows: list[tuple[int, list[Cell]]] | list[tuple[int, list[str]]], names: list[str], decimal_comma: bool = False
) -> Table:
    width = max([len(names), *(len(cells) for _, cells in rows)])
    return Table(
        [shortened(name.strip()) or str(place) for place, name in enumerate(names + [""] * (width - len(names)), 1)],
        bool(names),
        [(row, [*cells, *[None] * (width - len(cells))]) for row, cells in rows],
        decimal_comma,
    )


def _within_bounds(rows: Iterable[tuple[int, list[C]]]) -> Iterator[tuple[int, list[C]]]:
    """The rows one by one, as long as a table of them all would not be too large, filled up to the widest. Raises
    Fault."""
    width = 0
    for count, row in enumerate(rows, 1):
        width = max(width, len(row[1]))
        _check_size(width, count)
        yield row


def _check_size(columns: int, rows: int) -> None:
    if columns > MOST_UPLOAD_COLUMNS:
        raise Fault("upload_too_many_columns", {"count": columns, "limit": MOST_UPLOAD_COLUMNS})
    if columns * rows > MOST_UPLOAD_CELLS:
        raise Fault(
            "upload_too_many_cells",
            {"columns": columns, "limit": MOST_UPLOAD_CELLS, "rows": MOST_UPLOAD_CELLS // columns},
        )
