"""Everything adds up: the terms of every line make its total, and the totals are what the engines compute."""

from collections.abc import Iterator
from typing import Any, get_args

import numpy as np
import pytest

from engine import Layer, Spec, Trainer
from engine.explaining.explain import SUBJECTS, explain
from engine.explaining.explain_rule import RULES
from engine.explaining.terms import MAX_TERMS, MOST_ROUNDING, Line, Subject, Term, holds, sum_line, with_rounding
from engine.explaining.traced_step import TracedStep
from engine.fault import Fault
from engine.nn.network import State
from engine.spec.choices import ActivationName, BackendName, ClipName, LossName, OptimizerName, ScheduleName

BACKENDS: tuple[BackendName, ...] = get_args(BackendName)
ROUNDING = 1e-6
"""In units of the sum of the sizes of the terms: some ten roundings of float32, 6e-8 each."""

PLAIN: dict[str, Any] = {"hidden": (5, 4, 3), "samples": 60, "batch_size": 7, "learning_rate": 0.05}
ACTIVATIONS = [{"activation": name} for name in get_args(ActivationName)]
LOSSES: list[dict[str, Any]] = [{"loss": name, "dataset": "blobs", "classes": 3} for name in get_args(LossName)] + [
    {"loss": name, "reduction": "sum", "learning_rate": 0.001} for name in get_args(LossName)
]
OPTIMIZERS: list[dict[str, Any]] = [
    *({"optimizer": name} for name in get_args(OptimizerName) if name != "perceptron"),
    {"optimizer": "perceptron", "dataset": "and_gate", "hidden": (), "output_activation": "step", "batch_size": 2},
    {"optimizer": "momentum", "dampening": 0.3},
    {"optimizer": "momentum", "dampening": 0.3, "momentum": 0},
    {"optimizer": "nag", "momentum": 0},
    {"optimizer": "adagrad", "rate_decay": 0.01, "initial_accumulator": 0.1},
    {"optimizer": "rmsprop", "centered": True},
    {"optimizer": "adam", "amsgrad": True},
    {"optimizer": "muon", "nesterov": False},
    {"optimizer": "sgd", "l1": 0.01, "l2": 0.02, "weight_decay": 0.1},
    {"optimizer": "evolution", "l2": 0.02, "pairs": 3},
]
LAYERS: list[dict[str, Any]] = [
    {"hidden": (Layer(width=4, batch_norm=True), Layer(width=4, residual=True), Layer(width=4, dropout=0.4))},
    {"hidden": (4, Layer(width=4, batch_norm=True, residual=True, dropout=0.3, activation="gelu")), "biases": False},
    {"hidden": ()},
]
REST: list[dict[str, Any]] = [
    *({"clip": name, "clip_limit": 0.01} for name in get_args(ClipName)),
    *({"schedule": name, "schedule_steps": 7, "warmup_steps": 20} for name in get_args(ScheduleName)),
    {"dataset": "arithmetic"},
    {"batch_size": None},
]
ALL = [*ACTIVATIONS, *LOSSES, *OPTIMIZERS, *LAYERS, *REST]


def opened(trainer: Trainer, backend: BackendName | None = None) -> TracedStep:
    """The next step, by its own backend or another."""
    return TracedStep.of(
        trainer.spec,
        trainer.network,
        trainer.checkpoint().state,
        trainer.train_inputs,
        trainer.train_targets,
        backend or trainer.backend,
    )


def subjects(step: TracedStep) -> Iterator[Subject]:
    """Every subject there is."""
    yield Subject("loss")
    yield from (Subject("point", index=index) for index in step.batch.tolist())
    yield from (Subject("neuron", -1, i) for i in range(step.network.stages[0].inputs))
    for layer, stage in enumerate(step.network.stages):
        yield Subject("layer", layer)
        for o in range(stage.outputs):
            yield Subject("neuron", layer, o)
            yield from (Subject("weight", layer, o, i) for i in range(stage.inputs))
            if step.network.biases:
                yield Subject("bias", layer, o)
            if stage.batch_norm:
                yield Subject("norm", layer, o)


def assert_adds_up(line: Line, biggest: float, where: object) -> None:
    """biggest: of the parameters; a change of one is known to no more than its own rounding."""
    sizes = [abs(term.value) for term in line.terms]
    unit = sum(sizes) if line.op == "sum" else abs(line.recomputed)
    slack = ROUNDING * unit + (1.2e-7 * biggest if line.name == "step" else 1e-12)
    assert abs(line.recomputed - line.total) <= slack, f"{where}: {line}"
    for term in line.terms:
        if term.factors:
            assert term.value == pytest.approx(np.prod([value for _, value in term.factors]), rel=1e-12)


@pytest.mark.parametrize("fields", ALL, ids=str)
def test_every_line_adds_up_and_leads_on(fields: dict[str, Any]) -> None:
    trainer = Trainer(Spec().changed(**{**PLAIN, **fields}), backend="by_hand")
    trainer.advance(3)
    step = opened(trainer)
    biggest = float(np.abs(step.before.parameters).max())
    there = set(subjects(step))
    for subject in there:
        lines = explain(step, subject, sample=1)
        if subject.kind != "norm" or step.batch_pass.backward:
            assert [line.main for line in lines].count(True) == 1, subject
        for line in lines:
            assert_adds_up(line, biggest, subject)
            assert {term.subject for term in line.terms} <= there | {None}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("fields", ALL, ids=str)
