"""Spec: one whole experiment as one frozen value.

Every bound of an experiment lives here, in a type. The page's controls, the answers to a refused command and the
engine itself all read the same bounds. A Spec holds no arrays and does nothing: `engine.trainer` runs it.
"""

from typing import Annotated, Any, Literal, Self, get_args

from annotated_types import Ge, Gt, Le, Len
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator

DatasetName = Literal["circle", "xor", "gauss", "spiral", "plane", "multi_gauss"]
FeatureName = Literal["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"]
ActivationName = Literal["linear", "relu", "tanh", "sigmoid"]
LossName = Literal["mse", "bce"]
OptimizerName = Literal["sgd", "momentum", "adam"]
InitializerName = Literal["pytorch", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal", "zeros"]
BackendName = Literal["compiled", "by_hand", "autograd"]

FEATURES: tuple[FeatureName, ...] = get_args(FeatureName)
REGRESSION: frozenset[DatasetName] = frozenset({"plane", "multi_gauss"})

DIVERGENCE = 1e12
"""A batch loss or a gradient beyond this size, or not a number, ends the run: float32 overflows at 3.4e38, and the
square of a gradient, which Adam keeps, must still fit."""

Whole = Annotated[int, Strict()]
Real = Annotated[float, Strict()]

LIVE: dict[str, Any] = {"live": True}
"""Marks a field that changes while a run goes on; a change of any other field starts the run again."""


class Layer(BaseModel):
    """One hidden layer; without an activation of its own it takes the Spec's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: Annotated[Whole, Ge(1), Le(32)]
    activation: ActivationName | None = None


def _layer_from_width(value: object) -> object:
    is_width = isinstance(value, int) and not isinstance(value, bool)
    return {"width": value} if is_width else value


class Spec(BaseModel):
    """A whole experiment: data, network, loss and rule of descent. With its seed it determines a run, bit for bit."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    dataset: DatasetName = "circle"
    samples: Annotated[Whole, Ge(10), Le(5000)] | None = Field(
        default=None, description="points in all, training and test; null: the data set's own number"
    )
    noise: Annotated[Real, Ge(0), Le(50)] = Field(default=0, description="per cent")
    train_fraction: Annotated[Real, Ge(0.1), Le(0.9)] = 0.5
    features: Annotated[tuple[FeatureName, ...], Len(1, len(FEATURES))] = ("x1", "x2")

    hidden: Annotated[tuple[Annotated[Layer, BeforeValidator(_layer_from_width)], ...], Len(0, 8)] = (
        Layer(width=4),
        Layer(width=2),
    )
    activation: ActivationName = "tanh"
    initializer: InitializerName = "pytorch"

    loss: LossName = "mse"
    l1: Annotated[Real, Ge(0), Le(10)] = Field(
        default=0, description="adds l1·Σ|w| over the weights, biases left out", json_schema_extra=LIVE
    )
    l2: Annotated[Real, Ge(0), Le(10)] = Field(
        default=0, description="adds l2/2·Σw² over the weights, biases left out", json_schema_extra=LIVE
    )

    optimizer: OptimizerName = Field(default="sgd", json_schema_extra=LIVE)
    learning_rate: Annotated[Real, Gt(0), Le(10)] = Field(default=0.03, json_schema_extra=LIVE)
    momentum: Annotated[Real, Ge(0), Le(0.999)] = Field(default=0.9, json_schema_extra=LIVE)
    beta1: Annotated[Real, Ge(0), Le(0.9999)] = Field(default=0.9, json_schema_extra=LIVE)
    beta2: Annotated[Real, Ge(0), Le(0.99999)] = Field(default=0.999, json_schema_extra=LIVE)
    epsilon: Annotated[Real, Ge(1e-12), Le(1)] = Field(default=1e-8, json_schema_extra=LIVE)
    batch_size: Annotated[Whole, Ge(1), Le(256)] = Field(default=10, json_schema_extra=LIVE)

    seed: Annotated[Whole, Ge(0), Le(2**31 - 1)] = 7

    @model_validator(mode="after")
    def _features_in_order(self) -> Self:
        if len(set(self.features)) < len(self.features):
            raise ValueError("a feature is listed twice; list each feature once")
        ordered = tuple(name for name in FEATURES if name in self.features)
        if ordered != self.features:
            object.__setattr__(self, "features", ordered)
        return self

    @model_validator(mode="after")
    def _loss_fits_data(self) -> Self:
        if self.loss == "bce" and self.is_regression:
            raise ValueError(f"bce needs two classes and {self.dataset} has real-valued targets; choose loss mse")
        return self

    @property
    def is_regression(self) -> bool:
        return self.dataset in REGRESSION

    @property
    def output_activation(self) -> ActivationName:
        """tanh where targets are ±1, linear for real-valued targets and for logits."""
        return "tanh" if self.loss == "mse" and not self.is_regression else "linear"

    def changed(self, **fields: object) -> "Spec":
        """The same experiment with some fields replaced, checked as a whole. Raises pydantic.ValidationError."""
        return Spec.model_validate({**self.model_dump(), **fields})


def is_live(field: str) -> bool:
    """Whether a change of this field of a Spec leaves the run going."""
    extra = Spec.model_fields[field].json_schema_extra
    return isinstance(extra, dict) and extra.get("live") is True


def restarting_fields(old: Spec, new: Spec) -> list[str]:
    """The fields whose change starts the run again, in the order of the Spec."""
    return [name for name in Spec.model_fields if getattr(old, name) != getattr(new, name) and not is_live(name)]
