"""Scores and ROC curves against scikit-learn; which runs can be separated by a line."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as oracle

from engine import Spec
from engine.data.datasets import split
from engine.data.features import inputs_of
from engine.evaluation.metrics import ROC_POINTS, Scores, accuracy, explained, roc, scores
from engine.evaluation.separability import separable

TWO = Spec(dataset="circle")
CLASSES = {classes: Spec(dataset="blobs", classes=classes, loss="cross_entropy") for classes in range(2, 9)}


def of_two(true: list[int], predicted: list[int]) -> Scores:
    return scores(np.array(predicted, dtype=np.float32)[:, np.newaxis], np.array(true, dtype=np.float32), TWO)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_two_classes_as_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    true, predicted = (np.array(column) for column in zip(*pairs, strict=True))
    ours = of_two((2 * true - 1).tolist(), (2 * predicted - 1).tolist())
    assert ours["accuracy"] == pytest.approx(oracle.accuracy_score(true, predicted))
    np.testing.assert_array_equal(ours["confusion"], oracle.confusion_matrix(true, predicted, labels=[False, True]))
    for name, theirs, nothing in [
        ("precision", oracle.precision_score, not predicted.any()),
        ("recall", oracle.recall_score, not true.any()),
        ("f1", oracle.f1_score, not (predicted | true).any()),
    ]:
        if nothing:
            assert ours[name] is None  # type: ignore[literal-required]
        else:
            assert ours[name] == pytest.approx(theirs(true, predicted, zero_division=0))  # type: ignore[literal-required]
    assert ours["r2"] is ours["mae"] is ours["rmse"] is None


@given(st.integers(3, 8), st.integers(1, 60), st.integers(0, 2**31 - 1))
def test_more_classes_as_scikit_learn(classes: int, count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    true = random.integers(0, random.integers(1, classes + 1), count)
    outputs = random.normal(size=(count, classes)).astype(np.float32)
    outputs[:, 0] += 1
    predicted = outputs.argmax(axis=1)
    ours = scores(outputs, true.astype(np.float32), CLASSES[classes])
    how: dict[str, Any] = {"average": "macro", "zero_division": 0}
    assert ours["accuracy"] == pytest.approx(oracle.accuracy_score(true, predicted))
    assert ours["precision"] == pytest.approx(oracle.precision_score(true, predicted, **how))
    assert ours["recall"] == pytest.approx(oracle.recall_score(true, predicted, **how))
    assert ours["f1"] == pytest.approx(oracle.f1_score(true, predicted, **how))
    np.testing.assert_array_equal(
        ours["confusion"], oracle.confusion_matrix(true, predicted, labels=list(range(classes)))
    )


def test_a_class_that_is_predicted_and_never_true_counts_as_0() -> None:
    outputs = np.eye(3, dtype=np.float32)
    ours = scores(outputs, np.array([0, 1, 1], dtype=np.float32), CLASSES[3])
    assert ours["precision"] == pytest.approx(2 / 3)
    assert ours["recall"] == pytest.approx((1 + 0.5) / 3)
    assert ours["f1"] == pytest.approx((1 + 2 / 3) / 3)


@pytest.mark.parametrize(
    ("spec", "output", "plus"),
    [
        (Spec(), 0.01, True),
        (Spec(), -0.01, False),
        (Spec(output_activation="sigmoid"), 0.49, False),
        (Spec(output_activation="sigmoid"), 0.51, True),
        (Spec(loss="bce"), 0.01, True),
        (Spec(loss="bce"), -0.01, False),
    ],
)
def test_a_single_output_is_read_at_the_threshold(spec: Spec, output: float, plus: bool) -> None:
    outputs = np.array([[output]], dtype=np.float32)
    assert accuracy(outputs, np.array([1 if plus else -1], dtype=np.float32), spec) == 1
    assert accuracy(outputs, np.array([-1 if plus else 1], dtype=np.float32), spec) == 0


def test_two_outputs_of_two_classes_are_read_by_the_larger() -> None:
    outputs, labels = np.array([[5, 4], [-5, -4]], dtype=np.float32), np.array([-1, 1], dtype=np.float32)
    np.testing.assert_array_equal(scores(outputs, labels, CLASSES[2])["confusion"], [[1, 0], [0, 1]])


@given(st.integers(2, 40), st.integers(0, 2**31 - 1))
def test_values_as_scikit_learn(count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    truth = random.normal(size=(count, 2)).astype(np.float32)
    outputs = (truth + random.normal(size=(count, 2))).astype(np.float32)
    ours = scores(outputs / np.float32(10), truth, Spec(dataset="arithmetic"))  # outputs are in units of 10
    assert ours["r2"] is not None
    unexplained = 1 - oracle.r2_score(truth, outputs)  # r² itself cancels near 0
    assert 1 - ours["r2"] == pytest.approx(unexplained, rel=1e-5)
    assert ours["mae"] == pytest.approx(oracle.mean_absolute_error(truth, outputs), rel=1e-5)
    assert ours["rmse"] == pytest.approx(np.sqrt(oracle.mean_squared_error(truth, outputs)), rel=1e-5)
    assert all(ours[name] is None for name in ("accuracy", "precision", "recall", "f1", "confusion"))


@given(st.integers(2, 20), st.lists(st.booleans(), min_size=1, max_size=4), st.integers(0, 2**31 - 1))
def test_r2_is_the_mean_over_the_outputs_that_vary(count: int, varies: list[bool], seed: int) -> None:
    """Each as scikit-learn has it, which calls one that does not vary 0 or 1."""
    random, several = np.random.default_rng(seed), len(varies)
    truth = np.where(varies, random.normal(size=(count, several)), 0.3).astype(np.float32)
    outputs = (truth + random.normal(size=(count, several))).astype(np.float32)
    ours = scores(outputs, truth, Spec(dataset="random", random_outputs=several))
    theirs = oracle.r2_score(truth, outputs, multioutput="raw_values")[varies]
    if not any(varies):
        assert ours["r2"] is None
    else:
        assert ours["r2"] is not None
        assert 1 - ours["r2"] == pytest.approx(1 - theirs.mean(), rel=1e-4)
    assert ours["mae"] == pytest.approx(oracle.mean_absolute_error(truth, outputs), rel=1e-5)


@given(st.integers(3, 8), st.integers(1, 30), st.sampled_from(["one true", "one predicted", "ties"]), st.data())
def test_classes_of_a_degenerate_kind_as_scikit_learn(classes: int, count: int, kind: str, data: st.DataObject) -> None:
    """All of one class, all predicted to be one, or outputs that are equal, of which the first counts."""
    random, one = np.random.default_rng(data.draw(st.integers(0, 2**31 - 1))), data.draw(st.integers(0, classes - 1))
    true = np.full(count, one) if kind == "one true" else random.integers(0, classes, count)
    outputs = random.integers(0, 2, (count, classes)).astype(np.float32)
    if kind == "one predicted":
        outputs[:, one] = 2
    predicted = np.array([row.tolist().index(row.max()) for row in outputs])
    ours = scores(outputs, true.astype(np.float32), CLASSES[classes])
    how: dict[str, Any] = {"average": "macro", "zero_division": 0}
    for name, theirs in (
        ("precision", oracle.precision_score),
        ("recall", oracle.recall_score),
        ("f1", oracle.f1_score),
    ):
        assert ours[name] == pytest.approx(theirs(true, predicted, **how))  # type: ignore[literal-required]


def test_an_output_that_hardly_varies_does_not_outweigh_the_others() -> None:
    truth = np.array([[0, 0, 0.3], [1, 1e-4, 0.3], [2, 0, 0.3]], dtype=np.float32)
    outputs = truth + np.float32(0.01)
    found = explained(outputs, truth, unit=1)
    assert found.whole == pytest.approx(oracle.r2_score(truth, outputs, multioutput="variance_weighted"), abs=2e-4)
    assert found.whole is not None
    assert found.whole > 0.999
    assert found.each[:2] == pytest.approx(oracle.r2_score(truth, outputs, multioutput="raw_values")[:2], rel=1e-4)
    assert found.each[2] is None
    assert (scores(outputs, truth, Spec(dataset="random", random_outputs=3))["r2"] or 0) < 0
    assert explained(outputs[:, 2:], truth[:, 2:], unit=1) == (None, [None])


def test_targets_that_do_not_vary_have_no_r2() -> None:
    flat, outputs = np.full(5, 0.1, dtype=np.float32), np.zeros((5, 1), dtype=np.float32)
    ours = scores(outputs, flat, Spec(dataset="plane"))
    assert ours["r2"] is None
    assert ours["mae"] == pytest.approx(0.1)


@given(st.integers(2, 300), st.integers(1, 200), st.integers(0, 2**31 - 1))
def test_roc_as_scikit_learn(count: int, levels: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    labels = np.where(np.arange(count) < random.integers(1, count), 1, -1).astype(np.float32)
    score = (random.integers(0, levels, count) / levels + 0.3 * labels).astype(np.float32)
    curve = roc(score[:, np.newaxis], labels)
    assert curve is not None
    fpr, tpr, _ = oracle.roc_curve(labels, score, drop_intermediate=False)
    assert curve.auc == pytest.approx(oracle.roc_auc_score(labels, score))
    assert len(curve.fpr) == len(curve.tpr) <= ROC_POINTS
    assert (curve.fpr[0], curve.tpr[0], curve.fpr[-1], curve.tpr[-1]) == (0, 0, 1, 1)
    theirs = {(round(x, 9), round(y, 9)) for x, y in zip(fpr, tpr, strict=True)}
    assert {(round(x, 9), round(y, 9)) for x, y in zip(curve.fpr, curve.tpr, strict=True)} <= theirs
    kept = float(np.sum(np.diff(curve.fpr) * (curve.tpr[1:] + curve.tpr[:-1]) / 2))
    assert kept == pytest.approx(curve.auc, abs=1e-9 if len(theirs) <= ROC_POINTS else 0.02)


def test_roc_of_two_logits_reads_their_difference() -> None:
    outputs = np.array([[9, 10], [0, 5], [4, 4]], dtype=np.float32)
    curve = roc(outputs, np.array([-1, 1, -1], dtype=np.float32))
    assert curve is not None
    assert curve.auc == 1


def test_no_roc_of_one_class_or_of_what_is_not_finite() -> None:
    outputs = np.array([[1], [2]], dtype=np.float32)
    assert roc(outputs, np.array([1, 1], dtype=np.float32)) is None
    assert roc(outputs * np.float32(np.nan), np.array([1, -1], dtype=np.float32)) is None


@pytest.mark.parametrize(
    ("spec", "answer"),
    [
        (Spec(dataset="and_gate"), True),
        (Spec(dataset="or_gate"), True),
        (Spec(dataset="nand_gate"), True),
        (Spec(dataset="xor_gate"), False),
        (Spec(dataset="xor_gate", features=("x1", "x2", "x1_x2")), True),
        (Spec(dataset="gauss", noise=20), False),
        (Spec(dataset="blobs", noise=0), True),
        (Spec(dataset="circle"), False),
        (Spec(dataset="circle", features=("x1_squared", "x2_squared")), True),
        (Spec(dataset="spiral"), False),
        (Spec(dataset="function", function="line", samples=5000), True),
        (Spec(dataset="function", function="sine"), False),
    ],
)
def test_separable(spec: Spec, answer: bool) -> None:
    data = split(spec)
    assert separable(inputs_of(spec, data.train_rows), data.train_labels) is answer


def test_a_bias_can_be_needed() -> None:
    """Of a gate at (0, 0): NAND says 1 there, and w·x is 0."""
    for spec, answer in [(Spec(dataset="and_gate"), False), (Spec(dataset="or_gate"), True),
                         (Spec(dataset="nand_gate"), False)]:  # fmt: skip
        data = split(spec)
        assert separable(data.train_rows, data.train_labels, bias=False) is answer


@given(st.integers(2, 30), st.integers(0, 2**31 - 1))
def test_separable_agrees_with_a_line_that_was_drawn(count: int, seed: int) -> None:
    """Points beside a line are separable; a point of the other class amid three of one is not."""
    random = np.random.default_rng(seed)
    points = random.uniform(-6, 6, (count, 2)).astype(np.float32)
    distance = points @ random.normal(size=2) + random.normal()
    labels = np.where(distance > np.median(distance), 1, -1).astype(np.float32)
    assert separable(points, labels)
    corners = random.uniform(-6, 6, (3, 2)).astype(np.float32)
    amid = np.vstack([corners, corners.mean(axis=0)])
    assert not separable(amid, np.array([1, 1, 1, -1], dtype=np.float32))
