"""Random numbers around every threshold: a finding is there on one side of it and not on the other.

What is expected is computed from the meaning of each threshold, apart from the checks. A number within a thousandth of
a threshold is left out, for rounding decides on which side it lies.
"""

from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from engine import Spec, Trainer
from engine.diagnosis.diagnosis import (
    DEAD_SHARE,
    EQUAL_WEIGHTS_TOLERANCE,
    EXPLODING_NORM,
    HIGH_LOSS_RATIO,
    LARGE_INITIAL_LOSS,
    LOSS_GROWTH_RATIO,
    LOW_RECALL,
    MIN_SAMPLES,
    MIN_STEPS_STUCK,
    OSCILLATION_RATIO,
    OVERFITTING_RATIO,
    RARE_CLASS_SHARE,
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
from engine.spec.choices import OptimizerName
from engine.training.snapshot import CurveEntry
from tests.engine.diagnosis.test_diagnosis import codes, diagnosis_input, means

AROUND = st.floats(-1, 1).map(lambda power: 4**power)
"""Times a threshold, a quarter to four times"""

NEAR = st.floats(0.8, 1.25)


@cache
def plain(optimizer: OptimizerName = "sgd", epsilon: float = 1e-8) -> DiagnosisInput:
    return diagnosis_input(Spec(hidden=(4, 4), activation="relu", optimizer=optimizer, epsilon=epsilon))


def with_losses(losses: list[float], tests: list[float] | None = None, every: int = 100) -> DiagnosisInput:
    curve = [
        CurveEntry(every * i, loss, test, ())
        for i, (loss, test) in enumerate(zip(losses, tests or losses, strict=True))
    ]
    return replace(plain(), curve=curve)


def beyond(value: float, threshold: float) -> bool:
    """Whether it is larger; draws another example where that hangs on rounding."""
    assume(abs(value - threshold) > 1e-3 * abs(threshold))
    return value > threshold


def only(code: FindingCode, there: bool) -> list[FindingCode]:
    return [code] if there else []


@given(st.permutations([0, 1, 2]), AROUND, st.floats(-6, 3), st.floats(0.1, 0.9))
def test_vanishing(order: list[int], times: float, power: float, between: float) -> None:
    """By the ratio of the largest mean to the smallest, and only where the smaller lies below the larger."""
    large, ratio = 10**power, VANISHING_RATIO * times
    values = [large / ratio, large / ratio**between, large]
    run = means(plain(), *(values[place] for place in order))
    smallest, largest = order.index(0), order.index(2)
    expected = beyond(times, 1) and smallest < largest
    found = [finding for finding in findings(run) if finding.code == "vanishing"]
    assert bool(found) == expected
    if found:
        assert (found[0].layer, found[0].values["steepest"]) == (smallest, largest)
        assert np.isclose(found[0].values["times"], ratio)


@given(
    st.sampled_from(["adagrad", "rmsprop", "adam", "adamw", "muon"]),
    AROUND,
    AROUND,
    st.sampled_from([1e-8, 1e-6, 1e-4]),
)
def test_vanishing_where_steps_are_normalised(
    optimizer: OptimizerName, times: float, epsilons: float, epsilon: float
) -> None:
    """Where a rule divides by the gradient's size, only a gradient near ε slows it."""
    small = VANISHING_EPSILONS * epsilon * epsilons
    large = small * VANISHING_RATIO * times
    run = means(plain(optimizer, epsilon), small, (small * large) ** 0.5, large)
    expected = beyond(times, 1) and not beyond(epsilons, 1)
    assert codes(run) == only("vanishing", expected)


@given(
    AROUND, AROUND, st.lists(st.floats(0.1, 1), min_size=3, max_size=3), st.sampled_from(["sgd", "momentum", "adam"])
)
def test_exploding(norm: float, loss: float, parts: list[float], optimizer: OptimizerName) -> None:
    """By the norm of the whole gradient and by the loss of the start, both; not where a rule divides by the norm."""
    sizes = EXPLODING_NORM * norm * np.array(parts) / np.linalg.norm(parts)
    one = plain(optimizer)
    layers = [replace(layer, norm=float(size)) for layer, size in zip(one.layers, sizes, strict=True)]
    curve = [CurveEntry(0, LARGE_INITIAL_LOSS * loss, 1.0, ()), CurveEntry(100, 5.0, 1.0, ())]
    expected = beyond(norm, 1) and beyond(loss, 1) and optimizer != "adam"
    found = codes(replace(one, layers=layers, curve=curve))
    assert ("exploding" in found) == expected


@given(st.integers(2, 12), st.data())
def test_dead(width: int, data: st.DataObject) -> None:
    dead = data.draw(st.integers(0, width))
    one = wide(width)
    layers = [replace(one.layers[0], dead=tuple(range(dead))), one.layers[1]]
    assert len(one.trainer.train_inputs) >= MIN_SAMPLES
    expected = dead == width or (dead >= 2 and dead / width >= DEAD_SHARE)
    assert codes(replace(one, layers=layers)) == only("dead_relu", expected)


@cache
def wide(width: int) -> DiagnosisInput:
    return diagnosis_input(Spec(hidden=(width,), activation="relu"))


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_saturated(first: float, second: float, output: float) -> None:
    """The first hidden layer with so large a share; an output may be at its limit."""
    one = plain()
    shares = (first, second, output)
    layers = [replace(layer, saturated=share) for layer, share in zip(one.layers, shares, strict=True)]
    at_limit = [beyond(share, SATURATED_SHARE) for share in shares[:2]]
    found = [finding.layer for finding in findings(replace(one, layers=layers)) if finding.code == "saturated"]
    assert found == ([at_limit.index(True)] if any(at_limit) else [])


@given(st.floats(-8, -4), st.integers(0, 3))
def test_symmetric(power: float, neuron: int) -> None:
    """By the largest difference of two neurons' weights, in units of the largest weight."""
    trainer = Trainer(Spec(hidden=(4,), initializer="constant", init_std=0.5), backend="by_hand")
    tensors = trainer.parameters()
    tensors["layers.0.weight"][:] = 0.5
    tensors["layers.0.weight"][neuron, 0] -= 0.5 * 10**power
    trainer.load_parameters(tensors)
    apart = float(np.ptp(tensors["layers.0.weight"], axis=0).max()) / 0.5  # as float32 has it
    expected = not beyond(apart, EQUAL_WEIGHTS_TOLERANCE)
    assert ("symmetric" in [one.code for one in diagnose(trainer, []).findings]) == expected


@given(NEAR, NEAR, st.floats(0.3, 2))
def test_rate_too_high_by_its_jumps(jump: float, height: float, first: float) -> None:
    """Losses that jump about a mean which is not much below the first one."""
    mean, size = first * HIGH_LOSS_RATIO * height, OSCILLATION_RATIO * jump
    losses = [first] + [mean * (1 + size / 2 * (-1) ** i) for i in range(RECENT_ENTRIES)]
    found = "rate_too_high" in codes(with_losses(losses))
    assert found == (beyond(jump, 1) and beyond(height, 1))


@given(NEAR, st.floats(0.3, 2))
def test_rate_too_high_by_a_loss_that_has_grown(growth: float, first: float) -> None:
    losses = [first] * 3 + [first * LOSS_GROWTH_RATIO * growth] * RECENT_ENTRIES
    assert ("rate_too_high" in codes(with_losses(losses))) == beyond(growth, 1)


@given(st.floats(0.05, 0.9), NEAR, NEAR, st.floats(0.3, 1.2))
def test_overfitting(best: float, rise: float, over_train: float, first: float) -> None:
    """The test loss against its best, by ratio and by rise, and against a training loss that has not risen."""
    assume(first >= best)
    end = max(OVERFITTING_RATIO * best, best + TEST_LOSS_RISE * first) * rise
    train = end / (OVERFITTING_RATIO * over_train)
    early = 2 * train
    assume(end > best)
    tests = [first, *[best] * 6, *[end] * 6]
    losses = [2 * early, *[early] * 6, *[train] * 6]
    found = "overfitting" in codes(with_losses(losses, tests, every=1))
    assert found == (beyond(rise, 1) and beyond(over_train, 1))


@given(st.floats(0, 3), st.floats(0.8, 1.2), st.integers(-4, 4))
def test_stuck(improvement: float, height: float, more: int) -> None:
    """By what the later half of a long enough run took off a loss that is still high."""
    share, first = STUCK_IMPROVEMENT * improvement, 1.0
    entries = MIN_STEPS_STUCK // 100 + 1 + more
    later = -(-entries // 2) if (entries - 1) % 2 == 0 else entries // 2
    end = HIGH_LOSS_RATIO * height
    start = end / (1 - share)
    quarter = max(1, later // 4)
    losses = [first, *[start] * (entries - later - 1), *[start] * (later - quarter), *[end] * quarter]
    expected = more >= 0 and not beyond(share, STUCK_IMPROVEMENT) and beyond(height, 1)
    found = codes(with_losses(losses))
    assert found == only("stuck", expected)


@given(st.integers(5, 30), st.floats(0, 1))
def test_class_imbalance(rare: int, recall: float) -> None:
    """A class below a quarter of an even share, most of which is called something else."""
    run = trained_once(rare)
    counts = np.bincount((run.trainer.train_labels > 0).astype(int), minlength=2)
    right = round(recall * counts[1])
    confusion = np.array([[counts[0], 0], [counts[1] - right, right]])
    now: Evaluation = {**run.evaluation, "train": {**run.evaluation["train"], "confusion": confusion}}
    share = float(counts[1] / counts.sum())
    assume(right / counts[1] != LOW_RECALL)
    expected = not beyond(2 * share, RARE_CLASS_SHARE) and right / counts[1] < LOW_RECALL
    assert codes(replace(run, evaluation=now)) == only("class_imbalance", expected)


@cache
def trained_once(rare: int) -> DiagnosisInput:
    points = tuple((x % 13 / 5, x % 7 / 5, int(x < rare)) for x in range(140))
    one = diagnosis_input(Spec(dataset="own", own_points=points, train_fraction=0.9, hidden=(4,), learning_rate=1e-6))
    one.trainer.advance_to_epoch_end()
    return one
