"""Check of the next training step: the hand-written gradient and update against independent references.

The references are torch.autograd, torch.optim, central finite differences, which need no chain rule, and the backend
that trains. All at the parameters and on the batch of the step to come; the run itself does not change. Differences are
in units of the largest entry of the tensor, for entries that nearly cancel have fewer correct digits.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from engine.backends import make_backend
from engine.backends.bugs import by_hand_with
from engine.backends.by_hand import BatchPass, ByHand
from engine.checking.against_backend import backend_step, compare_with_backend
from engine.checking.comparison import TINY, Comparison, Reference, compare, index_of
from engine.checking.finite_differences import KINKED, central_difference, extrapolated, size_of_terms
from engine.nn.network import Array, Network, State
from engine.nn.optimizers import make_optimizer
from engine.nn.random import batch_order, stream
from engine.spec.choices import BackendName, BugName
from engine.spec.spec import Spec

if TYPE_CHECKING:
    from engine.backends.autograd import Autograd

FLOAT64_TOLERANCE = 1e-7
"""Two gradients, or two updates, in float64. Both round at 2e-16 and a fault is far above; the margin is for the
amplification of rounding by saturated slopes, norms of small std, and Newton–Schulz."""

FLOAT64_ROUNDING = 1e-14
"""Of a sum of some tens of terms in float64."""

FLOAT32_TOLERANCE = 1e-6
"""Two gradients in float32, as a run is trained: ten roundings of 6e-8, for each unit of what a sum z is made of."""

DIFFERENCE_TOLERANCE = 1e-6
"""Finite differences in float64: the error of a step of 1e-5 is some 1e-10 times a third derivative, which with inputs
of 6 is some hundreds of the first. Where it is more, two steps are extrapolated to none."""

FLOAT32_FLOOR = 0.1
"""Least unit of a tensor's differences in float32, in units of `size_of_loss`."""

MAX_SLOPE = 1.2
"""The largest slope of any activation."""

MAX_PERTURBED = 200
"""Parameters with a finite difference; in larger networks the same number of each tensor, drawn anew at every step."""

MIN_PERTURBED = 24

MAX_MULTIPLICATIONS = 1e8
"""Of all finite differences together, some tenth of a second; and of one pass, else fewer samples are taken."""


@dataclass(frozen=True)
class CheckResult:
    step: int
    """Steps taken before the one that was checked."""
    comparisons: tuple[Comparison, ...]
    """One for each reference that could be compared. There are no finite differences for rules without a gradient."""
    kinks: int
    """Comparisons left out because an activation or the loss has a kink there"""
    perturbed: int
    """Parameters with a finite difference"""
    parameters: int
    samples: int
    """Of the batch."""
    gradient: tuple[float, float, float | None]
    """By hand, by autograd and by finite differences, at the entry of `worst`; None where there is a kink."""
    bug: BugName | None

    @property
    def worst(self) -> Comparison:
        """The comparison that exceeds its tolerance most; where all agree, the largest difference."""
        wrong = [one for one in self.comparisons if not one.agrees]
        return max(wrong or self.comparisons, key=lambda one: one.difference / (one.tolerance if wrong else 1))

    @property
    def passed(self) -> bool:
        return all(one.agrees for one in self.comparisons)


