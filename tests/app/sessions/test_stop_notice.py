"""What is said when a stop rule ends a run that has a bug planted in it."""

from tests.app.fake_viewer import watching


async def test_a_run_that_a_bug_has_stopped_says_that_it_compared_mini_batches() -> None:
    async with watching() as person:
        await person.say(type="configure", spec={"stop_change": 5.0})
        await person.say(type="plant", bug="stop_on_batches")
        await person.say(type="play")
        state = await person.until("state", lambda state: state["stopped"] is not None)
        assert (state["stopped"], state["planted"]) == ("change", "stop_on_batches")
        notice = await person.until("notice", lambda notice: notice["code"].startswith("stopped"))
        assert notice["code"] == "stopped_batches"
        assert "two mini-batches" in notice["message"]
