"""Check of the next training step: the hand-written gradient and update against independent references.

The references are torch.autograd, torch.optim, central finite differences, which need no chain rule, and the backend
that trains. All at the parameters and on the batch of the step to come; the run itself does not change. Differences are
in units of the largest entry of the tensor, for entries that nearly cancel have fewer correct digits.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from engine.checking.against_backend import BackendStep
from engine.checking.comparison import Comparison, Silence, furthest
from engine.checking.step_pair import MAX_MULTIPLICATIONS, StepPair
from engine.checking.stop_rule import against_epoch_mean
from engine.nn.network import Array, Network, State
from engine.nn.random import stream
from engine.spec.choices import BugName
from engine.spec.spec import Spec

CheckState = Literal["green", "silent", "red"]
"""All agrees; something could not be compared, and the rest agrees; something differs"""

MAX_PERTURBED = 200
"""Parameters with a finite difference; in larger networks the same number of each tensor, drawn anew at every step."""

MIN_PERTURBED = 24

MAX_LISTED = 40
"""Parameters of a network whose gradients are all given: as many as a person looks through."""


@dataclass(frozen=True)
class CheckResult:
    step: int
    """Steps taken before the one that was checked."""
    comparisons: tuple[Comparison, ...]
    """One for each reference that could be compared. There are no finite differences for rules without a gradient."""
    silent: tuple[Silence, ...]
    """References that could not be compared, each with the reason"""
    kinks: int
    """Comparisons left out because an activation or the loss has a kink there"""
    perturbed: int
    """Parameters with a finite difference"""
    parameters: int
    samples: int
    """Of the batch."""
    gradient: tuple[float, float, float | None] | None
    """By hand, by autograd and by finite differences, where there is no kink, at the entry of `worst`; None where that
    is no parameter's."""
    bug: BugName | None
    all_gradients: tuple[Array, Array] | None = None
    """By hand and by autograd, each (count,); None for rules without a gradient and networks of more than MAX_LISTED
    parameters"""

    @property
    def worst(self) -> Comparison:
        """The comparison that exceeds its tolerance most; where all agree, the largest difference."""
        wrong = [one for one in self.comparisons if not one.agrees]
        return furthest(wrong) if wrong else max(self.comparisons, key=lambda one: one.difference)

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong of what could be compared"""
        return all(one.agrees for one in self.comparisons)

    @property
    def state(self) -> CheckState:
        return "red" if not self.passed else "silent" if self.silent else "green"


def check(
    spec: Spec,
    network: Network,
    state: State,
    inputs: Array,
    targets: Array,
    bug: BugName | None = None,
    step: BackendStep | None = None,
) -> CheckResult | None:
    """Checks the step after `state` of a run, by hand with a bug if there is one. inputs, targets: the training set.
    step: what the backend that trains made of that step; without it that is not compared.

    None where the step cannot be taken because something in it is not finite or too large.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        pair = StepPair.next(spec, network, state, inputs, targets, bug)
        if pair.hand.allowed_update(pair.batch_pass) is None:
            return None
        found: list[Comparison | Silence] = [pair.against_autograd("autograd")]
        kinks = perturbed = 0
        if pair.batch_pass.backward:
            found.append(StepPair.next(spec, network, state, inputs, targets, bug, np.float32).in_float32())
            places = _perturbed_parameters(spec, network, state.step, len(pair.batch))
            differences, kinks = pair.against_differences(places)
            found += [differences] if differences else []
            perturbed = len(places)
        found += pair.updates()
        if state.buffers.size:
            found.append(pair.statistics())
        if spec.stop_change is not None:
            found.append(against_epoch_mean(spec, network, state, inputs, targets, bug, pair.batch_pass.loss))
        if step is not None:
            found += pair.against(step, state, len(inputs)).comparisons()
        result = CheckResult(
            step=state.step,
            comparisons=tuple(one for one in found if isinstance(one, Comparison)),
            silent=tuple(one for one in found if isinstance(one, Silence)),
            kinks=kinks + sum(isinstance(one, Silence) for one in found),
            perturbed=perturbed,
            parameters=network.count,
            samples=len(pair.batch),
            gradient=None,
            bug=bug,
            all_gradients=pair.all_gradients() if pair.batch_pass.backward and network.count <= MAX_LISTED else None,
        )
        result = replace(result, gradient=pair.gradient_at(result.worst))
        return _with_next_step(result, pair.after(inputs, targets, bug)) if result.passed else result


def _with_next_step(result: CheckResult, following: StepPair) -> CheckResult:
    """Where that step can be taken."""
    if not following.batch_pass.within_limits:
        return result
    found = following.against_autograd("next_step")
    if isinstance(found, Silence):
        return replace(result, silent=(*result.silent, found), kinks=result.kinks + 1)
    result = replace(result, comparisons=(*result.comparisons, found))
    return replace(result, gradient=following.gradient_at(found)) if result.worst is found else result


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
