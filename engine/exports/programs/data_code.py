"""Code of the data of a run: made by the same formulas as `engine.data.planes`, or written out where it has none."""

import base64
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from jinja2 import Environment, StrictUndefined

from engine.data.datasets import split
from engine.data.planes import GATES, HILLS
from engine.exports.exported_run import ExportedRun
from engine.exports.programs.program import Line, lines
from engine.spec.choices import DatasetName, FeatureName, FunctionName
from engine.spec.spec import Spec

TEMPLATES = Environment(undefined=StrictUndefined, autoescape=False)
"""Of code: nothing of it becomes a page."""

POLAR = "points = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)"

HALVES = "labels = np.where(np.arange({{ count }}) < {{ half }}, 1, -1)"

CLASSES = "classes = np.arange({{ count }}) * {{ spec.classes }} // {{ count }}"

READ_NEAR = "{% if noise %}read_at = points + {{ reach * noise }} * shift.uniform(-1, 1, ({{ count }}, 2)){% endif %}"
"""Where the label is read: noise makes those near a border wrong."""

FUNCTIONS: dict[FunctionName, str] = {
    "line": "0.7 * {x}",
    "parabola": "{x}**2 / 4 - 2",
    "cubic": "{x}**3 / 20 - 1.2 * {x}",
    "sine": "2.5 * np.sin({x})",
}

