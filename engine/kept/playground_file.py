"""A kept experiment as a `.playground` file: JSON, with its arrays in base64. Nothing in it can be run."""

import base64
import binascii
import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.tables import shortened
from engine.fault import Fault
from engine.kept import document
from engine.kept.experiment import KeptExperiment

FORMAT = "backprop-playground experiment"
VERSION = 1
DTYPES = ("<f4", "<f8", "<i8")
HEAD = 100  # bytes, in which a file says what it is
LONGEST_START = len(r"\u000")  # characters of a value or an escape that is cut off, at whose start the parser stops


def write(kept: KeptExperiment) -> bytes:
    facts, arrays = document.written(kept)
    content = {
        "format": FORMAT,
        "version": VERSION,
        **facts,
        "arrays": {name: _encoded(values) for name, values in arrays.items()},
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1).encode()


def read(data: bytes) -> KeptExperiment:
    """Raises Fault. Its work grows with the length of the file and no faster."""
    content = _parsed(data)
    if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
        raise Fault("kept_not_ours", {})
    version = content.pop("version", None)
    if type(version) is int and version > VERSION:
        raise Fault("kept_newer", {"given": shortened(str(version)), "known": VERSION})
    if type(version) is not int or version != VERSION:
        raise Fault("kept_damaged", {"what": "version"})
    given = content.pop("arrays", None)
    if not isinstance(given, dict):
        raise Fault("kept_damaged", {"what": "arrays"})
    arrays = {name: _decoded(name, value) for name, value in given.items()}
    return document.read(content, arrays)


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _unreadable(data, error) from None


def _unreadable(data: bytes, error: Exception) -> Fault:
    """Cut short is what begins as such a file and breaks off at its end, as after a download that was stopped."""
    if FORMAT.encode() not in data[:HEAD]:
        return Fault("kept_not_ours", {})
    match error:
        case json.JSONDecodeError(msg=why, doc=text, pos=at, lineno=line):
            at_its_end = len(text.rstrip()) - at <= LONGEST_START and not why.startswith("Extra data")
            is_cut = at_its_end or why.startswith("Unterminated string")
        case UnicodeDecodeError(start=at, reason=why):
            line = data.count(b"\n", 0, at) + 1
            is_cut = why == "unexpected end of data"
        case _:
            return Fault("kept_not_ours", {})
    return Fault("kept_cut_short", {}) if is_cut else Fault("kept_damaged", {"what": f"line {line}"})


def _refuse_constant(name: str) -> None:
    """NaN and the infinities, which JSON does not have."""
    raise ValueError(name)


def _encoded(values: NDArray[Any]) -> dict[str, Any]:
    dtype = values.dtype.newbyteorder("<").str
    data = base64.b64encode(np.ascontiguousarray(values).astype(dtype).tobytes()).decode()
    return {"dtype": dtype, "shape": list(values.shape), "base64": data}


def _decoded(name: str, given: object) -> NDArray[Any]:
    """Raises Fault. The shape is compared with the bytes that are there before anything is made of it."""
    match given:
        case {"dtype": str(dtype), "shape": [*shape], "base64": str(text)} if (
            dtype in DTYPES and 1 <= len(shape) <= 2 and all(_is_size(size) for size in shape)
        ):
            try:
                values = np.frombuffer(base64.b64decode(text, validate=True), dtype)
            except (binascii.Error, ValueError):
                raise _damaged(name) from None
            if math.prod(shape) != len(values):
                raise _damaged(name)
            return values.reshape(shape)
    raise _damaged(name)


def _is_size(size: object) -> bool:
    return type(size) is int and 0 <= size <= 2**40


def _damaged(name: str) -> Fault:
    return Fault("kept_damaged", {"what": shortened(f"arrays.{name}")})
