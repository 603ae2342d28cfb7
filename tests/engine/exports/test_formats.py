"""What a run is exported as: offered where it agrees, and else a fault that says why not."""

import csv
import io
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from engine.data.digits import BUNDLED_ONLY
from engine.exports import formats, notebook
from engine.exports.exported_run import ExportedRun
from engine.exports.formats import FORMATS, FormatName
from engine.exports.points_file import points_file
from engine.exports.proof import Proof
from engine.exports.report import PLOTLY, report
from engine.fault import Fault
from engine.spec.choices import ActivationName
from engine.spec.spec import Layer, Spec
from engine.training.snapshot import CurveEntry
from engine.training.trainer import Trainer
from tests.engine.exports.trained_runs import trained_run
from tests.table import sampled

RUN = trained_run(Spec(hidden=(3,), samples=40))


def proved(name: FormatName, run: ExportedRun) -> Proof:
    return formats.compare(run, formats.make(name, run, BUNDLED_ONLY)[1], BUNDLED_ONLY)


@pytest.mark.parametrize("name", sampled(FORMATS, ["numpy", "onnx", "safetensors", "report", "data"]))
def test_every_format_is_proved(name: FormatName) -> None:
    assert proved(name, RUN).difference < 1e-5
    assert FORMATS[name].filename(20).startswith("playground-step-20")


ONNX = {
    "norm and residual": (Layer(width=4, batch_norm=True), Layer(width=4, residual=True)),
    **{name: (Layer(width=4, activation=name),) for name in get_args(ActivationName)},
}


@pytest.mark.parametrize("hidden", ONNX.values(), ids=list(ONNX))
def test_onnx_has_every_activation_norms_and_residual_links(hidden: tuple[Layer, ...]) -> None:
    spec = Spec(dataset="blobs", classes=3, loss="cross_entropy", hidden=hidden, samples=40, biases=len(hidden) > 1)
    proof = proved("onnx", trained_run(spec))
    assert (proof.losses, proof.outputs) == (0, 20 * 3)
    assert proof.difference < 1e-5


def test_a_notebook_has_a_sentence_before_each_of_its_cells() -> None:
    cells = notebook._cells(RUN)
    assert {cell.cell_type for cell in cells[::2][:1] + cells[1::2]} == {"markdown"}
    assert "plt.imshow" in cells[-1].source
    plane_only = notebook._cells(trained_run(Spec(dataset="random", samples=5), 1))
    assert "plt.plot" in plane_only[-1].source


def entry(train_loss: float, test_loss: float) -> CurveEntry:
    return CurveEntry(RUN.step, train_loss, test_loss, (0.1, 0.2))


def test_a_report_has_the_numbers_of_the_page_and_refuses_others() -> None:
    trainer = Trainer(RUN.spec, "by_hand")
    trainer.advance(RUN.step)
    found = trainer.evaluate()
    html = report(replace(RUN, curve=(entry(found["train_loss"], found["test_loss"]),)), BUNDLED_ONLY)[0].decode()
    assert f"<td>{found['test_loss']:.5g}</td>" in html
    assert f"<td>{found['test_accuracy']:.5g}</td>" in html
    assert html.count(PLOTLY.decode()) == 1
    assert html.count('class="chart"') == 3, "losses, gradients, the plane"
    assert "http" not in html, "nothing of another host"
    with pytest.raises(Fault, match="export_differs"):
        report(replace(RUN, curve=(entry(found["train_loss"] * 1.01, found["test_loss"]),)), BUNDLED_ONLY)


def test_data_are_written_sample_by_sample_with_their_set() -> None:
    rows = list(csv.DictReader(io.StringIO(points_file(RUN, BUNDLED_ONLY)[0].decode())))
    assert [row["set"] for row in rows].count("train") == 20
    assert len(rows) == 40
    trainer = Trainer(RUN.spec, "by_hand")
    read = [[float(row["x1"]), float(row["x2"]), float(row["label"])] for row in rows if row["set"] == "test"]
    np.testing.assert_array_equal(
        np.array(read, dtype=np.float32),
        np.concatenate([trainer.test_points, trainer.test_labels[:, np.newaxis]], axis=1),
    )
    with pytest.raises(Fault, match="export_too_large"):
        points_file(trained_run(Spec(dataset="random", samples=400, random_inputs=1000), 0), BUNDLED_ONLY)


def changed(monkeypatch: pytest.MonkeyPatch, **fields: object) -> None:
    monkeypatch.setitem(FORMATS, "numpy", replace(FORMATS["numpy"], **fields))  # type: ignore[arg-type]


def refusal(run: ExportedRun = RUN) -> Fault:
    with pytest.raises(Fault) as refused:
        proved("numpy", run)
    return refused.value


def test_what_is_not_right_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(replace(RUN, bug="forgotten_slope")).code == "export_of_bug"
    other = trained_run(RUN.spec.changed(learning_rate=0.06))
    right = FORMATS["numpy"].make
    changed(monkeypatch, make=lambda _, sources: right(other, sources))
    assert refusal().code == "export_differs"
    changed(monkeypatch, make=lambda *_: 1 / 0)
    assert (refusal().code, refusal().values["reason"]) == ("export_failed", "ZeroDivisionError: division by zero")
    changed(monkeypatch, libraries=("no_such_library",))
    assert (refusal().code, refusal().values["library"]) == ("export_needs", "no_such_library")
