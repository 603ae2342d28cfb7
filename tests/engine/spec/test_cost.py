"""The cost of a step is known before it is taken: as counted in the arithmetic itself, and with the batch that fits."""

import random
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from engine import Spec
from engine.fault import Fault
from engine.nn.optimizers import orthogonalised
from engine.spec.cost import MOST_MULTIPLICATIONS, NEURON, muon_multiplications, sample_multiplications
from engine.spec.spec import MOST_BATCH, MOST_DATA

ALL_OF_MNIST: dict[str, Any] = {"dataset": "mnist", "samples": 70_000, "train_fraction": 0.9, "loss": "cross_entropy"}


def fault(**fields: Any) -> Fault | None:
    try:
        Spec(**fields)
    except ValidationError as error:
        found: Fault = error.errors()[0]["ctx"]["error"]
        return found
    return None


def test_a_sample_is_multiplied_with_every_weight() -> None:
    assert sample_multiplications([3, 5, 2]) == 3 * 5 + 5 * 2 + NEURON * (5 + 2)


class Counting(np.ndarray[Any, np.dtype[np.float32]]):
    """Counts the multiplications of its products of matrices."""

    count = 0

    def __matmul__(self, other: Any) -> Any:
        Counting.count += self.shape[0] * self.shape[1] * other.shape[1]
        return np.matmul(np.asarray(self), np.asarray(other)).view(Counting)


@pytest.mark.parametrize("shape", [(3, 7), (7, 3), (4, 4)])
def test_muon_multiplies_as_often_as_its_matrices_do(shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "count", 0)
    orthogonalised(np.eye(*shape, dtype=np.float32).view(Counting), 5)
    assert Counting.count == muon_multiplications([1, *shape, 1], 5)


def test_a_step_that_would_take_seconds_is_refused_with_the_batch_size_that_fits() -> None:
    wide = {**ALL_OF_MNIST, "hidden": (256,), "optimizer": "evolution", "pairs": 64, "batch_size": None}
    found = fault(**wide)
    assert found is not None
    assert (found.code, found.values["samples"]) == ("spec_step_too_long", 63_000)
    fitting = found.values["batch_size"]
    assert isinstance(fitting, int)
    assert fault(**{**wide, "batch_size": fitting}) is None
    assert fault(**{**wide, "batch_size": fitting + 1}) is not None
    assert (fitting + 1) * 128 * sample_multiplications([784, 256, 10]) > MOST_MULTIPLICATIONS


def test_any_step_that_is_refused_has_a_batch_size_that_fits() -> None:
    chance = random.Random(4)
    seen: dict[str, int] = {}
    while min(seen.get(rule, 0) for rule in ("sgd", "evolution", "muon")) < 20:
        drawn: dict[str, Any] = {
            **ALL_OF_MNIST,
            "hidden": [chance.choice([1, 20, 100, 300, 400]) for _ in range(chance.randrange(4))],
            "optimizer": chance.choice(["sgd", "evolution", "muon"]),
            "pairs": chance.choice([1, 8, 64]),
            "newton_schulz_steps": chance.choice([1, 10]),
            "batch_size": chance.choice([None, 5000, 1000, 100]),
        }
        found = fault(**drawn)
        if found is None or found.code == "spec_parameters":
            continue
        assert found.code == "spec_step_too_long", found
        fitting = found.values["batch_size"]
        assert isinstance(fitting, int)
        assert 1 <= fitting <= MOST_BATCH
        assert fault(**{**drawn, "batch_size": fitting}) is None
        seen[drawn["optimizer"]] = seen.get(drawn["optimizer"], 0) + 1


@pytest.mark.parametrize("hidden", [(545, 545), (290,) * 4, (1024, 260)])
def test_a_gradient_of_any_batch_of_given_size_fits(hidden: tuple[int, ...]) -> None:
    few = {"dataset": "random", "samples": MOST_BATCH, "random_inputs": 1, "random_outputs": 1, "hidden": hidden}
    assert fault(**few, batch_size=MOST_BATCH) is None
    assert fault(**few, batch_size=1, optimizer="muon", newton_schulz_steps=10) is None


def test_samples_times_inputs_have_a_bound_that_all_of_mnist_keeps() -> None:
    assert fault(**ALL_OF_MNIST) is None
    most = MOST_DATA // 1000
    found = fault(dataset="random", samples=70_000, random_inputs=1000)
    assert found is not None
    assert found.code == "spec_too_much_data"
    assert found.values == {"samples": 70_000, "inputs": 1000, "limit": MOST_DATA, "most": most}
    assert fault(dataset="random", samples=most, random_inputs=1000) is None
