"""torch's autograd as a backend of the server, whose process never loads torch: it works in a worker process.

Where a run stands is kept here and goes to that process with every question, so that whatever happens to the process,
nothing of the run is lost. What is drawn between two steps comes from the hand-written forward pass.
"""

import asyncio
import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from app.training_worker.checkup import training_set
from app.training_worker.worker_processes.harm import EngineHarmed
from app.training_worker.worker_processes.processes import Processes, ProcessHarmed
from engine.backends import Backend, MakeBackend, make_backend
from engine.backends.by_hand import ByHand
from engine.data.digits import DataSources
from engine.nn.network import Array, Network, State
from engine.spec.choices import BackendName
from engine.spec.spec import Spec, is_live

RUNS = 4
"""Whose training sets the process holds at once: of MNIST 190 MB each."""

SIZE = struct.Struct("<I")
"""Of the head of an answer, in bytes."""

Ask = Callable[..., bytes]
"""Has a function of this module called in the process, with the arguments that follow. Blocks the thread until it has
answered; raises EngineHarmed where it does not."""


def asker(processes: Processes, loop: asyncio.AbstractEventLoop) -> Ask:
    """For threads other than the loop's."""

    def ask(function: Callable[..., bytes], *arguments: Any) -> bytes:
        try:
            return asyncio.run_coroutine_threadsafe(processes.run("autograd", function, *arguments), loop).result()
        except ProcessHarmed as harm:
            raise EngineHarmed(harm.reason, harm.limit) from None

    return ask


def maker(ask: Ask, sources: DataSources) -> MakeBackend:
    """`make_backend`, but for autograd."""

    def make(name: BackendName, spec: Spec, network: Network, inputs: Array, targets: Array) -> Backend:
        if name == "autograd":
            return AutogradElsewhere(ask, sources, spec, network, inputs, targets)
        return make_backend(name, spec, network, inputs, targets)

    return make


class AutogradElsewhere(ByHand):
    """Every step, and every gradient over the training set, is torch's. The state is kept as `ByHand` keeps it."""

    def __init__(
        self, ask: Ask, sources: DataSources, spec: Spec, network: Network, inputs: Array, targets: Array
    ) -> None:
        super().__init__(spec, network, inputs, targets)
        self._ask, self._sources = ask, sources

    def advance(self, steps: int) -> None:
        if steps and self.state_now.diverged is None:
            answer = self._ask(advanced, self.spec, self._sources, self.state_now, steps)
            self._take(*_unpacked(answer))

    def _take(self, progress: Mapping[str, Any], vectors: Mapping[str, Array]) -> None:
        memory = {name: vectors[f"memory.{name}"] for name in self.state_now.optimizer_state}
        self.load(State(vectors["parameters"], memory, vectors["updates"], vectors["buffers"], **progress))
        self.gradient = vectors["gradient"]

    def loss_and_gradient(self) -> tuple[float, Array]:
        found, vectors = _unpacked(self._ask(loss_and_gradient, self.spec, self._sources, self.state_now))
        return found["loss"], vectors["gradient"]


# In the process


def advanced(spec: Spec, sources: DataSources, state: State, steps: int) -> bytes:
    """Where so many steps of torch lead, and the last gradient. Loads torch."""
    backend = _loaded(spec, sources, state)
    backend.advance(steps)
    after = backend.state()
    memory = {f"memory.{name}": values for name, values in after.optimizer_state.items()}
    vectors = {"parameters": after.parameters, "updates": after.updates, "buffers": after.buffers}
    return _packed(after.progress._asdict(), {**vectors, **memory, "gradient": backend.last_gradient()})


def loss_and_gradient(spec: Spec, sources: DataSources, state: State) -> bytes:
    """Of the data alone, over the training set. Loads torch."""
    loss, gradient = _loaded(spec, sources, state).loss_and_gradient()
    return _packed({"loss": loss}, {"gradient": gradient})


def _loaded(spec: Spec, sources: DataSources, state: State) -> Backend:
    restarting = tuple(getattr(spec, name) for name in Spec.model_fields if not is_live(name))
    backend = _backend(_Key(restarting, spec), sources)
    backend.configure(spec)
    backend.load(state)
    return backend


@dataclass(frozen=True)
class _Key:
    """Equal for all Specs of one run: a rate that is being dragged needs no data anew."""

    restarting: tuple[Any, ...]
    """What a run cannot change on its way."""
    spec: Spec = field(compare=False)


@lru_cache(maxsize=RUNS)
def _backend(key: _Key, sources: DataSources) -> Backend:
    """The training set is made anew from the Spec, so that it need not come with each question."""
    return make_backend("autograd", key.spec, Network.of(key.spec), *training_set(key.spec, sources))


# On the way


def _packed(facts: Mapping[str, Any], vectors: Mapping[str, Array]) -> bytes:
    lengths = {name: len(vector) for name, vector in vectors.items()}
    head = json.dumps({"facts": facts, "lengths": lengths}).encode()
    return SIZE.pack(len(head)) + head + np.concatenate([*vectors.values()], dtype="<f4").tobytes()


def _unpacked(answer: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    (size,) = SIZE.unpack_from(answer)
    head = json.loads(answer[SIZE.size : SIZE.size + size])
    values = np.frombuffer(answer, "<f4", offset=SIZE.size + size).astype(np.float32)
    ends = np.cumsum([*head["lengths"].values()])
    return head["facts"], dict(zip(head["lengths"], np.split(values, ends[:-1]), strict=True))
