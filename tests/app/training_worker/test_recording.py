"""Each of the first steps has its entry and each epoch its row, whatever is shown, and no step is another for it."""

import numpy as np
import pytest

from app.training_worker import recording
from app.training_worker.port import FIRST_STEPS
from app.training_worker.recording import Recorder
from engine import Spec, Trainer
from engine.spec.choices import BackendName
from engine.spec.presets import PRESETS
from engine.training.epoch_log import EpochLog, EpochRow


@pytest.mark.parametrize("backend", ["by_hand", "compiled"])
def test_every_step_but_the_last_has_the_entry_of_its_own(backend: BackendName) -> None:
    trainer, twin = (Trainer(Spec(seed=3), backend) for _ in range(2))
    recorded = Recorder(trainer, watched=False, every_step=True)
    recorded.advance(7)
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
        recorded = Recorder(trainer, watched=True, every_step=every_step)
        recorded.advance(5)
        assert recorded.before
        assert recorded.before.state.step == trainer.step - 1


def test_later_steps_have_none_and_a_run_that_ends_ends() -> None:
    trainer = Trainer(Spec(stop_steps=FIRST_STEPS + 5), backend="by_hand")
    trainer.advance(FIRST_STEPS - 2)
    recorded = Recorder(trainer, watched=False, every_step=True)
    recorded.advance(100)
    assert [entry.step for entry in recorded.entries] == [FIRST_STEPS - 1, FIRST_STEPS]
    assert trainer.step == FIRST_STEPS + 5
    ended = Recorder(trainer, watched=True, every_step=True)
    ended.advance(3)
    assert ended.before is None


def test_where_two_entries_take_long_there_are_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST_SECONDS", -1.0)
    trainer = Trainer(Spec(), backend="by_hand")
    recorded = Recorder(trainer, watched=False, every_step=True)
    recorded.advance(9)
    assert ([entry.step for entry in recorded.entries], recorded.too_costly, trainer.step) == ([1, 2], True, 9)


SMALL = Spec(samples=40, train_fraction=0.5, batch_size=6, seed=5)
"""4 steps an epoch, the last of a smaller batch."""


def rows_of(spec: Spec, *turns: int, backend: BackendName = "by_hand", watched: bool = False) -> list[EpochRow]:
    """The rows of turns of so many steps."""
    trainer, log = Trainer(spec, backend), EpochLog()
    for steps in turns:
        recorder = Recorder(trainer, watched=watched, every_step=True, logged_epoch=max(trainer.epoch, log.last_epoch))
        recorder.advance(steps)
        recorder.log_if_due()
        for row in recorder.rows:
            log.add(row)
    return list(log.entries)


@pytest.mark.parametrize("backend", ["by_hand", "compiled"])
def test_the_end_of_each_epoch_has_the_row_of_its_own_at_any_pace(backend: BackendName) -> None:
    rows = rows_of(SMALL, 80, backend=backend)
    assert [(row.epoch, row.step) for row in rows] == [(epoch, 4 * epoch) for epoch in range(1, 21)]
    twin = Trainer(SMALL, backend)
    for row in rows:
        twin.advance_to_epoch_end()
        told = twin.evaluate()
        assert (row.train_loss, row.test_loss) == pytest.approx((told["train_loss"], told["test_loss"]), rel=1e-6)
        assert (row.train_accuracy, row.test_accuracy) == (told["train_accuracy"], told["test_accuracy"])
    assert rows_of(SMALL, *[1] * 80, backend=backend) == rows
    assert rows_of(SMALL, 3, 1, 30, 7, 39, backend=backend, watched=True) == rows


def test_of_many_epochs_every_second_or_fourth_has_a_row_and_so_has_the_end() -> None:
    spec = Spec(dataset="xor_gate", batch_size=None, learning_rate=0.0001, stop_epochs=1001, seed=1)
    rows = rows_of(spec, 900, 900)
    assert [row.epoch for row in rows] == [*range(8, 1001, 8), 1001]


def test_the_perceptron_counts_its_errors() -> None:
    (preset,) = (preset for preset in PRESETS if preset.name == "d1_and")
    assert preset.spec
    rows = rows_of(preset.spec, 500)
    assert rows[-1].errors == 0  # it stops after such an epoch
    assert rows[0].errors
    assert all(row.errors is not None and 0 < row.errors <= 4 for row in rows[:-1])
    assert rows_of(SMALL, 4)[0].errors is None
