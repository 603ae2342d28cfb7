"""Table: named columns and rows of cells, whatever file they come from. What they mean is found in `columns`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.fault import Fault
from engine.spec.bounds import MOST_UPLOAD_CELLS, MOST_UPLOAD_COLUMNS

Cell = str | float | None
C = TypeVar("C", bound=Cell)

MAX_SHOWN_CHARACTERS = 40
"""Characters of a cell or a name that a sentence to the user repeats."""


@dataclass(frozen=True)
class Table:
    names: list[str]
    """Of the columns, each once; numbers from 1 where the file names none."""
    named: list[bool]
    """Whether the file names each."""
    rows: list[tuple[int, Sequence[Cell]]]
    """Each with its line in the file, or its number in a JSON list from 1; as many cells as there are names."""
    parents: list[str]
    """Of each column, the object of a JSON file that it lies in; "" where there is none."""
    comma_groups: bool = False
    """Whether 1,234 is more likely 1234 than 1.234: where commas part the cells, one inside a number is no accident."""
    lines_skipped: int = 0
    """Before the table."""
    rows_too_long: int = 0
    """Left out: of more cells than there are names."""
    header_with_numbers: bool = False
    """Whether the row that was read as names holds numbers."""


def make_table(
    names: Sequence[str],
    rows: Sequence[tuple[int, list[Cell]]] | Sequence[tuple[int, list[str]]],
    *,
    parents: Sequence[str] = (),
    comma_groups: bool = False,
    lines_skipped: int = 0,
    rows_too_long: int = 0,
    header_with_numbers: bool = False,
) -> Table:
    """names: as the file has them, "" for a column without; short rows are filled up to them. Raises Fault where that
    makes the table too large."""
    check_size(len(names), len(rows))
    stripped = [shortened(name.strip()) for name in names]
    return Table(
        _told_apart(stripped),
        [bool(name) for name in stripped],
        [
            (row, [*cells, *[None] * (len(names) - len(cells))] if len(cells) < len(names) else cells)
            for row, cells in rows
        ],
        [*parents, *[""] * (len(names) - len(parents))],
        comma_groups,
        lines_skipped,
        rows_too_long,
        header_with_numbers,
    )


def _told_apart(names: Sequence[str]) -> list[str]:
    """Each name once: a column without one has its number, and what comes again gets a number behind it."""
    taken: dict[str, int] = {}
    for place, name in enumerate(names):
        if name:
            taken.setdefault(name, place)
    numbers: defaultdict[str, int] = defaultdict(lambda: 2)
    found = []
    for place, name in enumerate(names):
        unique = begin = name or str(place + 1)
        while taken.setdefault(unique, place) != place:
            unique = f"{begin} ({numbers[begin]})"
            numbers[begin] += 1
        found.append(unique)
    return found


def text_of(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) else "" if cell is None else repr(cell).removesuffix(".0")


def shortened(text: str) -> str:
    """The text, cut to the length that a sentence can hold."""
    return text if len(text) <= MAX_SHOWN_CHARACTERS else text[: MAX_SHOWN_CHARACTERS - 1] + "…"


def within_bounds(rows: Iterable[tuple[int, list[C]]]) -> Iterator[tuple[int, list[C]]]:
    """The rows one by one, as long as a table of them all would not be too large, filled up to the widest. Raises
    Fault."""
    width = most = 0
    for count, row in enumerate(rows, 1):
        if len(row[1]) > width or count > most:
            width = max(width, len(row[1]), 1)
            most = MOST_UPLOAD_CELLS // width
            check_size(width, count)
        yield row


def check_size(columns: int, rows: int) -> None:
    if columns > MOST_UPLOAD_COLUMNS:
        raise Fault("upload_too_many_columns", {"count": columns, "limit": MOST_UPLOAD_COLUMNS})
    if columns * rows > MOST_UPLOAD_CELLS:
        raise Fault(
            "upload_too_many_cells",
            {"columns": columns, "limit": MOST_UPLOAD_CELLS, "rows": MOST_UPLOAD_CELLS // columns},
        )
