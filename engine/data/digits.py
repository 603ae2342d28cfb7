"""Digits: images of handwritten digits, the 8×8 ones installed with scikit-learn or the four files of MNIST.

The engine reads no environment variable: the caller names the folder of MNIST in DataSources. Nothing is downloaded.
"""

import gzip
import os
import zlib
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from engine.fault import Fault
from engine.spec.bounds import MOST_PICTURES

Bytes = NDArray[np.uint8]

IMAGES_MAGIC, LABELS_MAGIC = 0x0803, 0x0801
"""The magic numbers of IDX files: unsigned bytes in three dimensions and in one."""
MNIST_SIDE = 28
"""Width and height of an MNIST image in pixels."""
MNIST_PARTS = ("train", "t10k")
PART_WORDS = {"train": ("train",), "t10k": ("t10k", "test")}
"""Of which the names of other copies have one."""
GZIP = b"\x1f\x8b"
MOST_FILES = 500
"""That are looked at: more is a folder of something else."""


@dataclass(frozen=True)
class DataSources:
    """Where files of data that are not installed with the engine are found."""

    mnist_folder: Path | None = None
    """The folder with the four files of MNIST, plain or gzipped, in it or one folder below."""


BUNDLED_ONLY = DataSources()
"""Without MNIST: data sets that are installed with the engine."""


@lru_cache(maxsize=1)
def bundled_digits() -> tuple[Bytes, Bytes]:
    """1,797 pictures (n, 64) of 8×8 pixels from 0 to 16 and their digits (n,). Raises Fault.

    Read from scikit-learn's own file, because importing scikit-learn for it would take most of a second.
    """
    package = find_spec("sklearn")
    if package is None or not package.submodule_search_locations:
        raise Fault("digits_not_installed", {})
    file = Path(package.submodule_search_locations[0]) / "datasets" / "data" / "digits.csv.gz"
    try:
        table = np.loadtxt(file, delimiter=",", dtype=np.uint8)
    except (OSError, EOFError, zlib.error, ValueError) as fault:
        raise Fault("digits_unreadable", {"file": file.name}) from fault
    return _read_only(table[:, :64]), _read_only(table[:, 64])


def enlarged(pictures: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """(n, s²) → (n, side²), by bilinear interpolation between the centers of pixels; beyond the outermost centers
    a pixel keeps its value. As torch.nn.functional.interpolate with mode "bilinear" and align_corners False."""
    before = round(pictures.shape[1] ** 0.5)
    at = np.clip((np.arange(side) + 0.5) * before / side - 0.5, 0, before - 1)
    distance = np.abs(at[:, None] - np.arange(before))
    weights = np.maximum(0, 1 - distance)  # (side, before), rows sum to 1
    large: NDArray[np.float64] = weights @ pictures.reshape(-1, before, before) @ weights.T
    return large.reshape(len(pictures), -1).astype(np.float32)


def mnist_digits(sources: DataSources) -> tuple[Bytes, Bytes]:
    """All pictures (n, 784) of MNIST, pixels from 0 to 255, and their digits (n,). Raises Fault."""
    folder = sources.mnist_folder
    if folder is None:
        raise Fault("mnist_no_folder", {})
    files = [
        _find_file(folder, f"{part}-{what}")
        for part in MNIST_PARTS
        for what in ("images-idx3-ubyte", "labels-idx1-ubyte")
    ]
    return _mnist(tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files))


@lru_cache(maxsize=1)  # 55 MB
def _mnist(files: tuple[tuple[Path, int, int], ...]) -> tuple[Bytes, Bytes]:
    """files: in the order of MNIST_PARTS, images before labels, each with its time and size, so that the cache misses
    where a file has changed."""
    pictures, numbers = [], []
    for (picture_file, *_), (label_file, *_) in zip(files[::2], files[1::2], strict=True):
        pictures.append(_read(picture_file, IMAGES_MAGIC, (MNIST_SIDE, MNIST_SIDE)))
        numbers.append(_read(label_file, LABELS_MAGIC, ()))
        if len(pictures[-1]) != len(numbers[-1]):
            count, labels = len(pictures[-1]), len(numbers[-1])
            raise Fault(
                "mnist_labels_missing",
                {"file": picture_file.name, "count": count, "label_file": label_file.name, "labels": labels},
            )
        if numbers[-1].size and numbers[-1].max() > 9:
            raise Fault("mnist_no_digit", {"file": label_file.name, "label": int(numbers[-1].max())})
    return _read_only(np.concatenate(pictures).reshape(-1, MNIST_SIDE * MNIST_SIDE)), _read_only(
        np.concatenate(numbers)
    )


