"""Stop rules: when a run ends by itself.

Checked at fixed steps and at ends of epochs, so that the step counts asked of `Trainer.advance` never change the end.
"""

from dataclasses import dataclass, replace
from typing import Literal, Self

from engine.spec.spec import Spec

StopReason = Literal["steps", "epochs", "loss", "change", "patience", "no_errors"]

STOP_FIELDS = ("stop_steps", "stop_epochs", "stop_loss", "stop_change", "stop_patience")
"""The stop rules among the fields of a Spec. The perceptron has one more: it stops after an epoch without an error."""


@dataclass(frozen=True)
class StoppingState:
    """What the stop rules keep between checks, and which of them has ended the run."""

    loss: float | None = None
    """Mean training loss of the last epoch."""
    best: float | None = None
    """Lowest test loss so far."""
    best_epoch: int = 0
    stopped: StopReason | None = None

    def after_step(self, spec: Spec, step: int) -> Self:
        reached = spec.stop_steps is not None and step >= spec.stop_steps
        return replace(self, stopped="steps") if reached else self

    def after_epoch(self, spec: Spec, epoch: int, loss: float, test_loss: float | None) -> Self:
        """epoch: how many are finished; loss: training loss of the last; test_loss: None if no rule needs it."""
        improved = test_loss is not None and (self.best is None or test_loss < self.best)
        best, best_epoch = (test_loss, epoch) if improved else (self.best, self.best_epoch)
        previous = self.loss
        reason: StopReason | None = None
        if spec.optimizer == "perceptron" and loss == 0:
            reason = "no_errors"
        elif spec.stop_loss is not None and loss <= spec.stop_loss:
            reason = "loss"
        elif spec.stop_change is not None and previous is not None and abs(loss - previous) < spec.stop_change:
            reason = "change"
        elif spec.stop_patience is not None and test_loss is not None and epoch - best_epoch >= spec.stop_patience:
            reason = "patience"
        elif spec.stop_epochs is not None and epoch >= spec.stop_epochs:
            reason = "epochs"
        return replace(self, loss=loss, best=best, best_epoch=best_epoch, stopped=reason)


def has_epoch_rules(spec: Spec) -> bool:
    """Whether any rule is checked at the end of each epoch."""
    return spec.optimizer == "perceptron" or any(getattr(spec, rule) is not None for rule in STOP_FIELDS[1:])
