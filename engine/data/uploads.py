"""Uploads: a CSV or JSON file as points of the plane with labels.

`tables` reads the rows; this file finds the columns, drops incomplete rows, tells classes from values and rescales
coordinates to the plane. It notes all that it did. A file that cannot be read raises Fault.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.data.tables import Cell, Table, is_missing, read_table, shortened, text_of
from engine.fault import Fault, Value
from engine.nn.random import stream
from engine.spec.spec import LARGEST_TARGET, MOST_CLASSES, MOST_OWN_POINTS

PLANE_EDGE = 6.0
"""Half the side of the plane."""
RESCALED_EDGE = 5.0
"""Half the side of the square that coordinates are rescaled to where some lie outside the plane."""

COORDINATE_NAMES = (("x1", "x2"), ("x", "y"), ("x0", "x1"), ("feature1", "feature2"), ("横坐标", "纵坐标"))
LABEL_NAMES = ("label", "labels", "class", "target", "category", "value", "标签", "类别", "目标", "y", "z", "t")
"""Names by which columns are recognised, the clearest first; case, blanks, dots and underscores do not matter."""
ROW_NUMBER_NAMES = ("1", "index", "id", "unnamed:0")
"""Names of a first column that only numbers the rows; "1" is that of a column without a name among named ones."""

NoteCode = Literal[
    "upload_columns",
    "upload_columns_left_out",
    "upload_rows_left_out",
    "upload_drawn",
    "upload_decimal_commas",
    "upload_fitted",
    "upload_classes",
    "upload_values",
    "upload_divided",
]
Note = tuple[NoteCode, dict[str, Value]]


@dataclass(frozen=True)
class Upload:
    points: tuple[tuple[float, float, float], ...]
    """x1, x2 from −6 to 6, and the label: the number of its class from 0, or a value up to ±1000."""
    labels_are: Literal["classes", "values"]
    class_names: tuple[str, ...]
    """The file's label of each class, ordered by class number; empty for values."""
    columns: tuple[str, str, str]
    """The columns read as x1, x2 and label: names, or numbers from 1 where the file names none."""
    notes: tuple[Note, ...]
    """What was found and changed, for the user to check."""


