"""Check: the hand-written gradient and update of the next step, held against three witnesses that know nothing of it.

Autograd is torch's, the update torch.optim's; central finite differences know no chain rule at all; the engine that
trains takes the same step. All at the weights and on the batch where a run stands, which stays as it was. A difference
is told in units of the largest entry of its tensor: entries that all but cancel are not held to digits that no
arithmetic of that length has.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from engine.backends import make_backend
from engine.backends.bugs import hand_with
from engine.backends.by_hand import ByHand, Look
from engine.checking.against_backend import against_engine, engine_step
from engine.checking.compared import TINY, Compared, Witness, compared, index_of
from engine.checking.finite_differences import KINKED, central_difference, extrapolated, size_of_terms
from engine.nn.network import Array, Network, State
from engine.nn.optimizers import make_optimizer
from engine.nn.random import batch_order, stream
from engine.spec.choices import BackendName, BugName
from engine.spec.spec import Spec

if TYPE_CHECKING:
    from engine.backends.autograd import Autograd

DOUBLE = 1e-7
"""Two gradients, or two updates, in float64. Both round at 2e-16, and a fault is far above; what lies between is the
amplification of rounding by saturated slopes, norms of small deviation, and Newton–Schulz."""

DOUBLE_ROUNDING = 1e-14
"""Of a sum of some tens of terms in float64."""

SINGLE = 1e-6
"""Two gradients in float32, as a run is trained: ten roundings of 6e-8, for each unit of what a sum z is made of."""

DIFFERENCES = 1e-6
"""Finite differences in float64: the error of a step of 1e-5 is some 1e-10 times a third derivative, which with inputs
of 6 is some hundreds of the first. Where it is more, two steps are extrapolated to none."""

FLOOR = 0.1
"""What a tensor's largest entry is not taken to be below in float32, in units of what no slope takes anything from."""

STEEPEST = 1.2
"""No activation's slope is more."""

MOST_TRIED = 200
"""Parameters that are moved up and down; of larger networks as many of each tensor, chosen anew at every step."""

FEWEST_TRIED = 24

MOST_WORK = 1e8
"""Multiplications spent on finite differences, some tenth of a second; and those of one pass, else fewer samples."""


@dataclass(frozen=True)
class Checked:
    step: int
    """Steps taken before the one that was checked."""
    compared: tuple[Compared, ...]
    """One for each witness that had something to say. Rules without a gradient leave no word for differences."""
    kinks: int
    """Numbers that say nothing, because a kink of an activation or of the loss lies where they are taken."""
    tried: int
    """Parameters moved for finite differences."""
    parameters: int
    samples: int
    """Of the batch."""
    gradient: tuple[float, float, float | None]
    """By hand, by autograd and by finite differences, at the place of `worst`; None where there is a kink."""
    bug: BugName | None

    @property
    def worst(self) -> Compared:
        """What is furthest from agreement; where all agree, the largest difference."""
        wrong = [one for one in self.compared if not one.agrees]
        return max(wrong or self.compared, key=lambda one: one.difference / (one.tolerance if wrong else 1))

    @property
    def green(self) -> bool:
        return all(one.agrees for one in self.compared)


