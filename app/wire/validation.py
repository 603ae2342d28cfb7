"""A pydantic ValidationError as one sentence with a stable code: which field, what was given, what is allowed.

Bounds and choices come from the model's own schema, so a sentence cannot disagree with the type it explains.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError

from app.wire.messages import Refusal
from engine.fault import Fault

SHOWN = 40
"""Characters of a given value that are repeated in an answer."""

EXPECTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "int_parsing": "a whole number",
    "string_type": "text",
    "string_unicode": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "dict_type": "an object",
    "model_type": "a width or an object",
}
"""pydantic's type of error → what was wanted."""

Place = Sequence[int | str]


def explain(error: ValidationError, model: type[BaseModel]) -> Refusal:
    """The first thing that is wrong with a value for `model`."""
    first = error.errors(include_url=False)[0]
    kind, place, given = first["type"], first["loc"], shown(first["input"])
    field = _path(place)
    if kind == "string_unicode" and "properties" in _schema_at(model, place):  # the name of a field, not its text
        return Refusal("unknown_field", {"field": given, "choices": _fields(model, place)})
    if kind in EXPECTED:
        return Refusal("wrong_type", {"field": field, "expected": EXPECTED[kind], "given": given})
    if kind == "extra_forbidden":
        return Refusal("unknown_field", {"field": field, "choices": _fields(model, place[:-1])})
    if kind == "missing":
        return Refusal("missing_field", {"field": field})
    if kind == "literal_error":
        return Refusal("not_a_choice", {"field": field, "given": given, "choices": _schema_at(model, place)["enum"]})
    if kind in ("too_short", "too_long"):
        schema = _schema_at(model, place)
        count = len(first["input"])
        if kind == "too_short":
            return Refusal("too_few_entries", {"field": field, "count": count, "limit": schema["minItems"]})
        return Refusal("too_many_entries", {"field": field, "count": count, "limit": schema["maxItems"]})
    if kind == "string_too_short":
        return Refusal("text_too_short", {"field": field, "limit": first["ctx"]["min_length"]})
    if kind == "string_too_long":
        return Refusal("text_too_long", {"field": field, "given": given, "limit": first["ctx"]["max_length"]})
    if kind == "value_error":
        fault = first["ctx"]["error"]
        assert isinstance(fault, Fault)
        return Refusal(fault.code, fault.values)
    schema = _schema_at(model, place)
    if "maximum" not in schema:
        return Refusal("below_least", {"field": field, "given": given, "lowest": schema["minimum"]})
    highest = schema["maximum"]
    if "exclusiveMinimum" in schema:
        lowest = schema["exclusiveMinimum"]
        return Refusal("not_in_open_range", {"field": field, "given": given, "lowest": lowest, "highest": highest})
    return Refusal("out_of_range", {"field": field, "given": given, "lowest": schema["minimum"], "highest": highest})


def explain_parameter(error: dict[str, Any]) -> Refusal:
    """What is wrong with a parameter of an address, which has no schema of a model but bounds of its own."""
    field, given, kind = _path(error["loc"][1:]), shown(error["input"]), error["type"]
    if kind == "greater_than_equal":
        return Refusal("below_least", {"field": field, "given": given, "lowest": error["ctx"]["ge"]})
    return Refusal("wrong_type", {"field": field, "expected": EXPECTED.get(kind, "another value"), "given": given})


def _fields(model: type[BaseModel], place: Place) -> list[str]:
    return sorted(_schema_at(model, place)["properties"].keys() - {"type"})


def shown(value: object) -> str:
    """A value from JSON as a person would write it, shortened."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return _shortened(f"“{value}”" if isinstance(value, str) else json.dumps(value))


def _path(place: Place) -> str:
    """("hidden", 0, "width") → hidden[0].width"""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")
    return _shortened(path)


def _shortened(text: str) -> str:
    """Half of a surrogate pair, which JSON can hold and nothing can be sent as, is shown as “?”."""
    text = text.encode(errors="replace").decode()
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


@lru_cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _schema_at(model: type[BaseModel], place: Place) -> dict[str, Any]:
    """What the JSON schema of the model says of one place in it."""
    schema = whole = _schema(model)
    for part in place:
        if isinstance(part, int):
            schema = schema["prefixItems"][part] if "prefixItems" in schema else schema["items"]
        else:
            schema = schema["properties"][part]
        schema = next((option for option in schema.get("anyOf", ()) if option.get("type") != "null"), schema)
        if "$ref" in schema:
            schema = whole["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema
