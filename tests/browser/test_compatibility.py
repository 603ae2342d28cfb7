"""The page's rules of what goes with what against the engine's Spec, over random experiments of its JSON schema.

The page says before the server does what an experiment comes to and why it cannot be; both must say the same. Cases are
drawn from seeded generators around a few starting points, so that valid and invalid ones of every kind are among them.
"""

import math
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from playwright.sync_api import Browser, Page
from pydantic import ValidationError

from engine import Spec
from engine.fault import Fault, SpecFaultCode
from engine.spec.choices import KINDS, DatasetName, LossName, OptimizerName
from tests.app.running import Running

CASES = 3600
SCHEMA = Spec.model_json_schema()
DEFAULT: dict[str, Any] = Spec().model_dump(mode="json")
Drawn = dict[str, Any]
"""The JSON of a Spec, valid by its schema and perhaps not as a whole."""

WIDTHS = (1, 2, 3, 3, 4, 4, 8, 16, 64, 300, 600, 1024)
STARTS: tuple[Drawn, ...] = (
    {},
    {"optimizer": "perceptron", "hidden": [], "output_activation": "step", "batch_size": 1},
    {"optimizer": "evolution"},
    {"dataset": "mnist", "loss": "cross_entropy", "samples": 60_000, "batch_size": None},
    {"dataset": "digits", "loss": "cross_entropy", "batch_size": None},
    {"dataset": "own", "own_points": [[1, 1, 0], [2, 2, 1], [0, 3, 1]]},
    {"dataset": "own_values", "own_points": [[1, 1, 0.5]]},
    {"dataset": "random"},
    {"dataset": "random", "samples": 70_000, "random_inputs": 1000},
    {"dataset": "mnist", "samples": 60_000, "optimizer": "evolution", "batch_size": None},
    {"dataset": "moons", "classes": 3},
)
WEIGHTY = (
    *("dataset", "samples", "train_fraction", "features", "classes", "own_points", "random_inputs", "random_outputs"),
    *("hidden", "output_activation", "loss", "optimizer", "batch_size", "pairs", "newton_schulz_steps"),
)
"""Fields that go with others; the rest change no fact here and are drawn less often."""
TOO_LARGE = {"spec_norm_batch", "spec_parameters", "spec_too_much_data", "spec_step_too_long"}
ASKED_OUTRIGHT = {
    "samples": "spec_too_many_points",
    "batch_size": "spec_batch_of_one",
    "features": "spec_feature_twice",
}
"""A person's own number is not changed under their hands: it is refused."""

FACTS = """async (specs) => {
  const { conflict } = await import('/static/js/experiment/contradictions.js');
  const { closedReason, layerReason } = await import('/static/js/experiment/compatibility.js');
  const of = await import('/static/js/experiment/spec_properties.js');
  const choices = await (await fetch('/api/choices')).json();
  const closed = (spec) => ['dataset', 'loss', 'optimizer', 'output_activation']
    .map((field) => closedReason(field, spec[field] ?? '', spec, choices)?.key ?? null)
    .filter((key) => key !== null && key !== 'reason.missing');
  const extras = (spec) => spec.hidden.flatMap((layer, i) => ['dropout', 'batch_norm', 'residual']
    .filter((extra) => layer[extra]).map((extra) => layerReason(extra, i, spec, choices)?.key ?? null)).filter(Boolean);
  return specs.map((spec) => ({
    conflict: conflict(spec, choices), closed: [...closed(spec), ...extras(spec)],
    inputs: of.inputCount(spec, choices), outputs: of.outputCount(spec, choices), classes: of.classCount(spec, choices),
    training_samples: of.trainingSamples(spec, choices), last_activation: of.lastActivation(spec, choices),
  }));
}"""

