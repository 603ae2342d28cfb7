"""A run of every optimizer that is written down and read again trains on bit for bit, on each backend."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from app.sessions.run import Run
from app.sessions.saving.captured_run import CapturedRun
from app.sessions.saving.run_reader import read_run
from app.sessions.saving.run_writer import RunWriter, arrays_of
from app.settings import Limits
from app.store.opening import open_folder
from app.store.records import SavedRun
from app.store.repository import Repository
from app.training_worker import jobs
from app.training_worker.port import GoTo
from app.training_worker.threads import TrainerInThisProcess
from engine import Trainer
from engine.data.digits import DataSources
from engine.spec.choices import BackendName, OptimizerName, ScheduleName
from engine.spec.spec import Spec

SETTINGS: list[dict[str, Any]] = [
    *({"optimizer": name} for name in get_args(OptimizerName) if name != "perceptron"),
    {"optimizer": "perceptron", "hidden": (), "output_activation": "step", "noise": 20},
    {"optimizer": "adam", "amsgrad": True},
    *({"schedule": name, "schedule_steps": 20} for name in get_args(ScheduleName)),
    {"hidden": [{"width": 5, "batch_norm": True}, {"width": 4, "dropout": 0.3}], "batch_size": 7},
]
BEFORE, AFTER = 33, 41
"""Steps; neither ends with an epoch."""


def arrays(trainer: Trainer) -> dict[str, bytes]:
    return {name: values.tobytes() for name, values in arrays_of(trainer.checkpoint().state).items()}


@pytest.mark.parametrize("backend", ["by_hand", "compiled"])
@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: "-".join(map(str, settings.values()))[:40])
def test_it_trains_on_bit_for_bit(settings: dict[str, Any], backend: BackendName, kept: Repository) -> None:
    spec = Spec.model_validate({"seed": 3, **settings})
    sources = DataSources(None)
    trainer = jobs.start(spec, backend=backend, sources=sources)
    run = Run("k", jobs.started(TrainerInThisProcess(trainer), trainer), Limits(), lambda: None)
    trainer.advance(BEFORE)
    kept.write(RunWriter().save(CapturedRun.of(run, trainer.checkpoint(), "server")))
    start = arrays(trainer)
    trainer.advance(AFTER)
    saved = kept.read("k")
    assert isinstance(saved, SavedRun)
    here = read_run(saved, Limits()).checkpoint
    again = jobs.start(here.spec, backend=backend, sources=sources)
    jobs.do(again, GoTo(here, 0))
    assert arrays(again) == start
    again.advance(AFTER)
    assert arrays(again) == arrays(trainer)
    assert again.checkpoint().state.progress == trainer.checkpoint().state.progress


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Repository]:
    repository = open_folder(tmp_path)
    yield repository
    repository.close()
