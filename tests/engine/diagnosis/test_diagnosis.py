"""Each finding from both sides of its threshold; silence on every run that learns well."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from engine import Spec, Trainer
from engine.diagnosis.diagnosis import (
    DEAD_SHARE,
    EXPLODING_NORM,
    HIGH_LOSS_RATIO,
    LOSS_GROWTH_RATIO,
    MIN_SAMPLES,
    MIN_STEPS_STUCK,
    OSCILLATION_RATIO,
    OVERFITTING_RATIO,
    RECENT_ENTRIES,
    SATURATED_SHARE,
    STUCK_IMPROVEMENT,
    TEST_LOSS_RISE,
    VANISHING_EPSILONS,
    VANISHING_RATIO,
    DiagnosisInput,
    FindingCode,
    diagnose,
    findings,
)
from engine.evaluation.metrics import Evaluation
from engine.spec.choices import ActivationName, OptimizerName
from engine.spec.presets import PRESETS
from engine.training.snapshot import CurveEntry
from tests.table import sampled

TRUE_FINDINGS: dict[str, set[FindingCode]] = {"c5_twenty_lines": {"saturated"}}
"""A thousand inputs into sigmoids, weights of deviation 1: what trains there is the last layer."""


def watched(spec: Spec, steps: int, entries: int = 40) -> tuple[Trainer, list[CurveEntry], set[FindingCode]]:
    """A run, its curve, and all that was found on the way."""
    trainer = Trainer(spec)
    curve: list[CurveEntry] = []
    found: set[FindingCode] = set()
    while True:
        now = trainer.evaluate()
        curve.append(CurveEntry(trainer.step, now["train_loss"], now["test_loss"], ()))
        found |= {one.code for one in diagnose(trainer, curve).findings}
        if trainer.step >= steps or trainer.stopped or trainer.diverged:
            return trainer, curve, found
        trainer.advance(-(-steps // entries))


TRAINED = [one for one in PRESETS if one.spec and one.spec.dataset != "mnist"]


@pytest.mark.parametrize(
    "preset",
    sampled(TRAINED, [one for one in TRAINED if one.name not in ("d6_narrowing", "d6_widening")]),  # large networks
    ids=lambda p: p.name,
)
def test_presets_are_left_in_peace(preset: Any) -> None:
    assert watched(preset.spec, preset.steps)[2] == TRUE_FINDINGS.get(preset.name, set())


@pytest.mark.parametrize("optimizer", [name for name in get_args(OptimizerName) if name != "perceptron"])
def test_usual_choices_are_left_in_peace(optimizer: OptimizerName) -> None:
    for activation in get_args(ActivationName):
        if activation not in ("step", "linear"):
            rate = 0.03 if optimizer in ("sgd", "momentum", "nag", "adagrad", "evolution") else 0.01
            spec = Spec().changed(optimizer=optimizer, activation=activation, learning_rate=rate)
            assert watched(spec, 1000, entries=20)[2] == set(), activation


# From both sides


def diagnosis_input(
    spec: Spec | None = None, losses: list[float] | None = None, tests: list[float] | None = None
) -> DiagnosisInput:
    """A run of little success: accuracy one half."""
    trainer = Trainer(spec or Spec(hidden=(4, 4), activation="relu"), backend="by_hand")
    losses = losses or [1.0] * 5
    curve = [
        CurveEntry(100 * i, loss, test, ()) for i, (loss, test) in enumerate(zip(losses, tests or losses, strict=True))
    ]
    now: Evaluation = {**trainer.evaluate(), "train_accuracy": 0.5, "train_loss": losses[-1]}
    return DiagnosisInput(trainer, diagnose(trainer, []).layers, curve, now)


def codes(one: DiagnosisInput) -> list[FindingCode]:
    return [finding.code for finding in findings(one)]


def test_an_average_run_has_nothing() -> None:
    assert codes(diagnosis_input()) == []


def means(one: DiagnosisInput, *values: float) -> DiagnosisInput:
    layers = [replace(layer, mean=value) for layer, value in zip(one.layers, values, strict=True)]
    return replace(one, layers=layers)


@pytest.mark.parametrize(("factor", "found"), [(0.9, []), (1.1, ["vanishing"])])
def test_vanishing(factor: float, found: list[FindingCode]) -> None:
    small = 0.1 / (VANISHING_RATIO * factor)
    sick = means(diagnosis_input(), small, 0.05, 0.1)
    assert codes(sick) == found
    if found:
        [finding] = findings(sick)
        assert finding.layer == 0
        assert finding.values == {"times": pytest.approx(VANISHING_RATIO * factor), "steepest": 2}
    assert codes(replace(sick, evaluation={**sick.evaluation, "train_accuracy": 1.0})) == []
    assert codes(means(diagnosis_input(), 0.1, 0.05, small)) == [], (
        "the other way round nothing vanishes on its way back"
    )


@pytest.mark.parametrize(("factor", "found"), [(1.1, []), (0.9, ["vanishing"])])
def test_vanishing_where_steps_do_not_go_by_the_gradient(factor: float, found: list[FindingCode]) -> None:
    spec = Spec(hidden=(4, 4), optimizer="adam")
    assert codes(means(diagnosis_input(spec), VANISHING_EPSILONS * spec.epsilon * factor, 0.05, 0.1)) == found


@pytest.mark.parametrize(("factor", "found"), [(0.9, []), (1.1, ["exploding"])])
def test_exploding(factor: float, found: list[FindingCode]) -> None:
    one = diagnosis_input(losses=[50.0, 40.0])
    sizes = [EXPLODING_NORM * factor, 0.0, 0.0]
    sick = replace(one, layers=[replace(layer, norm=norm) for layer, norm in zip(one.layers, sizes, strict=True)])
    assert codes(sick) == found
    assert codes(replace(sick, curve=[CurveEntry(0, 1.0, 1.0, ())])) == [], "the rate has led there, and not the start"


@pytest.mark.parametrize(("count", "found"), [(2, []), (3, ["dead_relu"])])
def test_dead(count: int, found: list[FindingCode]) -> None:
    assert 2 < DEAD_SHARE * 4 <= 3
    one = diagnosis_input()
    sick = replace(one, layers=[one.layers[0], replace(one.layers[1], dead=tuple(range(count))), one.layers[2]])
    assert codes(sick) == found
    if found:
        assert [(finding.layer, finding.neurons) for finding in findings(sick)] == [(1, (0, 1, 2))]


def test_few_samples_leave_many_dead() -> None:
    points = tuple((float(x % 5), float(x % 3), 1.0) for x in range(MIN_SAMPLES - 1))
    one = diagnosis_input(
        Spec(dataset="own_values", own_points=points, hidden=(4,), activation="relu", train_fraction=0.9)
    )
    for dead, found in (((0, 1, 2), []), ((0, 1, 2, 3), ["dead_relu"])):
        now: Evaluation = {**one.evaluation, "train": {**one.evaluation["train"], "r2": 0.0}}
        assert codes(replace(one, evaluation=now, layers=[replace(one.layers[0], dead=dead), one.layers[1]])) == found


@pytest.mark.parametrize(("factor", "found"), [(0.99, []), (1.01, ["saturated"])])
def test_saturated(factor: float, found: list[FindingCode]) -> None:
    one = diagnosis_input(Spec(hidden=(4, 4)))
    share = SATURATED_SHARE * factor
    sick = replace(one, layers=[one.layers[0], replace(one.layers[1], saturated=share), one.layers[2]])
    assert codes(sick) == found
    last = replace(one, layers=[*one.layers[:2], replace(one.layers[2], saturated=1.0)])
    assert codes(last) == [], "an output at its limit has said what it was asked"


@pytest.mark.parametrize(
    ("initializer", "found"), [("constant", ["symmetric"]), ("zeros", ["symmetric"]), ("normal", [])]
)
def test_symmetric(initializer: str, found: list[FindingCode]) -> None:
    spec = Spec().changed(hidden=(4, 4), initializer=initializer, init_std=0.1)
    trainer = Trainer(spec, backend="by_hand")
    trainer.advance(5)
    assert [one.code for one in diagnose(trainer, []).findings] == found


def test_one_neuron_is_not_symmetric() -> None:
    assert diagnose(Trainer(Spec(hidden=(1,), initializer="constant"), backend="by_hand"), []).findings == []


def oscillating(size: float, mean: float, count: int = RECENT_ENTRIES) -> list[float]:
    """Losses around a mean whose change from one to the next is so much of it."""
    return [1.0] + [mean * (1 + size / 2 * (-1) ** i) for i in range(count)]


@pytest.mark.parametrize(
    ("losses", "found"),
    [
        (oscillating(OSCILLATION_RATIO * 0.95, 0.8), []),
        (oscillating(OSCILLATION_RATIO * 1.05, 0.8), ["rate_too_high"]),
        (oscillating(OSCILLATION_RATIO * 1.05, HIGH_LOSS_RATIO * 0.95), []),
        (oscillating(OSCILLATION_RATIO * 1.05, 0.8, RECENT_ENTRIES - 2), []),
        ([1.0] * RECENT_ENTRIES + [LOSS_GROWTH_RATIO * 0.98] * RECENT_ENTRIES, []),
        ([1.0] * RECENT_ENTRIES + [LOSS_GROWTH_RATIO * 1.02] * RECENT_ENTRIES, ["rate_too_high"]),
        ([1.0 * 0.7**i for i in range(12)], []),
    ],
)
def test_rate_too_high(losses: list[float], found: list[FindingCode]) -> None:
    assert [code for code in codes(diagnosis_input(losses=losses)) if code != "stuck"] == found


def test_a_diverged_run_had_too_high_a_rate() -> None:
    trainer = Trainer(Spec(dataset="plane", hidden=(), learning_rate=10), backend="by_hand")
    trainer.advance(1000)
    [finding] = diagnose(trainer, [CurveEntry(0, 1.0, 1.0, ())]).findings
    assert finding.code == "rate_too_high"
    assert finding.values["step"] == trainer.diverged


@pytest.mark.parametrize(
    ("best", "end", "train", "found"),
    [
        (0.7, 0.7 * OVERFITTING_RATIO * 0.98, 0.05, []),
        (0.3, 0.3 + TEST_LOSS_RISE * 0.98, 0.05, []),
        (0.3, 0.3 + TEST_LOSS_RISE * 1.02, 0.05, ["overfitting"]),
        (0.3, 0.6, 0.5, []),
    ],
    ids=["hardly risen", "not by much of the first", "risen", "training has risen as well"],
)
def test_overfitting(best: float, end: float, train: float, found: list[FindingCode]) -> None:
    tests = [1.0, 0.8, *[best] * 4, *[end] * 7]
    losses = [1.0, 0.8, *[0.25] * 4, *[train] * 7]
    assert codes(diagnosis_input(losses=losses, tests=tests)) == found


def test_losses_of_nothing_are_no_divisor() -> None:
    """A Huber loss of a tiny δ is 0 in float32 whatever the outputs are."""
    assert codes(diagnosis_input(losses=[0.0] * 20)) == []
    tests = [1.0, 0.8, *[0.0] * 4, *[0.5] * 7]
    assert codes(diagnosis_input(losses=[1.0, 0.8, *[0.25] * 4, *[0.05] * 7], tests=tests)) == ["overfitting"]


@pytest.mark.parametrize(
    ("share", "found"),
    [(STUCK_IMPROVEMENT * 1.5, []), (STUCK_IMPROVEMENT * 0.5, ["stuck"])],
    ids=["slowly", "not at all"],
)
def test_stuck(share: float, found: list[FindingCode]) -> None:
    """Over the later half of the run, quarter against quarter."""
    count = MIN_STEPS_STUCK // 100 + 1
    losses = [1.0] * (count // 2) + [1 - share * 4 / 3 * i / (count // 2) for i in range(count - count // 2)]
    assert codes(diagnosis_input(losses=losses)) == found
    assert codes(diagnosis_input(losses=losses[:-2])) == [], "it may still come"


@pytest.mark.parametrize(("rare", "found"), [(14, ["class_imbalance"]), (40, [])])
def test_class_imbalance(rare: int, found: list[FindingCode]) -> None:
    points = tuple((x % 13 / 5, x % 7 / 5, int(x < rare)) for x in range(140))
    spec = Spec(dataset="own", own_points=points, train_fraction=0.9, hidden=(), learning_rate=1e-6)
    trainer = Trainer(spec, backend="by_hand")
    assert diagnose(trainer, []).findings == [], "before it has seen them all, it can know nothing"
    trainer.advance_to_epoch_end()
    tensors = trainer.parameters()
    trainer.load_parameters(
        {"layers.0.weight": tensors["layers.0.weight"] * 0, "layers.0.bias": tensors["layers.0.bias"] * 0 - 1}
    )
    assert [one.code for one in diagnose(trainer, []).findings] == found
