"""What the kernels compute with: elementary functions to the ulp, and the twins of `engine/nn/random.py` to the bit."""

from collections.abc import Callable
from math import erfc, pi, sqrt
from typing import Any

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from engine.backends.compiled import elementary
from engine.backends.compiled import random as kernel_random
from engine.backends.compiled.lanes import WIDTH, inlined, largest, load, numbers, store, store_bytes
from engine.backends.compiled.pictures.picture import half
from engine.nn import random
from engine.nn.network import Array

Doubles = NDArray[np.float64]


# Elementary functions


def applied(function: Callable[..., Any], x: Array) -> Array:
    def apply(x: Any, y: Any) -> None:
        for i in range(0, x.size, WIDTH):
            store(y, i, function(load(x, i)))

    y = np.empty_like(x)
    njit(apply)(x, y)
    return y


def sweep(most: float) -> Array:
    """Every 499th float32 of either sign with 1e-30 ≤ |x| ≤ most, and 0: some millions, in whole Lanes."""
    first, last = np.array([1e-30, most], dtype=np.float32).view(np.uint32).tolist()
    x = np.arange(first, last, 499, dtype=np.uint32).view(np.float32)
    x = np.concatenate([[0], x, [most], -x, [-most]]).astype(np.float32)
    return np.resize(x, -(-x.size // WIDTH) * WIDTH)


@inlined
def normal(x: Any) -> Any:
    return elementary.normal(x)[0]


@inlined
def density(x: Any) -> Any:
    return elementary.normal(x)[1]


@inlined
def exp_minus_1(x: Any) -> Any:
    return elementary.exp_and_minus_1(x)[1]


@inlined
def sigmoid_beside_slope(x: Any) -> Any:
    return elementary.sigmoid_and_slope(x)[0]


@inlined
def slope_of_sigmoid(x: Any) -> Any:
    return elementary.sigmoid_and_slope(x)[1]


def true_normal(x: Doubles) -> Doubles:
    return np.array([erfc(number) / 2 for number in -x / sqrt(2)])


@pytest.mark.parametrize(
    ("function", "true", "least", "most", "ulps"),
    [
        (elementary.tanh, np.tanh, -1e30, 1e30, 6),
        (elementary.sigmoid, lambda x: 1 / (1 + np.exp(-x)), -87, 87, 2.5),
        (sigmoid_beside_slope, lambda x: 1 / (1 + np.exp(-x)), -87, 87, 3),
        (slope_of_sigmoid, lambda x: np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))) ** 2, -86, 86, 4.5),
        (elementary.softplus, lambda x: np.logaddexp(0, x), -87, 87, 3.5),
        (elementary.exp, np.exp, -87, 87, 1),
        (exp_minus_1, np.expm1, -87, 0, 1),
        (elementary.log, np.log, 1e-30, 1e30, 2),
        (normal, true_normal, -12, 12, 4.5),
        (density, lambda x: np.exp(-x * x / 2) / sqrt(2 * pi), -12, 12, 2.1),
    ],
)
def test_elementary_functions_within_ulps(
    function: Callable[..., Any], true: Callable[[Doubles], Doubles], least: float, most: float, ulps: float
) -> None:
    """An ulp is the distance between the two float32 around the true value."""
    x = sweep(max(most, -least))
    x = x[(x >= least) & (x <= most)]
    if function is normal:
        x = x[::8]  # erfc takes one number at a time
    x = np.resize(x, -(-x.size // WIDTH) * WIDTH)
    wanted = true(x.astype(np.float64))
    errors = np.abs(applied(function, x) - wanted) / np.spacing(np.abs(wanted).astype(np.float32))
    assert errors.max() <= ulps
    assert errors.max() > ulps / 2, "the function is better than it says; say so"


def test_log_near_1() -> None:
    """Where it is small itself."""
    x = np.linspace(0.5, 2, 1 << 20, dtype=np.float32)
    wanted = np.log(x.astype(np.float64))
    errors = np.abs(applied(elementary.log, x) - wanted) / np.spacing(np.abs(wanted).astype(np.float32))
    assert errors.max() <= 2


def test_tanh_is_odd_and_stays_within_one() -> None:
    x = np.linspace(7, 9, 1 << 20, dtype=np.float32)  # where rounding might carry it beyond
    y = applied(elementary.tanh, x)
    assert y.max() <= 1
    np.testing.assert_array_equal(applied(elementary.tanh, -x), -y)


@pytest.mark.parametrize(
    "function",
    [elementary.tanh, elementary.sigmoid, elementary.softplus, elementary.exp, exp_minus_1, normal],
)
def test_what_is_not_a_number_stays_so(function: Callable[..., Any]) -> None:
    assert np.isnan(applied(function, np.full(WIDTH, np.nan, dtype=np.float32))).all()


# Bytes and halves of numbers


def test_bytes_are_whole_numbers_of_either_kind() -> None:
    def fill(values: Any, out: Any) -> None:
        for i in range(0, values.size, WIDTH):
            store_bytes(out, i, load(values, i))

    values = np.resize(np.arange(-128, 256), 384).astype(np.float32)
    out = np.empty(len(values), dtype=np.int8)
    njit(fill)(values, out)
    np.testing.assert_array_equal(out, np.where(values < 128, values, values - 256))


def test_the_largest_of_numbers_only() -> None:
    def highest(values: Any) -> Any:
        return largest(numbers(load(values, 0)))

    values = -np.arange(1, WIDTH + 1, dtype=np.float32)
    assert njit(highest)(values) == -1
    values[3] = np.nan
    assert njit(highest)(values) == 0
    values[7] = np.inf
    assert njit(highest)(values) == np.inf


def test_half_rounds_as_numpy_does() -> None:
    def fill(values: Any, bits: Any, out: Any) -> None:
        for i in range(values.size):
            out[i] = half(values[i], bits[i])

    values = np.concatenate([sweep(1), np.float32(2.0**-24) * np.arange(0, 3000, 0.25, dtype=np.float32)])
    values = np.concatenate([values, -values]).astype(np.float32)
    out = np.empty(len(values), dtype=np.uint16)
    njit(fill)(values, values.view(np.int32), out)
    np.testing.assert_array_equal(out, values.astype(np.float16).view(np.uint16))


# Twins of seeds


@pytest.mark.parametrize(("seed", "step", "layer"), [(0, 0, 0), (7, 1, 3), (2**31 - 1, 123_456_789_012, 8)])
@pytest.mark.parametrize("dropout", [0, 0.2, 0.9])
def test_keep_mask_is_the_twin_of_keep_mask(seed: int, step: int, layer: int, dropout: float) -> None:
    def fill(values: Any, width: Any, limit: Any) -> None:
        key = kernel_random.key32(seed, step, layer)
        for row in range(0, values.size // width, WIDTH):
            for column in range(width):
                store(values, row * width + column * WIDTH, kernel_random.keep_mask(row, column, key, limit))

    rows, width = 160, 1000
    values = np.empty(rows * width, dtype=np.float32)
    njit(fill)(values, width, int(dropout * 2**24))
    found = values.reshape(rows // WIDTH, width, WIDTH).transpose(0, 2, 1).reshape(rows, width)
    np.testing.assert_array_equal(found, random.keep_mask(seed, step, layer, rows, width, dropout))


@pytest.mark.parametrize(("seed", "step", "pair"), [(0, 0, 0), (7, 1, 3), (2**31 - 1, 123_456_789_012, 63)])
def test_signs_are_the_twin_of_signs(seed: int, step: int, pair: int) -> None:
    def fill(values: Any, places: Any) -> None:
        for i in range(0, values.size, WIDTH):
            store(values, i, kernel_random.signs(places, i, kernel_random.key32(seed, step, 1000 + pair)))

    places = np.random.default_rng(0).permutation(300_000).astype(np.int32)
    values = np.empty(len(places), dtype=np.float32)
    njit(fill)(values, places)
    np.testing.assert_array_equal(values, random.signs(seed, step, pair, len(places))[places])
