"""What only the compiled backend has: padding, chunks and groups, twins of random numbers, a cache, no GIL.

Its elementary functions are held in `test_lanes.py`; that it computes what the others compute, in `test_parity.py`.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from numba.core.caching import FunctionCache
from pydantic import ValidationError

from engine import Layer, Spec
from engine.backends.by_hand import ByHand
from engine.backends.compiled import cache, kernels, settings
from engine.backends.compiled.backend import Compiled, warm
from engine.nn.network import Network, State
from engine.nn.optimizers import make_optimizer
from engine.nn.random import batch_order
from engine.spec.choices import OptimizerName
from engine.spec.spec import MOST_NORMED
from tests.parity.oracle import relative

ROOT = Path(__file__).parents[4]


# Arrays of the kernels


def backend_of(spec: Spec, samples: int = 50, kind: type[Any] = Compiled) -> tuple[Any, Network]:
    network = Network.of(spec)
    random = np.random.default_rng(3)
    inputs = random.uniform(-1, 1, (samples, network.sizes[0])).astype(np.float32)
    targets = random.uniform(-1, 1, (samples, network.sizes[-1])).astype(np.float32)
    if spec.loss == "cross_entropy":
        targets = np.eye(network.sizes[-1], dtype=np.float32)[np.arange(samples) % network.sizes[-1]]
    parameters = (random.normal(size=network.count) / np.sqrt(max(network.sizes))).astype(np.float32)
    backend = kind(spec, network, inputs, targets)
    optimizer_state = make_optimizer(spec, network).start(parameters)
    backend.load(State.start(network, parameters, optimizer_state))
    return backend, network


def spec_for(optimizer: OptimizerName, **fields: Any) -> Spec:
    """A Spec that the optimizer goes with."""
    if optimizer == "perceptron":
        fields |= {"hidden": (), "output_activation": "step"}
    return Spec(optimizer=optimizer, **fields)


@pytest.mark.parametrize("optimizer", get_args(OptimizerName))
def test_padding_stays_zero(optimizer: OptimizerName) -> None:
    normed = optimizer != "evolution"
    hidden = (Layer(width=5, batch_norm=normed), Layer(width=5, residual=True), Layer(width=3), Layer(width=1))
    fields = {"hidden": hidden, "activation": "sigmoid", "l1": 0.01, "l2": 0.1, "initial_accumulator": 0.1}
    backend, _ = backend_of(spec_for(optimizer, **fields))
    backend.advance(100)
    parameters = backend.train_state.parameters
    padding = np.ones(parameters.size, dtype=np.bool_)
    padding[backend.index] = False
    assert padding.sum() > 10
    assert not parameters[padding].any()
    assert not backend.gradient[padding].any()


@pytest.mark.parametrize("samples", [1, 2, 3, 15, 16, 17, 250, 5000])
@pytest.mark.parametrize(("seed", "epoch"), [(0, 0), (7, 1), (2**31 - 1, 123_456_789)])
def test_order_is_the_twin_of_batch_order(samples: int, seed: int, epoch: int) -> None:
    backend, _ = backend_of(Spec(seed=seed, batch_size=1), samples=samples)
    state = backend.state()
    state.epoch = epoch
    backend.load(state)
    backend.advance(1)
    np.testing.assert_array_equal(backend.samples.order[:samples], batch_order(seed, epoch, samples))


WIDE = {"dataset": "random", "random_inputs": 9, "random_outputs": 10}
NORMED = (Layer(width=9, batch_norm=True), Layer(width=9, batch_norm=True, residual=True, dropout=0.2))


@pytest.mark.parametrize(
    ("spec", "samples"),
    [
        (Spec(dataset="random", random_inputs=1000, random_outputs=10, hidden=(100,), biases=False), 100),
        (Spec(dataset="mnist", hidden=(33, 17), loss="cross_entropy", batch_size=64), 130),
        (Spec(dataset="digit_pictures", hidden=(7, 32), batch_size=70), 140),
        (Spec(dataset="large_digit_pictures", hidden=(7,), batch_size=70), 140),  # more outputs than inputs
        (Spec(dataset="mnist", hidden=(40, 17), loss="cross_entropy", batch_size=11), 50),  # few samples, wide layers
        (Spec(hidden=(9, 5), batch_size=3), 50),  # few, narrow
        (Spec(features=("x1",), hidden=(), batch_size=1), 50),
        (Spec(hidden=(12, 20), batch_size=None), 4500),  # more than one chunk
        (Spec(**WIDE, hidden=NORMED, batch_size=100), 199),  # several groups of one batch, the last not full
        (Spec(**WIDE, hidden=NORMED, batch_size=33), 100),  # an epoch ends in a batch of one
        (Spec(**WIDE, hidden=(Layer(width=9, residual=True, dropout=0.5),), batch_size=None), 4500),
        (Spec(**WIDE, hidden=(5, 20, 40, 7), optimizer="muon", batch_size=50), 100),
        (Spec(**WIDE, hidden=(5, 6), optimizer="evolution", pairs=3, batch_size=50), 100),
    ],
)
def test_any_size(spec: Spec, samples: int) -> None:
    """Steps and gradients as by hand: whole tiles or not, one group or several, one chunk or several."""
    spec = spec.changed(activation="sigmoid", learning_rate=0.01)
    fast, network = backend_of(spec, samples)
    plain, _ = backend_of(spec, samples, kind=ByHand)
    for backend in (fast, plain):
        backend.advance(5)
    found, true = fast.state(), plain.state()
    for name, values in network.views(true.parameters).items():
        assert relative(network.views(found.parameters)[name], values) < 1e-5, name
    if true.buffers.size:
        assert relative(found.buffers, true.buffers) < 1e-5
    assert (found.samples, found.cursor, found.epoch) == (true.samples, true.cursor, true.epoch)
    assert found.loss_sum == pytest.approx(true.loss_sum, rel=1e-5)
    if true.epoch:
        assert found.epoch_loss == pytest.approx(true.epoch_loss, rel=1e-5)
    loss, gradient = fast.loss_and_gradient()
    true_loss, true_gradient = plain.loss_and_gradient()
    assert loss == pytest.approx(true_loss, rel=1e-5)
    assert relative(gradient, true_gradient) < 1e-5


def test_a_batch_that_norms_need_at_once_has_a_bound() -> None:
    """MNIST in full batches, 70,000 pictures, took 1.2 GB."""
    fields: dict[str, Any] = {"dataset": "mnist", "samples": 70_000, "train_fraction": 0.9, "loss": "cross_entropy"}
    fields["hidden"] = (Layer(width=256, batch_norm=True), 128)
    with pytest.raises(ValidationError, match="samples 63000, units 1178, limit 6000000, batch_size 5093"):
        Spec(**fields, batch_size=None)
    with pytest.raises(ValidationError, match="spec_norm_batch: samples 63000"):
        Spec(**fields, batch_size=5000).changed(batch_size=None)
    Spec(**{**fields, "hidden": (8, 8)}, batch_size=None)  # without a norm a large batch goes by in chunks
    backend, _ = backend_of(Spec(**fields, batch_size=5000), samples=5001)
    buffers = backend.buffers
    size = sum(array.nbytes for array in (buffers.values, buffers.slopes, buffers.deltas, buffers.x_hat))
    assert size <= 16 * MOST_NORMED


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
    dropout = 0 if optimizer == "evolution" else 0.2
    hidden = (8, Layer(width=5, dropout=dropout, batch_norm=dropout > 0), 5)
    spec = spec_for(optimizer, hidden=hidden, batch_size=7, l2=0.01)
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
        Spec(**WIDE, hidden=(*NORMED, 7), activation="gelu", optimizer="muon", batch_size=None, reduction="sum"),
        Spec(hidden=(5,), activation="elu", optimizer="evolution", clip="norm", schedule="cosine", biases=False),
        Spec(hidden=(5,), dataset="digits", loss="cross_entropy", optimizer="rmsprop", centered=True, clip="value"),
    ):
        backend, network = backend_of(spec)
        backend.advance(3)
        backend.loss_and_gradient()
        backend.activations(np.zeros((1, network.sizes[0]), dtype=np.float32))
    dispatchers: tuple[Any, ...] = (kernels.advance, kernels.infer)
    for dispatcher in dispatchers:
        assert len(dispatcher.signatures) == 1


def test_the_gil_is_released() -> None:
    """Steps enough for many seconds, stopped as soon as some are seen; with the GIL held, all of them would be seen."""
    backend, _ = backend_of(Spec(hidden=(8, 8, 8), learning_rate=1e-5))
    backend.advance(1)
    steps = 20_000_000
    training = threading.Thread(target=backend.advance, args=(steps,))
    training.start()
    while backend.train_state.counters[settings.STEP] == 1:
        pass
    backend.train_state.counters[settings.DIVERGED] = 1  # the kernel looks at it before every step
    training.join()
    assert backend.state().step < steps


WARM = """
from engine.backends.compiled import kernels
from engine.backends.compiled.pictures import picture
from engine.backends.compiled.backend import warm
warm()
for kernel in (kernels.advance, kernels.infer, picture.draw):
    assert sum(kernel.stats.cache_hits.values()) == 1, kernel.stats
"""
KERNEL = """
from engine.backends.compiled.cache import cached
@cached
def double(x):
    return 2 * x
"""
DOUBLE = """
import sys, tempfile
def refuse(**_): raise OSError
if {read_only}: tempfile.TemporaryFile = refuse
sys.path.append({folder!r})
from kernel import double
assert double(2) == 4
assert sum(double.stats.cache_{outcome}.values()) == 1, double.stats
"""


def elsewhere(script: str, **environment: str) -> None:
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, env={**os.environ, **environment})


def test_other_processes_find_what_this_one_has_compiled() -> None:
    warm()
    elsewhere(WARM)


def test_a_given_folder_is_filled_and_used_also_where_it_cannot_be_written(tmp_path: Path) -> None:
    """As in a read-only image; with a function that compiles in no time."""
    (tmp_path / "kernel.py").write_text(KERNEL)
    for outcome, read_only in (("misses", False), ("hits", False), ("hits", True)):
        script = DOUBLE.format(outcome=outcome, read_only=read_only, folder=str(tmp_path))
        elsewhere(script, NUMBA_CACHE_DIR=str(tmp_path / "cache"))
    assert list((tmp_path / "cache").rglob("*.nbc"))


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
