"""Colours of static/css/tokens.css: text at least 4.5:1, marks at least 3:1, in both themes (WCAG 2.2)."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
CSS = (HERE.parent.parent / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
HARNESS = (HERE / "js" / "harness.js").read_text(encoding="utf-8")

TEXT = [
    *((ink, ground) for ink in ("ink", "soft") for ground in ("page", "panel", "fill")),
    *(("back", "panel"), ("back", "back-soft"), ("ok", "panel"), ("play-ink", "play"), ("panel", "ink")),
]
CLASSES = [f"class-{number}" for number in range(2, 8)]
RUNS = [f"run-{number}" for number in range(1, 6)]
MARKS = [
    *((mark, "panel") for mark in ("neg", "pos", *CLASSES, *RUNS, "back", "focus", "edge", "ok")),
    ("focus", "page"),
]


def colours(theme: str) -> dict[str, str]:
    blocks = dict(re.findall(r"^(:root|\.dark) \{(.*?)^\}", CSS, re.MULTILINE | re.DOTALL))
    light = dict(re.findall(r"--([\w-]+): (#\w+)", blocks[":root"]))
    return light if theme == "light" else {**light, **dict(re.findall(r"--([\w-]+): (#\w+)", blocks[".dark"]))}


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text(theme: str, ink: str, ground: str) -> None:
    assert contrast(colours(theme)[ink], colours(theme)[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks(theme: str, mark: str, ground: str) -> None:
    assert contrast(colours(theme)[mark], colours(theme)[ground]) >= 3


@pytest.mark.parametrize(("theme", "palette"), [("light", "LIGHT"), ("dark", "DARK")])
def test_modules_are_tested_with_these_colours(theme: str, palette: str) -> None:
    text = HARNESS.split(f"export const {palette}")[1].split("};")[0]
    classes = re.search(r"classes: \[(.*)\]", text)
    assert classes
    listed = [
        "#" + "".join(f"{int(part):02x}" for part in rgb.split(","))
        for rgb in re.findall(r"\[([^\[\]]+)\]", classes[0])
    ]
    assert listed == [colours(theme)[name] for name in ("neg", "pos", *CLASSES)]
