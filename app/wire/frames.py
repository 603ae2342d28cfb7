"""Picture ⇄ frame bytes, wire version 3. Pure: no clock, no socket. `static/js/wire/frames.js` reads the same bytes.

What all frames of a revision have in common is said once, in the message `layout` (`layout_message`): names, shapes,
kinds and offsets of the sections, see `engine.nn.picture_layout`. A frame is numbers, little-endian:

     0  uint32   version, revision, frame
    12  uint32   flags: bits 0 to 7 are 0 or, counted from 1, the rule of `stop_rules` that ended the run
    16  float64  step, epoch
    32  float32  train_loss, test_loss, train_accuracy, test_accuracy    an accuracy that is NaN: none
    48  float64  samples, learning_rate
    64  float32  penalty, epoch_loss (NaN: none), steps_per_second
    76  uint32   bytes of the grids as they are sent
    80  uint32   bytes of the focus as it is sent; 0: none, and what follows is 0, too
    84  uint16   its layer and neuron
    88  uint32   its cells per side
    92  float32  its scale, the largest |value|
    96           the raw sections, `raw_bytes` of the layout; the grids; the focus

Grids and focus are zlib streams. In a stream each grid is the difference of differences, modulo 256:
d[i, j] = q[i, j] − q[i, j−1] − q[i−1, j] + q[i−1, j−1], where what lies outside is 0. value = q / 127 · scale.
"""

import math
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, get_args

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from engine.nn.network import Array
from engine.nn.picture_layout import picture_layout
from engine.spec.spec import Spec
from engine.training.picture import Picture
from engine.training.stopping import StopReason

VERSION = 3

MOST_BYTES = 32_000
"""Of any frame. The layout keeps what is in every frame below it; a focus gets coarser where it would pass it."""

HEADER = struct.Struct("<IIIIddffffddfffIIHHIf")
FOCUS = struct.Struct("<IHHIf")
"""The end of the header."""
FOCUS_OFFSET = HEADER.size - FOCUS.size

STOP_RULES: tuple[StopReason, ...] = get_args(StopReason)

LARGEST_FLOAT32 = float(np.finfo(np.float32).max)

Focus = tuple[int, int]
"""A neuron: linear layer counted from 0, neuron."""

Layout = Mapping[str, Any]
"""The message `layout`."""


def layout_message(spec: Spec, revision: int) -> dict[str, Any]:
    """What a frame of this revision holds, and where. Sent once, before the first of them."""
    layout = picture_layout(spec)
    return {
        "type": "layout",
        "version": VERSION,
        "revision": revision,
        "header_bytes": HEADER.size,
        "raw_bytes": layout.raw_bytes,
        "bytes": layout.size,
        "packing": "deflate",
        "sizes": layout.sizes,
        "drawn": layout.drawn,
        "tensors": layout.tensors,
        "maps": layout.maps_of,
        "threshold": spec.threshold if "boundary" in layout else None,
        "stop_rules": STOP_RULES,
        "sections": [section._asdict() for section in layout.sections],
    }


def encode_frame(picture: Picture, *, revision: int, frame: int, steps_per_second: float) -> bytes:
    """The frame without a focus."""
    layout, readings, data = picture.layout, picture.readings, picture.data
    grids = _packed(data[layout.raw_bytes :], layout.grids)
    header = HEADER.pack(
        VERSION,
        revision,
        frame,
        0 if readings.stopped is None else 1 + STOP_RULES.index(readings.stopped),
        readings.step,
        readings.epoch,
        _float32(readings.train_loss),
        _float32(readings.test_loss),
        _float32(readings.train_accuracy),
        _float32(readings.test_accuracy),
        readings.samples,
        readings.learning_rate,
        _float32(readings.penalty),
        _float32(readings.epoch_loss),
        _float32(steps_per_second),
        len(grids),
        *(0, 0, 0, 0, 0.0),
    )
    return b"".join((header, data[: layout.raw_bytes].data, grids))


def with_focus(frame: bytes, focus: Focus, scale: float, values: NDArray[np.int8]) -> bytes:
    """The same frame with a neuron's map (side, side) at full resolution or, where that passes MOST_BYTES, with every
    second cell a side of it, or every fourth."""
    layer, neuron = focus
    for every in (1, 2, 4):
        cells = values[::every, ::every].view(np.uint8)
        packed = _packed(cells.ravel(), [(1, len(cells))])
        if len(frame) + len(packed) <= MOST_BYTES:
            break
    part = FOCUS.pack(len(packed), layer, neuron, len(cells), scale)
    return b"".join((frame[:FOCUS_OFFSET], part, frame[HEADER.size :], packed))


