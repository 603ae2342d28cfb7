"""A network's tensors: names, shapes, views of one array, initial values, output activations."""

from typing import get_args

import numpy as np
import pytest

from engine import Layer, Spec
from engine.nn.initializers import initial_parameters
from engine.nn.network import Network
from engine.spec.choices import InitializerName


def test_names_shapes_and_places_are_pytorch_s() -> None:
    network = Network.of(Spec(hidden=(4, Layer(width=3, activation="relu"))))
    assert network.sizes == (2, 4, 3, 1)
    assert network.activations == ("tanh", "relu", "tanh")
    assert network.shapes == {
        "layers.0.weight": (4, 2), "layers.0.bias": (4,),
        "layers.1.weight": (3, 4), "layers.1.bias": (3,),
        "layers.2.weight": (1, 3), "layers.2.bias": (1,),
    }  # fmt: skip
    assert (network.layers, network.count) == (3, 31)
    views = network.views(np.arange(31, dtype=np.float32))
    np.testing.assert_array_equal(views["layers.0.weight"], [[0, 1], [2, 3], [4, 5], [6, 7]])
    np.testing.assert_array_equal(views["layers.2.bias"], [30])
    assert network.is_weight.sum() == 8 + 12 + 3
    assert not network.is_weight[8:12].any()


def test_views_share_memory() -> None:
    network = Network.of(Spec())
    flat = np.zeros(network.count, dtype=np.float32)
    network.views(flat)["layers.1.bias"][:] = 5
    assert flat.sum() == 10


@pytest.mark.parametrize(
    ("spec", "output"),
    [(Spec(), "tanh"), (Spec(loss="bce"), "linear"), (Spec(dataset="plane"), "linear")],
)
def test_output_activation(spec: Spec, output: str) -> None:
    assert Network.of(spec).activations[-1] == output


@pytest.mark.parametrize(
    ("name", "bound", "deviation", "has_bias"),
    [
        ("pytorch", 1 / np.sqrt(24), 1 / np.sqrt(24) / np.sqrt(3), True),
        ("xavier_uniform", np.sqrt(6 / 56), np.sqrt(2 / 56), False),
        ("xavier_normal", np.inf, np.sqrt(2 / 56), False),
        ("he_uniform", np.sqrt(6 / 24), np.sqrt(2 / 24), False),
        ("he_normal", np.inf, np.sqrt(2 / 24), False),
        ("normal", np.inf, 0.5, False),
        ("zeros", 0, 0, False),
    ],
)
def test_initializers(name: InitializerName, bound: float, deviation: float, has_bias: bool) -> None:
    """Spread of a layer of 24 inputs and 32 neurons, over ten seeds: 7,680 numbers, so within 5 per cent."""
    specs = [Spec(hidden=(24, 32), initializer=name, init_std=0.5, seed=seed) for seed in range(10)]
    network = Network.of(specs[0])
    starts = [network.views(initial_parameters(spec, network)) for spec in specs]
    weights = np.stack([start["layers.1.weight"] for start in starts])
    biases = np.stack([start["layers.1.bias"] for start in starts])
    assert np.abs(weights).max() <= bound + 1e-7
    assert weights.std() == pytest.approx(deviation, rel=0.05)
    assert abs(weights.mean()) <= 0.05 * deviation
    assert biases.any() == has_bias
    assert np.abs(biases).max() <= (bound + 1e-7 if has_bias else 0)


def test_constant_sets_every_weight_and_no_bias() -> None:
    spec = Spec(initializer="constant", init_constant=-0.25)
    network = Network.of(spec)
    parameters = initial_parameters(spec, network)
    np.testing.assert_array_equal(parameters, np.where(network.is_weight, np.float32(-0.25), 0))


def test_norms_start_as_the_identity_whatever_the_initializer() -> None:
    for name in get_args(InitializerName):
        spec = Spec(hidden=(Layer(width=3, batch_norm=True),), initializer=name, biases=False)
        network = Network.of(spec)
        start = network.views(initial_parameters(spec, network))
        assert list(start) == ["layers.0.weight", "norms.0.weight", "norms.0.bias", "layers.1.weight"]
        np.testing.assert_array_equal(start["norms.0.weight"], np.ones(3))
        np.testing.assert_array_equal(start["norms.0.bias"], np.zeros(3))
        np.testing.assert_array_equal(network.fresh_buffers(), [0, 0, 0, 1, 1, 1])


def test_a_layer_more_leaves_the_layers_before_it_alone() -> None:
    specs = [Spec(hidden=(8,) * depth) for depth in (2, 3)]
    first, second = (
        network.views(initial_parameters(spec, network))
        for spec, network in zip(specs, map(Network.of, specs), strict=True)
    )
    for name in ("layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"):
        np.testing.assert_array_equal(first[name], second[name])
    assert not np.array_equal(second["layers.1.weight"], second["layers.2.weight"])
