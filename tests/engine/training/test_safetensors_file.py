"""Weights as safetensors: its own library for torch opens what is written, and what that writes is read."""

from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from engine.fault import Fault
from engine.nn.network import Array
from engine.training import model_file
from engine.training.safetensors_file import is_safetensors, stored, write
from engine.training.weights import fitted
from tests.engine.training.test_model_file import SHAPES, TENSORS, as_torch

saved: Any = safetensors.torch.save


def read(data: bytes, shapes: dict[str, tuple[int, ...]]) -> dict[str, Array]:
    return fitted(stored(data), shapes).tensors


def test_its_library_for_torch_opens_what_is_written() -> None:
    loaded = safetensors.torch.load(write(TENSORS))
    assert set(loaded) == set(TENSORS)
    for name, values in TENSORS.items():
        np.testing.assert_array_equal(loaded[name].numpy(), values)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
def test_what_it_writes_is_read_as_float32(kind: torch.dtype) -> None:
    values = torch.tensor([[1.5, -2.25], [0.125, 3.0]], dtype=kind)
    found = read(saved({"w": values, "n.num_batches_tracked": torch.tensor(3)}), {"w": (2, 2)})
    assert list(found) == ["w"]
    assert found["w"].dtype == np.float32
    np.testing.assert_array_equal(found["w"], values.float().numpy())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (write(TENSORS)[:-2], "model_damaged"),
        (b"\x05\0\0\0\0\0\0\0{oops", "model_damaged"),
        (b"\xff" * 8 + b"{}", "model_damaged"),
        (saved({**as_torch(), "more": torch.ones(2)}), "model_names"),
        (saved({"w": torch.ones(2, dtype=torch.float8_e4m3fn)}), "model_foreign"),
        (saved({**as_torch(), "layers.0.bias": torch.ones(4)}), "model_shape"),
        (saved({**as_torch(), "layers.0.bias": torch.tensor([1, torch.inf, 2])}), "model_not_finite"),
    ],
)
def test_every_fault_has_its_code(data: bytes, code: str) -> None:
    assert is_safetensors(data)
    with pytest.raises(Fault) as fault:
        read(data, SHAPES)
    assert fault.value.code == code


def test_a_file_of_torch_is_told_from_it() -> None:
    assert not is_safetensors(model_file.write(TENSORS))
    assert not is_safetensors(b"")