def _find_file(folder: Path, name: str) -> Path:
    """The file by its original name, plain or gzipped, or with the dot that some copies have, in the folder or one
    below; else the only one that begins as it must and is called of this part. Raises Fault."""
    names = (name, f"{name}.gz", dotted := name.replace("-idx", ".idx"), f"{dotted}.gz")
    files = _files_of(folder)
    for wanted in names:
        for file in files:
            if file.name == wanted:
                return file
    magic = IMAGES_MAGIC if "images" in name else LABELS_MAGIC
    words = PART_WORDS[name.split("-")[0]]
    alike = [file for file in files if any(word in file.name.casefold() for word in words) and _magic(file) == magic]
    if len(alike) == 1:
        return alike[0]
    raise Fault("mnist_no_file", {"file": name})


def _files_of(folder: Path) -> list[Path]:
    """Those in it and in the folders in it, as torchvision and some archives have them."""
    found: list[Path] = []
    try:
        for place in (folder, *sorted(path for path in folder.iterdir() if path.is_dir()), folder / "MNIST" / "raw"):
            with suppress(OSError):
                found += sorted(path for path in place.iterdir() if os.path.isfile(path))
            if len(found) > MOST_FILES:
                break
    except OSError:  # no folder, or one without permission
        pass
    return found[:MOST_FILES]


def _magic(file: Path) -> int | None:
    """What an IDX file begins with; None where it cannot be read."""
    try:
        with _opened(file) as content:
            return int.from_bytes(content.read(4), "big")
    except (OSError, EOFError, zlib.error):
        return None


def _opened(file: Path) -> IO[bytes]:
    """By what it holds, not by its name: browsers unpack files, or leave them packed, as they please."""
    with file.open("rb") as content:
        packed = content.read(len(GZIP)) == GZIP
    return cast("IO[bytes]", gzip.open(file)) if packed else file.open("rb")


def _read(file: Path, magic: int, shape: tuple[int, ...]) -> Bytes:
    """The bytes of one IDX file: (n, *shape). Raises Fault unless every byte is accounted for."""
    header = 8 + 4 * len(shape)
    try:
        with _opened(file) as content:
            start = content.read(header)
            if len(start) < header:
                raise Fault("mnist_header", {"file": file.name, "size": header})
            found, count, *sides = (int(value) for value in np.frombuffer(start, dtype=">u4"))
            if found != magic:
                raise Fault("mnist_magic", {"file": file.name, "given": str(found), "wanted": str(magic)})
            if tuple(sides) != shape:
                pixels = "×".join(map(str, sides))
                raise Fault(
                    "mnist_pixels", {"file": file.name, "given": pixels, "wanted": f"{MNIST_SIDE}×{MNIST_SIDE}"}
                )
            if not 1 <= count <= MOST_PICTURES:
                raise Fault("mnist_entries", {"file": file.name, "count": count, "limit": MOST_PICTURES})
            size = count * int(np.prod(shape, dtype=int))
            body = content.read(size + 1)
    except (OSError, EOFError, zlib.error) as fault:
        raise Fault("mnist_unreadable", {"file": file.name}) from fault
    if len(body) != size:
        if len(body) > size:
            raise Fault("mnist_too_long", {"file": file.name, "size": size})
        raise Fault("mnist_too_short", {"file": file.name, "size": size, "count": len(body)})
    return np.frombuffer(body, dtype=np.uint8).reshape(count, *shape)


def _read_only(array: Bytes) -> Bytes:
    """Contiguous and not writable, because the caches share it."""
    array = np.ascontiguousarray(array)
    array.setflags(write=False)
    return array
