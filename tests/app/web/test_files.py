"""Files over HTTP: weights down and up, points of one's own; each fault a sentence, and nothing in a file is run."""

import asyncio
import gzip
import io
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from websockets.asyncio.client import ClientConnection, connect

from app.settings import Limits
from engine import Spec, Trainer
from engine.exports.proof import run_program
from tests.app.running import Running, running_server
from tests.app.web.test_sockets import address, say, until
from tests.engine.training.test_model_file import DOUBLING, zipped

NORMED = {"hidden": [{"width": 5, "batch_norm": True}, 3], "samples": 60}


def send(server: Running, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes, str | None]:
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read(), answer.headers["Content-Disposition"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), None


async def away(server: Running, path: str, body: bytes | None = None, **headers: str) -> Any:
    """From another thread, so that the socket is read on."""
    return await asyncio.to_thread(send, server, path, body, **headers)


def saved(value: Any, **how: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, **how)
    return buffer.getvalue()


async def configured(socket: ClientConnection, spec: dict[str, Any]) -> str:
    """The key of the session once it has this Spec."""
    await say(socket, type="configure", spec=spec)
    name, value = next(iter(spec.items()))
    first = await until(socket, "state")
    state = await until(socket, "state") if first["spec"][name] != value else first
    key: str = state["session"]
    return key


async def test_a_file_taken_while_it_trains_is_of_the_step_in_its_name(server: Running) -> None:
    async with connect(address(server)) as socket:
        key = await configured(socket, {"seed": 5})
        await say(socket, type="speed", steps_per_second=None)
        await say(socket, type="play")
        await until(socket, "frame", lambda frame: frame["step"] > 0)
        for _ in range(3):
            _, data, name = await away(server, f"/api/sessions/{key}/model.pt")
            trainer = Trainer(Spec(seed=5), backend="by_hand")
            trainer.advance(int(name.split("-")[-1].split(".")[0]))
            state = torch.load(io.BytesIO(data), weights_only=True)
            for tensor, values in trainer.parameters().items():
                np.testing.assert_array_equal(state[tensor].numpy(), values)


async def test_weights_go_to_plain_torch_and_come_back(server: Running) -> None:
    async with connect(address(server)) as socket:
        key = await configured(socket, NORMED)
        await say(socket, type="step", count=30)
        trained = await until(socket, "frame", lambda frame: frame["step"] == 30)
        status, data, name = await away(server, f"/api/sessions/{key}/model.pt")
        assert (status, name) == (200, 'attachment; filename="playground-step-30.pt"')
        state = torch.load(io.BytesIO(data), weights_only=True)
        assert list(state) == [
            *("layers.0.weight", "layers.0.bias", "norms.0.weight", "norms.0.bias"),
            *("layers.1.weight", "layers.1.bias", "layers.2.weight", "layers.2.bias"),
            *("norms.0.running_mean", "norms.0.running_var"),
        ]
        for tensor, values in trained["parameters"].items():
            np.testing.assert_array_equal(state[tensor].numpy(), values)

        linear, norm = torch.nn.functional.linear, torch.nn.functional.batch_norm
        inputs = torch.tensor([[0.5, -2.0], [3.0, 1.0]])
        z = linear(inputs, state["layers.0.weight"], state["layers.0.bias"])
        mean, variance = state["norms.0.running_mean"], state["norms.0.running_var"]
        hidden = torch.tanh(norm(z, mean, variance, state["norms.0.weight"], state["norms.0.bias"]))
        hidden = torch.tanh(linear(hidden, state["layers.1.weight"], state["layers.1.bias"]))
        wanted = torch.tanh(linear(hidden, state["layers.2.weight"], state["layers.2.bias"])).numpy()
        await say(socket, type="predict", inputs=inputs.tolist(), id=1)
        said = await until(socket, "prediction")
        np.testing.assert_allclose(said["outputs"], wanted, atol=1e-6)

        await say(socket, type="reset")
        await until(socket, "state", lambda state: state["step"] == 0)
        status, _, _ = await away(server, f"/api/sessions/{key}/model", data)
        assert status == 200
        notice = await until(socket, "notice")
        assert notice["code"] == "weights_loaded"
        back = await until(socket, "frame", lambda frame: frame["train_loss"] == trained["train_loss"])
        assert (back["step"], back["test_loss"]) == (0, trained["test_loss"])
        await say(socket, type="reset")
        first = Trainer(Spec.model_validate(NORMED), backend="by_hand").evaluate()["train_loss"]
        await until(socket, "frame", lambda frame: frame["train_loss"] == pytest.approx(first, rel=1e-6))


def stack(*names: str, dtype: torch.dtype = torch.float32) -> dict[str, torch.Tensor]:
    """The weights of a network of the default experiment's sizes, whose layers have these names."""
    chance = torch.Generator().manual_seed(4)
    shapes = ((4, 2), (2, 4), (1, 2))
    state = {}
    for name, (above, below) in zip(names, shapes, strict=True):
        for part, shape in (("weight", (above, below)), ("bias", (above,))):
            state[f"{name}.{part}"] = (3 * torch.randn(shape, generator=chance)).to(dtype)
    return state


