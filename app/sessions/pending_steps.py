"""Owed: steps and epochs that were asked for by name and are taken beside the pace, as fast as it goes."""

from app.wire.messages import Refusal

MOST_OWED = 100_000
"""Steps, or epochs, that may be asked for and not yet be taken: some seconds' work of a small network."""


class Owed:
    def __init__(self) -> None:
        self.steps = 0
        self.epochs = 0

    def __bool__(self) -> bool:
        return self.steps > 0 or self.epochs > 0

    def refuse_more(self, steps: int, epochs: int) -> None:
        """Raises Refusal where so many more would be too much."""
        if max(self.steps + steps, self.epochs + epochs) > MOST_OWED:
            raise Refusal("too_much_owed", {"limit": MOST_OWED})

    def add(self, steps: int, epochs: int) -> None:
        self.steps += steps
        self.epochs += epochs

    def take_steps(self, most: int) -> int:
        """As many of the steps as fit, now taken off."""
        steps = min(self.steps, most)
        self.steps -= steps
        return steps
