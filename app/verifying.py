"""The command `verify`: trains a kept experiment again, from its file, and says whether its numbers are right."""

import sys
from pathlib import Path

from app.settings import Limits
from app.wire.messages import sentence
from engine.data.digits import DataSources
from engine.fault import Fault
from engine.kept import playground_file
from engine.kept.experiment import KeptExperiment
from engine.kept.verification import Outcome, Verification, verify

VERDICTS: dict[Outcome, str] = {
    "same": "Right: trained again from its seed for {steps} steps, it has the same weights, bit for bit. {compared} "
    "numbers were compared.",
    "agrees": "Right: trained again from its seed for {steps} steps, all {compared} numbers agree, but for rounding.",
    "differs": "Wrong: trained again from its seed, it has other numbers. The first that differs is of its {place}, at "
    "step {step}.",
    "sensitive": "Not decided: its bits differ, and rounding alone takes such a run elsewhere. Verify it on a machine "
    "like the one it was kept on.",
    "changed": "Not decided: it was changed after its start, so its settings and seed alone do not lead to it.",
    "ended": "Wrong: trained again from its seed, it does not come to where it is said to stand, at step {steps}.",
}


def verify_file(path: Path, sources: DataSources, most_bytes: int = Limits().kept_file_bytes) -> int:
    """Prints a sentence; the exit status: 0 where the numbers are right."""
    try:
        kept = _read(path, most_bytes)
        print(f"{_printable(kept.name)}: training {kept.here.state.step:,} steps again…", flush=True)
        found = verify(kept, sources)
    except OSError as fault:
        print(f"{path} cannot be read ({fault.strerror}). Give the place of a .playground file.", file=sys.stderr)
        return 1
    except Fault as fault:
        print(_printable(sentence(fault.code, fault.values)), file=sys.stderr)
        return 1
    print(_verdict(found))
    return 0 if found.holds else 1


def _read(path: Path, most_bytes: int) -> KeptExperiment:
    """Raises OSError and Fault."""
    with path.open("rb") as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise Fault("kept_not_ours", {})
    return playground_file.read(data)


def _verdict(found: Verification) -> str:
    steps, compared, step = (f"{number:,}" for number in (found.steps, found.compared, found.step))
    return VERDICTS[found.outcome].format(steps=steps, compared=compared, step=step, place=found.place)


def _printable(text: str) -> str:
    """What a file says, without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