OURS = ("layers.0", "layers.1", "layers.2")
FILES_OF_OTHERS = {
    "bfloat16": (torch.bfloat16, saved(stack(*OURS, dtype=torch.bfloat16))),
    "int32": (torch.int32, saved(stack(*OURS, dtype=torch.int32))),
    "the old format": (torch.float32, saved(stack(*OURS), _use_new_zipfile_serialization=False)),
    "DataParallel": (torch.float32, saved(stack("module.0", "module.2", "module.4"))),
    "fc": (torch.float32, saved(stack("fc1", "fc2", "fc3"))),
    "linear": (torch.float32, saved(stack("linear1", "linear2", "out"))),
    "a checkpoint": (torch.float32, saved({"model": stack("0", "2", "4"), "optimizer": {"state": {}}, "epoch": 3})),
    "state_dict": (torch.float32, saved({"state_dict": stack("net.0", "net.2", "net.4"), "epoch": 7})),
    "safetensors": (torch.float32, safetensors.torch.save(stack("fc1", "fc2", "fc3"))),
}


async def test_weights_as_others_save_them_are_taken_and_used(server: Running) -> None:
    inputs = torch.tensor([[0.5, -2.0], [3.0, 1.0], [-4.0, 2.5]])
    async with connect(address(server)) as socket:
        key = (await until(socket, "state"))["session"]
        for name, (dtype, body) in FILES_OF_OTHERS.items():
            layers = [tensor.float() for tensor in stack(*OURS, dtype=dtype).values()]
            wanted = inputs
            for weight, bias in zip(layers[::2], layers[1::2], strict=True):
                wanted = torch.tanh(wanted @ weight.T + bias)
            status, data, _ = await away(server, f"/api/sessions/{key}/model", body)
            assert status == 200, (name, data)
            await say(socket, type="predict", inputs=inputs.tolist(), id=1)
            said = await until(socket, "prediction")
            np.testing.assert_allclose(said["outputs"], wanted.numpy(), atol=1e-6, err_msg=name)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "model_not_torch"),
        (b"x" * 5000, "model_not_torch"),
        (saved(torch.nn.Linear(2, 4)), "model_foreign"),
        (saved({"layers.0.weight": torch.ones(4, 2)}), "model_other_data"),
        (saved({"fc1.weight": torch.ones(3, 2), "fc2.weight": torch.ones(1, 3)}), "model_sizes"),
        (saved({"layers.0.bias": torch.ones(4)}), "model_names"),
    ],
)
async def test_a_file_that_does_not_fit_changes_nothing(server: Running, body: bytes, code: str) -> None:
    async with connect(address(server)) as socket:
        state = await until(socket, "state")
        status, data, _ = await away(server, f"/api/sessions/{state['session']}/model", body)
        said = json.loads(data)
        assert (status, said["code"]) == (422, code)
        assert said["message"].endswith(".")
        await say(socket, type="pause")
        assert (await until(socket, "state"))["revision"] == state["revision"]


async def test_a_run_trains_on_while_a_file_for_it_is_read(server: Running) -> None:
    """Of 368 bytes, which stand for a tuple of 2³³ values."""
    async with connect(address(server)) as socket:
        key = (await until(socket, "state"))["session"]
        await say(socket, type="play")
        for pickled in (DOUBLING + b"}h\x00Ns.", b"}" + b"N" * 33_000 + b"(t" * 33_000):
            await until(socket, "frame")
            sending = asyncio.create_task(away(server, f"/api/sessions/{key}/model", zipped(pickled)))
            for _ in range(3):
                await until(socket, "frame")
            status, data, _ = await sending
            said = json.loads(data)
            assert (status, said["code"][:6]) == (422, "model_")
            assert said["message"].endswith(".")


async def test_a_run_that_is_gone_and_a_page_of_another_site(server: Running) -> None:
    for path, body in (("/api/sessions/nothing/model.pt", None), ("/api/sessions/nothing/model", b"x")):
        status, data, _ = await away(server, path, body)
        assert (status, json.loads(data)["code"]) == (404, "no_such_session")
    async with connect(address(server)) as socket:
        key = (await until(socket, "state"))["session"]
        for path in (f"/api/sessions/{key}/model", "/api/points"):
            status, data, _ = await away(server, path, b"x", Origin="http://elsewhere.example")
            assert (status, json.loads(data)["code"]) == (403, "foreign_site")
            own = {"Origin": f"http://127.0.0.1:{server.port}"}
            assert (await away(server, path, b"x", **own))[0] == 422


def points(server: Running, body: bytes, name: str = "mine.csv", more: str = "") -> tuple[int, Any]:
    status, data, _ = send(server, f"/api/points?name={name}{more}", body)
    return status, json.loads(data)


