"""From MNIST's files to a gradient: pictures, split and inputs as plain NumPy reads them, and gradients as torch's."""

import struct
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import Spec, Trainer
from engine.data.datasets import split
from engine.data.digits import DataSources
from engine.nn.random import stream
from engine.spec.choices import BackendName, LossName

COUNTS = (("train", 90), ("t10k", 30))


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> DataSources:
    """Random pictures, each with the number of its place in its first two pixels."""
    folder, draw = tmp_path_factory.mktemp("mnist"), np.random.default_rng(5)
    for part, count in COUNTS:
        pictures = draw.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        labels = draw.integers(0, 10, count, dtype=np.uint8)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(
            struct.pack(">4I", 0x803, count, 28, 28) + pictures.tobytes()
        )
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, count) + labels.tobytes())
    return DataSources(mnist_folder=folder)


def read_plainly(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """All pictures (n, 784) as 0 to 1, and their labels (n,): the files' bytes behind their headers."""
    pictures = [np.fromfile(folder / f"{part}-images-idx3-ubyte", np.uint8, offset=16) for part, _ in COUNTS]
    labels = [np.fromfile(folder / f"{part}-labels-idx1-ubyte", np.uint8, offset=8) for part, _ in COUNTS]
    return np.concatenate(pictures).reshape(-1, 784) / 255, np.concatenate(labels)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**31 - 1), count=st.integers(10, 130), fraction=st.sampled_from([0.1, 0.37, 0.5, 0.9]))
def test_rows_are_pictures_of_the_files_each_once(sources: DataSources, seed: int, count: int, fraction: float) -> None:
    """Training and test rows together are so many different pictures, each pixel ÷ 255, beside its own label."""
    assert sources.mnist_folder
    pictures, labels = read_plainly(sources.mnist_folder)
    data = split(Spec(dataset="mnist", samples=count, train_fraction=fraction, seed=seed), sources)
    rows, theirs = (
        np.concatenate([data.train_rows, data.test_rows]),
        np.concatenate([data.train_labels, data.test_labels]),
    )
    wanted = min(count, len(pictures))
    assert (len(rows), len(data.train_rows)) == (wanted, round(wanted * fraction))
    place = {picture.tobytes(): number for number, picture in enumerate(pictures.astype(np.float32))}
    found = [place[row.tobytes()] for row in rows]
    assert len(set(found)) == wanted
    np.testing.assert_array_equal(theirs, labels[found])
    order = stream(seed, "data").permutation(len(pictures))[:wanted]
    assert found == order[stream(seed, "split").permutation(wanted)].tolist()


@pytest.mark.parametrize("backend", get_args(BackendName))
@pytest.mark.parametrize("loss", ["cross_entropy", "mse", "bce"])
def test_inputs_and_gradients_are_torch_s(sources: DataSources, loss: LossName, backend: BackendName) -> None:
    """Of the whole training set, by a torch module in float64 with the same tensors, on pictures read apart."""
    spec = Spec().changed(
        dataset="mnist", loss=loss, hidden=(9, 5), activation="tanh", samples=100, train_fraction=0.6, seed=3
    )
    trainer = Trainer(spec, backend, sources)
    trainer.advance(2)
    assert sources.mnist_folder
    pictures, labels = read_plainly(sources.mnist_folder)
    chosen = stream(3, "data").permutation(len(pictures))[:100][stream(3, "split").permutation(100)[:60]]
    inputs, classes = torch.tensor(pictures[chosen]), torch.tensor(labels[chosen].astype(np.int64))
    np.testing.assert_array_equal(trainer.train_inputs, pictures[chosen].astype(np.float32))

    tensors = {name: torch.tensor(values.astype(np.float64)) for name, values in trainer.parameters().items()}
    for tensor in tensors.values():
        tensor.requires_grad_()
    a = inputs
    for layer in range(3):
        a = a @ tensors[f"layers.{layer}.weight"].T + tensors[f"layers.{layer}.bias"]
        a = torch.tanh(a) if layer < 2 or loss == "mse" else a
    torch.autograd.backward(loss_of_torch(loss, a, classes))
    for name, gradient in trainer.gradients().items():
        true = tensors[name].grad
        assert true is not None
        assert np.abs(gradient - true.numpy()).max() <= 2e-6 * float(true.abs().max()), name
        assert float(true.abs().max()) > 0


def loss_of_torch(loss: LossName, outputs: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    if loss == "cross_entropy":
        return torch.nn.functional.cross_entropy(outputs, classes)
    one_hot = torch.nn.functional.one_hot(classes, 10).to(outputs.dtype)
    if loss == "bce":
        return torch.nn.functional.binary_cross_entropy_with_logits(outputs, one_hot)
    return torch.nn.functional.mse_loss(outputs, 2 * one_hot - 1)  # tanh goes from −1 to 1
