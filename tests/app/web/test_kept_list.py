"""Recent runs on their way to the store: whoever has most gives way, so that nobody's takes the room of the others."""

import asyncio

import pytest

from app.training_worker.kept_run import KeptRun
from app.web.kept_list import MOST_REMEMBERING, KeptList, tab_of
from tests.app.fake_viewer import eventually
from tests.app.store.test_kept_rows import HOME, SCHOOL, described_as, listing


class SlowRuns:
    """Runs whose scores and pictures are long in coming."""

    def __init__(self) -> None:
        self.come = asyncio.Event()

    async def described(self, name: str) -> KeptRun:
        await self.come.wait()
        return await described_as(name)


async def names(kept: KeptList, tab: str) -> list[str]:
    return [row["name"] for row in await kept.listed(tab_of(tab))]


@pytest.mark.parametrize("address", [HOME, SCHOOL])
@pytest.mark.parametrize("begun", [True, False])
async def test_whoever_has_all_on_their_way_gives_way_to_others(address: str, begun: bool) -> None:
    async with listing() as kept:
        slow = SlowRuns()
        for number in range(MOST_REMEMBERING + 1):  # the last of them finds no room
            kept.remember("greedy", HOME, slow.described(f"{number:02}"))
        if begun:
            await asyncio.sleep(0)
        kept.remember("another", address, described_as("mine"))
        await eventually(lambda: kept._remembering.held(address) == (MOST_REMEMBERING - 1) * (address == HOME))
        assert await names(kept, "another") == ["mine"]
        slow.come.set()
        await eventually(lambda: kept._remembering.held() == 0)
        assert sorted(await names(kept, "greedy")) == [f"{number:02}" for number in range(MOST_REMEMBERING - 1)]
