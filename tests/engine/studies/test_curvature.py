"""Products with the Hessian and its eigenvalues against torch.autograd.functional.hessian, in float64."""

from typing import get_args

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine import Layer, Spec, Trainer
from engine.fault import Fault
from engine.spec.choices import ActivationName, LossName
from engine.studies import curvature
from engine.studies.curvature import hessian_product
from tests.parity.oracle import LOSSES, Model
from tests.random_specs import random_spec
from tests.table import sampled

Doubles = NDArray[np.float64]


def true_hessian(trainer: Trainer) -> Doubles:
    """(count, count)"""
    state = trainer.checkpoint().state
    model = Model(trainer.network, state.parameters, state.buffers).eval()
    names, shapes = [name for name, _ in model.named_parameters()], [p.shape for p in model.parameters()]
    inputs, targets = (torch.tensor(values).double() for values in (trainer.train_inputs, trainer.train_targets))

    def loss_at(flat: torch.Tensor) -> torch.Tensor:
        parts = torch.split(flat, [shape.numel() for shape in shapes])
        tensors = {name: part.view(shape) for name, part, shape in zip(names, parts, shapes, strict=True)}
        outputs = torch.func.functional_call(model, tensors, (inputs,))
        return torch.as_tensor(LOSSES[trainer.network.loss](trainer.network)(outputs, targets))

    flat = torch.tensor(state.parameters.astype(np.float64))
    hessian = torch.autograd.functional.hessian(loss_at, flat, vectorize=True)  # type: ignore[no-untyped-call]
    return np.asarray(hessian.numpy())


def found_hessian(trainer: Trainer) -> Doubles:
    product = hessian_product(trainer, trainer.checkpoint())
    return np.array([product(column) for column in np.eye(trainer.network.count)])


def hold(trainer: Trainer) -> None:
    true = true_hessian(trainer)
    size = np.abs(true).max()
    np.testing.assert_allclose(found_hessian(trainer), true, rtol=0, atol=1e-11 * max(size, 1e-3))
    eigenvalues = np.linalg.eigvalsh(true)[::-1]
    for count in (1, 3):
        found = curvature(trainer, count)
        assert found.dtype == np.float64
        wanted = eigenvalues[:count]
        np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-9 * np.abs(eigenvalues).max() + 1e-15)


@pytest.mark.parametrize("activation", get_args(ActivationName))
def test_activations(activation: ActivationName) -> None:
    trainer = Trainer(Spec(hidden=(6, 5), activation=activation, leaky_slope=0.2, elu_alpha=0.7, samples=60))
    trainer.advance(40)
    hold(trainer)


@pytest.mark.parametrize("loss", get_args(LossName))
def test_losses(loss: LossName) -> None:
    many = loss in ("bce", "cross_entropy")
    spec = Spec(dataset="pinwheel", classes=3, hidden=(6, 5), loss=loss, samples=60, huber_delta=0.3)
    trainer = Trainer(spec if many else spec.changed(dataset="sine", reduction="sum", learning_rate=0.0003))
    trainer.advance(40)
    hold(trainer)


def test_kinds_of_layers() -> None:
    layers = (
        Layer(width=6, batch_norm=True, dropout=0.2),
        Layer(width=6, residual=True, activation="gelu"),
        Layer(width=6, batch_norm=True, residual=True, activation="relu"),
    )
    for biases in (True, False):
        trainer = Trainer(Spec(hidden=layers, samples=80, biases=biases, l2=0.01))
        trainer.advance(60)
        hold(trainer)


@pytest.mark.parametrize("seed", sampled(range(30), range(6)))
def test_random_experiments(seed: int) -> None:
    trainer = Trainer(random_spec(seed))
    trainer.advance(10)
    hold(trainer)


def test_the_default_network_on_every_backend() -> None:
    trainer = Trainer(Spec(dataset="spiral", hidden=(8, 8, 8)))
    trainer.advance(300)
    wanted = np.linalg.eigvalsh(true_hessian(trainer))[::-1][:5]
    for backend in ("compiled", "by_hand", "autograd"):
        trainer.switch_backend(backend)
        np.testing.assert_allclose(curvature(trainer, 5), wanted, rtol=1e-9)


def test_that_it_changes_as_the_network_does() -> None:
    trainer = Trainer(Spec(samples=60))
    before = curvature(trainer)[0]
    trainer.advance(100)
    assert curvature(trainer)[0] != pytest.approx(before, rel=1e-3)


def test_there_are_no_more_than_parameters() -> None:
    trainer = Trainer(Spec(hidden=(), samples=60))
    assert len(curvature(trainer, 10)) == 3
    assert (np.diff(curvature(trainer, 10)) <= 0).all()


def test_a_network_that_never_bends() -> None:
    """Its output is a step: nothing moves it but jumps."""
    spec = Spec(dataset="gauss", hidden=(30,), activation="step", output_activation="step", optimizer="evolution")
    np.testing.assert_array_equal(curvature(Trainer(spec), 3), 0)


def test_what_is_refused() -> None:
    trainer = Trainer(Spec(samples=60))
    with pytest.raises(ValueError, match="ask for 1 or more"):
        curvature(trainer, 0)
    huge = {name: np.full_like(tensor, 3e38) for name, tensor in trainer.parameters().items()}
    linear = Trainer(Spec(dataset="plane", hidden=(8,) * 8, activation="linear", samples=60))
    linear.load_parameters({name: np.full_like(tensor, 3e38) for name, tensor in linear.parameters().items()})
    with pytest.raises(Fault) as fault:
        curvature(linear)
    assert fault.value.code == "study_curvature_not_finite"
    trainer.load_parameters(huge)  # saturated, and finite
    assert np.isfinite(curvature(trainer)).all()
    with pytest.raises(Fault) as fault:
        curvature(Trainer(Spec(dataset="random", random_inputs=100, hidden=(300,), samples=4000)))
    assert (fault.value.code, fault.value.values["most"]) == ("study_curvature_too_large", 3236)
