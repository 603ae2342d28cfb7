"""Points of a run as CSV: one row a sample, its inputs as the data set has them, its label, and the set it is in."""

import csv
import io

import numpy as np

from engine.data.digits import DataSources
from engine.exports.exported_run import ExportedRun
from engine.exports.proof import Numbers
from engine.fault import Fault
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
    writer.writerow([*columns, *labels, "set"])
    for name, (rows, targets) in sets.items():
        writer.writerows(
            [*map(str, row), *map(str, np.ravel(label)), name] for row, label in zip(rows, targets, strict=True)
        )
    data = text.getvalue().encode()
    read = [row for row in csv.DictReader(io.StringIO(data.decode())) if row["set"] == "train"]
    trainer.load_parameters({**run.network.views(run.parameters), **run.network.buffer_views(run.buffers)})
    return data, Numbers(None, trainer.predict([[float(row[column]) for column in columns] for row in read]))
