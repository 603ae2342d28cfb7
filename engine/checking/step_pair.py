"""The next step of a run, by hand and by torch, in one precision, from the same state; and comparisons of the two."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from engine.backends import make_backend
from engine.backends.bugs import by_hand_with
from engine.backends.by_hand import BatchPass, ByHand
from engine.checking.against_backend import AgainstBackend, BackendStep
from engine.checking.comparison import (
    TINY,
    Comparison,
    Reference,
    Silence,
    compare,
    compare_entries,
    furthest,
    index_of,
)
from engine.checking.finite_differences import central_difference, extrapolated
from engine.checking.gradient_rounding import FLOAT32_FLOOR, FLOAT32_TOLERANCE, GradientRounding
from engine.nn.network import Array, Network, State
from engine.nn.optimizers import make_optimizer
from engine.nn.random import batch_order
from engine.spec.choices import BugName
from engine.spec.spec import Spec

if TYPE_CHECKING:
    from engine.backends.autograd import Autograd

FLOAT64_TOLERANCE = 1e-7
"""Two gradients, or two updates, in float64. Both round at 2e-16 and a fault is far above; the margin is for the
amplification of rounding by saturated slopes, norms of small std, and Newton–Schulz."""

FLOAT64_ROUNDING = 1e-14
"""Of a sum of some tens of terms in float64."""

DIFFERENCE_TOLERANCE = 1e-6
"""Finite differences in float64: the error of a step of 1e-5 is some 1e-10 times a third derivative, which with inputs
of 6 is some hundreds of the first. Where it is more, two steps are extrapolated to none."""

MAX_MULTIPLICATIONS = 1e8
"""Of all finite differences together, some tenth of a second; and of one pass, else fewer samples are taken."""


@dataclass(frozen=True)
class StepPair:
    """The next step of a run, by hand and by torch, in one precision, from the same state."""

    hand: ByHand
    torch: "Autograd"
    batch: NDArray[np.int64]
    """0 … n−1: both hold the samples of this batch only."""
    batch_pass: BatchPass
    place: tuple[int, int]
    """Epoch and cursor after the step"""

    @cached_property
    def rounding(self) -> GradientRounding:
        return GradientRounding(self.hand, self.batch_pass)

    @classmethod
    def next(
        cls,
        spec: Spec,
        network: Network,
        state: State,
        inputs: Array,
        targets: Array,
        bug: BugName | None,
        precision: type[np.floating[Any]] = np.float64,
    ) -> "StepPair":
        rows = batch_order(spec.seed, state.epoch, len(inputs))[state.cursor :][: spec.batch_size]
        ends = state.cursor + len(rows)
        place = (state.epoch, ends) if ends < len(inputs) else (state.epoch + 1, 0)

        rows = rows[: max(2, int(MAX_MULTIPLICATIONS / network.count))]
        inputs, targets = inputs[rows].astype(precision), targets[rows].astype(precision)
        state = replace(
            state,
            parameters=state.parameters.astype(precision),
            optimizer_state={name: values.astype(precision) for name, values in state.optimizer_state.items()},
            updates=state.updates.astype(precision),
            buffers=state.buffers.astype(precision),
            cursor=0,
        )
        hand = by_hand_with(bug)(spec, network, inputs, targets)
        hand.load(state)
        hand.order, hand.order_epoch = np.arange(len(rows)), state.epoch
        torch = cast("Autograd", make_backend("autograd", spec, network, inputs, targets))
        torch.load(state)
        return cls(hand, torch, hand.order, hand.batch_pass(), place)

    def after(self, inputs: Array, targets: Array, bug: BugName | None) -> "StepPair":
        """The step after it, where an error in the optimizer's state first shows."""
        self.hand.apply_update(self.batch_pass, self.hand.compute_update(self.batch_pass.total_gradient))
        state = self.hand.state()
        state.epoch, state.cursor = self.place
        return StepPair.next(self.hand.spec, self.hand.network, state, inputs, targets, bug)

    def against_autograd(self, reference: Reference) -> Comparison | Silence:
        return self._gradients(reference, FLOAT64_TOLERANCE, FLOAT64_ROUNDING, 1e-6)

    def in_float32(self) -> Comparison | Silence:
        return self._gradients("float32", self.rounding.float32_tolerance, FLOAT32_TOLERANCE, FLOAT32_FLOOR)

    def _gradients(self, reference: Reference, tolerance: float, rounding: float, floor: float) -> Comparison | Silence:
        """rounding: of a sum; floor: least unit of a tensor's differences, in units of `size_of_loss`."""
        undecided = self.rounding.changes_at_kinks(rounding)
        if undecided is None:
            return Silence(reference, "step" if "step" in self.hand.network.activations else "kink")
        true, least = self.torch.batch_gradient(self.batch), floor * self.rounding.size_of_loss
        return compare(self.hand.network, reference, self.batch_pass.gradient, true, tolerance, least, undecided)

    def against(self, step: BackendStep, state: State, samples: int) -> AgainstBackend:
        """The same step by the backend that trains. state: before it; samples: of the training set."""
        batch_size = min(self.hand.spec.batch_size or samples, samples - state.cursor)
        return AgainstBackend(self.rounding, state, step, batch_size, samples)

    def statistics(self) -> Comparison:
        """Running statistics after the step, against torch's."""
        network = self.hand.network
        self.torch.load(self.hand.state())
        self.torch.batch_gradient(self.batch)
        ours = self.hand.running_statistics_after(self.batch_pass.forward)
        bounds = FLOAT64_TOLERANCE * np.maximum(np.abs(ours), 1e-6)
        return compare_entries(network.buffer_shapes, "statistics", ours, self.torch.state().buffers, bounds)

    def against_differences(self, places: list[int]) -> tuple[Comparison | None, int]:
        """The worst comparison, and how many entries were left out because of a kink."""
        gradient, network = self.batch_pass.gradient, self.hand.network
        kinks = 0
        worst: Comparison | None = None
        for name, slots in network.slices.items():
            largest = float(np.abs(gradient[slots]).max())
            for place in (place for place in places if slots.start <= place < slots.stop):
                by_hand, slope = float(gradient[place]), central_difference(self.hand, self.batch, place)
                if abs(by_hand - slope.value) > DIFFERENCE_TOLERANCE * largest:
                    slope = extrapolated(self.hand, self.batch, place)
                difference = abs(by_hand - slope.value) / max(largest, slope.error / DIFFERENCE_TOLERANCE)
                if slope.kinked and difference > DIFFERENCE_TOLERANCE:
                    kinks += 1
                elif worst is None or difference > worst.difference:
                    index = index_of(network, name, place - slots.start)
                    worst = Comparison(
                        "differences", difference, DIFFERENCE_TOLERANCE, name, index, by_hand, slope.value
                    )
        return worst, kinks

    def updates(self) -> Iterator[Comparison]:
        """The update against torch.optim's: from the optimizer's state, and as a first step."""
        state = self.hand.state()
        yield self._update("update")
        if state.optimizer_state:
            start = make_optimizer(self.hand.spec, self.hand.network).start(state.parameters)
            fresh = replace(state, optimizer_state=start, optimizer_steps=0)
            self.hand.load(fresh)
            self.torch.load(fresh)
            yield self._update("first_update")
        self.hand.load(state)
        self.torch.load(state)

    def _update(self, reference: Reference) -> Comparison:
        """Of the new parameters, or of what the rule remembers, whichever is further off."""
        before, gradient = self.hand.state_now.parameters, self.batch_pass.total_gradient
        update = self.hand.compute_update(gradient)
        ours, theirs = update.parameters - before, self.torch.take_step(gradient) - before
        left_out = ~np.isfinite(theirs) & np.isfinite(ours)  # torch: the root of a variance that rounding made negative
        least = 1e-8 * float(np.abs(before).max()) + TINY  # an update of that size has half of float64's digits
        moved = compare(
            self.hand.network,
            reference,
            np.where(left_out, 0, ours),
            np.where(left_out, 0, theirs),
            FLOAT64_TOLERANCE,
            least,
        )
        return furthest([moved, *self._memory(reference, update.optimizer_state)])

    def _memory(self, reference: Reference, ours: dict[str, Array]) -> Iterator[Comparison]:
        for name, theirs in self.torch.optimizer_state().items():
            least = 1e-8 * float(np.abs(ours[name]).max()) + TINY
            yield compare(self.hand.network, reference, ours[name], theirs, FLOAT64_TOLERANCE, least, quantity=name)

    def all_gradients(self) -> tuple[Array, Array]:
        """By hand and by autograd, each (count,)"""
        return self.batch_pass.gradient, self.torch.batch_gradient(self.batch)

    def gradient_at(self, at: Comparison) -> tuple[float, float, float | None] | None:
        """By hand, by autograd and by finite differences, at the entry of a comparison of parameters."""
        network = self.hand.network
        if at.tensor not in network.shapes:
            return None
        place = network.slices[at.tensor].start + int(np.ravel_multi_index(at.index, network.shapes[at.tensor]))
        slope = extrapolated(self.hand, self.batch, place) if self.batch_pass.backward else None
        by_difference = None if slope is None or slope.kinked else slope.value
        return (
            float(self.batch_pass.gradient[place]),
            float(self.torch.batch_gradient(self.batch)[place]),
            by_difference,
        )
