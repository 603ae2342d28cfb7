"""Formats: what a run can be exported as, by name; how each is made, opened again, and what that needs."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from engine.data.digits import DataSources
from engine.exports.exported_run import ExportedRun
from engine.exports.numpy_script import numpy_program
from engine.exports.proof import Numbers, Proof, found, prove
from engine.exports.torch_script import torch_program
from engine.fault import Fault

ProgramName = Literal["torch", "numpy"]
FormatName = Literal["torch", "numpy"]


@dataclass(frozen=True)
class Format:
    make: Callable[[ExportedRun], bytes]
    opened: Callable[[bytes, ExportedRun, DataSources], Numbers]
    """Runs or opens what was made. May raise anything."""
    libraries: tuple[str, ...]
    """Modules, besides NumPy."""
    install: str
    """What pip installs them by."""
    ending: str
    """Of the name of its file"""

    def filename(self, step: int) -> str:
        return f"playground-step-{step}{self.ending}"


def _ran(program: bytes, run: ExportedRun, sources: DataSources) -> Numbers:
    del run  # the program has all of it
    return found(program.decode(), sources)


FORMATS: dict[FormatName, Format] = {
    "torch": Format(lambda run: torch_program(run).text.encode(), _ran, ("torch",), "torch", "-torch.py"),
    "numpy": Format(lambda run: numpy_program(run).text.encode(), _ran, (), "numpy", "-numpy.py"),
}


def make(name: FormatName, run: ExportedRun) -> bytes:
    """The file. Raises Fault where a library is missing, or where there is no right export of this run."""
    if missing := [library for library in FORMATS[name].libraries if find_spec(library) is None]:
        raise Fault("export_needs", {"library": ", ".join(missing), "install": FORMATS[name].install})
    if run.bug is not None:
        raise Fault("export_of_bug", {"bug": run.bug})
    return FORMATS[name].make(run)


def open_again(name: FormatName, made: bytes, run: ExportedRun, sources: DataSources) -> Numbers:
    """What is found in the file. Raises Fault where it cannot be opened or run."""
    try:
        return FORMATS[name].opened(made, run, sources)
    except Exception as failure:
        raise Fault("export_failed", {"reason": f"{type(failure).__name__}: {failure}"[:200]}) from failure


def compare(run: ExportedRun, given: Numbers, sources: DataSources) -> Proof:
    """Raises Fault where the file does not give what the run gives."""
    proof = prove(run, given, sources)
    if not proof.holds:
        raise Fault("export_differs", {"difference": f"{proof.difference:.1e}", "losses": proof.losses})
    return proof
