"""Backends: three ways to run the same training, interchangeable at any step. Each is imported when first asked for.

by_hand: NumPy, backward written out; the specification. autograd: torch; the oracle. compiled: numba; the default.
"""

from collections.abc import Callable
from typing import Protocol

from engine.nn.network import Array, Network, Progress, State
from engine.spec.choices import BackendName
from engine.spec.spec import Spec


class Backend(Protocol):
    """What trains. A batch is order[cursor : cursor + batch_size] of `random.batch_order(spec.seed, epoch, n)`; the
    last, smaller batch is a batch of its own, and without a batch size all of the epoch that is left is one.

    In a training step batch norm goes by the batch's statistics and moves the running ones, and dropout drops; a batch
    of one sample is normalised by the running statistics and leaves them. Everywhere else layers take the inference
    form. The gradient of the batch's loss, or what the perceptron and evolution have instead, gets l1·sign(w) + l2·w on
    the weights. A bias below a norm by the batch's own statistics has the gradient 0, which is exact. The gradient is
    clipped, the parameters decay by η·spec.decay, η being the scheduled rate, and the optimizer takes its step.

    A step is not taken where its loss, its gradient before clipping, a new parameter or a new running mean is not
    finite or larger than spec.DIVERGENCE, or a new running variance than its square: `state().diverged` is its number,
    everything else stays, and `advance` does nothing from then on. With such gradients what an optimizer remembers
    stays far below the largest float32.
    """

    def __init__(self, spec: Spec, network: Network, inputs: Array, targets: Array) -> None:
        """inputs (n, features) and targets (n, outputs) of the training set, n ≥ 1. Parameters start as zeros."""

    def load(self, state: State) -> None:
        """Goes on from there; copies."""

    def state(self) -> State:
        """Where the run stands; copies."""

    def progress(self) -> Progress:
        """The numbers of `state()`, without a copy of its tensors."""

    def configure(self, spec: Spec) -> None:
        """Changes live fields. Another optimizer starts with a fresh state and optimizer_steps = 0."""

    def advance(self, steps: int) -> None:
        """Takes so many steps, one mini-batch each."""

    def last_gradient(self) -> Array:
        """Of the last step, (count,), as the optimizer got it: with penalties, clipped. For use after `advance`."""

    def loss_and_gradient(self) -> tuple[float, Array]:
        """Loss of the data alone over the whole training set, and its gradient (count,), at these parameters."""

    def activations(self, inputs: Array) -> list[Array]:
        """Inference for inputs (n, features): the values (width, n) of each linear layer, C-ordered, output last."""


MakeBackend = Callable[[BackendName, Spec, Network, Array, Array], Backend]
"""As `make_backend`, or with a backend that works elsewhere."""


def make_backend(name: BackendName, spec: Spec, network: Network, inputs: Array, targets: Array) -> Backend:
    """A backend by name. Raises ValueError for an unknown one."""
    if name == "compiled":
        from engine.backends.compiled.backend import Compiled

        return Compiled(spec, network, inputs, targets)
    if name == "by_hand":
        from engine.backends.by_hand import ByHand

        return ByHand(spec, network, inputs, targets)
    if name == "autograd":
        from engine.backends.autograd import Autograd

        return Autograd(spec, network, inputs, targets)
    raise ValueError(f"there is no backend {name!r}; choose compiled, by_hand or autograd")
