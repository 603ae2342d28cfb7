"""Every job of the port is done by somebody, and is data."""

import pickle
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.training_worker import jobs, kept_run, port
from engine import Spec, Trainer
from engine.explaining.terms import Subject
from engine.spec.choices import BackendName
from engine.training.timeline import Timeline
from tests.engine.kept.experiments import experiment

NAMES = [*vars(port).values(), *vars(kept_run).values()]
KINDS = {kind for kind in NAMES if isinstance(kind, type) and issubclass(kind, port.Job)} - {port.Job}


def test_every_job_has_somebody_who_does_it() -> None:
    assert set(jobs.JOBS) == KINDS


def one_of_each() -> list[port.Job[Any]]:
    trainer = Trainer(Spec(), backend="by_hand")
    timeline = Timeline(10**6, here := trainer.checkpoint(), test_loss=1.0)
    moment = timeline.nearest(0, 0)
    request = port.InspectRequest(Subject("loss"), sample=0)
    train = port.Train(
        steps=1,
        steps_of_epoch=0,
        focuses=frozenset({None, (0, 1)}),
        only_at_epoch_end=False,
        record=True,
        scores=True,
        frame=1,
        revision=1,
        steps_per_second=0.0,
        inspect_requests=frozenset({request}),
        before=here,
        record_rule=timeline.record_rule,
    )
    return [
        train,
        port.Configure(Spec()),
        port.PlantBug(Spec(), "forgotten_slope"),
        port.SwitchBackend("by_hand"),
        port.Edit("layers.0.weight", (0, 0), 1.0),
        port.GoTo(here, 1),
        port.Locate(),
        port.GetCheckpoint(),
        port.GetCheckpointBeforeLastStep(moment),
        port.Peek(moment, 1),
        port.Predict(1, ((0.0, 1.0),), (0, 1)),
        port.Explain(here, request),
        port.OpenNextStep(0),
        port.WriteModel(),
        port.GetNetworkSample("0"),
        port.GetExportedRun(trainer.checkpoint().state.parameters),
        port.WriteProgram("numpy", trainer.checkpoint().state.parameters),
        port.Examine([trainer.snapshot(2).entry]),
        kept_run.GetKept("One", "", here.state.parameters, False, None, (), 1, ()),
        kept_run.OpenKept(experiment(steps=3)),
    ]


@pytest.mark.parametrize("job", one_of_each(), ids=lambda job: type(job).__name__)
def test_a_job_can_be_pickled(job: port.Job[Any]) -> None:
    again = pickle.loads(pickle.dumps(job))
    assert repr(again) == repr(job)


def test_one_of_each_leaves_out_none() -> None:
    assert {type(job) for job in one_of_each()} == KINDS


def test_a_turn_gives_a_checkpoint_only_of_steps_that_the_timeline_records() -> None:
    trainer = Trainer(Spec(), backend="by_hand")
    timeline = Timeline(10**6, trainer.checkpoint(), test_loss=1.0)
    trained = jobs.do(trainer, turn(1, timeline))
    assert trained.checkpoint is not None
    timeline.record(trained.checkpoint, test_loss=1.0)
    assert jobs.do(trainer, turn(0, timeline)).checkpoint is None


def test_playing_copies_no_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large network a copy takes longer than the step."""
    trainer = Trainer(Spec(optimizer="adam"), backend="by_hand")
    monkeypatch.setattr(trainer._backend, "state", lambda: pytest.fail("the whole state was copied"))
    trained = jobs.do(trainer, turn(3))
    assert (trained.step, trained.epoch, trained.checkpoint) == (3, 0, None)


@pytest.mark.parametrize("backend", ["compiled", "by_hand"])
def test_steps_in_one_call_with_their_picture_are_those_before_it(backend: BackendName) -> None:
    apart, together = Trainer(Spec(), backend=backend), Trainer(Spec(), backend=backend)
    timeline = Timeline(10**6, apart.checkpoint(), test_loss=1.0)
    job = turn(7, timeline, focuses={None, (0, 1)})
    for _ in range(3):
        timed, untimed = jobs.do(apart, job), jobs.do(together, replace(job, timed=False))
        assert (untimed.step, untimed.frames, untimed.entry) == (timed.step, timed.frames, timed.entry)
        assert untimed.checkpoint is not None
        np.testing.assert_array_equal(untimed.checkpoint.state.parameters, apart.checkpoint().state.parameters)
        assert timed.training_seconds is not None
        assert untimed.training_seconds is None
    untimed = jobs.do(together, replace(job, timed=False, watched=True))
    assert untimed.before is not None, "where the last step is watched, it is taken alone"
    assert untimed.before.state.step == untimed.step - 1


def turn(steps: int, timeline: Timeline | None = None, focuses: Collection[tuple[int, int] | None] = ()) -> port.Train:
    """timeline: one that records the step; None: no entry is wanted."""
    return port.Train(
        steps=steps,
        steps_of_epoch=0,
        focuses=frozenset(focuses),
        only_at_epoch_end=False,
        record=timeline is not None,
        scores=False,
        frame=1,
        revision=1,
        steps_per_second=0.0,
        record_rule=None if timeline is None else timeline.record_rule,
    )


def test_a_change_that_fails_half_way_leaves_the_trainer_where_it_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(Spec(), backend="by_hand")
    start = trainer.checkpoint()
    trainer.advance(3)

    def fail(_steps: int) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(trainer, "advance", fail)
    with pytest.raises(RuntimeError):
        jobs.do(trainer, port.GoTo(start, 2))
    assert trainer.step == 3
