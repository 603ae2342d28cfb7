"""What a run is exported as: offered where it agrees, and else a fault that says why not."""

from dataclasses import replace

import pytest

from engine.data.digits import BUNDLED_ONLY
from engine.exports import formats
from engine.exports.exported_run import ExportedRun
from engine.exports.formats import FORMATS, FormatName
from engine.exports.proof import Proof
from engine.fault import Fault
from engine.spec.spec import Spec
from tests.engine.exports.trained_runs import trained_run

RUN = trained_run(Spec(hidden=(3,), samples=40))


def proved(name: FormatName, run: ExportedRun) -> Proof:
    made = formats.make(name, run)
    return formats.compare(run, formats.open_again(name, made, run, BUNDLED_ONLY), BUNDLED_ONLY)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_proved(name: FormatName) -> None:
    assert proved(name, RUN).difference < 1e-5
    assert FORMATS[name].filename(20).startswith("playground-step-20")


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
    changed(monkeypatch, make=lambda _: right(other))
    assert refusal().code == "export_differs"
    changed(monkeypatch, make=lambda _: b"1 / 0")
    assert (refusal().code, refusal().values["reason"]) == ("export_failed", "ZeroDivisionError: division by zero")
    changed(monkeypatch, libraries=("no_such_library",))
    assert (refusal().code, refusal().values["library"]) == ("export_needs", "no_such_library")
