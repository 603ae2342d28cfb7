"""Which epochs a log keeps, however it was filled."""

from hypothesis import given
from hypothesis import strategies as st

from engine.training.epoch_log import MOST_ROWS, EpochLog, EpochRow, next_epoch, spacing_of


def row(epoch: int) -> EpochRow:
    return EpochRow(epoch, 25 * epoch, 0.5, 0.6, 0.7, 0.8, None)


def filled(stops: set[int], last: int) -> EpochLog:
    """As a run fills it that stops by itself after these epochs and is made to go on."""
    log, epoch = EpochLog(), 0
    while epoch < last:
        due = next_epoch(epoch)
        epoch = min([due, *(stop for stop in stops if epoch < stop < due)])
        log.add(row(epoch))
    return log


@given(stops=st.sets(st.integers(1, 9 * MOST_ROWS), max_size=5), last=st.integers(1, 9 * MOST_ROWS))
def test_a_log_holds_the_multiples_of_one_spacing_and_where_the_run_is(stops: set[int], last: int) -> None:
    log = filled(stops, last)
    spacing = spacing_of(log.last_epoch)
    due = list(range(spacing, log.last_epoch + 1, spacing))
    expected = due if log.last_epoch in due else [*due, log.last_epoch]
    assert [one.epoch for one in log.entries] == expected
    assert list(EpochLog(log.entries).entries) == list(log.entries)
    assert list(EpochLog([row(epoch) for epoch in range(1, log.last_epoch + 1)]).entries) == list(log.entries)


@given(last=st.integers(1, 3 * MOST_ROWS), after=st.integers(-1, 75 * MOST_ROWS), up_to=st.integers(-1, 75 * MOST_ROWS))
def test_rows_between_two_steps_are_those_after_the_first_up_to_the_second(last: int, after: int, up_to: int) -> None:
    log = filled(set(), last)
    assert log.between(after, up_to) == [one for one in log.entries if after < one.step <= up_to]
