"""The timeline: any step of a run is had again bit for bit, branches begin where they should, memory is bounded."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from engine import Layer, Spec, Trainer
from engine.training.timeline import Checkpoint, Timeline

SPEC = Spec(hidden=(4, Layer(width=4, dropout=0.2, batch_norm=True)), optimizer="adam", samples=100, batch_size=8)
ROOMY = 10**8


def started(spec: Spec = SPEC, max_bytes: int = ROOMY) -> tuple[Trainer, Timeline]:
    trainer = Trainer(spec)
    return trainer, Timeline(max_bytes, trainer.checkpoint(), trainer.evaluate()["test_loss"])


def run(trainer: Trainer, timeline: Timeline, pictures: int, by: int) -> None:
    """As a session does: so many steps, then a picture, which may be kept."""
    for _ in range(pictures):
        trainer.advance(by)
        if timeline.record_rule.includes(trainer.step):
            timeline.record(trainer.checkpoint(), trainer.evaluate()["test_loss"])


def seek(trainer: Trainer, timeline: Timeline, branch: int, step: int) -> None:
    trainer.restore(timeline.nearest(branch, step).checkpoint)
    trainer.advance(step - trainer.step)


def assert_same(found: Checkpoint, true: Checkpoint) -> None:
    assert found.spec == true.spec
    assert found.stopping == true.stopping
    np.testing.assert_equal(vars(found.state), vars(true.state))


@pytest.mark.parametrize("step", [0, 1, 24, 25, 26, 399, 500])
def test_any_step_is_had_again_bit_for_bit(step: int) -> None:
    trainer, timeline = started()
    run(trainer, timeline, pictures=20, by=25)
    true = Trainer(SPEC)
    true.advance(step)
    seek(trainer, timeline, 0, step)
    assert_same(trainer.checkpoint(), true.checkpoint())


def test_a_run_goes_on_from_any_moment_as_if_never_left() -> None:
    trainer, timeline = started()
    run(trainer, timeline, pictures=20, by=25)
    seek(trainer, timeline, 0, 110)
    trainer.advance(1000)
    whole = Trainer(SPEC)
    whole.advance(1110)
    assert_same(trainer.checkpoint(), whole.checkpoint())


def test_a_branch_leaves_where_something_was_changed() -> None:
    trainer, timeline = started()
    run(trainer, timeline, pictures=10, by=20)
    seek(trainer, timeline, 0, 70)
    trainer.configure(trainer.spec.changed(learning_rate=0.1))
    timeline.branch(trainer.checkpoint(), trainer.evaluate()["test_loss"], ("learning_rate",))
    run(trainer, timeline, pictures=10, by=20)

    assert timeline.current == 1
    left = timeline.branches[1]
    assert (left.parent, left.first_step, left.changed, left.last_step) == (0, 70, ("learning_rate",), 270)
    assert timeline.branches[0].last_step == 200
    assert timeline.nearest(1, 30).checkpoint.spec.learning_rate == SPEC.learning_rate, "before, it is its parent"
    assert timeline.nearest(1, 70).checkpoint.spec.learning_rate == 0.1
    assert timeline.nearest(0, 70).checkpoint.spec.learning_rate == SPEC.learning_rate

    alone = Trainer(SPEC)
    alone.advance(70)
    alone.configure(alone.spec.changed(learning_rate=0.1))
    alone.advance(113)
    seek(trainer, timeline, 1, 183)
    assert_same(trainer.checkpoint(), alone.checkpoint())


def test_changes_on_the_way_are_kept_so_that_steps_after_them_are_had_again() -> None:
    trainer, timeline = started()
    run(trainer, timeline, pictures=5, by=20)
    trainer.advance(7)
    trainer.configure(trainer.spec.changed(optimizer="sgd", learning_rate=0.2))
    timeline.record(trainer.checkpoint(), trainer.evaluate()["test_loss"], pinned=True)
    run(trainer, timeline, pictures=5, by=20)
    end = trainer.checkpoint()
    seek(trainer, timeline, 0, 107)
    assert trainer.spec.learning_rate == 0.2
    seek(trainer, timeline, 0, 106)
    assert trainer.spec == SPEC
    seek(trainer, timeline, 0, end.state.step)
    assert_same(trainer.checkpoint(), end)


def test_memory_is_bounded_over_a_million_steps_and_the_ends_and_the_best_stay() -> None:
    spec = Spec(hidden=(3,), samples=100)
    trainer, _ = started(spec)
    checkpoint = trainer.checkpoint()
    most = 60 * checkpoint.nbytes
    timeline = Timeline(most, checkpoint, test_loss=2.0)
    for step in range(50, 1_000_001, 50):
        if timeline.record_rule.includes(step) or step == 123_450:
            state = replace(checkpoint.state, step=step)
            timeline.record(Checkpoint(spec, state, checkpoint.stopping), test_loss=0.1 if step == 123_450 else 1.0)
    assert timeline.nbytes <= most
    moments = timeline.branches[0].moments
    assert timeline.nbytes == sum(moment.checkpoint.nbytes for moment in moments)
    steps = [moment.step for moment in moments]
    assert 20 <= len(steps) <= 60
    assert steps[0] == 0
    assert steps[-1] > 950_000
    assert timeline.best.step == 123_450
    apart = np.diff([step for step in steps[:-1] if step != 123_450])
    assert apart.max() <= 2 * apart.min() + 50, "spread over the whole run"


def test_a_loss_that_is_no_number_is_never_the_best_and_no_moment_is_lost_for_it() -> None:
    trainer = Trainer(SPEC)
    timeline = Timeline(10**6, trainer.checkpoint(), math.nan)
    assert timeline.best.step == 0
    for loss in (math.nan, 0.5, math.inf, 0.25, math.nan):
        trainer.advance(10)
        timeline.record(trainer.checkpoint(), loss)
    assert (timeline.best.step, timeline.best.test_loss) == (40, 0.25)


def test_changes_are_thinned_out_last_and_what_cannot_be_had_again_is_marked() -> None:
    spec = Spec(hidden=(3,), samples=100)
    trainer, _ = started(spec)
    checkpoint = trainer.checkpoint()
    timeline = Timeline(40 * checkpoint.nbytes, checkpoint, test_loss=1.0)
    for step in range(1, 2001):
        changed = spec.changed(learning_rate=0.01 + step / 1000)
        state = replace(checkpoint.state, step=step)
        timeline.record(Checkpoint(changed, state, checkpoint.stopping), test_loss=1.0, pinned=True)
    assert timeline.nbytes <= 40 * checkpoint.nbytes
    moments = timeline.branches[0].moments
    assert [moment.gap for moment, after in pairwise(moments)] == [
        after.step - moment.step > 1 for moment, after in pairwise(moments)
    ]
    assert any(moment.gap for moment in moments)


def test_what_was_never_there_is_refused() -> None:
    _, timeline = started()
    with pytest.raises(IndexError):
        timeline.nearest(1, 0)
    with pytest.raises(ValueError, match="no step -1"):
        timeline.nearest(0, -1)


def test_a_position_of_another_network_is_refused() -> None:
    trainer, _ = started()
    other = Trainer(SPEC.changed(hidden=(5,)))
    with pytest.raises(ValueError, match="hidden were different"):
        trainer.restore(other.checkpoint())


def test_a_change_on_the_way_is_known_from_its_step_on() -> None:
    trainer = Trainer(SPEC, "by_hand")
    timeline = Timeline(ROOMY, trainer.checkpoint(), 1.0)
    run(trainer, timeline, 4, 10)
    assert not timeline.changed_before(40)
    trainer.advance(1)
    timeline.record(trainer.checkpoint(), 1.0, pinned=True)
    assert not timeline.changed_before(40)
    assert timeline.changed_before(41)
    seek(trainer, timeline, 0, 20)
    timeline.branch(trainer.checkpoint(), 1.0, ())  # with nothing changed
    assert not timeline.changed_before(20)
    timeline.branch(trainer.checkpoint(), 1.0, ("learning_rate",))
    assert timeline.changed_before(20)
    assert not timeline.changed_before(10)
