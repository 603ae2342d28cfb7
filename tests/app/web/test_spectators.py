"""Far more windows on one run than may be: each beyond the limit is told so, and the run goes on for the others."""

import asyncio

from websockets.asyncio.client import ClientConnection, connect

from app.settings import Limits
from app.wire.messages import Closing
from tests.app.fake_viewer import PATIENCE, eventually
from tests.app.running import running_server
from tests.app.web.test_sockets import address, closing, receive, say, told, until

LIMIT, TOO_MANY = Limits().viewers, 97
TOLD = Closing("too_many_viewers", {"limit": LIMIT})


async def test_spectators_beyond_the_limit_are_told_and_the_run_goes_on() -> None:
    with running_server() as server:  # of its own: its viewers are counted
        async with connect(address(server)) as person:
            key = (await until(person, "state"))["session"]
            await say(person, type="play")
            came = await asyncio.gather(*(connect(address(server, key)) for _ in range(LIMIT - 1 + TOO_MANY)))
            try:
                async with asyncio.timeout(PATIENCE):
                    firsts = await asyncio.gather(*(receive(window) for window in came))
                refused = [window for window, first in zip(came, firsts, strict=True) if first == TOLD.message()]
                watching = [window for window in came if window not in refused]
                assert len(refused) == TOO_MANY
                assert set(await asyncio.gather(*map(closing, refused))) == {told(TOLD)}
                assert server.health()["viewers"] == LIMIT
                step = max(await asyncio.gather(*(next_step(window, 0) for window in [person, *watching])))
                await asyncio.gather(*(next_step(window, step) for window in [person, *watching]))
                await watching[0].close()
                await eventually(lambda: server.health()["viewers"] == LIMIT - 1)
                async with connect(address(server, key)) as late:
                    assert (await until(late, "state"))["session"] == key
            finally:
                await asyncio.gather(*(window.close() for window in came))
        assert server.said == ""


async def next_step(window: ClientConnection, step: int) -> int:
    """The first one after this that is shown here."""
    shown: int = (await until(window, "frame", lambda frame: frame["step"] > step))["step"]
    return shown
