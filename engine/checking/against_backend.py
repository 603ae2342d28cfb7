"""One step of the backend that trains, against the same step by hand, in two halves so that no half hides the other.

The gradient it had for its batch, against the hand-written one; and what its rule made of that very gradient, against
the hand-written rule on the same numbers. In the second no rounding is amplified from outside: a rule that lives on the
sign of a number that is all rounding, as RMSprop and Adam may, is given the same number. Besides, running statistics,
counters and losses.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.backends import make_backend
from engine.checking.comparison import TINY, Comparison, Reason, Silence, compare_entries, furthest
from engine.checking.finite_differences import size_of_terms
from engine.checking.gradient_rounding import FLOAT32_FLOOR, FLOAT32_TOLERANCE, GradientRounding
from engine.checking.rounded import ROUNDING
from engine.checking.rule_rounding import step_by_hand
from engine.nn.activations import Floats
from engine.nn.network import Array, Network, State
from engine.nn.optimizers import uses_memory
from engine.spec.choices import BackendName
from engine.spec.spec import Spec

SLACK = 1.5
"""Times the bound of a rule's rounding: for the same formula in another order of operations."""

COUNTERS = ("step", "epoch", "cursor", "optimizer_steps", "samples")


@dataclass(frozen=True)
class BackendStep:
    gradient: Array
    """(count,), with penalties, clipped: what the rule was given"""
    state: State


def backend_step(
    backend: BackendName, spec: Spec, network: Network, state: State, inputs: Array, targets: Array
) -> BackendStep:
    """The step after `state`; inputs, targets: the whole training set."""
    engine = make_backend(backend, spec, network, inputs, targets)
    engine.load(state)
    engine.advance(1)
    return BackendStep(engine.last_gradient(), engine.state())


