"""Explain: any number of a training step as lines of arithmetic, forward, backward and in the update.

Each subject has one main line, the formula it is known by; further lines are the computation before and after it. Terms
may name the subject that explains them. All numbers are of the batch in training: batch statistics, dropout on. Symbols
count layers and neurons from 1.
"""

from collections.abc import Callable, Iterator
from math import fsum

import numpy as np

from engine.explaining.explain_rule import rule_lines, symbol_of
from engine.explaining.symbols import (
    active_symbol,
    bias_symbol,
    delta_symbol,
    input_symbol,
    output_symbol,
    weight_symbol,
)
from engine.explaining.terms import (
    Line,
    Subject,
    Term,
    as_main,
    product_line,
    product_term,
    sum_line,
    value_line,
    with_rounding,
)
from engine.explaining.traced_step import TracedStep
from engine.fault import Fault
from engine.nn.network import Array
from engine.nn.random import signs


def explain(step: TracedStep, subject: Subject, sample: int = 0) -> list[Line]:
    """The lines of a subject; sample: its number in the batch, for a number that belongs to one sample.

    Raises Fault for a subject that this network or this batch does not have.
    """
    _check_subject(step, subject, sample)
    return list(SUBJECTS[subject.kind](step, subject, sample))


def _check_subject(step: TracedStep, subject: Subject, sample: int) -> None:
    stages, layer = step.network.stages, subject.layer
    inputs = subject.kind == "neuron" and layer == -1
    if not (inputs or 0 <= layer < len(stages)):
        raise Fault("subject_no_layer", {"layer": layer + 1})
    width = stages[0].inputs if inputs else stages[layer].outputs
    if subject.kind in ("neuron", "weight", "bias", "norm") and not 0 <= subject.index < width:
        raise Fault("subject_no_neuron", {"layer": layer + 1, "neuron": subject.index + 1})
    if subject.kind == "weight" and not 0 <= subject.source < stages[layer].inputs:
        raise Fault("subject_no_input", {"layer": layer + 1, "input": subject.source + 1})
    if subject.kind == "bias" and not step.network.biases:
        raise Fault("subject_no_biases", {})
    if subject.kind == "norm" and not stages[layer].batch_norm:
        raise Fault("subject_no_norm", {"layer": layer + 1})
    if not 0 <= sample < len(step.batch):
        raise Fault("subject_no_sample", {"count": len(step.batch), "sample": sample + 1})


# One neuron, forward and backward


def _neuron(step: TracedStep, subject: Subject, k: int) -> Iterator[Line]:
    layer, i = subject.layer, subject.index
    if layer == -1:
        value = float(step.inputs[k, i])
        yield as_main(sum_line("input", [Term(f"x_{{{i + 1}}}", value)], f"x_{{{i + 1}}}", value))
        return
    stage, cache = step.network.stages[layer], step.batch_pass.forward[layer]
    weight = step.tensors[f"layers.{layer}.weight"]
    terms = [
        product_term(
            f"{weight_symbol(layer, i, j)}·{input_symbol(layer, j)}",
            [(weight_symbol(layer, i, j), float(weight[i, j])), (input_symbol(layer, j), float(cache.below[k, j]))],
            Subject("weight", layer, i, j),
        )
        for j in range(stage.inputs)
    ]
    if step.network.biases:
        bias = float(step.tensors[f"layers.{layer}.bias"][i])
        terms.append(Term(bias_symbol(layer, i), bias, subject=Subject("bias", layer, i)))
    yield as_main(sum_line("weighted_sum", terms, "z", float(step.weighted_sums[layer][k, i])))
    if cache.norm is not None:
        yield from _norm_lines(step, layer, i, k)
    entering, active, out = (
        "n" if cache.norm is not None else "z",
        active_symbol(step, layer),
        output_symbol(step, layer),
    )
    n, h = float(cache.n[k, i]), float(cache.h[k, i])
    yield value_line(f"activation.{stage.activation}", [Term(entering, n)], active, h)
    slope = _slope(step, layer, i, k)
    yield value_line(f"slope.{stage.activation}", [Term(entering, n)], f"∂{active}/∂{entering}", slope)
    dropped = "h" if cache.mask is None else "h·m"
    if cache.mask is not None:
        factors = [Term("h", h), Term("m", float(cache.mask[k, i]))]
        yield product_line("dropout", factors, dropped if stage.residual else out, _dropped(step, layer, i, k))
    if stage.residual:
        below = Term(input_symbol(layer, i), float(cache.below[k, i]), subject=Subject("neuron", layer - 1, i))
        yield sum_line("residual", [Term(dropped, _dropped(step, layer, i, k)), below], out, float(cache.out[k, i]))
    if step.batch_pass.backward:
        yield from _backward_lines(step, layer, i, k)


