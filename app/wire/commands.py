"""What a browser may say, as types, and `parse`, which refuses anything else in a sentence."""

import json
import struct
from typing import Annotated, Any, Literal, NoReturn, get_args

from annotated_types import Ge, Le, Len
from pydantic import ValidationError

from app.settings import Limits
from app.wire import studies
from app.wire.base_command import BaseCommand, BranchNumber, Count, Given, StepNumber
from app.wire.messages import Refusal
from app.wire.validation import explain, shown
from engine.spec.choices import BackendName, BugName
from engine.spec.spec import (
    MOST_INPUTS,
    MOST_LAYERS,
    MOST_SAMPLES,
    WIDEST_LAYER,
    Real,
    Spec,
    Whole,
)

Watched = Literal["scores", "health"]
"""What goes beside the pictures, only to those who look at it: metrics of both sets, and how the layers are."""

DRAWN = struct.Struct("<II")
"""The command `drawn` in binary, as it is said for every picture: 1, then the number of the frame."""
DRAWN_KIND = 1


class Configure(BaseCommand):
    """The fields given replace those of the session's Spec; `changed` checks them."""

    type: Literal["configure"]
    spec: dict[str, Any]


class Begin(BaseCommand):
    """A fresh run, paused at its start, as a preset or an address sets it: fields that are not given have the values
    of the default Spec. One Undo brings back the Spec, the bug and the pace of before."""

    type: Literal["begin"]
    spec: dict[str, Any]
    bug: BugName | None = None
    engine: BackendName | None = None
    """null: the one the server has chosen."""
    steps_per_second: Annotated[Real, Ge(1), Le(Limits.FASTEST_PACE)] | None = Limits.NORMAL_PACE


class Play(BaseCommand):
    type: Literal["play"]


class Pause(BaseCommand):
    type: Literal["pause"]


class Step(BaseCommand):
    """So many mini-batches, then a frame."""

    type: Literal["step"]
    count: Annotated[Whole, Ge(1), Le(Limits.STEPS_OF_COMMAND)] = 1


class Epoch(BaseCommand):
    """To the end of the current epoch, then a frame."""

    type: Literal["epoch"]


class Reset(BaseCommand):
    """The exact start of this Spec, weights included."""

    type: Literal["reset"]


class Regenerate(BaseCommand):
    """A new seed, of the data and the first weights, too."""

    type: Literal["regenerate"]


class Speed(BaseCommand):
    """null: as fast as the machine can."""

    type: Literal["speed"]
    steps_per_second: Annotated[Real, Ge(1), Le(Limits.FASTEST_PACE)] | None


class Drawn(BaseCommand):
    type: Literal["drawn"]
    frame: Count


class Watch(BaseCommand):
    """What the viewer looks at beside the pictures, in place of what it looked at before; at first at nothing. It gets
    that twice a second at most, of a run that stands still at once."""

    type: Literal["watch"]
    what: Annotated[tuple[Watched, ...], Len(0, len(get_args(Watched)))]


class Focus(BaseCommand):
    """One neuron at full resolution in every frame; nulls: none. Layers are linear layers counted from 0."""

    type: Literal["focus"]
    layer: Annotated[Whole, Ge(0), Le(MOST_LAYERS)] | None
    neuron: Annotated[Whole, Ge(0), Le(WIDEST_LAYER - 1)] | None


class History(BaseCommand):
    """Asks for the whole loss curve."""

    type: Literal["history"]


class Predict(BaseCommand):
    """What the network says now of some rows: points (x1, x2) of the plane, or all input columns of other data."""

    type: Literal["predict"]
    inputs: Annotated[tuple[Annotated[tuple[Given, ...], Len(1, MOST_INPUTS)], ...], Len(1, Limits.ROWS_OF_PREDICTION)]
    id: Count
    """Comes back with the answer."""
    revision: Count | None = None
    """Of the experiment that is asked; one that is no more gives no answer."""
    layer: Annotated[Whole, Ge(-1), Le(MOST_LAYERS)] | None = None
    neuron: Annotated[Whole, Ge(0), Le(WIDEST_LAYER - 1)] | None = None
    """A neuron whose value is told, too; of layer −1 a feature of the plane, whether it is in use or not."""
    layers: bool = False
    """Whether the values of all layers are told, too, for the first row"""
    with_frame: bool = False
    """Asked of the network as the newest frame shows it, or where the run has gone on since, the next one."""


class Subject(BaseCommand):
    """What a number belongs to: see `engine.explaining.terms.Subject`, whose fields these are."""

    kind: Literal["neuron", "weight", "bias", "norm", "point", "layer", "loss"]
    layer: Annotated[Whole, Ge(-1), Le(MOST_LAYERS)] = 0
    index: Annotated[Whole, Ge(0), Le(MOST_SAMPLES)] = 0
    source: Annotated[Whole, Ge(0), Le(WIDEST_LAYER - 1)] = 0


