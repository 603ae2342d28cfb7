"""What every rule remembers over changes of its settings while it runs, on every backend and beside plain torch.

A sequence is a list of changes, each with the steps taken after it. The perceptron rule is left out: it remembers
nothing, and no other rule can follow it on its step.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, get_args
from unittest import mock

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Spec
from engine.backends.torch_rules import OPTIMIZER_STATE
from engine.nn.network import Array, State
from engine.nn.schedules import rate_factor
from engine.spec.choices import READS, BackendName, OptimizerName
from tests.parity import oracle
from tests.parity.cases import BACKENDS, Case, case_of

Change = tuple[tuple[str, Any], ...]
Sequence = list[tuple[Change, int]]

OPTIMIZERS: tuple[OptimizerName, ...] = tuple(name for name in get_args(OptimizerName) if name != "perceptron")
DOUBLE, SINGLE = 1e-10, 2e-4
"""Largest differences in units of the largest entry; single: after some thirty steps, each carrying rounding on."""
START = Spec(hidden=(5, 4, 3), batch_size=12, learning_rate=0.02, epsilon=0.05, alpha=0.9, pairs=3)

OWN: dict[str, tuple[Any, ...]] = {
    "momentum": (0.0, 0.0, 0.5, 0.9),
    "dampening": (0.0, 0.3, 1.0),
    "epsilon": (0.05, 0.3),
    "rate_decay": (0.0, 0.2),
    "alpha": (0.8, 0.9, 0.97),
    "centered": (False, True),
    "beta1": (0.0, 0.5, 0.9),
    "beta2": (0.5, 0.9, 0.999),
    "amsgrad": (False, True),
    "muon_momentum": (0.0, 0.5, 0.95),
    "nesterov": (False, True),
    "newton_schulz_steps": (2, 5),
    "sigma": (0.05, 0.2),
    "pairs": (1, 3),
}
"""Of each rule's own settings what they are changed to; initial_accumulator starts the run again."""
EVERYBODYS: dict[str, tuple[Any, ...]] = {
    "learning_rate": (0.005, 0.02),
    "weight_decay": (None, 0.0, 0.3),
    "l1": (0.0, 0.01),
    "l2": (0.0, 0.05),
    "clip": ("none", "norm", "value"),
    "clip_limit": (0.05, 0.5),
    "schedule": ("constant", "step", "exponential", "cosine"),
    "schedule_steps": (3, 15),
    "schedule_factor": (0.3, 0.8),
    "warmup_steps": (0, 10),
    "batch_size": (7, 12, None),
}


def sequences(optimizer: OptimizerName) -> st.SearchStrategy[Sequence]:
    """Twice as many changes of the rule's own settings as of all others; sometimes of the rule."""
    own = [(name, value) for name in READS[optimizer] if name in OWN for value in OWN[name]]
    others = [(name, value) for name, values in EVERYBODYS.items() for value in values]
    rules = [("optimizer", name) for name in ("sgd", optimizer)]
    kinds = [st.sampled_from(pairs) for pairs in (own, own, others, others + rules) if pairs]
    change = st.lists(st.one_of(*kinds), min_size=1, max_size=3).map(tuple)
    return st.lists(st.tuples(change, st.integers(1, 5)), min_size=2, max_size=8)


