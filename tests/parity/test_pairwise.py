"""What the Spec admits, every backend runs: every name there is, and every two that go together, for three steps.

A covering array: rows of choices in which each pair of values of two fields stands at least once. It is made anew and
always the same, greedily: a row starts from a pair not yet seen and takes up, field by field, the value that brings
most new pairs and that the Spec admits. A pair that no row can hold must be refused by the Spec, in a sentence.
"""

from collections.abc import Callable, Iterator
from itertools import combinations, product
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import ValidationError

from app.wire.messages import sentence
from app.wire.validation import explain
from engine import Layer, Spec, Trainer
from engine.data.digits import DataSources
from engine.spec.choices import (
    FEATURES,
    ActivationName,
    BackendName,
    ClipName,
    DatasetName,
    FunctionName,
    InitializerName,
    LossName,
    OptimizerName,
    ReductionName,
    ScheduleName,
)
from tests.engine.data.test_digits import write_mnist
from tests.parity.oracle import relative

Value = tuple[str, str]
"""A field and the name of what it is set to."""
Row = dict[str, str]

POINTS = tuple((-3 + 0.31 * i, (-1) ** i * 0.2 * i - 1, i % 3) for i in range(20))


def named(field: str, names: object) -> dict[str, dict[str, Any]]:
    return {str(name): {field: name} for name in get_args(names)}


FIELDS: dict[str, dict[str, dict[str, Any]]] = {
    "dataset": {
        name: {"dataset": name, "own_points": POINTS} if name in ("own", "own_values") else {"dataset": name}
        for name in get_args(DatasetName)
    },
    "output_activation": {"the loss's": {}, **named("output_activation", ActivationName)},
    "activation": named("activation", ActivationName),
    "optimizer": named("optimizer", OptimizerName),
    "initializer": named("initializer", InitializerName),
    "layers": {
        "plain": {"hidden": (5, 4)},
        "none": {"hidden": ()},
        "their own activation": {"hidden": (Layer(width=5, activation="elu"), Layer(width=4, activation="silu"))},
        "dropout": {"hidden": (Layer(width=5, dropout=0.3), 4)},
        "batch norm": {"hidden": (5, Layer(width=4, batch_norm=True))},
        "residual": {"hidden": (5, Layer(width=5, residual=True))},
        "all at once": {
            "hidden": (
                Layer(width=5, dropout=0.2, batch_norm=True),
                Layer(width=5, dropout=0.4, batch_norm=True, residual=True),
            )
        },
    },
    "loss": named("loss", LossName),
    "schedule": named("schedule", ScheduleName),
    "function": named("function", FunctionName),
    "clip": named("clip", ClipName),
    "batch": {"10": {"batch_size": 10}, "1": {"batch_size": 1}, "all": {"batch_size": None}},
    "classes": {"2": {"classes": 2}, "3": {"classes": 3}, "8": {"classes": 8}},
    "penalty": {"none": {}, "l1 and l2": {"l1": 0.01, "l2": 0.02}, "decay": {"weight_decay": 0.5}},
    "reduction": named("reduction", ReductionName),
    "biases": {"on": {}, "off": {"biases": False}},
    "features": {"two": {}, "all": {"features": FEATURES}},
    "adapting": {"plain": {}, "amsgrad and centered": {"amsgrad": True, "centered": True, "nesterov": False}},
    "warm-up": {"none": {}, "two steps": {"warmup_steps": 2}},
}

STEADY: dict[str, Any] = {
    "samples": 46, "noise": 20, "learning_rate": 0.005, "schedule_steps": 2, "clip_limit": 0.5, "epsilon": 0.1,
    "alpha": 0.9, "init_std": 0.5, "pairs": 3, "random_inputs": 6, "norm_epsilon": 1e-3, "seed": 8,
}  # fmt: skip
"""For all rows. Each ε keeps what is only rounding, of a gradient (3e-6 behind 784 inputs and batch norm) or a spread,
from becoming a whole step; steps are so small that three of them stay where float32 can tell; 46 samples make batches
of 10, 10 and 3; with this seed no neuron of `step` stands at its threshold, where rounding alone decides."""

PLAIN: Row = {field: next(iter(values)) for field, values in FIELDS.items()}
BASES: list[Row] = [
    PLAIN,
    {**PLAIN, "dataset": "plane"},
    {**PLAIN, "dataset": "and_gate", "optimizer": "perceptron", "layers": "none", "output_activation": "step"},
    {**PLAIN, "batch": "all"},
]
"""Rows that the Spec admits; what a pair does not set is as in one of them."""

TOLERANCE = 2e-4
"""Of what three steps changed, in units of the largest change: a change of 0.01 of a weight of 1 holds 5 digits."""


def spec_of(row: Row) -> Spec:
    fields = dict(STEADY)
    for field, value in row.items():
        fields |= FIELDS[field][value]
    return Spec(**fields)


def refusal(row: Row) -> str | None:
    """What the Spec says against it."""
    try:
        spec_of(row)
    except ValidationError as error:
        refused = explain(error, Spec)
        return sentence(refused.code, refused.values)
    return None


def pairs_of(row: Row) -> set[frozenset[Value]]:
    return {frozenset(pair) for pair in combinations(row.items(), 2)}


