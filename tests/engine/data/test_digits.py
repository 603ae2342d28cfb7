"""The bundled digits and MNIST's files: samples, what is read when, and each fault of a file."""

import gzip
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from engine import Spec
from engine.data import digits
from engine.data.datasets import samples_of, split
from engine.data.digits import DataSources, bundled_digits, mnist_digits
from engine.fault import Fault, Value

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def write_mnist(folder: Path, train: int = 60, test: int = 10) -> DataSources:
    """Four files as MNIST has them: the first pixel of a picture is its number, its label the last figure of that."""
    for part, count, first in (("train", train, 0), ("t10k", test, train)):
        pictures = np.zeros((count, 28, 28), dtype=np.uint8)
        pictures[:, 0, 0] = np.arange(first, first + count)
        pictures[:, 27, 27] = 255
        head = struct.pack(">4I", 0x803, count, 28, 28)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(head + pictures.tobytes())
        labels = bytes(number % 10 for number in range(first, first + count))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, count) + labels)
    return DataSources(mnist_folder=folder)


@pytest.fixture
def sources(tmp_path: Path) -> DataSources:
    return write_mnist(tmp_path)


def test_the_bundled_digits_are_scikit_learn_s() -> None:
    pictures, numbers = bundled_digits()
    theirs = load_digits()
    np.testing.assert_array_equal(pictures, theirs.data)
    np.testing.assert_array_equal(numbers, theirs.target)


def test_the_bundled_digits_are_read_without_importing_scikit_learn() -> None:
    code = "import sys; from engine.data import digits; digits.bundled_digits(); print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_no_scikit_learn_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digits, "find_spec", lambda _: None)
    bundled_digits.cache_clear()
    with pytest.raises(Fault, match="digits_not_installed"):
        bundled_digits()


def test_digits_as_samples() -> None:
    rows, labels = samples_of(Spec(dataset="digits"))
    assert (rows.shape, rows.min(), rows.max()) == ((1797, 64), 0, 1)
    assert sorted(set(labels.tolist())) == list(range(10))
    some, _ = samples_of(Spec(dataset="digits", samples=50))
    np.testing.assert_array_equal(some, rows[:50])
    assert len(samples_of(Spec(dataset="digits", samples=5000))[0]) == 1797
    assert len(np.unique(rows, axis=0)) == len(np.unique(bundled_digits()[0], axis=0))
    data = split(Spec(dataset="digits", train_fraction=0.8))
    assert (len(data.train_rows), len(data.test_rows)) == (1438, 359)


def test_each_digit_has_its_mean_picture() -> None:
    rows, labels = samples_of(Spec(dataset="digit_pictures"))
    np.testing.assert_array_equal(rows, np.eye(10))
    theirs = load_digits()
    for digit in range(10):
        np.testing.assert_allclose(labels[digit], theirs.images[theirs.target == digit].mean(axis=0).ravel() / 16)


def test_mean_pictures_are_enlarged_as_torch_does_it() -> None:
    rows, large = samples_of(Spec(dataset="large_digit_pictures"))
    small = samples_of(Spec(dataset="digit_pictures"))[1]
    np.testing.assert_array_equal(rows, np.eye(10))
    assert large.shape == (10, 784)
    assert large.dtype == np.float32
    pictures = torch.from_numpy(small).reshape(10, 1, 8, 8)
    smooth = torch.nn.functional.interpolate(pictures, size=(28, 28), mode="bilinear", align_corners=False)
    np.testing.assert_allclose(large, smooth.reshape(10, 784).numpy(), atol=1e-6)
    blocks = torch.nn.functional.interpolate(pictures, size=(28, 28))
    assert np.abs(large - blocks.reshape(10, 784).numpy()).max() > 0.1


