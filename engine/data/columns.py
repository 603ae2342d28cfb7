"""Columns: what each column of a table is by its cells and its name: numbers, a class, an index, part of a one-hot
group, or text."""

import math
import re
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.data.number_cells import Commas, commas_of, has_comma, is_missing, number_of, plain_number
from engine.data.tables import Cell, Table, shortened, text_of
from engine.spec.spec import MOST_CLASSES

ColumnKind = Literal["number", "class", "index", "one-hot", "text"]

LEAST_COORDINATES = 2
LEAST_COLUMNS = 3
FIRST = 5
"""Cells of a column that a person is shown."""
COORDINATE_NAMES = (("x1", "x2"), ("x", "y"), ("x0", "x1"), ("feature1", "feature2"), ("横坐标", "纵坐标"))
LABEL_NAMES = (
    *("label", "labels", "class", "target", "category", "species", "diagnosis", "outcome", "output", "response"),
    *("survived", "purchased", "price", "quality", "value", "result", "variety", "cluster"),
    *("标签", "类别", "目标", "分类", "y", "z", "t"),
)
"""Names by which columns are recognised, the clearest first; case, blanks, dots, hyphens and underscores do not
matter."""
INDEX_NAMES = frozenset(
    {"#", "id", "ids", "idx", "index", "no", "nr", "num", "sno", "srno", "rownames", "rowname", "row", "rowid"}
    | {"unnamed:0", "serialno", "serialnumber", "序号", "编号", "行号", "№"}
)
"""As `plain_name` has them."""
KNOWN_NAMES = frozenset({*LABEL_NAMES, *(name for pair in COORDINATE_NAMES for name in pair)})
ID = re.compile(r"(^|[\s_.-])id$|[a-z]I[dD]$", re.IGNORECASE)
"""At the end of a name: customer_id, PassengerId."""


@dataclass(frozen=True)
class Column:
    place: int
    name: str
    named: bool
    """Whether the file names it."""
    cells: list[Cell]
    numbers: list[float | None]
    """None for a text, and where something is missing."""
    missing: list[bool]
    numeric: bool
    """Whether most of its cells that are there are numbers."""
    constant: bool
    comma: tuple[str, float] | None
    """A number with a comma, as it is written and as it was read."""
    kind: ColumnKind = "text"
    group: tuple[int, ...] = ()
    """Places of all columns of its one-hot group."""

    @property
    def plain_name(self) -> str:
        return re.sub(r"[\s_.\-]", "", self.name).casefold() if self.named else ""

    @property
    def first(self) -> list[str]:
        return [shortened(text_of(cell)) for cell in self.cells[:FIRST]]


def columns_of(table: Table) -> tuple[list[Column], Commas]:
    """What they are, and what commas in their numbers mean."""
    by_column = [list(cells) for cells in zip(*(cells for _, cells in table.rows), strict=True)]
    by_column = by_column or [[] for _ in table.names]
    distinct = [dict.fromkeys(cells) for cells in by_column]
    with_comma = (cell for cells in distinct for cell in cells if isinstance(cell, str) and "," in cell)
    commas = commas_of(with_comma, "thousands" if table.comma_groups else "decimal")
    columns = [_column(place, table, cells, commas) for place, cells in enumerate(by_column)]
    return _grouped(columns, table.parents), commas


def _column(place: int, table: Table, cells: list[Cell], commas: Commas) -> Column:
    number = {cell: _number(cell, commas) for cell in dict.fromkeys(cells)}
    gone = {cell: value is None and (not isinstance(cell, str) or is_missing(cell)) for cell, value in number.items()}
    if any(isinstance(cell, str) and cell.strip() == "+" for cell in gone):  # then a minus is the other class
        gone = {cell: missing and text_of(cell) != "-" for cell, missing in gone.items()}
    numbers, missing = [number[cell] for cell in cells], [gone[cell] for cell in cells]
    distinct = {text_of(cell) for cell, missing in gone.items() if not missing}
    commaed = (
        (shortened(cell.strip()), value)
        for cell, value in number.items()
        if value is not None and isinstance(cell, str) and "," in cell and has_comma(cell)
    )
    column = Column(
        *(place, table.names[place], table.named[place], cells, numbers, missing),
        numeric=2 * (len(cells) - numbers.count(None)) > len(cells) - sum(missing),
        constant=len(distinct) < 2,
        comma=next(commaed, None),
    )
    return replace(column, kind=_kind(column, len(distinct), len(table.names)))