PLANES: dict[DatasetName, tuple[str, ...]] = {
    "circle": (
        "radius = np.concatenate([data.uniform(0, 2.5, {{ half }}), data.uniform(3.5, 5, {{ count - half }})])",
        "angle = data.uniform(0, 2 * np.pi, {{ count }})",
        POLAR,
        READ_NEAR,
        "labels = np.where(np.hypot(*read_at.T) < 2.5, 1, -1)",
    ),
    "xor": (
        "points = data.uniform(-5, 5, ({{ count }}, 2))",
        "points += np.where(points > 0, 0.3, -0.3)",
        READ_NEAR,
        "labels = np.where(read_at[:, 0] * read_at[:, 1] >= 0, 1, -1)",
    ),
    "gauss": (
        HALVES,
        "points = 2 * labels[:, None] + {{ (0.5 + 7 * noise) ** 0.5 }} * data.normal(size=({{ count }}, 2))",
    ),
    "spiral": (
        HALVES,
        "along = np.concatenate([np.arange(size) / size for size in ({{ half }}, {{ count - half }})])",
        "radius = 5 * along",
        "angle = 1.75 * 2 * np.pi * along + np.where(labels > 0, 0, np.pi)",
        POLAR,
        "{% if noise %}points += {{ noise }} * shift.uniform(-1, 1, ({{ count }}, 2)){% endif %}",
    ),
    "moons": (
        CLASSES,
        "radius = {{ 9 / (2 + 1.2 * (spec.classes - 1)) }}",
        "angle = data.uniform(-np.pi / 2, np.pi / 2, {{ count }}) + np.pi * (classes % 2)",
        "centres = np.stack([1.2 * (classes - {{ (spec.classes - 1) / 2 }}), 0.5 * (classes % 2) - 0.25], axis=1)",
        "points = radius * centres + radius * np.stack([np.sin(angle), np.cos(angle)], axis=1)",
        "{% if noise %}points += radius * {{ noise }} * shift.uniform(-1, 1, ({{ count }}, 2)){% endif %}",
    ),
    "rings": (
        CLASSES,
        "radius = {{ 5 / spec.classes }} * (classes + data.uniform(0.15, 0.85, {{ count }}))",
        "angle = data.uniform(0, 2 * np.pi, {{ count }})",
        POLAR,
        "{% if noise %}points += {{ 5 / spec.classes * noise }} * shift.uniform(-1, 1, ({{ count }}, 2)){% endif %}",
    ),
    "checkerboard": (
        "points = data.uniform(-5, 5, ({{ count }}, 2))",
        READ_NEAR,
        "column, row = np.floor(read_at / 2.5).astype(int).T",
        "classes = (column + {{ 'row' if spec.classes == 2 else '2 * row' }}) % {{ spec.classes }}",
    ),
    "pinwheel": (
        CLASSES,
        "radius = data.uniform(0.5, 5, {{ count }})",
        "turn = 0.3 * data.uniform(-1, 1, {{ count }})",
        "{% if noise %}turn += {{ noise }} * shift.uniform(-1, 1, {{ count }}){% endif %}",
        "angle = 2 * np.pi / {{ spec.classes }} * (classes + turn) + np.pi * radius / 5",
        POLAR,
    ),
    "blobs": (
        CLASSES,
        "angle = np.pi / 4 + 2 * np.pi * classes / {{ spec.classes }}",
        "centres = np.stack([3.5 * np.sin(angle), 3.5 * np.cos(angle)], axis=1)",
        "points = centres + {{ 0.5 + 2 * noise }} * data.normal(size=({{ count }}, 2))",
    ),
    "function": (
        "points = data.uniform(-5, 5, ({{ count }}, 2))",
        "points[:, 1] += np.where(points[:, 1] > {{ curve.format(x='points[:, 0]') }}, 0.3, -0.3)",
        READ_NEAR,
        "labels = np.where(read_at[:, 1] > {{ curve.format(x='read_at[:, 0]') }}, 1, -1)",
    ),
    "plane": (
        "points = data.uniform(-6, 6, ({{ count }}, 2))",
        READ_NEAR,
        "labels = read_at.sum(axis=1) / 10",
    ),
    "multi_gauss": (
        "points = data.uniform(-6, 6, ({{ count }}, 2))",
        READ_NEAR,
        "hills = np.array({{ hills }})  # x1, x2 and sign",
        "distance = np.linalg.norm(read_at[:, None] - hills[:, :2], axis=2)",
        "heights = hills[:, 2] * np.maximum(1 - distance / 2, 0)",
        "labels = heights[np.arange({{ count }}), np.abs(heights).argmax(axis=1)]",
    ),
    "sine": (
        "points = data.uniform(-6, 6, ({{ count }}, 2))",
        "labels = np.sin(points[:, 0]"
        "{% if noise %} + {{ 6 * noise }} * shift.uniform(-1, 1, {{ count }}){% endif %})",
    ),
    "arithmetic": (
        "drawn = data.permutation({{ side * side }})[:{{ count }}]",
        "points = np.stack([drawn // {{ side }} / {{ parts }} - 10, drawn % {{ side }} / {{ parts }} - 10], axis=1)",
        "labels = np.stack([points[:, 0] + points[:, 1], points[:, 0] - points[:, 1]], axis=1)",
    ),
    **dict.fromkeys(
        GATES, ("points = np.array([(0, 0), (0, 1), (1, 0), (1, 1)])", "labels = np.array({{ gate }})")
    ),
}  # fmt: skip
"""Lines that make points (n, 2), and their labels, or their classes from 0."""

FEATURE_CODE: dict[FeatureName, str] = {
    "x1": "x1",
    "x2": "x2",
    "x1_squared": "x1 * x1",
    "x2_squared": "x2 * x2",
    "x1_x2": "x1 * x2",
    "sin_x1": "np.sin(x1)",
    "sin_x2": "np.sin(x2)",
}

MNIST = """
def read_idx(name):
    \"\"\"The bytes in one of the four files of MNIST, plain or gzipped, in the folder or below.\"\"\"
    path = next(path for path in sorted(FOLDER.rglob(name.replace("-idx", "[-.]idx") + "*")) if path.is_file())
    content = path.read_bytes()
    content = gzip.decompress(content) if content[:2] == b"\\x1f\\x8b" else content
    return np.frombuffer(content, np.uint8)[4 + 4 * content[3] :]


pixels = np.concatenate([read_idx(f"{part}-images-idx3-ubyte") for part in ("train", "t10k")]).reshape(-1, 784)
digits = np.concatenate([read_idx(f"{part}-labels-idx1-ubyte") for part in ("train", "t10k")])
chosen = stream("data").permutation(len(pixels))[:COUNT]
INPUTS = pixels[chosen].astype(np.float32) / 255
classes = digits[chosen].astype(int)
"""

