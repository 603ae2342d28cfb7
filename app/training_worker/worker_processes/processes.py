"""Worker processes: for work that must not share the server's process, as it loads torch or might do harm.

`await processes.run("check", function, *arguments)` does it in a process that is started when needed, does one thing
after another, has limits of time and memory, and ends when it has been idle. Whatever happens to it is told to the one
whose request it was doing; the next request gets a new process. What runs in it is in `process_main`.
"""

import asyncio
import json
import logging
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, TypeVarTuple, get_args

from pydantic import BaseModel

from app.settings import Limits
from app.training_worker.worker_processes import process_main
from app.training_worker.worker_processes.harm import HarmReason
from app.training_worker.worker_processes.process_main import BYTES, DATA, ERROR, FAULT, OUT_OF_MEMORY, receive, send
from app.wire.messages import sentence
from engine.fault import Fault, FaultCode, Value

log = logging.getLogger(__name__)

Kind = Literal["check", "file", "export", "autograd"]
"""Each kind of work has a process of its own, so that none waits for another. check: whatever compares with torch.
file: whatever reads what a person has sent. export: whatever runs what is offered to be taken along. autograd: the
steps of runs that torch trains."""


R = TypeVar("R")
Ts = TypeVarTuple("Ts")


class ProcessHarmed(Exception):  # noqa: N818
    """The process came to harm before it had done what it was asked."""

    def __init__(self, reason: HarmReason, limit: float | None = None) -> None:
        super().__init__(reason, limit)
        self.reason: HarmReason = reason
        self.limit = limit
        """In seconds, or in bytes."""


class Processes:
    """All worker processes of a server."""

    def __init__(self, limits: Limits) -> None:
        bounds: dict[Kind, Bounds] = {
            "check": Bounds(limits.process_seconds, limits.process_bytes, limits.process_idle_seconds),
            "export": Bounds(limits.export_seconds, limits.process_bytes, limits.process_idle_seconds),
            "autograd": Bounds(limits.process_seconds, limits.process_bytes, limits.process_idle_seconds),
            "file": Bounds(limits.file_seconds, limits.file_memory_bytes, limits.process_idle_seconds),
        }
        self._queues = {kind: ProcessQueue(bounds[kind]) for kind in get_args(Kind)}

    async def run(self, kind: Kind, function: Callable[[*Ts], R], *arguments: *Ts) -> R:
        """What the function returns: bytes, or data as they come out of JSON. It is found by its name, and what goes to
        it is pickled.

        Raises ProcessHarmed, the Fault that it raises, and RuntimeError with the traceback of any other exception.
        """
        result: R = await self._queues[kind].run(function, arguments)
        return result

    async def close(self) -> None:
        """Ends all processes at once; who waits for one is cancelled."""
        await asyncio.gather(*(waiting.close() for waiting in self._queues.values()))

    def kill(self) -> None:
        """Ends all processes, waiting for nothing: from any thread, when the server itself ends."""
        for waiting in self._queues.values():
            waiting.kill()


@dataclass(frozen=True)
class Bounds:
    seconds: float
    """Of one request."""
    memory: int
    """In bytes, of the process."""
    idle_seconds: float
    """It ends when it has had nothing to do for so long."""


@dataclass(frozen=True, eq=False)
class _Request:
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    answer: asyncio.Future[Any]


