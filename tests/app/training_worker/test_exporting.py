"""An export made and compared in a worker process, and what is said where the process comes to harm."""

import json

import pytest

from app.training_worker import exporting
from app.wire.messages import Refusal
from engine.data.digits import BUNDLED_ONLY
from engine.exports.proof import run_program
from engine.spec.spec import Spec
from tests.app.training_worker.test_processes import supervising
from tests.engine.exports.trained_runs import trained_run

RUN = trained_run(Spec(hidden=(3,), samples=40))


def test_the_file_is_what_was_compared() -> None:
    proof, _, data = exporting.exported("numpy", RUN, BUNDLED_ONLY).partition(b"\n")
    said = json.loads(proof)
    assert (said["losses"], said["step"]) == (200, 20)
    assert said["difference"] < 1e-5
    assert len(run_program(data.decode())["losses"]) == 200


async def export_seconds() -> None:
    async with supervising(export_seconds=0.01) as processes:
        with pytest.raises(Refusal) as refused:
            await exporting.export(processes, "numpy", RUN, BUNDLED_ONLY)
        assert (refused.value.code, refused.value.values) == ("export_takes_too_long", {"limit": 0.01})


async def test_one_that_takes_too_long_is_refused() -> None:
    await export_seconds()
