"""Uploads: a file as points of the plane with labels.

Its text is read as a table (`csv_tables`, `json_tables`, `arff`), of which all columns are looked at (`columns`) and
three are chosen (`column_choice`). This file drops incomplete rows, tells classes from values and fills the plane
(`plane_scale`). It notes all that it did. What cannot be read is a fault.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Literal

from engine.data.arff import arff_table, is_arff
from engine.data.column_choice import Wanted, chosen_columns
from engine.data.columns import Column, ColumnKind, columns_of
from engine.data.csv_tables import csv_table
from engine.data.encodings import Encoding, decode
from engine.data.json_tables import json_table
from engine.data.plane_scale import IDENTITY, Scale, fills_plane, fitted_scale, must_be_fitted
from engine.data.tables import Table, shortened, text_of
from engine.fault import Fault, FaultCode, Value
from engine.nn.random import stream
from engine.spec.own_points import LARGEST_TARGET, MOST_OWN_POINTS
from engine.spec.spec import MOST_CLASSES

NoteCode = Literal[
    "upload_encoding",
    "upload_lines_skipped",
    "upload_header_numbers",
    "upload_columns",
    "upload_columns_left_out",
    "upload_rows_too_long",
    "upload_rows_left_out",
    "upload_drawn",
    "upload_decimal_commas",
    "upload_thousands",
    "upload_filled",
    "upload_classes",
    "upload_values",
    "upload_divided",
]
Note = tuple[NoteCode, dict[str, Value]]


@dataclass(frozen=True)
class FoundColumn:
    """A column of the file, for a person to choose from."""

    name: str
    kind: ColumnKind
    first: tuple[str, ...]
    """Its first cells."""
    numeric: bool
    """Whether it can be a coordinate."""
    group: tuple[str, ...]
    """The names of its one-hot group, which are a label together."""


@dataclass(frozen=True)
class Upload:
    all_columns: tuple[FoundColumn, ...] = ()
    encoding: Encoding = "utf-8"
    columns: tuple[str, ...] = ()
    """The columns read as x1, x2 and label, by name; of a one-hot group the first. None where there is a fault."""
    points: tuple[tuple[float, float, float], ...] = ()
    """x1, x2 from −6 to 6, and the label: the number of its class from 0, or a value up to ±1000."""
    labels_are: Literal["classes", "values"] = "classes"
    class_names: tuple[str, ...] = ()
    """The file's label of each class, ordered by class number; empty for values."""
    scale: tuple[Scale, Scale, Scale] = (IDENTITY, IDENTITY, IDENTITY)
    """Of x1, x2 and label: back to the file's numbers."""
    may_keep: bool = True
    """Whether the coordinates could be used as they are."""
    notes: tuple[Note, ...] = ()
    """What was found and changed, for a person to check."""
    fault: tuple[FaultCode, dict[str, Value]] | None = None
    """Why these columns make no points; other ones may."""


@dataclass(frozen=True)
class Wishes:
    """What a person chose of how a file is read; the rest is guessed."""

    columns: Wanted = field(default_factory=Wanted)
    encoding: Encoding | None = None
    fill: bool = True
    """Whether coordinates that do not fill the plane are scaled to it."""
    draw: int | None = None
    """A seed, to draw as many rows at random as a Spec holds where there are more; without it, more are refused."""


def read(data: bytes, name: str, wishes: Wishes = Wishes()) -> Upload:
    """The points of a file. name: tells JSON from CSV where the text does not. Raises Fault where it is no table."""
    text, encoding = decode(data, wishes.encoding)
    upload = parse(text, name, wishes)
    if encoding == "utf-8":
        return upload
    return replace(upload, encoding=encoding, notes=(("upload_encoding", {"encoding": encoding}), *upload.notes))


def parse(text: str, name: str, wishes: Wishes = Wishes()) -> Upload:
    """As `read`, of its text."""
    table = _table(text, name)
    columns, commas = columns_of(table)
    found = Upload(all_columns=tuple(_found(column, columns) for column in columns))
    try:
        chosen = chosen_columns(columns, wishes.columns)
        notes: list[Note] = [*_notes_of_table(table, columns, commas), *_notes_of_choice(columns, chosen)]
        found = replace(found, columns=tuple(column.name for column in chosen))
        return _points(table, columns, chosen, wishes, found, notes)
    except Fault as fault:
        return replace(found, fault=(fault.code, fault.values))


def _table(text: str, name: str) -> Table:
    text = text.lstrip("\ufeff \t\r\n")
    if not text:
        raise Fault("upload_empty", {})
    if is_arff(text):
        return arff_table(text)
    return json_table(text) if text[0] in "[{" or name.casefold().endswith(".json") else csv_table(text)


def _found(column: Column, columns: Sequence[Column]) -> FoundColumn:
    group = tuple(columns[place].name for place in column.group)
    return FoundColumn(column.name, column.kind, tuple(column.first), column.numeric, group)


def _notes_of_table(table: Table, columns: list[Column], commas: str) -> Iterator[Note]:
    if table.lines_skipped:
        yield "upload_lines_skipped", {"count": table.lines_skipped}
    if table.header_with_numbers:
        yield "upload_header_numbers", {"columns": table.names}
    if table.rows_too_long:
        yield "upload_rows_too_long", {"count": table.rows_too_long, "limit": len(table.names)}
    if example := next((column.comma for column in columns if column.comma), None):
        given, value = example
        code: NoteCode = "upload_decimal_commas" if commas == "decimal" else "upload_thousands"
        yield code, {"given": given, "read": f"{value:.12g}"}


