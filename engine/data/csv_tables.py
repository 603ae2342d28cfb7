"""The text of a CSV file, or of any file of rows, as a table: its delimiter, its comments and its names of columns."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from engine.data.number_cells import is_missing, looks_like_number
from engine.data.tables import Table, make_table, within_bounds
from engine.fault import Fault

Row = tuple[int, list[str]]
"""Its line, and its cells."""

DELIMITERS = "\t;|，； ,"
"""Candidates; of two that fit equally well, the first is taken, which is rarer inside a number."""
SNIFFED_ROWS = 50
"""First rows of the file, by which the delimiter and the names of columns are found."""
COMMENTS = ("#", "%")


def csv_table(text: str) -> Table:
    """Raises Fault."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    declared = re.fullmatch(r"sep=(.)", lines[0].strip(" "), re.IGNORECASE)  # as spreadsheets write it
    if declared:
        lines[0] = ""
    delimiter = declared[1] if declared else max(DELIMITERS, key=lambda delimiter: _score(lines, delimiter))
    everything = list(within_bounds(_rows(lines, delimiter)))
    rows = [row for row in everything if not row[1][0].startswith(COMMENTS)]
    before = everything.index(rows[0]) if rows else len(everything)
    return _table(rows, everything[before - 1 : before], delimiter)


def _score(lines: list[str], delimiter: str) -> tuple[int, int, int, int]:
    """How well a delimiter fits the first lines: rows as wide as most, of three cells or more, with two numbers; the
    numbers in such rows; these rows; cells."""
    try:
        rows = [cells for _, cells in islice(_rows(lines, delimiter), SNIFFED_ROWS)]
    except Fault:
        return 0, 0, 0, 0
    width = _common_width(rows)
    wide = [cells for cells in rows if len(cells) == width >= 3]
    numbers = [sum(map(looks_like_number, cells)) for cells in wide]
    return sum(count >= 2 for count in numbers), sum(numbers), len(wide), sum(map(len, rows))


def _rows(lines: list[str], delimiter: str) -> Iterator[Row]:
    """Those that are not blank."""
    content = (line.strip(" ") for line in lines)
    reader = csv.reader(content, delimiter=delimiter, skipinitialspace=delimiter == " ")
    try:
        for cells in reader:
            if "".join(cells).strip():
                yield reader.line_num, cells
    except csv.Error:
        raise Fault("upload_not_csv", {"line": reader.line_num}) from None


def _common_width(rows: list[list[str]]) -> int:
    """The width of most rows; of two as frequent ones the larger."""
    counts = Counter(map(len, rows))
    return max(counts, key=lambda width: (counts[width], width), default=0)


def _table(rows: list[Row], comment: list[Row], delimiter: str) -> Table:
    """comment: the one right before the rows, if there is one"""
    width = _common_width([cells for _, cells in rows])
    while width > 1 and not any("".join(cells[width - 1 :]).strip() for _, cells in rows):
        width -= 1  # a comma at the end of every row begins no column
    rows = [
        row if len(row[1]) <= width or "".join(row[1][width:]).strip() else (row[0], row[1][:width]) for row in rows
    ]
    title = 0
    while len(rows) > title + 1 and width >= 3 and sum(bool(cell.strip()) for cell in rows[title][1]) == 1:
        title += 1
    rows = rows[title:]
    names, from_row = _names(rows, comment, width, delimiter)
    body = rows[from_row:]
    full = max(width, len(names))
    kept = [row for row in body if len(row[1]) <= full]
    return make_table(
        names + [""] * (full - len(names)),
        kept,
        comma_groups=delimiter == ",",
        lines_skipped=title,
        rows_too_long=len(body) - len(kept),
        header_with_numbers=bool(from_row) and any(map(looks_like_number, names)),
    )


def _names(rows: list[Row], comment: list[Row], width: int, delimiter: str) -> tuple[list[str], int]:
    """Of the columns, and of how many rows they were read."""
    if not rows:
        return _commented_names(comment, None, delimiter), 0
    first, body = rows[0][1], [cells for _, cells in rows[1:]]
    if _is_header(first, body, width):
        most, whole = _common_width(body) or len(first), any(len(cells) == len(first) for cells in body)
        if most == len(first) + 1 and not whole:
            return ["", *first], 1  # names of rows have none themselves, as R writes it
        if most > len(first) or (most < len(first) and not whole):
            raise Fault("upload_row_width", {"row": rows[1][0], "count": most, "names": len(first)})
        return first, 1
    return _commented_names(comment, width, delimiter), 0


def _is_header(first: list[str], body: list[list[str]], width: int) -> bool:
    """Whether the first row holds names: no number at all, a text above numbers, or 0, 1, 2, … as pandas has it."""
    if not any(map(looks_like_number, first)):
        return True
    shift = 1 if width == len(first) + 1 else 0
    below = [[cells[place] for cells in body[:SNIFFED_ROWS] if len(cells) > place] for place in range(width)]
    for place, cell in enumerate(first, shift):
        if not is_missing(cell) and not looks_like_number(cell) and place < width and _are_numbers(below[place]):
            return True
    numbered = first[1:] if not first[0].strip() else first
    if len(numbered) < 2 or [cell.strip() for cell in numbered] != [str(place) for place in range(len(numbered))]:
        return False
    return numbered is not first or any(cells and all("." in cell for cell in cells) for cells in below)


def _are_numbers(cells: list[str]) -> bool:
    present = [cell for cell in cells if not is_missing(cell)]
    return bool(present) and all(map(looks_like_number, present))


def _commented_names(comment: list[Row], width: int | None, delimiter: str) -> list[str]:
    """Of a comment that has as many words as the table has columns."""
    if not comment:
        return []
    cells = comment[0][1]
    text = delimiter.join(cells).lstrip("".join(COMMENTS))
    for names in (cells if cells[0] in COMMENTS else [], text.split(delimiter), text.split()):
        filled = [name.strip() for name in names if name.strip()]
        if len(filled) == (width or len(filled)) and not any(map(looks_like_number, filled)) and len(filled) >= 3:
            return filled
    return []
