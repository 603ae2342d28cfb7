"""PendingSteps: steps and epochs that were asked for by number and are taken beside the pace, as fast as it goes."""

from app.settings import Limits
from app.wire.messages import Refusal


class PendingSteps:
    def __init__(self, limits: Limits) -> None:
        self._most = limits.pending_steps
        self.steps = 0
        self.epochs = 0

    def __bool__(self) -> bool:
        return self.steps > 0 or self.epochs > 0

    def refuse_more(self, steps: int, epochs: int) -> None:
        """Raises Refusal where so many more would be too much."""
        if max(self.steps + steps, self.epochs + epochs) > self._most:
            raise Refusal("too_many_pending_steps", {"limit": self._most})

    def add(self, steps: int, epochs: int) -> None:
        self.steps += steps
        self.epochs += epochs

    def take_steps(self, most: int) -> int:
        """As many of the steps as fit, now taken off."""
        steps = min(self.steps, most)
        self.steps -= steps
        return steps

    def end_epoch(self) -> None:
        """One has been taken to its end; they may have been cleared meanwhile."""
        self.epochs = max(0, self.epochs - 1)

    def clear(self) -> None:
        self.steps = self.epochs = 0
