"""What the compiled engine costs, beside an eager torch loop and the other two backends. Side by side, one thread.

Rounds are interleaved, each a little of everybody, and the shortest round counts: what else the machine does only ever
adds time. The clock is the process's own processor time, which for one thread is the time of day on an idle machine.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from engine import Spec, Trainer
from engine.spec.choices import FEATURES, FeatureName
from tests.bench import engine_parts

ROUNDS = 25
MOST_PICTURE_MS = 0.25
PICTURE_ROUNDS = 200


@dataclass(frozen=True)
class SetUp:
    hidden: tuple[int, ...]
    features: tuple[FeatureName, ...] = ("x1", "x2")
    batch_size: int = 10
    points: int = 250  # of training
    optimizer: str = "sgd"
    floor: int = 0  # times faster than torch, at least
    aim: int = 0

    @property
    def name(self) -> str:
        shape = "-".join(map(str, (len(self.features), *self.hidden, 1)))
        return f"{shape}, {self.optimizer}, batch {self.batch_size} of {self.points}"

    @property
    def spec(self) -> Spec:
        """Tanh, spiral; 500 points divided so that so many are for training."""
        fraction = self.points / 500
        return Spec().changed(
            dataset="spiral",
            samples=500,
            train_fraction=fraction,
            features=self.features,
            hidden=self.hidden,
            optimizer=self.optimizer,
            batch_size=self.batch_size,
        )


SET_UPS = (
    SetUp((4, 2), floor=250, aim=400),
    SetUp((8, 8, 8), floor=150, aim=300),
    SetUp((8,) * 6, FEATURES, floor=80, aim=160),
    SetUp((8, 8), batch_size=30, points=450, floor=80, aim=160),
    SetUp((8, 8, 8), optimizer="adam", floor=200, aim=400),
    SetUp((8, 8, 8), optimizer="adamw", floor=200, aim=400),
    SetUp((8, 8, 8), batch_size=1, floor=300, aim=600),
)


def run() -> dict[str, Any]:
    """epochs: µs an epoch of each contestant by setup, with torch's as a multiple of compiled's; pictures and
    snapshots: ms; slices: a picture of one step and what its kernel takes of it, ms.

    The rest is told in `engine_parts`.
    """
    torch.set_num_threads(1)
    epochs = {}
    for set_up in SET_UPS:
        times = epoch_times(set_up)
        goals = {"at_least": set_up.floor, "aim": set_up.aim}
        epochs[set_up.name] = {**times, "ratio": times["torch"] / times["compiled"], **goals}
    return {
        "epochs": epochs,
        "pictures": {set_up.name: picture_times(set_up) for set_up in SET_UPS[:4]},
        "slices": engine_parts.slices(),
        "choices": engine_parts.choices(),
        "sizes": engine_parts.sizes(),
        "threads": engine_parts.threads(),
        "starts": engine_parts.starts(),
    }


def report(figures: dict[str, Any]) -> None:
    heads = f"{'compiled':>10}{'by hand':>10}{'torch':>10}{'torch ÷ compiled':>18}{'at least':>10}{'aim':>7}"
    print(f"{'µs an epoch':38}{heads}")
    for name, epoch in figures["epochs"].items():
        times = "".join(f"{epoch[who]:10,.1f}" for who in ("compiled", "by_hand", "torch"))
        print(f"{name:38}{times}{epoch['ratio']:17,.0f}×{epoch['at_least']:9}×{epoch['aim']:6}×")
    print(
        f"\n{'ms':38}{'picture':>10}{'snapshot':>10}{'ratio':>10}  (8-8-8: a picture in at most {MOST_PICTURE_MS} ms)"
    )
    for name, times in figures["pictures"].items():
        print(f"{name:38}{times['picture']:10.3f}{times['snapshot']:10.3f}{times['ratio']:10.2f}")
    engine_parts.report(figures)


def picture_times(set_up: SetUp) -> dict[str, float]:
    """Shortest ms of a picture, and of a snapshot at 100×100, which holds the same in float32."""
    trainer = Trainer(set_up.spec)
    contestants: dict[str, Callable[[], object]] = {
        "picture": trainer.picture,
        "snapshot": partial(trainer.snapshot, resolution=100),
    }
    times = {name: 1000 * time for name, time in engine_parts.shortest(contestants, PICTURE_ROUNDS).items()}
    return {**times, "ratio": times["picture"] / times["snapshot"]}


def epoch_times(set_up: SetUp) -> dict[str, float]:
    """Shortest µs an epoch, of each."""
    compiled, by_hand = Trainer(set_up.spec, "compiled"), Trainer(set_up.spec, "by_hand")
    steps = compiled.batches_per_epoch
    epoch_of_torch = eager_loop(set_up, compiled)
    contestants: dict[str, tuple[Callable[[], object], int]] = {
        "compiled": (lambda: compiled.advance(100 * steps), 100),
        "by_hand": (lambda: by_hand.advance(steps), 1),
        "torch": (epoch_of_torch, 1),
    }
    shortest = dict.fromkeys(contestants, np.inf)
    for _ in range(ROUNDS + 1):  # the first compiles and allocates, and is never the shortest
        for name, (work, count) in contestants.items():
            shortest[name] = min(shortest[name], 1e6 * seconds(work) / count)
    return shortest


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def eager_loop(set_up: SetUp, trainer: Trainer) -> Callable[[], None]:
    """An epoch as most people would write it: shuffled index, slices, backward, step."""
    sizes = trainer.network.sizes
    layers: list[torch.nn.Module] = []
    for width_in, width_out in pairwise(sizes):
        layers += [torch.nn.Linear(width_in, width_out), torch.nn.Tanh()]
    model = torch.nn.Sequential(*layers)
    loss_of = torch.nn.MSELoss()
    rule = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[set_up.optimizer]
    optimizer = rule(model.parameters(), lr=set_up.spec.learning_rate)
    inputs, targets = torch.from_numpy(trainer.train_inputs), torch.from_numpy(trainer.train_targets)

    def epoch() -> None:
        order = torch.randperm(len(inputs))
        for start in range(0, len(inputs), set_up.batch_size):
            batch = order[start : start + set_up.batch_size]
            optimizer.zero_grad()
            loss_of(model(inputs[batch]), targets[batch]).backward()
            optimizer.step()

    return epoch
