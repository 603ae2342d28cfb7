"""Checks: what is said of a session in the background: whether its arithmetic is right, and whether it is well.

One task for each session looks at it now and then, while somebody watches. It asks for the trainer as anybody who looks
does, and holds it only while it measures; the comparison with other arithmetic works on a copy of where the run stood.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from app import commands, slices
from app.messages import Refusal
from app.numbers import number
from app.travel import change
from engine.check import Checked, check
from engine.compared import Compared
from engine.diagnosis import Examination, examine
from engine.planted import BUGS, goes_with, has_place
from engine.timeline import Position
from engine.trainer import Trainer

if TYPE_CHECKING:
    from app.sessions import Session
    from app.viewers import Viewer

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
        self._checked: tuple[int, ...] = ()
        """Revision and step of the last comparison, and who was told."""
        self._examined: tuple[int, ...] = ()
        self._next_check = time.monotonic() + CHECK_SECONDS
        self._next_health = 0.0
        self._task = asyncio.create_task(self._live())

    def ask(self) -> None:
        """A comparison as soon as can be."""
        self._asked.set()

    def close(self) -> asyncio.Task[None]:
        self._task.cancel()
        return self._task

    async def _live(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), HEALTH_SECONDS)
            if self._session.viewers:
                await self._look()

    async def _look(self) -> None:
        session, asked = self._session, self._asked.is_set()
        self._asked.clear()
        here = (session.picture, *map(id, session.viewers))
        now = time.monotonic()
        try:
            if self._examined != here and now >= self._next_health:
                self._examined = here
                await self._examine()
                self._next_health = _after(now, HEALTH_SECONDS)
            if asked or (self._checked != here and now >= self._next_check):
                self._checked, began = here, time.monotonic()
                await self._check()
                self._next_check = _after(began, CHECK_SECONDS)
        except Exception:  # training goes on without
            log.exception("session %s: step %d could not be checked", session.key, session.step)
            self._next_check = self._next_health = now + 10 * CHECK_SECONDS

    async def _examine(self) -> None:
        session, revision = self._session, self._session.revision
        found = await session.look(lambda trainer: examine(trainer, session.past.history.entries))
        self._tell({"type": "health", "revision": revision, **_health(found)}, revision)

    async def _check(self) -> None:
        session, revision = self._session, self._session.revision
        trainer, at = await session.look(lambda trainer: (trainer, trainer.position()))
        result = await asyncio.get_running_loop().run_in_executor(self._checker, _compare, trainer, at)
        self._tell({"type": "checked", "revision": revision, **_light(result, at)}, revision)

    def _tell(self, said: dict[str, Any], revision: int) -> None:
        if revision == self._session.revision:
            for viewer in self._session.viewers:
                viewer.tell(said)


def _after(began: float, least: float) -> float:
    now = time.monotonic()
    return now + max(least, SHARE * (now - began))


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
                "dead": list(layer.dead),
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
    await change(session, ("bug",), slices.plant, spec, bug)
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