DIGITS = """
# {count} of scikit-learn's digits, those to train on first: 8×8 pixels from 0 to 16
PIXELS = "{pixels}"
DIGITS = "{digits}"
INPUTS = np.frombuffer(zlib.decompress(base64.b64decode(PIXELS)), np.uint8).reshape(-1, 64).astype(np.float32) / 16
classes = np.array([int(digit) for digit in DIGITS])
"""


@dataclass(frozen=True)
class Names:
    """Of the training set, and of the batch of a step."""

    train: tuple[str, str]
    batch: tuple[str, str]

    @classmethod
    def of(cls, run: ExportedRun) -> Self:
        train = ("x_train", "y_train") if run.is_split or run.in_order else ("x", "y")
        return cls(train, ("x", "y") if run.in_order else train)


def data_code(run: ExportedRun) -> list[list[Line]]:
    """Sections that make the training set, and the test set where there is one, as float32 arrays."""
    spec, names = run.spec, Names.of(run)
    inputs, targets = ("inputs", "targets") if run.is_split else names.train
    code = [*_rows(run, inputs), *_targets(spec, targets, inputs)]
    streams = [
        f'{name} = stream("{purpose}")'
        for name, purpose in (("data", "data"), ("shift", "noise"))
        if f"{name}." in "\n".join(code)
    ]
    sections = [lines("\n".join([*streams, *code]))]
    return [*sections, _split(run)] if run.is_split else sections


def _rows(run: ExportedRun, inputs: str) -> list[str]:
    """Lines that make the inputs, (n, inputs), and labels or classes."""
    kind, rows = run.spec.kind, _plain_rows(run, inputs)
    if not (run.spec.normalize and kind.side):
        return rows
    return [*rows, f"{inputs} = ({inputs} - np.float32({kind.pixel_mean})) / np.float32({kind.pixel_deviation})"]


def _plain_rows(run: ExportedRun, inputs: str) -> list[str]:
    """The same without normalised pictures."""
    spec = run.spec
    if spec.kind.plane:
        return [*_points(spec), *_features(spec, inputs)]
    if spec.dataset == "random":
        shape = (spec.wanted_samples, spec.inputs)
        return [f'{inputs} = stream("data").normal(size={shape}).astype(np.float32)']
    if spec.dataset == "mnist":
        return MNIST.replace("COUNT", str(spec.wanted_samples)).replace("INPUTS", inputs).strip().split("\n")
    data = split(spec)
    if spec.dataset in ("digit_pictures", "large_digit_pictures"):
        pictures = encoded(data.train_labels.tobytes())
        return [
            f"{inputs} = np.eye(10, dtype=np.float32)  # which digit",
            f'PICTURES = "{pictures}"  # the mean one of each digit',
            f'labels = np.frombuffer(zlib.decompress(base64.b64decode(PICTURES)), "<f4").reshape(10, {spec.outputs})',
        ]
    rows = [data.train_rows, data.test_rows] if run.is_split else [data.train_rows]
    labels = [data.train_labels, data.test_labels] if run.is_split else [data.train_labels]
    pixels = encoded(np.rint(np.concatenate(rows) * 16).astype(np.uint8).tobytes())
    digits = "".join(str(int(label)) for label in np.concatenate(labels))
    text = DIGITS.format(count=len(digits), pixels=pixels, digits=digits)
    return text.replace("INPUTS", inputs).strip().split("\n")


POINT = ("x1", "x2", "label")


