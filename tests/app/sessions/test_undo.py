"""What can be undone: bounded in memory, the newest changes kept."""

from app.sessions.history.undo import Change, UndoStack
from app.settings import Limits
from engine import Spec, Trainer


def test_what_can_be_undone_is_bounded_in_memory_and_the_newest_changes_stay() -> None:
    trainer = Trainer(Spec(optimizer="adam"), backend="by_hand")
    undo = UndoStack(Limits(timeline_bytes=10 * trainer.checkpoint().nbytes))
    for n in range(25):
        trainer.advance(1)
        undo.add(Change(trainer.spec, 0, trainer.checkpoint()), (f"layers.{n}.weight",), trainer.spec)
    assert undo.counts == {"undo": 10, "redo": 0}
    steps = []
    while (change := undo.newest(undone=False)) is not None:
        assert change.checkpoint is not None
        steps.append(change.checkpoint.state.step)
        undo.swap(Change(trainer.spec, 0, trainer.checkpoint()), undone=False)
    assert steps == list(range(25, 15, -1))
    assert undo.counts == {"undo": 0, "redo": 10}
