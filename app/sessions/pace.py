"""Pace: how many steps are due now. Meter: how many are taken per second. Allowance: how many commands may come.

All are told the time, in seconds, and read no clock.
"""

from collections import deque

CATCH_UP = 0.25
"""Seconds of steps that are made up for after a stall; more would make a busy server busier still."""

FIRST_GUESS = 2000.0
"""Steps per second of machine time assumed of a network not yet measured: low, so that the first turn is short."""

GROWTH = 4.0
"""After one turn a network counts as at most so many times as fast as before; slower it may be at once."""

LITTLE = 4
"""A turn of at most a fourth of its time is training: however wrong the measure has become, it is not much longer."""


class Pace:
    """Steps per second, kept on average however often it is asked, and never more at once than fit a turn."""

    def __init__(self, steps_per_second: float | None) -> None:
        """steps_per_second: None for as many as fit."""
        self.steps_per_second = steps_per_second
        self._due = 0.0
        self._asked = 0.0
        self._capacity = FIRST_GUESS

    def start(self, now: float) -> None:
        """From now on; no steps are due for the time before."""
        self._due, self._asked = 0.0, now

    def due(self, now: float, seconds: float) -> int:
        """Steps to take now in a turn of at most so many seconds."""
        if self.steps_per_second is None:
            return self.fitting(seconds)
        most = 1 + self.steps_per_second * CATCH_UP
        self._due = min(most, self._due + (now - self._asked) * self.steps_per_second)
        self._asked = now
        steps = min(int(self._due), self.fitting(seconds))
        self._due -= steps
        return steps

    def fitting(self, seconds: float) -> int:
        """Steps that fit into so many seconds, as far as is known; at least one."""
        return max(1, int(self._capacity * seconds))

    def is_little(self, steps: int, seconds: float) -> bool:
        """Whether these are so few steps of those that fit that they need not be measured again."""
        return LITTLE * steps <= self.fitting(seconds)

    def measured(self, steps: int, seconds: float) -> None:
        """So many steps took so long."""
        self._capacity = min(steps / max(seconds, 1e-6), GROWTH * self._capacity)

    def unknown(self) -> None:
        """The network is another one now."""
        self._capacity = FIRST_GUESS


class Meter:
    """Steps per second over the last second or so."""

    SPAN = 1.0

    def __init__(self) -> None:
        self._taken: deque[tuple[float, int]] = deque()
        self._steps = 0
        """In all of these."""
        self._since = 0.0

    def start(self, now: float) -> None:
        self._taken.clear()
        self._steps = 0
        self._since = now

    def add(self, now: float, steps: int) -> None:
        self._taken.append((now, steps))
        self._steps += steps
        while self._taken[0][0] < now - self.SPAN:
            self._since, past = self._taken.popleft()
            self._steps -= past

    def rate(self) -> float:
        """Up to the last steps that were taken; 0 before the first."""
        if not self._taken:
            return 0.0
        return self._steps / max(self._taken[-1][0] - self._since, 1e-3)


class Allowance:
    """So many a second on average, and so many at once after a rest (a token bucket)."""

    def __init__(self, per_second: float, burst: int, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = float(burst)
        self._at = now

    def spend(self, now: float) -> bool:
        """Takes one; False where none is left."""
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