def _norm_lines(step: TracedStep, layer: int, i: int, k: int) -> Iterator[Line]:
    norm = step.batch_pass.forward[layer].norm
    assert norm is not None
    z, mean, std = float(step.weighted_sums[layer][k, i]), float(norm.mean[i]), float(norm.std[i])
    x_hat = float(norm.x_hat[k, i])
    yield sum_line("centred", [Term("z", z), Term("−μ", -mean)], "z − μ", z - mean)
    yield product_line("standard", [Term("z − μ", z - mean), Term("1/√(σ^{2} + ε)", 1 / std)], "s", x_hat)
    here = Subject("norm", layer, i)
    gamma, beta = (float(step.tensors[f"norms.{layer}.{part}"][i]) for part in ("weight", "bias"))
    terms = [product_term("γ·s", [("γ", gamma), ("s", x_hat)], here), Term("β", beta, subject=here)]
    yield sum_line("norm", terms, "n", float(step.batch_pass.forward[layer].n[k, i]))


def _backward_lines(step: TracedStep, layer: int, i: int, k: int) -> Iterator[Line]:
    """∂L/∂a, of the output ∂L/∂o, then the chain rule down to ∂L/∂z."""
    stage, cache, gradients = (
        step.network.stages[layer],
        step.batch_pass.forward[layer],
        step.batch_pass.backward[layer],
    )
    yield _output_gradient_line(step, layer, i, k)
    terms = [Term(f"∂L/∂{output_symbol(step, layer)}", float(gradients.d_out[k, i]))]
    if cache.mask is not None:
        terms.append(Term("m", float(cache.mask[k, i])))
    entering = "n" if stage.batch_norm else "z"
    terms.append(Term(f"∂{active_symbol(step, layer)}/∂{entering}", _slope(step, layer, i, k)))
    yield product_line("delta", terms, f"∂L/∂{entering}", float(gradients.d_n[k, i]))
    if cache.norm is not None:
        yield _norm_gradient_line(step, layer, i, k)


def _output_gradient_line(step: TracedStep, layer: int, i: int, k: int) -> Line:
    """∂L/∂a: from the loss for an output, else Σ w·δ of the layer above."""
    gradients, total = step.batch_pass.backward, float(step.batch_pass.backward[layer].d_out[k, i])
    if layer == step.network.layers - 1:
        output, target = float(step.batch_pass.forward[layer].out[k, i]), float(step.targets[k, i])
        given = [Term("o", output), Term("y", target), Term("share", step.loss.share(step.targets))]
        return value_line(f"loss_slope.{step.network.loss}", given, "∂L/∂o", total)
    weight = step.tensors[f"layers.{layer + 1}.weight"]
    terms = [
        product_term(
            f"{weight_symbol(layer + 1, o, i)}·{delta_symbol(layer + 1, o)}",
            [
                (weight_symbol(layer + 1, o, i), float(weight[o, i])),
                (delta_symbol(layer + 1, o), float(gradients[layer + 1].d_z[k, o])),
            ],
            Subject("neuron", layer + 1, o),
        )
        for o in range(len(weight))
    ]
    if step.network.stages[layer + 1].residual:
        terms.append(
            Term("∂L/∂a^{above}", float(gradients[layer + 1].d_out[k, i]), subject=Subject("neuron", layer + 1, i))
        )
    return sum_line("sent_back", terms, "∂L/∂a", total)


