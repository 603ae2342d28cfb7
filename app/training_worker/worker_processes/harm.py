"""Harm that a process beside the server's may come to, and what it means for a run that torch trains."""

from typing import Literal

HarmReason = Literal["died", "time", "memory"]
"""It ended by itself or was ended by somebody else; took too long; needed too much memory."""


class EngineHarmed(Exception):  # noqa: N818
    """The process in which torch trains came to harm before it had answered. Nothing of the run has changed."""

    def __init__(self, reason: HarmReason, limit: float | None = None) -> None:
        super().__init__(reason, limit)
        self.reason: HarmReason = reason
        self.limit = limit
        """In seconds, or in bytes."""
