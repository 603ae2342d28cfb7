"""TrainerLock: held by whoever does something with a run's Trainer. It can be asked for without waiting."""

import asyncio
from collections import deque
from types import TracebackType


class TrainerLock:
    """Handed from one holder to the next in the order of asking. On one event loop."""

    def __init__(self) -> None:
        self._held = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def held(self) -> bool:
        return self._held

    def try_acquire(self) -> bool:
        """Takes it if nobody has it or waits for it; gives whether it did."""
        if self._held:
            return False
        self._held = True
        return True

    def release(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._held = False

    async def __aenter__(self) -> None:
        if self.try_acquire():
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.release()
            raise

    async def __aexit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.release()
