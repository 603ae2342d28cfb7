"""Separability: whether one neuron can tell two classes apart, so that the perceptron rule can ever come to rest."""

import numpy as np

from engine.nn.network import Array


def separable(inputs: Array, labels: Array, bias: bool = True) -> bool:
    """Whether some w·x + b is above 0 for every sample of +1 and not for any of −1: inputs (n, features), labels ±1.

    A linear program without an aim: w·x + b ≥ 1 for +1 and ≤ 0 for −1, which is no more than asked, as w and b may
    grow. Without a bias, b is 0.
    """
    from scipy.optimize import linprog  # takes a third of a second, and few runs need it

    size = np.abs(inputs).max(axis=0)
    columns = inputs.astype(np.float64) / np.where(size > 0, size, 1)
    if bias:
        columns = np.column_stack([columns, np.ones(len(columns))])
    positive = labels > 0
    found = linprog(
        np.zeros(columns.shape[1]),
        A_ub=np.where(positive, -1, 1)[:, np.newaxis] * columns,
        b_ub=np.where(positive, -1.0, 0.0),
        bounds=(None, None),
    )
    return bool(found.status == 0)
