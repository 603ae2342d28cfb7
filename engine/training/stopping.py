"""Stopping: when a run ends by itself. Looked at where an epoch ends, so that the pace of a run never changes it."""

from dataclasses import dataclass, replace
from typing import Literal, Self

from engine.spec.spec import Spec

StopReason = Literal["steps", "epochs", "loss", "change", "patience", "no_errors"]

RULES = ("stop_steps", "stop_epochs", "stop_loss", "stop_change", "stop_patience")
"""The fields of a Spec that are stop rules. The perceptron has one more: it stops after an epoch without an error."""


@dataclass(frozen=True)
class Watch:
    """What the rules remember, and which of them has ended the run."""

    loss: float | None = None
    """The mean training loss of the last epoch looked at."""
    best: float | None = None
    """The least test loss so far."""
    best_epoch: int = 0
    stopped: StopReason | None = None

    def at_step(self, spec: Spec, step: int) -> Self:
        over = spec.stop_steps is not None and step >= spec.stop_steps
        return replace(self, stopped="steps") if over else self

    def at_epoch_end(self, spec: Spec, epoch: int, loss: float, test_loss: float | None) -> Self:
        """epoch: how many are finished; test_loss: None where no rule asks for it."""
        better = test_loss is not None and (self.best is None or test_loss < self.best)
        best, best_epoch = (test_loss, epoch) if better else (self.best, self.best_epoch)
        before = self.loss
        reason: StopReason | None = None
        if spec.optimizer == "perceptron" and loss == 0:
            reason = "no_errors"
        elif spec.stop_loss is not None and loss <= spec.stop_loss:
            reason = "loss"
        elif spec.stop_change is not None and before is not None and abs(loss - before) < spec.stop_change:
            reason = "change"
        elif spec.stop_patience is not None and test_loss is not None and epoch - best_epoch >= spec.stop_patience:
            reason = "patience"
        elif spec.stop_epochs is not None and epoch >= spec.stop_epochs:
            reason = "epochs"
        return replace(self, loss=loss, best=best, best_epoch=best_epoch, stopped=reason)


def looks_at_epochs(spec: Spec) -> bool:
    """Whether any rule is looked at where epochs end."""
    return spec.optimizer == "perceptron" or any(getattr(spec, rule) is not None for rule in RULES[1:])
