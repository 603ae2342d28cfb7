"""The decision boundary as it is drawn, in a real Chromium: between two cells there is a line where the network puts
them on different sides, and nowhere else."""

import base64
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser

from app.wire.frames import encode_frame, layout_message
from engine import Spec, Trainer
from tests.app.running import Running

SIDE = 100

CROSSED = """async ([frame, layout, kind]) => {
    const { decodeFrame } = await import('/static/js/wire/frames.js');
    const { makeContour, smoothMap, traceContour } = await import('/static/js/draw/plane/contour.js');
    const bytes = Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0));
    const { boundary, threshold } = await decodeFrame(bytes.buffer, layout);
    const { side, values } = boundary;
    const one = (number) => values.map((winner) => (winner === number ? 1 : -1));
    const maps = kind === 'classes' ? [...new Set(values)].sort().map(one) : [values];
    const level = threshold ?? 0;
    const smooth = (map) => smoothMap(map, level, side, new Float32Array(side * side));
    const rounded = (map) => (smooth(map) === map && kind !== 'classes' ? boundary.scale / 127 : 0);
    return maps.map((map) => crossings(makeContour(side)(smooth(map), level, rounded(map)), side));

    // by cells: how often the curve crosses the way from a cell's centre to that of its right, or lower, neighbour
    function crossings(paths, side) {
      const [right, down] = [Array(side * side).fill(0), Array(side * side).fill(0)];
      let [x, y, startX, startY] = [0, 0, 0, 0];
      const toLine = (nextX, nextY) => {
        const [u, v, s, t] = [x, y, nextX, nextY].map((part) => part * side - 0.5);
        for (let row = Math.ceil(Math.min(v, t)); row < Math.max(v, t); row++) {
          const column = Math.floor(u + ((row - v) / (t - v)) * (s - u));
          if (row >= 0 && row < side && column >= 0 && column < side - 1) right[row * side + column] += 1;
        }
        for (let column = Math.ceil(Math.min(u, s)); column < Math.max(u, s); column++) {
          const row = Math.floor(v + ((column - u) / (s - u)) * (t - v));
          if (column >= 0 && column < side && row >= 0 && row < side - 1) down[row * side + column] += 1;
        }
        [x, y] = [nextX, nextY];
      };
      const pen = {
        moveTo: (nextX, nextY) => ([x, y, startX, startY] = [nextX, nextY, nextX, nextY]),
        lineTo: toLine,
        closePath: () => toLine(startX, startY),
        quadraticCurveTo(bendX, bendY, endX, endY) {
          const [fromX, fromY] = [x, y];
          for (let i = 1; i <= 16; i++) {
            const [a, b, c] = [(1 - i / 16) ** 2, (2 * i * (16 - i)) / 256, (i / 16) ** 2];
            toLine(a * fromX + b * bendX + c * endX, a * fromY + b * bendY + c * endY);
          }
        },
      };
      traceContour(pen, paths, 1);
      return [right, down];
    }
}"""

SPECS: dict[str, dict[str, Any]] = {
    "tanh": {},
    "logits": {"dataset": "spiral", "loss": "bce", "hidden": (8, 8)},
    "two logits": {"dataset": "xor", "loss": "cross_entropy"},
    "probabilities": {"dataset": "moons", "output_activation": "sigmoid"},
    "steps": {"dataset": "checkerboard", "hidden": (12,), "output_activation": "step", "activation": "relu"},
    "no bound": {"dataset": "spiral", "output_activation": "linear", "hidden": (8,), "activation": "relu"},
    "three classes": {"dataset": "blobs", "classes": 3, "loss": "cross_entropy"},
}


@pytest.mark.parametrize("name", SPECS)
def test_a_line_lies_between_cells_of_different_sides_only(browser: Browser, server: Running, name: str) -> None:
    spec = Spec.model_validate({"optimizer": "adam", "learning_rate": 0.03, **SPECS[name]})
    trainer = Trainer(spec, backend="by_hand")
    trainer.advance(300)
    frame = encode_frame(trainer.picture(), revision=1, frame=1, steps_per_second=0.0)
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/healthz")
    kind = "classes" if spec.class_count > 2 else "values"
    found = page.evaluate(CROSSED, [base64.b64encode(frame).decode(), layout_message(spec, 1), kind])
    page.close()
    sides = sides_of(trainer)
    assert len(found) == len(sides)
    for (right, down), side in zip(found, sides, strict=True):
        right, down = (np.reshape(crossings, (SIDE, SIDE)) % 2 == 1 for crossings in (right, down))
        assert (side[:, 1:] != side[:, :-1]).sum() > 10
        np.testing.assert_array_equal(right[:, :-1], side[:, 1:] != side[:, :-1])
        np.testing.assert_array_equal(down[:-1], side[1:] != side[:-1])


def sides_of(trainer: Trainer) -> list[NDArray[np.bool_]]:
    """Of each line, which cells (SIDE, SIDE) are on its one side, by what the network predicts at their centres."""
    kind = trainer.spec.kind
    centres = kind.low + (np.arange(SIDE) + 0.5) * ((kind.high - kind.low) / SIDE)
    outputs = trainer.predict(np.stack(np.meshgrid(centres, centres[::-1]), axis=-1).reshape(-1, 2))
    if trainer.spec.class_count > 2:
        winners = outputs.argmax(axis=1).reshape(SIDE, SIDE)
        return [winners == number for number in np.unique(winners)]
    value = outputs[:, 0] if outputs.shape[1] == 1 else outputs[:, 1] - outputs[:, 0]
    return [(value > trainer.spec.threshold).reshape(SIDE, SIDE)]
