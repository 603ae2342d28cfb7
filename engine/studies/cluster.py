"""Cluster: the pieces of a sweep as tasks of Ray, on the machines of a cluster.

Needs the extra [cluster], and on each machine the same version of this project. Nothing of Ray is imported before it is
asked for.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

RETRIES = 5
"""Of a piece whose worker or machine is lost: it has no effect but its answer, so it may be done again."""


@dataclass(frozen=True)
class ClusterMap:
    """Does what the built-in `map` does, on the cores of a cluster."""

    cores: int
    task: Any
    """Of Ray: takes the work and one of the pieces."""
    get: Callable[[list[Any]], list[Any]]
    """Of Ray: waits for what tasks answer."""

    def __call__(self, work: Callable[[Any], Any], pieces: Iterable[Any]) -> Iterable[Any]:
        return self.get([self.task.remote(work, piece) for piece in pieces])


@contextmanager
def cluster(address: str) -> Iterator[ClusterMap]:
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
        yield ClusterMap(max(1, int(ray.cluster_resources().get("CPU", 1))), task, ray.get)
    finally:
        ray.shutdown()


def _done(work: Callable[[Any], Any], piece: Any) -> Any:
    return work(piece)
