"""Warming: loads the engine's slow parts in a thread while the server already answers."""

import gc
import logging
import threading

from engine.spec.choices import BackendName
from engine.spec.spec import Spec

log = logging.getLogger(__name__)


class Warming:
    def __init__(self, backend: BackendName) -> None:
        self.done = False
        self._backend = backend

    def start(self) -> None:
        threading.Thread(target=self._warm, name="warming", daemon=True).start()

    def _warm(self) -> None:
        try:
            from engine.training.trainer import Trainer

            if self._backend == "compiled":
                from engine.backends.compiled.backend import warm

                warm()
            trainer = Trainer(Spec(), backend=self._backend)
            trainer.advance(1)
            trainer.snapshot()
            gc.freeze()  # what is loaded now stays; to look through it took 90 ms each time a long run was woken
            self.done = True
        except Exception:  # sessions will say what is wrong; the server itself goes on answering
            log.exception("the %s engine could not be warmed up", self._backend)
