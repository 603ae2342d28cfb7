"""Random Specs, random steps, random subjects: every line adds up, and main totals are the numbers of the run."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from engine import Trainer
from engine.explaining.explain import explain
from engine.explaining.terms import Line, Subject, holds
from engine.explaining.traced_step import TracedStep
from tests.batch_loss import batch_loss
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
        weight = step.of_tensor(step.batch_pass.gradient, f"layers.{layer}.weight").astype(np.float64)
        return total, float(np.square(weight).sum())
    if subject.kind == "neuron":
        if layer == -1:
            return total, float(step.inputs[sample, index])
        below = step.batch_pass.forward[layer].below[sample].astype(np.float64)
        bias = float(step.tensors[f"layers.{layer}.bias"][index]) if step.network.biases else 0.0
        return total, float(step.tensors[f"layers.{layer}.weight"][index].astype(np.float64) @ below) + bias
    return None


def trial(seed: int) -> tuple[int, float]:
    """Lines that were looked at, and the worst difference of a total from its terms, in units of their sizes."""
    draw = np.random.default_rng(seed)
    trainer = Trainer(random_spec(seed), "by_hand")
    trainer.advance(int(draw.integers(0, 30)))
    before = trainer.checkpoint().state
    step = TracedStep.of(trainer.spec, trainer.network, before, trainer.train_inputs, trainer.train_targets)
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
            assert recorded == pytest.approx(loss, rel=1e-9, abs=1e-12), where
        number = batch_number(step, lines, subject, sample)
        if number is not None:
            shown, true = number
            size = sum(abs(term.value) for line in lines if line.main for term in line.terms)
            assert abs(shown - true) <= 2e-6 * size, where
        count += len(lines)
    return count, worst


@pytest.mark.parametrize("block", sampled(range(20), [0, 6]))
def test_every_line_adds_up(block: int, record_property: Callable[[str, object], None]) -> None:
    found = [trial(seed) for seed in range(block * BLOCK, (block + 1) * BLOCK)]
    lines, worst = sum(count for count, _ in found), max(difference for _, difference in found)
    record_property("parity", ("lines of explanations, in units of their terms", lines, worst))
