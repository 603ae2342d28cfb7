"""Bench `studies`: whole sweeps on all cores, and what one run of them costs beside an eager torch loop on one; a
hundred seeds, a landscape and a curvature."""

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from app.training_worker.studies import plan
from app.training_worker.study_requests import LuckStudy
from engine import Spec, Trainer
from engine.data.digits import BUNDLED_ONLY
from engine.studies import curvature, landscape, sweep
from engine.studies.luck import Luck, luck_runs
from engine.studies.sweep import map_over_threads
from tests.bench.engine import SetUp, eager_loop

ROUNDS = 3
LOOKS = 10
SEEDS = 100
SEEDS_AT_ONCE = os.cpu_count() or 1
TORCH_EPOCHS = 5
"""Of which the time of a whole run is told: a hundred take seconds."""

ASKED = {"luck": 1.0, "landscape": 0.040, "curvature": 0.010}
"""Seconds."""

RATES = np.geomspace(0.001, 10, 50).tolist()
SCALES = np.geomspace(0.05, 6, 50).tolist()
MOMENTA = np.linspace(0.9, 0.999, 20).tolist()

SWEEPS: dict[str, dict[str, Any]] = {
    "2-4-2-1": {
        "spec": Spec(initializer="normal"), "x": ("learning_rate", RATES), "y": ("init_std", SCALES), "epochs": 100,
        "asked": 2, "loop": SetUp((4, 2)),
    },
    "spiral 2-8-8-8-1, adam": {
        "spec": SetUp((8, 8, 8), optimizer="adam").spec, "x": ("learning_rate", RATES[:20]), "y": ("beta2", MOMENTA),
        "epochs": 200, "asked": 4, "loop": SetUp((8, 8, 8), optimizer="adam"),
    },
}  # fmt: skip


def run() -> dict[str, Any]:
    """By sweep: its runs, the seconds of all of them and those asked for, and how many times as long torch takes. Then
    the seconds of 100 seeds of the default experiment on all cores, of 51 × 51 losses and of λmax of spiral 8-8-8.
    luck_told: what the server says of the first."""
    torch.set_num_threads(1)
    Trainer(Spec()).advance(1)  # compiled before it is timed
    sweeps = {name: figures_of(**given) for name, given in SWEEPS.items()}
    trainer = Trainer(SetUp((8, 8, 8)).spec)
    trainer.advance(100)
    looks: dict[str, Callable[[], Any]] = {
        "luck": lambda: map_over_threads(_of_some_seeds, range(SEEDS_AT_ONCE)),
        "landscape": lambda: landscape(trainer, side=51),
        "curvature": lambda: curvature(trainer, count=1),
    }
    told = plan(LuckStudy(Spec(), SEEDS, 100, "all", None), BUNDLED_ONLY, "compiled", SEEDS_AT_ONCE).seconds
    return {
        "sweeps": sweeps,
        "looks": {name: _shortest(look) for name, look in looks.items()},
        "luck_told": told / SEEDS_AT_ONCE,
    }


def _of_some_seeds(place: int) -> None:
    """Every so many of the starts, from a place on."""
    study = Luck(Spec(), SEEDS)
    for _ in luck_runs(study, study.starts()[place::SEEDS_AT_ONCE]):
        pass


def _shortest(look: Callable[[], Any]) -> float:
    """Seconds of the shortest of some."""
    times = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        look()
        times.append(time.perf_counter() - began)
    return min(times)


def figures_of(spec: Spec, x: Any, y: Any, epochs: int, asked: float, loop: SetUp) -> dict[str, float]:
    runs = len(x[1]) * len(y[1])
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        sweep(spec, x, y, epochs=epochs)
        seconds.append(time.perf_counter() - began)
    epoch = eager_loop(loop, Trainer(loop.spec))
    epoch()
    began = time.perf_counter()
    for _ in range(TORCH_EPOCHS):
        epoch()
    torch_run = (time.perf_counter() - began) / TORCH_EPOCHS * epochs
    return {"runs": runs, "seconds": min(seconds), "asked": asked, "ratio": torch_run * runs / min(seconds)}


def report(figures: dict[str, Any]) -> None:
    for name, one in figures["sweeps"].items():
        took = f"{one['seconds']:.2f} s, asked {one['asked']} s"
        print(f"{name:24} {one['runs']:5} runs in {took}; torch {one['ratio']:.0f} ×")
    for name, seconds in figures["looks"].items():
        print(f"{name:24} {1000 * seconds:.1f} ms, asked {1000 * ASKED[name]:.0f} ms")
    print(f"luck, told beforehand    {1000 * figures['luck_told']:.1f} ms")
