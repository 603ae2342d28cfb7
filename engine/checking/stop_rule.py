"""What the stop rules read after a step: the mean loss of the last epoch that has ended, and of nothing smaller."""

import numpy as np

from engine.backends.bugs import by_hand_with
from engine.checking.comparison import Comparison, compare_entries
from engine.nn.network import Array, Network, State
from engine.spec.choices import BugName
from engine.spec.spec import Spec

TOLERANCE = 1e-12
"""Of one division of the same sum in float64"""


def against_epoch_mean(
    spec: Spec, network: Network, state: State, inputs: Array, targets: Array, bug: BugName | None, loss: float
) -> Comparison:
    """The loss that a run, by hand with a bug if there is one, has for the stop rules after the step from `state` on.
    loss: of the batch of that step; inputs, targets: the whole training set.

    Until the first epoch has ended there is none, compared as 0.
    """
    hand = by_hand_with(bug)(spec, network, inputs, targets)
    hand.load(state)
    size = len(hand.next_batch())
    hand.finish_batch(size, loss)
    expected = state.epoch_loss
    if state.cursor + size == len(inputs):
        mean = network.reduction == "mean"
        expected = (state.loss_sum + (loss * size if mean else loss)) / (len(inputs) if mean else 1)
    read, right = (np.array([one or 0.0]) for one in (hand.state_now.epoch_loss, expected))
    return compare_entries({"": ()}, "stop_rule", read, right, TOLERANCE * np.abs(right), "epoch_loss", least=1e-12)
