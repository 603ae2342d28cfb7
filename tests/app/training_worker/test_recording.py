"""Each of the first steps has its entry, whatever is shown, and no step is another for it."""

import numpy as np
import pytest

from app.training_worker import recording
from app.training_worker.port import FIRST_STEPS
from app.training_worker.recording import advance
from engine import Spec, Trainer
from engine.spec.choices import BackendName


@pytest.mark.parametrize("backend", ["by_hand", "compiled"])
def test_every_step_but_the_last_has_the_entry_of_its_own(backend: BackendName) -> None:
    trainer, twin = (Trainer(Spec(seed=3), backend) for _ in range(2))
    recorded = advance(trainer, 7, watched=False, every_step=True)
    assert [entry.step for entry in recorded.entries] == [1, 2, 3, 4, 5, 6]
    for entry in recorded.entries:
        twin.advance(1)
        told = twin.snapshot(2).entry
        assert (entry.train_loss, entry.test_loss) == pytest.approx((told.train_loss, told.test_loss), rel=1e-6)
        assert entry.gradient_norms == pytest.approx(told.gradient_norms, rel=1e-5)
    twin.advance(1)
    for name, values in trainer.parameters().items():
        np.testing.assert_array_equal(values, twin.parameters()[name])


def test_the_step_before_the_last_can_still_be_inspected() -> None:
    trainer = Trainer(Spec(), backend="by_hand")
    for every_step in (True, False):
        before = advance(trainer, 5, watched=True, every_step=every_step).before
        assert before
        assert before.state.step == trainer.step - 1


def test_later_steps_have_none_and_a_run_that_ends_ends() -> None:
    trainer = Trainer(Spec(stop_steps=FIRST_STEPS + 5), backend="by_hand")
    trainer.advance(FIRST_STEPS - 2)
    recorded = advance(trainer, 100, watched=False, every_step=True)
    assert [entry.step for entry in recorded.entries] == [FIRST_STEPS - 1, FIRST_STEPS]
    assert trainer.step == FIRST_STEPS + 5
    assert advance(trainer, 3, watched=True, every_step=True).before is None


def test_where_two_entries_take_long_there_are_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST_SECONDS", -1.0)
    trainer = Trainer(Spec(), backend="by_hand")
    recorded = advance(trainer, 9, watched=False, every_step=True)
    assert ([entry.step for entry in recorded.entries], recorded.too_costly, trainer.step) == ([1, 2], True, 9)