def _number(cell: Cell, commas: Commas) -> float | None:
    if isinstance(cell, str):
        value = plain_number(cell.strip())
        return number_of(cell, commas) if value is None else value
    return cell if cell is not None and math.isfinite(cell) else None


def _kind(column: Column, distinct: int, width: int) -> ColumnKind:
    """distinct: texts in it. width: of the table"""
    present = len(column.missing) - sum(column.missing)
    if not present:
        return "text"
    if distinct == present and _is_index(column, width):
        return "index"
    if not column.numeric:
        return "class" if distinct <= MOST_CLASSES else "text"
    values = {number for number in column.numbers if number is not None}
    if not 2 <= len(values) <= MOST_CLASSES or not all(value.is_integer() for value in values):
        return "number"
    if len(values) == present and column.place < width - 1 and column.plain_name not in LABEL_NAMES:
        return "number"
    counted = sorted(values) in (list(range(len(values))), list(range(1, len(values) + 1)), [-1, 1])
    return "class" if counted or len(values) <= max(2, present // 3) < present else "number"


def _is_index(column: Column, width: int) -> bool:
    """Of cells that all differ: by its name; or the first column by 0, 1, 2, … or 1, 2, 3, … where there are three
    others."""
    if len(column.cells) < 2:
        return False
    named = column.plain_name in INDEX_NAMES or bool(ID.search(column.name) and column.named)
    if not column.numeric:
        return named or (column.place == 0 and not column.named and len(column.cells) > MOST_CLASSES)
    whole = all(number is not None and number.is_integer() for number in column.numbers)
    counts = whole and column.numbers in (_counted(column, 0), _counted(column, 1))
    counts = counts and column.place == 0 and column.plain_name not in KNOWN_NAMES
    return (whole and named) or (counts and width > LEAST_COLUMNS)


def _counted(column: Column, start: int) -> list[float | None]:
    return [float(number) for number in range(start, start + len(column.numbers))]


def _grouped(columns: list[Column], parents: list[str]) -> list[Column]:
    """With the one-hot groups in them: columns side by side of 0 and 1 of which each row has one 1. From the last one
    on, for a label comes after its coordinates, which no group leaves out."""
    ones = [_ones(column, bool(parent)) for column, parent in zip(columns, parents, strict=True)]
    found, end = list(columns), len(columns)
    while end > 1:
        start = _group_start(ones, parents, end)
        if sum(column.numeric for column in (*columns[:start], *columns[end:])) < LEAST_COORDINATES:
            start = end
        group = tuple(range(start, end))
        found[start:end] = [replace(column, kind="one-hot", group=group) for column in found[start:end]]
        end = min(start, end - 1)
    return found


def _ones(column: Column, may_lack: bool) -> NDArray[np.int64] | None:
    """1 where the column has it, if it holds 0 and 1, and nothing else; may_lack: an object leaves out what is 0."""
    if column.kind == "index" or 1 not in column.numbers or (any(column.missing) and not may_lack):
        return None
    if not set(column.numbers) <= {0, 1, None} or column.numbers.count(None) > sum(column.missing):
        return None
    return np.array([number == 1 for number in column.numbers], dtype=np.int64)


def _group_start(ones: list[NDArray[np.int64] | None], parents: list[str], end: int) -> int:
    """Of the group that ends before `end`; `end` where there is none."""
    total: NDArray[np.int64] | int = 0
    for place in range(end - 1, max(-1, end - 1 - MOST_CLASSES), -1):
        own = ones[place]
        if own is None or parents[place] != parents[end - 1]:
            return end
        total = total + own
        if total.max() > 1:
            return end
        if place < end - 1 and total.min() == 1:
            return place
    return end
