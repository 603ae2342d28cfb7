"""A copy of a run: it stands where the other does, goes on bit for bit as that does, and neither changes the other."""

from typing import Any

import numpy as np

from app.sessions.manager import SessionManager
from tests.app.fake_viewer import Watcher, managing


async def copied(manager: SessionManager, original: Watcher) -> Watcher:
    return Watcher(await manager.create(original=original.session))


def curves(watcher: Watcher) -> Any:
    """Of all branches, with what can be undone."""
    run = watcher.run
    return run.branches.curves(), run.branches.message(run.step), run.undo.counts


def same_weights(one: Watcher, other: Watcher) -> bool:
    ours, theirs = one.trainer.parameters(), other.trainer.parameters()
    return all(np.array_equal(ours[name], theirs[name]) for name in ours)


async def with_a_past(watcher: Watcher) -> None:
    """Adam in the middle of an epoch, a branch, an edit, a bug, changes to undo."""
    await watcher.say(type="configure", spec={"dataset": "spiral", "optimizer": "adam", "seed": 3})
    await watcher.say(type="speed", steps_per_second=300)
    await watcher.take(40)
    await watcher.say(type="configure", spec={"learning_rate": 0.01})
    await watcher.take(13)
    await watcher.say(type="seek", branch=0, step=40)
    await watcher.say(type="edit", tensor="layers.0.bias", index=[0], value=0.5)
    await watcher.say(type="plant", bug="adam_uncorrected")
    await watcher.take(9)


async def test_a_copy_goes_on_as_the_original_does_bit_for_bit() -> None:
    async with managing() as manager:
        original = Watcher(await manager.create())
        await with_a_past(original)
        copy = await copied(manager, original)
        assert copy.session.key != original.session.key
        assert copy.run.spec == original.run.spec
        assert copy.run.experiment.bug == original.run.experiment.bug is not None
        assert (copy.run.step, copy.run.epoch) == (original.run.step, original.run.epoch)
        assert copy.run.pace.steps_per_second == 300
        assert curves(copy) == curves(original)
        assert same_weights(copy, original)
        await original.take(50)
        assert not same_weights(copy, original)
        await copy.take(50)
        assert same_weights(copy, original)
        for watcher in (original, copy):
            await watcher.say(type="undo")
            await watcher.take(5)
        assert same_weights(copy, original)
        original.leave()
        copy.leave()


async def test_neither_changes_the_other() -> None:
    async with managing() as manager:
        original = Watcher(await manager.create())
        await with_a_past(original)
        copy = await copied(manager, original)
        before = curves(copy)
        await original.say(type="reset")
        assert curves(copy) == before
        before = curves(original)
        await copy.take(30)
        await copy.say(type="seek", branch=0, step=20)
        await copy.say(type="configure", spec={"learning_rate": 0.02})
        await copy.say(type="undo")
        assert curves(original) == before
        original.leave()
        copy.leave()


async def test_a_copy_is_paused_and_says_so() -> None:
    async with managing() as manager:
        original = Watcher(await manager.create())
        await original.say(type="play")
        await original.until("frame", lambda frame: frame["step"] > 20)
        copy = await copied(manager, original)
        state = await copy.until("state")
        assert (state["playing"], state["copied"]) == (False, True)
        notice = await copy.until("notice")
        assert (notice["code"], notice["values"]) == ("run_is_copied", {"step": state["step"]})
        assert original.run.playing
        again = Watcher(copy.session)
        await again.until("timeline")
        assert again.viewer.outbox.wants_frame
        assert all(said["type"] != "notice" for said in again.seen), "it is said once"
        for watcher in (original, copy, again):
            watcher.leave()


async def test_a_copy_of_a_run_that_has_ended_has_ended() -> None:
    async with managing() as manager:
        original = Watcher(await manager.create())
        await original.say(type="configure", spec={"stop_steps": 5})
        await original.say(type="play")
        await original.until("state", lambda state: state["stopped"] == "steps")
        copy = await copied(manager, original)
        assert (await copy.until("state"))["stopped"] == "steps"
        await copy.say(type="play")
        assert (await copy.until("error"))["code"] == "stop_rule_holds"
        original.leave()
        copy.leave()