@dataclass(frozen=True)
class AgainstBackend:
    rounding: GradientRounding
    """Of the step by hand in float64; its batch is that of the step, or the first part of a large one."""
    state: State
    """Before the step"""
    step: BackendStep
    batch_size: int
    samples: int
    """Of the training set"""

    def comparisons(self) -> Iterator[Comparison | Silence]:
        """One for each part of the step."""
        whole = len(self.rounding.batch_pass.batch) == self.batch_size
        undecided = self.rounding.changes_at_kinks(FLOAT32_TOLERANCE) if whole else None
        reason: Reason = "batch" if not whole else "step" if self._has_step else "kink"
        yield Silence("engine_gradient", reason) if undecided is None else self.gradient(undecided)
        yield from self.update_and_memory()
        forward_known = undecided is not None or reason == "kink"  # a value has no jump at a kink
        if self.state.buffers.size:
            yield self.statistics() if forward_known else Silence("engine_statistics", reason)
        yield furthest([*self.counters(), self.loss()] if forward_known else self.counters())

    @property
    def _has_step(self) -> bool:
        return any(stage.activation == "step" for stage in self.rounding.hand.network.stages)

    def gradient(self, undecided: Floats) -> Comparison:
        hand, batch_pass = self.rounding.hand, self.rounding.batch_pass
        whole = batch_pass.total_gradient
        bound = self.rounding.float32_bound + undecided + 4 * ROUNDING * np.abs(batch_pass.penalty_gradient)
        clipped, least = hand.clipped(whole), FLOAT32_FLOOR * self.rounding.size_of_loss
        if hand.spec.clip == "norm":  # all are scaled by the norm, which is off by as much as they
            length = float(np.linalg.norm(whole))
            scale = min(1.0, hand.spec.clip_limit / (length + TINY))
            bound = scale * (bound + np.abs(whole) * float(np.linalg.norm(bound)) / (length + TINY))
            least *= scale
        bound = bound + 4 * ROUNDING * np.abs(clipped)
        return compare_entries(hand.network.shapes, "engine_gradient", clipped, self.step.gradient, bound, least=least)

    def update_and_memory(self) -> Iterator[Comparison]:
        """New parameters and their difference from the old; what the rule remembers."""
        network, theirs = self.rounding.hand.network, self.step.state
        parameters, memory = step_by_hand(self.rounding.hand, self.step.gradient)
        updates = (theirs.parameters - self.state.parameters).astype(np.float64)
        yield furthest(
            [
                compare_entries(
                    network.shapes, "engine_update", parameters.value, theirs.parameters, SLACK * parameters.error
                ),
                compare_entries(
                    network.shapes, "engine_update", updates, theirs.updates, 2 * ROUNDING * np.abs(updates), "updates"
                ),
            ]
        )
        if memory:
            yield furthest(
                [
                    compare_entries(
                        network.shapes,
                        "engine_memory",
                        memory[name].value,
                        theirs.optimizer_state[name],
                        SLACK * memory[name].error,
                        name,
                    )
                    for name in memory
                ]
            )

    def statistics(self) -> Comparison:
        """Running means and variances."""
        hand, forward = self.rounding.hand, self.rounding.batch_pass.forward
        expected, m = hand.running_statistics_after(forward), hand.network.norm_momentum
        bounds: list[Array] = []
        for cache, sizes in zip(forward, self.rounding.sizes_of_z, strict=True):
            if cache.norm is not None:
                n, off = len(sizes), FLOAT32_TOLERANCE * sizes.max(axis=0)
                variance = 2 * cache.norm.std * off + off * off + FLOAT32_TOLERANCE * cache.norm.variance
                moves = m if cache.norm.from_batch else 0
                bounds += [moves * off, moves * variance * n / max(n - 1, 1)]
        rounded = 4 * ROUNDING * np.maximum(np.abs(self.state.buffers), np.abs(expected))
        return compare_entries(
            hand.network.buffer_shapes,
            "engine_statistics",
            expected,
            self.step.state.buffers,
            np.concatenate(bounds) + rounded,
            least=float(np.abs(expected).max()),
        )

    def loss(self) -> Comparison:
        """What the losses of an epoch add up to."""
        hand, batch_pass = self.rounding.hand, self.rounding.batch_pass
        times = self.batch_size if hand.network.reduction == "mean" else 1
        total = self.state.loss_sum + batch_pass.loss * times
        terms = size_of_terms(hand, batch_pass.batch, batch_pass.forward) * times
        bound = self._rounding_of_loss * times + 1e-12 * abs(total)
        name, theirs = "loss_sum", self.step.state.loss_sum
        if self._ends_epoch:
            samples = self.samples if hand.network.reduction == "mean" else 1
            name, theirs = "epoch_loss", self.step.state.epoch_loss or 0.0
            total, bound, terms = total / samples, bound / samples, terms / samples
        return _counter(name, total, theirs, bound, least=terms)

    @property
    def _rounding_of_loss(self) -> float:
        hand, batch_pass = self.rounding.hand, self.rounding.batch_pass
        terms = size_of_terms(hand, batch_pass.batch, batch_pass.forward)
        sizes, own = self.rounding.size_of_outputs, 10 * FLOAT32_TOLERANCE * abs(batch_pass.loss)
        if batch_pass.pair_losses:  # of copies elsewhere, where slopes are others
            return 2 * FLOAT32_TOLERANCE * terms * max(1.0, float(sizes.max())) + own
        slopes = hand.loss.slope(batch_pass.forward[-1].out, hand.targets[batch_pass.batch])
        return FLOAT32_TOLERANCE * float(np.sum(np.abs(slopes) * sizes)) + own + 4 * ROUNDING * terms

    def counters(self) -> list[Comparison]:
        """Exact; of the losses, those that this step does not touch."""
        before, after = self.state, self.step.state
        ends, spec = self._ends_epoch, self.rounding.hand.spec
        copies = 2 * spec.pairs if spec.optimizer == "evolution" else 1
        expected = {
            "step": before.step + 1,
            "epoch": before.epoch + ends,
            "cursor": 0 if ends else before.cursor + self.batch_size,
            "optimizer_steps": before.optimizer_steps + uses_memory(spec),
            "samples": before.samples + self.batch_size * copies,
        }
        found = [_counter(name, expected[name], getattr(after, name), 0) for name in COUNTERS]
        if ends:
            found.append(_counter("loss_sum", 0, after.loss_sum, 0))
        elif before.epoch_loss is not None or after.epoch_loss is not None:
            unknown = float("nan")
            ours, theirs = (unknown if one.epoch_loss is None else one.epoch_loss for one in (before, after))
            found.append(_counter("epoch_loss", ours, theirs, 0))
        return found

    @property
    def _ends_epoch(self) -> bool:
        return self.state.cursor + self.batch_size == self.samples


def _counter(name: str, ours: float, theirs: float, bound: float, least: float = 1) -> Comparison:
    shapes: dict[str, tuple[int, ...]] = {"": ()}
    hand, other = np.array([ours], dtype=np.float64), np.array([theirs], dtype=np.float64)
    return compare_entries(shapes, "engine_counters", hand, other, np.array([bound]), name, least)
