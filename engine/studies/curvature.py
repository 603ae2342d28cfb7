"""Curvature: the largest eigenvalues of the Hessian of the training loss, by Lanczos on exact products with it."""

import numpy as np
from numpy.typing import NDArray

from engine.fault import Fault
from engine.nn.random import stream
from engine.studies.hessian import HessianProduct
from engine.training.timeline import Checkpoint
from engine.training.trainer import Trainer

Floats = NDArray[np.float64]

MOST_MULTIPLICATIONS = 100_000_000
"""Weights times samples: a product with the Hessian takes some eight times as many, half a second, and there are
thirty or more."""

MOST_RESTARTS = 200
"""Of Lanczos: some thousands of products. Seen were ten."""

DENSE = 24
"""Parameters up to which the whole matrix is made: Lanczos wants twenty vectors."""

TOLERANCE = 1e-8
"""Of an eigenvector; an eigenvalue is more exact than that."""


def curvature(trainer: Trainer, count: int = 1) -> Floats:
    """The `count` largest eigenvalues of the Hessian of the training loss, falling, (count,).

    The loss is that of the data alone, over the whole training set and in the form of inference. There are never more
    than there are parameters. Raises ValueError for a count below 1, and Fault where the network is too large for it
    or a number overflows.
    """
    return largest_eigenvalues(hessian_product(trainer, trainer.checkpoint()), count)


def hessian_product(trainer: Trainer, at: Checkpoint) -> HessianProduct:
    """Raises Fault where the network is too large for it or a number overflows."""
    work = trainer.network.count * len(trainer.train_inputs)
    if work > MOST_MULTIPLICATIONS:
        most = MOST_MULTIPLICATIONS // trainer.network.count
        raise Fault("study_curvature_too_large", {"samples": len(trainer.train_inputs), "most": most})
    product = HessianProduct(at.spec, trainer.network, at.state, trainer.train_inputs, trainer.train_targets)
    if not np.isfinite(product.gradient).all():
        raise Fault("study_curvature_not_finite", {})
    return product


def largest_eigenvalues(product: HessianProduct, count: int = 1, scale: Floats | None = None) -> Floats:
    """Of S·H·S with the diagonal matrix S of `scale` (count,), by default of ones; falling."""
    if count < 1:
        raise ValueError(f"there is a largest eigenvalue and no {count} of them; ask for 1 or more")
    size = product.network.count

    def times(vector: Floats) -> Floats:
        vector = vector.ravel()
        return product(vector) if scale is None else scale * product(scale * vector)

    start = stream(0, "lanczos").standard_normal(size)
    if size <= DENSE or count > size // 4:
        matrix = np.array([times(column) for column in np.eye(size)])
        values = np.linalg.eigvalsh((matrix + matrix.T) / 2)
    elif not times(start).any():  # no part of the loss bends, and Lanczos has nowhere to go
        values = np.zeros(count)
    else:
        from scipy.sparse.linalg import LinearOperator, eigsh  # takes a third of a second, and few runs need it

        operator = LinearOperator((size, size), matvec=times, dtype=np.float64)
        values = eigsh(
            operator, count, which="LA", v0=start, maxiter=MOST_RESTARTS, tol=TOLERANCE, return_eigenvectors=False
        )
    return np.sort(values)[::-1][:count]
