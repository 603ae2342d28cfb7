"""Expressions: parses a text into a graph by recursive descent; never evaluated as code.

    text     = line { (";" | newline) line }          the last line is what is differentiated
    line     = [ name "=" ] sum
    sum      = product { ("+" | "-") product }
    product  = signed { ("*" | "/") signed }
    signed   = "-" signed | power             so that −a^2 is −(a^2)
    power    = atom [ "^" signed ]
    atom     = number | name | function "(" sum { "," sum } ")" | "(" sum ")"

`**` is `^`; · × and ÷ are read as * and /, subscripts as digits. A name that no line assigns is a variable; a line that
assigns a number to a name makes it a variable with that value. A node is added after its inputs, which gives a
topological order.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count

from engine.fault import Fault, GraphFaultCode, Value
from engine.graph.graph import Graph, Node
from engine.graph.operations import FUNCTIONS, OPERATIONS
from engine.spec.bounds import LARGEST_CONSTANT

EQUIVALENT_CHARACTERS = str.maketrans("−–·∙⋅×÷，；（）＝＋₀₁₂₃₄₅₆₇₈₉", "--****/,;()=+0123456789")
"""Unicode characters and what they are read as, one for one, so that columns of faults stay right."""
ALIASES = {"σ": "sigmoid", "ln": "log"}
"""Other names of functions."""
SIGNS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
TOKEN = re.compile(
    r"(?P<blank>[^\S\n]+)|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>(?![_\d])(?:(?![²³¹⁰⁴-⁹])\w)+)"
    r"|(?P<sign>\*\*|[-+*/^(),=])|(?P<end>[;\n])"
)

STARTING_VALUES = (2.0, 3.0, -1.0, 0.5, -2.0, 1.5, 4.0, -3.0)
"""Of variables without a value, in order of appearance: neighbours differ, and none is 0 or 1."""


@dataclass(frozen=True)
class ExpressionLimits:
    """How large an expression may be."""

    characters: int
    depth: int
    """Nesting of parentheses, signs and exponents."""
    nodes: int


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    at: tuple[int, int]
    """Line and column, from 1."""


def parse(text: str, limits: ExpressionLimits) -> Graph:
    """The graph of a text. Raises Fault with line and column."""
    if len(text) > limits.characters:
        raise Fault("graph_too_long", {"count": len(text), "limit": limits.characters})
    return _Parser(list(_tokens(text)), limits).graph()


def starting_values(graph: Graph) -> dict[str, float]:
    """A value for every variable without one."""
    free = [node.name for node in graph.variables if node.value is None]
    return {name: STARTING_VALUES[index % len(STARTING_VALUES)] for index, name in enumerate(free)}


def _tokens(text: str) -> Iterator[Token]:
    text = text.replace("\r", "").translate(EQUIVALENT_CHARACTERS)
    offset, line, line_start = 0, 1, 0
    while offset < len(text):
        found = TOKEN.match(text, offset)
        at = (line, offset - line_start + 1)
        if found is None:
            raise _fault("graph_character", at, given=text[offset])
        kind = str(found.lastgroup)
        if kind != "blank":
            yield Token(kind, found[0].replace("**", "^"), at)
        offset = found.end()
        if found[0] == "\n":
            line, line_start = line + 1, offset
    yield Token("end", "", (line, offset - line_start + 1))


def _fault(code: GraphFaultCode, at: tuple[int, int], **values: Value) -> Fault:
    return Fault(code, {**values, "line": at[0], "column": at[1]})


@dataclass
class _Parser:
    tokens: list[Token]
    limits: ExpressionLimits
    position: int = 0
    """Index of the next token."""
    depth: int = 0
    nodes: list[Node] = field(default_factory=list)
    """Without a name until a line assigns one."""
    names: dict[str, int] = field(default_factory=dict)
    """Every name in use → the index of its node."""

    def graph(self) -> Graph:
        result = -1
        while self.position < len(self.tokens):
            if self.next.kind != "end":
                result = self.line()
            self.position += 1
        if not self.nodes:
            raise Fault("graph_empty", {})
        if result != len(self.nodes) - 1:
            result = self.add_node("copy", (result,), self.tokens[-1])
        return Graph(tuple(self.with_names(result)))

    def line(self) -> int:
        target = self.target()
        result = self.sum()
        if self.next.kind != "end":
            raise self.unexpected(self.next)
        if target is not None:
            self.assign_name(result, target)
            return self.names[target.text]
        return result

    def target(self) -> Token | None:
        """The name that a line assigns, if it does."""
        name = self.next
        if name.kind != "name" or self.tokens[self.position + 1].text != "=":
            return None
        if name.text in FUNCTIONS:
            raise _fault("graph_reserved_name", name.at, name=name.text)
        if name.text in self.names:
            raise _fault("graph_name_taken", name.at, name=name.text)
        self.position += 2
        return name

    def assign_name(self, result: int, target: Token) -> None:
        if target.text in self.names:  # the line uses the name it assigns
            raise _fault("graph_name_taken", target.at, name=target.text)
        if self.nodes[result].name:
            result = self.add_node("copy", (result,), target)
        node = self.nodes[result]
        op = "variable" if node.op == "constant" else node.op
        self.nodes[result] = replace(node, name=target.text, op=op)
        self.names[target.text] = result

    def with_names(self, result: int) -> Iterator[Node]:
        """The nodes, unnamed ones with a name not in use: L the result, k1, k2, … numbers, v1, v2, … the others."""
        numbers, intermediates = self.unused_names("k"), self.unused_names("v")
        for index, node in enumerate(self.nodes):
            if node.name:
                yield node
            elif index == result and "L" not in self.names:
                yield replace(node, name="L")
            else:
                yield replace(node, name=next(numbers if node.op == "constant" else intermediates))

    def unused_names(self, letter: str) -> Iterator[str]:
        return (name for number in count(1) if (name := f"{letter}{number}") not in self.names)

    # One method for each rule of the grammar; each returns the index of its node.

    def sum(self) -> int:
        left = self.product()
        while self.next.text in ("+", "-"):
            sign = self.take()
            left = self.add_node(SIGNS[sign.text], (left, self.product()), sign)
        return left

    def product(self) -> int:
        left = self.signed()
        while self.next.text in ("*", "/"):
            sign = self.take()
            left = self.add_node(SIGNS[sign.text], (left, self.signed()), sign)
        return left

    def signed(self) -> int:
        if self.next.text != "-":
            return self.power()
        with self.nested():
            sign = self.take()
            operand = self.signed()
        node = self.nodes[operand]
        if node.op == "constant" and node.value is not None:
            self.nodes[operand] = replace(node, value=-node.value)
            return operand
        return self.add_node("negate", (operand,), sign)

    def power(self) -> int:
        base = self.atom()
        if self.next.text != "^":
            return base
        with self.nested():
            sign = self.take()
            return self.add_node("power", (base, self.signed()), sign)

    def atom(self) -> int:
        token = self.take()
        if token.kind == "number":
            value = float(token.text)
            if value > LARGEST_CONSTANT:
                raise _fault("graph_number_too_large", token.at, given=token.text)
            return self.add_node("constant", (), token, value)
        if token.kind == "name":
            return self.call(token) if self.next.text == "(" else self.variable(token)
        if token.text == "(":
            with self.nested():
                inside = self.sum()
            self.expect_closing(token)
            return inside
        if token.kind == "end":
            raise _fault("graph_ends_early", token.at)
        raise _fault("graph_needs_value", token.at, given=token.text)

    def variable(self, name: Token) -> int:
        if name.text in FUNCTIONS:
            raise _fault("graph_reserved_name", name.at, name=name.text)
        if name.text not in self.names:
            self.names[name.text] = self.add_node("variable", (), name, name=name.text)
        return self.names[name.text]

    def call(self, name: Token) -> int:
        function = ALIASES.get(name.text, name.text)
        if function not in FUNCTIONS:
            raise _fault("graph_unknown_function", name.at, name=name.text, choices=list(FUNCTIONS))
        parenthesis = self.take()
        with self.nested():
            inputs = [self.sum()]
            while self.next.text == ",":
                self.take()
                inputs.append(self.sum())
        self.expect_closing(parenthesis)
        operation = OPERATIONS[function]
        if len(inputs) < operation.min_inputs:
            raise _fault(
                "graph_too_few_arguments", name.at, name=name.text, limit=operation.min_inputs, count=len(inputs)
            )
        if operation.max_inputs is not None and len(inputs) > operation.max_inputs:
            raise _fault(
                "graph_too_many_arguments", name.at, name=name.text, limit=operation.max_inputs, count=len(inputs)
            )
        settings = operation.defaults[len(inputs) - operation.min_inputs :]
        return self.add_node(function, tuple(inputs), name, settings=settings)

    # What they use.

    @property
    def next(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        """Moves on and returns the token passed; does not move past an end."""
        token = self.next
        self.position += token.kind != "end"
        return token

    def expect_closing(self, opened: Token) -> None:
        if self.next.kind == "end":
            raise _fault("graph_open_parenthesis", opened.at)
        if self.next.text != ")":
            raise self.unexpected(self.next)
        self.take()

    def unexpected(self, token: Token) -> Fault:
        code: GraphFaultCode = "graph_closes_nothing" if token.text == ")" else "graph_needs_operator"
        return _fault(code, token.at, given=token.text)

    @contextmanager
    def nested(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > self.limits.depth:
            raise _fault("graph_too_deep", self.next.at, limit=self.limits.depth)
        yield
        self.depth -= 1

    def add_node(
        self,
        op: str,
        inputs: tuple[int, ...],
        token: Token,
        value: float | None = None,
        name: str = "",
        settings: tuple[float, ...] = (),
    ) -> int:
        if len(self.nodes) == self.limits.nodes:
            raise _fault("graph_too_many_nodes", token.at, limit=self.limits.nodes)
        self.nodes.append(Node(name, op, inputs, value, settings, token.at))
        return len(self.nodes) - 1
