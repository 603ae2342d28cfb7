"""The lock of a run's Trainer: one holder, in the order of asking, and never lost."""

import asyncio

from app.sessions.trainer_lock import TrainerLock


async def test_it_is_handed_on_in_the_order_of_asking_before_anybody_new_has_it() -> None:
    lock, held = TrainerLock(), list[int]()

    async def hold(number: int) -> None:
        async with lock:
            held.append(number)

    assert lock.try_acquire()
    holders = [asyncio.create_task(hold(number)) for number in range(3)]
    await asyncio.sleep(0)
    assert held == []
    lock.release()
    assert not lock.try_acquire(), "somebody waited for it"
    await asyncio.gather(*holders)
    assert held == [0, 1, 2]
    assert lock.try_acquire()


async def test_who_gives_up_waiting_keeps_it_from_nobody() -> None:
    lock = TrainerLock()

    async def hold() -> None:
        async with lock:
            pass

    assert lock.try_acquire()
    before, at_once, last = (asyncio.create_task(hold()) for _ in range(3))
    await asyncio.sleep(0)
    before.cancel()  # while it waits
    await asyncio.sleep(0)
    lock.release()
    at_once.cancel()  # just as it is handed over
    await last
    assert lock.try_acquire()