def test_totals_are_the_engines_numbers(fields: dict[str, Any], backend: BackendName) -> None:
    """The step that is shown is the step that is taken, bit for bit: new parameters and memories, whichever engine
    takes it; and another engine's to its rounding."""
    trainer = Trainer(Spec().changed(**{**PLAIN, **fields}), backend)
    trainer.advance(3)
    step, by_hand = opened(trainer), opened(trainer, "by_hand")
    trainer.advance(1)
    after: State = trainer.checkpoint().state
    assert step.update is not None
    assert by_hand.update is not None
    assert np.array_equal(step.update.parameters, after.parameters)
    size = np.abs(after.parameters).max()
    assert np.abs(by_hand.update.parameters - after.parameters).max() <= 1e-5 * size
    assert step.update.optimizer_state.keys() == after.optimizer_state.keys()
    for name, values in after.optimizer_state.items():
        assert np.array_equal(step.update.optimizer_state[name], values)
        assert np.abs(by_hand.update.optimizer_state[name] - values).max() <= 1e-5 * max(np.abs(values).max(), 1e-6)
    new = {line.name: line for line in explain(step, Subject("weight", 0, 0, 1))}["new"]
    assert new.total == float(after.parameters[1])
    assert abs(new.total - new.terms[0].value) > 0 or trainer.spec.activation == "step" or trainer.spec.hidden == ()


def test_a_sample_outside_the_batch_has_no_part_in_the_step() -> None:
    step = opened(Trainer(Spec()))
    outside = next(index for index in range(250) if index not in step.batch)
    assert explain(step, Subject("point", index=outside)) == []


@pytest.mark.parametrize(
    ("subject", "sample", "said"),
    [
        (Subject("neuron", 3, 0), 0, "subject_no_layer: layer 4"),
        (Subject("neuron", 0, 4), 0, "subject_no_neuron: layer 1, neuron 5"),
        (Subject("neuron", -1, 2), 0, "subject_no_neuron: layer 0, neuron 3"),
        (Subject("weight", 0, 0, 2), 0, "subject_no_input: layer 1, input 3"),
        (Subject("norm", 0, 0), 0, "subject_no_norm: layer 1"),
        (Subject("loss"), 10, "subject_no_sample: count 10, sample 11"),
    ],
)
def test_what_is_not_there_is_refused(subject: Subject, sample: int, said: str) -> None:
    with pytest.raises(Fault, match=said):
        explain(opened(Trainer(Spec())), subject, sample)


def test_a_bias_that_is_not_there_is_refused() -> None:
    with pytest.raises(Fault, match="subject_no_biases"):
        explain(opened(Trainer(Spec(biases=False), backend="by_hand")), Subject("bias", 0, 0))


def test_the_small_terms_of_a_long_sum_are_told_together() -> None:
    terms = [Term("t", float(value)) for value in range(500)]
    line = sum_line("sum", terms, "s", 124750.0)
    assert len(line.terms) == MAX_TERMS
    assert line.recomputed == 124750
    assert min(term.value for term in line.terms[:-1]) == 500 - (MAX_TERMS - 1)


def test_a_difference_is_called_rounding_only_as_far_as_it_can_be() -> None:
    def lines(off: float) -> list[Line]:
        return list(with_rounding(sum_line("gradient", [Term("a", 1.0), Term("b", -0.999)], "g", 0.001 + off), "Σ"))

    assert [line.name for line in lines(0)] == ["gradient"]
    told, rounded = lines(0.9 * MOST_ROUNDING * 1.999)
    assert rounded.name == "rounded"
    assert holds(told, 0)
    assert holds(rounded, 0)
    (wrong,) = lines(1.1 * MOST_ROUNDING * 1.999)
    assert not holds(wrong, 0)


def test_every_rule_and_every_kind_is_told() -> None:
    assert set(RULES) == set(get_args(OptimizerName))
    assert set(SUBJECTS) == set(get_args(Subject.__dataclass_fields__["kind"].type))


@pytest.mark.parametrize("seeds", [range(2), pytest.param(range(2, 30), marks=pytest.mark.long)])
@pytest.mark.parametrize("batch_size", [2, 3, 4])
def test_every_line_holds_under_batch_norm_of_few_samples(batch_size: int, seeds: range) -> None:
    """The gradient of a bias below a norm is 0 by algebra, and its sum is rounding; both are shown and add up."""
    for seed in seeds:
        activation = str(np.random.default_rng(seed).choice(get_args(ActivationName)))
        spec = Spec(hidden=(Layer(width=4, batch_norm=True), Layer(width=3, batch_norm=True)), samples=60, seed=seed)
        trainer = Trainer(spec.changed(activation=activation, batch_size=batch_size), backend="by_hand")
        trainer.advance(3)
        step = opened(trainer)
        largest = float(np.abs(step.before.parameters).max())
        for subject in subjects(step):
            lines = explain(step, subject, sample=1)
            assert [line for line in lines if not holds(line, largest)] == [], subject
            if subject.kind == "bias" and subject.layer < 2:
                assert [line.name for line in lines[:2]] == ["cancelling", "cancelled"]
                assert lines[1].total == 0
