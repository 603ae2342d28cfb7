"""Both languages say everything, and nothing they say is unused."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from playwright.sync_api import expect

from app.training_worker.checkup import FailureReason
from app.training_worker.page_data.measurements import QUANTITIES
from app.wire.messages import CLOSE_CODES, CODES
from engine.backends.bugs import GRADIENT_FREE
from engine.checking.against_backend import COUNTERS
from engine.checking.comparison import Reason, Reference
from engine.data.columns import ColumnKind
from engine.diagnosis.diagnosis import FindingCode
from engine.diagnosis.failures import FAILURES
from engine.explaining.phases import PhaseName
from engine.graph.names import ReadingKind
from engine.graph.network_graph import NoteName
from engine.graph.operations import OPERATIONS
from engine.spec.choices import FEATURES, BackendName, BugName, LossName
from engine.spec.presets import PRESETS
from engine.spec.spec import Spec
from engine.studies.landscape import SamplesName
from engine.studies.luck import Varied
from engine.studies.measures import MEASURES
from engine.studies.stability import Note, Verdict
from engine.training.epoch_log import EpochRow
from engine.training.stopping import StopReason
from tests.browser.conftest import Opened

ROOT = Path(__file__).resolve().parent.parent.parent
I18N = ROOT / "static" / "i18n"
TEXTS: dict[str, dict[str, str]] = {
    path.stem: {
        key: text
        for part in sorted(I18N.rglob(path.name))
        for key, text in json.loads(part.read_text(encoding="utf-8")).items()
    }
    for path in I18N.glob("*.json")
}
SCRIPTS = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "static" / "js").rglob("*.js"))
PAGES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").glob("*.html"))

TERMS = re.findall(r"^  (\w+): \{", (ROOT / "static/js/panels/glossary/terms.js").read_text("utf-8"), re.MULTILINE)

SCHEMA = Spec.model_json_schema()["properties"]
OPTIONS = {name: field["enum"] for name, field in SCHEMA.items() if "enum" in field}
"""Field → its choices; the output's activation has the words of the others."""
HELPED = ("optimizer", "activation", "loss", "initializer", "schedule", "clip", "reduction")
"""Choices each of which has a line of help."""
MODULES = ("inputs", "targets", "linear", "batch_norm", "residual")
"""Boxes of a graph that are no operation."""
EXPLAINING = "\n".join(
    (ROOT / "engine" / "explaining" / f"{name}.py").read_text(encoding="utf-8") for name in ("explain", "explain_rule")
)
EXPLAINED = {
    *re.findall(r"""(?:sum_line|product_line|value_line|_moving_average_line)\(\s*f?"([a-z_]+)[.\"]""", EXPLAINING),
    *("batch_loss", "gradient.weight", "gradient.bias", "rounded"),
}
"""Names of lines, those of a choice without it."""
EXPLAINED_WORDS = ("share", "mean", "part", "of", "point", "rows", "columns", "pairs", "above", "in")
"""Words in the symbols of lines."""
DIAGNOSED = {"rate_too_high": (".jumps", ".diverged", ".why")}
COMPARED = ("batch_norm", "residual", "dropout", "l2", "bug")
"""Of which there is one run with and one without."""

KEPT_RESULTS = (
    *("step", "epoch", "train_loss", "test_loss", "train_accuracy", "test_accuracy"),
    *("parameters", "bug", "engine", "steps_per_second"),
)
"""Columns of kept experiments that are no fields of a Spec."""