@pytest.mark.parametrize("packed", [[], FILES, FILES[:1]], ids=["plain", "gzipped", "one gzipped"])
@pytest.mark.parametrize("dot", [False, True], ids=["dash", "dot"])
def test_mnist_plain_and_gzipped(sources: DataSources, packed: list[str], dot: bool) -> None:
    assert sources.mnist_folder
    for name in FILES:
        file = sources.mnist_folder / name
        content = file.read_bytes()
        file.unlink()
        name = name.replace("-idx", ".idx") if dot else name
        if file.name in packed:
            (file.parent / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (file.parent / name).write_bytes(content)
    pictures, numbers = mnist_digits(sources)
    assert pictures.shape == (70, 784)
    np.testing.assert_array_equal(pictures[:, 0], np.arange(70))
    np.testing.assert_array_equal(numbers, np.arange(70) % 10)


def test_mnist_as_samples(sources: DataSources) -> None:
    """Drawn by the seed from all of both pairs of files, each picture with its own label."""
    rows, labels = samples_of(Spec(dataset="mnist", samples=65), sources)
    numbers = np.rint(rows[:, 0] * 255)
    assert (rows.shape, rows.max()) == ((65, 784), 1)
    assert rows.dtype == np.float32
    assert len(set(numbers)) == 65
    assert numbers.max() >= 60
    np.testing.assert_array_equal(labels, numbers % 10)
    assert not np.array_equal(rows, samples_of(Spec(dataset="mnist", samples=65, seed=8), sources)[0])
    assert len(samples_of(Spec(dataset="mnist"), sources)[0]) == 70


def test_mnist_is_read_once_and_again_when_it_changes(sources: DataSources) -> None:
    first = mnist_digits(sources)[0]
    assert mnist_digits(DataSources(sources.mnist_folder))[0] is first
    assert sources.mnist_folder
    write_mnist(sources.mnist_folder, train=61)
    assert len(mnist_digits(sources)[0]) == 71


def test_no_folder_is_a_fault_of_its_own() -> None:
    with pytest.raises(Fault, match="mnist_no_folder"):
        split(Spec(dataset="mnist"))


def put(offset: int, value: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:offset] + struct.pack(">I", value) + content[offset + 4 :]


def spoiled(sources: DataSources, name: str, spoil: Callable[[bytes], bytes], packed: bool) -> Path:
    """The file with this content instead, plain or gzipped."""
    assert sources.mnist_folder
    file = sources.mnist_folder / name
    content = spoil(file.read_bytes())
    file.unlink()
    if packed:
        file = file.with_name(f"{name}.gz")
        content = gzip.compress(content)
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
@pytest.mark.parametrize(
    ("name", "spoil", "code", "values"),
    [
        (FILES[0], put(0, 0x801), "mnist_magic", {"given": "2049", "wanted": "2051"}),
        (FILES[1], put(0, 0x803), "mnist_magic", {"given": "2051", "wanted": "2049"}),
        (FILES[0], put(8, 29), "mnist_pixels", {"given": "29×28", "wanted": "28×28"}),
        (FILES[0], put(4, 2**32 - 1), "mnist_entries", {"count": 4294967295, "limit": 100000}),
        (FILES[2], put(4, 0), "mnist_entries", {"count": 0, "limit": 100000}),
        (FILES[0], lambda content: content[:7], "mnist_header", {"size": 16}),
        (FILES[1], lambda content: content[:0], "mnist_header", {"size": 8}),
        (FILES[0], lambda content: content[:-5], "mnist_too_short", {"size": 47040, "count": 47035}),
        (FILES[3], lambda content: content + b"\0", "mnist_too_long", {"size": 10}),
        (FILES[3], lambda content: content[:-1] + b"\x0a", "mnist_no_digit", {"label": 10}),
    ],
)
def test_each_fault_of_a_file_has_a_code_and_names_the_file(
    sources: DataSources, name: str, spoil: Callable[[bytes], bytes], code: str, values: dict[str, Value], packed: bool
) -> None:
    file = spoiled(sources, name, spoil, packed)
    with pytest.raises(Fault) as raised:
        mnist_digits(sources)
    assert (raised.value.code, raised.value.values) == (code, {"file": file.name, **values})


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
def test_a_picture_without_a_label_is_a_fault_of_two_files(sources: DataSources, packed: bool) -> None:
    file = spoiled(sources, FILES[1], lambda content: content[:4] + struct.pack(">I", 59) + content[9:], packed)
    with pytest.raises(Fault) as raised:
        mnist_digits(sources)
    found = {"file": FILES[0], "count": 60, "label_file": file.name, "labels": 59}
    assert (raised.value.code, raised.value.values) == ("mnist_labels_missing", found)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda packed: packed[:-9],
        lambda packed: packed[: len(packed) // 2],
        lambda packed: packed[:20] + bytes(5) + packed[25:],
    ],
)
def test_damaged_gzip_is_said(sources: DataSources, spoil: Callable[[bytes], bytes]) -> None:
    assert sources.mnist_folder
    file = sources.mnist_folder / FILES[0]
    packed = gzip.compress(file.read_bytes())
    file.unlink()
    file.with_name(f"{file.name}.gz").write_bytes(spoil(packed))
    with pytest.raises(Fault) as raised:
        mnist_digits(sources)
    assert (raised.value.code, raised.value.values) == ("mnist_unreadable", {"file": f"{file.name}.gz"})


LAYOUTS: dict[str, Callable[[str], str]] = {
    "torchvision": lambda name: f"MNIST/raw/{name}",
    "one_below": lambda name: f"raw/{name}",
    "a_folder_each": lambda name: f"{name}/{name.replace('-idx', '.idx')}",
    "packed_without_saying": lambda name: name,
    "unpacked_without_saying": lambda name: f"{name}.gz",
    "other_names": lambda name: name.replace("t10k", "test").replace("-idx3-ubyte", "").replace("-idx1-ubyte", ""),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_files_are_found_by_what_they_hold_one_folder_down(sources: DataSources, tmp_path: Path, layout: str) -> None:
    assert sources.mnist_folder
    folder = tmp_path / layout
    for name in FILES:
        content = (sources.mnist_folder / name).read_bytes()
        file = folder / LAYOUTS[layout](name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(content) if layout == "packed_without_saying" else content)
    (folder / "readme.txt").write_text("of the train set")
    pictures, numbers = mnist_digits(DataSources(folder))
    np.testing.assert_array_equal(pictures[:, 0], np.arange(70))
    np.testing.assert_array_equal(numbers, np.arange(70) % 10)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(sources: DataSources, name: str) -> None:
    assert sources.mnist_folder
    (sources.mnist_folder / name).unlink()
    with pytest.raises(Fault) as raised:
        mnist_digits(sources)
    assert (raised.value.code, raised.value.values) == ("mnist_no_file", {"file": name})
