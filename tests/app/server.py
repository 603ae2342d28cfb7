"""The server as tests run it: python -m tests.app.server KIND. Settings come from the environment."""

import os
import socket
import sys
import threading
import time
from typing import Any

from app.main import create_app
from app.sessions import checks, clock
from app.settings import Settings
from app.store.opening import open_store
from app.training_worker import jobs
from app.training_worker.port import Job, Train
from app.web import serving
from engine.spec.choices import BackendName
from engine.training.trainer import Trainer

KINDS: dict[str, BackendName] = {
    "compiled": "compiled",
    "by_hand": "by_hand",
    "slow_to_load": "by_hand",
    "small_buffers": "by_hand",
    "unchecked": "compiled",
    "stuck": "by_hand",
}

SELDOM = 1 / 8
"""Seconds between two turns, where pictures are slow: so that tests of pages need not wait for their painting."""

start, do, listen = jobs.start, jobs.do, serving.listen


def start_slowly(*arguments: Any, **named: Any) -> Trainer:
    time.sleep(1.5)
    return start(*arguments, **named)


def do_without_end(trainer: Trainer, job: Job[Any]) -> Any:
    """A step that takes minutes."""
    if isinstance(job, Train) and job.steps:
        time.sleep(120)
    return do(trainer, job)


def listen_with_small_buffers(host: str, port: int) -> socket.socket:
    """Accepted sockets inherit it: a client that does not read is felt after some kilobytes, not megabytes."""
    listener = listen(host, port)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return listener


def end_with(parent: int) -> None:
    """Tests that are killed leave no server behind that trains on."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    kind = sys.argv[1]
    if KINDS[kind] == "by_hand":
        clock.TICK = SELDOM
    if kind == "slow_to_load":
        jobs.start = start_slowly
    if kind == "small_buffers":
        serving.listen = listen_with_small_buffers
    if kind == "stuck":
        jobs.do = do_without_end
    if kind == "unchecked":
        checks.HEALTH_SECONDS = 3600  # nothing is looked at more often
    settings = Settings()
    serving.run(create_app(settings, backend=KINDS[kind], store=open_store(settings)), settings)
    sys.exit("torch is in the server's process" if "torch" in sys.modules else None)
