"""The loss of one step, from the sums that a run keeps."""

from engine.nn.network import State
from engine.spec.spec import Spec


def batch_loss(spec: Spec, before: State, after: State) -> float:
    """Of the step between two states: its share in loss_sum, or in epoch_loss where it ends an epoch."""
    samples = after.samples - before.samples
    if spec.optimizer == "evolution":
        samples //= 2 * spec.pairs
    if after.epoch == before.epoch:
        added = after.loss_sum - before.loss_sum
    else:
        assert after.epoch_loss is not None
        size = before.cursor + samples if spec.reduction == "mean" else 1
        added = after.epoch_loss * size - before.loss_sum
    return added / samples if spec.reduction == "mean" else added
