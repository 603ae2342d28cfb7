"""A JSON text as a table: a list of rows or of objects, one such value a line, columns as lists, rows beside targets,
rows by class. Nested lists and objects become columns of their own."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from engine.data.tables import Cell, Table, check_size, make_table, text_of, within_bounds
from engine.fault import Fault
from engine.spec.bounds import MOST_UPLOAD_COLUMNS

DEEPEST = 4
"""Objects and lists inside a row."""
ROWS = ("points", "data", "samples", "rows", "records", "items", "features", "examples", "X", "x", "inputs", "input")
"""Names of a list that is the table, where an object holds it."""
COLUMN_NAMES = ("columns", "feature_names", "header", "names", "fields")
TARGETS = ("target", "targets", "label", "labels", "y", "output", "outputs", "class")
TARGET_NAMES = ("target_names", "class_names", "label_names")

Path = tuple[str, ...]
"""Of a column: names of the objects that it lies in, and its own."""


def json_table(text: str) -> Table:
    """Raises Fault."""
    content = _parsed(text)
    if isinstance(content, dict):
        return _of_object(content)
    if isinstance(content, list):
        return _of_list(content)
    raise Fault("upload_not_points", {})


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_int=float)  # whole numbers too: one of 5,000 figures is infinite, not a fault
    except json.JSONDecodeError as fault:
        found = fault
    except RecursionError:
        raise Fault("upload_not_points", {}) from None
    if found.msg == "Extra data":
        try:
            return [json.loads(line, parse_int=float) for line in text.splitlines() if line.strip()]
        except (json.JSONDecodeError, RecursionError):
            pass
    raise Fault("upload_not_json", {"line": found.lineno, "column": found.colno})


def _of_object(content: dict[str, Any]) -> Table:
    lists = {name: value for name, value in content.items() if isinstance(value, list)}
    names = next((_texts(lists[name]) for name in COLUMN_NAMES if _are_cells(lists.get(name))), [])
    target = next((name for name in TARGETS if name in lists), None)
    rows = next((lists[name] for name in ROWS if _are_rows(lists.get(name))), None)
    if target and rows is not None and (not _are_rows(lists[target]) or _widths(lists[target]) == {1}):
        classes = next((lists[name] for name in TARGET_NAMES if _are_texts(lists.get(name))), [])
        return _with_targets(rows, names, target, lists[target], classes)
    if rows is not None:
        return _of_list(rows, names)
    if lists and len(lists) == len(content):
        by_class = all(_are_rows(value) and _widths(value) == {2} for value in lists.values())
        return _by_class(lists) if by_class and not target else _of_columns(lists)
    columns = [value for value in content.values() if isinstance(value, dict)]
    if columns and len(columns) == len(content):
        return _of_columns_by_row(content)
    only = [value for value in lists.values() if _are_rows(value)]
    if len(only) == 1:
        return _of_list(only[0], names)
    if not lists and content and not columns:
        return _of_list([content])
    raise Fault("upload_not_points", {})


def _are_cells(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str | float) for item in value)


def _texts(values: list[Cell]) -> list[str]:
    return [text_of(value) for value in values]


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)


def _are_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, list | dict) for item in value)


def _widths(rows: list[Any]) -> set[int]:
    return {len(row) for row in rows}


def _with_targets(rows: list[Any], names: list[str], target: str, targets: list[Any], classes: list[str]) -> Table:
    """Rows beside a list of targets, as scikit-learn has them."""
    if len(targets) != len(rows):
        raise Fault("upload_uneven", {"columns": ["data", target], "counts": [str(len(rows)), str(len(targets))]})
    if classes and all(isinstance(value, float) and value in range(len(classes)) for value in targets):
        targets = [classes[int(value)] for value in targets]
    joined = [
        {**row, target: value} if isinstance(row, dict) else [*row, value]
        for row, value in zip(rows, targets, strict=True)
    ]
    width = max(_widths(rows))
    return _of_list(joined, [*(names if len(names) == width else [""] * width), target])


def _by_class(lists: dict[str, list[Any]]) -> Table:
    """Points under the name of their class."""
    return _of_list([[*row, name] for name, rows in lists.items() for row in rows])


def _of_columns(lists: dict[str, list[Any]]) -> Table:
    lengths = {name: len(values) for name, values in lists.items()}
    if len(set(lengths.values())) > 1:
        counts = [str(count) for count in lengths.values()]
        raise Fault("upload_uneven", {"columns": list(lengths), "counts": counts})
    check_size(len(lists), max(lengths.values(), default=0))
    return _of_list([dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)])


def _of_columns_by_row(content: dict[str, dict[str, Any]]) -> Table:
    """{"x": {"0": 1}, "y": {"0": 2}}, or the rows by their names: {"0": {"x": 1, "y": 2}}."""
    inner = Counter(key for value in content.values() for key in value)
    if all(key.isdigit() for key in inner) and not all(key.isdigit() for key in content):
        check_size(len(content), len(inner))
        return _of_list([{name: column.get(row) for name, column in content.items()} for row in inner])
    return _of_list(list(content.values()))


def _of_list(entries: list[Any], names: Sequence[str] = ()) -> Table:
    if entries and all(isinstance(entry, dict) for entry in entries):
        return _of_objects(entries)
    if entries and _are_texts(entries[0]) and len(entries) > 1 and not names:
        names, entries = entries[0], entries[1:]  # names in the first row, unless all rows are texts
    rows = list(within_bounds(_rows(entries)))
    width = max((len(cells) for _, cells in rows), default=0)
    return make_table([*names, *[""] * (width - len(names))], rows)


def _rows(entries: list[Any]) -> Iterator[tuple[int, list[Cell]]]:
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, list):
            raise Fault("upload_not_a_point", {"row": number})
        yield number, [cell for place, item in enumerate(entry, 1) for _, cell in _flat((str(place),), item, DEEPEST)]


def _of_objects(entries: list[dict[str, Any]]) -> Table:
    flat: list[dict[Path, Cell]] = []
    paths: dict[Path, None] = {}
    for number, entry in enumerate(entries, 1):
        cells = {path: cell for name, item in entry.items() for path, cell in _flat((name,), item, DEEPEST)}
        paths.update(dict.fromkeys(cells))
        check_size(len(paths), number)
        flat.append(cells)
    short = [" ".join(path[-2:] if path[-1].isdigit() else path[-1:]) for path in paths]
    alone = Counter(short)
    names = [name if alone[name] == 1 else " ".join(path) for name, path in zip(short, paths, strict=True)]
    rows = [(number, [cells.get(path) for path in paths]) for number, cells in enumerate(flat, 1)]
    return make_table(names, rows, parents=[path[0] if len(path) > 1 else "" for path in paths])


def _flat(path: Path, item: object, depth: int) -> Iterator[tuple[Path, Cell]]:
    """{"at": [1, 2]} has the columns at 1 and at 2, {"at": {"x": 1}} has x; a list of one is what it holds."""
    if isinstance(item, dict | list) and depth == 0:
        yield path, "…"  # deeper nesting is neither a number nor a label
    elif isinstance(item, dict):
        for name, value in item.items():
            yield from _flat((*path, name), value, depth - 1)
    elif isinstance(item, list) and len(item) == 1:
        yield from _flat(path, item[0], depth - 1)
    elif isinstance(item, list):
        for place, value in enumerate(item[: MOST_UPLOAD_COLUMNS + 1], 1):
            yield from _flat((*path, str(place)), value, depth - 1)
    elif isinstance(item, bool):
        yield path, str(item).casefold()
    else:
        yield path, item if item is None or isinstance(item, str | float) else str(item)
