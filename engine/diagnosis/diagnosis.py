"""Diagnosis: what is wrong with a run, as finding codes with the numbers that show it.

A run that learns well has no finding, whatever a single statistic shows, and where one fault causes another only the
cause is reported. The thresholds come first, then one check for each code. Pure: a trainer and its loss curve go in,
the findings come out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from engine.backends.bugs import GRADIENT_FREE
from engine.data.targets import actual_classes
from engine.diagnosis.layer_stats import SAMPLES_MEASURED, LayerStats, layer_stats
from engine.evaluation.metrics import Evaluation
from engine.spec.choices import OptimizerName
from engine.spec.spec import Spec
from engine.training.snapshot import CurveEntry
from engine.training.trainer import Trainer

FindingCode = Literal[
    "rate_too_high",
    "exploding",
    "symmetric",
    "dead_relu",
    "saturated",
    "vanishing",
    "class_imbalance",
    "overfitting",
    "stuck",
]
"""Causes before their effects."""

LEARNS_WELL_SCORE = 0.95
"""Accuracy, or R², on the training set from which a run counts as learning well and has no finding of its network."""

VANISHING_RATIO = 1000.0
"""Mean |∂L/∂w| of the layer with the largest gradients over that of the layer with the smallest. An optimizer whose
step is proportional to the gradient trains the latter that many times more slowly. Some hundreds are normal in the
first steps of two layers of sigmoids; five of them leave at most (1/4)⁵, a thousandth."""

VANISHING_EPSILONS = 100.0
"""Mean |∂L/∂w| in units of ε: an optimizer that divides by √v + ε takes steps of full size until √v comes near ε. Below
this a layer trains at less than 99 % of full speed, and its gradient is soon rounding error."""

EXPLODING_NORM = 1000.0
"""Norm of the whole gradient of a mean loss. Inputs and targets are of size 1 to 10; where a step of 0.001 moves every
output by as much, hardly any learning rate is small enough."""

LARGE_INITIAL_LOSS = 10.0
"""Mean loss before the first step above which the initial weights are at fault, not the learning rate: outputs are far
beyond all targets."""

DEAD_SHARE = 0.7
"""Share of a layer's ReLUs that are 0 for every sample; half of them sometimes are in runs that learn well."""

MIN_SAMPLES = 16
"""With fewer training samples many ReLUs are 0 for all of them by chance; of fewer test samples the loss is noise."""

SATURATED_SHARE = 0.8
"""Share of a layer's values near a limit of the activation. Trained networks that classify with confidence reach half
of it and more."""

EQUAL_WEIGHTS_TOLERANCE = 1e-6
"""In units of the largest weight: neurons whose weights differ by less count as equal."""

RARE_CLASS_SHARE = 0.25
"""A class's share of the samples, in units of an even share; ignoring a rarer class costs little loss."""

LOW_RECALL = 0.5
"""Recall of a rare class below which most of it is predicted as another class."""

OVERFITTING_RATIO = 1.3
"""Test loss over its best, and over the training loss; a quarter more is not noise."""

OSCILLATION_RATIO = 0.2
"""Mean change of the loss from entry to entry over its mean, among the last entries, while it does not improve."""

HIGH_LOSS_RATIO = 0.4
"""Loss over the first loss. Below, the run has learned much: oscillation is that of mini-batches, and a plateau is one
of many."""

TEST_LOSS_RISE = 0.2
"""Rise of the test loss from its best, in units of the first test loss; the double of a small loss is still small."""

LOSS_GROWTH_RATIO = 1.25
"""Mean recent loss over the first loss."""

RECENT_ENTRIES = 12
"""Last entries of the loss curve that are looked at for oscillation."""

STUCK_IMPROVEMENT = 0.01
"""Relative decrease of the loss during the later half of the run below which it is stuck."""

MIN_STEPS_STUCK = 1500
"""Steps before a run can count as stuck: plateaus of 1000 steps are usual with sigmoids."""

MIN_DIVISOR = 1e-30
"""Avoids a division by 0."""

NORMALIZING_OPTIMIZERS: frozenset[OptimizerName] = frozenset({"adagrad", "rmsprop", "adam", "adamw", "muon"})
"""Optimizers whose step size does not depend on the scale of the gradient."""


