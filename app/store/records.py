"""What is kept of a run: a document that is written anew each time, and parts that are written once.

The store knows neither sessions nor the engine: what the numbers mean is said by whoever writes them.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DTYPES = ("<i8", "<f4", "<f8")
"""Of the arrays of a part: nothing that could run anything."""

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Part:
    kind: str
    facts: Mapping[str, Any]
    """What JSON can say, and the numbers that are not finite."""
    arrays: Arrays


MakePart = Callable[[], Part]


class PartsToMake(Mapping[int, Part]):
    """Parts by their numbers, each made when it is asked for: by whoever writes them, in the store's thread. Of a long
    run there are thousands."""

    def __init__(self, made: Mapping[int, MakePart]) -> None:
        self._made = made

    def __getitem__(self, number: int) -> Part:
        return self._made[number]()

    def __iter__(self) -> Iterator[int]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


@dataclass(frozen=True)
class Save:
    """What has changed of a run since it was saved before."""

    key: str
    head: Mapping[str, Any]
    added: Mapping[int, Part]
    """By a number that no part of this run had before."""
    dropped: Collection[int]
    whole: bool
    """Whether this is all there is: what was kept of the run before is replaced."""


@dataclass(frozen=True)
class SavedRun:
    head: dict[str, Any]
    parts: dict[int, Part]
    """In the order of their numbers."""


def packed(arrays: Arrays) -> tuple[list[tuple[str, str, list[int]]], bytes]:
    """Name, dtype and shape of each array, and the bytes of all of them, one after the other."""
    plain = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    layout = [(name, array.dtype.newbyteorder("<").str, list(array.shape)) for name, array in plain.items()]
    return layout, b"".join(
        [array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes() for array in plain.values()]
    )


def unpacked(layout: list[tuple[str, str, list[int]]], data: bytes) -> dict[str, NDArray[Any]]:
    """The arrays; they share the bytes and cannot be written to. Raises ValueError where these do not fit."""
    arrays: dict[str, NDArray[Any]] = {}
    start = 0
    for name, dtype, shape in layout:
        if dtype not in DTYPES:
            raise ValueError(f"{name} is of {dtype}, which is none of {', '.join(DTYPES)}")
        arrays[name] = np.frombuffer(data, dtype, math.prod(shape), start).reshape(shape)
        start += arrays[name].nbytes
    if start != len(data):
        raise ValueError(f"{len(data)} bytes hold {start} bytes of arrays")
    return arrays
