"""Memory of the server's process: how much it may use, how much it uses, and which run would be too much.

The limit is the settings', else a share of what the container or the machine has. Where the system does not tell how
much is used, as only Linux does, nothing is refused.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from app.wire.messages import Refusal
from engine.spec.spec import Spec

SHARE = 0.8
"""Of the memory that there is: the rest is for worker processes, what a turn needs for a moment, and the system."""

SMALL = 4_000_000
"""Bytes that a run may always have more: who is already here can go on with any experiment of the plane."""

FLOAT32 = 4

MEGABYTE = 1_000_000


class MemoryBudget:
    def __init__(self, limit: int | None = None, used: Callable[[], int | None] | None = None) -> None:
        """limit: in bytes; None: a share of what there is. used: tells how many are used, or None where it cannot."""
        there = memory_there()
        self.limit = limit if limit is not None else None if there is None else int(SHARE * there)
        self._used = used or resident_bytes
        self._reserved = 0

    @property
    def used(self) -> int | None:
        return self._used()

    @property
    def is_full(self) -> bool:
        return (left := self._left) is not None and left < 0

    @property
    def _left(self) -> int | None:
        used = self.used
        return None if self.limit is None or used is None else self.limit - used - self._reserved

    @contextmanager
    def reserved(self, needed: int) -> Iterator[None]:
        """While so many bytes are being allocated. Raises Refusal where there are not as many left."""
        left = self._left
        if left is not None and needed > max(left, SMALL):
            values = {"needed": needed, "left": max(left, 0), "limit": self.limit or 0}
            raise Refusal("memory_too_full", {name: round(value / MEGABYTE) for name, value in values.items()})
        self._reserved += needed
        try:
            yield
        finally:
            self._reserved -= needed


def data_bytes(spec: Spec) -> int:
    """Of its samples, and of their copies while they are split."""
    return 2 * FLOAT32 * spec.wanted_samples * spec.inputs


def norm_bytes(spec: Spec) -> int:
    """Of a batch that norms need at once: values, slopes, deltas and normed values of all its neurons."""
    units = spec.inputs + sum(layer.width for layer in spec.hidden) + spec.outputs
    return 4 * FLOAT32 * spec.batch_samples * units if any(layer.batch_norm for layer in spec.hidden) else 0


def resident_bytes() -> int | None:
    """Of this process."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return None


def memory_there(root: Path = Path("/")) -> int | None:
    """Of the container, or of the machine where that is less; None where the system tells neither."""
    return min([*_container_limits(root), *_machine_memory(root)], default=None)


def _container_limits(root: Path) -> Iterator[int]:
    """Of the control groups of this process and of those around them, in either version of Linux's control groups."""
    groups = root / "sys" / "fs" / "cgroup"
    with suppress(OSError):
        for line in (root / "proc" / "self" / "cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers == "":
                folder, name = groups, "memory.max"
            elif "memory" in controllers.split(","):
                folder, name = groups / "memory", "memory.limit_in_bytes"
            else:
                continue
            inner = PurePosixPath(path.lstrip("/"))
            for place in (inner, *inner.parents):
                with suppress(OSError, ValueError):  # it may be another container's, or "max"
                    yield int((folder / place / name).read_text())


def _machine_memory(root: Path) -> Iterator[int]:
    with suppress(OSError, ValueError, IndexError):
        lines = (root / "proc" / "meminfo").read_text().splitlines()
        yield next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal:"))
