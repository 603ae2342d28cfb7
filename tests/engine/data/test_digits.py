import gzip
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from engine import Spec
from engine.data import digits
from engine.data.datasets import samples_of, split
from engine.data.digits import Library, LibraryFault, bundled_digits, folder_digits

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def write_mnist(folder: Path, train: int = 60, test: int = 10) -> Library:
    """Four files as MNIST has them: the first pixel of a picture is its number, its label the last figure of that."""
    for part, count, first in (("train", train, 0), ("t10k", test, train)):
        pictures = np.zeros((count, 28, 28), dtype=np.uint8)
        pictures[:, 0, 0] = np.arange(first, first + count)
        pictures[:, 27, 27] = 255
        head = struct.pack(">4I", 0x803, count, 28, 28)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(head + pictures.tobytes())
        labels = bytes(number % 10 for number in range(first, first + count))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, count) + labels)
    return Library(mnist_folder=folder)


@pytest.fixture
def library(tmp_path: Path) -> Library:
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
    with pytest.raises(LibraryFault, match="not installed; install scikit-learn"):
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


@pytest.mark.parametrize("packed", [[], FILES, FILES[:1]], ids=["plain", "gzipped", "one gzipped"])
@pytest.mark.parametrize("dot", [False, True], ids=["dash", "dot"])
def test_mnist_plain_and_gzipped(library: Library, packed: list[str], dot: bool) -> None:
    assert library.mnist_folder
    for name in FILES:
        file = library.mnist_folder / name
        content = file.read_bytes()
        file.unlink()
        name = name.replace("-idx", ".idx") if dot else name
        if file.name in packed:
            (file.parent / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (file.parent / name).write_bytes(content)
    pictures, numbers = folder_digits(library)
    assert pictures.shape == (70, 784)
    np.testing.assert_array_equal(pictures[:, 0], np.arange(70))
    np.testing.assert_array_equal(numbers, np.arange(70) % 10)


def test_mnist_as_samples(library: Library) -> None:
    """Drawn by the seed from all of both pairs of files, each picture with its own label."""
    rows, labels = samples_of(Spec(dataset="mnist", samples=65), library)
    numbers = np.rint(rows[:, 0] * 255)
    assert (rows.shape, rows.max()) == ((65, 784), 1)
    assert rows.dtype == np.float32
    assert len(set(numbers)) == 65
    assert numbers.max() >= 60
    np.testing.assert_array_equal(labels, numbers % 10)
    assert not np.array_equal(rows, samples_of(Spec(dataset="mnist", samples=65, seed=8), library)[0])
    assert len(samples_of(Spec(dataset="mnist"), library)[0]) == 70


def test_mnist_is_read_once_and_again_when_it_changes(library: Library) -> None:
    first = folder_digits(library)[0]
    assert folder_digits(Library(library.mnist_folder))[0] is first
    assert library.mnist_folder
    write_mnist(library.mnist_folder, train=61)
    assert len(folder_digits(library)[0]) == 71


def test_no_folder_is_said_with_the_way_out() -> None:
    with pytest.raises(LibraryFault, match="no folder is set for them; choose the 8×8 digits, or"):
        split(Spec(dataset="mnist"))


def put(offset: int, value: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:offset] + struct.pack(">I", value) + content[offset + 4 :]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
@pytest.mark.parametrize(
    ("name", "spoil", "said"),
    [
        (FILES[0], put(0, 0x801), r"starts with the number 2049, not 2051; use MNIST's own file"),
        (FILES[1], put(0, 0x803), r"starts with the number 2051, not 2049; use"),
        (FILES[0], put(8, 29), r"has pictures of 29×28 pixels, not 28×28; use"),
        (FILES[0], put(4, 2**32 - 1), r"claims 4294967295 entries and can have 1 to 100000; use"),
        (FILES[2], put(4, 0), r"claims 0 entries"),
        (FILES[0], lambda content: content[:7], r"ends within its header of 16 bytes; get the file anew"),
        (FILES[1], lambda content: content[:0], r"ends within its header of 8 bytes; get"),
        (FILES[0], lambda content: content[:-5], r"must hold 47040 bytes after its header and holds only 47035; get"),
        (FILES[3], lambda content: content + b"\0", r"must hold 10 bytes after its header and holds more; get"),
        (FILES[3], lambda content: content[:-1] + b"\x0a", r"holds the label 10 and digits go from 0 to 9; use"),
        (
            FILES[1],
            lambda content: content[:4] + struct.pack(">I", 59) + content[9:],
            r"images.* has 60 pictures and .*labels",
        ),
    ],
)
def test_each_fault_of_a_file_is_a_sentence(
    library: Library, name: str, spoil: Callable[[bytes], bytes], said: str, packed: bool
) -> None:
    assert library.mnist_folder
    file = library.mnist_folder / name
    content = spoil(file.read_bytes())
    file.unlink()
    if packed:
        file.with_name(f"{name}.gz").write_bytes(gzip.compress(content))
    else:
        file.write_bytes(content)
    with pytest.raises(LibraryFault, match=said) as raised:
        folder_digits(library)
    assert name in str(raised.value)
    assert str(library.mnist_folder) not in str(raised.value)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda packed: packed[:-9],
        lambda packed: packed[: len(packed) // 2],
        lambda packed: b"no gzip" + packed,
        lambda packed: packed[:20] + bytes(5) + packed[25:],
    ],
)
def test_damaged_gzip_is_said(library: Library, spoil: Callable[[bytes], bytes]) -> None:
    assert library.mnist_folder
    file = library.mnist_folder / FILES[0]
    packed = gzip.compress(file.read_bytes())
    file.unlink()
    file.with_name(f"{file.name}.gz").write_bytes(spoil(packed))
    with pytest.raises(LibraryFault, match=rf"{file.name}\.gz cannot be read: it is damaged or cut short; get"):
        folder_digits(library)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(library: Library, name: str) -> None:
    assert library.mnist_folder
    (library.mnist_folder / name).unlink()
    with pytest.raises(LibraryFault, match=re.escape(f"no file {name} or {name}.gz; put all four files there")):
        folder_digits(library)
