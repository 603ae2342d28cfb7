"""Parts of the bench `engine` beside its epochs: the price of each choice, of size, of company and of a start."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, get_args

import numpy as np

from engine import Layer, Spec, Trainer
from engine.backends import Backend, make_backend
from engine.nn.network import Network, State
from engine.spec.choices import ActivationName, BackendName, LossName, OptimizerName

ROOT = Path(__file__).parents[2]
ROUNDS = 40
DEAREST = 3.0
"""What a choice may cost, in plain steps of tanh and SGD; Muon excepted."""


def shortest(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds of processor time of each, interleaved; the first round warms up and does not count."""
    times = dict.fromkeys(contestants, np.inf)
    for number in range(rounds + 1):
        for name, work in contestants.items():
            start = time.process_time()
            work()
            if number:
                times[name] = min(times[name], time.process_time() - start)
    return times


def backend_of(spec: Spec, samples: int, name: BackendName = "compiled") -> Backend:
    """A backend on random numbers of the Spec's shape."""
    network = Network.of(spec)
    random = np.random.default_rng(0)
    inputs = random.uniform(-1, 1, (samples, network.sizes[0])).astype(np.float32)
    targets = random.choice([0, 1], (samples, network.sizes[-1])).astype(np.float32)
    if spec.loss == "cross_entropy":
        targets = np.eye(network.sizes[-1], dtype=np.float32)[random.integers(0, network.sizes[-1], samples)]
    parameters = (random.normal(size=network.count) / np.sqrt(max(network.sizes))).astype(np.float32)
    backend = make_backend(name, spec, network, inputs, targets)
    state: State = backend.state()
    state.parameters = parameters
    backend.load(state)
    return backend


# The price of a choice


def choices() -> dict[str, float]:
    """Steps of 2-8-8-8-1, batch 10 of 250, each choice by itself: their time in plain steps, tanh and SGD."""
    hidden = (8, 8, 8)
    plain = Spec(hidden=hidden)
    specs = {"plain": plain}
    specs |= {name: plain.changed(activation=name) for name in get_args(ActivationName)}
    specs |= {name: plain.changed(optimizer=name, pairs=1) for name in get_args(OptimizerName) if name != "perceptron"}
    specs |= {name: plain.changed(loss=name) for name in get_args(LossName)}
    specs |= {
        "dropout": plain.changed(hidden=tuple(Layer(width=8, dropout=0.2) for _ in hidden)),
        "batch norm": plain.changed(hidden=tuple(Layer(width=8, batch_norm=True) for _ in hidden)),
        "residual": plain.changed(hidden=(8, Layer(width=8, residual=True), Layer(width=8, residual=True))),
        "no biases": plain.changed(biases=False),
        "penalties": plain.changed(l1=0.001, l2=0.001),
        "clipping": plain.changed(clip="norm"),
        "cosine": plain.changed(schedule="cosine", warmup_steps=100),
    }
    backends = {name: backend_of(spec, 250) for name, spec in specs.items()}
    times = shortest({name: partial(backend.advance, 500) for name, backend in backends.items()}, ROUNDS)
    return {name: seconds / times["plain"] for name, seconds in times.items()}


# The price of size


