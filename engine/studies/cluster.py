"""Cluster: the pieces of a sweep as tasks of Ray, on the machines of a cluster.

Needs the extra [cluster], and on each machine the same version of this project. Nothing of Ray is imported before it is
asked for.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from engine.studies.sweep import Map

RETRIES = 5
"""Of a piece whose worker or machine is lost: it has no effect but its answer, so it may be done again."""


@contextmanager
def cluster(address: str) -> Iterator[Map]:
    """What `sweep` takes as its `map`, while the cluster at this address, such as 10.0.0.1:6379, is connected.

    Raises ModuleNotFoundError without the extra, and what Ray raises where no cluster answers.
    """
    try:
        import ray
    except ModuleNotFoundError:
        raise ModuleNotFoundError("a cluster needs Ray; install the extra: pip install '.[cluster]'") from None
    ray.init(address=address, log_to_driver=False)
    try:
        task = ray.remote(num_cpus=1, max_retries=RETRIES, scheduling_strategy="SPREAD")(_done)

        def map_over_cluster(work: Callable[[Any], Any], pieces: Iterable[Any]) -> Iterable[Any]:
            answers: list[Any] = ray.get([task.remote(work, piece) for piece in pieces])
            return answers

        yield map_over_cluster
    finally:
        ray.shutdown()


def _done(work: Callable[[Any], Any], piece: Any) -> Any:
    return work(piece)
