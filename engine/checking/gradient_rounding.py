"""How far rounding may move the gradient of one batch: by the size of what is summed up, and by the side of a kink.

All of a batch that has gone forward and back by hand, in float32 or float64; `rounding` is that of a sum, in units of
the size of its terms.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.backends.by_hand import BatchPass, ByHand, ForwardCache
from engine.checking.comparison import TINY
from engine.checking.finite_differences import KINKED, size_of_terms
from engine.nn.activations import Floats
from engine.nn.network import Array

FLOAT32_TOLERANCE = 1e-6
"""Of a gradient in float32, as a run is trained: ten roundings of 6e-8, for each unit of what a sum z is made of."""

FLOAT32_FLOOR = 0.1
"""Least unit of a tensor's differences in float32, in units of `size_of_loss`."""

MAX_SLOPE = 1.2
"""The largest slope of any activation."""

MAX_KINKS = 16
"""Sides that may be open in one batch; each costs a backward pass."""


@dataclass(frozen=True)
class GradientRounding:
    hand: ByHand
    batch_pass: BatchPass

    @property
    def float32_tolerance(self) -> float:
        """Rounding of a gradient in float32, in units of its tensor's largest entry."""
        return FLOAT32_TOLERANCE * max(10.0, *(float(sizes.max()) for sizes in self.sizes_of_n))

    @cached_property
    def float32_bound(self) -> Floats:
        """Of each entry in float32, (count,), where no side of a kink is open."""
        bound, least = np.empty(self.hand.network.count), FLOAT32_FLOOR * self.size_of_loss
        for slots in self.hand.network.slices.values():
            bound[slots] = max(float(np.abs(self.batch_pass.gradient[slots]).max()), least)
        return self.float32_tolerance * bound

    @cached_property
    def size_of_loss(self) -> float:
        """What a gradient would be if nothing cancelled and no slope made it smaller: the unit of its rounding.

        The gradient of the loss is at best as exact as the outputs and targets whose difference it is; from there on
        its rounding grows with the weights and norms it is multiplied with.
        """
        batch_pass = self.batch_pass
        terms = size_of_terms(self.hand, batch_pass.batch, batch_pass.forward)
        if not batch_pass.backward:
            return (terms / self.hand.spec.sigma if batch_pass.pair_losses else abs(batch_pass.loss)) + TINY
        sizes = []
        for gradients, cache in zip(batch_pass.backward, batch_pass.forward, strict=True):
            size = float(np.abs(gradients.d_out).sum(axis=0).max()) * max(1.0, float(np.abs(cache.below).max()))
            sizes.append(size if cache.norm is None else size / float(cache.norm.std.min()))
        from_loss = float(np.abs(batch_pass.backward[-1].d_out).sum(axis=0).max())
        return max(sizes) * max(1.0, terms / (from_loss + TINY)) + TINY

    @property
    def sizes_of_n(self) -> list[Array]:
        """Of the input n of each stage's activation, (n, width)."""
        return [size for _, size, _ in self._sizes]

    @property
    def sizes_of_z(self) -> list[Array]:
        """Of each stage's weighted sum, (n, width)."""
        return [size for size, _, _ in self._sizes]

    @property
    def size_of_outputs(self) -> Array:
        """(n, outputs)"""
        return self._sizes[-1][2]

    @cached_property
    def _sizes(self) -> list[tuple[Array, Array, Array]]:
        """Size of the rounding of each z, n and out, for every stage: Σ|w·a| + |b| of its own sum, and that of the
        layers below, which adds up by squares, as independent errors do."""
        tensors = self.hand.network.views(np.abs(self.hand.state_now.parameters))
        every: list[tuple[Array, Array, Array]] = []
        below = np.zeros_like(self.batch_pass.forward[0].below)
        for layer, (stage, cache) in enumerate(zip(self.hand.network.stages, self.batch_pass.forward, strict=True)):
            weight = tensors[f"layers.{layer}.weight"]
            own = np.abs(cache.below) @ weight.T
            if self.hand.network.biases:
                own = own + tensors[f"layers.{layer}.bias"]
            z: Array = np.sqrt(np.square(own) + np.square(below) @ np.square(weight).T)
            n = z if cache.norm is None else z / cache.norm.std * np.maximum(1, tensors[f"norms.{layer}.weight"])
            out = (MAX_SLOPE * n + np.abs(cache.h)) * (1 if cache.mask is None else cache.mask)
            if stage.activation == "relu":  # one that is off is 0 in any order of summation
                out = np.where(cache.n < -FLOAT32_TOLERANCE * n, 0, out)
            below = out + below if stage.residual else out
            every.append((z, n, below))
        return every

    def changes_at_kinks(self, rounding: float) -> Floats | None:
        """How far the gradient (count,) may move because rounding decides on which side of a kink a number lies.

        None where that cannot be told: a hidden step is at its threshold, so that all above it jumps; evolution, whose
        copies each have sides of their own, has a step at all; or too many sides are open.
        """
        stages, batch_pass = self.hand.network.stages, self.batch_pass
        if batch_pass.pair_losses:
            return None if any(stage.activation == "step" for stage in stages) else np.zeros(self.hand.network.count)
        flipped = self._flipped(rounding)
        if flipped is None or len(flipped) > MAX_KINKS:
            return None
        changes = np.zeros(self.hand.network.count)
        together = batch_pass.forward
        alone = np.zeros(self.hand.network.count)
        for layer, cache in flipped:
            change = self._gradient_of(_with(batch_pass.forward, layer, cache)) - batch_pass.gradient
            changes += np.abs(change)
            alone += change
            together = _with(together, layer, _joined(batch_pass.forward[layer], together[layer], cache))
        if len(flipped) > 1:
            changes += np.abs(self._gradient_of(together) - batch_pass.gradient - alone)
        return changes

    def _flipped(self, rounding: float) -> list[tuple[int, ForwardCache]] | None:
        """Each stage's cache with one number on the other side, for every number whose side is open."""
        network, batch_pass = self.hand.network, self.batch_pass
        found: list[tuple[int, ForwardCache]] = []
        for layer, (stage, cache, sizes) in enumerate(
            zip(network.stages, batch_pass.forward, self.sizes_of_n, strict=True)
        ):
            places = _within(cache.n, rounding * sizes) if stage.activation in KINKED else []
            if places and stage.activation == "step":
                if self.hand.spec.optimizer != "perceptron":
                    return None
                found += [(layer, replace(cache, out=_changed(cache.out, at, 1 - cache.out[at]))) for at in places]
            else:
                found += [(layer, replace(cache, n=_changed(cache.n, at, -cache.n[at] or TINY))) for at in places]
        if network.loss == "mae":
            last, targets = batch_pass.forward[-1], self.hand.targets[batch_pass.batch]
            sizes = np.maximum(self.size_of_outputs, np.abs(last.out) + np.abs(targets))
            for at in _within(last.out - targets, rounding * sizes):
                other = np.nextafter(targets[at], -np.inf if last.out[at] > targets[at] else np.inf)
                found.append((len(network.stages) - 1, replace(last, out=_changed(last.out, at, other))))
        return found

    def _gradient_of(self, forward: list[ForwardCache]) -> Array:
        targets = self.hand.targets[self.batch_pass.batch]
        if self.hand.spec.optimizer == "perceptron":
            return self.hand.perceptron(forward, targets)
        return self.hand.backward(forward, targets)[1]


def _within(values: Array, bounds: Array) -> list[tuple[int, int]]:
    """Where a number is 0 within its rounding; one that is a sum of zeros is 0 in any order."""
    return [(int(row), int(unit)) for row, unit in np.argwhere((np.abs(values) <= bounds) & (bounds > 0))]


def _changed(values: Array, at: tuple[int, int], value: float) -> Array:
    changed = values.copy()
    changed[at] = value
    return changed


def _with(caches: list[ForwardCache], layer: int, cache: ForwardCache) -> list[ForwardCache]:
    return [cache if number == layer else one for number, one in enumerate(caches)]


def _joined(original: ForwardCache, first: ForwardCache, second: ForwardCache) -> ForwardCache:
    """What either has changed."""
    return replace(
        first,
        n=np.where(second.n != original.n, second.n, first.n),
        out=np.where(second.out != original.out, second.out, first.out),
    )