def check(
    spec: Spec,
    network: Network,
    state: State,
    inputs: Array,
    targets: Array,
    bug: BugName | None = None,
    backend: BackendName = "by_hand",
) -> Checked | None:
    """The step to come from `state`, of a run trained by a backend, or by hand with a bug; for the whole training set.

    None where the step cannot be taken because its loss or gradient is not finite or too large.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        bench = _Bench.next(spec, network, state, inputs, targets, bug)
        if not bench.look.sound:
            return None
        double, single, differences, lost, tried = bench.against_autograd("autograd"), None, None, 0, 0
        in_float32 = _Bench.next(spec, network, state, inputs, targets, bug, np.float32)
        if bench.look.sent:
            single = in_float32.in_float32()
            places = _places(spec, network, state.step, len(bench.batch))
            differences, lost = bench.against_differences(places)
            lost, tried = lost + (single is None), len(places)
        found = [one for one in (double, single, differences) if one is not None] + list(bench.updates())
        if bug is None and backend != "by_hand" and (engine := in_float32.against(backend, state, inputs, targets)):
            found.append(engine)
        kinks, samples = lost + (double is None), len(bench.batch)
        result = Checked(state.step, tuple(found), kinks, tried, network.count, samples, (0.0, 0.0, None), bug)
        result = replace(result, gradient=bench.three(result.worst))
        if result.green:
            bench = bench.after(inputs, targets, bug)
            following = bench.against_autograd("next_step") if bench.look.sound else None
            if following is not None:
                result = replace(result, compared=(*result.compared, following))
                if result.worst is following:
                    result = replace(result, gradient=bench.three(following))
        return result


def _places(spec: Spec, network: Network, step: int, samples: int) -> list[int]:
    """Which parameters are moved: all of them where they are few, else as many of each tensor."""
    most = int(min(MOST_TRIED, max(FEWEST_TRIED, MOST_WORK / (2 * network.count * samples))))
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
class _Bench:
    """The next batch of a run, by hand and by torch, in one precision, from the same place."""

    hand: ByHand
    torch: "Autograd"
    batch: NDArray[np.int64]
    """All samples there are here, in their order."""
    look: Look
    place: tuple[int, int]
    """Epoch and samples of it that are taken, when the step is taken."""

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
    ) -> "_Bench":
        rows = batch_order(spec.seed, state.epoch, len(inputs))[state.cursor :][: spec.batch_size]
        ends = state.cursor + len(rows)
        place = (state.epoch, ends) if ends < len(inputs) else (state.epoch + 1, 0)

        rows = rows[: max(2, int(MOST_WORK / network.count))]
        inputs, targets = inputs[rows].astype(precision), targets[rows].astype(precision)
        state = replace(
            state,
            parameters=state.parameters.astype(precision),
            memory={name: values.astype(precision) for name, values in state.memory.items()},
            updates=state.updates.astype(precision),
            buffers=state.buffers.astype(precision),
            cursor=0,
        )
        hand = hand_with(bug)(spec, network, inputs, targets)
        hand.load(state)
        hand.order, hand.order_epoch = np.arange(len(rows)), state.epoch
        torch = cast("Autograd", make_backend("autograd", spec, network, inputs, targets))
        torch.load(state)
        return cls(hand, torch, hand.order, hand.look(), place)

    def after(self, inputs: Array, targets: Array, bug: BugName | None) -> "_Bench":
        """The step after, where a fault that is handed on from step to step shows first."""
        self.hand.take(self.look, self.hand.move(self.look.whole))
        state = self.hand.state()
        state.epoch, state.cursor = self.place
        return _Bench.next(self.hand.spec, self.hand.network, state, inputs, targets, bug)

    def against_autograd(self, witness: Witness) -> Compared | None:
        """None where some z lies so near a kink that rounding decides on which side."""
        if self._near_a_kink(DOUBLE_ROUNDING):
            return None
        return self._gradients(witness, DOUBLE, 1e-6)

    def in_float32(self) -> Compared | None:
        if self._near_a_kink(SINGLE):
            return None
        return self._gradients("float32", self._single, FLOOR)

    @property
    def _single(self) -> float:
        """Of a gradient in float32, in units of its tensor's largest entry."""
        return SINGLE * max(10.0, *(float(roundings.max()) for roundings in self._roundings))

    def against(self, backend: BackendName, state: State, inputs: Array, targets: Array) -> Compared | None:
        """The same step by the backend that trains. None where rounding decides, or the batch here is a part of it."""
        spec, network = self.hand.spec, self.hand.network
        jumps = bool(self.look.tried) and any(stage.activation == "step" for stage in network.stages)
        whole = len(self.batch) == min(spec.batch_size or len(inputs), len(inputs) - state.cursor)
        if jumps or not whole or not self.look.sound or (not self.look.tried and self._near_a_kink(SINGLE)):
            return None
        largest, least = np.empty(network.count), FLOOR * self.size_of_loss
        for slots in network.slices.values():
            largest[slots] = max(float(np.abs(self.look.gradient[slots]).max()), least)
        theirs = engine_step(backend, spec, network, state, inputs, targets)
        return against_engine(self.hand, self.look, self._single * largest, theirs)

    def _gradients(self, witness: Witness, tolerance: float, floor: float) -> Compared:
        """floor: what no tensor's largest entry is taken to be below, in units of `size_of_loss`."""
        true, least = self.torch.batch_gradient(self.batch), floor * self.size_of_loss
        return compared(self.hand.network, witness, self.look.gradient, true, tolerance, least)

    def _near_a_kink(self, rounding: float) -> bool:
        """Whether there is a z, or an error, that is 0 within the rounding of what it is the sum of."""
        edges = [
            (values.n, roundings)
            for stage, values, roundings in zip(
                self.hand.network.stages, self.look.passed, self._roundings, strict=True
            )
            if stage.activation in KINKED
        ]
        if self.hand.network.loss == "mae":
            outputs, targets = self.look.passed[-1].out, self.hand.targets
            edges.append((outputs - targets, np.abs(outputs) + np.abs(targets)))
        return any(bool(np.any((np.abs(edge) <= rounding * size) & (size > 0))) for edge, size in edges)

    def against_differences(self, places: list[int]) -> tuple[Compared | None, int]:
        """And how many disagree only because of a kink."""
        gradient, network = self.look.gradient, self.hand.network
        kinks = 0
        worst: Compared | None = None
        for name, slots in network.slices.items():
            largest = float(np.abs(gradient[slots]).max())
            for place in (place for place in places if slots.start <= place < slots.stop):
                by_hand, slope = float(gradient[place]), central_difference(self.hand, self.batch, place)
                if abs(by_hand - slope.value) > DIFFERENCES * largest:
                    slope = extrapolated(self.hand, self.batch, place)
                difference = abs(by_hand - slope.value) / max(largest, slope.error / DIFFERENCES)
                if slope.kinked and difference > DIFFERENCES:
                    kinks += 1
                elif worst is None or difference > worst.difference:
                    index = index_of(network, name, place - slots.start)
                    worst = Compared("differences", difference, DIFFERENCES, name, index, by_hand, slope.value)
        return worst, kinks

    def updates(self) -> Iterator[Compared]:
        """The rule's move against torch.optim's: from what is remembered, and as a first step."""
        state = self.hand.state()
        yield self._update("update")
        if state.memory:
            start = make_optimizer(self.hand.spec, self.hand.network).start(state.parameters)
            fresh = replace(state, memory=start, optimizer_steps=0)
            self.hand.load(fresh)
            self.torch.load(fresh)
            yield self._update("first_update")
        self.hand.load(state)
        self.torch.load(state)

    def _update(self, witness: Witness) -> Compared:
        before, gradient = self.hand.state_now.parameters, self.look.whole
        ours, theirs = self.hand.move(gradient).parameters - before, self.torch.moved(gradient) - before
        lost = ~np.isfinite(theirs) & np.isfinite(ours)  # torch takes the root of what rounding has put below 0
        least = 1e-8 * float(np.abs(before).max()) + TINY  # of that, an update in float64 has half of its digits
        return compared(self.hand.network, witness, np.where(lost, 0, ours), np.where(lost, 0, theirs), DOUBLE, least)

    def three(self, at: Compared) -> tuple[float, float, float | None]:
        """The gradient by hand, by autograd and by differences at one place; no difference where there is none."""
        network = self.hand.network
        place = network.slices[at.tensor].start + int(np.ravel_multi_index(at.index, network.shapes[at.tensor]))
        slope = extrapolated(self.hand, self.batch, place) if self.look.sent else None
        by_difference = None if slope is None or slope.kinked else slope.value
        return float(self.look.gradient[place]), float(self.torch.batch_gradient(self.batch)[place]), by_difference

    @property
    def size_of_loss(self) -> float:
        """What a gradient would be if no slope and no sign took anything from it: the unit of its rounding.

        What the loss sends back is at best as exact as the outputs and targets it is the difference of; from there on
        it grows by what the weights and norms on its way multiply it with.
        """
        look = self.look
        if not look.sent:
            size = size_of_terms(self.hand, self.batch, look.passed) / self.hand.spec.sigma
            return (size if look.tried else abs(look.loss)) + TINY
        sizes = []
        for sent, passed in zip(look.sent, look.passed, strict=True):
            size = float(np.abs(sent.out).sum(axis=0).max()) * max(1.0, float(np.abs(passed.below).max()))
            sizes.append(size if passed.norm is None else size / float(passed.norm.deviation.min()))
        from_loss = float(np.abs(look.sent[-1].out).sum(axis=0).max())
        return max(sizes) * max(1.0, size_of_terms(self.hand, self.batch, look.passed) / (from_loss + TINY)) + TINY

    @cached_property
    def _roundings(self) -> list[Array]:
        """By how many roundings each n (n, width) may be off: Σ|w·a| + |b| of its own sum, and what the layers below
        hand on, which adds up as chance does, by squares."""
        tensors = self.hand.network.views(np.abs(self.hand.state_now.parameters))
        every: list[Array] = []
        below = np.zeros_like(self.look.passed[0].below)
        for layer, (stage, passed) in enumerate(zip(self.hand.network.stages, self.look.passed, strict=True)):
            weight = tensors[f"layers.{layer}.weight"]
            own = np.abs(passed.below) @ weight.T
            if self.hand.network.biases:
                own = own + tensors[f"layers.{layer}.bias"]
            off: Array = np.sqrt(np.square(own) + np.square(below) @ np.square(weight).T)
            if passed.norm is not None:
                off = off / passed.norm.deviation * np.maximum(1, tensors[f"norms.{layer}.weight"])
            every.append(off)
            out = (STEEPEST * off + np.abs(passed.h)) * (1 if passed.kept is None else passed.kept)
            below = out + below if stage.residual else out
        return every