@dataclass
class PlainTorch:
    """A loop of torch.optim in float64, whose settings a person changes in its param_groups."""

    case: Case
    spec: Spec
    step: int = 0
    optimizer_steps: int = 0
    taken: list[int] = field(default_factory=list)
    """Of this epoch's order, the samples that are left."""
    epoch: int = 0

    def __post_init__(self) -> None:
        self.model = oracle.Model(self.case.network, self.case.parameters, self.case.buffers).train()
        self.taken = oracle.shuffled(self.spec.seed, 0, len(self.case.inputs))
        self.start_rule()

    def start_rule(self) -> None:
        accepted = self.spec.changed(momentum=self.spec.momentum or 0.5)  # torch makes no Nesterov optimizer with 0
        self.optimizers = oracle.optimizers_of(accepted, self.model)
        self.optimizer_steps = 0

    def configure(self, spec: Spec) -> None:
        other = spec.optimizer != self.spec.optimizer
        self.spec = spec
        if other:
            self.start_rule()

    def settle(self, rate: float) -> None:
        """The settings in force, into the groups; torch makes some of its memory only where the first step wants it."""
        spec = self.spec
        values = {
            "lr": rate, "weight_decay": 0, "momentum": spec.momentum, "dampening": spec.dampening, "eps": spec.epsilon,
            "lr_decay": spec.rate_decay, "alpha": spec.alpha, "centered": spec.centered, "amsgrad": spec.amsgrad,
            "betas": (spec.beta1, spec.beta2), "ns_steps": spec.newton_schulz_steps,
        }  # fmt: skip
        if spec.optimizer != "momentum":
            values |= {"dampening": 0}
        if spec.optimizer not in ("momentum", "nag"):
            values |= {"momentum": 0}
        if spec.optimizer == "muon":
            values |= {"momentum": spec.muon_momentum, "nesterov": spec.nesterov, "amsgrad": False}
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                matrices = "ns_steps" in group  # whose ε is a bound of the norm and no setting of ours
                group.update({k: value for k, value in values.items() if k in group and not (matrices and k == "eps")})
                for tensor in group["params"]:
                    for late in ("grad_avg", "max_exp_avg_sq"):
                        if optimizer.state[tensor]:
                            optimizer.state[tensor].setdefault(late, torch.zeros_like(tensor))

    def advance(self, steps: int) -> None:
        for _ in range(steps):
            self.train_step()

    def train_step(self) -> None:
        spec, model = self.spec, self.model
        size = spec.batch_size or len(self.case.inputs)
        batch, self.taken = self.taken[:size], self.taken[size:]
        x, y = (torch.tensor(values[batch]).double() for values in (self.case.inputs, self.case.targets))
        loss_of = oracle.LOSSES[self.case.network.loss](self.case.network)
        model.zero_grad()
        if spec.optimizer == "evolution":
            oracle.evolution(spec, model, loss_of, x, y, self.step)
        else:
            torch.autograd.backward(loss_of(model(x), y))
        weights = [module.weight for module in model.modules() if isinstance(module, torch.nn.Linear)]
        torch.autograd.backward([spec.l1 * w.abs().sum() + spec.l2 / 2 * w.square().sum() for w in weights])
        if spec.clip == "norm":
            torch.nn.utils.clip_grad_norm_(model.parameters(), spec.clip_limit)
        if spec.clip == "value":
            torch.nn.utils.clip_grad_value_(model.parameters(), spec.clip_limit)
        rate = spec.learning_rate * rate_factor(spec, self.step)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(1 - rate * spec.decay)
        self.settle(rate)
        with mock.patch.object(torch.Tensor, "bfloat16", torch.Tensor.clone):
            for optimizer in self.optimizers:
                optimizer.step()
        self.step += 1
        self.optimizer_steps += not (spec.optimizer in ("momentum", "nag") and spec.momentum == 0)
        if not self.taken:
            self.epoch += 1
            self.taken = oracle.shuffled(spec.seed, self.epoch, len(self.case.inputs))

    def memory(self) -> dict[str, Array]:
        states = {tensor: values for optimizer in self.optimizers for tensor, values in optimizer.state.items()}
        return {
            ours: np.concatenate([self._remembered(states, tensor, theirs) for tensor in self.model.parameters()])
            for ours, theirs in OPTIMIZER_STATE[self.spec.optimizer].items()
        }

    def _remembered(self, states: dict[torch.Tensor, Any], tensor: torch.Tensor, name: str) -> Array:
        values = states.get(tensor, {}).get(name)
        kept = torch.zeros_like(tensor) if values is None else values
        return np.asarray(kept.detach().numpy().ravel())


def assert_close(found: State, true: State, tolerance: float, where: object) -> None:
    assert oracle.relative(found.parameters, true.parameters) < tolerance, where
    assert set(found.optimizer_state) == set(true.optimizer_state)
    for name, values in true.optimizer_state.items():
        size = max(float(np.abs(values).max()), 1e-3)
        assert float(np.abs(found.optimizer_state[name] - values).max()) < tolerance * size, (name, where)
    for counter in ("step", "epoch", "cursor", "optimizer_steps", "samples", "diverged"):
        assert getattr(found, counter) == getattr(true, counter), (counter, where)


def specs_of(optimizer: OptimizerName, sequence: Sequence) -> list[tuple[Spec, int]]:
    spec, found = START.changed(optimizer=optimizer, initial_accumulator=0.0625), []
    for change, steps in sequence:
        spec = spec.changed(**dict(change))
        found.append((spec, steps))
    return found


def follow(optimizer: OptimizerName, sequence: Sequence, backend: BackendName) -> None:
    """The backend beside the one by hand, both in float32, compared after every change and its steps."""
    specs = specs_of(optimizer, sequence)
    case = case_of(specs[0][0])
    true, found = (case.backend(name, specs[0][0]) for name in ("by_hand", backend))
    for spec, steps in specs:
        for runner in (true, found):
            runner.configure(spec)
            runner.advance(steps)
        assert_close(found.state(), true.state(), SINGLE, spec)


