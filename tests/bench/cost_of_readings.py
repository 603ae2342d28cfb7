"""What it costs to keep on the way what the page shows: the loss, its sum over the epoch, samples, the last updates.

The kernels twice in a process of its own, as they are and with the functions that keep it replaced before they are
compiled; nothing of it enters the cache. Gradients are no part of it: the update needs them whoever looks.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from engine import Spec
from engine.backends.compiled import cache
from engine.nn.network import Network, State
from engine.training.trainer import Trainer

ROOT = Path(__file__).parents[2]
PAIRS = 400
MOST = 0.10
"""Of the time without."""
SHAPES: dict[str, tuple[tuple[int, ...], int]] = {"2-8-8-8-1": ((8, 8, 8), 200), "2-4-2-1": ((4, 2), 800)}
"""Hidden widths, and epochs of a measurement: some milliseconds."""


def run() -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.cost_of_readings"], check=True, cwd=ROOT, stdout=subprocess.PIPE
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def report(figures: dict[str, Any]) -> None:
    print(f"{'tanh, SGD, batch 10 of 250':38}{'µs an epoch':>13}{'on top':>9}{'quartiles':>18}{'at most':>9}")
    for name, one in figures.items():
        middle = f"{one['quartiles'][0]:.1%} … {one['quartiles'][1]:.1%}"
        print(f"{name:38}{one['epoch']:13.1f}{one['on_top']:9.1%}{middle:>18}{MOST:9.0%}")


def measure() -> dict[str, Any]:
    """on_top: the median of the ratios of two measurements side by side, less 1."""
    keeping, bare = kernels_both_ways()
    figures = {}
    for name, (hidden, epochs) in SHAPES.items():
        spec = Spec(dataset="spiral", samples=500, hidden=hidden)
        trainer = Trainer(spec, backend="by_hand")
        run = (spec, trainer.network, trainer.train_inputs, trainer.train_targets)
        start = State.start(trainer.network, np.concatenate([v.ravel() for v in trainer.parameters().values()]), {})
        with_all, without = keeping.Compiled(*run), bare.Compiled(*run)
        for backend in (with_all, without):
            backend.load(start)
            backend.advance(1000)
        hold_to_the_same_run(with_all.state(), without.state(), Network.of(spec).count)
        steps = epochs * trainer.batches_per_epoch
        ratios, shortest = [], np.inf
        for pair in range(PAIRS):
            times = {}
            for backend in (with_all, without) if pair % 2 else (without, with_all):
                times[backend] = seconds(partial(backend.advance, steps))
            ratios.append(times[with_all] / times[without] - 1)
            shortest = min(shortest, times[with_all])
        low, middle, high = np.percentile(ratios, (25, 50, 75)).tolist()
        figures[name] = {"epoch": 1e6 * shortest / epochs, "on_top": middle, "quartiles": [low, high]}
    return figures


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def hold_to_the_same_run(kept: State, bare: State, count: int) -> None:
    """What is left out is what is kept and nothing else."""
    np.testing.assert_allclose(bare.parameters, kept.parameters, rtol=1e-4, atol=1e-5)
    assert (bare.step, bare.epoch, bare.cursor) == (kept.step, kept.epoch, kept.cursor)
    assert kept.epoch_loss
    assert not bare.epoch_loss
    assert np.count_nonzero(kept.updates) > count / 2
    assert not bare.updates.any()


def kernels_both_ways() -> tuple[ModuleType, ModuleType]:
    """The module of the compiled backend twice; numba looks up what a function calls when it compiles it."""
    numba = import_module("numba")
    cache.cached = lambda function: numba.njit(nogil=True, error_model="numpy", _nrt=False)(function)
    keeping = import_module("engine.backends.compiled.backend")
    for name in ("rules", "muon", "kernels", "backend"):
        del sys.modules[f"engine.backends.compiled.{name}"]
    lanes, settings = (import_module(f"engine.backends.compiled.{name}") for name in ("lanes", "settings"))

    @lanes.inlined  # type: ignore[untyped-decorator]
    def store_update(parameters: Any, _updates: Any, i: Any, decay: Any, change: Any) -> Any:
        lanes.store(parameters, i, decay * lanes.load(parameters, i) - change)

    @lanes.inlined  # type: ignore[untyped-decorator]
    def update_counters(_config: Any, samples: Any, state: Any, count: Any, _copies: Any, _loss: Any) -> Any:
        counters = state.counters
        counters[settings.STEP] += 1
        counters[settings.CURSOR] += count
        if counters[settings.CURSOR] == samples.inputs.shape[0]:
            counters[settings.EPOCH] += 1
            counters[settings.CURSOR] = 0

    @lanes.inlined  # type: ignore[untyped-decorator]
    def total(_part: Any) -> float:
        return 0.0  # of a loss, and nobody then computes its parts

    rules, kernels = (import_module(f"engine.backends.compiled.{name}") for name in ("rules", "kernels"))
    vars(rules).update(store_update=store_update)
    vars(kernels).update(update_counters=update_counters, total=total)
    return keeping, import_module("engine.backends.compiled.backend")


if __name__ == "__main__":
    print(json.dumps(measure()))