def _points(spec: Spec) -> list[str]:
    if spec.dataset in ("own", "own_values"):
        points = [f"({', '.join(map(repr, point))})" for point in spec.own_points]
        told = (f"{zero!r} + {unit!r} * {name}" for name, (zero, unit) in zip(POINT, spec.own_units, strict=False))
        in_file = [f"# in the file they come from: {', '.join(told)}"] if spec.own_units else []
        own = ["own = np.array([", *wrapped(points), "])  # x1, x2, label"]
        return [*own, *in_file, "points, labels = own[:, :2], own[:, 2]"]
    count, noise = spec.wanted_samples, spec.noise / 100
    parts = next(parts for parts in (1, 2, 4) if (20 * parts + 1) ** 2 >= count or parts == 4)
    code = TEMPLATES.from_string("\n".join(PLANES[spec.dataset])).render(
        spec=spec,
        count=count,
        half=count // 2,
        noise=noise,
        reach=6 if spec.is_regression else 5,
        curve=FUNCTIONS[spec.function],
        hills=[tuple(hill) for hill in HILLS.tolist()],
        gate=GATES.get(spec.dataset),
        parts=parts,
        side=20 * parts + 1,
    )
    read_at = "read_at" if "read_at = " in code else "points"
    return [line.replace("read_at", read_at) for line in code.split("\n") if line]


def _features(spec: Spec, inputs: str) -> list[str]:
    if spec.features == ("x1", "x2"):
        unit = f" / {spec.kind.unit}" if spec.kind.unit != 1 else ""
        return [f"{inputs} = points.astype(np.float32){unit}"]
    columns = ", ".join(FEATURE_CODE[name] for name in spec.features)
    unit = f" / {spec.kind.unit}" if spec.kind.unit != 1 else ""
    return [f"x1, x2 = points.astype(np.float32).T{unit}", f"{inputs} = np.stack([{columns}], axis=1)"]


def _targets(spec: Spec, targets: str, inputs: str) -> list[str]:
    """See `engine.data.targets`."""
    if spec.dataset == "random":
        shape = (spec.wanted_samples, spec.outputs)
        return [f'{targets} = stream("targets").normal(size={shape}).astype(np.float32)']
    if spec.is_regression:
        unit = f" / {spec.kind.unit}" if spec.kind.unit != 1 else ""
        return [f"{targets} = labels.astype(np.float32).reshape(len({inputs}), -1){unit}"]
    low = f"{spec.low_target:g}"
    classes = "(labels > 0).astype(int)" if spec.class_count == 2 else "labels.astype(int)"
    made_here = spec.dataset in ("digits", "mnist") or "classes = " in "".join(PLANES.get(spec.dataset, ()))
    if spec.outputs == 1:
        positive = "classes == 1" if made_here else "labels > 0"
        return [f"{targets} = np.where({positive}, 1, {low}).astype(np.float32)[:, None]"]
    one_hot = f"np.where(classes[:, None] == np.arange({spec.outputs}), 1, {low}).astype(np.float32)"
    return [*([] if made_here else [f"classes = {classes}"]), f"{targets} = {one_hot}"]


def _split(run: ExportedRun) -> list[Line]:
    if run.spec.dataset == "digits":
        cut = f"np.split({{}}, [{run.samples}])"
        return lines(f"x_train, x_test = {cut.format('inputs')}\ny_train, y_test = {cut.format('targets')}")
    return lines(f"""
        order = stream("split").permutation(len(inputs))
        train, test = order[:{run.samples}], order[{run.samples}:]
        x_train, y_train, x_test, y_test = inputs[train], targets[train], inputs[test], targets[test]
    """)


def encoded(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 9)).decode()


def wrapped(items: Sequence[str], width: int = 112) -> Iterator[str]:
    """As many on a line as fit, with a comma after each."""
    line = ""
    for item in items:
        if line and len(line) + len(item) + 2 > width:
            yield f"    {line.rstrip()}"
            line = ""
        line += f"{item}, "
    if line:
        yield f"    {line.rstrip()}"
