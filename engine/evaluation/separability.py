"""Separability: whether two classes are linearly separable, without which the perceptron rule never converges."""

import numpy as np

from engine.nn.network import Array


def separable(inputs: Array, labels: Array, bias: bool = True) -> bool:
    """Whether some w·x + b is above 0 for every sample of +1 and not for any of −1: inputs (n, features), labels ±1.

    A linear program with a constant objective: w·x + b ≥ 1 for +1 and ≤ 0 for −1. The margin of 1 asks for nothing
    more, as w and b can be scaled. Without a bias, b is 0.
    """
    from scipy.optimize import linprog  # takes a third of a second, and few runs need it

    size = np.abs(inputs).max(axis=0)
    columns = inputs.astype(np.float64) / np.where(size > 0, size, 1)
    if bias:
        columns = np.column_stack([columns, np.ones(len(columns))])
    positive = labels > 0
    solution = linprog(
        np.zeros(columns.shape[1]),
        A_ub=np.where(positive, -1, 1)[:, np.newaxis] * columns,
        b_ub=np.where(positive, -1.0, 0.0),
        bounds=(None, None),
    )
    return bool(solution.status == 0)  # a feasible point was found
