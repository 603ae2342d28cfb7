"""Names of an expression: which of them is one name, and which is a product of several, such as mx or w1x1.

A name stays whole where it is assigned or known. Of others, up to three letters in a row are factors of a product; a
longer run is a word. What was decided by such a rule is told, as a Reading.
"""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from engine.graph.operations import FUNCTIONS

CONSTANTS = {"e": math.e, "pi": math.pi}
"""Unless a line assigns them."""
ALIASES = {"σ": "sigmoid", "ln": "log", "pow": "power", "swish": "silu"}
"""Other names of functions."""
_WITHOUT_UNDERSCORE = {name.replace("_", ""): name for name in FUNCTIONS} | ALIASES

GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "omicron", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
)  # fmt: skip
TERMS = (
    "acc", "bce", "bias", "biases", "cost", "err", "error", "eps", "grad", "gradient", "hidden", "inp", "input",
    "inputs", "label", "logit", "logits", "loss", "lr", "mse", "net", "out", "output", "outputs", "prediction", "rate",
    "sample", "score", "target", "time", "total", "value", "var", "wd", "weight", "weights",
)  # fmt: skip
"""Words of the field, which nobody means as a product of their letters."""
LETTER_OF_FUNCTIONS = "fgh"
"""f(x) is no product of f and x."""

LETTER = r"[^\W\d_][^\w]*"  # with the marks upon it
DIGITS = r"(?:_?\d)*"  # one digit at a time: \d+ could be divided in 2ⁿ ways, all of which a failed match tries
PART = re.compile(rf"{LETTER}{DIGITS}")
PARTS = re.compile(rf"(?:{PART.pattern})+")
WORD = re.compile(rf"(?:{LETTER}){{4}}")
LONGEST_TAIL = 2
"""Letters that may follow a Greek name: thetax is theta·x, pixel a word."""


ReadingKind = Literal["product", "constant", "word", "softmax"]


@dataclass(frozen=True)
class Reading:
    """How something was read that can be meant otherwise."""

    kind: ReadingKind
    text: str


@dataclass
class Names:
    """assigned: names to which a line or a person gives a value."""

    assigned: Collection[str]
    words: list[str] = field(default_factory=list)
    """What was taken for one name because it is long."""

    def function(self, name: str) -> str | None:
        """The operation that name(…) calls."""
        if name in FUNCTIONS or name in ALIASES:
            return ALIASES.get(name, name)
        if name in self.assigned or not name.isascii():
            return None
        return _WITHOUT_UNDERSCORE.get(name.lower().replace("_", ""))

    def is_reserved(self, name: str) -> bool:
        """Whether a function is meant, not a variable. A single letter such as σ may be both."""
        return name in FUNCTIONS or (len(name) > 1 and name not in self.assigned and self.function(name) is not None)

    def is_constant(self, name: str) -> bool:
        return name in CONSTANTS and name not in self.assigned

    def may_be_factor(self, name: str) -> bool:
        """Whether name(…) may be a product, so that it is not taken for a call."""
        if name in self.assigned or self.is_constant(name):
            return True
        return PART.fullmatch(name) is not None and name[0] not in LETTER_OF_FUNCTIONS

    def function_before(self, name: str) -> str | None:
        """The function of sinx and sin2x."""
        for length in range(len(name) - 1, 1, -1):
            if self.is_reserved(name[:length]) and re.fullmatch(rf"\d*(?:{LETTER})?\d*", name[length:]):
                return name[:length]
        return None

    def factors(self, name: str) -> list[str]:
        """A name as the factors of a product; one where it stays whole."""
        if self._is_whole(name):
            return [name]
        factors = self._longest_first(name)
        letters = sum(PART.fullmatch(factor) is not None for factor in factors)
        if WORD.search(name) and letters > LONGEST_TAIL:
            self.words.append(name)
            return [name]
        return factors

    def _is_whole(self, name: str) -> bool:
        stem = name.rstrip("0123456789_").lower()
        if name in self.assigned or name in CONSTANTS or stem in GREEK or stem in TERMS:
            return True
        has_case = all(letter.lower() != letter.upper() for letter in name if letter.isalpha())
        return not has_case or PART.fullmatch(name) is not None or PARTS.fullmatch(name) is None

    def _longest_first(self, name: str) -> list[str]:
        """Names that are assigned or Greek, and single letters, each with the digits after it."""
        longer = sorted((*(word for word in self.assigned if len(word) > 1), *GREEK, "pi"), key=len, reverse=True)
        known = "".join(f"{re.escape(word)}{DIGITS}|" for word in longer)
        return re.findall(f"{known}{PART.pattern}", name)
