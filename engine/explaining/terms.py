"""Terms and lines: a number as the sum or the product that makes it, ready to be read and checked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import fsum, prod
from typing import Literal

MOST_TERMS = 64
"""Of a sum that are told one by one, the largest first found; what is left is told as one term."""

FLOAT32 = 6e-8
"""The largest relative error of one rounding."""

ROUNDING = 20 * FLOAT32
"""In units of the sum of the sizes of the terms."""

Op = Literal["sum", "product", "value"]


@dataclass(frozen=True)
class Subject:
    """What a number belongs to, by its place: kind and the numbers that name it, all from 0."""

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
    """What it is a product of, if it is one."""
    subject: Subject | None = None
    """Where it leads on to."""


@dataclass(frozen=True)
class Line:
    """total = Σ or Π of the terms; of a "value" the terms are what a function, named like the line, is given."""

    name: str
    op: Op
    terms: tuple[Term, ...]
    symbol: str
    total: float
    main: bool = False
    """The line that the subject is opened for."""

    @property
    def worked_out(self) -> float:
        """The sum or product of the terms, without rounding."""
        values = [term.value for term in self.terms]
        return fsum(values) if self.op == "sum" else prod(values) if self.op == "product" else self.total


def holds(line: Line, largest: float) -> bool:
    """Whether the terms make the total, to the rounding of float32; largest: of the parameters, whose own rounding a
    change of one is known to."""
    unit = fsum(abs(term.value) for term in line.terms) if line.op == "sum" else abs(line.worked_out)
    slack = ROUNDING * unit + (2 * FLOAT32 * largest if line.name in ("step", "new") else FLOAT32**2)
    return abs(line.worked_out - line.total) <= slack


def product(symbol: str, factors: Sequence[tuple[str, float]], subject: Subject | None = None) -> Term:
    """A term that is a product."""
    return Term(symbol, prod(value for _, value in factors), tuple(factors), subject)


def summed(name: str, terms: Iterable[Term], symbol: str, total: float, main: bool = False) -> Line:
    """A sum; of very many terms the smaller ones are told together."""
    kept = list(terms)
    if len(kept) > MOST_TERMS:
        large = sorted(range(len(kept)), key=lambda i: -abs(kept[i].value))[: MOST_TERMS - 1]
        rest = fsum(term.value for i, term in enumerate(kept) if i not in set(large))
        kept = [kept[i] for i in sorted(large)] + [Term(f"Σ_{{{len(kept) - len(large)}}}", rest)]
    return Line(name, "sum", tuple(kept), symbol, total, main)


def multiplied(name: str, terms: Iterable[Term], symbol: str, total: float) -> Line:
    return Line(name, "product", tuple(terms), symbol, total)


def found(name: str, given: Iterable[Term], symbol: str, total: float) -> Line:
    """What a function gives."""
    return Line(name, "value", tuple(given), symbol, total)


def opened_for(line: Line) -> Line:
    """The same line as the main one."""
    return replace(line, main=True)
