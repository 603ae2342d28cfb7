"""Cost: multiplications of a training step, known before it is taken and the same on every machine.

Counted is what takes the time of a large step: the products of layers, the values of neurons, and Muon's matrices.
"""

from collections.abc import Sequence
from itertools import pairwise

MOST_MULTIPLICATIONS = 5_000_000_000
"""Of a step, as they are counted here: a quarter of a second at 20 thousand million a second, which a core
does with evolution, and more than double with other rules. A step that is begun is not interrupted."""

NEURON = 16
"""Multiplications that a neuron's own value costs about as much as, beside those of its weights."""


def sample_multiplications(sizes: Sequence[int]) -> int:
    """Of one sample sent through a network. sizes: inputs, hidden layers, outputs."""
    return sum(below * above for below, above in pairwise(sizes)) + NEURON * sum(sizes[1:])


def muon_multiplications(sizes: Sequence[int], iterations: int) -> int:
    """Of making the weights between two hidden layers orthogonal: in each iteration two products of a matrix with one
    of its smaller side squared, and one of two such squares; see `engine.nn.optimizers.orthogonalised`."""
    sides = [(min(pair), max(pair)) for pair in pairwise(sizes[1:-1])]
    return iterations * sum(short * short * (2 * long + short) for short, long in sides)
