"""Random numbers of a run: one independent named stream per purpose, and the shuffled order of each epoch.

Pure functions: the random state of a run is its seed, its epoch and its position in the epoch.
"""

import numpy as np
from numpy.typing import NDArray

_MASK = 2**64 - 1
_GAMMA = 0x9E3779B97F4A7C15
_MIX_1 = 0xBF58476D1CE4E5B9
_MIX_2 = 0x94D049BB133111EB


def stream(seed: int, purpose: str) -> np.random.Generator:
    """A generator that depends on the seed and the purpose alone: drawing more for one purpose never shifts another."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=tuple(purpose.encode()))))


def batch_order(seed: int, epoch: int, count: int) -> NDArray[np.int64]:
    """The order in which one epoch visits `count` samples, as int64 (count,).

    Fisher–Yates driven by splitmix64 (Steele, Lea and Flood 2014). The state starts from (seed, epoch); for
    i = count−1 … 1 the i-th and the j-th entries are swapped, with j = ((next() >> 32)·(i+1)) >> 32. Specified
    exactly because `engine.backends.compiled.random` has a second implementation that must give the same order.
    """
    order = list(range(count))
    limits = np.arange(count, 1, -1, dtype=np.uint64)  # i + 1 for i = count−1 … 1
    swaps = ((_splitmix64(seed, epoch, len(limits)) >> np.uint64(32)) * limits) >> np.uint64(32)
    for i, j in zip(range(count - 1, 0, -1), swaps.tolist(), strict=True):
        order[i], order[j] = order[j], order[i]
    return np.array(order, dtype=np.int64)


def _splitmix64(seed: int, epoch: int, count: int) -> NDArray[np.uint64]:
    """The first `count` outputs at once: the state grows by gamma for each, so they are independent of one another."""
    start = (seed * _GAMMA + epoch * _MIX_1 + _MIX_2) & _MASK
    steps = np.arange(1, count + 1, dtype=np.uint64)
    z = np.uint64(start) + steps * np.uint64(_GAMMA)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(_MIX_1)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(_MIX_2)
    return np.asarray(z ^ (z >> np.uint64(31)), dtype=np.uint64)


def keep_mask(seed: int, step: int, layer: int, rows: int, width: int, dropout: float) -> NDArray[np.bool_]:
    """The dropout mask of a layer in a training step: (rows, width), True, kept, with probability 1 − dropout.

    `step` counts the steps taken before this one, `rows` are the samples of the batch in their order. A value is kept
    where its hash's upper 24 bits are ≥ dropout·2²⁴. `engine.backends.compiled.random` implements it too.
    """
    row = np.arange(rows, dtype=np.uint32)[:, np.newaxis] * np.uint32(0x9E3779B1)
    column = np.arange(width, dtype=np.uint32) * np.uint32(0x85EBCA77)
    return (_hash32((row + column) ^ key32(seed, step, layer)) >> np.uint32(8)) >= np.uint32(dropout * 2**24)


def signs(seed: int, step: int, pair: int, count: int) -> NDArray[np.float32]:
    """±1 (count,), each with probability 1/2: the direction in which evolution perturbs a pair of copies.

    `step` counts the steps taken before this one. `engine.backends.compiled.random` implements it too.
    """
    index = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1)
    bits = _hash32(index ^ key32(seed, step, 1000 + pair)) >> np.uint32(31)
    return 1 - 2 * bits.astype(np.float32)


def key32(seed: int, step: int, purpose: int) -> np.uint32:
    """The upper half of splitmix64's output for a state made of all three."""
    z = (seed * _GAMMA + step * _MIX_1 + purpose * _MIX_2 + _GAMMA) & _MASK
    z = ((z ^ (z >> 30)) * _MIX_1) & _MASK
    z = ((z ^ (z >> 27)) * _MIX_2) & _MASK
    return np.uint32((z ^ (z >> 31)) >> 32)


def _hash32(x: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """A permutation of 32 bits without visible bias: the constants that Wellons found by search (lowbias32, 2018)."""
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))
