"""Points of a run as CSV: one row a sample, its inputs as the data set has them, its label, and the set it is in.

Points of a file of one's own are in the numbers and under the names of that file; classes without a name, by number
from 0.
"""

import csv
import io
from collections.abc import Iterator
from itertools import chain, islice, repeat, zip_longest

import numpy as np

from engine.data.digits import DataSources
from engine.data.plane_scale import IDENTITY, Scale
from engine.data.targets import actual_classes
from engine.exports.exported_run import ExportedRun
from engine.exports.proof import Numbers
from engine.fault import Fault
from engine.nn.network import Array
from engine.spec.spec import Spec
from engine.training.trainer import Trainer

MOST_NUMBERS = 300_000
"""Of a file: some 3 MB. All of MNIST would have nine million."""


def points_file(run: ExportedRun, sources: DataSources) -> tuple[bytes, Numbers]:
    """The file, and the outputs of the network for the training points that are read in it again. Raises Fault where
    there are too many."""
    trainer = Trainer(run.spec, "by_hand", sources)
    sets = {"train": (trainer.train_points, trainer.train_labels)}
    if run.is_split:
        sets["test"] = (trainer.test_points, trainer.test_labels)
    numbers = sum(rows.size + labels.size for rows, labels in sets.values())
    if numbers > MOST_NUMBERS:
        raise Fault("export_too_large", {"count": numbers, "limit": MOST_NUMBERS})
    columns = [f"x{i + 1}" for i in range(trainer.train_points.shape[1])]
    labels = (
        [f"label{i + 1}" for i in range(trainer.train_labels[0].size)] if trainer.train_labels.ndim > 1 else ["label"]
    )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_names(run.spec, [*columns, *labels]), "set"])
    for name, (rows, targets) in sets.items():
        writer.writerows(
            [*_in_file(run.spec, row, np.ravel(label)), name] for row, label in zip(rows, targets, strict=True)
        )
    data = text.getvalue().encode()
    read = [row for row in csv.reader(io.StringIO(data.decode())) if row[-1] == "train"]
    trainer.load_parameters({**run.network.views(run.parameters), **run.network.buffer_views(run.buffers)})
    scales = [*islice(_scales(run.spec), len(columns))]
    points = [
        [(float(cell) - scale.zero) / scale.unit for cell, scale in zip(row[: len(columns)], scales, strict=True)]
        for row in read
    ]
    return data, Numbers(None, trainer.predict(points))


def _in_file(spec: Spec, row: Array, label: Array) -> Iterator[str]:
    """The numbers of a sample. Of a file of one's own, those that were in it: zero + unit · what the plane has."""
    classes = spec.own_names[3:] if spec.dataset == "own" else ()
    labels = actual_classes(label, spec) if spec.dataset == "own" else label
    cells = row if classes else [*row, *labels]
    for value, scale in zip(cells, _scales(spec), strict=False):
        # str has the shortest digits of a float32, and 15 of a float64 hide the rounding of the sum
        yield str(value) if scale == IDENTITY else f"{scale.zero + scale.unit * float(str(value)):.15g}"
    if classes:
        yield from (classes[int(number)] if number < len(classes) else str(number) for number in labels)


def _names(spec: Spec, usual: list[str]) -> list[str]:
    """Of the columns: those of the file, where it has them."""
    names = spec.own_names if spec.dataset in ("own", "own_values") else ()
    return [name or column for name, column in zip_longest(names[: len(usual)], usual, fillvalue="")]


def _scales(spec: Spec) -> Iterator[Scale]:
    """Of each column, without end."""
    units = spec.own_units if spec.dataset in ("own", "own_values") else ()
    return chain((Scale(*pair) for pair in units), repeat(IDENTITY))
