"""What learning is: data, network, loss, gradient, update. Knows nothing of the web, of clocks or of threads."""

from engine.spec.spec import Layer, Spec
from engine.training.snapshot import Snapshot
from engine.training.trainer import Trainer

__all__ = ["Layer", "Snapshot", "Spec", "Trainer"]