def _norm_gradient_line(step: TracedStep, layer: int, i: int, k: int) -> Line:
    """∂L/∂z = γ/σ·(∂L/∂n − mean − s·mean(s·∂L/∂n)), by `ByHand.backward_norm`; s is x̂."""
    norm, gradients = step.batch_pass.forward[layer].norm, step.batch_pass.backward[layer]
    assert norm is not None
    gamma = step.tensors[f"norms.{layer}.weight"]
    d_x_hat, scale = gradients.d_n * gamma, 1 / float(norm.std[i])
    factors = [("γ", float(gamma[i])), ("∂L/∂n", float(gradients.d_n[k, i])), ("1/σ", scale)]
    terms = [product_term("γ·∂L/∂n/σ", factors)]
    if norm.from_batch:  # means of all columns at once, for another order of summation may leave another rounding
        mean, part = float(d_x_hat.mean(axis=0)[i]), float((d_x_hat * norm.x_hat).mean(axis=0)[i])
        terms.append(product_term("−mean/σ", [("−mean", -mean), ("1/σ", scale)]))
        terms.append(product_term("−s·mean/σ", [("−s", -float(norm.x_hat[k, i])), ("mean", part), ("1/σ", scale)]))
    return sum_line("through_norm", terms, "∂L/∂z", float(gradients.d_z[k, i]))


def _slope(step: TracedStep, layer: int, i: int, k: int) -> float:
    cache = step.batch_pass.forward[layer]
    return float(step.activation(layer).slope(cache.n, cache.h)[k, i])


def _dropped(step: TracedStep, layer: int, i: int, k: int) -> float:
    cache = step.batch_pass.forward[layer]
    return float(cache.h[k, i] if cache.mask is None else cache.h[k, i] * cache.mask[k, i])


# Parameters


def _weight(step: TracedStep, subject: Subject, k: int) -> Iterator[Line]:
    layer, o, i = subject.layer, subject.index, subject.source
    name = f"layers.{layer}.weight"
    below = step.batch_pass.forward[layer].below[:, i]
    yield from _gradient_lines(step, name, (o, i), delta_symbol(layer, o), input_symbol(layer, i), below)
    if step.batch_pass.backward:
        terms = [
            *_chain_factors(step, layer, o, k),
            Term(input_symbol(layer, i), float(below[k]), subject=Subject("neuron", layer - 1, i)),
        ]
        yield product_line("chain", terms, "∂L/∂w", float(step.batch_pass.backward[layer].d_z[k, o]) * float(below[k]))
    yield from rule_lines(step, name, (o, i))


def _chain_factors(step: TracedStep, layer: int, o: int, k: int) -> Iterator[Term]:
    """The factors of ∂L/∂z of one sample; with batch norm ∂L/∂z is one factor, for it depends on all samples."""
    cache, gradients, here = (
        step.batch_pass.forward[layer],
        step.batch_pass.backward[layer],
        Subject("neuron", layer, o),
    )
    if cache.norm is not None:
        yield Term("∂L/∂z", float(gradients.d_z[k, o]), subject=here)
        return
    yield Term(f"∂L/∂{output_symbol(step, layer)}", float(gradients.d_out[k, o]), subject=here)
    if cache.mask is not None:
        yield Term("m", float(cache.mask[k, o]))
    yield Term(f"∂{active_symbol(step, layer)}/∂z", _slope(step, layer, o, k))


def _bias(step: TracedStep, subject: Subject, _k: int) -> Iterator[Line]:
    layer, o = subject.layer, subject.index
    name = f"layers.{layer}.bias"
    yield from _gradient_lines(
        step, name, (o,), delta_symbol(layer, o), "1", np.ones(len(step.batch), dtype=np.float32)
    )
    yield from rule_lines(step, name, (o,))


