"""Random Specs, random steps, random subjects, every backend: every line adds up, and new values are the run's own."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import get_args

import numpy as np
import pytest

from engine import Spec, Trainer
from engine.explaining.explain import explain
from engine.explaining.terms import Line, Subject, holds
from engine.explaining.traced_step import TracedStep
from engine.spec.choices import BackendName, OptimizerName
from engine.training.batch_loss import batch_loss
from tests.random_specs import random_spec
from tests.table import sampled

BLOCK = 20
SUBJECTS = 40
"""Of each Spec"""


def random_subjects(step: TracedStep, draw: np.random.Generator) -> Iterator[Subject]:
    """So many subjects that this network and this batch have, of every kind."""
    for _ in range(SUBJECTS):
        layer = int(draw.integers(step.network.layers))
        stage = step.network.stages[layer]
        index, source = int(draw.integers(stage.outputs)), int(draw.integers(stage.inputs))
        kinds = [
            Subject("loss"),
            Subject("point", index=int(draw.choice(step.batch))),
            Subject("layer", layer),
            Subject("neuron", layer, index),
            Subject("neuron", -1, int(draw.integers(step.network.stages[0].inputs))),
            Subject("weight", layer, index, source),
        ]
        kinds += [Subject("bias", layer, index)] * step.network.biases
        kinds += [Subject("norm", layer, index)] * stage.batch_norm
        yield kinds[draw.integers(len(kinds))]


def new_values(step: TracedStep, after: dict[str, np.ndarray], subject: Subject) -> list[float]:
    """What a parameter's "new" lines say, by the run that has taken the step."""
    layer, index = subject.layer, subject.index
    if subject.kind == "weight":
        return [float(after[f"layers.{layer}.weight"][index, subject.source])]
    if subject.kind == "bias":
        return [float(after[f"layers.{layer}.bias"][index])]
    if subject.kind == "norm" and step.batch_pass.backward:
        return [float(after[f"norms.{layer}.{part}"][index]) for part in ("weight", "bias")]
    return []


def batch_number(step: TracedStep, lines: list[Line], subject: Subject, sample: int) -> tuple[float, float] | None:
    """Total of the main line, and the same number computed from the arrays of the step in float64."""
    total, layer, index = next((line.total for line in lines if line.main), 0.0), subject.layer, subject.index
    if subject.kind == "layer":
        weight = step.of_tensor(step.gradient, f"layers.{layer}.weight").astype(np.float64)
        return total, float(np.square(weight).sum())
    if subject.kind == "neuron":
        if layer == -1:
            return total, float(step.inputs[sample, index])
        below = step.batch_pass.forward[layer].below[sample].astype(np.float64)
        bias = float(step.tensors[f"layers.{layer}.bias"][index]) if step.network.biases else 0.0
        return total, float(step.tensors[f"layers.{layer}.weight"][index].astype(np.float64) @ below) + bias
    return None


def trial(seed: int, spec: Spec, backend: BackendName) -> tuple[int, float]:
    """Lines that were looked at, and the worst difference of a total from its terms, in units of their sizes."""
    draw = np.random.default_rng(seed)
    trainer = Trainer(spec, backend)
    trainer.advance(int(draw.integers(0, 30)))
    before = trainer.checkpoint().state
    step = TracedStep.of(trainer.spec, trainer.network, before, trainer.train_inputs, trainer.train_targets, backend)
    if trainer.stopped:  # a perceptron without errors takes no further step
        return 0, 0.0
    trainer.advance(1)
    after, loss = trainer.parameters(), batch_loss(trainer.spec, before, trainer.checkpoint().state)
    largest = float(np.abs(before.parameters).max())
    count, worst = 0, 0.0
    for subject in random_subjects(step, draw):
        sample = int(draw.integers(len(step.batch)))
        lines = explain(step, subject, sample)
        where = (seed, subject, sample)
        for line in lines:
            assert holds(line, largest), (where, line)
            size = sum(abs(term.value) for term in line.terms)
            worst = max(worst, abs(line.recomputed - line.total) / max(size, largest))
        new = [line.total for line in lines if line.name == "new"]
        assert new == new_values(step, after, subject), where
        if subject.kind == "loss":  # evolution's is the mean over all copies
            recorded = lines[1 if trainer.spec.optimizer == "evolution" else 0].total
            off = 1e-9 if backend == "by_hand" else 1e-5
            assert recorded == pytest.approx(loss, rel=off, abs=1e-7), where
        number = batch_number(step, lines, subject, sample)
        if number is not None:
            shown, true = number
            size = sum(abs(term.value) for line in lines if line.main for term in line.terms)
            assert abs(shown - true) <= 2e-6 * size, where
        count += len(lines)
    return count, worst


TABLE = [(block, backend) for block in range(20) for backend in get_args(BackendName)]


@pytest.mark.parametrize(
    ("block", "backend"), sampled(TABLE, [(0, "compiled"), (6, "by_hand"), (13, "autograd")]), ids=str
)
def test_every_line_adds_up(block: int, backend: BackendName, record_property: Callable[[str, object], None]) -> None:
    seeds = range(block * BLOCK, (block + 1) * BLOCK)
    found = [trial(seed, random_spec(seed), backend) for seed in seeds]
    lines, worst = sum(count for count, _ in found), max(difference for _, difference in found)
    record_property("parity", (f"lines of explanations, {backend}, in units of their terms", lines, worst))


@pytest.mark.parametrize("backend", get_args(BackendName))
@pytest.mark.parametrize("rule", ["adam", "rmsprop"])
def test_every_line_adds_up_where_gradients_cancel(rule: OptimizerName, backend: BackendName) -> None:
    """Absolute errors, whose slopes are ±1, and an ε so small that a rule makes whole steps of rounding."""
    for seed in range(12):
        spec = random_spec(seed, optimizer=rule, loss="mae", output_activation=None, activation="relu")
        trial(seed, spec.changed(epsilon=1e-8), backend)


def test_a_bias_whose_gradient_cancels_moves_as_the_engine_moved_it() -> None:
    """Summed up by hand, the first gradient of some biases is 0 where the engine's is rounding, or the other way round;
    Adam makes a good part of a whole step of it."""
    apart = 0
    for seed in range(12, 30):
        spec = Spec(hidden=(4, 4), activation="relu", loss="mae", output_activation="linear", optimizer="adam")
        trainer = Trainer(spec.changed(seed=seed))
        run = (trainer.spec, trainer.network, trainer.checkpoint().state, trainer.train_inputs, trainer.train_targets)
        by_hand, step = TracedStep.of(*run), TracedStep.of(*run, trainer.backend)
        trainer.advance(1)
        after = trainer.parameters()
        for layer, neuron in product((0, 1), range(4)):
            new = [explain(one, Subject("bias", layer, neuron))[-1].total for one in (step, by_hand)]
            assert new[0] == float(after[f"layers.{layer}.bias"][neuron])
            apart += abs(new[0] - new[1]) > 1e-4
    assert apart, "by hand all are the same, so that this could not fail"
