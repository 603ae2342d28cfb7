"""Checks: what is said of a session in the background: whether its arithmetic is right, and whether it is well.

Two tasks of each session look now and then, while somebody watches. They ask for the trainer as anybody who looks
does, and hold it only while they measure; the comparison with other arithmetic works on a copy of where the run stood.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from app.sessions.curves import QUANTITIES, Measured
from app.sessions.time_commands import change
from app.sessions.undo import Past
from app.training_worker import jobs
from app.wire import commands
from app.wire.messages import Refusal
from app.wire.numbers import number
from engine.backends.bugs import BUGS, goes_with, has_place
from engine.checking.check import Checked, check
from engine.checking.compared import Compared
from engine.diagnosis.diagnosis import Examination, examine
from engine.training.timeline import Position
from engine.training.trainer import Trainer

if TYPE_CHECKING:
    from app.sessions.session import Session
    from app.sessions.viewers import Viewer

log = logging.getLogger(__name__)

CHECK_SECONDS = 3.0
"""Between two comparisons; a light that is older than that says little of a run that learns."""

HEALTH_SECONDS = 0.5
"""Between two examinations: a sentence that changed faster could not be read."""

SHARE = 20
"""How many times as long as either took it then rests at least, so that both together cost a tenth of a core."""


class Checks:
    def __init__(self, session: Session, checker: Executor) -> None:
        """checker: its thread is not one of those that train, for the first comparison loads torch."""
        self._session = session
        self._checker = checker
        self._asked = asyncio.Event()
        """Somebody wants to know now."""
        self._tasks = [  # neither waits for the other: the first comparison loads torch
            asyncio.create_task(self._now_and_then(self._check, self._asked, CHECK_SECONDS, first=CHECK_SECONDS)),
            asyncio.create_task(self._now_and_then(self._examine, None, HEALTH_SECONDS, first=0)),
        ]

    def ask(self) -> None:
        """A comparison as soon as can be."""
        self._asked.set()

    def close(self) -> list[asyncio.Task[None]]:
        for task in self._tasks:
            task.cancel()
        return self._tasks

    async def _now_and_then(
        self, work: Callable[[], Awaitable[float]], asked: asyncio.Event | None, least: float, first: float
    ) -> None:
        """While somebody watches and there is something new to be seen; at once if asked. least: seconds from one time
        to the next; first: seconds until the first; work gives what it cost, in seconds."""
        session, due = self._session, time.monotonic() + first
        done: tuple[int, ...] = ()
        while True:
            wanted = await _asked_within(HEALTH_SECONDS, asked)
            here = (session.picture, *map(id, session.viewers))
            if not session.viewers or not (wanted or (here != done and time.monotonic() >= due)):
                continue
            done = here
            try:
                rest = max(least, SHARE * await work())
            except Exception:  # training goes on without
                log.exception("session %s: step %d could not be checked", session.key, session.step)
                rest = 10 * CHECK_SECONDS
            due = time.monotonic() + rest

    async def _examine(self) -> float:
        """The seconds are a processor's: a machine that is busy with other things makes it no dearer."""
        session, revision = self._session, self._session.revision
        found, measured, past, branch, spent = await session.look(self._examination)
        past.measure(branch, measured)
        self._tell({"type": "health", "revision": revision, "branch": branch, **_health(found)}, revision)
        return spent

    def _examination(self, trainer: Trainer) -> tuple[Examination, Measured, Past, int, float]:
        """And of which branch of which run it is, for a command may lead elsewhere before it is told; and its cost."""
        past, began = self._session.past, time.thread_time()
        found = examine(trainer, past.history.entries)
        return found, _measured(found), past, past.timeline.current, time.thread_time() - began

    async def _check(self) -> float:
        session, revision, began = self._session, self._session.revision, time.monotonic()
        trainer, at = await session.look(lambda trainer: (trainer, trainer.position()))
        result = await asyncio.get_running_loop().run_in_executor(self._checker, _compare, trainer, at)
        self._tell({"type": "checked", "revision": revision, **_light(result, at)}, revision)
        return time.monotonic() - began

    def _tell(self, said: dict[str, Any], revision: int) -> None:
        if revision == self._session.revision:
            for viewer in self._session.viewers:
                viewer.tell(said)


