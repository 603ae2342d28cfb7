"""Expressions: parses a text into a graph by recursive descent; never evaluated as code.

    text     = line { (";" | newline) line }          the last line is what is differentiated
    line     = [ name "=" ] sum
    sum      = product { ("+" | "-") product }
    product  = factors { ("*" | "/") factors }
    factors  = signed { power }     2a, w1 x1, 2(a+b); not after "/", where it could mean two things
    signed   = ("-" | "+") signed | power             so that −a^2 is −(a^2)
    power    = atom [ "^" signed ]
    atom     = number | name | function "(" sum { "," sum } ")" | "(" sum ")" | "|" sum "|" | "√" atom

A name that no line assigns is a variable, save the constants e and pi; a line that assigns a number to a name makes it
a variable with that value. A node is added after its inputs, which gives a topological order. What could be meant
otherwise than it is read stands in the graph's readings.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count

from engine.fault import Fault, GraphFaultCode, Value
from engine.graph.graph import Graph, Node
from engine.graph.names import CONSTANTS, Names, Reading
from engine.graph.operations import FUNCTIONS, OPERATIONS
from engine.graph.tokens import Token, fault_at, tokens
from engine.spec.bounds import LARGEST_CONSTANT

SIGNS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}

STARTING_VALUES = (2.0, 3.0, -1.0, 0.5, -2.0, 1.5, 4.0, -3.0)
"""Of variables without a value, in order of appearance: neighbours differ, and none is 0 or 1."""


@dataclass(frozen=True)
class ExpressionLimits:
    """How large an expression may be."""

    characters: int
    depth: int
    """Nesting of parentheses, signs and exponents."""
    nodes: int


def parse(text: str, limits: ExpressionLimits, given: Collection[str] = ()) -> Graph:
    """The graph of a text. given: names with a value from outside of it. Raises Fault with line and column."""
    if len(text) > limits.characters:
        raise Fault("graph_too_long", {"count": len(text), "limit": limits.characters})
    return _Parser(*tokens(text, given), limits).graph()


def parse_values(text: str, limits: ExpressionLimits, given: Collection[str]) -> tuple[Graph, tuple[int, ...]]:
    """A graph of several results, and their nodes: what lines without a name list, separated by commas."""
    if len(text) > limits.characters:
        raise Fault("graph_too_long", {"count": len(text), "limit": limits.characters})
    return _Parser(*tokens(text, given), limits).values()


def starting_values(graph: Graph) -> dict[str, float]:
    """A value for every variable without one."""
    free = [node.name for node in graph.variables if node.value is None]
    return {name: STARTING_VALUES[index % len(STARTING_VALUES)] for index, name in enumerate(free)}


@dataclass
class _Parser:
    tokens: list[Token]
    meaning: Names
    limits: ExpressionLimits
    position: int = 0
    """Index of the next token."""
    depth: int = 0
    bars: int = 0
    """Of |x|, open within the innermost parentheses."""
    exponent_end: int = -1
    """Position behind the last exponent."""
    joins: set[int] = field(default_factory=set)
    """Positions of tokens that are multiplied without a sign."""
    readings: list[Reading] = field(default_factory=list)
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
        return Graph(tuple(self.with_names(result)), self.all_readings())

    def values(self) -> tuple[Graph, tuple[int, ...]]:
        results: list[int] = []
        while self.position < len(self.tokens):
            if self.next.kind != "end" and self.tokens[self.position + 1].text == "=":
                self.line()
            elif self.next.kind != "end":
                results += self.list()
            self.position += 1
        if not self.nodes:
            raise Fault("graph_empty", {})
        return Graph(tuple(self.with_names(-1)), self.all_readings()), tuple(results)

    def line(self) -> int:
        start = self.position
        target = self.target()
        result = self.sum()
        self.expect_end(start)
        if target is not None:
            self.assign_name(result, target)
            return self.names[target.text]
        return result

    def list(self) -> list[int]:
        start = self.position
        results = [self.sum()]
        while self.next.text == ",":
            if fault := self.decimal_comma(self.tokens[self.position - 1]):
                raise fault
            self.take()
            results.append(self.sum())
        self.expect_end(start)
        return results

    def expect_end(self, start: int) -> None:
        """Of a line that began at a token, which is told where it was read with signs that it lacks."""
        if self.next.kind != "end":
            raise self.unexpected(self.next)
        if self.joins & set(range(start, self.position)):
            self.readings.insert(0, Reading("product", self.written(start)))

    def all_readings(self) -> tuple[Reading, ...]:
        words = [Reading("word", word) for word in dict.fromkeys(self.meaning.words)]
        return tuple(dict.fromkeys([*self.readings, *words]))

    def target(self) -> Token | None:
        """The name that a line assigns, if it does."""
        name = self.next
        if name.kind != "name" or self.tokens[self.position + 1].text != "=":
            return None
        if self.meaning.is_reserved(name.text):
            raise fault_at("graph_reserved_name", name.at, name=name.text)
        if name.text in self.names:
            raise fault_at("graph_name_taken", name.at, name=name.text)
        self.position += 2
        return name

    def assign_name(self, result: int, target: Token) -> None:
        if target.text in self.names:  # the line uses the name it assigns
            raise fault_at("graph_name_taken", target.at, name=target.text)
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
        left = self.factors(self.signed())
        while self.next.text in ("*", "/"):
            sign = self.take()
            right = self.signed()
            if sign.text == "/" and self.begins_factor:
                raise fault_at("graph_ambiguous", self.next.at, given=self.next.text)
            left = self.add_node(SIGNS[sign.text], (left, self.factors(right)), sign)
        return left

    def factors(self, left: int) -> int:
        """Multiplies by what follows without a sign."""
        while self.begins_factor:
            token = self.next
            if token.glued and self.position == self.exponent_end:  # 2^ab
                raise fault_at("graph_ambiguous", token.at, given=token.text)
            self.joins.add(self.position)
            left = self.add_node("multiply", (left, self.power()), token)
        return left

    def signed(self) -> int:
        if self.next.text not in ("-", "+"):
            return self.power()
        with self.nested():
            sign = self.take()
            operand = self.signed()
        if sign.text == "+":
            return operand
        node = self.nodes[operand]
        if node.op == "constant" and node.value is not None and not node.name:
            self.nodes[operand] = replace(node, value=-node.value)
            return operand
        return self.add_node("negate", (operand,), sign)

    def power(self) -> int:
        base = self.atom()
        if self.next.text != "^":
            return base
        with self.nested():
            sign = self.take()
            exponent = self.atom() if sign.raised else self.signed()
        if sign.raised and self.next.text == "^":
            raise fault_at("graph_ambiguous", self.next.at, given="^")
        self.exponent_end = self.position
        return self.add_node("power", (base, exponent), sign)

    def atom(self) -> int:
        token = self.take()
        if token.kind == "number":
            value = float(token.text)
            if value > LARGEST_CONSTANT:
                raise fault_at("graph_number_too_large", token.at, given=token.text)
            return self.add_node("constant", (), token, value)
        if token.kind == "name":
            return self.named(token)
        if token.text == "(":
            with self.nested(), self.without_bars():
                inside = self.sum()
            self.expect_closing(token)
            return inside
        if token.text == "|":
            return self.absolute(token)
        if token.text == "√":
            with self.nested():
                return self.add_node("sqrt", (self.atom(),), token)
        if token.kind == "end":
            raise fault_at("graph_ends_early", token.at)
        raise fault_at("graph_needs_value", token.at, given=token.text)

    def absolute(self, opened: Token) -> int:
        with self.nested():
            self.bars += 1
            inside = self.sum()
            self.bars -= 1
        if self.next.kind == "end":
            raise fault_at("graph_open_bar", opened.at)
        if self.next.text != "|":
            raise self.unexpected(self.next)
        self.take()
        return self.add_node("abs", (inside,), opened)

    def named(self, name: Token) -> int:
        """A variable, a constant or the call of a function."""
        if self.next.text == "(":
            if function := self.meaning.function(name.text):
                return self.call(name, function)
            if not (self.meaning.may_be_factor(name.text) or name.text in self.names):
                raise fault_at("graph_unknown_function", name.at, name=name.text, choices=list(FUNCTIONS))
        return self.variable(name)

    def variable(self, name: Token) -> int:
        if self.meaning.is_reserved(name.text):
            raise fault_at("graph_reserved_name", name.at, name=name.text)
        if name.text not in self.names:
            is_constant = self.meaning.is_constant(name.text)
            value = CONSTANTS[name.text] if is_constant else None
            op = "constant" if is_constant else "variable"
            self.names[name.text] = self.add_node(op, (), name, value, name=name.text)
            if is_constant:
                self.readings.append(Reading("constant", f"{name.text} = {value:.6g}"))
        return self.names[name.text]

    def call(self, name: Token, function: str) -> int:
        parenthesis = self.take()
        with self.nested(), self.without_bars():
            inputs = [self.sum()]
            while self.next.text == ",":
                self.take()
                inputs.append(self.sum())
        self.expect_closing(parenthesis)
        operation = OPERATIONS[function]
        given: dict[str, Value] = {"name": name.text, "count": len(inputs)}
        if len(inputs) < operation.min_inputs:
            raise fault_at("graph_too_few_arguments", name.at, **given, limit=operation.min_inputs)
        if operation.max_inputs is not None and len(inputs) > operation.max_inputs:
            raise self.decimal_comma(parenthesis) or fault_at(
                "graph_too_many_arguments", name.at, **given, limit=operation.max_inputs
            )
        settings = operation.defaults[len(inputs) - operation.min_inputs :]
        if function == "softmax":
            self.readings.append(Reading("softmax", name.text))
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
            raise fault_at("graph_open_parenthesis", opened.at)
        if self.next.text != ")":
            raise self.unexpected(self.next)
        self.take()

    @property
    def begins_factor(self) -> bool:
        """Whether what follows is multiplied without a sign; a number is not, for 2 3 may be a slip."""
        return self.next.kind == "name" or self.next.text in ("(", "√") or (self.next.text == "|" and not self.bars)

    def decimal_comma(self, since: Token) -> Fault | None:
        """The first comma between two digits after a token, as in 1,5."""
        passed = self.tokens[self.tokens.index(since) : self.position + 2]
        for left, comma, right in zip(passed, passed[1:], passed[2:], strict=False):
            if (left.kind, comma.text, right.kind) == ("number", ",", "number") and not (comma.spaced or right.spaced):
                given = f"{left.text},{right.text}"
                return fault_at("graph_decimal_comma", left.at, given=given, read=given.replace(",", "."))
        return None

    def written(self, start: int) -> str:
        """The tokens from one to the next, with a sign where a product has none."""
        parts = []
        for index in range(start, self.position):
            token = self.tokens[index]
            parts.append("·" if index in self.joins else " " if token.spaced and index > start else "")
            parts.append(token.text)
        return "".join(parts)

    def unexpected(self, token: Token) -> Fault:
        if token.text == "," and (fault := self.decimal_comma(self.tokens[max(self.position - 1, 0)])):
            return fault
        code: GraphFaultCode = "graph_closes_nothing" if token.text == ")" else "graph_needs_operator"
        return fault_at(code, token.at, given=token.text)

    @contextmanager
    def without_bars(self) -> Iterator[None]:
        """Within parentheses a | opens anew."""
        outside, self.bars = self.bars, 0
        yield
        self.bars = outside

    @contextmanager
    def nested(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > self.limits.depth:
            raise fault_at("graph_too_deep", self.next.at, limit=self.limits.depth)
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
            raise fault_at("graph_too_many_nodes", token.at, limit=self.limits.nodes)
        self.nodes.append(Node(name, op, inputs, value, settings, token.at))
        return len(self.nodes) - 1
