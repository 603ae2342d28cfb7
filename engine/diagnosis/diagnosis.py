"""Diagnosis: what is wrong with a run, as codes with the number that says so; nothing where nothing is.

A finding must earn its place: a run that learns well is left in peace, whatever a single meter shows, and where one
fault makes another, the first alone is told. No clock, no state: a trainer, its loss curve, and one answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from engine.backends.bugs import GRADIENT_FREE
from engine.data.targets import actual_classes
from engine.diagnosis.layer_stats import MOST_SAMPLES, LayerHealth, measure
from engine.evaluation.metrics import Evaluation
from engine.spec.choices import OptimizerName
from engine.spec.spec import Spec
from engine.training.snapshot import Entry
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
"""In this order causes come before what they cause."""

CONTENT = 0.95
"""Accuracy, or R², of the training set from which a run counts as learning well: beyond, there is little to mend."""

VANISHING = 1000.0
"""How many times smaller the mean |∂L/∂w| of a layer is than that of the steepest. A rule that goes by the size of a
gradient trains it that many times more slowly, which is longer than anybody waits; some hundreds are nothing unusual
in the first steps of two layers of sigmoids. Five of them leave (1/4)⁵, a thousandth."""

VANISHED = 100.0
"""In units of ε: a rule that divides by √v makes steps of full size until √v comes near ε; below this it trains a layer
at less than 99 % of its pace, and what is left of the gradient is soon rounding."""

EXPLODED = 1000.0
"""Norm of the whole gradient of a mean loss. Inputs and targets are of size 1 to 10, and where a step of 0.001 moves
every output by as much as that, no rate is small enough for long."""

FAR = 10.0
"""Mean loss before the first step from which outputs are beyond every target already: what is wrong is the start, and
not the rate that has led there."""

DEAD = 0.7
"""Share of a layer's ReLUs that are 0 for every sample; half are now and then where all is well."""

FEW = 16
"""Samples: so few are all on the left of many a ReLU by chance, and of so few tested no loss is to be trusted."""

SATURATED = 0.8
"""Share of a layer's values at a limit of the activation. Trained networks come to half of that and more, where they
have decided; what has not learned has not decided."""

EQUAL = 1e-6
"""In units of the largest weight: rows of weights that differ by less are the same neuron, several times over."""

RARE = 0.25
"""A class's share in units of an even share; below it can be left out at little cost to the loss."""

MISSED = 0.5
"""Recall of a rare class: below, most of it is given to others."""

OVERFITTING = 1.3
"""How many times its best the test loss is, and how many times the training loss: a quarter of it is no accident."""

JUMPY = 0.2
"""Mean change of the loss from entry to entry, in units of its mean, over the last entries, without getting better."""

HIGH = 0.4
"""Share of the first loss: below, a run has come far, and jumps are those of its batches, a plateau one of many."""

LOST = 0.2
"""Share of the first test loss by which it has risen again; a small loss may double and nothing has happened."""

WORSE = 1.25
"""How many times its first value the loss is."""

RECENT = 12
"""Entries of the curve by which jumps are judged."""

STUCK = 0.01
"""Share of the loss that the later half of the run has taken off."""

PATIENCE = 1500
"""Steps before a run can count as stuck: a plateau of 1000 is nothing unusual for a sigmoid."""

TINY = 1e-30
"""So that nothing is divided by 0."""

SCALED: frozenset[OptimizerName] = frozenset({"adagrad", "rmsprop", "adam", "adamw", "muon"})
"""Rules whose steps do not go by the size of a gradient."""


@dataclass(frozen=True)
class Finding:
    code: FindingCode
    values: dict[str, float]
    """The numbers that say so."""
    layer: int | None = None
    """The linear layer to look at, where there is one."""
    neurons: tuple[int, ...] = field(default=())
    """Of that layer; none: all of it."""


@dataclass(frozen=True)
class Examination:
    step: int
    layers: list[LayerHealth]
    findings: list[Finding]


def examine(trainer: Trainer, curve: Sequence[Entry]) -> Examination:
    """curve: of the run so far, in the order of steps, thinned as it may be."""
    count = len(trainer.train_inputs)
    samples = np.linspace(0, count - 1, min(count, MOST_SAMPLES)).astype(np.int64)
    state = trainer.position().state
    network = trainer.network
    with np.errstate(over="ignore", invalid="ignore"):
        values = trainer.activations(samples)
        gradient = np.concatenate([values.ravel() for values in trainer.gradients().values()])
        layers = measure(network, state.parameters, gradient, state.updates, values, trainer.train_inputs[samples])
        case = Case(trainer, layers, [one for one in curve if one.step <= state.step], trainer.evaluate())
        return Examination(state.step, layers, list(findings(case)))


@dataclass(frozen=True)
class Case:
    """All that a diagnosis goes by."""

    trainer: Trainer
    layers: list[LayerHealth]
    curve: list[Entry]
    now: Evaluation

    @property
    def spec(self) -> Spec:
        return self.trainer.spec

    @property
    def content(self) -> bool:
        score = self.now["train"]["r2"] if self.spec.is_regression else self.now["train_accuracy"]
        if score is not None:
            return score >= CONTENT
        return self.now["train_loss"] <= (1 - CONTENT) * self.curve[0].train_loss if self.curve else False