CHANGES = """async (cases) => {
  const { beforePerceptron, withCompanions } = await import('/static/js/experiment/companions.js');
  const { closedReason, layerReason } = await import('/static/js/experiment/compatibility.js');
  const choices = await (await fetch('/api/choices')).json();
  const offered = (spec, field, value) => {
    if (field === 'own_points') return !closedReason('dataset', spec.dataset, { ...spec, own_points: value }, choices);
    if (field === 'hidden') {
      return !value.some((layer, i) => (layer.dropout || layer.batch_norm) && layerReason('dropout', i, spec, choices));
    }
    return [undefined, 'reason.missing'].includes(closedReason(field, value ?? '', spec, choices)?.key);
  };
  return cases.map(({ spec, field, value, before }) => ({
    offered: offered(spec, field, value),
    change: withCompanions(spec, { [field]: value }, choices, before && beforePerceptron(before)).change,
  }));
}"""


# ---- drawing


def draw_number(chance: random.Random, schema: Drawn) -> float:
    """Within its bounds: near either, evenly, or by powers of ten, as wide ranges have most of their meaning low."""
    whole = schema["type"] == "integer"
    low: float = schema["minimum"] if "minimum" in schema else schema.get("exclusiveMinimum", 0.0)
    high: float = min(schema.get("maximum", 100_000), 100_000)
    if "exclusiveMinimum" in schema:
        low += 1e-3
    kind = chance.randrange(4)
    drawn = chance.uniform(low, high)
    if kind == 0 and low >= 0:
        drawn = math.exp(chance.uniform(math.log(low + 1), math.log(high + 1))) - 1
    elif kind == 1:
        drawn = chance.choice([low, high])
    drawn = max(low, min(high, drawn))
    return round(drawn) if whole else drawn


def draw_layer(chance: random.Random) -> Drawn:
    activations = SCHEMA["$defs"]["Layer"]["properties"]["activation"]["anyOf"][0]["enum"]
    return {
        "width": chance.choice(WIDTHS),
        "activation": chance.choice([None, *activations]),
        "dropout": chance.choice([0, 0, 0, 0.3]),
        "batch_norm": chance.random() < 0.25,
        "residual": chance.random() < 0.25,
    }


def draw_points(chance: random.Random) -> list[list[float]]:
    labels = chance.choice([(0, 1), (0, 1, 2), (0,), (3,), (0, 7), (-1, 1), (0.5, 1), (0, 8)])
    count = chance.choice([0, 1, 2, 5, 9, 10, 25, 40])
    return [[chance.uniform(-6, 6), chance.uniform(-6, 6), chance.choice(labels)] for _ in range(count)]


def draw(chance: random.Random, field: str) -> Any:
    schema = SCHEMA["properties"][field]
    if field == "hidden":
        return [draw_layer(chance) for _ in range(chance.choice([0, 1, 1, 2, 2, 3, 8]))]
    if field == "own_points":
        return draw_points(chance)
    if field == "own_names":
        return ["a", "b", "c", "no", "yes"][: chance.randint(0, 5)]
    if field == "own_units":
        return [[1.5, 0.25]] * chance.randint(0, 3)
    if field == "features":
        names = schema["items"]["enum"]
        drawn = chance.sample(names, chance.randint(1, len(names)))
        return drawn + drawn[:1] if chance.random() < 0.1 and len(drawn) < len(names) else drawn
    if "anyOf" in schema:
        if chance.random() < 0.3:
            return None
        schema = next(part for part in schema["anyOf"] if part.get("type") != "null")
    if "enum" in schema:
        return chance.choice(schema["enum"])
    if schema["type"] == "boolean":
        return chance.random() < 0.5
    if field == "batch_size" and chance.random() < 0.4:
        return 1
    if field == "samples" and chance.random() < 0.4:
        return chance.randrange(1, 30)
    return draw_number(chance, schema)


