"""What tests have worker processes do; found by name in a process that imports nothing else."""

import os
import signal
import threading

from engine.fault import Fault

noted: list[int] = []


def note(number: int) -> list[int]:
    """All that this process has noted so far."""
    noted.append(number)
    return noted


def add(first: float, second: float) -> float:
    return first + second


def process_id() -> int:
    return os.getpid()


def rank() -> tuple[int, int]:
    """Niceness, and the group whose terminal's Ctrl+C would reach it."""
    return os.nice(0), os.getpgrp()


def print_much() -> int:
    print("not an answer" * 10_000, flush=True)
    return len(os.read(0, 1))


def refuse(name: str) -> None:
    raise Fault("model_damaged", {"name": name})


class Odd(Exception):  # noqa: N818
    """Cannot be pickled and made again: it needs more than its text."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"{first} and {second}")


def raise_odd() -> None:
    raise Odd(1, 2)


def give_function() -> object:
    return lambda: None


def give_bytes(size: int) -> bytes:
    return bytes(size)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wait_forever() -> None:
    threading.Event().wait()


def fill_memory(size: int) -> int:
    return len(bytearray(size))


def fail_to_allocate() -> None:
    raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 80000000000 bytes.")
