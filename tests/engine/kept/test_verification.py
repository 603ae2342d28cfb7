"""A kept experiment trained again: whether its numbers are those of its Spec and seed."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import Spec
from engine.fault import Fault
from engine.kept.experiment import KeptExperiment
from engine.kept.verification import LEAST, verify
from tests.engine.kept.experiments import EVENTFUL, experiment


def with_state(kept: KeptExperiment, **values: Any) -> KeptExperiment:
    return replace(kept, here=replace(kept.here, state=replace(kept.here.state, **values)))


def moved(values: Any, share: float) -> Any:
    """The largest number, by a share of it."""
    other = values.copy()
    other[np.abs(other).argmax()] *= 1 + share
    return other


def test_a_right_one_is_the_same_bit_for_bit() -> None:
    for kept in (experiment(), experiment(Spec(), 40, "compiled"), experiment(Spec(), 0)):
        assert (verify(kept).outcome, verify(kept).holds) == ("same", True)


def test_one_of_another_arithmetic_agrees() -> None:
    kept = experiment(Spec(), 40)
    found = verify(replace(kept, here=replace(kept.here, backend="compiled")))
    assert (found.outcome, found.holds) == ("agrees", True)


KEPT = experiment()
ENTRY, ROW = KEPT.curve[30], KEPT.log[0]
LOWER = replace(ENTRY, train_loss=0.9 * ENTRY.train_loss)
FORGED = {
    "curve": replace(KEPT, curve=(*KEPT.curve[:30], LOWER, *KEPT.curve[31:])),
    "test loss": replace(
        KEPT, curve=(*KEPT.curve[:30], replace(ENTRY, test_loss=ENTRY.test_loss * (1 + 1e-3)), *KEPT.curve[31:])
    ),
    "log": replace(KEPT, log=(replace(ROW, test_accuracy=1.0), *KEPT.log[1:])),
    "weights": with_state(KEPT, parameters=moved(KEPT.here.state.parameters, 1e-2)),
    "memory": with_state(
        KEPT, optimizer_state={name: moved(one, 0.1) for name, one in KEPT.here.state.optimizer_state.items()}
    ),
    "running means": with_state(KEPT, buffers=moved(KEPT.here.state.buffers, 1e-2)),
    "start": replace(KEPT, start=moved(KEPT.start, 1e-4)),
    "steps": with_state(KEPT, step=74),
    "place in the epoch": with_state(KEPT, cursor=0),
    "another seed": replace(KEPT, here=replace(KEPT.here, spec=EVENTFUL.changed(seed=4))),
    "another rate": replace(KEPT, here=replace(KEPT.here, spec=EVENTFUL.changed(learning_rate=0.011))),
    "changed, as it says": replace(KEPT, changed=True),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_one_is_found(name: str) -> None:
    found = verify(FORGED[name])
    assert not found.holds
    if name in ("curve", "test loss"):
        assert (found.outcome, found.place, found.step) == ("differs", "curve", ENTRY.step)


def test_the_last_digits_of_a_loss_may_differ() -> None:
    near = replace(ENTRY, train_loss=ENTRY.train_loss * (1 + LEAST / 10))
    assert verify(replace(KEPT, curve=(*KEPT.curve[:30], near, *KEPT.curve[31:]))).holds


def test_a_run_that_rounding_takes_elsewhere_is_held_to_its_bits() -> None:
    wild = experiment(Spec(dataset="spiral", hidden=(8, 8), learning_rate=3), 400)
    assert verify(wild).holds
    found = verify(with_state(wild, parameters=moved(wild.here.state.parameters, 1e-2)))
    assert not found.holds


def test_a_place_beyond_the_data_is_refused() -> None:
    with pytest.raises(Fault, match="kept_damaged"):
        verify(with_state(KEPT, cursor=10**6))