MADE = {
    *(f"field.{name}" for name in SCHEMA),
    *(f"field.{name}.help" for name in SCHEMA if name not in ("own_points", "own_units", "own_names")),
    *(f"{name}.{option}" for name, options in OPTIONS.items() for option in options),
    *(f"{name}.{option}.help" for name in HELPED for option in OPTIONS[name]),
    *(f"feature.{name}" for name in FEATURES),
    *(f"field.{name}.absent" for name in ("samples", "batch_size", "weight_decay")),
    *(f"settings.section.{name}" for name in re.findall(r"^  \['(\w+)', \[", SCRIPTS, re.MULTILINE)),
    *(f"layer.{extra}{part}" for extra in ("dropout", "batch_norm", "residual") for part in ("", ".help")),
    *(f"regularization.{kind}" for kind in ("none", "l1", "l2", "both")),
    *(f"save.picture.{name}" for name in ("network", "map", "charts")),
    *(
        f"status.{status}"
        for status in (
            "connecting",
            "lost",
            "refused",
            "diverged",
            "training",
            "restarted",
            "ready",
            "paused",
        )
    ),
    *(f"status.{status}.title" for status in ("diverged", "ready", "stopped")),
    *(f"status.stopped.{reason}" for reason in get_args(StopReason)),
    *(f"network.{kind}_links" for kind in ("weight", "gradient", "update")),
    *(f"graph.gate.{op}" for op in (*OPERATIONS, *get_args(LossName), *MODULES)),
    *(f"graph.gate.{kind}" for kind in ("linear_plain", "variable", "constant")),
    *(f"graph.reading.{kind}" for kind in (*get_args(ReadingKind), "undefined")),
    *(f"graph.note.{name}" for name in (*get_args(NoteName), "perceptron", "evolution")),
    *(f"graph.preset.{name}" for name in re.findall(r'preset\("(\w+)"', PAGES)),
    *(f"graph.at_{step}" for step in ("forward", "backward")),
    *(f"explain.{name}" for name in EXPLAINED),
    *(f"phase.{name}" for name in get_args(PhaseName)),
    *(f"inspector.group.{group}" for group in ("forward", "backward", "limits", "memory", "update")),
    *(f"inspector.word.{word}" for word in EXPLAINED_WORDS),
    *(f"chart.{name}" for name in ("linear", "log", "loss", "accuracy")),
    *(f"studies.{name}" for name in ("sweep", "luck", "rate", "landscape", "curvature")),
    *(f"luck.open.{name}" for name in ("best", "median", "worst")),
    *(f"luck.vary.{name}" for name in get_args(Varied)),
    *(f"luck.only.{name}" for name in get_args(Varied) if name != "all"),
    *(f"landscape.directions.{name}" for name in ("random", "path", "weights")),
    *(f"landscape.samples.{name}" for name in get_args(SamplesName)),
    *(f"landscape.axis.{name}" for name in ("random", "path")),
    *(f"landscape.{name}" for name in ("directions", "samples", "weight", "bias")),
    *(f"curvature.verdict.{name}" for name in get_args(Verdict)),
    *(f"curvature.note.{name}" for name in get_args(Note)),
    "field.landscape",
    *(f"sweep.knob.{name}" for name in ("width", "depth", "init_std")),
    *(f"sweep.measure.{name}" for name in ("gap", *MEASURES)),
    *(f"sweep.{name}" for name in ("x", "y", "cells", "measure", "epochs", "seeds", "target")),
    *(f"sweep.{name}" for name in ("working", "stopped", "time.working", "time.other")),
    "log",
    *(f"log.{field.name}" for field in fields(EpochRow) if field.name != "step"),
    *(f"log.{name}" for name in ("loss", "accuracy", "copy", "copy.title", "csv", "csv.title")),
    *(f"quantity.{name}{part}" for name in ("norm", *QUANTITIES) for part in ("", ".help")),
    *(f"quantity.{name}.none" for name in ("saturated", "dead_share")),
    *(f"stopped.{reason}" for reason in ("not", *get_args(StopReason))),
    *(f"scores.{name}.help" for name in ("accuracy", "precision", "recall", "f1", "r2", "mae", "rmse")),
    *(f"scores.{part}_confusion" for part in ("train", "test")),
    *(f"server.{code}" for kind in ("error", "notice", "http", "upload") for code in CODES[kind]),
    *(f"preset.{preset.name}{part}" for preset in PRESETS for part in ("", ".see")),
    *(f"{kind}.{one.finding}{part}" for one in FAILURES for kind, part in (("break", ""), ("break", ".see"))),
    *(f"diagnosis.{code}{part}" for code in get_args(FindingCode) for part in DIAGNOSED.get(code, ("", ".why"))),
    *(f"list.fault.{fault}" for fault in ("none", "version", "entry", "many")),
    *(f"list.refused.{fault}" for fault in ("entry", "many")),
    *(f"bug.{bug}{part}" for bug in get_args(BugName) for part in ("", ".help")),
    *(f"engine.{name}{part}" for name in get_args(BackendName) for part in ("", ".help")),
    *(f"checked.witness.{witness}" for witness in get_args(Reference)),
    *(f"checked.{part}{state}" for part in ("", "verdict_") for state in ("green", "silent", "red", "none")),
    *(f"checked.says_{state}" for state in ("green", "silent", "red", "red_counter", "rule")),
    *(f"checked.failed.{reason}" for reason in get_args(FailureReason)),
    *(f"checked.silent.{reason}" for reason in get_args(Reason)),
    *(f"checked.counter.{name}" for name in (*COUNTERS, "loss_sum", "epoch_loss")),
    *(f"checked.no_differences.{rule}" for rule in GRADIENT_FREE),
    *(f"gallery.group.{preset.group}" for preset in PRESETS),
    *(f"draw.{where}{lack}" for where in ("", "refused.", "left.") for lack in ("none", "one_class")),
    *(
        f"comparison.{column}{part}"
        for column in ("run", "step", "train_loss", "test_accuracy", "samples", "noise", "difference", "at", "compared")
        for part in ("", ".help")
    ),
    *(f"comparison.what.{name}" for name in ("optimizers", "reward", "engine", *COMPARED)),
    *(
        f"comparison.{part}.{name}"
        for name in COMPARED
        for part in ("with", "without")
        if (part, name) != ("with", "bug")
    ),
    "comparison.without.kept",
    *(f"kept.column.{name}" for name in KEPT_RESULTS),
    *(f"kept.{deed}{part}" for deed in ("open", "copy", "file", "remove") for part in ("", ".title")),
    *(f"kept.{field}" for field in ("name", "note", "keep.title")),
    *(f"term.{name}{part}" for name in TERMS for part in ("", ".help")),
    *(f"close.{number}" for number in CLOSE_CODES.values()),
    *(f"upload.kind.{kind}" for kind in get_args(ColumnKind)),
}
"""Keys that are put together while the page runs."""


