"""Files of weights with other names are matched in order; those of other sizes say which network would take them."""

import json
from itertools import pairwise
from time import process_time

import numpy as np
import pytest
import torch
from torch import nn

from engine.fault import Fault
from engine.spec.choices import FEATURES
from engine.spec.spec import Spec
from engine.training import model_file
from engine.training.layer_stack import NORM_PARTS, change_to, layer_stack, shapes_of
from engine.training.weights import MOST_NAMES, Stored, Weights, fitted
from tests.engine.training.test_model_file import saved

NORMED = Spec.model_validate({"hidden": [{"width": 3, "batch_norm": True}, 2]})


def fit(model: nn.Module | dict[str, torch.Tensor], spec: Spec) -> Weights:
    state = model.state_dict() if isinstance(model, nn.Module) else model
    return fitted(model_file.stored(saved(state)), shapes_of(spec), lambda stack: change_to(spec, stack))


class Named(nn.Module):
    def __init__(self, *sizes: int, name: str = "fc", start: int = 1) -> None:
        super().__init__()
        for number, (below, above) in enumerate(pairwise(sizes), start):
            setattr(self, f"{name}{number}", nn.Linear(below, above))


class NormsApart(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(2, 3), nn.Linear(3, 2), nn.Linear(2, 1)
        self.bn1 = nn.BatchNorm1d(3)


@pytest.mark.parametrize(
    ("model", "modules"),
    [
        (Named(2, 4, 2, 1), ("fc1", "fc2", "fc3")),
        (Named(2, 4, 2, 1, name="linear", start=0), ("linear0", "linear1", "linear2")),
        (nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 2), nn.Tanh(), nn.Linear(2, 1)), ("0", "2", "4")),
        (nn.DataParallel(Named(2, 4, 2, 1)), ("module.fc1", "module.fc2", "module.fc3")),
    ],
)
def test_other_names_are_matched_in_order_and_the_match_is_told(model: nn.Module, modules: tuple[str, ...]) -> None:
    found = fit(model, Spec())
    assert found.renamed == tuple(f"{module} → layers.{layer}" for layer, module in enumerate(modules))
    for mine, theirs in zip(found.tensors.values(), model.state_dict().values(), strict=True):
        np.testing.assert_array_equal(mine, theirs.numpy())


def test_names_in_any_order_are_matched_by_their_numbers() -> None:
    state = Named(2, 4, 2, 1).state_dict()
    found = fit(dict(sorted(state.items(), reverse=True)), Spec())
    np.testing.assert_array_equal(found.tensors["layers.1.weight"], state["fc2.weight"].numpy())


@pytest.mark.parametrize(
    "model",
    [NormsApart(), nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 2), nn.Linear(2, 1))],
)
def test_norms_go_with_their_layers(model: nn.Module) -> None:
    found = fit(model, NORMED)
    assert len(found.renamed) == 4
    assert set(found.tensors) == set(shapes_of(NORMED))


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Named(2, 8, 8, 1), {"hidden"}),
        (Named(2, 1), {"hidden"}),
        (Named(len(FEATURES), 5, 1), {"hidden", "features"}),
        (Named(2, 5, 2), {"hidden", "loss"}),
        (nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1)), {"hidden"}),
        (nn.Sequential(nn.Linear(2, 4, bias=False), nn.Linear(4, 1, bias=False)), {"hidden", "biases"}),
    ],
)
def test_the_network_of_a_file_of_other_sizes_can_be_built(model: nn.Module, fields: set[str]) -> None:
    with pytest.raises(Fault, match="model_sizes") as raised:
        fit(model, Spec())
    values = raised.value.values
    assert values["given"] == [f"{n} {s[0]}×{s[1]}" for n, t in model.state_dict().items() if len(s := t.shape) == 2]
    assert values["wanted"] == ["layers.0.weight 4×2", "layers.1.weight 2×4", "layers.2.weight 1×2"]
    offered = json.loads(str(values["build"]))
    assert fields <= set(offered)
    built = Spec().changed(**offered)
    assert len(fit(model, built).tensors) == len(shapes_of(built))


@pytest.mark.parametrize("model", [Named(3, 4, 1), Named(2, 4, 5), Named(784, 10)])
def test_a_network_for_other_data_is_refused_as_that(model: nn.Module) -> None:
    with pytest.raises(Fault, match="model_other_data"):
        fit(model, Spec())


@pytest.mark.parametrize(
    "state",
    [
        {"conv.weight": torch.ones(1, 1, 3, 3)},
        {"a.weight": torch.ones(4, 2), "b.weight": torch.ones(3, 3)},
        {"a.weight": torch.ones(4, 2), "a.extra": torch.ones(4)},
        {"a.bias": torch.ones(4)},
    ],
)
def test_what_is_no_stack_of_layers_is_told_by_its_names(state: dict[str, torch.Tensor]) -> None:
    with pytest.raises(Fault, match="model_names"):
        fit(state, Spec())


@pytest.mark.parametrize("marks", [("1", "1²"), ("5" * 5000, "6" * 5000), ("9" * 4000, "1" + "0" * 4000)])
def test_odd_numbers_in_names_are_put_in_order(marks: tuple[str, str]) -> None:
    first, second = torch.ones(3, 2), torch.ones(1, 3)
    state = {f"x{marks[1]}.weight": second, f"x{marks[0]}.weight": first}
    found = layer_stack({name: tuple(tensor.shape) for name, tensor in state.items()})
    assert found is not None
    assert found.tensors == tuple(reversed(state))


def test_a_norm_of_a_boundless_number_stays_behind_the_layers() -> None:
    norm = dict.fromkeys((f"n{'1' * 5000}.{part}" for part in NORM_PARTS), (1,))
    found = layer_stack({"a1.weight": (3, 2), "a2.weight": (1, 3), **norm})
    assert found is not None
    assert [layer.norm for layer in found.sizes] == [False, True]


def test_more_tensors_than_a_network_has_are_refused_at_once_and_in_short() -> None:
    norms = {f"{'n' * 90}{i}.{part}": (1,) for i in range(20_000) for part in NORM_PARTS}
    found = {**{f"a{i}.weight": (1, 1) for i in range(20_000)}, **norms}
    begin = process_time()
    with pytest.raises(Fault, match="model_names") as raised:
        fitted(Stored(found, lambda _: np.zeros(1, dtype=np.float32)), shapes_of(Spec()))
    assert process_time() - begin < 20  # seconds, of which it takes one; to search for each norm took 100
    extra = raised.value.values["extra"]
    assert isinstance(extra, list)
    assert len(extra) == MOST_NAMES + 1
    assert max(map(len, extra)) <= 40
