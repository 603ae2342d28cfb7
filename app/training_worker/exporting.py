"""A run as a file for others, made, opened again and compared with the run: in a worker process, which may load torch.

An answer is a line of JSON, the proof, and the file after it.
"""

import json
import logging
import time
from dataclasses import asdict
from typing import Any

from app.training_worker.worker_processes.harm import HarmReason
from app.training_worker.worker_processes.processes import Processes, ProcessHarmed
from app.wire.messages import ExportCode, Refusal
from engine.data.digits import DataSources
from engine.exports import formats
from engine.exports.exported_run import ExportedRun
from engine.exports.formats import FormatName

log = logging.getLogger(__name__)

HARM: dict[HarmReason, ExportCode] = {
    "time": "export_takes_too_long",
    "memory": "export_takes_too_much_memory",
    "died": "export_ended",
}


async def export(
    processes: Processes, name: FormatName, run: ExportedRun, sources: DataSources
) -> tuple[bytes, dict[str, Any]]:
    """The file; and its proof: losses compared, the largest difference, seconds that it ran, the step of its weights,
    whether the losses were cut where rounding takes over, and whether the run was changed after its start.

    Raises Fault where the file does not agree with the run or a library is missing, and Refusal where the process
    came to harm.
    """
    try:
        answer = await processes.run("export", exported, name, run, sources)
    except ProcessHarmed as harm:
        log.warning("an export could not be proved: %r", harm)
        raise Refusal(HARM[harm.reason], {} if harm.limit is None else {"limit": harm.limit}) from None
    proof, _, data = answer.partition(b"\n")
    return data, json.loads(proof)


def exported(name: FormatName, run: ExportedRun, sources: DataSources) -> bytes:
    """In the process."""
    began = time.perf_counter()
    made, given = formats.make(name, run, sources)
    seconds = time.perf_counter() - began
    proof = formats.compare(run, given, sources)
    said = {**asdict(proof), "seconds": seconds, "step": run.step, "changed": run.changed}
    return json.dumps(said).encode() + b"\n" + made