class ProcessQueue:
    """One process, or none while there is nothing to do, and the requests that wait for it, in order."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._requests: asyncio.Queue[_Request] = asyncio.Queue()
        self._process: WorkerProcess | None = None
        self._task: asyncio.Task[None] | None = None

    async def run(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        elif self._task.done():  # closed
            raise ProcessHarmed("died")
        request = _Request(function, arguments, asyncio.get_running_loop().create_future())
        self._requests.put_nowait(request)
        return await request.answer

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._end_process()
        while not self._requests.empty():
            self._requests.get_nowait().answer.cancel()

    def kill(self) -> None:
        if (process := self._process) is not None:
            process.kill()

    async def _work(self) -> None:
        while True:
            request = await self._next()
            if not request.answer.done():  # whoever asked may have gone
                await self._answer(request)

    async def _next(self) -> _Request:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._bounds.idle_seconds if self._process else None):
                return await self._requests.get()
        await self._end_process()
        return await self._requests.get()

    async def _answer(self, request: _Request) -> None:
        try:
            value = await self._ask(request.function, request.arguments)
        except Exception as error:
            if not request.answer.done():
                request.answer.set_exception(error)
        else:
            if not request.answer.done():
                request.answer.set_result(value)
        finally:
            request.answer.cancel()  # if this was cancelled; else it is done

    async def _ask(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """What the function returns. Raises what it raises, ProcessHarmed, and what keeps the request from being
        sent."""
        if self._process is not None and self._process.has_ended:  # while it was idle: that harmed nobody
            await self._end_process()
        try:
            if self._process is None:
                self._process = WorkerProcess(self._bounds.memory)
            asking = _in_thread(self._process.ask, function, arguments)
            try:
                async with asyncio.timeout(self._bounds.seconds):
                    return await asking
            finally:
                asking.cancel()
        except TimeoutError:
            await self._end_process()
            raise ProcessHarmed("time", self._bounds.seconds) from None
        except ProcessHarmed as harm:
            await self._end_process()
            raise ProcessHarmed(harm.reason, self._bounds.memory if harm.reason == "memory" else None) from None
        except (EOFError, OSError) as error:
            log.warning("a worker process ended: %r", error)
            await self._end_process()
            raise ProcessHarmed("died") from None

    async def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await _in_thread(process.end)


if sys.platform == "win32":
    FLAGS, GROUP = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.BELOW_NORMAL_PRIORITY_CLASS, None
else:
    FLAGS, GROUP = 0, 0  # a new group


class WorkerProcess:
    """A process that does what it is asked, one thing at a time; kept apart from the terminal's Ctrl+C."""

    def __init__(self, most_bytes: int) -> None:
        """most_bytes: limit of its memory."""
        places = os.pathsep.join(place or os.getcwd() for place in sys.path)
        self._popen = subprocess.Popen(
            [sys.executable, "-P", "-m", process_main.__name__, str(most_bytes)],
            env={**os.environ, "PYTHONPATH": places, "OMP_NUM_THREADS": "1"},  # other cores are for those who train
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            creationflags=FLAGS,
            process_group=GROUP,
        )
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._requests, self._answers = self._popen.stdin, self._popen.stdout

    @property
    def has_ended(self) -> bool:
        return self._popen.poll() is not None

    def ask(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Waits for the answer and reads it. Raises EOFError or OSError where the process ends before, and what
        `read_answer` raises."""
        send(self._requests, pickle.dumps((function, arguments)))
        return read_answer(receive(self._answers, Limits.BYTES_OF_ANSWER))

    def kill(self) -> None:
        self._popen.kill()

    def end(self) -> None:
        """Waits until it is gone."""
        self._popen.kill()
        self._popen.wait()
        for pipe in (self._requests, self._answers):
            with suppress(OSError):
                pipe.close()


class SaidFault(BaseModel, frozen=True, allow_inf_nan=False):
    """A Fault as JSON."""

    code: FaultCode
    values: dict[str, Value]
    where: str

    def fault(self) -> Fault:
        """Raises LookupError where its sentence cannot be said with these values."""
        sentence(self.code, self.values)
        fault = Fault(self.code, self.values)
        fault.add_note(self.where)
        return fault


def read_answer(answer: bytes) -> Any:
    """The result. Raises what the function raised; ProcessHarmed where memory did not suffice, and where this is no
    answer: what a person has sent may have made another of the process."""
    kind, said = answer[:1], answer[1:]
    if kind == BYTES:
        return said
    if kind == OUT_OF_MEMORY:
        raise ProcessHarmed("memory")
    if kind not in (DATA, FAULT, ERROR) or len(said) > Limits.BYTES_OF_JSON:
        raise ProcessHarmed("died")
    if kind == ERROR:
        raise RuntimeError(said.decode(errors="replace"))
    try:
        if kind == DATA:
            return json.loads(said)
        fault = SaidFault.model_validate_json(said).fault()
    except (ValueError, LookupError, RecursionError):
        raise ProcessHarmed("died") from None
    raise fault


def _in_thread(work: Callable[[*Ts], R], *arguments: *Ts) -> asyncio.Future[R]:
    """In a thread that holds up neither the loop nor the end of the server, as those of an executor would."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[R] = loop.create_future()

    def deliver(result: R | None, error: Exception | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]
        else:
            future.set_exception(error)

    def run() -> None:
        result, failed = None, None
        try:
            result = work(*arguments)
        except Exception as error:
            failed = error
        with suppress(RuntimeError):  # the loop may have closed meanwhile
            loop.call_soon_threadsafe(deliver, result, failed)

    threading.Thread(target=run, name="process", daemon=True).start()
    return future
