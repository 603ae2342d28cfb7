"""Random Specs trained in float64 by hand and by autograd, against a plain torch loop; all settings at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from engine import Spec, Trainer
from engine.backends import Backend
from engine.backends.autograd import Autograd
from engine.backends.by_hand import ByHand
from engine.nn.network import State
from engine.nn.optimizers import make_optimizer
from engine.training.batch_loss import batch_loss
from tests.parity import plain_torch
from tests.parity.cases import worst
from tests.parity.oracle import relative
from tests.random_specs import random_spec
from tests.table import sampled

STEPS = 25
BLOCK = 10
TOLERANCE = 1e-8
"""In units of a layer's largest entry: rounding of 1e-16, which 25 steps may amplify a million times."""


def in_doubles(trainer: Trainer) -> tuple[State, Any, Any]:
    """State, inputs and targets of a run that has not begun."""
    state = trainer.checkpoint().state
    parameters: Any = state.parameters.astype(np.float64)
    doubled = replace(
        state,
        parameters=parameters,
        updates=state.updates.astype(np.float64),
        buffers=state.buffers.astype(np.float64),
        optimizer_state=make_optimizer(trainer.spec, trainer.network).start(parameters),
    )
    return doubled, trainer.train_inputs.astype(np.float64), trainer.train_targets.astype(np.float64)


def differences(spec: Spec, kinds: tuple[Callable[..., Backend], ...] = (ByHand, Autograd)) -> list[float]:
    """The worst of each backend, of parameters, running statistics and the sum of the batch losses."""
    trainer = Trainer(spec, "by_hand")
    network = trainer.network
    start, inputs, targets = in_doubles(trainer)
    tensors = {name: torch.tensor(view, requires_grad=True) for name, view in network.views(start.parameters).items()}
    running = {name: torch.tensor(view) for name, view in network.buffer_views(start.buffers).items()}
    losses = plain_torch.train(spec, tensors, running, inputs, targets, STEPS)
    differences_of_kinds = []
    for kind in kinds:
        backend = kind(spec, network, inputs, targets)
        backend.load(start)
        found: list[float] = []
        for _ in range(STEPS):
            before = backend.state()
            backend.advance(1)
            found.append(batch_loss(spec, before, backend.state()))
        state = backend.state()
        assert state.parameters.dtype == np.float64
        assert (state.diverged, state.step) == (None, STEPS)
        differences_of_kinds.append(
            max(
                relative(found, losses),
                worst(network, state.parameters, {name: tensor.detach().numpy() for name, tensor in tensors.items()}),
                *(relative(view, running[name]) for name, view in network.buffer_views(state.buffers).items()),
            )
        )
    return differences_of_kinds


@pytest.mark.parametrize("block", sampled(range(30), [0]))
def test_random_specs_against_a_plain_torch_loop(block: int, record_property: Callable[[str, object], None]) -> None:
    largest = 0.0
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        spec = random_spec(seed)
        found = differences(spec)
        assert max(found) < TOLERANCE, (seed, found, spec)
        largest = max(largest, *found)
    what = f"random Specs of {STEPS} steps in float64, by hand and autograd"
    record_property("parity", (what, BLOCK, largest))
