"""Every breakage shows its finding in time and to the end; mended, it learns and nothing is left to say."""

from typing import get_args

import pytest

from engine.diagnosis.diagnosis import CONTENT, FindingCode, examine
from engine.diagnosis.failures import BREAKAGES, Breakage
from engine.spec.spec import Spec
from tests.engine.diagnosis.test_diagnosis import watched


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda one: one.finding)
def test_it_breaks_and_is_mended(breakage: Breakage) -> None:
    trainer, curve, found = watched(breakage.spec, breakage.steps)
    assert breakage.finding in [one.code for one in examine(trainer, curve).findings], "at its steps"
    trainer, curve, found = watched(breakage.spec, breakage.steps + 800)
    assert breakage.finding in found
    assert breakage.finding in [one.code for one in examine(trainer, curve).findings], "and later on"

    trainer, curve, _ = watched(breakage.repaired, breakage.mended_by)
    assert examine(trainer, curve).findings == []
    accuracy = trainer.evaluate()["train_accuracy"]
    assert accuracy is not None
    assert accuracy >= CONTENT - 0.05


def test_there_are_eight_and_each_is_another() -> None:
    names: list[FindingCode] = [one.finding for one in BREAKAGES]
    assert len(set(names)) == len(names) == 8
    assert set(get_args(FindingCode)) - set(names) == {"stuck"}


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda one: one.finding)
def test_a_repair_changes_what_it_says(breakage: Breakage) -> None:
    assert all(getattr(breakage.spec, name) != getattr(breakage.repaired, name) for name in breakage.repair)
    assert set(breakage.repair) <= set(Spec.model_fields)