def decode_frame(data: bytes, layout: Layout | None) -> dict[str, Any]:
    """What a frame holds, by the message `layout` of its revision. Raises ValueError for a frame of another version,
    for one without its layout or with that of another revision, and for one cut short.

    revision, frame, step, epoch, samples: int; stopped: None or the stop rule that ended the run
    train_loss, test_loss, train_accuracy, test_accuracy, epoch_loss, learning_rate, penalty, steps_per_second
    sizes, drawn, tensors: as the layout has them
    parameters, gradients and updates by name; gradient_norms, a tuple
    boundary (side, side), the winning classes where there are three or more, or None; threshold beside it, or None
    classes None or {side, winners (side, side), strength (side, side) from 0 to 1}
    maps None or a list of (drawn neurons, side, side), one per layer; weights None or (drawn neurons, side, side)
    ranges None or a list of (drawn neurons, 2), one per layer that has maps or weights: least and largest value
    focus None or {layer, neuron, side, scale, values (side, side)}
    """
    frame = _decoded_header(data, layout)
    assert layout is not None
    sections = _sections(data, layout, frame.pop("grids_bytes"))
    frame["gradient_norms"] = tuple(sections["gradient_norms"].tolist())
    for name in ("parameters", "gradients", "updates"):
        frame[name] = _named(sections[name], sections.get(f"{name}_scales"), layout["tensors"])
    frame |= {"boundary": None, "threshold": layout["threshold"], "classes": None}
    if "boundary" in sections:
        frame["boundary"] = _values(sections["boundary"], sections["boundary_scale"])
    if "classes" in sections:
        winners, strength = sections["classes"] >> 5, (sections["classes"] & 31) / np.float32(31)
        frame["classes"] = {"side": len(winners), "winners": winners, "strength": strength}
        frame["boundary"] = winners.astype(np.float32)
    frame |= {"maps": None, "weights": None, "ranges": None}
    if layout["maps"] is not None:
        maps = _values(sections["maps"], sections["map_scales"][:, None, None])
        widths = [len(column) for column in layout["drawn"] or map(range, layout["sizes"])][1:]
        ends = list(accumulate(widths if layout["maps"] == "plane" else widths[:1]))[:-1]
        frame["ranges"] = np.split(sections["map_ranges"], ends)
        frame |= {"maps": np.split(maps, ends)} if layout["maps"] == "plane" else {"weights": maps}
    return frame


def _decoded_header(data: bytes, layout: Layout | None) -> dict[str, Any]:
    """The readings and the focus."""
    version, revision = struct.unpack_from("<II", data) if len(data) >= HEADER.size else (None, None)
    if version is None:
        raise ValueError(f"a frame has {HEADER.size} bytes at least, and this one {len(data)}")
    if version != VERSION:
        raise ValueError(f"this frame is of version {version} and this program reads version {VERSION}")
    if layout is None:
        raise ValueError(f"this frame is of revision {revision}, whose message “layout” is missing; it comes before it")
    if layout["revision"] != revision:
        raise ValueError(f"this frame is of revision {revision} and the layout of revision {layout['revision']}")
    (
        _, _, number, flags, step, epoch, train_loss, test_loss, train_accuracy, test_accuracy, samples, learning_rate,
        penalty, epoch_loss, steps_per_second, grids_bytes, focus_bytes, layer, neuron, side, scale,
    ) = HEADER.unpack_from(data)  # fmt: skip
    if len(data) != HEADER.size + layout["raw_bytes"] + grids_bytes + focus_bytes:
        raise ValueError(f"this frame has {len(data)} bytes, which is not what its header says")
    focus = None
    if focus_bytes:
        (cells,) = _unpacked(data[len(data) - focus_bytes :], [(side, side)])
        values = _values(cells[0].view(np.int8), np.float32(scale))
        focus = {"layer": layer, "neuron": neuron, "side": side, "scale": scale, "values": values}
    return {
        "version": version,
        "revision": revision,
        "frame": number,
        "step": int(step),
        "epoch": int(epoch),
        "samples": int(samples),
        "steps_per_second": steps_per_second,
        "learning_rate": learning_rate,
        "penalty": penalty,
        "train_loss": train_loss,
        "test_loss": test_loss,
        "train_accuracy": _known(train_accuracy),
        "test_accuracy": _known(test_accuracy),
        "epoch_loss": _known(epoch_loss),
        "stopped": layout["stop_rules"][flags % 256 - 1] if flags % 256 else None,
        "sizes": tuple(layout["sizes"]),
        "drawn": layout["drawn"],
        "tensors": layout["tensors"],
        "focus": focus,
        "grids_bytes": grids_bytes,
    }


