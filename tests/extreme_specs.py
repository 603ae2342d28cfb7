"""Specs at the bounds of their fields, where numbers overflow; `random_specs` has those whose runs stay finite."""

from collections.abc import Callable
from typing import Any, get_args

from hypothesis import strategies as st

from engine import Layer, Spec
from engine.spec.choices import ActivationName, ClipName, LossName, OptimizerName, ScheduleName

CLASSES = ("circle", "spiral", "xor_gate", "blobs")
VALUES = ("plane", "sine", "random")


@st.composite
def extreme_specs(draw: st.DrawFn, optimizer: OptimizerName | None = None) -> Spec:
    """Each field that can make numbers large is at an end of its range as often as within it."""

    def one_of(*choices: Any) -> Any:
        return draw(st.sampled_from(choices))

    rule = optimizer or one_of(*get_args(OptimizerName))
    loss: LossName = one_of(*get_args(LossName))
    dataset = one_of(*CLASSES) if loss in ("bce", "cross_entropy") else one_of(*CLASSES, *VALUES)
    output = None if loss in ("bce", "cross_entropy") else one_of(None, "linear", "tanh", "relu", "softplus")
    noise_free = rule == "evolution"
    hidden = tuple(
        Layer(
            width=one_of(1, 3, 8),
            activation=one_of(None, *get_args(ActivationName)),
            dropout=0.0 if noise_free else one_of(0.0, 0.9),
            batch_norm=not noise_free and one_of(False, True),
        )
        for _ in range(draw(st.integers(0, 4)))
    )
    if rule == "perceptron":
        dataset, loss, output, hidden = "gauss", "mse", "step", ()
    return Spec().changed(
        dataset=dataset,
        samples=None if dataset == "xor_gate" else one_of(1, 9, 30),
        random_inputs=3,
        hidden=hidden,
        output_activation=output,
        loss=loss,
        optimizer=rule,
        seed=draw(st.integers(0, 2**31 - 1)),
        **_network_and_rate(one_of),
        **_rule(one_of),
    )


def _network_and_rate(one_of: Callable[..., Any]) -> dict[str, Any]:
    return {
        "activation": one_of(*get_args(ActivationName)),
        "leaky_slope": one_of(0.0, 1.0),
        "elu_alpha": one_of(0.01, 10.0),
        "biases": one_of(True, False),
        "norm_momentum": one_of(1e-3, 0.1, 1.0),
        "norm_epsilon": one_of(1e-8, 0.1),
        "initializer": one_of("pytorch", "normal", "zeros", "constant"),
        "init_std": one_of(1.0, 10.0),
        "init_constant": one_of(-10.0, 10.0),
        "huber_delta": one_of(1e-300, 1.0, 100.0),
        "reduction": one_of("mean", "sum"),
        "l1": one_of(0.0, 0.0, 10.0),
        "l2": one_of(0.0, 0.0, 10.0),
        "learning_rate": one_of(1e-300, 0.01, 1.0, 10.0),
        "batch_size": one_of(2, 7, None),
        "weight_decay": one_of(None, 0.0, 1.0, 10.0),
    }


def _rule(one_of: Callable[..., Any]) -> dict[str, Any]:
    return {
        "momentum": one_of(0.0, 0.9, 0.999),
        "dampening": one_of(0.0, 1.0),
        "alpha": one_of(0.0, 0.99, 0.9999),
        "centered": one_of(False, True),
        "rate_decay": one_of(0.0, 1.0),
        "initial_accumulator": one_of(0.0, 10.0),
        "beta1": one_of(0.0, 0.9, 0.9999),
        "beta2": one_of(0.0, 0.999, 0.99999),
        "epsilon": one_of(1e-12, 1e-8, 1.0),
        "amsgrad": one_of(False, True),
        "muon_momentum": one_of(0.0, 0.95, 0.999),
        "nesterov": one_of(False, True),
        "newton_schulz_steps": one_of(1, 5, 10),
        "sigma": one_of(5e-324, 0.05, 1.0),
        "pairs": one_of(1, 4),
        "clip": one_of(*get_args(ClipName)),
        "clip_limit": one_of(1e-6, 1.0, 1e6),
        "schedule": one_of(*get_args(ScheduleName)),
        "schedule_steps": one_of(1, 1000),
        "schedule_factor": one_of(0.0, 0.5, 1.0),
        "warmup_steps": one_of(0, 3, 100_000),
    }
