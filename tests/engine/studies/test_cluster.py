"""A sweep over a cluster: what one machine finds, each piece once, though a worker is killed on the way."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import Spec
from engine.studies import sweep
from engine.studies.cluster import cluster
from engine.studies.sweep import Map, Place

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
@pytest.mark.filterwarnings("ignore")  # Ray's own
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


def test_without_the_extra_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ModuleNotFoundError, match=r"\.\[cluster\]"), cluster("127.0.0.1:6379"):
        pass


def test_nothing_of_ray_is_imported_before_it_is_asked_for() -> None:
    script = "import sys, engine.studies.cluster, app.training_worker.studies; sys.exit('ray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
