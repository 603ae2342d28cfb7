"""ARFF, the text format of Weka and OpenML, as a table: @attribute lines with the names, then rows after @data."""

import csv
import re

from engine.data.tables import Table, make_table, within_bounds
from engine.fault import Fault

BEGINS = re.compile(r"\s*(%[^\n]*\n\s*)*@(relation|attribute)\b", re.IGNORECASE)
"""Comments, then a declaration."""
ATTRIBUTE = re.compile(r"""@attribute\s+('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S+)""", re.IGNORECASE)


def is_arff(text: str) -> bool:
    return bool(BEGINS.match(text))


def arff_table(text: str) -> Table:
    """Raises Fault."""
    lines = text.splitlines()
    names: list[str] = []
    for number, line in enumerate(lines, 1):
        declaration = line.strip()
        if declaration.casefold().startswith("@data"):
            return make_table(names, list(within_bounds(_rows(lines, number, len(names)))))
        if found := ATTRIBUTE.match(declaration):
            names.append(found[1].strip("'\""))
    raise Fault("upload_not_arff", {"line": len(lines)})


def _rows(lines: list[str], start: int, width: int) -> list[tuple[int, list[str]]]:
    """Those after this line."""
    rows = []
    for number, line in enumerate(lines[start:], start + 1):
        content = line.strip()
        if not content or content.startswith("%"):
            continue
        quote = "'" if "'" in content else '"'
        try:
            cells = next(csv.reader([content], quotechar=quote, skipinitialspace=True, escapechar="\\"))
        except csv.Error:
            cells = []
        if len(cells) != width or content.startswith("{"):  # a sparse row names the places of its numbers
            raise Fault("upload_not_arff", {"line": number})
        rows.append((number, cells))
    return rows
