"""Files are read in a process of their own, and what is too much for it is told."""

import sys

import numpy as np
import pytest

from app.training_worker import uploaded_files
from app.wire.messages import Refusal, sentence
from engine import Spec, Trainer
from engine.data import uploads
from engine.data.uploads import Wishes
from engine.fault import Fault
from engine.training import model_file
from tests.app.training_worker import child_work
from tests.app.training_worker.test_processes import supervising

NORMED = Spec.model_validate({"hidden": [{"width": 3, "batch_norm": True}]})


def fail(*_: object) -> None:
    pytest.fail("the file was read in this process")


async def test_no_file_is_read_in_the_servers_own_process(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(NORMED, backend="by_hand")
    tensors = {**trainer.parameters(), **trainer.buffers()}
    data = model_file.write(tensors)
    monkeypatch.setattr(uploads, "parse", fail)
    monkeypatch.setattr(model_file, "stored", fail)
    async with supervising() as processes:
        read = await uploaded_files.weights(processes, NORMED, data)
        np.testing.assert_equal(read.tensors, tensors)
        with pytest.raises(Fault, match="model_sizes"):
            await uploaded_files.weights(processes, Spec(), data)
        found = await uploaded_files.points(processes, b"1,2,0\n3,4,1", "points.csv", Wishes(fill=False))
        assert found.points == ((1, 2, 0), (3, 4, 1))
        with pytest.raises(Fault, match="upload_empty"):
            await uploaded_files.points(processes, b"", "points.csv", Wishes())


async def file_seconds() -> None:
    async with supervising(file_seconds=0.2) as processes:
        with pytest.raises(Refusal) as caught:
            await uploaded_files._read(processes, child_work.wait_forever)
        assert (caught.value.code, caught.value.values) == ("file_takes_too_long", {"limit": 0.2})
        assert sentence(caught.value.code, caught.value.values)


async def file_memory_bytes() -> None:
    if sys.platform != "linux":
        return
    async with supervising(file_memory_bytes=300_000_000) as processes:
        with pytest.raises(Refusal) as caught:
            await uploaded_files._read(processes, child_work.fill_memory, 300_000_000)
        assert (caught.value.code, caught.value.values) == ("file_takes_too_much_memory", {"limit": 300_000_000})
        assert sentence(caught.value.code, caught.value.values)


async def test_an_error_of_a_reader_is_told() -> None:
    async with supervising() as processes:
        with pytest.raises(Refusal) as caught:
            await uploaded_files._read(processes, child_work.raise_odd)
        assert (caught.value.code, caught.value.values) == ("file_cannot_be_read", {})
        assert sentence(caught.value.code, caught.value.values)


async def test_a_reader_that_is_ended_by_somebody_else_says_so() -> None:
    async with supervising() as processes:
        with pytest.raises(Refusal) as caught:
            await uploaded_files._read(processes, child_work.die)
        assert (caught.value.code, caught.value.values) == ("file_reader_ended", {})
        assert sentence(caught.value.code, caught.value.values)
