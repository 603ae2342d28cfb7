"""Program: the lines of a generated script, each with the phase of a training step that it belongs to."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Line:
    text: str
    phase: str | None = None
    """As slow motion names it: batch, forward-0, loss, backward-0, gradient, update; forward or backward alone: of
    all layers."""


@dataclass(frozen=True)
class Program:
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "".join(f"{line.text}\n" for line in self.lines)


LONGEST_READ = 300
"""Characters of a line that is read: no code has as many, packed numbers do."""


def readable(program: Program) -> list[Line]:
    """Its lines, with packed numbers left out."""
    return [
        line if len(line.text) <= LONGEST_READ else replace(line, text=re.sub(r'"[^"]{100,}"', '"…"', line.text))
        for line in program.lines
    ]


def lines(code: str, phase: str | None = None) -> list[Line]:
    """The lines of a piece of code, set out to the left."""
    return [Line(text, phase) for text in textwrap.dedent(code).strip("\n").split("\n")]


def indented(block: Iterable[Line]) -> list[Line]:
    return [Line(f"    {line.text}" if line.text else "", line.phase) for line in block]


def joined(sections: Iterable[list[Line]]) -> Program:
    """The sections with an empty line between them, two around functions and classes; empty sections are left out."""
    return Program(tuple(_spaced([section for section in sections if section])))


def _spaced(sections: list[list[Line]]) -> Iterator[Line]:
    before = False
    for number, section in enumerate(sections):
        defines = section[0].text.startswith(("def ", "class "))
        if number:
            yield from [Line("")] * (2 if defines or before else 1)
        yield from section
        before = defines
