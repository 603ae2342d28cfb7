"""What going through time must not do: grow without bound, go on where a run has ended, say what JSON cannot."""

from app.sessions.undo import Change, UndoStack
from app.settings import Limits
from engine import Spec, Trainer
from tests.app.watching import watching


async def test_an_undo_into_a_run_that_has_ended_pauses_it() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"stop_steps": 20})
        await person.say(type="step", count=20)
        await person.until("state", lambda state: state["stopped"] == "steps")
        await person.say(type="configure", spec={"learning_rate": 0.05})  # else it is the same knob, still turned
        await person.say(type="configure", spec={"stop_steps": None})
        await person.say(type="play")
        await person.say(type="undo")
        state = await person.until(
            "state", lambda state: state["step"] >= 20 and not state["playing"] and state["spec"]["stop_steps"] == 20
        )
        assert (state["step"], state["stopped"]) == (20, "steps")
        assert not person.run.working


async def test_a_boundary_beyond_numbers_is_told_as_nothing() -> None:
    async with watching() as person:
        await person.say(
            type="configure", spec={"hidden": [8] * 8, "activation": "relu", "output_activation": "linear"}
        )
        for layer in range(8):
            for neuron in range(8):
                await person.say(type="edit", tensor=f"layers.{layer}.weight", index=[neuron, 0], value=1e6)
                await person.until("timeline")
        await person.say(type="peek", branch=0, step=0)
        assert None in (await person.until("peeked"))["values"]


def test_what_can_be_undone_is_bounded_in_memory_and_the_newest_changes_stay() -> None:
    trainer = Trainer(Spec(optimizer="adam"), backend="by_hand")
    undo = UndoStack(Limits(timeline_bytes=10 * trainer.position().size))
    for n in range(25):
        trainer.advance(1)
        undo.add(Change(trainer.spec, 0, trainer.position()), (f"layers.{n}.weight",), trainer.spec)
    assert undo.counts == {"undo": 10, "redo": 0}
    steps = []
    while (change := undo.newest(undone=False)) is not None:
        assert change.position is not None
        steps.append(change.position.state.step)
        undo.swap(Change(trainer.spec, 0, trainer.position()), undone=False)
    assert steps == list(range(25, 15, -1))
    assert undo.counts == {"undo": 0, "redo": 10}
