"""Cost: multiplications of a training step, known before it is taken and the same on every machine.

Counted is what takes the time of a large step: the products of layers, the values of neurons, and Muon's matrices.
"""

from collections.abc import Sequence
from itertools import pairwise

from engine.spec.choices import OptimizerName

MOST_MULTIPLICATIONS = 5_000_000_000
"""Of a step, as they are counted here: a quarter of a second at 20 thousand million a second, which a core
does with evolution, and more than double with other rules. A step that is begun is not interrupted."""

QUICK_MULTIPLICATIONS = 1_000_000_000
"""Of a step or a picture: 50 ms. What takes longer must hold up nobody else's."""

NEURON = 16
"""Multiplications that a neuron's own value costs about as much as, beside those of its weights."""


def sample_multiplications(sizes: Sequence[int]) -> int:
    """Of one sample sent through a network. sizes: inputs, hidden layers, outputs."""
    return sum(below * above for below, above in pairwise(sizes)) + NEURON * sum(sizes[1:])


def step_cost(sizes: Sequence[int], optimizer: OptimizerName, pairs: int, newton_schulz_steps: int) -> tuple[int, int]:
    """Multiplications of a step whatever its batch, and those of each sample in it."""
    passes = 2 * pairs if optimizer == "evolution" else 3  # forward, backward, and the weights' gradients
    fixed = muon_multiplications(sizes, newton_schulz_steps) if optimizer == "muon" else 0
    return fixed, passes * sample_multiplications(sizes)


def picture_multiplications(sizes: Sequence[int], training_samples: int, test_samples: int) -> int:
    """Of the gradient of all training samples, forward, backward and by weights, and the outputs of the test samples.
    Of data in the plane the maps come on top, of ten thousand cells at most."""
    return (3 * training_samples + test_samples) * sample_multiplications(sizes)


def muon_multiplications(sizes: Sequence[int], iterations: int) -> int:
    """Of making the weights between two hidden layers orthogonal: in each iteration two products of a matrix with one
    of its smaller side squared, and one of two such squares; see `engine.nn.optimizers.orthogonalised`."""
    sides = [(min(pair), max(pair)) for pair in pairwise(sizes[1:-1])]
    return iterations * sum(short * short * (2 * long + short) for short, long in sides)