@dataclass(frozen=True)
class Finding:
    code: FindingCode
    values: dict[str, float]
    """The numbers that show it."""
    layer: int | None = None
    """Index of the linear layer at fault; None where it is not one layer."""
    neurons: tuple[int, ...] = field(default=())
    """Neurons of that layer at fault; empty: all of them."""


@dataclass(frozen=True)
class Diagnosis:
    step: int
    layers: list[LayerStats]
    findings: list[Finding]


def diagnose(trainer: Trainer, curve: Sequence[CurveEntry]) -> Diagnosis:
    """curve: the loss curve so far, ordered by step; it may be thinned out."""
    count = len(trainer.train_inputs)
    samples = np.linspace(0, count - 1, min(count, SAMPLES_MEASURED)).astype(np.int64)
    state = trainer.checkpoint().state
    network = trainer.network
    with np.errstate(over="ignore", invalid="ignore"):
        values = trainer.activations(samples)
        gradient = np.concatenate([values.ravel() for values in trainer.gradients().values()])
        layers = layer_stats(network, state.parameters, gradient, state.updates, values, trainer.train_inputs[samples])
        run = DiagnosisInput(trainer, layers, [one for one in curve if one.step <= state.step], trainer.evaluate())
        return Diagnosis(state.step, layers, list(findings(run)))


@dataclass(frozen=True)
class DiagnosisInput:
    """All that the checks look at."""

    trainer: Trainer
    layers: list[LayerStats]
    curve: list[CurveEntry]
    evaluation: Evaluation

    @property
    def spec(self) -> Spec:
        return self.trainer.spec

    @property
    def learns_well(self) -> bool:
        score = self.evaluation["train"]["r2"] if self.spec.is_regression else self.evaluation["train_accuracy"]
        if score is not None:
            return score >= LEARNS_WELL_SCORE
        return (
            self.evaluation["train_loss"] <= (1 - LEARNS_WELL_SCORE) * self.curve[0].train_loss if self.curve else False
        )


def findings(run: DiagnosisInput) -> Iterator[Finding]:
    """The first cause in the network or its training, then faults of the data; else whether the run is stuck."""
    network_checks = (_symmetric, _exploding, _rate_too_high, _dead_relu, _saturated, _vanishing)
    data_checks = (_class_imbalance, _overfitting)
    first_cause = [finding for check in network_checks for finding in check(run)][:1]
    of_data = [finding for check in data_checks for finding in check(run)]
    yield from first_cause + of_data or _stuck(run)


def _symmetric(run: DiagnosisInput) -> Iterator[Finding]:
    """Neurons of a layer with equal weights get equal gradients and stay equal, so the layer acts as one neuron."""
    tensors = run.trainer.parameters()
    for layer in range(len(run.layers) - 1):
        weight = tensors[f"layers.{layer}.weight"]
        if len(weight) > 1 and np.ptp(weight, axis=0).max() <= EQUAL_WEIGHTS_TOLERANCE * np.abs(weight).max():
            yield Finding("symmetric", {"neurons": len(weight)}, layer)
            return


def _exploding(run: DiagnosisInput) -> Iterator[Finding]:
    norms = [one.norm for one in run.layers]
    scale = 1.0 if run.spec.reduction == "mean" else 1 / len(run.trainer.train_inputs)
    norm = float(np.linalg.norm(norms)) * scale
    initial_loss = run.curve[0].train_loss * scale if run.curve else 0.0
    if (
        run.spec.optimizer not in NORMALIZING_OPTIMIZERS
        and not run.learns_well
        and not (norm < EXPLODING_NORM or initial_loss < LARGE_INITIAL_LOSS)
    ):
        yield Finding("exploding", {"norm": norm, "loss": initial_loss}, int(np.argmax(norms)))


def _rate_too_high(run: DiagnosisInput) -> Iterator[Finding]:
    spec, diverged = run.spec, run.trainer.diverged
    if diverged is not None:
        yield Finding("rate_too_high", {"rate": spec.learning_rate, "step": diverged})
        return
    last = run.curve[-RECENT_ENTRIES:]
    if run.learns_well or len(last) < RECENT_ENTRIES or spec.optimizer in GRADIENT_FREE:
        return
    losses = np.array([one.train_loss for one in last])
    change, mean = float(np.abs(np.diff(losses)).mean()), float(losses.mean())
    if mean == 0:
        return
    half = RECENT_ENTRIES // 2
    improving = losses[half:].mean() < 0.9 * losses[:half].mean()
    grown = mean >= LOSS_GROWTH_RATIO * run.curve[0].train_loss
    if grown or (
        change >= OSCILLATION_RATIO * mean and mean >= HIGH_LOSS_RATIO * run.curve[0].train_loss and not improving
    ):
        yield Finding("rate_too_high", {"rate": spec.learning_rate, "jumps": change / mean, "loss": mean})


