"""Whose work takes long: known from a Spec before anything of it is done."""

import os
import sys
import threading

from app.training_worker.worker_processes.process_main import NICENESS
from engine.spec.cost import QUICK_MULTIPLICATIONS, picture_multiplications, step_cost
from engine.spec.spec import Spec

STUDY_NICENESS = 15
"""Of threads whose results nobody waits for at the moment: beside one that trains such a thread gets a thirtieth."""


def takes_long(spec: Spec) -> bool:
    """Whether a step or a picture of its run takes so long that others would wait for it noticeably."""
    sizes = (spec.inputs, *(layer.width for layer in spec.hidden), spec.outputs)
    tested = spec.wanted_samples - spec.training_samples
    picture = picture_multiplications(sizes, spec.training_samples, tested)
    fixed, each = step_cost(sizes, spec.optimizer, spec.pairs, spec.newton_schulz_steps)
    return max(picture, fixed + spec.batch_samples * each) > QUICK_MULTIPLICATIONS


def lower_priority(niceness: int = NICENESS) -> None:
    """From now on this thread leaves the processor to the others; where a thread can: on Linux."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)


def lowest_priority() -> None:
    """After those that come second, too."""
    lower_priority(STUDY_NICENESS)
