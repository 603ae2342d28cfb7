"""Directions of a plane through the weights: two at random, those in which a run has moved most, or two weights.

Each is (2, count), in float64: along x, along y.
"""

import numpy as np
from numpy.typing import NDArray

from engine.fault import Fault
from engine.nn.network import Array, Network
from engine.nn.random import stream

Floats = NDArray[np.float64]

WeightPlace = tuple[str, tuple[int, ...]]
"""A tensor's name and where in it: ("layers.0.weight", (2, 1)) is the weight from input 1 to neuron 2."""

LEAST_MOVE = 1e-12
"""A path that is shorter has no direction."""


def random_directions(network: Network, parameters: Array, seed: int) -> Floats:
    """Drawn from a normal law and filter-normalised (Li et al. 2018): the part of each neuron's weights is made as long
    as these weights are, and that of a vector of biases, γ or β as long as that vector, so that planes of different
    networks can be compared. Of a network of zeros each is of length 1.
    """
    draw = stream(seed, "landscape")
    directions = draw.standard_normal((2, network.count))
    weights = parameters.astype(np.float64)
    for direction in directions:
        scaled = direction.copy()
        for name, place in network.slices.items():
            rows = network.shapes[name][0] if len(network.shapes[name]) == 2 else 1
            part, own = (values[place].reshape(rows, -1) for values in (scaled, weights))
            part *= np.linalg.norm(own, axis=1, keepdims=True) / np.linalg.norm(part, axis=1, keepdims=True)
        length = float(np.linalg.norm(scaled))
        direction[:] = scaled if length > 0 else direction / np.linalg.norm(direction)
    return directions


def main_directions(parameters: Array, path: Array) -> Floats:
    """The two directions, of length 1, of the plane through the weights of now that is next to all points of a path in
    the mean square: the right singular vectors of what lies between them. Raises Fault where there is no path.

    path: (points, count). A path along a line has a second direction without meaning, at a right angle to the first.
    """
    moves = path.astype(np.float64) - parameters
    if len(moves) == 0 or np.abs(moves).max() < LEAST_MOVE or moves.shape[1] < 2:
        raise Fault("study_no_path", {})
    # Of few points in many dimensions their products with one another are the smaller matrix
    squares, mixtures = np.linalg.eigh(moves @ moves.T)
    found = mixtures[:, ::-1][:, :2].T @ moves
    directions = np.zeros((2, moves.shape[1]))
    directions[0] = found[0] / np.linalg.norm(found[0])
    if len(found) > 1 and squares[-2] > 1e-9 * squares[-1]:
        directions[1] = found[1]
    else:
        directions[1, np.argmin(np.abs(directions[0]))] = 1
    directions[1] -= directions[1] @ directions[0] * directions[0]
    directions[1] /= np.linalg.norm(directions[1])
    return directions


def weight_directions(network: Network, weights: tuple[WeightPlace, WeightPlace]) -> Floats:
    """Along each of two weights or biases alone. Raises Fault where there is no such weight, or both are the same."""
    directions = np.zeros((2, network.count))
    views = [network.views(direction) for direction in directions]
    for tensors, (name, place) in zip(views, weights, strict=True):
        shape = network.shapes.get(name, ())
        if len(place) != len(shape) or not all(0 <= at < size for at, size in zip(place, shape, strict=True)):
            raise Fault("study_no_weight", {"tensor": name, "choices": list(network.names)})
        tensors[name][place] = 1
    if np.array_equal(directions[0], directions[1]):
        raise Fault("study_same_weight", {})
    return directions
