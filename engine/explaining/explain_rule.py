"""The update of one parameter as lines: penalty, clipping, learning rate, optimizer state, decay, update.

Each function below follows the `step` of its optimizer in `engine.nn.optimizers`, number by number.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.backends.by_hand import Update
from engine.explaining.terms import Line, Term, product_line, product_term, sum_line, value_line
from engine.explaining.traced_step import TracedStep
from engine.nn.network import Array, is_weight
from engine.nn.optimizers import orthogonalised, rule_of
from engine.nn.schedules import rate_factor
from engine.spec.choices import OptimizerName

Index = tuple[int, ...]


@dataclass(frozen=True)
class Parameter:
    """One parameter of a step that was taken."""

    step: TracedStep
    update: Update
    name: str
    """Of its tensor."""
    index: Index

    def of(self, flat: Array) -> float:
        """Its entry in a flat vector (count,)."""
        return float(self.step.of_tensor(flat, self.name)[self.index])

    def old(self, name: str) -> float:
        return self.of(self.step.before.optimizer_state[name])

    def new(self, name: str) -> float:
        return self.of(self.update.optimizer_state[name])

    @property
    def g(self) -> float:
        """The gradient, penalties and clipping counted in."""
        return self.of(self.update.gradient)

    @property
    def moved(self) -> float:
        """The update without the decay."""
        return self.of(self.update.parameters) - self.of(self.update.decayed)


SYMBOLS = {"layers.weight": "w", "layers.bias": "b", "norms.weight": "γ", "norms.bias": "β"}


def symbol_of(name: str) -> str:
    """How a parameter of a tensor is written."""
    kind, _, part = name.split(".")
    return SYMBOLS[f"{kind}.{part}"]


def rule_lines(step: TracedStep, name: str, index: Index) -> Iterator[Line]:
    """From the gradient of the data to the new value; without an update where the step cannot be taken."""
    yield from _gradient_lines(step, name, index)
    if step.update is None:
        return
    one = Parameter(step, step.update, name, index)
    yield from _clip_lines(one)
    yield from _rate_lines(one)
    yield from RULES[step.spec.optimizer](one)
    symbol = symbol_of(name)
    terms = [Term(symbol, one.of(step.before.parameters))]
    if step.spec.decay:
        factors = [("−η", -step.update.rate), ("λ", step.spec.decay), (symbol, terms[0].value)]
        terms.append(product_term(f"−η·λ·{symbol}", factors))
    yield sum_line("new", [*terms, Term(f"Δ{symbol}", one.moved)], f"{symbol}′", one.of(step.update.parameters))


def _gradient_lines(step: TracedStep, name: str, index: Index) -> Iterator[Line]:
    spec = step.spec
    if not (is_weight(name) and (spec.l1 or spec.l2)):
        return
    w = float(step.tensors[name][index])
    data = float(step.of_tensor(step.gradient, name)[index])
    terms = [Term("∂L/∂w", data)]
    if spec.l1:
        terms.append(product_term("λ_{1}·sign w", [("λ_{1}", spec.l1), ("sign w", float(np.sign(w)))]))
    if spec.l2:
        terms.append(product_term("λ_{2}·w", [("λ_{2}", spec.l2), ("w", w)]))
    yield sum_line("penalty", terms, "g", float(step.of_tensor(step.total_gradient, name)[index]))


def _clip_lines(one: Parameter) -> Iterator[Line]:
    spec, whole = one.step.spec, one.of(one.step.total_gradient)
    if spec.clip == "norm":
        norm = float(np.linalg.norm(one.step.total_gradient))
        factor = min(1.0, spec.clip_limit / (norm + 1e-6))
        given, symbol = [Term("c", spec.clip_limit), Term("‖g‖", norm)], "min(1, c/(‖g‖ + 10^{−6}))"
        yield value_line("clip_factor", given, symbol, factor)
        yield product_line("clip_norm", [Term("g", whole), Term(symbol, factor)], "g", one.g)
    elif spec.clip == "value":
        yield value_line("clip_value", [Term("g", whole), Term("c", spec.clip_limit)], "g", one.g)


def _rate_lines(one: Parameter) -> Iterator[Line]:
    spec = one.step.spec
    if spec.schedule != "constant" or spec.warmup_steps:
        factor = rate_factor(spec, one.step.before.step)
        yield product_line("rate", [Term("η_{0}", spec.learning_rate), Term("s_{τ}", factor)], "η", one.update.rate)


def _step_line(one: Parameter, what: str, value: float, rate: float | None = None) -> Line:
    """Δw = −η · what."""
    rate = one.update.rate if rate is None else rate
    return product_line("step", [Term("−η", -rate), Term(what, value)], f"Δ{symbol_of(one.name)}", one.moved)


def _sgd(one: Parameter) -> Iterator[Line]:
    yield _step_line(one, "g", one.g)


def _momentum(one: Parameter) -> Iterator[Line]:
    spec = one.step.spec
    if spec.momentum == 0:
        yield from _sgd(one)
        return
    terms = [Term("g", one.g)]
    if one.step.t > 1:
        terms = [
            product_term("μ·v", [("μ", spec.momentum), ("v", one.old("velocity"))]),
            product_term("(1−d)·g", [("1−d", 1 - spec.dampening), ("g", one.g)]),
        ]
    yield sum_line("velocity", terms, "v′", one.new("velocity"))
    yield _step_line(one, "v′", one.new("velocity"))


def _nag(one: Parameter) -> Iterator[Line]:
    spec, velocity = one.step.spec, one.new("velocity")
    if spec.momentum == 0:
        yield from _sgd(one)
        return
    remembered = product_term("μ·v", [("μ", spec.momentum), ("v", one.old("velocity"))])
    yield sum_line("velocity", [remembered, Term("g", one.g)], "v′", velocity)
    ahead = [Term("g", one.g), product_term("μ·v′", [("μ", spec.momentum), ("v′", velocity)])]
    total = one.g + spec.momentum * velocity
    yield sum_line("ahead", ahead, "g + μ·v′", total)
    yield _step_line(one, "g + μ·v′", total)


def _adagrad(one: Parameter) -> Iterator[Line]:
    spec, total = one.step.spec, one.new("sum")
    yield sum_line("sum", [Term("s", one.old("sum")), product_term("g^{2}", [("g", one.g), ("g", one.g)])], "s′", total)
    rate = one.update.rate / (1 + (one.step.t - 1) * spec.rate_decay)
    if spec.rate_decay:
        given = [Term("η", one.update.rate), Term("t", one.step.t), Term("d", spec.rate_decay)]
        yield value_line("decayed_rate", given, "η/(1 + (t−1)·d)", rate)
    yield from _adaptive_step_lines(one, "g", one.g, "s′", total, rate)


def _rmsprop(one: Parameter) -> Iterator[Line]:
    spec, square = one.step.spec, one.new("square")
    yield _moving_average_line("square", "s", "α", spec.alpha, one.old("square"), ("g^{2}", one.g * one.g), square)
    symbol, variance = "s′", square
    if spec.centered:
        mean = one.new("mean")
        yield _moving_average_line("mean", "m", "α", spec.alpha, one.old("mean"), ("g", one.g), mean)
        symbol, variance = "(s′ − m′^{2})", _spread(one, square, mean)
        yield value_line("spread", [Term("s′", square), Term("m′", mean)], "max(s′ − m′^{2}, 0)", variance)
    yield from _adaptive_step_lines(one, "g", one.g, symbol, variance, one.update.rate)


def _spread(one: Parameter, square: float, mean: float) -> float:
    """max(s′ − m′², 0) in float32, because what is left of the two may be rounding in the main.

    A backend rounds m′² first, or the difference alone; the one that made its step is shown.
    """

    def missed(spread: float) -> float:
        step = one.update.rate * one.g / (math.sqrt(spread) + one.step.spec.epsilon)
        return abs(one.moved + step)

    rounded, fused = (
        max(float(np.float32(square - product)), 0.0) for product in (float(np.float32(mean * mean)), mean * mean)
    )
    return min(rounded, fused, key=missed)


def _adam(one: Parameter, amsgrad: bool | None = None) -> Iterator[Line]:
    spec, t = one.step.spec, one.step.t
    m, v = one.new("m"), one.new("v")
    yield _moving_average_line("m", "m", "β_{1}", spec.beta1, one.old("m"), ("g", one.g), m)
    yield _moving_average_line("v", "v", "β_{2}", spec.beta2, one.old("v"), ("g^{2}", one.g * one.g), v)
    symbol = "v′"
    if spec.amsgrad if amsgrad is None else amsgrad:
        given = [Term("u", one.old("v_max")), Term("v′", v)]
        symbol, v = "u′", one.new("v_max")
        yield value_line("v_max", given, "u′ = max(u, v′)", v)
    corrections = [1 - math.pow(spec.beta1, t), 1 - math.pow(spec.beta2, t)]
    m_hat, v_hat = m / corrections[0], v / corrections[1]
    yield product_line("m_hat", [Term("m′", m), Term("1/(1 − β_{1}^{t})", 1 / corrections[0])], "m̂", m_hat)
    yield product_line("v_hat", [Term(symbol, v), Term("1/(1 − β_{2}^{t})", 1 / corrections[1])], "v̂", v_hat)
    yield from _adaptive_step_lines(one, "m̂", m_hat, "v̂", v_hat, one.update.rate)


def _muon(one: Parameter) -> Iterator[Line]:
    step, spec = one.step, one.step.spec
    if rule_of(step.network, one.name) != "muon":
        yield from _adam(one, amsgrad=False)
        return
    mu, b = spec.muon_momentum, one.new("momentum")
    yield _moving_average_line("muon_momentum", "b", "μ", mu, one.old("momentum"), ("g", one.g), b)
    matrix = step.of_tensor(one.update.optimizer_state["momentum"], one.name)
    symbol = "b′"
    if spec.nesterov:
        matrix = (1 - mu) * step.of_tensor(one.update.gradient, one.name) + mu * matrix
        symbol = "u"
        terms = [product_term("(1−μ)·g", [("1−μ", 1 - mu), ("g", one.g)]), product_term("μ·b′", [("μ", mu), ("b′", b)])]
        yield sum_line("muon_ahead", terms, "u", float(matrix[one.index]))
    direction = float(orthogonalised(matrix, spec.newton_schulz_steps)[one.index])
    yield value_line("orthogonalised", [Term(symbol, float(matrix[one.index]))], "o", direction)
    rows, columns = step.network.shapes[one.name]
    scale = math.sqrt(max(1, rows / columns))
    terms = [Term("−η", -one.update.rate), Term("√max(1, rows/columns)", scale), Term("o", direction)]
    yield product_line("step", terms, f"Δ{symbol_of(one.name)}", one.moved)


def _moving_average_line(
    name: str, symbol: str, beta_symbol: str, beta: float, old: float, new_value: tuple[str, float], new: float
) -> Line:
    """new = β·old + (1−β)·fresh"""
    what, value = new_value
    terms = [
        product_term(f"{beta_symbol}·{symbol}", [(beta_symbol, beta), (symbol, old)]),
        product_term(f"(1−{beta_symbol})·{what}", [(f"1−{beta_symbol}", 1 - beta), (what, value)]),
    ]
    return sum_line(name, terms, f"{symbol}′", new)


def _adaptive_step_lines(
    one: Parameter, what: str, value: float, symbol: str, square: float, rate: float
) -> Iterator[Line]:
    """Δw = −η · what/(√square + ε)"""
    epsilon = one.step.spec.epsilon
    root = math.sqrt(square) + epsilon
    yield sum_line("root", [Term(f"√{symbol}", math.sqrt(square)), Term("ε", epsilon)], f"√{symbol} + ε", root)
    terms = [Term("−η", -rate), Term(what, value), Term(f"1/(√{symbol} + ε)", 1 / root)]
    yield product_line("step", terms, f"Δ{symbol_of(one.name)}", one.moved)


RULES: dict[OptimizerName, Callable[[Parameter], Iterator[Line]]] = {
    "sgd": _sgd,
    "perceptron": _sgd,
    "evolution": _sgd,
    "momentum": _momentum,
    "nag": _nag,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adam,
    "muon": _muon,
}
"""One entry per OptimizerName."""
