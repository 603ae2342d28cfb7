"""Expressions: a text becomes a graph. Read sign by sign and never evaluated as code.

    text     = line { (";" | newline) line }          the last line is what is differentiated
    line     = [ name "=" ] sum
    sum      = product { ("+" | "-") product }
    product  = signed { ("*" | "/") signed }
    signed   = "-" signed | power             so that −a^2 is −(a^2)
    power    = atom [ "^" signed ]
    atom     = number | name | function "(" sum { "," sum } ")" | "(" sum ")"

`**` is `^`; · × and ÷ are read as * and /, subscripts as digits. A name without a line of its own is a variable; a
line that gives a name a number makes it a variable with that value. Nodes are made as their ends are read, which is
a topological order.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count

from engine.fault import Fault, GraphFaultCode, Value
from engine.graph.graph import Graph, Node
from engine.graph.operations import FUNCTIONS, OPERATIONS
from engine.spec.spec import LARGEST_CONSTANT

SAME = str.maketrans("−–·∙⋅×÷，；（）＝＋₀₁₂₃₄₅₆₇₈₉", "--****/,;()=+0123456789")
"""One sign each, so that columns stay."""
ALIASES = {"σ": "sigmoid", "ln": "log"}
"""Other names of functions."""
SIGNS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
TOKEN = re.compile(
    r"(?P<blank>[^\S\n]+)|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>(?![_\d])(?:(?![²³¹⁰⁴-⁹])\w)+)"
    r"|(?P<sign>\*\*|[-+*/^(),=])|(?P<end>[;\n])"
)

STARTING_VALUES = (2.0, 3.0, -1.0, 0.5, -2.0, 1.5, 4.0, -3.0)
"""Of variables nobody has given a value, in the order they appear: no two neighbours are alike, none is 0 or 1."""


@dataclass(frozen=True)
class Bounds:
    """How large an expression may be."""

    characters: int
    depth: int
    """Parentheses, signs and exponents inside one another."""
    nodes: int


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    at: tuple[int, int]
    """Line and column, from 1."""


def parse(text: str, bounds: Bounds) -> Graph:
    """Raises Fault, with the place."""
    if len(text) > bounds.characters:
        raise Fault("graph_too_long", {"count": len(text), "limit": bounds.characters})
    return _Parser(list(_tokens(text)), bounds).graph()


def starting_values(graph: Graph) -> dict[str, float]:
    """A value for every variable that has none of its own."""
    free = [node.name for node in graph.variables if node.value is None]
    return {name: STARTING_VALUES[place % len(STARTING_VALUES)] for place, name in enumerate(free)}


def _tokens(text: str) -> Iterator[Token]:
    text = text.replace("\r", "").translate(SAME)
    place, line, start = 0, 1, 0
    while place < len(text):
        found = TOKEN.match(text, place)
        at = (line, place - start + 1)
        if found is None:
            raise _fault("graph_character", at, given=text[place])
        kind = str(found.lastgroup)
        if kind != "blank":
            yield Token(kind, found[0].replace("**", "^"), at)
        place = found.end()
        if found[0] == "\n":
            line, start = line + 1, place
    yield Token("end", "", (line, place - start + 1))


def _fault(code: GraphFaultCode, at: tuple[int, int], **values: Value) -> Fault:
    return Fault(code, {**values, "line": at[0], "column": at[1]})


@dataclass
class _Parser:
    tokens: list[Token]
    bounds: Bounds
    place: int = 0
    depth: int = 0
    nodes: list[Node] = field(default_factory=list)
    """Without a name until a line gives them one."""
    names: dict[str, int] = field(default_factory=dict)
    """Every name in use → its node."""

    def graph(self) -> Graph:
        result = -1
        while self.place < len(self.tokens):
            if self.next.kind != "end":
                result = self.line()
            self.place += 1
        if not self.nodes:
            raise Fault("graph_empty", {})
        if result != len(self.nodes) - 1:
            result = self.make("copy", (result,), self.tokens[-1])
        return Graph(tuple(self.all_named(result)))

    def line(self) -> int:
        target = self.target()
        result = self.sum()
        if self.next.kind != "end":
            raise self.stray(self.next)
        if target is not None:
            self.give_name(result, target)
            return self.names[target.text]
        return result

    def target(self) -> Token | None:
        """The name a line gives."""
        name = self.next
        if name.kind != "name" or self.tokens[self.place + 1].text != "=":
            return None
        if name.text in FUNCTIONS:
            raise _fault("graph_reserved_name", name.at, name=name.text)
        if name.text in self.names:
            raise _fault("graph_name_taken", name.at, name=name.text)
        self.place += 2
        return name

    def give_name(self, result: int, target: Token) -> None:
        if target.text in self.names:  # the line uses the name it gives
            raise _fault("graph_name_taken", target.at, name=target.text)
        if self.nodes[result].name:
            result = self.make("copy", (result,), target)
        node = self.nodes[result]
        op = "variable" if node.op == "constant" else node.op
        self.nodes[result] = replace(node, name=target.text, op=op)
        self.names[target.text] = result

    def all_named(self, result: int) -> Iterator[Node]:
        """The last one is L, others v1, v2, …, numbers k1, k2, …; names in use are passed over."""
        numbers, intermediates = self.free("k"), self.free("v")
        for place, node in enumerate(self.nodes):
            if node.name:
                yield node
            elif place == result and "L" not in self.names:
                yield replace(node, name="L")
            else:
                yield replace(node, name=next(numbers if node.op == "constant" else intermediates))

    def free(self, letter: str) -> Iterator[str]:
        return (name for number in count(1) if (name := f"{letter}{number}") not in self.names)

    # One method for each line of the grammar; each gives the place of its node.

    def sum(self) -> int:
        left = self.product()
        while self.next.text in ("+", "-"):
            sign = self.take()
            left = self.make(SIGNS[sign.text], (left, self.product()), sign)
        return left

    def product(self) -> int:
        left = self.signed()
        while self.next.text in ("*", "/"):
            sign = self.take()
            left = self.make(SIGNS[sign.text], (left, self.signed()), sign)
        return left

    def signed(self) -> int:
        if self.next.text != "-":
            return self.power()
        with self.deeper():
            sign = self.take()
            operand = self.signed()
        node = self.nodes[operand]
        if node.op == "constant" and node.value is not None:
            self.nodes[operand] = replace(node, value=-node.value)
            return operand
        return self.make("negate", (operand,), sign)

    def power(self) -> int:
        base = self.atom()
        if self.next.text != "^":
            return base
        with self.deeper():
            sign = self.take()
            return self.make("power", (base, self.signed()), sign)

    def atom(self) -> int:
        token = self.take()
        if token.kind == "number":
            value = float(token.text)
            if value > LARGEST_CONSTANT:
                raise _fault("graph_number_too_large", token.at, given=token.text)
            return self.make("constant", (), token, value)
        if token.kind == "name":
            return self.call(token) if self.next.text == "(" else self.variable(token)
        if token.text == "(":
            with self.deeper():
                inside = self.sum()
            self.close(token)
            return inside
        if token.kind == "end":
            raise _fault("graph_ends_early", token.at)
        raise _fault("graph_needs_value", token.at, given=token.text)

    def variable(self, name: Token) -> int:
        if name.text in FUNCTIONS:
            raise _fault("graph_reserved_name", name.at, name=name.text)
        if name.text not in self.names:
            self.names[name.text] = self.make("variable", (), name, name=name.text)
        return self.names[name.text]

    def call(self, name: Token) -> int:
        function = ALIASES.get(name.text, name.text)
        if function not in FUNCTIONS:
            raise _fault("graph_unknown_function", name.at, name=name.text, choices=list(FUNCTIONS))
        parenthesis = self.take()
        with self.deeper():
            inputs = [self.sum()]
            while self.next.text == ",":
                self.take()
                inputs.append(self.sum())
        self.close(parenthesis)
        operation = OPERATIONS[function]
        if len(inputs) < operation.least:
            raise _fault("graph_too_few_arguments", name.at, name=name.text, limit=operation.least, count=len(inputs))
        if operation.most is not None and len(inputs) > operation.most:
            raise _fault("graph_too_many_arguments", name.at, name=name.text, limit=operation.most, count=len(inputs))
        settings = operation.defaults[len(inputs) - operation.least :]
        return self.make(function, tuple(inputs), name, settings=settings)

    # What they are made with.

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        """The next token; an end stays, for whoever asks again."""
        token = self.next
        self.place += token.kind != "end"
        return token

    def close(self, opened: Token) -> None:
        if self.next.kind == "end":
            raise _fault("graph_open_parenthesis", opened.at)
        if self.next.text != ")":
            raise self.stray(self.next)
        self.take()

    def stray(self, token: Token) -> Fault:
        code: GraphFaultCode = "graph_closes_nothing" if token.text == ")" else "graph_needs_operator"
        return _fault(code, token.at, given=token.text)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > self.bounds.depth:
            raise _fault("graph_too_deep", self.next.at, limit=self.bounds.depth)
        yield
        self.depth -= 1

    def make(
        self,
        op: str,
        inputs: tuple[int, ...],
        token: Token,
        value: float | None = None,
        name: str = "",
        settings: tuple[float, ...] = (),
    ) -> int:
        if len(self.nodes) == self.bounds.nodes:
            raise _fault("graph_too_many_nodes", token.at, limit=self.bounds.nodes)
        self.nodes.append(Node(name, op, inputs, value, settings, token.at))
        return len(self.nodes) - 1
