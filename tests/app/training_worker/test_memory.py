"""The budget of memory: where its limit comes from, and who is refused when it is used up."""

from pathlib import Path

import numpy as np
import pytest

from app.sessions.manager import Full
from app.training_worker.memory import (
    SHARE,
    SMALL,
    MemoryBudget,
    data_bytes,
    memory_there,
    norm_bytes,
    resident_bytes,
)
from app.wire.messages import Closing, Refusal
from engine import Spec
from engine.data.datasets import is_held
from tests.app.fake_viewer import Watcher, managing
from tests.app.training_worker.test_processes import on_linux

MEMINFO = {"proc/meminfo": "MemTotal:        8000 kB\nMemFree:         1 kB\n"}


@pytest.mark.parametrize(
    ("files", "there"),
    [
        ({}, None),
        (MEMINFO, 8_192_000),
        ({**MEMINFO, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "5000\n"}, 5000),
        ({**MEMINFO, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n"}, 8_192_000),
        ({**MEMINFO, "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/memory.max": "7000\n"}, 7000),
        (
            {
                **MEMINFO,
                "proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/docker/x\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "6000\n",
            },
            6000,
        ),
        (
            {
                **MEMINFO,
                "proc/self/cgroup": "4:memory:/\n0::/\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            },
            8_192_000,
        ),
    ],
)
def test_the_limit_is_the_containers_or_the_machines(tmp_path: Path, files: dict[str, str], there: int | None) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert memory_there(tmp_path) == there


@on_linux
def test_what_is_used_is_what_the_process_holds() -> None:
    before = resident_bytes()
    held = np.ones(50_000_000, dtype=np.uint8)
    after = resident_bytes()
    assert before is not None
    assert after is not None
    assert held.nbytes * 0.8 < after - before < held.nbytes * 1.5
    there = memory_there()
    assert there is not None
    assert before < there
    assert MemoryBudget().limit == int(SHARE * there)


def test_what_is_reserved_is_not_given_twice() -> None:
    budget = MemoryBudget(100_000_000, used=lambda: 40_000_000)
    with budget.reserved(50_000_000):
        with pytest.raises(Refusal) as caught, budget.reserved(20_000_000):
            pass
        assert (caught.value.code, caught.value.values) == ("memory_too_full", {"needed": 20, "left": 10, "limit": 100})
        assert not budget.is_full
    with budget.reserved(60_000_000):
        pass


def test_where_nothing_is_known_nothing_is_refused() -> None:
    budget = MemoryBudget(100, used=lambda: None)
    assert not budget.is_full
    with budget.reserved(10**12):
        pass


async def memory_bytes() -> None:
    """Run by test_limits."""
    used = [10_000_000]
    budget = MemoryBudget(100_000_000, used=lambda: used[0])
    large = {"dataset": "random", "samples": 30_000, "random_inputs": 500, "hidden": []}
    async with managing(budget) as manager:
        person = Watcher(await manager.create())
        await person.say(type="configure", spec=large)
        error = await person.until("error")
        assert (error["code"], error["values"]) == ("memory_too_full", {"needed": 120, "left": 90, "limit": 100})
        assert person.run.spec == Spec()
        used[0] = 200_000_000
        with pytest.raises(Full) as caught:
            await manager.create()
        assert caught.value.closing == Closing("memory_full", {"limit": 100})
        await person.say(type="configure", spec={"dataset": "spiral"})  # who is here goes on
        await person.until("state", lambda state: state["spec"]["dataset"] == "spiral")
        used[0] = 10_000_000
        Watcher(await manager.create()).leave()
        person.leave()


async def test_data_that_somebody_has_need_no_more_memory() -> None:
    used = [0]
    budget = MemoryBudget(100_000_000, used=lambda: used[0])
    spec = {"dataset": "random", "samples": 3000, "random_inputs": 400, "hidden": []}
    wanted = Spec.model_validate(spec)
    assert data_bytes(wanted) > SMALL
    async with managing(budget) as manager:
        first, second = Watcher(await manager.create()), Watcher(await manager.create())
        await first.say(type="configure", spec=spec)
        await first.until("state", lambda state: state["spec"]["dataset"] == "random")
        assert is_held(wanted)
        used[0] = 200_000_000
        await second.say(type="configure", spec={**spec, "seed": 8})
        assert (await second.until("error"))["code"] == "memory_too_full"
        await second.say(type="configure", spec=spec)
        await second.until("state", lambda state: state["spec"]["dataset"] == "random")
        assert first.trainer.train_inputs is second.trainer.train_inputs
        for watcher in (first, second):
            watcher.leave()


async def test_a_larger_batch_of_norms_needs_memory_and_another_rate_does_not() -> None:
    used = [0]
    budget = MemoryBudget(100_000_000, used=lambda: used[0])
    wide = {"width": 500, "batch_norm": True}
    spec = {"samples": 2000, "train_fraction": 0.9, "hidden": [wide], "batch_size": 200}
    larger = Spec.model_validate({**spec, "batch_size": None})
    assert norm_bytes(larger) > 2 * SMALL
    async with managing(budget) as manager:
        person = Watcher(await manager.create())
        await person.say(type="configure", spec=spec)
        await person.until("state", lambda state: state["spec"]["batch_size"] == 200)
        used[0] = 200_000_000
        await person.say(type="configure", spec={"batch_size": None})
        assert (await person.until("error"))["code"] == "memory_too_full"
        await person.say(type="configure", spec={"learning_rate": 0.5})
        state = await person.until("state", lambda state: state["spec"]["learning_rate"] == 0.5)
        assert state["spec"]["batch_size"] == 200
        person.leave()
