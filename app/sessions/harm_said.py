"""What people are told where the process in which torch trains comes to harm."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.training_worker.memory import MEGABYTE
from app.training_worker.worker_processes.harm import EngineHarmed, HarmReason
from app.wire.messages import ErrorCode, Refusal
from engine.fault import Value

CODES: dict[HarmReason, ErrorCode] = {"died": "engine_died", "time": "engine_time", "memory": "engine_memory"}


def refusal_of(harm: EngineHarmed, step: int) -> Refusal:
    """step: where the run stands."""
    limit = harm.limit and harm.limit / (MEGABYTE if harm.reason == "memory" else 1)
    values: dict[str, Value] = {} if limit is None else {"limit": round(limit)}
    return Refusal(CODES[harm.reason], {"step": step, **values})


@contextmanager
def harm_refused(step: int) -> Iterator[None]:
    """Whatever was asked for is refused: nothing of the run has changed."""
    try:
        yield
    except EngineHarmed as harm:
        raise refusal_of(harm, step) from None
