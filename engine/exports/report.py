"""Report: a run as one page of HTML to keep or print: its settings, curves, picture of the plane, metrics and numbers.

Charts are drawn by plotly.js, which whoever hands the report out puts in the place of PLOTLY.
"""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined

from engine.data.digits import DataSources
from engine.exports.exported_run import ExportedRun
from engine.exports.proof import Numbers
from engine.fault import Fault
from engine.nn.network import Array
from engine.spec.spec import Spec
from engine.training.trainer import Trainer

PLOTLY = b"/* plotly.js */"

CELLS = 80
"""A side of the picture of the plane."""

ROWS = 40
"""Of the table of losses, at most."""

ALWAYS = {"dataset", "hidden", "activation", "loss", "optimizer", "learning_rate", "batch_size", "seed"}
"""Settings that are told though they are the usual ones."""

COLOURS = [[0, "#d4640a"], [0.5, "#f6f5f2"], [1, "#1f6db3"]]
"""Orange is negative and blue is positive, as on the page."""

PAGE = Environment(undefined=StrictUndefined, autoescape=True).from_string("""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ title }}</title>
<style>
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; color: #17212b; }
  table { border-collapse: collapse; margin: 0.5rem 0 1.5rem; font-variant-numeric: tabular-nums; }
  th, td { padding: 2px 12px; border: 1px solid #dde2e8; text-align: right; }
  th:first-child { text-align: left; }
  .chart { height: 340px; }
</style>
<h1>{{ title }}</h1>
<p>Backprop Playground, after {{ step }} steps.</p>
{% for heading, number in headings %}<h2>{{ heading }}</h2>
<div class="chart" id="chart-{{ number }}"></div>
{% endfor %}
{% for heading, table in tables %}
<h2>{{ heading }}</h2>
<table>
{% for row in table %}<tr>{% for cell in row %}{% if loop.first %}<th>{{ cell }}</th>{% else %}<td>{{ cell }}</td>\
{% endif %}{% endfor %}</tr>
{% endfor %}</table>
{% endfor %}
<script>{{ plotly }}</script>
<script>
  const figures = {{ figures }};
  figures.forEach(({ data, layout }, number) => Plotly.newPlot(`chart-${number}`, data, layout, { responsive: true }));
</script>
</html>
""")


def report(run: ExportedRun, sources: DataSources) -> tuple[bytes, Numbers]:
    """The page, and the outputs its numbers are of. Raises Fault where they are not those that the page had."""
    from markupsafe import Markup

    trainer = Trainer(run.spec, "by_hand", sources)
    trainer.load_parameters({**run.network.views(run.parameters), **run.network.buffer_views(run.buffers)})
    _check(run, trainer)
    figures = list(_figures(run, trainer))
    sizes = "-".join(map(str, run.network.sizes))
    html = PAGE.render(
        title=f"A network {sizes} learns {run.spec.dataset}",
        step=run.step,
        tables=[(heading, rows) for heading, rows in _tables(run, trainer) if rows],
        headings=[(heading, number) for number, (heading, _) in enumerate(figures)],
        plotly=Markup(PLOTLY.decode()),
        figures=Markup(json.dumps([figure for _, figure in figures]).replace("<", "\\u003c")),
    )
    return html.encode(), Numbers(None, trainer.predict(trainer.train_points))


def _check(run: ExportedRun, trainer: Trainer) -> None:
    """The page's own losses of this step are those of the report."""
    if run.curve and run.curve[-1].step == run.step:
        found = trainer.evaluate()
        for name in ("train_loss", "test_loss"):
            shown = getattr(run.curve[-1], name)
            if not np.isclose(shown, found[name], rtol=1e-3, atol=1e-6):
                raise Fault("export_differs", {"difference": f"{abs(shown - found[name]):.1e}"})


