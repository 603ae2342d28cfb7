"""What can be undone: bounded in number and memory, the newest changes kept; and what is told of it."""

from app.sessions.history.undo import Change, UndoStack
from app.settings import Limits
from engine import Spec, Trainer
from tests.app.fake_viewer import watching


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


async def test_a_change_keeps_its_number_when_it_is_undone_and_made_again_however_many_are_kept() -> None:
    async with watching(undo_changes=3) as person:
        for seed in range(1, 5):
            await person.say(type="begin", spec={"seed": seed})
        told = await person.until("timeline", lambda said: (said["undo"], said["undo_number"]) == (3, 4))
        assert told["redo_number"] is None
        await person.say(type="configure", spec={"learning_rate": 0.5})
        await person.until("timeline", lambda said: (said["undo"], said["undo_number"]) == (3, 5))
        for numbers in ((4, 5), (3, 4), (None, 3)):
            await person.say(type="undo")
            told = await person.until("timeline", lambda said: "undo_number" in said)
            assert (told["undo_number"], told["redo_number"]) == numbers
        await person.say(type="redo")
        await person.until("timeline", lambda said: (said["undo_number"], said["redo_number"]) == (3, 4))
        await person.say(type="configure", spec={"noise": 5})
        await person.until("timeline", lambda said: (said["undo_number"], said["redo_number"]) == (6, None))


async def test_who_comes_back_to_a_run_whose_steps_are_gone_is_told_so() -> None:
    async with watching() as person:
        await person.take(7)
        await person.say(type="regenerate")
        await person.take(3)
        for command, step in (("undo", 7), ("redo", 3)):
            await person.say(type=command)
            notice = await person.until("notice", lambda said: said["code"] == "starts_again")
            assert notice["values"] == {"step": step}
        person.seen.clear()
        await person.say(type="undo")  # of a run without a step
        await person.until("timeline")
        await person.say(type="history")
        await person.until("history")
        assert not [said for said in person.seen if said["type"] == "notice"]
