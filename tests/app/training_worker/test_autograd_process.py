"""Runs that torch trains elsewhere: the same curve as by hand, number by number, over the whole run."""

from dataclasses import replace

import pytest

from app.training_worker import autograd_process, port
from app.training_worker.threads import TrainerInThisProcess, TrainingThreads
from app.training_worker.worker_processes.harm import EngineHarmed
from app.training_worker.worker_processes.processes import ProcessHarmed
from engine import Trainer
from engine.data.digits import BUNDLED_ONLY
from engine.spec.choices import BackendName
from engine.spec.presets import PRESETS
from engine.spec.spec import Spec
from engine.training.timeline import Moment
from tests.app.fake_viewer import ProcessesInThread
from tests.table import sampled

SPECS = {preset.name: preset.spec for preset in PRESETS if preset.spec is not None}
CLOSE = 1e-6
"""Of two losses of 0.5 or so: a float32 has 6e-8 of rounding, and a few hundred steps move it on."""
STEPS = 200
TURN = port.Train(
    steps=STEPS,
    steps_of_epoch=0,
    focuses=frozenset({None}),
    only_at_epoch_end=False,
    record=True,
    scores=False,
    frame=1,
    revision=1,
    steps_per_second=0,
    every_step=True,
)


async def curve_of(worker: TrainingThreads, spec: Spec, backend: BackendName) -> list[float]:
    """The training loss of every step."""
    started = await worker.start(spec, backend=backend)
    trained = await worker.do(started.trainer, TURN)
    assert trained.entry is not None
    entries = [started.entry, *trained.entries, trained.entry]
    assert [entry.step for entry in entries] == list(range(STEPS + 1))
    return [entry.train_loss for entry in entries]


def apart(one: list[float], other: list[float]) -> float:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", sampled(["e2_planar", "d6_batch_norm", "d6_residual", "a4_optimizers"], ["e2_planar"]))
async def test_the_same_curve_number_by_number(name: str) -> None:
    spec, processes = SPECS[name], ProcessesInThread()
    worker = TrainingThreads("by_hand", processes)
    by_torch = await curve_of(worker, spec, "autograd")
    by_hand = await curve_of(worker, spec, "by_hand")
    other = await curve_of(worker, spec.changed(learning_rate=spec.learning_rate * 1.01), "by_hand")
    assert apart(by_torch, by_hand) < CLOSE
    assert apart(by_hand, other) > 3 * CLOSE, "the tolerance would hide a wrong rate"
    worker.close()
    await processes.close()


async def test_a_process_that_is_harmed_takes_nothing_of_the_run_along(monkeypatch: pytest.MonkeyPatch) -> None:
    async def die(*_: object) -> None:
        raise ProcessHarmed("died")

    processes = ProcessesInThread()
    worker = TrainingThreads("by_hand", processes)
    started = await worker.start(Spec(), backend="autograd")
    assert isinstance(started.trainer, TrainerInThisProcess)
    turn = replace(TURN, steps=25, every_step=False)
    await worker.do(started.trainer, turn)
    with monkeypatch.context() as patch:
        patch.setattr(processes, "run", die)
        with pytest.raises(EngineHarmed, match="died"):
            await worker.do(started.trainer, turn)
        with pytest.raises(EngineHarmed):
            await worker.do(started.trainer, port.SwitchBackend("autograd"))
    await worker.do(started.trainer, turn)
    alone = Trainer(Spec(), backend="autograd")
    alone.advance(50)
    went_on = started.trainer.trainer
    assert (went_on.step, went_on.epoch) == (50, 2)
    assert all((values == alone.parameters()[name]).all() for name, values in went_on.parameters().items())
    worker.close()
    await processes.close()


async def test_no_core_waits_for_torch_where_another_engine_is_gone_back_to() -> None:
    """A job of it is done by the threads that wait, whatever trains before it."""
    processes = ProcessesInThread()
    worker = TrainingThreads("by_hand", processes)
    by_torch = await worker.start(Spec(), backend="autograd")
    here = await worker.do(by_torch.trainer, port.GetCheckpoint())
    by_hand = await worker.start(Spec())
    await worker.do(by_hand.trainer, replace(TURN, steps=1, every_step=False))
    worker._training.shutdown()
    moment = Moment(here, 0.5, pinned=True)
    await worker.do(by_hand.trainer, port.Peek(moment, 0))
    await worker.do(by_hand.trainer, port.GetCheckpointBeforeLastStep(moment))
    await worker.do(by_hand.trainer, port.GoTo(here, 1))
    worker.close()
    await processes.close()


def test_the_process_makes_no_data_anew_for_a_setting_that_changes_on_the_way() -> None:
    before = Spec(samples=40)
    after = before.changed(learning_rate=0.1, optimizer="adam", batch_size=7)
    state = Trainer(after, "by_hand").checkpoint().state
    autograd_process._backend.cache_clear()
    alone = autograd_process.advanced(after, BUNDLED_ONLY, state, 3)
    autograd_process._backend.cache_clear()
    autograd_process.advanced(before, BUNDLED_ONLY, Trainer(before, "by_hand").checkpoint().state, 3)
    assert autograd_process.advanced(after, BUNDLED_ONLY, state, 3) == alone
    assert autograd_process._backend.cache_info().misses == 1