def used() -> set[str]:
    literal = set(re.findall(r"""['"`]([a-z_]+(?:\.[a-z0-9_]+)+)['"`]""", SCRIPTS))
    called = set(re.findall(r"\bt\('([\w.]+)'", SCRIPTS))
    templates = set(re.findall(r'data-t(?:-title|-label|-placeholder)?="([\w.]+)"', PAGES + SCRIPTS))
    helped = {f"help.key.{name}" for name in re.findall(r'key\("[^"]+", "(\w+)"\)', PAGES)}
    meant = {f"help.colour.{name}" for name in re.findall(r'meaning\("\w+", "(\w+)"\)', PAGES)}
    fields = {f"field.{name}" for name in re.findall(r'(?:slider|knob)\("(\w+)"', PAGES)}
    known = set().union(*TEXTS.values())
    return (literal & known) | called | templates | helped | meant | fields | MADE


def test_there_are_both_languages_and_they_have_the_same_keys() -> None:
    assert set(TEXTS) == {"en", "zh"}
    assert set(TEXTS["en"]) == set(TEXTS["zh"])


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_every_key_in_use_has_words(language: str) -> None:
    assert used() - set(TEXTS[language]) == set()


def test_no_words_are_unused() -> None:
    assert set(TEXTS["en"]) - used() == set()


def test_both_languages_fill_in_the_same_values() -> None:
    values = {
        language: {key: set(re.findall(r"\{(\w+)(?::[^{}]*)?\}", text)) for key, text in texts.items()}
        for language, texts in TEXTS.items()
    }
    assert values["en"] == values["zh"]
    assert [key for texts in TEXTS.values() for key, text in texts.items() if not text.strip()] == []


BRITISH = re.compile(r"colour|neighbour|centre|normalis|memoris|standardis|recognis|\bgrey\b|learnt|favour")


def test_english_has_one_spelling() -> None:
    assert {key: found.group() for key, text in TEXTS["en"].items() if (found := BRITISH.search(text))} == {}


PLAIN = {
    "checked.green": "Gradients verified ({difference})",
    "status.ready": "Ready",
    "scores.title": "Metrics",
    "scores.train_confusion": "Confusion matrix (training)",
    "scores.axes": "actual ↓ predicted →",
    "scores.roc": "true positive rate over false positive rate",
    "field.samples.absent": "default",
    "settings.by_itself": "automatic: {name}",
    "network.as_all": "network default: {name}",
    "scores.samples": "samples processed",
    "comparison.title": "Compare runs (same initial weights)",
    "comparison.what.reward": "Evolution strategies or gradient",
    "break.title": "Eight training failures and their fixes",
    "break.rate_too_high": "Learning rate too high",
    "preset.quadrants.see": "Not linearly separable; four hidden neurons make it so",
    "preset.hills.see": "Three peaks, three valleys",
    "preset.circle.see": "one neuron's output over the plane",
    "inspector.step_taken": "Step {step} (last completed)",
    "inspector.step_next": "Step {step} (next step)",
    "explain.activation": "Activation: {name} of z",
    "explain.sent_back": "Upstream gradient: Σ δ · weight of the next layer",
    "explain.gradient": "Sum over the batch of δ · input",
    "graph.outgoing": "Passed to inputs: upstream × local derivative",
    "graph.preset.custom": "Custom multiply",
    "help.colour.line": "decision boundary",
    "diagnosis.vanishing": "gradient {times}× smaller",
    "address.invalid": "current settings kept",
    "draw.refused.none": "previous data",
    "schedule.step": "step decay",
}
"""What is said where a riddle once stood."""
RIDDLES = re.compile(
    "|".join((
        "how well it does", "the network says", "false alarms", "^by itself:", "as all:", "samples spent",
        r"same start\b", "reward or gradient", "go wrong", "no straight line parts", "six cones", "straight cut",
        "last one taken", "the one to come", "what enters it", "what the layer above sends", "hands on",
        "multiply of one", "boundary turns", "decision turns", "learns .*slower", "data of before", "steps down",
        "set-up",
    )),
    re.IGNORECASE,
)  # fmt: skip


