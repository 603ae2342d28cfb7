"""A sweep over a cluster: what one machine finds, each piece once, though a worker is killed on the way."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine import Spec
from engine.studies import sweep
from engine.studies.cluster import cluster
from engine.studies.sweep import PIECES, Map, Place

X, Y = ("learning_rate", [0.01, 0.03, 0.1, 0.3]), ("seed", [1, 2, 3, 4])


class KilledOnce:
    """Does a piece, and of one of them kills the worker before it has answered, the first time."""

    def __init__(self, work: Callable[[Any], Any], folder: Path) -> None:
        self.work = work
        self.folder = folder

    def __call__(self, piece: Any) -> Any:
        import ray

        cells = self.work(piece)
        begun = f"{piece[0].column}-{piece[0].row}"
        node = ray.get_runtime_context().get_node_id()
        (self.folder / f"{begun} {node} {os.getpid()}").touch()
        if Place(2, 2) in piece and len(list(self.folder.glob(f"{begun} *"))) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return cells


@pytest.mark.long
@pytest.mark.filterwarnings(  # Ray's own
    "ignore::DeprecationWarning",
    "ignore::FutureWarning",
    "ignore::ResourceWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)
def test_a_worker_is_killed_and_nothing_is_lost_or_counted_twice(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="install the extra [cluster]")
    from ray.cluster_utils import Cluster

    given: list[Any] = []
    answered: list[Any] = []
    machines = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        machines.add_node(num_cpus=1)
        machines.wait_for_nodes()
        with cluster(machines.address) as over:
            found = sweep(Spec(), X, Y, epochs=2, map=recorded(over, tmp_path, given, answered))
    finally:
        machines.shutdown()
    np.testing.assert_array_equal(found, sweep(Spec(), X, Y, epochs=2))
    assert [[cell.place for cell in cells] for cells in answered] == [list(piece) for piece in given]
    attempts = [path.name.split() for path in tmp_path.iterdir()]
    assert len(attempts) == len(given) + 1, "one piece was done again"
    assert len({node for _, node, _ in attempts}) == 2


def recorded(over: Map, folder: Path, given: list[Any], answered: list[Any]) -> Map:
    def mapped(work: Callable[[Any], Any], pieces: Iterable[Any]) -> Iterable[Any]:
        given.extend(pieces)
        answered.extend(over(KilledOnce(work, folder), given))
        return answered

    return mapped


class FakeRay(ModuleType):
    """A cluster of one core that does each task when it is asked for."""

    def __init__(self) -> None:
        super().__init__("ray")
        self.log: list[Any] = []

    def init(self, address: str, **_settings: Any) -> None:
        self.log.append(address)

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 1.0, "memory": 1e9}

    def remote(self, **settings: Any) -> Callable[[Callable[..., Any]], Any]:
        assert settings["max_retries"] > 0
        return lambda function: SimpleNamespace(remote=partial(self.asked, function))

    def asked(self, function: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
        self.log.append("task")
        return partial(function, *arguments)

    def get(self, tasks: list[Callable[[], Any]]) -> list[Any]:
        return [task() for task in tasks]

    def shutdown(self) -> None:
        self.log.append("shutdown")


def test_a_sweep_is_cut_for_the_cores_of_the_cluster_and_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = FakeRay()
    monkeypatch.setitem(sys.modules, "ray", ray)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with cluster("10.0.0.1:6379") as over:
        found = sweep(Spec(samples=60), X, Y, epochs=1, map=over)
    np.testing.assert_array_equal(found, sweep(Spec(samples=60), X, Y, epochs=1))
    assert ray.log == ["10.0.0.1:6379", *["task"] * PIECES, "shutdown"], "for two cores there would be twice as many"
    with pytest.raises(ZeroDivisionError), cluster("10.0.0.1:6379") as over:
        over(lambda piece: 1 / piece, [0])
    assert ray.log[-1] == "shutdown"


def test_without_the_extra_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ModuleNotFoundError, match=r"\.\[cluster\]"), cluster("127.0.0.1:6379"):
        pass


def test_nothing_of_ray_is_imported_before_it_is_asked_for() -> None:
    script = "import sys, engine.studies.cluster, app.training_worker.studies; sys.exit('ray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
