"""A network and one sample as a graph: its gradients are the engine's and torch's, as scalars and as modules."""

import re
from typing import get_args

import numpy as np
import pytest

from engine import Spec
from engine.backends import make_backend
from engine.checking.graph_check import check
from engine.fault import Fault
from engine.graph import network_graph
from engine.graph.graph import Run
from engine.graph.modules import Module, network_modules
from engine.graph.network_graph import Vector, node_count, notes, scalar_graph
from engine.graph.operations import OPERATIONS, Operation
from engine.nn.network import Network, State
from engine.spec.choices import ActivationName, LossName
from tests.parity.oracle import Model, gradients_of, relative

MOST = 200
KINDS: dict[str, dict[str, object]] = {
    "plain": {},
    "batch_norm": {"batch_norm": True},
    "residual": {"residual": True},
    "dropout": {"dropout": 0.5},
    "all": {"batch_norm": True, "residual": True, "dropout": 0.3},
}
SETTINGS = {"leaky_slope": 0.2, "elu_alpha": 0.7, "huber_delta": 0.4, "norm_epsilon": 0.01}
EXACT = 1e-10
"""Relative to the largest entry of a tensor: both sides compute in float64."""


def made(activation: str, loss: str, kind: str, **more: object) -> Spec:
    """Three classes, and two hidden layers of the kind."""
    layer = {"width": 2, **KINDS[kind]}
    fields = {"dataset": "blobs", "classes": 3, "hidden": [layer, layer], "activation": activation, "loss": loss}
    return Spec.model_validate({**fields, **SETTINGS, **more})


SPECS = {
    "default": Spec(),
    "no hidden layer": Spec(hidden=(), loss="bce"),
    "two values": Spec.model_validate({"hidden": [5], "dataset": "arithmetic"}),
    "two logits": Spec.model_validate({"hidden": [3], "loss": "cross_entropy"}),
    "without biases": made("silu", "mae", "all", biases=False),
    "summed": made("elu", "huber", "batch_norm", reduction="sum"),
    "cross-entropy summed": made("gelu", "cross_entropy", "residual", reduction="sum"),
    "an activation for each layer": Spec.model_validate(
        {"hidden": [{"width": 2, "activation": "gelu"}, {"width": 2, "activation": "step", "residual": True}]}
    ),
    "perceptron": Spec.model_validate({"hidden": [], "output_activation": "step", "optimizer": "perceptron"}),
}


class Sample:
    """A network with parameters, running statistics and one sample, all at random."""

    def __init__(self, spec: Spec) -> None:
        random = np.random.default_rng(8)
        self.spec, self.network = spec, Network.of(spec)
        self.parameters: Vector = random.normal(size=self.network.count)
        self.buffers: Vector = random.uniform(0.2, 2, self.network.fresh_buffers().size)
        self.inputs = random.normal(size=self.network.sizes[0]).astype(np.float32)
        self.targets = np.zeros(self.network.sizes[-1], dtype=np.float32)
        self.targets[-1] = 1

    @property
    def tensors(self) -> network_graph.Tensors:
        parameters = self.network.views(self.parameters)
        return {**parameters, **self.network.buffer_views(self.buffers)}  # type: ignore[arg-type]

    def scalars(self, most: int = MOST) -> Run:
        names = [f"x{place + 1}" for place in range(len(self.inputs))]
        inputs, targets = self.inputs.astype(np.float64), self.targets.astype(np.float64)
        return scalar_graph(self.network, self.tensors, inputs, targets, names, most).run({})

    def modules(self) -> list[Module]:
        inputs, targets = self.inputs.astype(np.float64), self.targets.astype(np.float64)
        return network_modules(self.network, self.tensors, inputs, targets)

    def of_engine(self) -> tuple[float, dict[str, Vector]]:
        """Loss and gradients as the engine's hand-written backend finds them, in float64."""
        backend = make_backend("by_hand", self.spec, self.network, self.inputs[np.newaxis], self.targets[np.newaxis])
        state = State.start(self.network, self.parameters, {})  # type: ignore[arg-type]
        state.buffers = self.buffers  # type: ignore[assignment]
        backend.load(state)
        loss, gradient = backend.loss_and_gradient()
        return loss, dict(self.network.views(gradient))  # type: ignore[arg-type]

    def of_torch(self) -> tuple[float, dict[str, Vector]]:
        model = Model(self.network, self.parameters, self.buffers)
        return gradients_of(model, self.inputs[np.newaxis], self.targets[np.newaxis])


PLACES = {"w": "layers.{}.weight", "b": "layers.{}.bias", "γ": "norms.{}.weight", "β": "norms.{}.bias"}


def of_scalars(run: Run, network: Network) -> dict[str, Vector]:
    """∂L/∂ each parameter, as the engine names and shapes them."""
    found = {name: np.full(shape, np.nan) for name, shape in network.shapes.items()}
    for node, gradient in zip(run.graph.nodes, run.gradients, strict=True):
        if node.op == "variable":
            place = re.fullmatch(r"([wbγβ])(\d+)((?:_\d+)+)", node.name)
            assert place
            index = tuple(int(part) - 1 for part in place[3].split("_")[1:])
            found[PLACES[place[1]].format(int(place[2]) - 1)][index] = gradient
    return found


