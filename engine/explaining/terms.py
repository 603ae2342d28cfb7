"""Terms and lines: a number as a sum, a product or the value of a function, which can be shown and checked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import fsum, isfinite, prod
from typing import Literal

MAX_TERMS = 64
"""Terms of a sum; of more, the largest are kept and the rest is added up to one term."""

FLOAT32 = 6e-8
"""The largest relative error of one rounding."""

ROUNDING = 20 * FLOAT32
"""In units of the sum of the sizes of the terms."""

SHOWN = 1e-4
"""Relative difference of two numbers that a reader sees"""

MOST_ROUNDING = 1e-3
"""In units of the sum of the sizes of the terms: more than that, layer by layer, float32 does not lose."""

Op = Literal["sum", "product", "value"]


@dataclass(frozen=True)
class Subject:
    """What can be explained: its kind and the indices that identify it, all from 0."""

    kind: Literal["neuron", "weight", "bias", "norm", "point", "layer", "loss"]
    layer: int = 0
    """Linear layer; −1 for the inputs of a neuron's kind."""
    index: int = 0
    """Neuron of the layer; sample of the training set for a point."""
    source: int = 0
    """Neuron of the layer below, for a weight."""


@dataclass(frozen=True)
class Term:
    symbol: str
    """As base_{sub}^{sup}"""
    value: float
    factors: tuple[tuple[str, float], ...] = ()
    """Symbol and value of each factor, if it is a product"""
    subject: Subject | None = None
    """The subject that explains it"""


@dataclass(frozen=True)
class Line:
    """total = Σ or Π of the terms; of a "value" the terms are the arguments of the function named like the line."""

    name: str
    op: Op
    terms: tuple[Term, ...]
    symbol: str
    total: float
    main: bool = False
    """The line that the subject is known by"""

    @property
    def recomputed(self) -> float:
        """The sum or product of the terms, without rounding."""
        values = [term.value for term in self.terms]
        return fsum(values) if self.op == "sum" else prod(values) if self.op == "product" else self.total


def holds(line: Line, largest: float) -> bool:
    """Whether the terms make the total, to the rounding of float32; largest: absolute parameter, whose rounding limits
    the digits of an update."""
    unit = fsum(abs(term.value) for term in line.terms) if line.op == "sum" else abs(line.recomputed)
    slack = ROUNDING * unit + (2 * FLOAT32 * largest if line.name in ("step", "new") else FLOAT32**2)
    return abs(line.recomputed - line.total) <= slack


def with_rounding(line: Line, sign: str) -> Iterator[Line]:
    """The line; where a reader would see that its terms do not make its total, the terms' own total, and a second line
    with the rounding ρ between the two. sign: the symbol of the terms' own total.

    Where a sum cancels, much of what is left is rounding, and another order of summation leaves another one. A
    difference beyond MOST_ROUNDING is none: then the line stays as it is, and does not hold.
    """
    rounding = line.total - line.recomputed
    if not isfinite(line.total) or abs(rounding) > MOST_ROUNDING * fsum(abs(term.value) for term in line.terms):
        yield line
        return
    if abs(rounding) <= SHOWN * abs(line.total) and holds(line, 0):
        yield line
        return
    yield replace(line, symbol=sign, total=line.recomputed)
    yield sum_line("rounded", [Term(sign, line.recomputed), Term("ρ", rounding)], line.symbol, line.total)


def product_term(symbol: str, factors: Sequence[tuple[str, float]], subject: Subject | None = None) -> Term:
    """A term that is a product."""
    return Term(symbol, prod(value for _, value in factors), tuple(factors), subject)


def sum_line(name: str, terms: Iterable[Term], symbol: str, total: float, main: bool = False) -> Line:
    """A sum; beyond MAX_TERMS the smallest terms are added up to one."""
    parts = list(terms)
    if len(parts) > MAX_TERMS:
        large = sorted(range(len(parts)), key=lambda i: -abs(parts[i].value))[: MAX_TERMS - 1]
        rest = fsum(term.value for i, term in enumerate(parts) if i not in set(large))
        parts = [parts[i] for i in sorted(large)] + [Term(f"Σ_{{{len(parts) - len(large)}}}", rest)]
    return Line(name, "sum", tuple(parts), symbol, total, main)


def product_line(name: str, terms: Iterable[Term], symbol: str, total: float) -> Line:
    return Line(name, "product", tuple(terms), symbol, total)


def value_line(name: str, arguments: Iterable[Term], symbol: str, total: float) -> Line:
    """The value of a function of these arguments."""
    return Line(name, "value", tuple(arguments), symbol, total)


def as_main(line: Line) -> Line:
    """The same line as the main one."""
    return replace(line, main=True)
