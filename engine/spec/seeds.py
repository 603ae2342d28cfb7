"""Seeds: by which of its numbers each random choice of an experiment goes.

`data_seed` is that of the samples, their noise and their split, `start_seed` that of the first weights; each is the
Spec's `seed` where it is None. All that is drawn while a run trains goes by `seed` alone: the order of batches, what
dropout leaves out, the directions of evolution.
"""

from engine.spec.spec import Spec


def data_seed(spec: Spec) -> int:
    return spec.seed if spec.data_seed is None else spec.data_seed


def start_seed(spec: Spec) -> int:
    return spec.seed if spec.start_seed is None else spec.start_seed


def has_own_seeds(spec: Spec) -> bool:
    return (data_seed(spec), start_seed(spec)) != (spec.seed, spec.seed)
