"""A network and one sample as a graph: its gradients are the engine's, as scalars and as modules."""

import re

import numpy as np
import pytest

from engine import network_graph
from engine.backends import make_backend
from engine.graph import GraphFault, Run
from engine.graph_check import check
from engine.network import Array, Network, State
from engine.network_graph import count, modules, scalars
from engine.spec import Spec
from tests.engine.oracle import loss_and_gradients

MOST = 200
SPECS = [
    Spec(),
    Spec(activation="relu", loss="bce", hidden=(3,)),
    Spec(activation="sigmoid", dataset="plane", hidden=(2, 3)),
    Spec(hidden=(), loss="bce"),
    Spec(hidden=(5,), dataset="arithmetic", loss="mse"),
]


class Sample:
    """A network with parameters and one sample, all at random."""

    def __init__(self, spec: Spec) -> None:
        random = np.random.default_rng(3)
        self.spec, self.network = spec, Network.of(spec)
        self.parameters: Array = random.normal(size=self.network.count).astype(np.float32)
        self.tensors = self.network.views(self.parameters)
        self.inputs = random.normal(size=self.network.sizes[0]).astype(np.float32)
        self.targets = random.integers(0, 2, self.network.sizes[-1]).astype(np.float32)
        self.names = [f"x{place + 1}" for place in range(len(self.inputs))]

    def scalars(self, most: int = MOST) -> Run:
        graph = scalars(
            self.network, self.tensors, self.inputs.astype(float), self.targets.astype(float), self.names, most
        )
        return graph.run({})

    def modules(self) -> list[network_graph.Module]:
        return modules(self.network, self.tensors, self.inputs.astype(float), self.targets.astype(float))


def tensors_of(run: Run, network: Network) -> dict[str, network_graph.Vector]:
    """∂L/∂ each parameter, as the engine names and shapes them."""
    found = {name: np.full(shape, np.nan) for name, shape in network.shapes.items()}
    for node, gradient in zip(run.graph.nodes, run.gradients, strict=True):
        if place := re.fullmatch(r"w(\d+)_(\d+)_(\d+)", node.name):
            layer, out, source = (int(part) - 1 for part in place.groups())
            found[f"layers.{layer}.weight"][out, source] = gradient
        if place := re.fullmatch(r"b(\d+)_(\d+)", node.name):
            layer, out = (int(part) - 1 for part in place.groups())
            found[f"layers.{layer}.bias"][out] = gradient
    return found


@pytest.mark.parametrize("spec", SPECS, ids=range(len(SPECS)))
def test_gradients_are_torchs_and_the_engines(spec: Spec) -> None:
    sample = Sample(spec)
    run = sample.scalars()
    found = tensors_of(run, sample.network)
    inputs, targets = sample.inputs[np.newaxis], sample.targets[np.newaxis]
    loss, true = loss_and_gradients(sample.network, sample.parameters, inputs, targets)
    assert run.values[-1] == pytest.approx(loss, rel=1e-12)
    backend = make_backend("by_hand", spec, sample.network, inputs, targets)
    backend.load(State.start(sample.network, sample.parameters, backend.state().memory))
    engines = sample.network.views(backend.loss_and_gradient()[1])
    for name in sample.network.names:
        np.testing.assert_allclose(found[name], true[name], rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(found[name], engines[name], rtol=1e-4, atol=1e-5)
    assert check(run, {}).torch.same


@pytest.mark.parametrize("spec", SPECS, ids=range(len(SPECS)))
def test_modules_have_the_same_numbers(spec: Spec) -> None:
    sample = Sample(spec)
    run = sample.scalars()
    found = tensors_of(run, sample.network)
    boxes = {box.name: box for box in sample.modules()}
    for name in sample.network.names:
        layer, kind = name.rsplit(".", 1)
        values, gradients = boxes[layer].tensors[kind]
        np.testing.assert_array_equal(values, sample.tensors[name])
        np.testing.assert_allclose(gradients, found[name], rtol=1e-12, atol=1e-15)
    for stage in range(sample.network.layers):
        sums = [run.graph.place[f"z{stage + 1}_{out + 1}"] for out in range(sample.network.sizes[stage + 1])]
        box = boxes[f"layers.{stage}"]
        assert box.gradients is not None
        assert box.values.tolist() == pytest.approx([run.values[place] for place in sums], rel=1e-12)
        assert box.gradients.tolist() == pytest.approx([run.gradients[place] for place in sums], rel=1e-12, abs=1e-15)
    assert boxes["L"].values[0] == pytest.approx(run.values[-1], rel=1e-12)


@pytest.mark.parametrize("spec", SPECS, ids=range(len(SPECS)))
def test_how_many_nodes_is_known_before(spec: Spec) -> None:
    sample = Sample(spec)
    nodes = len(sample.scalars().graph.nodes)
    assert nodes == count(sample.network)
    assert sample.scalars(nodes)
    with pytest.raises(GraphFault) as caught:
        sample.scalars(nodes - 1)
    assert (caught.value.kind, caught.value.values) == ("network_too_large", {"count": nodes, "limit": nodes - 1})


@pytest.mark.parametrize(
    ("spec", "part"),
    [
        (Spec(activation="gelu"), "activation gelu"),
        (Spec(dataset="blobs", loss="cross_entropy"), "loss cross_entropy"),
        (Spec.model_validate({"hidden": [{"width": 3, "batch_norm": True}]}), "batch norm"),
        (Spec.model_validate({"hidden": [{"width": 3, "dropout": 0.5}]}), "dropout"),
        (Spec.model_validate({"hidden": [{"width": 2, "residual": True}]}), "residual"),
    ],
)
def test_what_is_not_plain_is_named(spec: Spec, part: str) -> None:
    for build in (Sample(spec).scalars, Sample(spec).modules):
        with pytest.raises(GraphFault) as caught:
            build()
        assert (caught.value.kind, caught.value.values["part"]) == ("not_plain", part)