def read(data: bytes, name: str, draw: int | None = None) -> Upload:
    """As `parse`, from a file's bytes: UTF-8, or UTF-16 with a byte order mark, as spreadsheets save it."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Fault("upload_not_text", {}) from None
    return parse(text, name, draw)


def parse(text: str, name: str, draw: int | None = None) -> Upload:
    """The points of an uploaded text.

    name: of the file; tells JSON from CSV where the text does not. draw: a seed, to draw as many rows at random as a
    Spec holds where there are more; without it, more are refused. Raises Fault.
    """
    table = read_table(text, name)
    columns = _find_columns(table)
    x1, x2, label = (table.names[column] for column in columns)
    notes: list[Note] = [("upload_columns", {"x1": x1, "x2": x2, "label": label})]
    if unused := [name for column, name in enumerate(table.names) if column not in columns]:
        notes.append(("upload_columns_left_out", {"columns": [shortened(name) for name in unused]}))

    rows = _complete_rows(table, columns, notes)
    if len(rows) > MOST_OWN_POINTS:
        if draw is None:
            raise Fault("upload_too_many_rows", {"count": len(rows), "limit": MOST_OWN_POINTS})
        notes.append(("upload_drawn", {"count": len(rows), "limit": MOST_OWN_POINTS}))
        rows = [rows[index] for index in sorted(stream(draw, "upload").permutation(len(rows))[:MOST_OWN_POINTS])]

    commas = [text_of(cell) for _, cells in rows for cell in cells if table.has_decimal_comma(cell)]
    for text, value in ((text, table.number(text)) for text in commas):
        if value is not None:
            notes.append(("upload_decimal_commas", {"given": shortened(text), "read": f"{value:g}"}))
            break
    first, second = (
        _rescaled([_number(table, row, columns[axis], cells[axis]) for row, cells in rows], axis, notes)
        for axis in (0, 1)
    )
    labels, class_names = _labels(table, [(row, cells[2]) for row, cells in rows], columns[2], notes)
    return Upload(
        points=tuple(zip(first, second, labels, strict=True)),
        labels_are="classes" if class_names else "values",
        class_names=class_names,
        columns=(x1, x2, label),
        notes=tuple(notes),
    )


def _find_columns(table: Table) -> tuple[int, int, int]:
    """x1, x2 and label by their names; else the first two columns of numbers, and the last of the others."""
    width = len(table.names)
    if width < 3:
        raise Fault("upload_too_few_columns", {"count": width})
    plain = [re.sub(r"[\s_.]", "", name).casefold() for name in table.names] if table.named else []
    pair = next((pair for pair in COORDINATE_NAMES if set(pair) <= set(plain)), None)
    if pair:
        x1, x2 = (plain.index(name) for name in pair)
    else:
        named_label = _label_by_name(plain, ())
        numeric = [column for column in range(width) if column != named_label and _is_numeric(table, column)]
        if width > 3 and len(numeric) > 2 and plain and numeric[0] == 0 and plain[0] in ROW_NUMBER_NAMES:
            del numeric[0]
        if len(numeric) < 2:
            raise Fault("upload_no_coordinates", {"columns": table.names})
        x1, x2 = numeric[:2]
    label = _label_by_name(plain, (x1, x2))
    if label is None:
        label = max(column for column in range(width) if column not in (x1, x2))
    return x1, x2, label


def _label_by_name(plain: Sequence[str], taken: Sequence[int]) -> int | None:
    columns = (plain.index(name) for name in LABEL_NAMES if name in plain)
    return next((column for column in columns if column not in taken), None)


def _is_numeric(table: Table, column: int) -> bool:
    """Whether most cells in the first rows of a column are numbers."""
    present = [cells[column] for _, cells in table.rows[:MOST_OWN_POINTS] if not is_missing(cells[column])]
    return 2 * sum(table.number(cell) is not None for cell in present) > len(present)


def _complete_rows(table: Table, columns: tuple[int, int, int], notes: list[Note]) -> list[tuple[int, list[Cell]]]:
    """x1, x2 and label of the rows that have all three."""
    rows = [(row, [cells[column] for column in columns]) for row, cells in table.rows]
    complete = [(row, cells) for row, cells in rows if not any(map(is_missing, cells))]
    if not complete:
        raise Fault("upload_no_rows", {"count": len(rows)})
    if left_out := len(rows) - len(complete):
        notes.append(("upload_rows_left_out", {"count": left_out}))
    return complete


def _number(table: Table, row: int, column: int, cell: Cell) -> float:
    value = table.number(cell)
    if value is None:
        raise Fault(
            "upload_not_a_number", {"given": shortened(text_of(cell)), "column": table.names[column], "row": row}
        )
    return value


def _rescaled(values: list[float], axis: int, notes: list[Note]) -> list[float]:
    """As they are where they lie in the plane; else shifted and scaled to go from −5 to 5, or to 0 if all are equal."""
    low, high = min(values), max(values)
    if low >= -PLANE_EDGE and high <= PLANE_EDGE:
        return values
    notes.append(("upload_fitted", {"axis": f"x{axis + 1}", "lowest": f"{low:g}", "highest": f"{high:g}"}))
    middle, half = low / 2 + high / 2, high / 2 - low / 2  # halves first: the difference may pass the largest float
    if half == 0:
        return [0.0] * len(values)
    return [round(min(max((value - middle) / half, -1.0), 1.0) * RESCALED_EDGE, 6) for value in values]


def _labels(
    table: Table, cells: list[tuple[int, Cell]], column: int, notes: list[Note]
) -> tuple[list[float], tuple[str, ...]]:
    """The labels, and the names of their classes: none where they are values.

    Classes are texts, or few different whole numbers; other numbers are values. A text among many numbers is a fault.
    """
    numbers = [number for _, cell in cells if (number := table.number(cell)) is not None]
    distinct = set(numbers)
    few = len(distinct) <= MOST_CLASSES and all(number.is_integer() for number in distinct)
    if len(numbers) == len(cells) and not few:
        return _values(numbers, notes), ()

    if len(numbers) == len(cells):
        keys = [text_of(number) for number in numbers]
        names = [text_of(number) for number in sorted(distinct)]
    else:
        keys = [text_of(cell) for _, cell in cells]
        names = sorted(set(keys))
    if len(names) > MOST_CLASSES:
        if 2 * len(numbers) > len(cells):
            for row, cell in cells:
                _number(table, row, column, cell)
        raise Fault("upload_too_many_classes", {"count": len(names), "limit": MOST_CLASSES})
    if len(names) == 1:
        raise Fault("upload_one_label", {"given": shortened(names[0])})
    notes.append(("upload_classes", {"count": len(names), "classes": [shortened(name) for name in names]}))
    class_number = {name: float(number) for number, name in enumerate(names)}
    return [class_number[key] for key in keys], tuple(shortened(name) for name in names)


def _values(values: list[float], notes: list[Note]) -> list[float]:
    """As they are up to ±1000; else divided by the power of ten that brings them to ±1."""
    low, high = min(values), max(values)
    if low == high:
        raise Fault("upload_one_label", {"given": f"{low:g}"})
    notes.append(("upload_values", {"lowest": f"{low:g}", "highest": f"{high:g}"}))
    largest = max(-low, high)
    if largest <= LARGEST_TARGET:
        return values
    power = math.ceil(math.log10(largest))
    notes.append(("upload_divided", {"factor": f"1e{power}", "limit": LARGEST_TARGET}))
    return [value / 10 ** (power - 1) / 10 for value in values]  # 10³⁰⁹ is no float
