"""Every failing run has its finding in time and keeps it; the fixed run learns and has none."""

from typing import get_args

import pytest

from engine.diagnosis.diagnosis import LEARNS_WELL_SCORE, FindingCode, diagnose
from engine.diagnosis.failures import FAILURES, Failure
from engine.spec.spec import Spec
from tests.engine.diagnosis.test_diagnosis import watched


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: one.finding)
def test_it_fails_and_is_fixed(failure: Failure) -> None:
    trainer, curve, found = watched(failure.spec, failure.found_by_step)
    assert failure.finding in [one.code for one in diagnose(trainer, curve).findings], "at its steps"
    trainer, curve, found = watched(failure.spec, failure.found_by_step + 800)
    assert failure.finding in found
    assert failure.finding in [one.code for one in diagnose(trainer, curve).findings], "and later on"

    trainer, curve, _ = watched(failure.fixed_spec, failure.fixed_by_step)
    assert diagnose(trainer, curve).findings == []
    accuracy = trainer.evaluate()["train_accuracy"]
    assert accuracy is not None
    assert accuracy >= LEARNS_WELL_SCORE - 0.05


def test_there_are_eight_and_each_is_another() -> None:
    names: list[FindingCode] = [one.finding for one in FAILURES]
    assert len(set(names)) == len(names) == 8
    assert set(get_args(FindingCode)) - set(names) == {"stuck"}


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: one.finding)
def test_a_fix_changes_all_its_fields(failure: Failure) -> None:
    assert all(getattr(failure.spec, name) != getattr(failure.fixed_spec, name) for name in failure.fix)
    assert set(failure.fix) <= set(Spec.model_fields)
