"""Knobs: which numbers of a Spec a study can turn, and the Spec with one of them turned.

Most are fields of the Spec. `width` is that of every hidden layer, `depth` their number, each layer like the last one.
"""

from collections.abc import Mapping
from typing import Any, Literal, cast, get_args

import numpy as np
from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo

from engine.fault import Fault
from engine.spec.spec import MOST_LAYERS, WIDEST_LAYER, Layer, Spec

KnobName = Literal[
    "learning_rate", "batch_size", "width", "depth", "init_std", "seed", "noise", "samples", "train_fraction",
    "momentum", "dampening", "muon_momentum", "alpha", "rate_decay", "beta1", "beta2", "epsilon", "sigma",
    "weight_decay", "l1", "l2", "clip_limit", "schedule_factor", "schedule_steps", "warmup_steps", "init_constant",
    "initial_accumulator", "leaky_slope", "elu_alpha", "huber_delta",
]  # fmt: skip

KNOBS: tuple[KnobName, ...] = get_args(KnobName)

WHOLE: frozenset[str] = frozenset({"batch_size", "width", "depth", "seed", "samples", "schedule_steps", "warmup_steps"})
"""Those that are whole numbers."""

DIGITS = 12
"""Of a value that is not whole: a border is looked at closely by halving its range some twenty times."""

LAYERS: dict[str, tuple[float, float]] = {"width": (1, WIDEST_LAYER), "depth": (1, MOST_LAYERS)}


def bounds_of(knob: str) -> tuple[float, float]:
    """The lowest and the highest value, or where the lowest is not allowed itself, what it must be above."""
    if knob in LAYERS:
        return LAYERS[knob]
    found = list(_bounds(Spec.model_fields[knob]))
    low = next(bound.ge if isinstance(bound, Ge) else bound.gt for bound in found if isinstance(bound, Ge | Gt))
    high = next((bound.le for bound in found if isinstance(bound, Le)), float("inf"))
    return float(cast(float, low)), float(cast(float, high))


def _bounds(field: FieldInfo) -> list[Any]:
    """Of a field, or of the numbers of one that may be None."""
    inner = [bound for part in get_args(field.annotation) for bound in getattr(part, "__metadata__", ())]
    return [*field.metadata, *inner]


def turned(spec: Spec, knobs: Mapping[str, float]) -> Spec:
    """The Spec with these knobs turned. Raises Fault where it has no such knob, and pydantic.ValidationError."""
    fields: dict[str, Any] = {}
    hidden = spec.hidden
    for knob, given in knobs.items():
        if knob not in KNOBS:
            raise Fault("study_no_such_knob", {"knob": knob, "choices": list(KNOBS)})
        value = _number(knob, given)
        if knob not in LAYERS:
            fields[knob] = value
        elif not hidden:
            raise Fault("study_needs_layers", {"knob": knob})
        elif knob == "width":
            hidden = tuple(layer.model_copy(update={"width": value}) for layer in hidden)
        else:
            hidden = _as_many(hidden, int(value))
    if hidden is not spec.hidden:
        fields["hidden"] = tuple(layer.model_dump() for layer in hidden)
    return spec.changed(**fields)


def spaced(knob: str, low: float, high: float, count: int, log: bool) -> tuple[float, ...]:
    """At most so many values from low to high, at equal distances or in equal ratios; fewer where whole numbers between
    them are. Raises Fault where there are not two."""
    lowest, highest = bounds_of(knob)
    if low > high:
        raise Fault("study_order", {"knob": knob, "low": low, "high": high})
    if not lowest <= low <= high <= highest:
        raise Fault("study_bounds", {"knob": knob, "low": low, "high": high, "lowest": lowest, "highest": highest})
    if log and low <= 0:
        raise Fault("study_log_of_zero", {"knob": knob})
    exact = (np.geomspace if log else np.linspace)(low, high, count)
    short = [float(f"{value:.{DIGITS}g}") for value in exact]  # with fewer digits there is less to type
    values = sorted(set(np.round(exact).tolist() if knob in WHOLE else short))
    if len(values) < 2 or (knob not in WHOLE and len(values) < count):
        raise Fault("study_range", {"knob": knob, "low": low, "high": high})
    return tuple(values)


def _number(knob: str, value: float) -> float:
    """Whole where the knob is; a value between two whole numbers is left for the Spec to refuse."""
    return int(value) if knob in WHOLE and float(value).is_integer() else float(value)


def _as_many(hidden: tuple[Layer, ...], count: int) -> tuple[Layer, ...]:
    return (*hidden[:count], *[hidden[-1]] * max(0, count - len(hidden)))
