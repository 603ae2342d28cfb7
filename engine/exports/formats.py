"""Formats: what a run can be exported as, by name; how each is made and opened again, and what that needs."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

import safetensors.numpy

from engine.data.digits import DataSources
from engine.exports import onnx_model
from engine.exports.exported_run import ExportedRun
from engine.exports.notebook import notebook
from engine.exports.points_file import points_file
from engine.exports.programs.numpy_script import numpy_program
from engine.exports.programs.program import Program
from engine.exports.programs.torch_script import torch_program
from engine.exports.proof import Numbers, Proof, found, prove
from engine.exports.report import report
from engine.fault import Fault
from engine.training import safetensors_file
from engine.training.trainer import Trainer

ProgramName = Literal["torch", "numpy"]
FormatName = Literal["torch", "numpy", "notebook", "onnx", "safetensors", "report", "data"]


@dataclass(frozen=True)
class Format:
    make: Callable[[ExportedRun, DataSources], tuple[bytes, Numbers]]
    """The file, and what is found in it when it is run or opened again. May raise anything."""
    ending: str
    """Of the name of its file."""
    libraries: tuple[str, ...] = ()
    """Modules that it needs and that need not be there."""
    trains: bool = False
    """Whether there is a training loop in it, which a planted bug would make another than that of the run."""

    def filename(self, step: int) -> str:
        return f"playground-step-{step}{self.ending}"


def make(name: FormatName, run: ExportedRun, sources: DataSources) -> tuple[bytes, Numbers]:
    """Raises Fault where a library is missing, where there is no right export of this run, and where it fails."""
    if missing := [library for library in FORMATS[name].libraries if find_spec(library) is None]:
        raise Fault("export_needs", {"library": ", ".join(missing)})
    if run.bug is not None and FORMATS[name].trains:
        raise Fault("export_of_bug", {"bug": run.bug})
    try:
        return FORMATS[name].make(run, sources)
    except Fault:
        raise
    except Exception as failure:
        raise Fault("export_failed", {"reason": f"{type(failure).__name__}: {failure}"[:200]}) from failure


def compare(run: ExportedRun, given: Numbers, sources: DataSources) -> Proof:
    """Raises Fault where the file does not give what the run gives."""
    proof = prove(run, given, sources)
    if not proof.holds:
        raise Fault("export_differs", {"difference": f"{proof.difference:.1e}"})
    return proof


def _program(program: Callable[[ExportedRun], Program]) -> Callable[[ExportedRun, DataSources], tuple[bytes, Numbers]]:
    def make(run: ExportedRun, sources: DataSources) -> tuple[bytes, Numbers]:
        text = program(run).text
        return text.encode(), found(text, sources)

    return make


def _onnx(run: ExportedRun, sources: DataSources) -> tuple[bytes, Numbers]:
    model = onnx_model.write(run)
    inputs = Trainer(run.spec, "by_hand", sources).train_inputs
    return model, Numbers(None, onnx_model.outputs_of(model, inputs))


def _safetensors(run: ExportedRun, sources: DataSources) -> tuple[bytes, Numbers]:
    data = safetensors_file.write({**run.network.views(run.parameters), **run.network.buffer_views(run.buffers)})
    trainer = Trainer(run.spec, "by_hand", sources)
    trainer.load_parameters(safetensors.numpy.load(data))
    return data, Numbers(None, trainer.predict(trainer.train_points))


FORMATS: dict[FormatName, Format] = {
    "torch": Format(_program(torch_program), "-torch.py", ("torch",), trains=True),
    "numpy": Format(_program(numpy_program), "-numpy.py", trains=True),
    "notebook": Format(notebook, ".ipynb", ("torch", "matplotlib", "nbformat", "nbclient", "ipykernel"), trains=True),
    "onnx": Format(_onnx, ".onnx", ("onnx", "onnxruntime")),
    "safetensors": Format(_safetensors, ".safetensors"),
    "report": Format(report, ".html"),
    "data": Format(points_file, "-data.csv"),
}
