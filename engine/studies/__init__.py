"""Many runs at once, and what lies around one."""

from engine.studies.curvature import curvature
from engine.studies.landscape import landscape
from engine.studies.sweep import sweep

__all__ = ["curvature", "landscape", "sweep"]
