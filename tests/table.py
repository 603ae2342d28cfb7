"""Tables of parameters of which the default run takes a sample; `python3 -m tests --all` takes all of them."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def sampled(table: Iterable[Any], sample: Collection[Any]) -> list[Any]:
    """The table as pytest takes it, what is not of the sample marked long. A tuple is a row of several parameters."""
    rows = list(table)
    assert set(sample) < set(rows), "the sample is no part of the table"
    return [row if row in sample else long(row) for row in rows]


def long(row: Any) -> Any:
    return pytest.param(*(row if isinstance(row, tuple) else (row,)), marks=pytest.mark.long)
