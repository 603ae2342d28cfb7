"""The log of a run is told as the loss curve is: with a start and a branch, and as it grows before each frame."""

from typing import Any

from tests.app.fake_viewer import Watcher, watching


def grown(person: Watcher) -> dict[str, list[Any]]:
    """The log as a page has it that has listened from the start."""
    log: dict[str, list[Any]] = {}
    for said in person.seen:
        if said["type"] == "history":
            log = {name: list(column) for name, column in said["log"].items()}
        elif said["type"] == "entries":
            for name, column in said["log"].items():
                log[name] += [
                    v for v, epoch in zip(column, said["log"]["epochs"], strict=True) if epoch > len(log[name])
                ]
    return log


async def test_each_epoch_is_told_with_its_exact_numbers_whether_it_was_shown_or_not() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"samples": 40, "batch_size": 5})  # 4 steps an epoch
        await person.until("state")
        for steps in (1, 4, 18, 1):  # the third comes to an end without a picture of 20 or 16
            await person.take(steps)
        await person.say(type="epoch")
        await person.at_step(28)
        log = grown(person)
        assert (log["epochs"], log["steps"]) == ([1, 2, 3, 4, 5, 6, 7], [4, 8, 12, 16, 20, 24, 28])
        told = person.trainer.evaluate()
        names = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
        assert [log[name][-1] for name in names] == [told[name] for name in names]  # type: ignore[literal-required]
        assert log["errors"] == [None] * 7
        await person.say(type="history")
        assert (await person.until("history"))["log"] == log


async def test_a_branch_has_the_log_up_to_where_it_begins_and_its_own_from_there() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"samples": 40, "batch_size": 5})
        await person.take(20)
        first = grown(person)
        await person.say(type="seek", branch=0, step=10)
        await person.at_step(10)
        await person.take(5)
        assert grown(person) == first, "what is trained again is not logged again"
        await person.say(type="seek", branch=0, step=10)
        await person.say(type="configure", spec={"learning_rate": 0.5})
        await person.take(6)
        log = grown(person)
        assert log["epochs"] == [1, 2, 3, 4]
        assert log["train_loss"][:2] == first["train_loss"][:2]
        assert log["train_loss"][2] != first["train_loss"][2]
        await person.say(type="undo")
        await person.at_step(10)
        assert grown(person)["epochs"] == [1, 2], "a branch of its own again"
        await person.say(type="seek", branch=0, step=20)
        await person.at_step(20)
        assert grown(person) == first
        await person.say(type="reset")
        await person.at_step(0)
        assert grown(person)["epochs"] == []