def draw_spec(chance: random.Random) -> Drawn:
    """One of the starting points with a few fields drawn anew."""
    spec = {**DEFAULT, **chance.choice(STARTS)}
    for _ in range(chance.choice([0, 1, 1, 2, 3, 5])):
        field = chance.choice(WEIGHTY if chance.random() < 0.8 else list(DEFAULT))
        spec[field] = draw(chance, field)
        if field == "loss" and chance.random() < 0.5:
            spec["output_activation"] = None
    return spec


def checked(drawn: Drawn) -> Spec | Fault:
    """The Spec, or what contradicts in it."""
    try:
        return Spec.model_validate(drawn)
    except ValidationError as error:
        first = error.errors()[0]
        assert first["type"] == "value_error", f"drawn outside of the schema: {first}"
        fault: Fault = first["ctx"]["error"]
        return fault


def specs(seed: str) -> Iterator[tuple[Drawn, Spec | Fault]]:
    chance = random.Random(seed)
    for _ in range(CASES):
        drawn = draw_spec(chance)
        yield drawn, checked(drawn)


# ---- the page's half


@pytest.fixture(scope="module")
def page(browser: Browser, server: Running) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/healthz")  # of the same origin, with nothing on it
    yield page
    page.close()


def code_of(reason: Drawn | None) -> str | None:
    return None if reason is None else reason["key"].removeprefix("server.")


def test_both_derive_the_same_from_valid_experiments_and_refuse_the_same(page: Page) -> None:
    cases = list(specs("facts"))
    told: list[Drawn] = page.evaluate(FACTS, [drawn for drawn, _ in cases])
    seen: Counter[str] = Counter()
    for (drawn, spec), facts in zip(cases, told, strict=True):
        if isinstance(spec, Fault):
            seen[spec.code] += 1
            assert code_of(facts["conflict"]) == spec.code, drawn
            assert facts["conflict"].get("values", {}) == spec.values, drawn
            continue
        seen.update([spec.dataset, spec.loss, spec.optimizer])
        assert facts == {
            "conflict": None,
            "closed": [],
            "inputs": spec.inputs,
            "outputs": spec.outputs,
            "classes": spec.class_count,
            "training_samples": spec.training_samples,
            "last_activation": spec.last_activation,
        }, drawn
    of_each = {*get_args(SpecFaultCode), *get_args(DatasetName), *get_args(LossName), *get_args(OptimizerName)}
    assert {name: seen[name] for name in of_each if seen[name] < 3} == {}, "too few of these to say anything of them"
    assert set(KINDS) <= of_each


def test_a_change_takes_along_what_keeps_an_experiment_valid(page: Page) -> None:
    chance = random.Random("changes")
    valid = [spec.model_dump(mode="json") for _, spec in specs("starts") if isinstance(spec, Spec)]
    earlier = [spec for spec in valid if spec["optimizer"] != "perceptron"]
    cases = []
    for spec in valid:
        field = chance.choice(WEIGHTY)
        before = chance.choice([None, chance.choice(earlier)])
        cases.append({"spec": spec, "field": field, "value": draw(chance, field), "before": before})
    told: list[Drawn] = page.evaluate(CHANGES, cases)
    results = [{**case["spec"], **answer["change"]} for case, answer in zip(cases, told, strict=True)]
    facts: list[Drawn] = page.evaluate(FACTS, results)
    changed: Counter[str] = Counter()
    for case, answer, result, fact in zip(cases, told, results, facts, strict=True):
        outcome = checked(result)
        fault = outcome.code if isinstance(outcome, Fault) else None
        assert code_of(fact["conflict"]) == fault, (case, answer)
        assert answer["change"][case["field"]] == case["value"] or case["field"] == "hidden", (case, answer)
        if answer["offered"] and fault not in {*TOO_LARGE, ASKED_OUTRIGHT.get(case["field"])}:
            assert fault is None, (case, answer)
        changed[case["field"]] += fault is None
    assert {field: changed[field] for field in WEIGHTY if changed[field] < 10} == {}