def _dead_relu(run: DiagnosisInput) -> Iterator[Finding]:
    if run.learns_well:
        return
    for layer, one in enumerate(run.layers):
        if one.dead is None:
            continue
        width = run.trainer.network.stages[layer].outputs
        most_dead = len(one.dead) >= max(DEAD_SHARE * width, 2) and len(run.trainer.train_inputs) >= MIN_SAMPLES
        if most_dead or len(one.dead) == width:
            yield Finding("dead_relu", {"dead": len(one.dead), "neurons": width}, layer, one.dead)
            return


def _saturated(run: DiagnosisInput) -> Iterator[Finding]:
    if run.learns_well:
        return
    for layer, one in enumerate(run.layers[:-1]):
        if one.saturated is not None and one.saturated >= SATURATED_SHARE:
            yield Finding("saturated", {"share": one.saturated}, layer)
            return


def _vanishing(run: DiagnosisInput) -> Iterator[Finding]:
    if run.learns_well or run.spec.optimizer in GRADIENT_FREE:
        return
    means = [one.mean for one in run.layers]
    smallest, largest = int(np.argmin(means)), int(np.argmax(means))
    if smallest >= largest:
        return
    ratio = means[largest] / max(means[smallest], MIN_DIVISOR)
    normalizing = run.spec.optimizer in NORMALIZING_OPTIMIZERS
    if ratio >= VANISHING_RATIO and (not normalizing or means[smallest] < VANISHING_EPSILONS * run.spec.epsilon):
        yield Finding("vanishing", {"times": ratio, "steepest": largest}, smallest)


def _class_imbalance(run: DiagnosisInput) -> Iterator[Finding]:
    """A class with few samples, most of which the network predicts as other classes."""
    classes, confusion = run.spec.class_count, run.evaluation["train"]["confusion"]
    if confusion is None or classes < 2 or run.trainer.epoch < 1:
        return
    counts = np.bincount(actual_classes(run.trainer.train_labels, run.spec), minlength=classes)
    rarest = int(np.argmin(counts))
    share, recall = float(counts[rarest] / counts.sum()), float(confusion[rarest, rarest] / max(counts[rarest], 1))
    if share * classes <= RARE_CLASS_SHARE and recall < LOW_RECALL:
        yield Finding("class_imbalance", {"class": rarest, "share": share, "recall": recall})


def _overfitting(run: DiagnosisInput) -> Iterator[Finding]:
    if len(run.curve) < RECENT_ENTRIES or len(run.trainer.test_inputs) < MIN_SAMPLES or run.spec.kind.whole:
        return
    best = min(run.curve, key=lambda one: one.test_loss)
    train, test = (
        float(np.median(losses))
        for losses in zip(*((one.train_loss, one.test_loss) for one in run.curve[-5:]), strict=True)
    )
    test_loss_rose = test >= max(
        OVERFITTING_RATIO * best.test_loss, best.test_loss + TEST_LOSS_RISE * run.curve[0].test_loss
    )
    if test_loss_rose and test >= OVERFITTING_RATIO * train and train < best.train_loss:
        times = test / max(best.test_loss, MIN_DIVISOR)
        yield Finding("overfitting", {"times": times, "step": best.step, "test_loss": test})


def _stuck(run: DiagnosisInput) -> Iterator[Finding]:
    if run.learns_well or not run.curve or run.trainer.stopped is not None:
        return
    newest = run.curve[-1]
    if newest.step < MIN_STEPS_STUCK:
        return
    later = [one.train_loss for one in run.curve if one.step >= newest.step / 2]
    quarter = max(1, len(later) // 4)
    before, after = float(np.median(later[:quarter])), float(np.median(later[-quarter:]))
    if before - after < STUCK_IMPROVEMENT * before and after >= HIGH_LOSS_RATIO * run.curve[0].train_loss:
        yield Finding("stuck", {"loss": newest.train_loss, "steps": newest.step // 2})
