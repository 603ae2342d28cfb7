"""What learning is: data, network, loss, gradient, update. Knows nothing of the web, of clocks or of threads."""

from engine.snapshot import Snapshot
from engine.spec import Layer, Spec
from engine.trainer import Trainer

__all__ = ["Layer", "Snapshot", "Spec", "Trainer"]