def test_points_of_a_file_are_ready_for_a_spec(server: Running) -> None:
    rows = "".join(f"{x / 10},{x % 7 - 3},{'cat' if x % 2 else 'dog'}\n" for x in range(40))
    status, found = points(server, b"x1,x2,kind\n" + rows.encode())
    assert (status, found["kind"], found["class_names"]) == (200, "classes", ["cat", "dog"])
    assert found["columns"] == ["x1", "x2", "kind"]
    assert [note["code"] for note in found["notes"]] == ["upload_columns", "upload_filled", "upload_classes"]
    assert all(note["message"].endswith(".") for note in found["notes"])
    spec = Spec.model_validate({"dataset": "own", "own_points": found["points"]})
    assert len(spec.own_points) == 40


def test_values_in_json_and_what_was_done_to_them(server: Running) -> None:
    body = json.dumps([[x, 2 * x, x + 0.5] for x in range(10)]).encode()
    status, found = points(server, body, "mine.json")
    assert (status, found["kind"], found["class_names"]) == (200, "values", [])
    assert max(x1 for x1, _, _ in found["points"]) == 5
    assert "upload_filled" in [note["code"] for note in found["notes"]]


def test_half_a_character_in_a_file_comes_back_as_it_was(server: Running) -> None:
    rows = [[i, -i, "\ud83d" if i % 2 else "even"] for i in range(10)]
    status, found = points(server, json.dumps(rows).encode(), "mine.json")
    assert status == 200
    assert sorted(found["class_names"]) == ["even", "\ud83d"]
    status, said = points(server, json.dumps([*rows, [1, "\ud83d", "even"]]).encode(), "mine.json")
    assert status == 422
    assert "\ud83d" in said["message"]


def test_a_file_that_holds_no_points_gets_a_sentence(server: Running) -> None:
    many = b"x1,x2,label\n" + b"1,2,0\n2,1,1\n" * 1500
    for body, code in ((b"", "upload_empty"), (b"\xff\x00\xff", "upload_not_text"), (many, "upload_too_many_rows")):
        status, said = points(server, body)
        assert (status, said["code"]) == (422, code)
        assert said["message"].endswith(".")
    status, found = points(server, many, more="&draw=7")
    assert (status, len(found["points"])) == (200, 2000)


async def points_bytes() -> None:
    """Run by test_limits, as is the next."""
    with running_server(limits__points_bytes="100") as server:
        status, said = await asyncio.to_thread(points, server, b"x" * 200_000)
        assert (status, said["code"], said["values"]) == (413, "file_too_large", {"limit": 100})


async def test_a_run_is_exported_as_a_program_that_has_been_compared(server: Running) -> None:
    async with connect(address(server)) as socket:
        key = await configured(socket, NORMED)
        status, data, name = await away(server, f"/api/sessions/{key}/exports/numpy")
        assert (status, name) == (200, 'attachment; filename="playground-step-0-numpy.py"')
        assert len(run_program(data.decode())["losses"]) == 200
        read = json.loads((await away(server, f"/api/sessions/{key}/programs/torch"))[1])
        assert [phase for _, phase in read["lines"] if phase in ("loss", "update")] == ["loss", "update"]
        await say(socket, type="plant", bug="forgotten_slope")
        await until(socket, "state")
        status, data, _ = await away(server, f"/api/sessions/{key}/exports/numpy")
        assert (status, json.loads(data)["code"]) == (422, "export_of_bug")
        assert (await away(server, "/api/sessions/nothing/exports/numpy"))[0] == 404


async def model_bytes() -> None:
    with running_server(limits__model_bytes="100") as server:
        async with connect(address(server)) as socket:
            key = (await until(socket, "state"))["session"]
            status, data, _ = await away(server, f"/api/sessions/{key}/model", b"x" * 3_000_000)
            said = json.loads(data)
            assert (status, said["code"], said["values"]) == (413, "file_too_large", {"limit": 100})


def test_the_largest_network_fits_the_limit_of_a_model() -> None:
    tensors = {f"layers.{layer}.weight": torch.zeros(100, 333, dtype=torch.float64) for layer in range(9)}
    assert len(saved(tensors)) < Limits().model_bytes


def idx(magic: int, shape: tuple[int, ...], values: bytes) -> bytes:
    return b"".join(number.to_bytes(4, "big") for number in (magic, *shape)) + values


async def test_a_folder_of_mnist_is_offered_and_learned_from(tmp_path: Path) -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (40, 28, 28), dtype=np.uint8)
    for part in ("train", "t10k"):
        images = idx(0x0803, (40, 28, 28), pictures.tobytes())
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx(0x0801, (40,), bytes(range(10)) * 4))
    with running_server(mnist=str(tmp_path)) as server:
        _, data, _ = await away(server, "/api/datasets")
        assert len(json.loads(data)["mnist"]["picture"]) == 28
        async with connect(address(server)) as socket:
            spec = {"dataset": "mnist", "hidden": [6], "loss": "cross_entropy"}
            await say(socket, type="configure", spec=spec)
            state = await until(socket, "state", lambda state: state["spec"]["dataset"] == "mnist")
            assert (state["pictures"]["side"], state["pictures"]["count"]) == (28, 40)
            await say(socket, type="step", count=3)
            frame = await until(socket, "frame", lambda frame: frame["step"] == 3)
            assert frame["weights"].shape == (6, 28, 28)