def _tables(run: ExportedRun, trainer: Trainer) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    found, default = trainer.evaluate(), Spec()
    train, test = found["train"], found["test"]
    scores = [
        (name, _number(train[name]), _number(test[name]))
        for name in ("accuracy", "precision", "recall", "f1", "r2", "mae", "rmse")
        if train[name] is not None
    ]
    losses = ("loss", _number(found["train_loss"]), _number(found["test_loss"]))
    yield "How good it is", [("", "training", "test"), losses, *scores]
    if (confusion := test["confusion"]) is not None:
        head = ("actual ↓, predicted →", *range(len(confusion)))
        yield "Confusion on the test set", [head, *((i, *row) for i, row in enumerate(confusion.tolist()))]
    shown = [
        (name, str(value)[:200])
        for name, value in run.spec.model_dump(mode="json").items()
        if name in ALWAYS or getattr(run.spec, name) != getattr(default, name)
    ]
    yield "Settings", shown
    curve = run.curve[:: max(1, -(-len(run.curve) // ROWS))]
    rows = [(entry.step, _number(entry.train_loss), _number(entry.test_loss)) for entry in curve]
    yield "Losses", [("step", "training", "test"), *rows] if rows else []


def _figures(run: ExportedRun, trainer: Trainer) -> Iterator[tuple[str, dict[str, Any]]]:
    steps = [entry.step for entry in run.curve]
    if steps:
        losses = {"training": [e.train_loss for e in run.curve], "test": [e.test_loss for e in run.curve]}
        yield "Loss", _lines(steps, losses)
        norms = {f"layer {i + 1}": [e.gradient_norms[i] for e in run.curve] for i in range(run.network.layers)}
        yield "Norm of the gradient of each layer", _lines(steps, norms)
    if run.spec.kind.plane:
        yield "What the network says of the plane", _plane(run.spec, trainer)


def _lines(steps: list[int], series: dict[str, list[float]]) -> dict[str, Any]:
    data = [{"x": steps, "y": [_number(y) for y in ys], "name": name, "type": "scatter"} for name, ys in series.items()]
    return {
        "data": data,
        "layout": {"xaxis": {"title": {"text": "step"}}, "yaxis": {"type": "log"}, "margin": {"t": 10}},
    }


def _plane(spec: Spec, trainer: Trainer) -> dict[str, Any]:
    axis = np.linspace(spec.kind.low, spec.kind.high, CELLS)
    points = np.stack([grid.ravel() for grid in np.meshgrid(axis, axis)], axis=1)
    outputs = trainer.predict(points)
    x1, x2 = trainer.train_points.T
    labels = np.ravel(trainer.train_labels.reshape(len(x1), -1)[:, 0])
    shown, low, high = _coloured(spec, outputs, labels)
    z = [[_number(value) for value in row] for row in shown.reshape(CELLS, CELLS)]
    heat = {"type": "heatmap", "x": axis.round(3).tolist(), "y": axis.round(3).tolist(), "z": z, "colorscale": COLOURS}
    heat |= {"zmin": low, "zmax": high}
    marks = {"color": labels.tolist(), "colorscale": COLOURS, "line": {"width": 1, "color": "#17212b"}}
    marks |= {"cmin": low, "cmax": high}
    dots = {"type": "scatter", "mode": "markers", "x": x1.tolist(), "y": x2.tolist(), "marker": marks}
    return {
        "data": [heat, dots],
        "layout": {"xaxis": {"constrain": "domain"}, "yaxis": {"scaleanchor": "x"}, "margin": {"t": 10}},
    }


def _coloured(spec: Spec, outputs: Array, labels: Array) -> tuple[Array, float, float]:
    """Of each cell what is coloured, (n,), and the ends of the colours, which are those of the labels too: 0 is where
    the classes part, or the value 0. Of more than two classes it is their number."""
    if spec.class_count > 2:
        return outputs.argmax(axis=1).astype(np.float32), 0.0, spec.class_count - 1.0
    if spec.class_count == 2:
        shown = outputs[:, 1] - outputs[:, 0] if spec.outputs == 2 else outputs[:, 0] - np.float32(spec.threshold)
        return shown, -1.0, 1.0
    shown = outputs[:, 0] * np.float32(spec.kind.unit)
    both = np.concatenate([shown, labels])
    largest = float(np.abs(both[np.isfinite(both)]).max(initial=0)) or 1.0
    return shown, -largest, largest


def _number(value: float | None) -> float | None:
    """With as many digits as are read; None where it is not finite, which JSON has no number for."""
    return None if value is None or not np.isfinite(value) else float(f"{value:.5g}")
