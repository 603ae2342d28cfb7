"""What runs in a worker process: takes one request after another from its pipe, does it, and answers.

Started by `processes` as python -m …process_main BYTES. Standard library only, until a request
names more. A request is a pickled function, by its name, with its arguments. An answer is never a pickle: what a person
has sent may make anything of this process, and then the server must not run what that says.
"""

import json
import os
import pickle
import queue
import struct
import sys
import threading
import traceback
from contextlib import suppress
from typing import IO, Any

BYTES, DATA, FAULT, ERROR, OUT_OF_MEMORY = b"b", b"d", b"f", b"e", b"m"
"""How an answer begins: a result that is bytes, or data as JSON; a Fault as JSON; the traceback of another exception;
that there was not enough memory for it."""

ALLOCATION_FAILED = "can't allocate memory"
"""How a library says so that knows no MemoryError."""

NICENESS = 5
"""Pictures of those who train come first. At 10 a busy machine would take half a minute to load torch."""

SIZE = struct.Struct("<Q")
"""Of what follows in the pipe, in bytes."""


def send(pipe: IO[bytes], data: bytes) -> None:
    """Raises OSError where nobody reads."""
    pipe.write(SIZE.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes], most: int | None = None) -> bytes:
    """Raises EOFError where nobody writes any more, or where it is more than the most."""
    (size,) = SIZE.unpack(_whole(pipe, SIZE.size))
    if most is not None and size > most:
        raise EOFError(f"{size} bytes are too many")
    return _whole(pipe, size)


def _whole(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data


def main() -> None:
    requests, answers = _own_pipes()
    _lower_priority()
    _limit_memory(int(sys.argv[1]))
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_receive_all, args=(requests, waiting), daemon=True).start()
    while True:
        answer = _done(waiting.get())
        send(answers, answer)
        if answer is OUT_OF_MEMORY:  # what is left in it may be half-made
            os._exit(1)


def _own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Standard input and output, of which the latter goes to standard error from now on: libraries may print."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return requests, answers


def _lower_priority() -> None:
    """To the processor; and first where the system has to end a process for lack of memory, before the server."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as adjustment:
        adjustment.write("500")


def _limit_memory(limit: int) -> None:
    """Of what it writes to, in bytes, where the system can limit that: Linux. Address space would be the wrong
    measure, for libraries map much that they never touch."""
    try:
        import resource
    except ImportError:
        return
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (limit if most == resource.RLIM_INFINITY else min(limit, most), most))


def _receive_all(requests: IO[bytes], waiting: queue.SimpleQueue[bytes]) -> None:
    """In a thread of its own, so that the process ends with the server, or for want of memory for a request, whatever
    it is doing."""
    with suppress(EOFError, OSError, MemoryError):
        while True:
            waiting.put(receive(requests))
    os._exit(0)


def _done(request: bytes) -> bytes:
    """The answer."""
    try:
        function, arguments = pickle.loads(request)
        result = function(*arguments)
        return BYTES + result if isinstance(result, bytes) else DATA + _json(result)
    except MemoryError:
        return OUT_OF_MEMORY
    except RuntimeError as error:
        return OUT_OF_MEMORY if ALLOCATION_FAILED in str(error) else _raised(error)
    except Exception as error:
        return _raised(error)


def _raised(error: Exception) -> bytes:
    """With the place where it was raised."""
    from engine.fault import Fault  # whoever raises one has loaded it

    where = traceback.format_exc()
    if isinstance(error, Fault):
        return FAULT + _json({"code": error.code, "values": error.values, "where": where})
    return ERROR + where.encode(errors="replace")


def _json(data: Any) -> bytes:
    return json.dumps(data).encode()


if __name__ == "__main__":
    main()