def _sections(data: bytes, layout: Layout, grids_bytes: int) -> dict[str, NDArray[Any]]:
    """Every section by its name, in its shape."""
    raw_bytes, first_grid = layout["raw_bytes"], HEADER.size + layout["raw_bytes"]
    sections = {
        one["name"]: np.frombuffer(data, one["kind"], math.prod(one["shape"]), HEADER.size + one["offset"]).reshape(
            one["shape"]
        )
        for one in layout["sections"]
        if one["offset"] < raw_bytes
    }
    packed = [one for one in layout["sections"] if one["offset"] >= raw_bytes]
    if packed:
        grids = _unpacked(data[first_grid : first_grid + grids_bytes], [one["shape"] for one in packed])
        for one, cells in zip(packed, grids, strict=True):
            sections[one["name"]] = cells.view(one["kind"]).reshape(one["shape"])
    return sections


def _packed(cells: NDArray[np.uint8], grids: Sequence[tuple[int, int]]) -> bytes:
    """Grids, so many of so many cells a side, one after the other: as differences of differences in a zlib stream."""
    if not cells.size:
        return b""
    along = cells.copy()
    along[1:] -= cells[:-1]  # all at once, then the first columns: NumPy is slow with short rows
    differences = np.empty_like(cells)
    start = 0
    for count, side in grids:
        end = start + count * side**2
        source, target = along[start:end], differences[start:end]
        source[::side] = cells[start:end:side]
        np.subtract(source[side:], source[:-side], out=target[side:])
        target.reshape(count, -1)[:, :side] = source.reshape(count, -1)[:, :side]
        start = end
    return isal_zlib.compress(differences, 1)


def _unpacked(data: bytes, shapes: Iterable[tuple[int, ...]]) -> list[NDArray[np.uint8]]:
    """Each (n, side, side), n of a shape without it 1."""
    shapes = list(shapes)
    try:
        differences = np.frombuffer(zlib.decompress(data), np.uint8)
    except zlib.error as problem:
        raise ValueError(f"the grids of this frame cannot be unpacked: {problem}") from None
    ends = [0, *accumulate(math.prod(shape) for shape in shapes)]
    if len(differences) != ends[-1]:
        raise ValueError(f"the grids of this frame have {ends[-1]} cells, and {len(differences)} came")
    return [
        np.cumsum(
            np.cumsum(differences[first:last].reshape(-1, *shape[-2:]), axis=1, dtype=np.uint8), axis=2, dtype=np.uint8
        )
        for shape, (first, last) in zip(shapes, pairwise(ends), strict=True)
    ]


def _float32(value: float | None) -> float:
    """As a float32 can hold it; NaN for none."""
    if value is None:
        return math.nan
    return max(-LARGEST_FLOAT32, min(value, LARGEST_FLOAT32)) if math.isfinite(value) else value


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _values(levels: NDArray[np.int8], scales: Array | np.float32) -> Array:
    values = levels * (np.float64(scales) / 127)  # as JavaScript: the threshold is exact
    return values.astype(np.float32)


def _named(flat: NDArray[Any], scales: Array | None, tensors: Iterable[tuple[str, list[int]]]) -> dict[str, Array]:
    """scales: of halves, the largest |value| of each tensor."""
    tensors = list(tensors)
    ends = list(accumulate(math.prod(shape) for _, shape in tensors))
    parts = np.split(flat, ends[:-1])
    named = {name: part.reshape(shape) for (name, shape), part in zip(tensors, parts, strict=True)}
    if scales is None:
        return named
    return {name: part.astype(np.float32) * scale for (name, part), scale in zip(named.items(), scales, strict=True)}
