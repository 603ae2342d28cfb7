"""Model files: torch opens what is written, what torch writes is read, and nothing in a file is ever run."""

import argparse
import contextlib
import io
import itertools
import os
import pickle
import sys
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.fault import Fault
from engine.nn.network import Array
from engine.training.model_file import stored, write
from engine.training.pickled_tensors import unpickled
from engine.training.weights import fitted

TENSORS: dict[str, Array] = {
    "layers.0.weight": np.arange(6, dtype=np.float32).reshape(3, 2) / np.float32(7),
    "layers.0.bias": np.array([1e-30, -2, 3e30], np.float32),
    "norms.0.running_var": np.ones(3, np.float32),
}
SHAPES = {name: values.shape for name, values in TENSORS.items()}


def saved(value: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def read(data: bytes, shapes: dict[str, tuple[int, ...]]) -> dict[str, Array]:
    return fitted(stored(data), shapes).tensors


def saved_as_of_old(value: Any) -> bytes:
    """As torch before 1.6 did."""
    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=False)
    return buffer.getvalue()


def as_torch() -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(values.copy()) for name, values in TENSORS.items()}


def zipped(pickled: bytes, compression: int = zipfile.ZIP_STORED, **entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        archive.writestr("x/data.pkl", pickled)
        for name, data in entries.items():
            archive.writestr(f"x/data/{name.removeprefix('_')}", data)
    return buffer.getvalue()


def fault(data: bytes, shapes: dict[str, tuple[int, ...]] = SHAPES) -> Fault:
    with pytest.raises(Fault) as raised:
        read(data, shapes)
    return raised.value


def test_plain_torch_opens_what_is_written() -> None:
    loaded = torch.load(io.BytesIO(write(TENSORS)), weights_only=True)
    assert list(loaded) == list(TENSORS)
    for name, values in TENSORS.items():
        np.testing.assert_array_equal(loaded[name].numpy(), values)
    assert write(TENSORS) == write(TENSORS)


def test_it_fits_a_module_of_torch() -> None:
    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = torch.nn.ModuleList([torch.nn.Linear(2, 3)])
            self.norms = torch.nn.ModuleList([torch.nn.BatchNorm1d(3)])

    model = Model()
    shapes = {name: tuple(values.shape) for name, values in model.state_dict().items() if "tracked" not in name}
    tensors = {name: np.random.default_rng(3).random(shape, np.float32) for name, shape in shapes.items()}
    model.load_state_dict(torch.load(io.BytesIO(write(tensors)), weights_only=True))
    again = read(saved(model.state_dict()), shapes)  # and back, with its versions and its count of batches
    for name, values in tensors.items():
        np.testing.assert_array_equal(again[name], values)


@pytest.mark.parametrize("protocol", [2, 3, 4])
@pytest.mark.parametrize("kind", [dict, OrderedDict])
def test_what_torch_writes_is_read(kind: type[dict[str, Any]], protocol: int) -> None:
    buffer = io.BytesIO()
    torch.save(kind(as_torch()), buffer, pickle_protocol=protocol)
    for name, values in read(buffer.getvalue(), SHAPES).items():
        np.testing.assert_array_equal(values, TENSORS[name])
        assert values.dtype == np.float32


@pytest.mark.parametrize("kind", [torch.float64, torch.float16, torch.bfloat16, torch.int32, torch.int8, torch.uint8])
def test_other_numbers_become_float32(kind: torch.dtype) -> None:
    tensors = {"w": torch.tensor([[1.5, 2.25], [0.125, 3.0]]).to(kind)}
    for data in (saved(tensors), saved_as_of_old(tensors)):
        np.testing.assert_array_equal(read(data, {"w": (2, 2)})["w"], tensors["w"].float().numpy())


def test_views_parameters_and_shared_storages_are_read() -> None:
    whole = torch.arange(12.0).reshape(3, 4)
    tensors = {"a": whole.T, "b": whole[1:, 1:3], "c": torch.nn.Parameter(torch.ones(2))}
    shapes: dict[str, tuple[int, ...]] = {"a": (4, 3), "b": (2, 2), "c": (2,)}
    numbers = read(saved(tensors), shapes)
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(numbers[name], tensor.detach().numpy())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "model_not_torch"),
        (b"not a zip", "model_not_torch"),
        (write({})[:-30], "model_not_torch"),
        (zipped(b"")[:40], "model_not_torch"),
        (zipped(b""), "model_damaged"),
        (zipped(b"\x80\x02}(X"), "model_damaged"),
        (zipped(b"R."), "model_damaged"),
        (zipped(b"\x80\x02}h\x07."), "model_damaged"),
        (zipped(b"\x80\x02K\x01K\x02."), "model_damaged"),
        (zipped(write(TENSORS), zipfile.ZIP_DEFLATED), "model_damaged"),
        (zipped(b"\x80\x02]" + b"0" * 200_000 + b"."), "model_foreign"),
        (saved(torch.nn.Linear(2, 3)), "model_foreign"),
        (saved({"model": {"w": 1.0}}), "model_foreign"),
        (saved_as_of_old(as_torch())[:-30], "model_damaged"),
        (saved_as_of_old(as_torch())[:60], "model_damaged"),
        (saved({1: torch.ones(2)}), "model_foreign"),
        (saved([torch.ones(2)]), "model_foreign"),
        (saved({"w": torch.ones(2, dtype=torch.complex64)}), "model_foreign"),
        (saved({**as_torch(), "more": torch.ones(2)}), "model_names"),
        (saved({"layers.0.bias": torch.ones(3)}), "model_names"),
        (saved({**as_torch(), "layers.0.bias": torch.ones(4)}), "model_shape"),
        (saved({**as_torch(), "layers.0.bias": torch.ones(3, 1)}), "model_shape"),
        (saved({**as_torch(), "layers.0.bias": torch.tensor([1, torch.nan, 2])}), "model_not_finite"),
        (
            saved({**as_torch(), "layers.0.bias": torch.tensor([1, 1e300, 2], dtype=torch.float64)}),
            "model_not_finite",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",  # bytes of an archive hold the time it was made
)
def test_every_fault_has_its_code(data: bytes, code: str) -> None:
    assert fault(data).code == code


