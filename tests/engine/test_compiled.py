"""What only the compiled backend has: its own elementary functions, padding, a twin of the shuffle, a cache, no GIL.

That it computes what the others compute is held in `test_parity.py`.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from numba import njit
from numba.core.caching import FunctionCache
from numpy.typing import NDArray

from engine import Spec
from engine.backends import cache, elementary, kernels
from engine.backends.by_hand import ByHand
from engine.backends.compiled import Compiled
from engine.backends.lanes import WIDTH, load, store
from engine.choices import OptimizerName
from engine.network import Array, Network, State
from engine.optimizers import make_optimizer
from engine.seeds import batch_order
from tests.engine.oracle import relative

Doubles = NDArray[np.float64]
ROOT = Path(__file__).parents[2]


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


@pytest.mark.parametrize(
    ("function", "true", "most", "ulps"),
    [
        (elementary.tanh, np.tanh, 1e30, 6),
        (elementary.sigmoid, lambda x: 1 / (1 + np.exp(-x)), 87, 2.5),
        (elementary.softplus, lambda x: np.logaddexp(0, x), 87, 3.5),
        (elementary.exp, np.exp, 87, 1),
    ],
)
def test_elementary_functions_within_ulps(
    function: Callable[..., Any], true: Callable[[Doubles], Doubles], most: float, ulps: float
) -> None:
    """An ulp is the distance between the two float32 around the true value."""
    x = sweep(most)
    wanted = true(x.astype(np.float64))
    errors = np.abs(applied(function, x) - wanted) / np.spacing(np.abs(wanted).astype(np.float32))
    assert errors.max() <= ulps
    assert errors.max() > ulps / 2, "the function is better than it says; say so"


def test_tanh_is_odd_and_stays_within_one() -> None:
    x = np.linspace(7, 9, 1 << 20, dtype=np.float32)  # where rounding might carry it beyond
    y = applied(elementary.tanh, x)
    assert y.max() <= 1
    np.testing.assert_array_equal(applied(elementary.tanh, -x), -y)


@pytest.mark.parametrize("function", [elementary.tanh, elementary.sigmoid, elementary.softplus, elementary.exp])
def test_what_is_not_a_number_stays_so(function: Callable[..., Any]) -> None:
    assert np.isnan(applied(function, np.full(WIDTH, np.nan, dtype=np.float32))).all()


# Arrays of the kernels


def backend_of(
    spec: Spec, sizes: tuple[int, ...] | None = None, samples: int = 50, kind: type[Any] = Compiled
) -> tuple[Any, Network]:
    network = Network.of(spec)
    if sizes:
        network = Network(sizes, (spec.activation,) * (len(sizes) - 2) + ("linear",), spec.loss)
    random = np.random.default_rng(3)
    inputs = random.uniform(-1, 1, (samples, network.sizes[0])).astype(np.float32)
    targets = random.uniform(-1, 1, (samples, network.sizes[-1])).astype(np.float32)
    parameters = (random.normal(size=network.count) / np.sqrt(max(network.sizes))).astype(np.float32)
    backend = kind(spec, network, inputs, targets)
    backend.load(State.start(network, parameters, make_optimizer(spec).start(parameters)))
    return backend, network


@pytest.mark.parametrize("optimizer", get_args(OptimizerName))
def test_padding_stays_zero(optimizer: OptimizerName) -> None:
    spec = Spec(hidden=(5, 3, 1), activation="sigmoid", optimizer=optimizer, l1=0.01, l2=0.1)
    backend, _ = backend_of(spec)
    backend.advance(100)
    padding = np.ones(backend.parameters.size, dtype=np.bool_)
    padding[backend.places] = False
    assert padding.sum() > 20
    assert not backend.parameters[padding].any()
    assert not backend.gradient[padding].any()


@pytest.mark.parametrize("samples", [1, 2, 3, 15, 16, 17, 250, 5000])
@pytest.mark.parametrize(("seed", "epoch"), [(0, 0), (7, 1), (2**31 - 1, 123_456_789)])
def test_order_is_the_twin_of_batch_order(samples: int, seed: int, epoch: int) -> None:
    backend, _ = backend_of(Spec(seed=seed, batch_size=1), samples=samples)
    state = backend.state()
    state.epoch = epoch
    backend.load(state)
    backend.advance(1)
    np.testing.assert_array_equal(backend.order[:samples], batch_order(seed, epoch, samples))


@pytest.mark.parametrize("sizes", [(1000, 100, 10), (784, 33, 17, 10), (1, 1), (7, 32, 1)])
def test_any_size(sizes: tuple[int, ...]) -> None:
    """Sizes no Spec has yet: steps and gradients as by hand."""
    spec = Spec(activation="sigmoid", batch_size=64, l1=0)
    fast, _ = backend_of(spec, sizes, samples=100)
    plain, _ = backend_of(spec, sizes, samples=100, kind=ByHand)
    for backend in (fast, plain):
        backend.advance(5)
    assert relative(fast.state().parameters, plain.state().parameters) < 1e-5
    loss, gradient = fast.loss_and_gradient()
    true_loss, true_gradient = plain.loss_and_gradient()
    assert loss == pytest.approx(true_loss, rel=1e-5)
    assert relative(gradient, true_gradient) < 1e-5


@pytest.mark.parametrize("points", [0, 1, 15, 16, 17, 100])
def test_activations_of_any_number_of_points(points: int) -> None:
    spec = Spec(hidden=(5, 3))
    fast, _ = backend_of(spec)
    plain, _ = backend_of(spec, kind=ByHand)
    inputs = np.random.default_rng(points).uniform(-1, 1, (points, 2)).astype(np.float32)
    for found, true in zip(fast.activations(inputs), plain.activations(inputs), strict=True):
        assert found.shape == true.shape
        assert found.flags.c_contiguous
        np.testing.assert_allclose(found, true, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("optimizer", get_args(OptimizerName))
def test_pace_and_handing_over_change_no_bit(optimizer: OptimizerName) -> None:
    spec = Spec(hidden=(8, 5), optimizer=optimizer, batch_size=7, l2=0.01)
    at_once, _ = backend_of(spec)
    bit_by_bit, _ = backend_of(spec)
    at_once.advance(100)
    for steps in (1, 0, 2, 30, 1, 50, 16):
        bit_by_bit.advance(steps)
        fresh, _ = backend_of(spec)
        fresh.load(bit_by_bit.state())
        bit_by_bit = fresh
    for name, value in vars(at_once.state()).items():
        np.testing.assert_equal(vars(bit_by_bit.state())[name], value)


# Compilation


def test_no_knob_compiles() -> None:
    for spec in (
        Spec(),
        Spec(hidden=(), dataset="plane", batch_size=256),
        Spec(hidden=(32, 1, 8), activation="relu", optimizer="adam", l1=1, loss="bce", batch_size=1, seed=0),
        Spec(hidden=(3,) * 8, activation="sigmoid", optimizer="momentum", learning_rate=10),
        Spec(hidden=(2,), activation="linear", features=("x1_squared", "sin_x1")),
    ):
        backend, network = backend_of(spec)
        backend.advance(3)
        backend.loss_and_gradient()
        backend.activations(np.zeros((1, network.sizes[0]), dtype=np.float32))
    dispatchers: tuple[Any, ...] = (kernels.advance, kernels.whole_gradient, kernels.infer)
    for dispatcher in dispatchers:
        assert len(dispatcher.signatures) == 1


def test_the_gil_is_released() -> None:
    """Steps enough for many seconds, stopped as soon as some are seen; with the GIL held, all of them would be seen."""
    backend, _ = backend_of(Spec(hidden=(8, 8, 8), learning_rate=1e-5))
    backend.advance(1)
    steps = 20_000_000
    training = threading.Thread(target=backend.advance, args=(steps,))
    training.start()
    while backend.counters[kernels.STEP] == 1:
        pass
    backend.counters[kernels.DIVERGED] = 1  # the kernel looks at it before every step
    training.join()
    assert backend.state().step < steps


WARM = """
{before}
from engine.backends import kernels
from engine.backends.compiled import warm
warm()
for kernel in (kernels.advance, kernels.whole_gradient, kernels.infer):
    assert sum(kernel.stats.cache_{outcome}.values()) == 1, kernel.stats
"""
CANNOT_WRITE = """
import tempfile
def refuse(**_): raise OSError
tempfile.TemporaryFile = refuse
"""


def test_cache(tmp_path: Path) -> None:
    """Filled by one process and used by others, also where its folder cannot be written, as in a read-only image."""

    def warm_elsewhere(outcome: str, before: str = "") -> None:
        script = WARM.format(outcome=outcome, before=before)
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
        subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, env=environment)

    warm_elsewhere("misses")
    warm_elsewhere("hits")
    warm_elsewhere("hits", before=CANNOT_WRITE)


def test_cache_looks_at_every_file_of_the_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    backend, _ = backend_of(Spec())
    backend.advance(1)
    kernel: Any = kernels.advance
    key = kernel._cache._index_key(kernel.signatures[0], kernel.targetctx.codegen())
    monkeypatch.setattr(cache, "SOURCES", "of another version")
    assert kernel._cache._index_key(kernel.signatures[0], kernel.targetctx.codegen()) != key


def test_a_full_disk_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(FunctionCache, "save_overload", refuse)
    kernel: Any = kernels.advance
    kernel._cache.save_overload(None, None)
