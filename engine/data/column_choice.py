"""Which columns of a table are x1, x2 and the label: those a person names, and the best guess for the others.

Coordinates are known by their names, else they are the first columns of numbers that are neither index nor class. A
label is known by its name, else it is a one-hot group, else a class in the last column or in the first, else the only
class that is written in words; else the last column. Where columns have no names, a few whole numbers in the first one
are a class only if no other column has so few.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.data.columns import COORDINATE_NAMES, LABEL_NAMES, LEAST_COLUMNS, LEAST_COORDINATES, Column
from engine.fault import Fault


@dataclass(frozen=True)
class Wanted:
    """Columns that a person chose, by name or by number from 1; None: the best guess."""

    x1: str | None = None
    x2: str | None = None
    label: str | None = None


def chosen_columns(columns: Sequence[Column], wanted: Wanted) -> tuple[Column, Column, Column]:
    """x1, x2 and label. Raises Fault."""
    if len(columns) < LEAST_COLUMNS:
        raise Fault("upload_too_few_columns", {"count": len(columns)})
    if not columns[0].cells:
        raise Fault("upload_no_rows", {"count": 0})
    x1, x2, label = (_named(columns, name) for name in (wanted.x1, wanted.x2, wanted.label))
    for one, other in ((x1, x2), (x1, label), (x2, label)):
        if one and other and (one is other or (other is label and one.place in label.group)):
            raise Fault("upload_same_column", {"column": one.name})
    free = [column for column in columns if column not in (x1, x2, label)]
    pair = () if x1 or x2 else _pair(free)
    if pair:
        x1, x2 = pair
    if label is None:
        label = _label([column for column in free if column not in pair], LEAST_COORDINATES - bool(x1) - bool(x2))
    rest = [column for column in free if column is not label and column not in pair and column.place not in label.group]
    numeric = sorted((column for column in rest if column.numeric), key=_as_coordinate)[: (not x1) + (not x2)]
    first, second = _filled(x1, x2, sorted(numeric, key=lambda column: column.place), columns)
    return first, second, label


def _filled(
    x1: Column | None, x2: Column | None, guessed: list[Column], columns: Sequence[Column]
) -> tuple[Column, Column]:
    places = [column or (guessed.pop(0) if guessed else None) for column in (x1, x2)]
    first, second = places
    if first is None or second is None:
        raise Fault("upload_no_coordinates", {"columns": [column.name for column in columns]})
    return first, second


def _named(columns: Sequence[Column], wanted: str | None) -> Column | None:
    if wanted is None:
        return None
    by_name = next((column for column in columns if column.name == wanted), None)
    if by_name is None and wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:9]) <= len(columns):
        by_name = columns[int(wanted[:9]) - 1]
    if by_name is None:
        raise Fault("upload_no_such_column", {"given": wanted[:40], "columns": [column.name for column in columns]})
    return by_name


def _pair(free: Sequence[Column]) -> tuple[Column, ...]:
    """Coordinates by their names."""
    named = {column.plain_name: column for column in reversed(free) if any(x is not None for x in column.numbers)}
    return next(((named[a], named[b]) for a, b in COORDINATE_NAMES if a in named and b in named), ())


def _as_coordinate(column: Column) -> tuple[int, int]:
    """The smaller, the likelier."""
    ranks = {"number": 0, "class": 2, "one-hot": 3, "index": 5, "text": 5}
    return ranks[column.kind] + column.constant, column.place


def _label(free: Sequence[Column], coordinates: int) -> Column:
    """The likeliest that leaves as many coordinates as are still to be found."""
    usable = [column for column in free if column.kind not in ("index", "text")]
    numeric = [column for column in free if column.numeric]

    def leaves_enough(column: Column) -> bool:
        return sum(other.place not in (column.group or (column.place,)) for other in numeric) >= coordinates

    classes = [column for column in usable if column.kind == "class" and not column.constant]
    ranked: list[Callable[[Column], bool]] = [
        lambda column: column.kind == "one-hot" and column.place == column.group[0],
        lambda column: column in classes and column is free[-1],
        lambda column: column in classes and column is free[0] and (column.named or len(classes) == 1),
        lambda column: [column] == [each for each in classes if not each.numeric],
        lambda _: True,
    ]
    by_name = {column.plain_name: column for column in reversed(usable)}
    named = [by_name[name] for name in LABEL_NAMES if name in by_name]
    for candidates in (named, *([column for column in reversed(usable) if rule(column)] for rule in ranked)):
        for column in candidates:
            if leaves_enough(column):
                return column
    return free[-1]
