"""Notebook: the PyTorch program in cells, a sentence before each, and its plots; executed, outputs kept."""

import json
import os
import tempfile
from typing import Any

import numpy as np

from engine.data.digits import DataSources
from engine.exports.exported_run import CHANGED, ExportedRun
from engine.exports.programs.program import joined, lines
from engine.exports.programs.torch_script import Part, torch_imports, torch_parts
from engine.exports.proof import Numbers
from engine.nn.network import Array
from engine.spec.spec import Spec

CELL_SECONDS = 30
"""Of one cell: the process it is executed in has as many in all."""

LOSS = """
import matplotlib.pyplot as plt

plt.plot(losses)
plt.yscale("log")
plt.xlabel("step")
plt.ylabel("loss of its batch")
plt.show()
"""

BOUNDARY = """
low, high = {low}, {high}
axis = torch.linspace(low, high, 100)
x1, x2 = torch.meshgrid(axis, axis, indexing="xy")
with torch.no_grad():
    said = net(torch.stack([x1.ravel(), x2.ravel()], dim=1){unit})
grid = ({shown}).reshape(100, 100)
{colours}
plt.imshow(grid, origin="lower", extent=(low, high, low, high), cmap="PuOr", vmin=least, vmax=most)
plt.colorbar(label="{label}")
plt.xlabel("x1")
plt.ylabel("x2")
plt.show()
"""

NUMBERS = """
import json

print(json.dumps({"losses": losses, "outputs": outputs.tolist()}))
"""
"""For the comparison; this cell is taken off again."""


def notebook(run: ExportedRun, sources: DataSources) -> tuple[bytes, Numbers]:
    """The executed notebook, and what it has found. Raises what its execution raises."""
    import nbformat
    from nbclient import NotebookClient

    cells = [*_cells(run), nbformat.v4.new_code_cell(NUMBERS.strip())]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        NotebookClient(made, timeout=CELL_SECONDS, kernel_name="python3").execute(env=_environment(folder, sources))
    found = _printed(made.cells.pop())
    return nbformat.writes(made).encode(), found


def _environment(folder: str, sources: DataSources) -> dict[str, str]:
    """Of its kernel: which writes to this folder, and finds MNIST where there is one."""
    places = dict.fromkeys(("IPYTHONDIR", "MPLCONFIGDIR"), folder)
    return {**os.environ, **places, "MNIST": str(sources.mnist_folder or "mnist")}


def _cells(run: ExportedRun) -> list[Any]:
    import nbformat

    parts = torch_parts(run)
    head = torch_imports([section for part in parts for section in part.sections])
    first = Part("What it needs.", [head])
    sizes = "-".join(map(str, run.network.sizes))
    title = f"# A network {sizes} learns {run.spec.dataset}\nA run of Backprop Playground, in PyTorch."
    if run.changed:
        title += f"\n\n{CHANGED}"
    cells = [nbformat.v4.new_markdown_cell(title)]
    for part in (first, *parts, *_plots(run)):
        if part.sections and any(part.sections):
            cells.append(nbformat.v4.new_markdown_cell(part.sentence))
            cells.append(nbformat.v4.new_code_cell(joined(part.sections).text.strip()))
    return cells


def _plots(run: ExportedRun) -> list[Part]:
    spec = run.spec
    plots = [Part("The loss of each step.", [lines(LOSS)])]
    if spec.kind.plane and spec.features == ("x1", "x2"):
        unit = f" / {spec.kind.unit}" if spec.kind.unit != 1 else ""
        shown, label = _shown(spec)
        colours = "most = float(grid.abs().max())\nleast = -most"
        if spec.class_count > 2:
            colours = f"least, most = 0, {spec.class_count - 1}"
        code = BOUNDARY.format(
            low=spec.kind.low, high=spec.kind.high, unit=unit, shown=shown, label=label, colours=colours
        )
        plots.append(Part("What the network of the page says of the plane.", [lines(code)]))
    return plots


def _shown(spec: Spec) -> tuple[str, str]:
    """What of the outputs has a colour, and its name: 0 is where two classes part."""
    if spec.class_count > 2:
        return "said.argmax(dim=1)", "class"
    if spec.class_count == 2 and spec.outputs == 2:
        return "said[:, 1] - said[:, 0]", "output of class 1 less that of class 0"
    if spec.class_count == 2 and spec.threshold:
        return f"said[:, 0] - {spec.threshold}", f"output less {spec.threshold}"
    return "said[:, 0]", "output"


def _printed(cell: Any) -> Numbers:
    found = json.loads("".join(output.text for output in cell.outputs if output.output_type == "stream"))
    losses: Array = np.array(found["losses"], dtype=np.float32)
    return Numbers(losses, np.array(found["outputs"], dtype=np.float32))
