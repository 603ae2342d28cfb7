"""What is kept of a run: a document that is written anew each time, and parts that are written once.

The store knows neither sessions nor the engine: what the numbers mean is said by whoever writes them.
"""

import json
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

DTYPES = ("<i8", "<f4", "<f8")
"""Of the arrays of a part: nothing that could run anything."""

Arrays = Mapping[str, NDArray[Any]]


class Part(NamedTuple):
    """Of a long run thousands are made when it is read: a tuple takes half as long as a frozen dataclass."""

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
    document: Mapping[str, Any]
    added: Mapping[int, Part]
    """By a number that no part of this run had before."""
    dropped: Collection[int]
    is_complete: bool
    """Whether this is all there is: what was kept of the run before is replaced."""


@dataclass(frozen=True)
class SavedRun:
    document: dict[str, Any]
    parts: dict[int, Part]
    """In the order of their numbers."""


def packed(arrays: Arrays) -> tuple[str, bytes]:
    """Name, dtype and shape of each array, as JSON, and the bytes of all of them, one after the other."""
    plain = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    layout = [(name, array.dtype.newbyteorder("<").str, array.shape) for name, array in plain.items()]
    return json.dumps(layout, separators=(",", ":")), b"".join(
        [array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes() for array in plain.values()]
    )


def unpacked(layout: str, data: bytes) -> dict[str, NDArray[Any]]:
    """The arrays; they share the bytes and cannot be written to. Raises ValueError where these do not fit."""
    places, size = _places(layout)
    if size != len(data):
        raise ValueError(f"{len(data)} bytes hold {size} bytes of arrays")
    arrays = {}
    for name, dtype, shape, count, start in places:
        array = np.frombuffer(data, dtype, count, start)
        arrays[name] = array if len(shape) == 1 else array.reshape(shape)
    return arrays


@lru_cache(maxsize=256)  # of a run thousands of parts have the same
def _places(layout: str) -> tuple[list[tuple[str, np.dtype[Any], tuple[int, ...], int, int]], int]:
    """Of each array its name, dtype, shape, how many numbers it has and where in the bytes it begins; and how many
    bytes all of them are."""
    places, start = [], 0
    for name, dtype, shape in json.loads(layout):
        if dtype not in DTYPES:
            raise ValueError(f"{name} is of {dtype}, which is none of {', '.join(DTYPES)}")
        count = math.prod(shape)
        places.append((name, np.dtype(dtype), tuple(shape), count, start))
        start += count * np.dtype(dtype).itemsize
    return places, start