def sizes() -> dict[str, dict[str, float]]:
    """Steps a second of `compiled` and of `autograd`, from ten parameters to 235,146."""
    digits: dict[str, Any] = {"hidden": (256, 128), "activation": "relu", "loss": "cross_entropy", "batch_size": 64}
    sums: dict[str, Any] = {"dataset": "random", "random_inputs": 1000, "random_outputs": 10}
    specs = {
        "2-2-1": Spec(hidden=(2,)),
        "2-8-8-1": Spec(hidden=(8, 8)),
        "2-30-30-1": Spec(hidden=(30, 30)),
        "2-100-100-1": Spec(hidden=(100, 100)),
        "64-256-128-10, batch 64": Spec(dataset="digits", **digits),
        "1000-100-10, batch 64": Spec(**sums, hidden=(100,), activation="sigmoid", biases=False, batch_size=64),
        "784-256-128-10, batch 64": Spec(dataset="mnist", **digits),
        "784-256-128-10, batch 10": Spec(dataset="mnist", **{**digits, "batch_size": 10}),
        "784-256-128-10, batch 1": Spec(dataset="mnist", **{**digits, "batch_size": 1}),
        "784-256-128-10, batch 2560": Spec(dataset="mnist", **{**digits, "batch_size": None}),
    }
    figures = {}
    for name, spec in specs.items():
        samples = 2560 if spec.batch_size is None else 10 * spec.batch_size
        compiled, autograd = backend_of(spec, samples), backend_of(spec, samples, "autograd")
        parameters = Network.of(spec).count
        steps = max(1, min(10_000, 20_000_000 // (parameters * min(samples, 64))))
        contestants = {"compiled": partial(compiled.advance, steps), "autograd": partial(autograd.advance, 5)}
        times = shortest(contestants, 10 if spec.batch_size else 4)
        figures[name] = {
            "parameters": parameters,
            "compiled": steps / times["compiled"],
            "autograd": 5 / times["autograd"],
        }
    return figures


def slices() -> dict[str, dict[str, float]]:
    """ms of one step as a Trainer takes it and reads its progress, and of its kernel alone."""
    figures = {}
    for hidden in ((4, 2), (8, 8, 8), (64, 64), (512, 512)):
        spec = Spec().changed(hidden=hidden, optimizer="adam", learning_rate=1e-4)
        trainer, alone = Trainer(spec), Trainer(spec)

        def step(trainer: Trainer = trainer) -> tuple[int, int, int | None]:
            trainer.advance(1)
            return trainer.step, trainer.epoch, trainer.diverged

        contestants: dict[str, Callable[[], object]] = {"slice": step, "kernel": partial(alone._backend.advance, 1)}
        times = shortest(contestants, 200)
        figures["-".join(map(str, (2, *hidden, 1)))] = {name: 1000 * seconds for name, seconds in times.items()}
    return figures


# The price of company


def threads() -> dict[str, float]:
    """Time of day of two Trainers on two threads, in that of one on one."""
    trainers = [Trainer(Spec(hidden=(8, 8, 8), learning_rate=0.001)) for _ in range(2)]
    steps = 100_000

    def together(count: int) -> float:
        workers = [threading.Thread(target=trainer.advance, args=(steps,)) for trainer in trainers[:count]]
        start = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return time.perf_counter() - start

    alone = both = np.inf
    for _ in range(15):
        alone, both = min(alone, together(1)), min(both, together(2))
    return {"alone": alone, "both": both, "ratio": both / alone}


# The price of a start

START = """
import time
import numpy
start = time.process_time()
from engine.backends.compiled.backend import warm
warm()
warmed = time.process_time()
from engine import Spec, Trainer
trainer = Trainer(Spec())
trainer.advance(1)
trainer.snapshot()
used = time.process_time()
trainer = Trainer(Spec(hidden=(8, 8), activation="gelu", optimizer="muon", loss="huber", clip="norm"))
trainer.advance(1)
trainer.snapshot()
print(warmed - start, used - warmed, time.process_time() - used)
"""


def starts() -> dict[str, float]:
    """Seconds until the kernels are there, in a process of its own: compiled, and loaded from the cache.

    Then those of the first Trainer, its first step and picture; and of another with other choices.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}

        def start() -> list[float]:
            done = subprocess.run(
                [sys.executable, "-c", START], check=True, cwd=ROOT, env=environment, capture_output=True, text=True
            )
            return [float(figure) for figure in done.stdout.split()]

        compiled = start()[0]
        loads = np.min([start() for _ in range(3)], axis=0).tolist()
    return {"compiled": compiled, "loaded": loads[0], "first_use": loads[1], "other_choices": loads[2]}


def report(figures: dict[str, Any]) -> None:
    print(f"\neach choice, in plain steps of 2-8-8-8-1 (at most {DEAREST}, muon excepted)")
    prices = [f"{name} {price:.2f}" for name, price in figures["choices"].items()]
    for line in range(0, len(prices), 8):
        print("  " + ", ".join(prices[line : line + 8]))
    print(f"\n{'steps a second':38}{'parameters':>12}{'compiled':>12}{'autograd':>12}{'ratio':>8}")
    for name, size in figures["sizes"].items():
        rates = f"{size['compiled']:12,.0f}{size['autograd']:12,.0f}{size['compiled'] / size['autograd']:8.1f}"
        print(f"{name:38}{size['parameters']:12,}{rates}")
    print(f"\n{'ms a step':38}{'slice':>12}{'kernel':>12}  (at most 1.15 kernels + 0.15)")
    for name, times in figures["slices"].items():
        print(f"{name:38}{times['slice']:12.3f}{times['kernel']:12.3f}")
    print(f"\ntwo Trainers on two threads: {figures['threads']['ratio']:.2f} of the time of one (at most 1.2)")
    starts = figures["starts"]
    print(
        f"kernels compiled in {starts['compiled']:.1f} s once a machine, loaded in {starts['loaded']:.2f} s; "
        f"first use after that {starts['first_use']:.3f} s, other choices {starts['other_choices']:.3f} s"
    )
