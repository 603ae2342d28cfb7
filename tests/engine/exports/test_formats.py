"""What a run is exported as: offered where it agrees, and else a fault that says why not."""

import csv
import io
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from engine.data.digits import BUNDLED_ONLY
from engine.exports import formats, notebook
from engine.exports.exported_run import ExportedRun
from engine.exports.formats import FORMATS, FormatName
from engine.exports.points_file import points_file
from engine.exports.programs.numpy_script import numpy_program
from engine.exports.programs.torch_script import torch_program
from engine.exports.proof import Proof
from engine.exports.report import PLOTLY, _plane, report
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


@pytest.mark.parametrize(
    ("dataset", "labels", "unit", "written"),
    [
        ("own", (0, 1, 1), 1, ["0", "1", "1"]),
        ("own", (0, 2, 1), 1, ["0", "2", "1"]),
        ("own_values", (-0.5, 0.1, 0.7), 1000, ["-500", "100", "700"]),
    ],
)
def test_points_of_a_file_are_written_as_the_file_has_them(
    dataset: str, labels: tuple[float, ...], unit: float, written: list[str]
) -> None:
    places = ((-5, 5), (5, -5), (0.1, 1.3))
    points = tuple((*place, label) for place, label in zip(places, labels, strict=True))
    units = ((37.5, 3.5), (50000, 4000), (0, unit))
    run = trained_run(Spec.model_validate({"dataset": dataset, "own_points": points, "own_units": units}))
    rows = list(csv.DictReader(io.StringIO(points_file(run, BUNDLED_ONLY)[0].decode())))
    found = {(row["x1"], row["x2"], row["label"]) for row in rows}
    assert found == set(zip(("20", "55", "37.85"), ("70000", "30000", "55200"), written, strict=True))
    assert proved("data", run).difference < 1e-5


@pytest.mark.parametrize(
    ("dataset", "names", "head", "labels"),
    [
        ("own", ("Age", "", 'Buys "it"', "no", "yes, soon", "train"), ["Age", "x2", 'Buys "it"'], ["no", "yes, soon"]),
        ("own", ("set", "set", "set"), ["set", "set", "set"], ["0", "1"]),
        ("own_values", ("Age", "Salary", "Price"), ["Age", "Salary", "Price"], ["0.0", "1.0"]),
    ],
)
def test_points_of_a_file_are_written_under_its_names(
    dataset: str, names: tuple[str, ...], head: list[str], labels: list[str]
) -> None:
    points = ((1, 2, 0), (-1, 0.5, 1), (2, 2, 1))
    run = trained_run(Spec.model_validate({"dataset": dataset, "own_points": points, "own_names": names}))
    first, *rows = csv.reader(io.StringIO(points_file(run, BUNDLED_ONLY)[0].decode()))
    assert first == [*head, "set"]
    assert sorted({row[2] for row in rows}) == labels
    assert proved("data", run).difference < 1e-5


@pytest.mark.parametrize(
    ("settings", "low", "high"),
    [
        ({"dataset": "circle"}, -1, 1),
        ({"dataset": "circle", "loss": "cross_entropy"}, -1, 1),
        ({"dataset": "circle", "output_activation": "sigmoid"}, -1, 1),
        ({"dataset": "blobs", "classes": 4, "loss": "cross_entropy"}, 0, 3),
        ({"dataset": "plane"}, None, None),
        ({"dataset": "arithmetic"}, None, None),
    ],
)
def test_the_plane_and_its_points_have_one_range_of_colours(
    settings: dict[str, object], low: float | None, high: float | None
) -> None:
    trainer = Trainer(Spec.model_validate(settings), "by_hand")
    trainer.advance(30)
    heat, dots = _plane(trainer.spec, trainer)["data"]
    ends = heat["zmin"], heat["zmax"]
    assert ends == (dots["marker"]["cmin"], dots["marker"]["cmax"])
    if low is None:
        seen = np.concatenate([np.ravel(heat["z"]), dots["marker"]["color"]])
        assert ends == pytest.approx((-np.abs(seen).max(), np.abs(seen).max()), rel=1e-4)
    else:
        assert ends == (low, high)
    if trainer.spec.class_count == 2:
        outputs = trainer.predict([[heat["x"][7], heat["y"][3]]])[0]
        side = outputs[1] - outputs[0] if len(outputs) == 2 else outputs[0] - trainer.spec.threshold
        assert heat["z"][3][7] == pytest.approx(side, rel=1e-2, abs=1e-3)


def test_a_notebook_colours_what_parts_the_classes() -> None:
    def colours(**settings: object) -> str:
        return str(notebook._cells(trained_run(Spec.model_validate({"samples": 40, **settings}), 1))[-1].source)

    assert "said[:, 1] - said[:, 0]" in colours(loss="cross_entropy")
    assert "said[:, 0] - 0.5" in colours(output_activation="sigmoid")
    assert "least, most = 0, 2" in colours(dataset="blobs", classes=3, loss="cross_entropy")
    assert "least = -most" in colours()
    assert all("vmin=least, vmax=most" in text for text in (colours(), colours(dataset="plane")))


def changed(monkeypatch: pytest.MonkeyPatch, **fields: object) -> None:
    monkeypatch.setitem(FORMATS, "numpy", replace(FORMATS["numpy"], **fields))  # type: ignore[arg-type]


def refusal(run: ExportedRun = RUN) -> Fault:
    with pytest.raises(Fault) as refused:
        proved("numpy", run)
    return refused.value


def test_what_is_not_right_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(replace(RUN, bug="forgotten_slope")).code == "export_of_bug"
    for without_loop in ("data", "safetensors", "report"):
        assert proved(without_loop, replace(RUN, bug="forgotten_slope")).difference < 1e-5
    other = trained_run(RUN.spec.changed(learning_rate=0.06))
    right = FORMATS["numpy"].make
    changed(monkeypatch, make=lambda _, sources: right(other, sources))
    assert refusal().code == "export_differs"
    changed(monkeypatch, make=lambda *_: 1 / 0)
    assert (refusal().code, refusal().values["reason"]) == ("export_failed", "ZeroDivisionError: division by zero")
    changed(monkeypatch, libraries=("no_such_library",))
    assert (refusal().code, refusal().values["library"]) == ("export_needs", "no_such_library")


def test_a_program_of_a_run_that_was_changed_says_whose_its_losses_are() -> None:
    changed = replace(RUN, changed=True)
    for make in (numpy_program, torch_program):
        assert "was changed" not in make(RUN).text
        assert "Only the weights that are put in then are the page's." in make(changed).text.replace("\n", " ")
    assert "Only the weights" in notebook._cells(changed)[0].source
    assert "was changed" not in notebook._cells(RUN)[0].source
    assert proved("numpy", changed).difference < 1e-5


def test_a_notebook_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    there: list[str] = []

    def execute(_: object, env: dict[str, str]) -> None:
        there.extend(path for path in (env["IPYTHONDIR"], env["MPLCONFIGDIR"]) if Path(path).is_dir())
        raise RuntimeError("no kernel")

    monkeypatch.setattr("nbclient.NotebookClient.execute", execute)
    with pytest.raises(RuntimeError, match="no kernel"):
        notebook.notebook(RUN, BUNDLED_ONLY)
    assert len(there) == 2
    assert list(tmp_path.iterdir()) == []