class Inspect(BaseCommand):
    """With its pictures the viewer gets the arithmetic of a subject in the last step; null: no longer."""

    type: Literal["inspect"]
    subject: Subject | None
    sample: Annotated[Whole, Ge(0), Le(MOST_SAMPLES - 1)] = 0
    """Which of the batch, where a number belongs to one sample."""
    step: Annotated[Whole, Ge(1), Le(Limits.LARGEST_STEP)] | None = None
    """In this step where it is the one to come, as in slow motion; else in the last one."""


class Open(BaseCommand):
    """The step to come, phase by phase."""

    type: Literal["open"]
    sample: Annotated[Whole, Ge(0), Le(MOST_SAMPLES - 1)] = 0


class Edit(BaseCommand):
    """Sets one parameter by hand."""

    type: Literal["edit"]
    tensor: Annotated[str, Len(1, Limits.TENSOR_NAME)]
    index: Annotated[tuple[Annotated[Whole, Ge(0), Le(WIDEST_LAYER - 1)], ...], Len(1, 2)]
    value: Given


class Undo(BaseCommand):
    """Takes the last change back: the run stands where it stood before."""

    type: Literal["undo"]


class Redo(BaseCommand):
    type: Literal["redo"]


class Back(BaseCommand):
    """So many steps back on the way the run has come."""

    type: Literal["back"]
    steps: Annotated[Whole, Ge(1), Le(Limits.STEPS_BACK)] = 1


class Seek(BaseCommand):
    """Stands at a step of a branch, paused."""

    type: Literal["seek"]
    branch: BranchNumber
    step: StepNumber


class Branch(BaseCommand):
    """From here on the run has a branch of its own, though nothing is changed."""

    type: Literal["branch"]


class Peek(BaseCommand):
    """The boundary at a step of a branch, beside the one of now."""

    type: Literal["peek"]
    branch: BranchNumber
    step: StepNumber


class Check(BaseCommand):
    """Compares the next step with other arithmetic as soon as can be."""

    type: Literal["check"]


class Plant(BaseCommand):
    """Trains with a bug from now on, restarts included; null: without."""

    type: Literal["plant"]
    bug: BugName | None


class Engine(BaseCommand):
    """Which engine trains from now on, restarts included."""

    type: Literal["engine"]
    name: BackendName


Command = (
    Configure | Begin | Play | Pause | Step | Epoch | Reset | Regenerate | Speed | Drawn | Watch | Focus | History
    | Predict | Inspect | Open | Edit | Undo | Redo | Back | Seek | Branch | Peek | Check | Plant | Engine
    | studies.Sweep | studies.Luck | studies.FindRate | studies.StudyControl | studies.RunPicture | studies.Landscape
    | studies.Curvature | studies.GoToPoint
)  # fmt: skip

COMMANDS: dict[str, type[Command]] = {
    get_args(kind.model_fields["type"].annotation)[0]: kind for kind in get_args(Command)
}
"""Every command by its type."""


def parse(text: str) -> Command:
    """Raises Refusal."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise Refusal("too_deep", {}) from None
    except ValueError as problem:  # json's own, and an integer of more digits than Python reads
        raise Refusal("not_json", {"problem": getattr(problem, "msg", "a number is too long")}) from None
    if not isinstance(value, dict):
        raise Refusal("not_an_object", {"given": shown(value)})
    if "type" not in value:
        raise Refusal("missing_type", {"choices": list(COMMANDS)})
    kind = COMMANDS.get(value["type"]) if isinstance(value["type"], str) else None
    if kind is None:
        raise Refusal("unknown_command", {"given": shown(value["type"]), "choices": list(COMMANDS)})
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise explain(error, kind) from None


def parse_binary(data: bytes) -> Drawn:
    """Raises Refusal."""
    if len(data) != DRAWN.size:
        raise Refusal("binary_length", {"count": len(data), "limit": DRAWN.size})
    kind, frame = DRAWN.unpack(data)
    if kind != DRAWN_KIND:
        raise Refusal("binary_kind", {"given": kind, "limit": DRAWN_KIND})
    return Drawn.model_construct(type="drawn", frame=frame)


def changed(spec: Spec, fields: dict[str, Any]) -> Spec:
    """The Spec with these fields replaced, checked as a whole. Raises Refusal."""
    try:
        return Spec.model_validate({**spec.model_dump(), **fields})
    except ValidationError as error:
        raise explain(error, Spec) from None


def _refuse_constant(name: str) -> NoReturn:
    raise Refusal("not_finite", {"given": name})
