"""Many runs at once."""

from engine.studies.sweep import sweep

__all__ = ["sweep"]