def test_english_says_it_in_the_plain_terms_of_the_field() -> None:
    assert {key: text for key, text in PLAIN.items() if text not in TEXTS["en"][key]} == {}
    assert {key: found.group() for key, text in TEXTS["en"].items() if (found := RIDDLES.search(text))} == {}


UNGROUPED = re.compile(r"(?<![\d.,\-–/·×])[1-9]\d{3,}(?!\d|\.\d|-|,\d)")
"""A number of four digits or more without its comma; a decimal or the shape of a network has none."""
NAMES = re.compile(r"[(（](?:\w[\w-]* )+\d{4}[)）]|GB18030|cp1252|0\.\d+")
"""Of encodings, and of papers with their years."""


def test_numbers_within_sentences_are_grouped() -> None:
    for language, texts in TEXTS.items():
        found = {key: UNGROUPED.findall(NAMES.sub("", text)) for key, text in texts.items()}
        assert {key: numbers for key, numbers in found.items() if numbers} == {}, language
    assert UNGROUPED.findall("within 1000 steps, 1,000 of 1000-100-10, 25000.") == ["1000", "25000"]


REPLACED = re.compile(
    "变换器|自备点|选路|dropout|批量大小|自动微分|丢弃率|训练场|加载|失活(?<!随机失活)|黑森|海森|hessian|"
    "微商|学习率计划|[\u4e00-\u9fff] +[\u4e00-\u9fff]",
    re.IGNORECASE,
)
"""For these Chinese has one other name here: Transformer, 自己的点, 随机失活, 批大小, 自动求导, 游乐场, 载入, 死亡的
ReLU, 黑塞矩阵, 导数, 学习率调度; and no space between its characters."""


def test_chinese_has_one_name_for_each_thing() -> None:
    assert {key: found.group() for key, text in TEXTS["zh"].items() if (found := REPLACED.search(text))} == {}
    names = {"layer.dropout": "随机失活", "field.batch_size": "批大小", "checked.by_autograd": "自动求导"}
    names |= {
        "field.loss": "损失函数",
        "field.schedule": "学习率调度",
        "graph.slopes": "导数",
        "title": "反向传播游乐场",
    }
    assert {key: name for key, name in names.items() if name not in TEXTS["zh"][key]} == {}
    pairs = {key for key, text in TEXTS["zh"].items() if "对数" in text.replace("配对数", "")}
    assert {key for key in pairs if not re.search("log", TEXTS["en"][key], re.IGNORECASE)} == set()


COUNTED = re.compile(r"\{\w+\} (?:hidden |training )?(" + "|".join((
    "steps", "epochs", "points", "samples", "classes", "neurons", "weights", "inputs", "parameters", "entries",
    "rows", "columns", "cells", "values", "bytes", "seconds",
)) + r")\b")  # fmt: skip
"""A counted noun that is plural whatever the number."""


def test_every_counted_noun_has_a_form_for_each_plural_category_of_its_language() -> None:
    forms = {"en": 2, "zh": 1}
    for language, texts in TEXTS.items():
        for key, text in texts.items():
            for given in re.findall(r"\{\w+:([^{}]*)\}", text):
                assert given.count("|") + 1 == forms[language], key
    assert {key: found.group() for key, text in TEXTS["en"].items() if (found := COUNTED.search(text))} == {}


def test_every_readout_metric_and_knob_names_a_term_of_the_glossary() -> None:
    readouts = re.findall(r'<div class="reading[^"]*"><dt([^>]*)>', PAGES)
    named = {re.findall(r'data-term="(\w+)"', tag)[0] for tag in readouts}
    knobs = set(re.findall(r'(?:slider|knob)\("(\w+)"', PAGES)) | {"regularization"}
    metrics = set(re.findall(r"^  \['[\w-]+', 'metric\.\w+', '\w+', '(\w+)'", SCRIPTS, re.MULTILINE))
    assert len(readouts) == 5
    assert metrics == {"accuracy", "f1", "r2", "rmse"}
    assert PAGES.count('data-term="{{ field }}"') == 2, "of each knob and each slider"
    assert named | knobs | metrics <= set(TERMS)


def test_the_choice_of_data_survives_a_change_of_language(opened: Opened) -> None:
    opened["language"].click()
    opened["projector"].click()
    expect(opened["dataset"]).to_have_value("circle")
    expect(opened["dataset"].locator("option:checked")).to_have_text("圆")
