"""What all commands of a browser have in common: nothing unknown is taken, and numbers have bounds."""

from typing import Annotated

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict

from app.settings import Limits
from engine.spec.spec import LARGEST_VALUE, Real, Whole

Given = Annotated[Real, Ge(-LARGEST_VALUE), Le(LARGEST_VALUE)]
Count = Annotated[Whole, Ge(0), Le(Limits.LARGEST_COUNT)]
BranchNumber = Annotated[Whole, Ge(0), Le(Limits.LARGEST_BRANCH)]
StepNumber = Annotated[Whole, Ge(0), Le(Limits.LARGEST_STEP)]


class BaseCommand(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
