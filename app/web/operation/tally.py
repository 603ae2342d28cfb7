"""Tally: what a server counts from its start on, for `/metrics`. Cheap enough to be counted whether it is asked for or
not."""

from bisect import bisect_left
from collections import Counter

LATENCIES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Seconds: upper bounds of the classes in which pictures are counted. From 50 ms on it is seen."""


class Tally:
    def __init__(self) -> None:
        self.refused: Counter[str] = Counter()
        """Connections and commands, by the code of the sentence."""
        self.pictures = [0] * (len(LATENCIES) + 1)
        """Sent, by their latency; the last are those beyond all bounds."""
        self.latency = 0.0
        """Of all pictures together, in seconds."""

    def picture(self, seconds: float) -> None:
        """One was sent so long after it was made."""
        self.pictures[bisect_left(LATENCIES, seconds)] += 1
        self.latency += seconds