def _notes_of_choice(columns: Sequence[Column], chosen: Sequence[Column]) -> Iterator[Note]:
    x1, x2, label = chosen
    members = [columns[place].name for place in label.group]
    yield "upload_columns", {"x1": x1.name, "x2": x2.name, "label": ", ".join(members) or label.name}
    unused = [column.name for column in columns if column not in chosen and column.place not in label.group]
    if unused:
        yield "upload_columns_left_out", {"columns": unused}


def _points(
    table: Table, columns: list[Column], chosen: Sequence[Column], wishes: Wishes, found: Upload, notes: list[Note]
) -> Upload:
    x1, x2, label = chosen
    rows = _complete_rows(chosen, notes)
    if len(rows) > MOST_OWN_POINTS:
        if wishes.draw is None:
            raise Fault("upload_too_many_rows", {"count": len(rows), "limit": MOST_OWN_POINTS})
        notes.append(("upload_drawn", {"count": len(rows), "limit": MOST_OWN_POINTS}))
        order = stream(wishes.draw, "upload").permutation(len(rows))
        rows = [rows[index] for index in sorted(order[:MOST_OWN_POINTS])]
    axes = [_numbers(table, column, rows) for column in (x1, x2)]
    must = any(map(must_be_fitted, axes))
    fill = must or (wishes.fill and not all(map(fills_plane, axes)))
    scale_1, scale_2 = (fitted_scale(values) if fill else IDENTITY for values in axes)
    if fill:
        ranges = [f"{min(values):g} … {max(values):g}" for values in axes]
        notes.append(("upload_filled", {"x1": ranges[0], "x2": ranges[1]}))
    members = [columns[place] for place in label.group]
    labels, names, unit = (*_one_hot(members, rows), 1.0) if members else _labels(table, label, rows, notes)
    if names:
        notes.append(("upload_classes", {"count": len(names), "classes": list(names)}))
    placed = (map(scale_1.placed, axes[0]), map(scale_2.placed, axes[1]))
    return replace(
        found,
        points=tuple(zip(*placed, labels, strict=True)),
        labels_are="classes" if names else "values",
        class_names=names,
        scale=(scale_1, scale_2, Scale(0, unit)),
        may_keep=not must,
        notes=tuple(notes),
    )


def _complete_rows(chosen: Sequence[Column], notes: list[Note]) -> list[int]:
    """Places of the rows that have all three. A one-hot label is whole as its group is."""
    present = [column.missing for column in chosen if not column.group or column is not chosen[2]]
    rows = [row for row, missing in enumerate(zip(*present, strict=True)) if not any(missing)]
    count = len(chosen[0].cells)
    if not rows:
        raise Fault("upload_no_rows", {"count": count})
    if len(rows) < count:
        notes.append(("upload_rows_left_out", {"count": count - len(rows)}))
    return rows


def _numbers(table: Table, column: Column, rows: Sequence[int]) -> list[float]:
    """Raises Fault for a text."""
    values = [column.numbers[row] for row in rows]
    for row, value in zip(rows, values, strict=True):
        if value is None:
            given = shortened(text_of(column.cells[row]))
            raise Fault("upload_not_a_number", {"given": given, "column": column.name, "row": table.rows[row][0]})
    return [value for value in values if value is not None]


def _one_hot(members: Sequence[Column], rows: Sequence[int]) -> tuple[list[float], tuple[str, ...]]:
    """The place of each row's 1, and the names of the members without what all begin with."""
    names = [member.name for member in members]
    shared = len(list(takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))))
    begin = max(names[0].rfind(mark, 0, shared) for mark in "_ .=:-") + 1
    labels = [next(float(place) for place, member in enumerate(members) if member.numbers[row] == 1) for row in rows]
    return labels, tuple(name[begin:] for name in names)


def _labels(
    table: Table, column: Column, rows: Sequence[int], notes: list[Note]
) -> tuple[list[float], tuple[str, ...], float]:
    """The labels, the names of their classes, none where they are values, and the unit of these.

    Classes are texts, or few different whole numbers; other numbers are values. A text among many numbers is a fault.
    """
    numbers = [number for row in rows if (number := column.numbers[row]) is not None]
    distinct = set(numbers)
    few = len(distinct) <= MOST_CLASSES and all(number.is_integer() for number in distinct)
    if len(numbers) == len(rows) and not few:
        return _values(numbers, notes)

    if len(numbers) == len(rows):
        keys = [text_of(number) for number in numbers]
        names = [text_of(number) for number in sorted(distinct)]
    else:
        keys = [text_of(column.cells[row]) for row in rows]
        names = sorted(set(keys))
    if len(names) > MOST_CLASSES:
        if column.numeric:
            _numbers(table, column, rows)
        raise Fault("upload_too_many_classes", {"count": len(names), "limit": MOST_CLASSES})
    if len(names) == 1:
        raise Fault("upload_one_label", {"given": shortened(names[0])})
    class_number = {name: float(number) for number, name in enumerate(names)}
    return [class_number[key] for key in keys], tuple(shortened(name) for name in names), 1.0


def _values(values: list[float], notes: list[Note]) -> tuple[list[float], tuple[str, ...], float]:
    """As they are up to ±1000; else divided by the power of ten that brings them to ±1."""
    low, high = min(values), max(values)
    if low == high:
        raise Fault("upload_one_label", {"given": f"{low:g}"})
    notes.append(("upload_values", {"lowest": f"{low:g}", "highest": f"{high:g}"}))
    largest = max(-low, high)
    if largest <= LARGEST_TARGET:
        return values, (), 1.0
    power = min(math.ceil(math.log10(largest)), 308)  # 10³⁰⁹ is no float
    notes.append(("upload_divided", {"factor": f"1e{power}", "limit": LARGEST_TARGET}))
    return [value / 10**power for value in values], (), 10.0**power