def covering_array() -> tuple[list[Row], dict[frozenset[Value], str]]:
    """The rows, and each pair that goes together in none, with what the Spec says of it."""
    rows: list[Row] = []
    refused: dict[frozenset[Value], str] = {}
    open_pairs = {
        frozenset({(one, a), (other, b)})
        for one, other in combinations(FIELDS, 2)
        for a, b in product(FIELDS[one], FIELDS[other])
    }
    for pair in sorted(open_pairs, key=lambda pair: sorted(pair)):
        if pair not in open_pairs:
            continue
        row = next((base | dict(pair) for base in BASES if refusal(base | dict(pair)) is None), None)
        if row is None:
            refused[pair] = str(refusal(PLAIN | dict(pair)))
            open_pairs.discard(pair)
            continue
        taken = dict(pair)
        for field in FIELDS:
            if field not in taken:
                row[field] = best_value(field, row, taken, open_pairs)
                taken[field] = row[field]
        rows.append(row)
        open_pairs -= pairs_of(row)
    return rows, refused


def best_value(field: str, row: Row, taken: Row, open_pairs: set[frozenset[Value]]) -> str:
    """The one that closes most pairs with those already taken, among those the Spec admits."""

    def gain(value: str) -> int:
        return sum(frozenset({(field, value), other}) in open_pairs for other in taken.items())

    for value in sorted(FIELDS[field], key=gain, reverse=True):
        if refusal({**row, field: value}) is None:
            return value
    raise AssertionError(f"{row} is admitted, and with no value of {field}")


@pytest.fixture(scope="module")
def array() -> tuple[list[Row], dict[frozenset[Value], str]]:
    return covering_array()


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> DataSources:
    return write_mnist(Path(tmp_path_factory.mktemp("mnist")))


def test_every_pair_stands_in_a_row_or_is_refused_in_a_sentence(
    array: tuple[list[Row], dict[frozenset[Value], str]],
) -> None:
    rows, refused = array
    seen: set[frozenset[Value]] = set().union(*map(pairs_of, rows))
    wanted = sum(len(FIELDS[one]) * len(FIELDS[other]) for one, other in combinations(FIELDS, 2))
    assert len(seen | set(refused)) == wanted
    assert not seen & set(refused), "said to go together in no row, and stands in one"
    for pair, said in refused.items():
        assert said.startswith("These settings do not go together: "), f"{set(pair)}: {said}"
        assert any(mark in said for mark in ("; ", "choose")), f"no way out: {said}"


def test_no_row_at_random_holds_a_pair_called_impossible(
    array: tuple[list[Row], dict[frozenset[Value], str]],
) -> None:
    """Not even with the rest as it falls: 3,000 rows drawn, of which the Spec admits a part."""
    random = np.random.default_rng(0)
    admitted = 0
    for _ in range(3000):
        row = {field: str(random.choice(list(values))) for field, values in FIELDS.items()}
        if refusal(row) is None:
            admitted += 1
            assert not pairs_of(row) & set(array[1]), row
    assert admitted > 300


@pytest.mark.parametrize("backend", [name for name in get_args(BackendName) if name != "by_hand"])
def test_every_pair_of_choices_is_trained_as_by_hand(
    backend: BackendName,
    array: tuple[list[Row], dict[frozenset[Value], str]],
    sources: DataSources,
    record_property: Callable[[str, object], None],
) -> None:
    differences = [(max(compare(spec_of(row), backend, sources)), row) for row in array[0]]
    worst = max(difference for difference, _ in differences)
    pairs = len(set().union(*map(pairs_of, array[0])))
    record_property("parity", (f"experiments that hold {pairs} pairs of choices, {backend}", len(array[0]), worst))
    faults = [f"{difference:.1e} {spec_of(row)!r}" for difference, row in differences if not difference < TOLERANCE]
    assert not faults, f"{len(faults)} of {len(differences)} differ:\n" + "\n".join(faults)


def compare(spec: Spec, backend: BackendName, sources: DataSources) -> Iterator[float]:
    """By how much parameters, statistics, losses and gradients differ after three steps from those made by hand."""
    true, found = (Trainer(spec, "by_hand", sources) for _ in range(2))
    found.switch_backend(backend)
    start = true.state()
    for trainer in (true, found):
        trainer.advance(3)
    first, second = found.state(), true.state()
    assert first["diverged"] is second["diverged"] is None, spec
    for counter in ("step", "epoch", "cursor", "samples", "optimizer_steps"):
        assert first[counter] == second[counter], f"{counter}: {spec!r}"
    yield share(first["parameters"], second["parameters"], start["parameters"])
    yield share(first["buffers"], second["buffers"], start["buffers"])
    for loss in ("loss_sum", "epoch_loss"):
        if second[loss]:
            yield abs(first[loss] - second[loss]) / abs(second[loss])
    gradients = [np.concatenate([g.ravel() for g in trainer.gradients().values()]) for trainer in (found, true)]
    yield relative(*gradients) if np.abs(gradients[1]).max() > 1e-6 else 0.0
    evaluations = [trainer.evaluate()["test_loss"] for trainer in (found, true)]
    yield abs(evaluations[0] - evaluations[1]) / max(abs(evaluations[1]), 1e-6)


def share(found: Any, true: Any, start: Any) -> float:
    """The difference in units of what changed; of rounding where nothing did."""
    if found.size == 0:
        return 0.0
    moved = max(np.abs(true - start).max(), 1e-2 * np.abs(start).max(), 1e-6)
    return float(np.abs(found - true).max() / moved)