def check(
    spec: Spec,
    network: Network,
    state: State,
    inputs: Array,
    targets: Array,
    bug: BugName | None = None,
    backend: BackendName = "by_hand",
) -> CheckResult | None:
    """Checks the step after `state` of a run by a backend, or by hand with a bug. inputs, targets: the training set.

    None where the step cannot be taken because its loss or gradient is not finite or too large.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        pair = _StepPair.next(spec, network, state, inputs, targets, bug)
        if not pair.batch_pass.within_limits:
            return None
        double, single, differences, left_out, perturbed = pair.against_autograd("autograd"), None, None, 0, 0
        in_float32 = _StepPair.next(spec, network, state, inputs, targets, bug, np.float32)
        if pair.batch_pass.backward:
            single = in_float32.in_float32()
            places = _perturbed_parameters(spec, network, state.step, len(pair.batch))
            differences, left_out = pair.against_differences(places)
            left_out, perturbed = left_out + (single is None), len(places)
        found = [one for one in (double, single, differences) if one is not None] + list(pair.updates())
        if bug is None and backend != "by_hand" and (engine := in_float32.against(backend, state, inputs, targets)):
            found.append(engine)
        kinks, samples = left_out + (double is None), len(pair.batch)
        result = CheckResult(state.step, tuple(found), kinks, perturbed, network.count, samples, (0.0, 0.0, None), bug)
        result = replace(result, gradient=pair.gradient_at(result.worst))
        if result.passed:
            pair = pair.after(inputs, targets, bug)
            following = pair.against_autograd("next_step") if pair.batch_pass.within_limits else None
            if following is not None:
                result = replace(result, comparisons=(*result.comparisons, following))
                if result.worst is following:
                    result = replace(result, gradient=pair.gradient_at(following))
        return result


def _perturbed_parameters(spec: Spec, network: Network, step: int, samples: int) -> list[int]:
    """Numbers of the parameters to perturb: all where they are few, else the same number of each tensor."""
    most = int(min(MAX_PERTURBED, max(MIN_PERTURBED, MAX_MULTIPLICATIONS / (2 * network.count * samples))))
    if network.count <= most:
        return list(range(network.count))
    random = stream(spec.seed, f"check {step}")
    each = -(-most // len(network.names))
    return [
        int(place)
        for slots in network.slices.values()
        for place in random.choice(
            np.arange(slots.start, slots.stop), min(each, slots.stop - slots.start), replace=False
        )
    ]


@dataclass(frozen=True)
class _StepPair:
    """The next step of a run, by hand and by torch, in one precision, from the same state."""

    hand: ByHand
    torch: "Autograd"
    batch: NDArray[np.int64]
    """0 … n−1: both hold the samples of this batch only."""
    batch_pass: BatchPass
    place: tuple[int, int]
    """Epoch and cursor after the step"""

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
    ) -> "_StepPair":
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

    def after(self, inputs: Array, targets: Array, bug: BugName | None) -> "_StepPair":
        """The step after it, where an error in the optimizer's state first shows."""
        self.hand.apply_update(self.batch_pass, self.hand.compute_update(self.batch_pass.total_gradient))
        state = self.hand.state()
        state.epoch, state.cursor = self.place
        return _StepPair.next(self.hand.spec, self.hand.network, state, inputs, targets, bug)

    def against_autograd(self, reference: Reference) -> Comparison | None:
        """None where some z is so near a kink that rounding decides the side."""
        if self._near_a_kink(FLOAT64_ROUNDING):
            return None
        return self._gradients(reference, FLOAT64_TOLERANCE, 1e-6)

    def in_float32(self) -> Comparison | None:
        if self._near_a_kink(FLOAT32_TOLERANCE):
            return None
        return self._gradients("float32", self._float32_tolerance, FLOAT32_FLOOR)

    @property
    def _float32_tolerance(self) -> float:
        """Rounding of a gradient in float32, in units of its tensor's largest entry."""
        return FLOAT32_TOLERANCE * max(10.0, *(float(roundings.max()) for roundings in self._rounding_of_sums))

    def against(self, backend: BackendName, state: State, inputs: Array, targets: Array) -> Comparison | None:
        """The same step by the backend that trains. None where rounding decides, or where this batch was cut."""
        spec, network = self.hand.spec, self.hand.network
        evolution = bool(self.batch_pass.pair_losses)
        jumps = evolution and any(stage.activation == "step" for stage in network.stages)
        whole = len(self.batch) == min(spec.batch_size or len(inputs), len(inputs) - state.cursor)
        if (
            jumps
            or not whole
            or not self.batch_pass.within_limits
            or (not self.batch_pass.pair_losses and self._near_a_kink(FLOAT32_TOLERANCE))
        ):
            return None
        largest, least = np.empty(network.count), FLOAT32_FLOOR * self.size_of_loss
        for slots in network.slices.values():
            largest[slots] = max(float(np.abs(self.batch_pass.gradient[slots]).max()), least)
        theirs = backend_step(backend, spec, network, state, inputs, targets)
        return compare_with_backend(self.hand, self.batch_pass, self._float32_tolerance * largest, theirs)

    def _gradients(self, reference: Reference, tolerance: float, floor: float) -> Comparison:
        """floor: least unit of a tensor's differences, in units of `size_of_loss`."""
        true, least = self.torch.batch_gradient(self.batch), floor * self.size_of_loss
        return compare(self.hand.network, reference, self.batch_pass.gradient, true, tolerance, least)

    def _near_a_kink(self, rounding: float) -> bool:
        """Whether the input of an activation, or an error, is 0 within the rounding of the sum it is."""
        edges = [
            (values.n, roundings)
            for stage, values, roundings in zip(
                self.hand.network.stages, self.batch_pass.forward, self._rounding_of_sums, strict=True
            )
            if stage.activation in KINKED
        ]
        if self.hand.network.loss == "mae":
            outputs, targets = self.batch_pass.forward[-1].out, self.hand.targets
            edges.append((outputs - targets, np.abs(outputs) + np.abs(targets)))
        return any(bool(np.any((np.abs(edge) <= rounding * size) & (size > 0))) for edge, size in edges)

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
        before, gradient = self.hand.state_now.parameters, self.batch_pass.total_gradient
        ours, theirs = self.hand.compute_update(gradient).parameters - before, self.torch.take_step(gradient) - before
        left_out = ~np.isfinite(theirs) & np.isfinite(ours)  # torch: the root of a variance that rounding made negative
        least = 1e-8 * float(np.abs(before).max()) + TINY  # an update of that size has half of float64's digits
        return compare(
            self.hand.network,
            reference,
            np.where(left_out, 0, ours),
            np.where(left_out, 0, theirs),
            FLOAT64_TOLERANCE,
            least,
        )

    def gradient_at(self, at: Comparison) -> tuple[float, float, float | None]:
        """By hand, by autograd and by finite differences, at the entry of a comparison; None where there is a kink."""
        network = self.hand.network
        place = network.slices[at.tensor].start + int(np.ravel_multi_index(at.index, network.shapes[at.tensor]))
        slope = extrapolated(self.hand, self.batch, place) if self.batch_pass.backward else None
        by_difference = None if slope is None or slope.kinked else slope.value
        return (
            float(self.batch_pass.gradient[place]),
            float(self.torch.batch_gradient(self.batch)[place]),
            by_difference,
        )

    @property
    def size_of_loss(self) -> float:
        """What a gradient would be if nothing cancelled and no slope made it smaller: the unit of its rounding.

        The gradient of the loss is at best as exact as the outputs and targets whose difference it is; from there on
        its rounding grows with the weights and norms it is multiplied with.
        """
        batch_pass = self.batch_pass
        if not batch_pass.backward:
            size = size_of_terms(self.hand, self.batch, batch_pass.forward) / self.hand.spec.sigma
            return (size if batch_pass.pair_losses else abs(batch_pass.loss)) + TINY
        sizes = []
        for gradients, cache in zip(batch_pass.backward, batch_pass.forward, strict=True):
            size = float(np.abs(gradients.d_out).sum(axis=0).max()) * max(1.0, float(np.abs(cache.below).max()))
            sizes.append(size if cache.norm is None else size / float(cache.norm.std.min()))
        from_loss = float(np.abs(batch_pass.backward[-1].d_out).sum(axis=0).max())
        return (
            max(sizes) * max(1.0, size_of_terms(self.hand, self.batch, batch_pass.forward) / (from_loss + TINY)) + TINY
        )

    @cached_property
    def _rounding_of_sums(self) -> list[Array]:
        """Size of the rounding of each n, (n, width), for every stage: Σ|w·a| + |b| of its own sum, and that of the
        layers below, which adds up by squares, as independent errors do."""
        tensors = self.hand.network.views(np.abs(self.hand.state_now.parameters))
        every: list[Array] = []
        below = np.zeros_like(self.batch_pass.forward[0].below)
        for layer, (stage, cache) in enumerate(zip(self.hand.network.stages, self.batch_pass.forward, strict=True)):
            weight = tensors[f"layers.{layer}.weight"]
            own = np.abs(cache.below) @ weight.T
            if self.hand.network.biases:
                own = own + tensors[f"layers.{layer}.bias"]
            off: Array = np.sqrt(np.square(own) + np.square(below) @ np.square(weight).T)
            if cache.norm is not None:
                off = off / cache.norm.std * np.maximum(1, tensors[f"norms.{layer}.weight"])
            every.append(off)
            out = (MAX_SLOPE * off + np.abs(cache.h)) * (1 if cache.mask is None else cache.mask)
            below = out + below if stage.residual else out
        return every
