"""What a run is exported as: offered where it agrees, and else a fault that says why not."""

from dataclasses import replace
from typing import get_args

import pytest

from engine.data.digits import BUNDLED_ONLY
from engine.exports import formats, notebook
from engine.exports.exported_run import ExportedRun
from engine.exports.formats import FORMATS, FormatName
from engine.exports.proof import Proof
from engine.fault import Fault
from engine.spec.choices import ActivationName
from engine.spec.spec import Layer, Spec
from tests.engine.exports.trained_runs import trained_run
from tests.table import sampled

RUN = trained_run(Spec(hidden=(3,), samples=40))


def proved(name: FormatName, run: ExportedRun) -> Proof:
    return formats.compare(run, formats.make(name, run, BUNDLED_ONLY)[1], BUNDLED_ONLY)


@pytest.mark.parametrize("name", sampled(FORMATS, ["numpy", "onnx", "safetensors"]))
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