def _norm(step: TracedStep, subject: Subject, _k: int) -> Iterator[Line]:
    """γ, then β."""
    layer, o = subject.layer, subject.index
    norm = step.batch_pass.forward[layer].norm
    assert norm is not None
    if not step.batch_pass.backward:
        return
    for part, symbol, values in (
        ("weight", "s", norm.x_hat[:, o]),
        ("bias", "1", np.ones_like(norm.x_hat[:, o])),
    ):
        name = f"norms.{layer}.{part}"
        gradients = step.batch_pass.backward[layer].d_n[:, o]
        total = float(step.of_tensor(step.gradient, name)[o])
        terms = _over_batch(step, "∂L/∂n", gradients, symbol, values)
        line = sum_line(f"gradient.{part}", terms, f"∂L/∂{symbol_of(name)}", total)
        yield from _rounded(step, as_main(line) if part == "weight" else line, _sum_of("∂L/∂n", symbol))
        yield from rule_lines(step, name, (o,))


def _gradient_lines(
    step: TracedStep, name: str, index: tuple[int, ...], delta: str, symbol: str, values: Array
) -> Iterator[Line]:
    """∂L/∂ of one parameter: Σ over the batch of δ·input, or what perceptron and evolution have in its place."""
    total = float(step.of_tensor(step.gradient, name)[index])
    if step.spec.optimizer == "evolution":
        yield from _rounded(step, as_main(sum_line("evolution", _pair_terms(step, name, index), "ĝ", total)), "Σ")
        return
    if step.spec.optimizer == "perceptron":
        error = (step.batch_pass.forward[-1].out - step.targets)[:, index[0]] * np.float32(
            step.loss.share(step.targets)
        )
        line = sum_line("perceptron", _over_batch(step, "o − y", error, symbol, values), "−Δ", total)
        yield from _rounded(step, as_main(line), "Σ")
        return
    gradients = step.batch_pass.backward[int(name.split(".")[1])].d_z[:, index[0]]
    terms, own = _over_batch(step, delta, gradients, symbol, values), _sum_of(delta, symbol)
    if name.endswith("bias") and _cancels(step, name):
        rounding = fsum(gradients.tolist())
        yield as_main(sum_line("cancelling", terms, own, rounding))
        yield sum_line("cancelled", [Term(own, rounding), Term("−ρ", -rounding)], "∂L/∂b", total)
        return
    yield from _rounded(step, as_main(sum_line("gradient", terms, f"∂L/∂{symbol_of(name)}", total)), own)


def _sum_of(delta: str, symbol: str) -> str:
    return f"Σ{delta}" if symbol == "1" else f"Σ{delta}·{symbol}"


def _rounded(step: TracedStep, line: Line, own: str) -> Iterator[Line]:
    """`with_rounding`, but for a planted bug, which is no rounding. own: the symbol of the sum of the terms."""
    return iter([line]) if step.bug else with_rounding(line, own)


def _cancels(step: TracedStep, name: str) -> bool:
    """Whether a bias has no effect, because the norm above it subtracts the batch's own mean: its sum is rounding."""
    cache = step.batch_pass.forward[int(name.split(".")[1])]
    return bool(step.batch_pass.backward) and cache.norm is not None and cache.norm.from_batch


def _over_batch(step: TracedStep, delta: str, gradients: Array, symbol: str, values: Array) -> Iterator[Term]:
    """One product for each sample."""
    for k, index in enumerate(step.batch.tolist()):
        yield product_term(
            f"{delta}·{symbol}",
            [(delta, float(gradients[k])), (symbol, float(values[k]))],
            Subject("point", index=index),
        )


def _pair_terms(step: TracedStep, name: str, index: tuple[int, ...]) -> Iterator[Term]:
    """One product for each pair of copies."""
    spec = step.spec
    for pair, (up, down) in enumerate(step.batch_pass.pair_losses):
        direction = step.of_tensor(signs(spec.seed, step.before.step, pair, step.network.count), name)[index]
        factors = [
            ("L₊ − L₋", up - down),
            ("1/2σ", 1 / (2 * spec.sigma)),
            ("ε", float(direction)),
            ("1/pairs", 1 / spec.pairs),
        ]
        yield product_term("(L₊ − L₋)/2σ·ε", factors)


# The loss, a point, a layer


