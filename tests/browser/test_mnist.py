"""Pictures of 28×28 pixels: files in MNIST's form, with rings for 0 and bars for 1, learned and drawn."""

import math
import struct
from pathlib import Path

import numpy as np
from playwright.sync_api import expect

from tests.app.running import running_server
from tests.browser.conftest import OpenPage
from tests.browser.test_output import draw

RING = [(0.5 + 0.28 * math.sin(turn), 0.5 - 0.35 * math.cos(turn)) for turn in np.linspace(0, 2 * math.pi, 9)]
BAR = [(0.5, 0.12), (0.5, 0.88)]


def write_rings_and_bars(folder: Path) -> None:
    random = np.random.default_rng(0)
    down, across = np.mgrid[-13.5:14, -13.5:14]
    radius = np.hypot(down, across)
    shapes = np.stack([(radius > 6.5) & (radius < 10), (np.abs(across) < 1.6) & (np.abs(down) < 10)])
    for part, count in (("train", 240), ("t10k", 60)):
        labels = np.arange(count) % 2
        pictures = shapes[labels] * random.uniform(120, 255, (count, 28, 28))
        head = struct.pack(">4I", 0x803, count, 28, 28)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(head + pictures.astype(np.uint8).tobytes())
        head = struct.pack(">2I", 0x801, count)
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(head + labels.astype(np.uint8).tobytes())


def test_a_folder_of_mnist_is_chosen_learned_and_drawn(open_page: OpenPage, tmp_path: Path) -> None:
    write_rings_and_bars(tmp_path)
    with running_server("by_hand", mnist=str(tmp_path)) as server:
        opened = open_page(port=server.port)
        opened["presets"].click()
        opened["preset-d6_narrowing_mnist"].click()
        expect(opened["pad"]).to_be_visible()
        expect(opened["boundary"]).to_be_hidden()
        assert opened.state["sizes"] == [784, 256, 64, 10]
        opened["play"].click()
        opened.until(lambda: opened.number("test-accuracy") > 0.99)
        for strokes, digit in ((BAR, 1), (RING, 0)):
            opened["clear-pad"].click()
            draw(opened, [strokes])
            opened.until(lambda digit=digit: opened.number(f"probability-{digit}") > 0.5)  # type: ignore[misc]
        opened["example-1"].click()
        opened.until(lambda: opened.number("probability-1") > 0.5)