async def _asked_within(seconds: float, asked: asyncio.Event | None) -> bool:
    """Waits so long, or until it is asked, where it can be; gives whether it was."""
    if asked is None:
        await asyncio.sleep(seconds)
        return False
    with suppress(TimeoutError):
        await asyncio.wait_for(asked.wait(), seconds)
    wanted = asked.is_set()
    asked.clear()
    return wanted


def _compare(trainer: Trainer, at: Position) -> Checked | None:
    """In a thread, while the trainer goes on: it touches nothing of it that changes."""
    run = (at.spec, trainer.network, at.state, trainer.train_inputs, trainer.train_targets)
    return check(*run, at.bug, trainer.backend)


def _light(result: Checked | None, at: Position) -> dict[str, Any]:
    """What the light shows; neither green nor red where there is no step to compare."""
    if result is None:
        return {"step": at.state.step, "state": "none", "planted": at.bug}
    worst = result.worst
    by_hand, autograd, differences = result.gradient
    return {
        "step": result.step,
        "state": "green" if result.green else "red",
        "difference": number(worst.difference),
        "witness": worst.witness,
        "tensor": worst.tensor,
        "index": list(worst.index),
        "kinks": result.kinks,
        "tried": result.tried,
        "rule": at.spec.optimizer,
        "parameters": result.parameters,
        "samples": result.samples,
        "gradient": {"hand": number(by_hand), "autograd": number(autograd), "differences": number(differences)},
        "compared": [_compared(one) for one in result.compared],
        "planted": result.bug,
    }


def _compared(one: Compared) -> dict[str, Any]:
    return {
        "witness": one.witness,
        "difference": number(one.difference),
        "tolerance": one.tolerance,
        "agrees": one.agrees,
        "tensor": one.tensor,
        "index": list(one.index),
        "hand": number(one.hand),
        "other": number(one.other),
    }


def _measured(found: Examination) -> Measured:
    values = [[getattr(layer, name) for layer in found.layers] for name in QUANTITIES]
    return Measured(found.step, np.array(values, dtype=np.float32))  # None becomes NaN


def _health(found: Examination) -> dict[str, Any]:
    return {
        "step": found.step,
        "layers": [
            {
                "norm": number(layer.norm),
                "mean": number(layer.mean),
                "largest": number(layer.largest),
                "zeros": number(layer.zeros),
                "update_ratio": number(layer.update_ratio),
                "histogram": list(layer.histogram),
                "saturated": number(layer.saturated),
                "dead": None if layer.dead is None else list(layer.dead),
                "dead_share": number(layer.dead_share),
                "spread": number(layer.spread),
            }
            for layer in found.layers
        ],
        "findings": [
            {
                "code": finding.code,
                "values": {name: number(value) for name, value in finding.values.items()},
                "layer": finding.layer,
                "neurons": list(finding.neurons),
            }
            for finding in found.findings
        ],
    }


# What is said to it


async def ask(session: Session, _viewer: Viewer, _command: commands.Check) -> None:
    session.checks.ask()


async def plant(session: Session, _viewer: Viewer, command: commands.Plant) -> None:
    """With an optimizer in which the bug can sit, where the one of now is none."""
    bug, spec = command.bug, session.trainer.spec
    before = spec.optimizer
    if bug is not None and not has_place(bug, spec):
        raise Refusal("bug_has_no_place", {"bug": bug})
    if bug is not None and not goes_with(bug, spec.optimizer):
        spec = spec.changed(optimizer=(*BUGS[bug].rules, "sgd")[0])
    await change(session, ("bug",), jobs.plant, spec, bug)
    if spec.optimizer != before:
        session.notify("optimizer_for_bug", {"optimizer": spec.optimizer})
    session.change()
    session.tell_state()
    session.tell_timeline()
    session.checks.ask()


HANDLERS: dict[type[commands.Command], Callable[[Session, Viewer, Any], Awaitable[None]]] = {
    commands.Check: ask,
    commands.Plant: plant,
}