@pytest.mark.parametrize("save", [saved, saved_as_of_old])
def test_the_state_dict_beside_other_things_is_taken(save: Callable[[Any], bytes]) -> None:
    model = torch.nn.Linear(2, 3)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(4, 2)).sum().backward()
    optimizer.step()
    beside = {"optimizer": optimizer.state_dict(), "epoch": 3, "loss": 0.25, "args": argparse.Namespace(seed=1)}
    for name in ("model", "state_dict", "model_state_dict", "my_own"):
        found = read(save({**beside, name: as_torch(), "best": np.float64(0.5)}), SHAPES)
        np.testing.assert_equal(found, TENSORS)
    both = {"generator": {"w": torch.ones(1)}, "state_dict": as_torch()}
    np.testing.assert_equal(read(save(both), SHAPES), TENSORS)


def test_a_broken_file_of_old_raises_nothing_else() -> None:
    data = saved_as_of_old({"model": as_torch(), "epoch": 3})
    random = np.random.default_rng(1)
    for _ in range(300):
        broken = bytearray(data)
        for place in random.integers(0, len(data), 3):
            broken[place] = random.integers(0, 256)
        with contextlib.suppress(Fault):
            read(bytes(broken), SHAPES)


DOUBLING = b"\x80\x02Nq\x00" + b"h\x00h\x00\x86q\x00" * 33
"""None, then 33 times over a tuple of twice what was there: to hash, compare or print it would take hours."""
STORAGE = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\n"