def _sample_loss(step: TracedStep, k: int) -> tuple[list[float], float]:
    """The loss terms of one sample, and the share of each in the loss of the batch."""
    terms = step.loss.terms(step.batch_pass.forward[-1].out[k : k + 1], step.targets[k : k + 1])
    return [float(term) for term in np.ravel(terms)], step.loss.share(step.targets)


def _loss(step: TracedStep, _subject: Subject, _k: int) -> Iterator[Line]:
    terms = []
    for k, index in enumerate(step.batch.tolist()):
        parts, share = _sample_loss(step, k)
        factors = [("share", share), (f"L_{{{index + 1}}}", sum(parts))]
        terms.append(product_term(f"share·L_{{{index + 1}}}", factors, Subject("point", index=index)))
    name, plain = "batch_loss", sum(term.value for term in terms)
    if step.spec.optimizer == "evolution":  # its recorded loss is the mean over all copies
        yield as_main(sum_line(name, terms, "L", plain))
        tried = [
            Term(f"L_{{±{pair + 1}}}", (up + down) / (2 * len(step.batch_pass.pair_losses)))
            for pair, (up, down) in enumerate(step.batch_pass.pair_losses)
        ]
        yield sum_line("tried", tried, "L̄", step.batch_pass.loss)
    else:
        yield as_main(sum_line(name, terms, "L", step.batch_pass.loss))
    if step.spec.l1 or step.spec.l2:
        weights = step.before.parameters[step.network.is_weight].astype(np.float64)
        penalties = [
            product_term("λ_{1}·Σ|w|", [("λ_{1}", step.spec.l1), ("Σ|w|", float(np.abs(weights).sum()))]),
            product_term(
                "λ_{2}/2·Σw^{2}", [("λ_{2}/2", step.spec.l2 / 2), ("Σw^{2}", float(np.square(weights).sum()))]
            ),
        ]
        yield sum_line(
            "objective", [Term("L", plain), *penalties], "L + P", plain + sum(term.value for term in penalties)
        )


def _point(step: TracedStep, subject: Subject, _k: int) -> Iterator[Line]:
    """A sample, by its number in the training set; no lines where it is not in the batch."""
    places = np.flatnonzero(step.batch == subject.index)
    if not len(places):
        return
    k = int(places[0])
    parts, share = _sample_loss(step, k)
    output, target, last = step.batch_pass.forward[-1].out[k], step.targets[k], step.network.layers - 1
    symbols = [f"L_{{{o + 1}}}" for o in range(len(parts))]
    terms = [Term(symbol, part) for symbol, part in zip(symbols, parts, strict=True)]
    yield as_main(sum_line(f"point.{step.network.loss}", terms, "L_{point}", sum(parts)))
    for o in range(len(output)):
        given = [Term("o", float(output[o]), subject=Subject("neuron", last, o)), Term("y", float(target[o]))]
        yield value_line("error", given, "o − y", float(output[o] - target[o]))
    yield product_line("share", [Term("share", share), Term("L_{point}", sum(parts))], "part of L", share * sum(parts))


def _layer(step: TracedStep, subject: Subject, _k: int) -> Iterator[Line]:
    gradient = step.of_tensor(step.gradient, f"layers.{subject.layer}.weight").astype(np.float64)
    rows = np.square(gradient).sum(axis=1)
    terms = [
        Term(f"Σ_{{in}}g_{{{o + 1}}}^{{2}}", float(row), subject=Subject("neuron", subject.layer, o))
        for o, row in enumerate(rows)
    ]
    total = float(rows.sum())
    yield as_main(sum_line("squares", terms, "‖∂L/∂W‖^{2}", total))
    yield value_line("root_of_squares", [Term("‖∂L/∂W‖^{2}", total)], "‖∂L/∂W‖", float(np.sqrt(total)))


SUBJECTS: dict[str, Callable[[TracedStep, Subject, int], Iterator[Line]]] = {
    "neuron": _neuron,
    "weight": _weight,
    "bias": _bias,
    "norm": _norm,
    "point": _point,
    "layer": _layer,
    "loss": _loss,
}
"""One entry per kind of Subject."""