def of_modules(boxes: list[Module]) -> dict[str, Vector]:
    return {f"{box.name}.{kind}": gradient for box in boxes for kind, (_, gradient) in box.tensors.items()}


def hold(sample: Sample) -> None:
    """Scalars, modules, engine and torch find one loss and one gradient."""
    run, boxes = sample.scalars(), sample.modules()
    found = {
        "scalars": (run.values[-1], of_scalars(run, sample.network)),
        "modules": (boxes[-1].values[0], of_modules(boxes)),
        "torch": sample.of_torch(),
    }
    loss, gradients = sample.of_engine()
    for who, (own_loss, own) in found.items():
        assert own_loss == pytest.approx(loss, rel=EXACT), who
        assert set(own) == set(gradients), who
        for name, gradient in gradients.items():
            assert relative(own[name], gradient) < EXACT, (who, name)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("loss", get_args(LossName))
def test_every_network_has_the_engines_and_torchs_gradients(loss: str, kind: str) -> None:
    for activation in get_args(ActivationName):
        hold(Sample(made(activation, loss, kind)))


@pytest.mark.parametrize("name", SPECS)
def test_other_shapes_too(name: str) -> None:
    hold(Sample(SPECS[name]))


@pytest.mark.parametrize("knob", ["leaky_slope", "elu_alpha", "huber_delta", "norm_epsilon"])
def test_a_setting_that_is_passed_over_would_be_found(knob: str) -> None:
    activation = {"leaky_slope": "leaky_relu", "elu_alpha": "elu"}.get(knob, "tanh")
    spec = made(activation, "huber" if knob == "huber_delta" else "mse", "batch_norm")
    _, gradients = Sample(spec).of_engine()
    _, others = Sample(spec.changed(**{knob: SETTINGS[knob] * 1.01})).of_engine()
    moved = max(relative(others[name], gradient) for name, gradient in gradients.items())
    assert moved > 3 * EXACT, f"{knob} could be ignored and the tests above would still pass"


@pytest.mark.parametrize("op", ["gelu", "huber", "standardize", "logsumexp"])
def test_a_wrong_slope_is_found(op: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = OPERATIONS[op]
    wrong = Operation(right.value, lambda x, y: [1.001 * slope for slope in right.slopes(x, y)])
    monkeypatch.setitem(OPERATIONS, op, wrong)
    loss = "cross_entropy" if op == "logsumexp" else "huber"
    sample = Sample(made("gelu", loss, "batch_norm"))
    with pytest.raises(AssertionError, match="scalars"):
        hold(sample)
    assert not check(sample.scalars(), {}).torch.same


@pytest.mark.parametrize("activation", get_args(ActivationName))
def test_the_light_is_green(activation: str) -> None:
    for loss in ("huber", "cross_entropy"):
        found = check(Sample(made(activation, loss, "all")).scalars(), {})
        assert found.torch.same
        assert found.differences is not None
        assert found.differences.same


def test_every_box_has_what_its_scalars_have() -> None:
    sample = Sample(made("silu", "mae", "all"))
    run, boxes = sample.scalars(), {box.name: box for box in sample.modules()}
    letters = {"layers": "z", "norms": "n", "silu": "a", "residual": "r"}
    for name, box in boxes.items():
        kind, _, layer = name.partition(".")
        if kind not in letters:
            continue
        places = [run.graph.place[f"{letters[kind]}{int(layer) + 1}_{out + 1}"] for out in range(len(box.values))]
        assert box.gradients is not None
        assert box.values.tolist() == pytest.approx([run.values[place] for place in places], rel=1e-12)
        assert box.gradients.tolist() == pytest.approx([run.gradients[place] for place in places], rel=1e-12)


def test_a_residual_link_copies_and_the_copies_sum() -> None:
    boxes = Sample(made("tanh", "mse", "residual")).modules()
    places = {box.name: place for place, box in enumerate(boxes)}
    copied = boxes[places["residual.0"]]
    back = {
        box.name: flow
        for box in boxes
        for to, flow in zip(box.inputs, box.flows, strict=True)
        if to == places["residual.0"] and flow is not None
    }
    assert set(back) == {"layers.1", "residual.1"}
    assert copied.gradients is not None
    np.testing.assert_array_equal(copied.gradients, back["residual.1"] + back["layers.1"])


def test_past_a_step_no_gradient_comes_back() -> None:
    for box in Sample(made("step", "mse", "plain")).modules():
        if box.name in ("layers.0", "layers.1"):
            assert box.gradients is not None
            assert not box.gradients.any()
            assert not box.tensors["weight"][1].any()


def test_what_is_not_as_in_training_is_noted() -> None:
    assert notes(Network.of(made("step", "mse", "all"))) == ["dropout", "batch_norm", "step"]
    assert notes(Network.of(made("tanh", "mse", "residual"))) == []


@pytest.mark.parametrize("spec", [*SPECS.values(), *(made("tanh", loss, "all") for loss in get_args(LossName))])
def test_how_many_nodes_is_known_before(spec: Spec) -> None:
    sample = Sample(spec)
    nodes = len(sample.scalars().graph.nodes)
    assert nodes == node_count(sample.network)
    assert sample.scalars(nodes)
    with pytest.raises(Fault) as caught:
        sample.scalars(nodes - 1)
    assert (caught.value.code, caught.value.values) == ("graph_network_too_large", {"count": nodes, "limit": nodes - 1})
