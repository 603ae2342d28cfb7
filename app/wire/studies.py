"""The commands of the sheet of studies: many runs at once, and what lies around the current weights."""

from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, Len
from pydantic import Field

from app.settings import Limits
from app.wire.base_command import BaseCommand, Count, Given
from engine.spec.spec import WIDEST_LAYER, Real, Whole
from engine.studies.knobs import KnobName
from engine.studies.luck import Varied
from engine.studies.measures import MeasureName


class Knob(BaseCommand):
    """At most so many values of a knob, at equal distances or, with log, in equal ratios."""

    knob: KnobName
    low: Given
    high: Given
    count: Annotated[Whole, Ge(2), Le(Limits.STUDY_SIDE)]
    log: bool = False


class StudyCommand(BaseCommand):
    then: Literal["replace", "wait"] = "replace"
    """What becomes of a study under way: it is ended, or this one waits for it."""
    begin: bool = True
    """False: it is only told what it would cost."""
    fields: dict[str, Any] = Field(default_factory=dict)
    """Of the Spec that are replaced in all its runs; `changed` checks them."""
    epochs: Annotated[Whole, Ge(1), Le(Limits.STUDY_EPOCHS)] = 100
    """Of each run."""


class Sweep(StudyCommand):
    """A run for each pair of values of two knobs."""

    type: Literal["sweep"]
    x: Knob
    y: Knob
    seeds: Annotated[Whole, Ge(1), Le(Limits.STUDY_SEEDS)] = 1
    """Runs of each cell, of which the median is told."""
    measure: MeasureName = "test_loss"
    target: Annotated[Real, Ge(0)] = 0.1
    """Of the measure `steps_to`."""


class Luck(StudyCommand):
    """A run for each of several seeds, and beside each one of a second setup where it is told."""

    type: Literal["luck"]
    seeds: Annotated[Whole, Ge(1), Le(Limits.LUCK_SEEDS)] = 100
    vary: Varied = "all"
    """What the seeds are of."""
    against: dict[str, Any] | None = None
    """Fields of the Spec that the second setup has in place of its own; `changed` checks them."""


class FindRate(StudyCommand):
    """A run whose learning rate rises at every step; `epochs` is not used."""

    type: Literal["find_rate"]


class StudyControl(BaseCommand):
    """Stops the study under way, lets it go on, ends it and those that wait, or tells all of it once more."""

    type: Literal["study_control"]
    action: Literal["stop", "go_on", "end", "tell"]


class WeightPlace(BaseCommand):
    """A weight or a bias."""

    tensor: Annotated[str, Len(1, Limits.TENSOR_NAME)]
    index: Annotated[tuple[Annotated[Whole, Ge(0), Le(WIDEST_LAYER - 1)], ...], Len(1, 2)]


class Landscape(BaseCommand):
    """Asks for the loss on a plane through the weights of now."""

    type: Literal["landscape"]
    side: Annotated[Whole, Ge(3), Le(Limits.LANDSCAPE_SIDE)] = 51
    """Points along a side."""
    directions: Literal["random", "path", "weights"] = "random"
    weights: tuple[WeightPlace, WeightPlace] = (
        WeightPlace(tensor="layers.0.weight", index=(0, 0)),
        WeightPlace(tensor="layers.0.bias", index=(0,)),
    )
    """Along which it goes with directions `weights`."""
    samples: Literal["train", "test", "batch"] = "train"
    seed: Count = 0
    """Of random directions."""
    others: Annotated[tuple[Annotated[str, Len(1, Limits.SESSION_KEY)], ...], Len(0, Limits.COMPARED_RUNS)] = ()
    """Sessions whose paths are drawn, too, as far as their networks are the same."""


class Curvature(BaseCommand):
    """Asks for the largest curvatures of the training loss."""

    type: Literal["curvature"]
    count: Annotated[Whole, Ge(1), Le(Limits.CURVATURES)] = 5


class RunPicture(BaseCommand):
    """Asks what a run has learned, such as that of a cell: a small picture of its outputs at its end."""

    type: Literal["run_picture"]
    number: Count
    """The answer has it, too."""
    fields: dict[str, Any]
    """Of the Spec that are replaced; `changed` checks them."""
    steps: Annotated[Whole, Ge(0), Le(Limits.STEPS_OF_COMMAND)]


class GoToPoint(BaseCommand):
    """Puts the network at a point of the plane of a landscape; it can be undone."""

    type: Literal["go_to_point"]
    plane: Count
    x: Given
    y: Given
