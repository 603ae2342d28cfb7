"""Phases of a step: the code beside them is what runs, a planted bug marked in it, and forms are the layers' own."""

import inspect
from typing import Any

import pytest

from engine import Layer, Spec, Trainer
from engine.backends.bugs import BUGS, MultipliedAdam, StaleAdam, UncorrectedAdam
from engine.explaining.phases import Code, Form, PhaseName, code_of, phases_of
from engine.explaining.traced_step import TracedStep
from engine.spec.choices import BugName

DEEP: dict[str, Any] = {"hidden": (Layer(width=4, batch_norm=True, dropout=0.3), 4, Layer(width=4, residual=True))}
WHERE: dict[BugName, PhaseName] = {
    **dict.fromkeys(BUGS, "backward"),
    "adam_uncorrected": "update",
    "adam_multiplied": "update",
    "adam_stale": "update",
    "adamw_gradient": "update",
    "stop_on_batches": "update",
}


def opened(spec: Spec, bug: BugName | None = None, steps: int = 1) -> TracedStep:
    trainer = Trainer(spec, backend="by_hand")
    trainer.inject_bug(bug)
    trainer.advance(steps)
    at = trainer.checkpoint()
    return TracedStep.of(spec, trainer.network, at.state, trainer.train_inputs, trainer.train_targets, bug=bug)


def names(code: list[Code]) -> list[str]:
    return [one.lines.split("(")[0].removeprefix("def ") for one in code]


@pytest.mark.parametrize("bug", BUGS)
def test_the_planted_lines_stand_where_they_run_and_are_marked(bug: BugName) -> None:
    step = opened(Spec(**DEEP, optimizer=(*BUGS[bug].optimizers, "sgd")[0]), bug)
    code = code_of(step)
    marked = [one for one in code[WHERE[bug]] if one.planted]
    assert marked, bug
    rules = {"adam_uncorrected": UncorrectedAdam, "adam_multiplied": MultipliedAdam, "adam_stale": StaleAdam}
    rule = rules.get(bug)
    source = inspect.getsource(rule or BUGS[bug].backend)
    for line in (line for one in marked for line in one.lines.splitlines()):
        assert line.strip() in source
    right = code_of(opened(Spec(**DEEP, optimizer=step.spec.optimizer)))
    assert not any(one.planted for written in right.values() for one in written)
    assert code[WHERE[bug]] != right[WHERE[bug]]


def test_a_planted_function_stands_before_the_right_one_that_it_calls_and_in_place_of_one_it_does_not() -> None:
    assert names(code_of(opened(Spec(**DEEP), "mean_for_sum"))["backward"]) == ["backward", "backward", "backward_norm"]
    code = code_of(opened(Spec(**DEEP), "norm_constant"))["backward"]
    assert [(name, one.planted) for name, one in zip(names(code), code, strict=True)] == [
        ("backward", False),
        ("backward_norm", True),
    ]


def test_only_functions_that_run_are_shown() -> None:
    plain = code_of(opened(Spec(hidden=(4,))))
    assert (names(plain["forward"]), names(plain["backward"])) == (["forward"], ["backward"])
    assert names(plain["update"]) == ["compute_update", "step"]
    deep = code_of(opened(Spec(**DEEP, l1=0.1, clip="norm")))
    assert names(deep["forward"]) == ["forward", "normalise", "dropout"]
    assert names(deep["update"]) == ["penalty_gradient", "clipped", "compute_update", "step"]


def test_forms_are_those_of_the_layers() -> None:
    forms = {(phase.name, phase.layer): phase.form for phase in phases_of(opened(Spec(**DEEP)), 0)}
    assert forms["forward", 0] == Form("batch", dropout=True, residual=False, residual_above=False)
    assert forms["backward", 1] == Form("none", dropout=False, residual=False, residual_above=True)
    assert forms["forward", 2] == Form("none", dropout=False, residual=True, residual_above=False)
    assert forms["loss", None] is None
    alone = opened(Spec(**DEEP, samples=33, train_fraction=0.5, batch_size=5), steps=3)
    assert len(alone.batch) == 1
    form = phases_of(alone, 0)[1].form
    assert form is not None
    assert form.norm == "running"


@pytest.mark.parametrize(
    "spec",
    [
        Spec(optimizer="evolution", pairs=3),
        Spec(dataset="or_gate", hidden=(), optimizer="perceptron", output_activation="step"),
    ],
)
def test_a_rule_that_sends_nothing_back_has_a_phase_of_its_own_instead(spec: Spec) -> None:
    step = opened(spec)
    phases = phases_of(step, 0)
    assert [phase.name for phase in phases if phase.name != "forward"] == ["batch", "loss", "gradient", "update"]
    assert names(code_of(step)["gradient"]) == [spec.optimizer]
    if spec.optimizer == "evolution":
        assert phases[-2].bound["tried"] == [loss for pair in step.batch_pass.pair_losses for loss in pair]
