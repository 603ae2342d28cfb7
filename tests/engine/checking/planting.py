"""Random experiments, and faults planted into a step of the compiled backend, to measure what the check sees.

python3 -m tests.engine.checking.planting faults 60      # checks for each fault
python3 -m tests.engine.checking.planting healthy 20000  # steps without a fault
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, get_args

import numpy as np
from pydantic import ValidationError

from engine import Spec, Trainer
from engine.backends.compiled.backend import Compiled
from engine.checking.against_backend import backend_step
from engine.checking.check import CheckResult, check
from engine.checking.comparison import SMALLEST, Comparison, Silence
from engine.checking.step_pair import StepPair
from engine.nn.network import State
from engine.spec.choices import (
    ActivationName,
    ClipName,
    InitializerName,
    LossName,
    OptimizerName,
    ScheduleName,
)

Plant = Callable[[State, State, np.random.Generator], None]
"""Changes the second State, which is that after a step from the first."""

DATASETS = ("circle", "xor", "gauss", "spiral", "moons", "blobs", "plane", "multi_gauss", "arithmetic", "sine")


def random_spec(random: np.random.Generator, **fields: Any) -> Spec:
    """Any activation, loss, rule, kind of layer, penalty, clipping and schedule, in a small network."""
    while True:
        try:
            return Spec().changed(**{**_random_fields(random), **fields})
        except ValidationError:
            continue


def _random_fields(random: np.random.Generator) -> dict[str, Any]:
    def one_of(choices: Any) -> Any:
        return choices[int(random.integers(len(choices)))]

    def now_and_then(value: Any, otherwise: Any) -> Any:
        return value if random.random() < 0.25 else otherwise

    def power(low: float, high: float) -> float:
        return float(10 ** random.uniform(low, high))

    optimizer = one_of(get_args(OptimizerName))
    hidden = [
        {
            "width": int(random.integers(1, 9)),
            "activation": now_and_then(one_of(get_args(ActivationName)), None),
            "dropout": now_and_then(float(random.uniform(0.05, 0.6)), 0),
            "batch_norm": now_and_then(True, False),
            "residual": now_and_then(True, False),
        }
        for _ in range(int(random.integers(0, 4)))
    ]
    perceptron = {"hidden": [], "loss": "mse", "output_activation": "step", "dataset": one_of(("gauss", "circle"))}
    return {
        "dataset": one_of(DATASETS),
        "samples": int(random.integers(20, 200)),
        "noise": float(random.uniform(0, 50)),
        "seed": int(random.integers(2**31)),
        "hidden": hidden,
        "activation": one_of(get_args(ActivationName)),
        "initializer": now_and_then(one_of(get_args(InitializerName)), "pytorch"),
        "biases": not now_and_then(True, False),
        "loss": one_of(get_args(LossName)),
        "reduction": now_and_then("sum", "mean"),
        "optimizer": optimizer,
        "learning_rate": power(-4, -0.5),
        "batch_size": one_of((None, 1, 2, 3, 5, 10, 17, 32)),
        "l1": now_and_then(power(-4, -1), 0),
        "l2": now_and_then(power(-4, -1), 0),
        "weight_decay": now_and_then(power(-3, 0), None),
        "momentum": now_and_then(0.5, 0.9),
        "dampening": now_and_then(0.3, 0),
        "alpha": now_and_then(0.9, 0.99),
        "centered": now_and_then(True, False),
        "rate_decay": now_and_then(0.01, 0),
        "initial_accumulator": now_and_then(0.1, 0),
        "beta1": now_and_then(0.5, 0.9),
        "beta2": now_and_then(0.9, 0.999),
        "epsilon": now_and_then(power(-10, -2), 1e-8),
        "amsgrad": now_and_then(True, False),
        "nesterov": not now_and_then(True, False),
        "clip": now_and_then(one_of(get_args(ClipName)), "none"),
        "clip_limit": power(-3, 1),
        "schedule": now_and_then(one_of(get_args(ScheduleName)), "constant"),
        "schedule_steps": int(random.integers(5, 500)),
        "warmup_steps": now_and_then(int(random.integers(1, 300)), 0),
        **(perceptron if optimizer == "perceptron" else {}),
    }


def checked(trainer: Trainer) -> CheckResult | None:
    state = trainer.checkpoint().state
    run = (trainer.spec, trainer.network, state, trainer.train_inputs, trainer.train_targets)
    return check(*run, None, backend_step(trainer.backend, *run))


@contextmanager
def planted(plant: Plant, random: np.random.Generator) -> Iterator[list[bool]]:
    """Every step of the compiled backend is wrong. Gives whether each has changed a number."""
    right, changed = Compiled.advance, list[bool]()

    def wrong(self: Compiled, steps: int) -> None:
        before = self.state()
        right(self, steps)
        after = self.state()
        sound = _numbers(after)
        plant(before, after, random)
        changed.append(bool(np.any(np.abs(_numbers(after) - sound) > SMALLEST)))
        self.load(after)

    Compiled.advance = wrong  # type: ignore[method-assign]
    try:
        yield changed
    finally:
        Compiled.advance = right  # type: ignore[method-assign]


def _numbers(state: State) -> np.ndarray[Any, np.dtype[np.float64]]:
    losses = (state.loss_sum, state.epoch_loss or 0)
    arrays = (state.parameters, state.updates, state.buffers, *state.optimizer_state.values())
    return np.concatenate([*arrays, (state.step, state.optimizer_steps, state.samples), losses], dtype=np.float64)


# Faults


def whole_update(times: float) -> Plant:
    def plant(before: State, after: State, _random: np.random.Generator) -> None:
        _set(before, after, times * (after.parameters.astype(np.float64) - before.parameters))

    return plant


def one_entry(times: float) -> Plant:
    """Of those that moved, so that there is an update to be wrong."""

    def plant(before: State, after: State, random: np.random.Generator) -> None:
        change = after.parameters.astype(np.float64) - before.parameters
        moved = np.flatnonzero(change)
        if moved.size:
            change[random.choice(moved)] *= times
            _set(before, after, change)

    return plant


def _set(before: State, after: State, change: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    after.parameters = (before.parameters + change).astype(np.float32)
    after.updates = after.parameters - before.parameters


def memory_not_stored(before: State, after: State, _random: np.random.Generator) -> None:
    after.optimizer_state = {name: values.copy() for name, values in before.optimizer_state.items()}


def memory_times(times: float) -> Plant:
    def plant(_before: State, after: State, _random: np.random.Generator) -> None:
        after.optimizer_state = {
            name: (times * values).astype(np.float32) for name, values in after.optimizer_state.items()
        }

    return plant


def statistics_doubled(_before: State, after: State, _random: np.random.Generator) -> None:
    after.buffers = 2 * after.buffers


def statistics_not_moved(before: State, after: State, _random: np.random.Generator) -> None:
    after.buffers = before.buffers.copy()


def not_counted(counter: str) -> Plant:
    def plant(before: State, after: State, _random: np.random.Generator) -> None:
        setattr(after, counter, getattr(before, counter))

    return plant


def loss_times(times: float) -> Plant:
    def plant(before: State, after: State, _random: np.random.Generator) -> None:
        if after.epoch > before.epoch:
            after.epoch_loss = (after.epoch_loss or 0) * times
        else:
            after.loss_sum = before.loss_sum + times * (after.loss_sum - before.loss_sum)

    return plant


FAULTS: dict[str, Plant] = {
    "whole update, 10 % too large": whole_update(1.1),
    "whole update, 1 % too large": whole_update(1.01),
    "whole update, 0.1 % too large": whole_update(1.001),
    "one entry's update, 10 % too large": one_entry(1.1),
    "one entry's update, 1 % too large": one_entry(1.01),
    "one entry's update, 0.1 % too large": one_entry(1.001),
    "memory never stored": memory_not_stored,
    "memory × 1.1": memory_times(1.1),
    "memory × 1.01": memory_times(1.01),
    "running statistics × 2": statistics_doubled,
    "running statistics never moved": statistics_not_moved,
    "a step not counted": not_counted("step"),
    "a step of the rule not counted": not_counted("optimizer_steps"),
    "loss 1 % too large": loss_times(1.01),
}

NEEDS: dict[str, dict[str, Any]] = {"running": {"hidden": [{"width": 5, "batch_norm": True}, {"width": 4}]}}
MEMORY = tuple(name for name in get_args(OptimizerName) if name not in ("sgd", "perceptron", "evolution"))


def run_for(fault: str, random: np.random.Generator) -> Trainer:
    """A run at some step, in which the fault has its place."""
    while True:
        fields: dict[str, Any] = dict(NEEDS.get(fault.split()[0], {}))
        if fields:
            fields |= {"optimizer": str(random.choice(("sgd", *MEMORY))), "batch_size": int(random.integers(2, 20))}
        if fault.startswith("memory"):
            fields["optimizer"] = str(random.choice(MEMORY))
        trainer = Trainer(random_spec(random, **fields), backend="compiled")
        trainer.advance(int(random.choice((0, 1, 3, 20, 200, 1000))))
        if trainer.diverged is None:
            return trainer


def measure(fault: str, checks: int, seed: int = 0) -> tuple[Counter[str], list[tuple[Spec, int]]]:
    """What the check said in so many checks where the fault has changed a number; and where it was not seen."""
    random, said, missed = np.random.default_rng(seed), Counter[str](), list[tuple[Spec, int]]()
    while said.total() < checks:
        trainer = run_for(fault, random)
        with planted(FAULTS[fault], random) as changed:
            result = checked(trainer)
        if result is None or not any(changed[:1]):
            continue
        said[_said(result)] += 1
        if result.passed:
            missed.append((trainer.spec, trainer.step))
    return said, missed


SYMMETRIC = {"dataset": "xor", "activation": "gelu", "batch_size": None, "optimizer": "rmsprop"}
"""A set whose gradients nearly cancel, so that RMSprop makes whole steps of rounding"""
SYMMETRIC_STEPS = (200, 1000, 3000)


def symmetric(step: int, times: float = 11) -> CheckResult:
    trainer = Trainer(Spec().changed(**SYMMETRIC), backend="compiled")
    trainer.advance(step)
    with planted(whole_update(times), np.random.default_rng(0)):
        result = checked(trainer)
    assert result is not None
    return result


def _said(result: CheckResult) -> str:
    return getattr(result, "state", "green" if result.passed else "red")


def healthy(steps: int, seed: int = 0) -> tuple[Counter[str], dict[str, float], list[tuple[Spec, int, Comparison]]]:
    """Of so many right steps of random experiments: what was said of each part that is compared with the backend that
    trains, how near each came to its bound, and what was called wrong."""
    random, said, nearest = np.random.default_rng(seed), Counter[str](), dict[str, float]()
    wrong: list[tuple[Spec, int, Comparison]] = []
    while said["steps"] < steps:
        trainer = Trainer(random_spec(random), backend=random.choice(("compiled", "compiled", "by_hand", "autograd")))
        for _ in range(20):
            trainer.advance(int(random.choice((0, 1, 3, 20, 100))))
            found = [] if trainer.diverged is not None else _compared(trainer)
            if not found:
                break
            said["steps"] += 1
            for one in found:
                said[f"{one.reference} {'silent' if isinstance(one, Silence) else 'told'}"] += 1
                if isinstance(one, Comparison):
                    nearest[one.reference] = max(nearest.get(one.reference, 0), one.difference / one.tolerance)
                    if not one.agrees:
                        wrong.append((trainer.spec, trainer.step, one))
            if any(isinstance(one, Comparison) and not one.agrees for one in found):
                said["wrong"] += 1
    return said, nearest, wrong


def _compared(trainer: Trainer) -> list[Comparison | Silence]:
    """By the part of a check that takes the step of the backend; empty where none can be taken."""
    state, inputs = trainer.checkpoint().state, trainer.train_inputs
    run = (trainer.spec, trainer.network, state, inputs, trainer.train_targets)
    with np.errstate(over="ignore", invalid="ignore"):
        pair = StepPair.next(*run, None)
        if not pair.batch_pass.within_limits:
            return []
        return list(pair.against(backend_step(trainer.backend, *run), state, len(inputs)).comparisons())


def main() -> None:
    kind, count = sys.argv[1], int(sys.argv[2])
    if kind == "healthy":
        for seed in map(int, sys.argv[3:] or ["0"]):
            said, nearest, wrong = healthy(count, seed)
            print(seed, dict(said), nearest, *wrong, sep="\n", flush=True)
        return
    for fault in FAULTS:
        said, missed = measure(fault, count)
        print(f"{fault}: {said['red']} of {said.total()} {dict(said)}", flush=True)
        for one in missed if "missed" in sys.argv else []:
            print("    ", one)
    for step in SYMMETRIC_STEPS:
        print(f"symmetric, update × 11, after {step} steps: {_said(symmetric(step))}", flush=True)


if __name__ == "__main__":
    main()