def findings(case: Case) -> Iterator[Finding]:
    """Of causes the first: what it causes needs no word. Beside it what the data and their split do."""
    looks = (_symmetric, _exploding, _rate, _dead, _saturated, _vanishing)
    causes = [finding for look in looks for finding in look(case)][:1]
    beside = [finding for look in (_imbalance, _overfitting) for finding in look(case)]
    yield from causes + beside or _stuck(case)


def _symmetric(case: Case) -> Iterator[Finding]:
    """Neurons with equal weights have equal gradients and stay equal: however many, they are worth one."""
    tensors = case.trainer.parameters()
    for layer in range(len(case.layers) - 1):
        weight = tensors[f"layers.{layer}.weight"]
        if len(weight) > 1 and np.ptp(weight, axis=0).max() <= EQUAL * np.abs(weight).max():
            yield Finding("symmetric", {"neurons": len(weight)}, layer)
            return


def _exploding(case: Case) -> Iterator[Finding]:
    norms = [one.norm for one in case.layers]
    share = 1.0 if case.spec.reduction == "mean" else 1 / len(case.trainer.train_inputs)
    norm = float(np.linalg.norm(norms)) * share
    began = case.curve[0].train_loss * share if case.curve else 0.0
    if case.spec.optimizer not in SCALED and not case.content and not (norm < EXPLODED or began < FAR):
        yield Finding("exploding", {"norm": norm, "loss": began}, int(np.argmax(norms)))


def _rate(case: Case) -> Iterator[Finding]:
    spec, diverged = case.spec, case.trainer.diverged
    if diverged is not None:
        yield Finding("rate_too_high", {"rate": spec.learning_rate, "step": diverged})
        return
    last = case.curve[-RECENT:]
    if case.content or len(last) < RECENT or spec.optimizer in GRADIENT_FREE:
        return
    losses = np.array([one.train_loss for one in last])
    jumps, mean = float(np.abs(np.diff(losses)).mean()), float(losses.mean())
    half = RECENT // 2
    better = losses[half:].mean() < 0.9 * losses[:half].mean()
    worse = mean >= WORSE * case.curve[0].train_loss
    if worse or (jumps >= JUMPY * mean and mean >= HIGH * case.curve[0].train_loss and not better):
        yield Finding("rate_too_high", {"rate": spec.learning_rate, "jumps": jumps / mean, "loss": mean})


def _dead(case: Case) -> Iterator[Finding]:
    if case.content:
        return
    for layer, one in enumerate(case.layers):
        if one.dead is None:
            continue
        width = case.trainer.network.stages[layer].outputs
        many = len(one.dead) >= max(DEAD * width, 2) and len(case.trainer.train_inputs) >= FEW
        if many or len(one.dead) == width:
            yield Finding("dead_relu", {"dead": len(one.dead), "neurons": width}, layer, one.dead)
            return


def _saturated(case: Case) -> Iterator[Finding]:
    if case.content:
        return
    for layer, one in enumerate(case.layers[:-1]):
        if one.saturated is not None and one.saturated >= SATURATED:
            yield Finding("saturated", {"share": one.saturated}, layer)
            return


def _vanishing(case: Case) -> Iterator[Finding]:
    if case.content or case.spec.optimizer in GRADIENT_FREE:
        return
    means = [one.mean for one in case.layers]
    least, steepest = int(np.argmin(means)), int(np.argmax(means))
    if least >= steepest:
        return
    times = means[steepest] / max(means[least], TINY)
    scaled = case.spec.optimizer in SCALED
    if times >= VANISHING and (not scaled or means[least] < VANISHED * case.spec.epsilon):
        yield Finding("vanishing", {"times": times, "steepest": steepest}, least)


def _imbalance(case: Case) -> Iterator[Finding]:
    """A class with few samples that the network gives up for the others."""
    classes, confusion = case.spec.class_count, case.now["train"]["confusion"]
    if confusion is None or classes < 2 or case.trainer.epoch < 1:
        return
    there = np.bincount(actual_classes(case.trainer.train_labels, case.spec), minlength=classes)
    rarest = int(np.argmin(there))
    share, recall = float(there[rarest] / there.sum()), float(confusion[rarest, rarest] / max(there[rarest], 1))
    if share * classes <= RARE and recall < MISSED:
        yield Finding("class_imbalance", {"class": rarest, "share": share, "recall": recall})


def _overfitting(case: Case) -> Iterator[Finding]:
    if len(case.curve) < RECENT or len(case.trainer.test_inputs) < FEW or case.spec.kind.whole:
        return
    best = min(case.curve, key=lambda one: one.test_loss)
    train, test = (
        float(np.median(losses))
        for losses in zip(*((one.train_loss, one.test_loss) for one in case.curve[-5:]), strict=True)
    )
    risen = test >= max(OVERFITTING * best.test_loss, best.test_loss + LOST * case.curve[0].test_loss)
    if risen and test >= OVERFITTING * train and train < best.train_loss:
        yield Finding("overfitting", {"times": test / best.test_loss, "step": best.step, "test_loss": test})


def _stuck(case: Case) -> Iterator[Finding]:
    if case.content or not case.curve or case.trainer.stopped is not None:
        return
    now = case.curve[-1]
    if now.step < PATIENCE:
        return
    later = [one.train_loss for one in case.curve if one.step >= now.step / 2]
    quarter = max(1, len(later) // 4)
    before, after = float(np.median(later[:quarter])), float(np.median(later[-quarter:]))
    if before - after < STUCK * before and after >= HIGH * case.curve[0].train_loss:
        yield Finding("stuck", {"loss": now.train_loss, "steps": now.step // 2})