def follow_torch(optimizer: OptimizerName, sequence: Sequence) -> None:
    """The backend by hand beside plain torch, both in float64."""
    if optimizer == "muon" and not hasattr(torch.optim, "Muon"):
        pytest.skip("torch has Muon from 2.9 on")
    specs = specs_of(optimizer, sequence)
    case = case_of(specs[0][0])
    hand, plain = case.by_hand_in_doubles(specs[0][0]), PlainTorch(case, specs[0][0])
    for spec, steps in specs:
        for runner in (hand, plain):
            runner.configure(spec)
            runner.advance(steps)
        state = hand.state()
        parameters = np.concatenate([values.ravel() for values in plain.model.tensors().values()])
        assert oracle.relative(state.parameters, parameters) < DOUBLE, spec
        for name, values in plain.memory().items():
            size = max(float(np.abs(values).max()), 1e-3)
            assert float(np.abs(state.optimizer_state[name] - values).max()) < DOUBLE * size, (name, spec)
        assert (state.step, state.epoch) == (plain.step, plain.epoch)
        assert state.optimizer_steps == plain.optimizer_steps, spec


def many(check: Callable[..., None], examples: int, optimizer: OptimizerName, *arguments: Any) -> None:
    @settings(max_examples=examples, derandomize=True, database=None)
    @given(sequence=sequences(optimizer))
    def each(sequence: Sequence) -> None:
        check(optimizer, sequence, *arguments)

    each()


@pytest.mark.parametrize("examples", [2, pytest.param(150, marks=pytest.mark.long)])
@pytest.mark.parametrize("backend", [name for name in BACKENDS if name != "by_hand"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_memory_over_any_changes(optimizer: OptimizerName, backend: BackendName, examples: int) -> None:
    many(follow, examples, optimizer, backend)


@pytest.mark.parametrize("examples", [2, pytest.param(150, marks=pytest.mark.long)])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_memory_over_any_changes_beside_plain_torch(optimizer: OptimizerName, examples: int) -> None:
    many(follow_torch, examples, optimizer)


NAMED: list[tuple[OptimizerName, Sequence]] = [
    ("rmsprop", [((("centered", True),), 10), ((("centered", False),), 1), ((("centered", True),), 3)]),
    ("adam", [((("amsgrad", True),), 10), ((("amsgrad", False),), 3), ((("amsgrad", True),), 3)]),
    ("momentum", [((("dampening", 0.5), ("momentum", 0.0)), 4), ((("momentum", 0.9),), 3), ((("momentum", 0.0),), 2)]),
    ("nag", [((("momentum", 0.9),), 4), ((("momentum", 0.0),), 3), ((("momentum", 0.5),), 3)]),
    ("adagrad", [((("rate_decay", 0.2),), 5), ((("epsilon", 0.3),), 5)]),
]
"""Changes that once were, or could easily be, forgotten by one backend."""


@pytest.mark.parametrize(("optimizer", "sequence"), NAMED, ids=[name for name, _ in NAMED])
def test_memories_over_named_changes(optimizer: OptimizerName, sequence: Sequence) -> None:
    for backend in BACKENDS:
        follow(optimizer, sequence, backend)
    follow_torch(optimizer, sequence)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("optimizer", ["momentum", "nag"])
def test_momentum_0_takes_the_gradient_itself_and_leaves_the_velocity(
    optimizer: OptimizerName, backend: BackendName
) -> None:
    """As torch.optim.SGD: without dampening, and the velocity begins with the first momentum that is not 0."""
    spec = START.changed(optimizer=optimizer, momentum=0, dampening=0.7)
    case = case_of(spec)
    plain, still = case.backend(backend, spec.changed(optimizer="sgd")), case.backend(backend, spec)
    for runner in (plain, still):
        runner.advance(5)
    np.testing.assert_array_equal(plain.state().parameters, still.state().parameters)
    assert not still.state().optimizer_state["velocity"].any()
    assert still.state().optimizer_steps == 0
    still.configure(spec.changed(momentum=0.5))
    still.advance(1)
    started = still.state()
    share = 1 if optimizer == "momentum" else 1.5
    moved = started.updates
    np.testing.assert_allclose(moved, -share * 0.02 * started.optimizer_state["velocity"], rtol=1e-3, atol=1e-7)
    still.configure(spec)
    still.advance(3)
    np.testing.assert_array_equal(still.state().optimizer_state["velocity"], started.optimizer_state["velocity"])
    assert still.state().optimizer_steps == 1
    assert math.isfinite(still.state().loss_sum)
