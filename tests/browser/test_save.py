"""The menu Save: weights as files that others open, and files of others in the network."""

import base64
import io
import struct
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import safetensors.numpy
import torch
from playwright.sync_api import FilePayload, expect

from engine import Spec, Trainer
from engine.exports.proof import run_program
from tests.browser.conftest import Opened
from tests.browser.test_network_panel import configure
from tests.browser.test_numbers import RECORD, written
from tests.table import long

SVG = "{http://www.w3.org/2000/svg}"

DROP = """async ([name, bytes]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], name));
  document.querySelector('main').dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""  # noqa: E501

NOTE_DRAWN = """() => {
  const { toImage } = Plotly;
  Plotly.toImage = (figure, options) => {
    window.drawn.push(...figure.data.flatMap(({ x }) => x?.at(-1) ?? []));
    return toImage(figure, options);
  };
}"""
"""The last step of each curve that is saved."""


def download(opened: Opened, testid: str) -> tuple[str, bytes]:
    """From the open menu: the name and what is in it."""
    with opened.page.expect_download() as started:
        opened[testid].click()
    return started.value.suggested_filename, Path(started.value.path()).read_bytes()


def torch_file(name: str, value: object) -> FilePayload:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return FilePayload(name=name, mimeType="application/octet-stream", buffer=buffer.getvalue())


def trained(opened: Opened, steps: int = 60) -> None:
    opened.play_to(steps)
    opened["play"].click()
    opened.paused()


def test_weights_are_saved_in_two_formats_and_loaded_again(opened: Opened) -> None:
    trained(opened)
    step, loss = int(opened.number("steps")), opened.number("train-loss")
    opened["save"].click()
    name, data = download(opened, "save-weights")
    other_name, other = download(opened, "save-safetensors")
    assert (name, other_name) == (f"playground-step-{step}.pt", f"playground-step-{step}.safetensors")
    state, again = torch.load(io.BytesIO(data), weights_only=True), safetensors.numpy.load(other)
    assert set(state) == set(again)
    for tensor, values in state.items():
        np.testing.assert_array_equal(values.numpy(), again[tensor])
    opened.page.keyboard.press("Escape")
    expect(opened["save-menu"]).to_be_hidden()
    for file, content in ((name, data), (other_name, other)):
        opened["reset"].click()
        opened.until(lambda: opened.number("steps") == 0 and opened.number("train-loss") != loss)
        payload = FilePayload(name=file, mimeType="application/octet-stream", buffer=content)
        opened["load-weights"].set_input_files(payload)
        opened.until(lambda: opened.number("train-loss") == loss and opened.number("steps") == 0)
        expect(opened["message"]).to_contain_text("are loaded")
        expect(opened["play"]).to_have_attribute("aria-pressed", "false")


def test_the_run_is_offered_as_programs_that_have_been_compared(opened: Opened) -> None:
    trained(opened)
    step, loss = int(opened.number("steps")), opened.number("train-loss")
    opened["save"].click()
    for kind, ending, said in (
        ("onnx", ".onnx", "outputs agree to"),
        ("safetensors", ".safetensors", "outputs agree to"),
        ("report", ".html", "outputs agree to"),
        ("data", "-data.csv", "outputs agree to"),
        ("torch", "-torch.py", "200 losses agree to"),
        ("numpy", "-numpy.py", "200 losses agree to"),
    ):
        on_click = kind in ("onnx", "report")  # the others are made when the menu opens
        taken = download(opened, f"export-{kind}") if on_click else None
        proof = opened[f"export-{kind}"].get_by_test_id("proof")
        expect(proof).to_have_attribute("data-state", "proved")
        assert float(proof.get_attribute("data-difference") or "nan") < 1e-5
        expect(proof).to_contain_text(f"Step {step}: ")
        expect(proof).to_contain_text(said)
        name, data = taken or download(opened, f"export-{kind}")
        assert name == f"playground-step-{step}{ending}"
        if kind == "report":
            assert len(data) > 3_000_000, "with plotly.js in it"
            assert f"after {step} steps".encode() in data
        if not name.endswith(".py"):
            continue
        printed = run_program(data.decode())["printed"].splitlines()
        assert float(printed[-1].removeprefix("training loss ")) == pytest.approx(loss, rel=1e-5)


@pytest.mark.painted
def test_pictures_are_as_dense_as_paper_and_the_page_stays_as_it_was(opened: Opened) -> None:
    trained(opened)
    step = int(opened.number("steps"))
    canvas = opened["boundary"]
    sides = "canvas => [canvas.width, canvas.clientWidth]"
    before = canvas.evaluate(sides)
    opened["save"].click()
    for picture, text in (("network", "‖∂L/∂W‖"), ("map", "x₁"), ("charts", "training")):
        name, png = download(opened, f"picture-{picture}-png")
        assert name == f"playground-step-{step}-{picture}.png"
        width, height = struct.unpack(">II", png[16:24])
        assert max(width, height) >= 1800, "15 cm at 300 dpi"
        name, data = download(opened, f"picture-{picture}-svg")
        assert name == f"playground-step-{step}-{picture}.svg"
        svg = ElementTree.fromstring(data)
        assert text in {one.text for one in svg.iter(f"{SVG}text")}
        if picture == "charts":
            continue
        dense = svg.findall(f"{SVG}image")
        assert len(dense) == 1
        pixels = base64.b64decode(str(dense[0].get("href")).partition(",")[2])
        assert struct.unpack(">I", pixels[16:20])[0] / float(str(dense[0].get("width"))) >= 300 / 96 - 0.01
    opened.until(lambda: canvas.evaluate(sides) == before)

    opened.page.keyboard.press("Escape")
    opened.play_to(step)
    opened["save"].click()
    opened.page.evaluate(NOTE_DRAWN)
    for _ in range(3):
        opened.page.evaluate("window.drawn = []")
        name, _data = download(opened, "picture-charts-svg")
        last = opened.page.evaluate("drawn")
        assert name == f"playground-step-{max(last)}-charts.svg", "while the run goes on"


def test_all_that_is_shown_is_of_the_loaded_weights(opened: Opened) -> None:
    opened.page.evaluate(RECORD)
    opened["numbers"].click()
    trained(opened, 1)
    opened["neuron-0-0"].click()
    halves = {name: torch.full(shape, 0.5) for name, shape in opened.state["tensors"]}
    opened["load-weights"].set_input_files(torch_file("halves.pt", halves))
    expect(opened["message"]).to_contain_text("are loaded")
    twin = Trainer(Spec(), backend="by_hand")
    twin.load_parameters({name: values.numpy() for name, values in halves.items()})
    told = twin.evaluate()
    for testid, value in (("train-loss", told["train_loss"]), ("test-loss", told["test_loss"])):
        opened.until(lambda testid=testid, value=value: opened.number(testid) == pytest.approx(value, rel=1e-5))  # type: ignore[misc]
    opened.answered()
    count = opened.state["parameters_count"]
    opened.until(lambda: [line["text"] for line in written(opened)].count("0.50") == count)
    expect(opened["inspector"]).to_contain_text("Step 1 (next step, ")


def test_a_file_dropped_on_the_page_is_loaded(opened: Opened) -> None:
    trained(opened)
    loss = opened.number("train-loss")
    opened["save"].click()
    name, data = download(opened, "save-weights")
    opened["reset"].click()
    opened.until(lambda: opened.number("steps") == 0 and opened.number("train-loss") != loss)
    opened.page.evaluate(DROP, [name, list(data)])
    opened.until(lambda: opened.number("train-loss") == loss)
    expect(opened["upload-dialog"]).to_be_hidden()


@pytest.mark.parametrize("hidden", [long(None), [{"width": 4, "batch_norm": True}, 3], long([{"width": 3}])])
def test_the_three_lines_of_torch_open_the_file(opened: Opened, tmp_path: Path, hidden: list[object] | None) -> None:
    if hidden:
        configure(opened, hidden=hidden, biases=len(hidden) > 1)
    opened["save"].click()
    name, data = download(opened, "save-weights")
    (tmp_path / name).write_bytes(data)
    lines = opened["torch-lines"].inner_text()
    assert len(lines.splitlines()) == 3
    check = f"{lines}\nprint(sorted(n for n in net.state_dict() if 'tracked' not in n))"
    ran = subprocess.run([sys.executable, "-c", check], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == str(sorted(torch.load(io.BytesIO(data), weights_only=True)))


def test_the_network_of_a_file_is_built_and_its_layers_are_matched(opened: Opened) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(2, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1))
    data = torch_file("", {"model": model.state_dict(), "epoch": 3})["buffer"]
    opened.page.evaluate(DROP, ["my weights", list(data)])  # known by what is in it
    expect(opened["message"]).to_contain_text("0.weight 5×2, 2.weight 1×5, and the one here layers.0.weight 4×2")
    opened["message-offer"].click()
    expect(opened["message"]).to_contain_text("matched in order: 0 → layers.0, 2 → layers.1")
    opened.until(lambda: [layer["width"] for layer in opened.spec["hidden"]] == [5])
    twin = Trainer(Spec(hidden=(5,)), backend="by_hand")
    names = ("layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias")
    twin.load_parameters(
        {name: tensor.numpy() for name, tensor in zip(names, model.state_dict().values(), strict=True)}
    )
    loss = twin.evaluate()["train_loss"]
    opened.until(lambda: opened.number("train-loss") == pytest.approx(loss, rel=1e-5))
    opened.faults.clear()  # of the console: an answer of 422 is told there


def test_a_file_that_does_not_fit_is_refused_in_words_and_nothing_is_lost(opened: Opened) -> None:
    trained(opened)
    step, loss = opened.number("steps"), opened.number("train-loss")
    state = {name: torch.ones(shape) for name, shape in opened.state["tensors"]}
    wide = {**state, "layers.0.weight": torch.ones(7, 2)}
    opened["save"].click()
    opened["load-weights"].set_input_files(torch_file("wide.pt", wide))
    expect(opened["message"]).to_contain_text("layers.0.weight is 7×2 in this file and 4×2 in this network")
    expect(opened["message-offer"]).to_be_hidden()
    text = FilePayload(name="text.safetensors", mimeType="", buffer=b"neither one nor the other")
    opened["load-weights"].set_input_files(text)
    expect(opened["message"]).to_contain_text("written neither by torch.save nor as safetensors")
    huge = FilePayload(name="huge.pt", mimeType="", buffer=b"x" * (4 * 1024 * 1024 + 1))
    opened["load-weights"].set_input_files(huge)
    expect(opened["message"]).to_contain_text("can have 4 MB")
    assert (opened.number("steps"), opened.number("train-loss")) == (step, loss)
    opened.faults.clear()  # of the console: an answer of 422 is told there