@pytest.mark.parametrize(
    ("pickled", "code"),
    [
        (DOUBLING + b"}h\x00Ns.", "model_too_much"),  # as a key
        (DOUBLING + STORAGE + b"h\x00X\x03\x00\x00\x00cpuK\x01tQ.", "model_too_much"),
        (DOUBLING + b"h\x00h\x00\x93.", "model_too_much"),  # as a name
        (b"\x80\x02N\x85q\x00}h\x00Ns.", "model_foreign"),
        (b"\x80\x02N\x85q\x00" + STORAGE + b"h\x00X\x03\x00\x00\x00cpuK\x01tQ.", "model_damaged"),
        (b"\x80\x02N\x85q\x00h\x00h\x00\x93.", "model_damaged"),
        (b"(" * 9 + b".", "model_too_much"),
        (b"(" + b"N" * 9 + b"t.", "model_too_much"),
        (b"N" + b"\x85" * 5 + b".", "model_too_much"),
        (b"}" + b"N" * 33_000 + b"(t" * 33_000, "model_damaged"),
    ],
    ids=range(10),
)
def test_a_few_bytes_that_stand_for_much_are_not_walked_through(pickled: bytes, code: str) -> None:
    assert fault(zipped(pickled)).code == code


@pytest.mark.parametrize(
    ("start", "again"),
    [
        (b"}", b"N(t"),
        (b"}q\x00(X\x01\x00\x00\x00aNX\x01\x00\x00\x00bNu", b"h\x00b"),
        (b"((" + b"K\x01" * 8 + b"tq\x00", b"h\x00\x85"),
        (b"X\x1e\x00\x00\x00" + b"a" * 30 + b"q\x00", b"h\x00h\x00\x93"),
    ],
    ids=["marks", "attributes", "tuples", "names"],
)
def test_twice_the_opcodes_are_twice_the_work(start: bytes, again: bytes) -> None:
    def calls(times: int) -> int:
        """Of Python functions and resumed generators."""
        counter = itertools.count()
        sys.setprofile(lambda _frame, event, _argument: next(counter) if event in ("call", "c_call") else None)
        try:
            with contextlib.suppress(Fault):
                unpickled(io.BytesIO(start + again * times + b"."))
        finally:
            sys.setprofile(None)
        return next(counter)

    nothing, once, twice = calls(0), calls(200), calls(400)
    assert once - nothing > 200
    assert twice - nothing < 2.1 * (once - nothing)


def test_faults_tell_what_is_there_and_what_is_wanted() -> None:
    names = fault(saved({"layers.0.weight": torch.ones(3, 2), "x": torch.ones(1)})).values
    assert names == {"missing": ["layers.0.bias", "norms.0.running_var"], "extra": ["x"]}
    shape = fault(saved({**as_torch(), "layers.0.weight": torch.ones(8, 2)})).values
    assert shape == {"name": "layers.0.weight", "given": "8×2", "wanted": "3×2"}


def test_a_storage_that_is_too_short_is_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(write(TENSORS))) as whole:
        pickled = whole.read("model/data.pkl")
        bias, ones = whole.read("model/data/1"), whole.read("model/data/2")
    assert fault(zipped(pickled, _0=b"\0" * 20, _1=bias, _2=ones)).values == {"name": "layers.0.weight"}
    assert fault(zipped(pickled, _0=b"\0" * 24, _1=bias)).code == "model_damaged"


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(Evil.place),)

    place = Path()


@pytest.mark.parametrize("protocol", range(6))
def test_nothing_in_a_file_is_run(protocol: int, tmp_path: Path) -> None:
    Evil.place = tmp_path / "made"
    for value in (Evil(), {"w": Evil()}, OrderedDict(w=Evil())):
        assert fault(zipped(pickle.dumps(value, protocol)), {"w": (1,)}).code == "model_foreign"
    assert not Evil.place.exists()
    pickle.loads(pickle.dumps(Evil(), protocol))
    assert Evil.place.exists(), "the file would have done nothing anyway"


def test_no_broken_byte_raises_anything_else() -> None:
    data = bytearray(write(TENSORS))
    random = np.random.default_rng(1)
    for _ in range(1000):
        broken = data.copy()
        for place in random.integers(0, len(data), 3):
            broken[place] = random.integers(0, 256)
        try:
            read(bytes(broken), SHAPES)
        except Fault:
            continue
