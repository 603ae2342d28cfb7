"""Explain: any number of a training step as the arithmetic that made it, forward, backward and in the update.

A subject is opened for one main line, the sum it is best known by; further lines tell what comes before and after.
Terms lead on to other subjects. All numbers are of the batch as training saw it, norms by its own statistics, dropout
on. Symbols count layers and neurons from 1, as a reader does.
"""

from collections.abc import Callable, Iterator

import numpy as np

from engine.explaining.explain_rule import rule_lines, symbol_of
from engine.explaining.terms import Line, Subject, Term, found, multiplied, opened_for, product, summed
from engine.explaining.traced_step import OpenStep
from engine.fault import Fault
from engine.nn.network import Array
from engine.nn.random import signs


def explain(step: OpenStep, subject: Subject, sample: int = 0) -> list[Line]:
    """The lines of a subject; sample: which of the batch, where a number belongs to one sample.

    Raises Fault for a subject that this network or this batch does not have.
    """
    _refuse(step, subject, sample)
    return list(SUBJECTS[subject.kind](step, subject, sample))


def _refuse(step: OpenStep, subject: Subject, sample: int) -> None:
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


# Forward and back through one neuron


def _neuron(step: OpenStep, subject: Subject, k: int) -> Iterator[Line]:
    layer, i = subject.layer, subject.index
    if layer == -1:
        value = float(step.inputs[k, i])
        yield opened_for(summed("input", [Term(f"x_{{{i + 1}}}", value)], f"x_{{{i + 1}}}", value))
        return
    stage, passed = step.network.stages[layer], step.look.passed[layer]
    weight = step.tensors[f"layers.{layer}.weight"]
    terms = [
        product(
            f"{_w(layer, i, j)}·{_a(layer, j)}",
            [(_w(layer, i, j), float(weight[i, j])), (_a(layer, j), float(passed.below[k, j]))],
            Subject("weight", layer, i, j),
        )
        for j in range(stage.inputs)
    ]
    if step.network.biases:
        bias = float(step.tensors[f"layers.{layer}.bias"][i])
        terms.append(Term(_b(layer, i), bias, subject=Subject("bias", layer, i)))
    yield opened_for(summed("weighted_sum", terms, "z", float(step.weighted[layer][k, i])))
    if passed.norm is not None:
        yield from _norm_lines(step, layer, i, k)
    entering = "n" if passed.norm is not None else "z"
    n, h = float(passed.n[k, i]), float(passed.h[k, i])
    yield found(f"activation.{stage.activation}", [Term(entering, n)], "h", h)
    yield found(f"slope.{stage.activation}", [Term(entering, n)], f"∂h/∂{entering}", _slope(step, layer, i, k))
    if passed.kept is not None:
        yield multiplied(
            "dropout", [Term("h", h), Term("m", float(passed.kept[k, i]))], "h·m", _dropped(step, layer, i, k)
        )
    if stage.residual:
        below = Term(_a(layer, i), float(passed.below[k, i]), subject=Subject("neuron", layer - 1, i))
        yield summed("residual", [Term("h", _dropped(step, layer, i, k)), below], "a", float(passed.out[k, i]))
    if step.look.sent:
        yield from _back_lines(step, layer, i, k)


def _norm_lines(step: OpenStep, layer: int, i: int, k: int) -> Iterator[Line]:
    norm = step.look.passed[layer].norm
    assert norm is not None
    z, mean, deviation = float(step.weighted[layer][k, i]), float(norm.mean[i]), float(norm.deviation[i])
    standard = float(norm.standard[k, i])
    yield summed("centred", [Term("z", z), Term("−μ", -mean)], "z − μ", z - mean)
    yield multiplied("standard", [Term("z − μ", z - mean), Term("1/√(σ^{2} + ε)", 1 / deviation)], "s", standard)
    here = Subject("norm", layer, i)
    gamma, beta = (float(step.tensors[f"norms.{layer}.{part}"][i]) for part in ("weight", "bias"))
    terms = [product("γ·s", [("γ", gamma), ("s", standard)], here), Term("β", beta, subject=here)]
    yield summed("norm", terms, "n", float(step.look.passed[layer].n[k, i]))


def _back_lines(step: OpenStep, layer: int, i: int, k: int) -> Iterator[Line]:
    """From the layer above to ∂L/∂z."""
    stage, passed, sent = step.network.stages[layer], step.look.passed[layer], step.look.sent[layer]
    yield _sent_line(step, layer, i, k)
    terms = [Term("∂L/∂a", float(sent.out[k, i]))]
    if passed.kept is not None:
        terms.append(Term("m", float(passed.kept[k, i])))
    entering = "n" if stage.batch_norm else "z"
    terms.append(Term(f"∂h/∂{entering}", _slope(step, layer, i, k)))
    yield multiplied("delta", terms, f"∂L/∂{entering}", float(sent.n[k, i]))
    if passed.norm is not None:
        yield _through_norm(step, layer, i, k)


def _sent_line(step: OpenStep, layer: int, i: int, k: int) -> Line:
    """∂L/∂a: from the loss for an output, else Σ w·δ of the layer above."""
    sent, total = step.look.sent, float(step.look.sent[layer].out[k, i])
    if layer == step.network.layers - 1:
        output, target = float(step.look.passed[layer].out[k, i]), float(step.targets[k, i])
        given = [Term("o", output), Term("y", target), Term("share", step.loss.share(step.targets))]
        return found(f"loss_slope.{step.network.loss}", given, "∂L/∂o", total)
    weight = step.tensors[f"layers.{layer + 1}.weight"]
    terms = [
        product(
            f"{_w(layer + 1, o, i)}·{_delta(layer + 1, o)}",
            [(_w(layer + 1, o, i), float(weight[o, i])), (_delta(layer + 1, o), float(sent[layer + 1].z[k, o]))],
            Subject("neuron", layer + 1, o),
        )
        for o in range(len(weight))
    ]
    if step.network.stages[layer + 1].residual:
        terms.append(Term("∂L/∂a^{above}", float(sent[layer + 1].out[k, i]), subject=Subject("neuron", layer + 1, i)))
    return summed("sent_back", terms, "∂L/∂a", total)


def _through_norm(step: OpenStep, layer: int, i: int, k: int) -> Line:
    """∂L/∂z from ∂L/∂n: γ/σ times what is left when the batch's mean and what is in proportion to s are taken off."""
    norm, sent = step.look.passed[layer].norm, step.look.sent[layer]
    assert norm is not None
    gamma = step.tensors[f"norms.{layer}.weight"][i]
    d_standard, standard = sent.n[:, i] * gamma, norm.standard[:, i]
    scale = 1 / float(norm.deviation[i])
    terms = [product("γ·∂L/∂n/σ", [("γ", float(gamma)), ("∂L/∂n", float(sent.n[k, i])), ("1/σ", scale)])]
    if norm.of_batch:
        terms.append(product("−mean/σ", [("−mean", -float(d_standard.mean())), ("1/σ", scale)]))
        part = float((d_standard * standard).mean())
        terms.append(product("−s·mean/σ", [("−s", -float(standard[k])), ("mean", part), ("1/σ", scale)]))
    return summed("through_norm", terms, "∂L/∂z", float(sent.z[k, i]))


def _slope(step: OpenStep, layer: int, i: int, k: int) -> float:
    passed = step.look.passed[layer]
    return float(step.activation(layer).slope(passed.n, passed.h)[k, i])


def _dropped(step: OpenStep, layer: int, i: int, k: int) -> float:
    passed = step.look.passed[layer]
    return float(passed.h[k, i] if passed.kept is None else passed.h[k, i] * passed.kept[k, i])


# Parameters


def _weight(step: OpenStep, subject: Subject, k: int) -> Iterator[Line]:
    layer, o, i = subject.layer, subject.index, subject.source
    name = f"layers.{layer}.weight"
    below = step.look.passed[layer].below[:, i]
    yield _gradient_line(step, name, (o, i), _delta(layer, o), _a(layer, i), below)
    if step.look.sent:
        terms = [
            *_chain(step, layer, o, k),
            Term(_a(layer, i), float(below[k]), subject=Subject("neuron", layer - 1, i)),
        ]
        yield multiplied("chain", terms, "∂L/∂w", float(step.look.sent[layer].z[k, o]) * float(below[k]))
    yield from rule_lines(step, name, (o, i))


def _chain(step: OpenStep, layer: int, o: int, k: int) -> Iterator[Term]:
    """The factors of ∂L/∂z of one sample. Batch norm mixes the samples, so there it stays whole."""
    passed, sent, here = step.look.passed[layer], step.look.sent[layer], Subject("neuron", layer, o)
    if passed.norm is not None:
        yield Term("∂L/∂z", float(sent.z[k, o]), subject=here)
        return
    yield Term("∂L/∂a", float(sent.out[k, o]), subject=here)
    if passed.kept is not None:
        yield Term("m", float(passed.kept[k, o]))
    yield Term("∂h/∂z", _slope(step, layer, o, k))


def _bias(step: OpenStep, subject: Subject, _k: int) -> Iterator[Line]:
    layer, o = subject.layer, subject.index
    name = f"layers.{layer}.bias"
    yield _gradient_line(step, name, (o,), _delta(layer, o), "1", np.ones(len(step.batch), dtype=np.float32))
    yield from rule_lines(step, name, (o,))


def _norm(step: OpenStep, subject: Subject, _k: int) -> Iterator[Line]:
    """γ; β is told under it."""
    layer, o = subject.layer, subject.index
    norm = step.look.passed[layer].norm
    assert norm is not None
    if not step.look.sent:
        return
    for part, symbol, values in (
        ("weight", "s", norm.standard[:, o]),
        ("bias", "1", np.ones_like(norm.standard[:, o])),
    ):
        name = f"norms.{layer}.{part}"
        sent = step.look.sent[layer].n[:, o]
        total = float(step.of_tensor(step.look.gradient, name)[o])
        terms = _over_batch(step, "∂L/∂n", sent, symbol, values)
        line = summed(f"gradient.{part}", terms, f"∂L/∂{symbol_of(name)}", total)
        yield opened_for(line) if part == "weight" else line
        yield from rule_lines(step, name, (o,))


def _gradient_line(step: OpenStep, name: str, index: tuple[int, ...], delta: str, symbol: str, values: Array) -> Line:
    """∂L/∂ of one parameter: Σ over the batch of δ·input, or what a rule has in its place."""
    total = float(step.of_tensor(step.look.gradient, name)[index])
    if step.spec.optimizer == "evolution":
        return opened_for(summed("evolution", _tried(step, name, index), "ĝ", total))
    if step.spec.optimizer == "perceptron":
        error = (step.look.passed[-1].out - step.targets)[:, index[0]] * np.float32(step.loss.share(step.targets))
        return opened_for(summed("perceptron", _over_batch(step, "o − y", error, symbol, values), "−Δ", total))
    sent = step.look.sent[int(name.split(".")[1])].z[:, index[0]]
    return opened_for(
        summed(
            "gradient",
            _over_batch(step, delta, sent, symbol, values),
            f"∂L/∂{symbol_of(name)}",
            total,
        )
    )


def _over_batch(step: OpenStep, delta: str, sent: Array, symbol: str, values: Array) -> Iterator[Term]:
    """One product for each sample."""
    for k, index in enumerate(step.batch.tolist()):
        yield product(
            f"{delta}·{symbol}", [(delta, float(sent[k])), (symbol, float(values[k]))], Subject("point", index=index)
        )


def _tried(step: OpenStep, name: str, index: tuple[int, ...]) -> Iterator[Term]:
    """One product for each pair of copies."""
    spec = step.spec
    for pair, (up, down) in enumerate(step.look.tried):
        way = step.of_tensor(signs(spec.seed, step.before.step, pair, step.network.count), name)[index]
        factors = [
            ("L₊ − L₋", up - down),
            ("1/2σ", 1 / (2 * spec.sigma)),
            ("ε", float(way)),
            ("1/pairs", 1 / spec.pairs),
        ]
        yield product("(L₊ − L₋)/2σ·ε", factors)


# The loss, a point, a layer


def _part_of(step: OpenStep, k: int) -> tuple[list[float], float]:
    """The loss terms of one sample, and what each is multiplied with in the loss of the batch."""
    terms = step.loss.terms(step.look.passed[-1].out[k : k + 1], step.targets[k : k + 1])
    return [float(term) for term in np.ravel(terms)], step.loss.share(step.targets)


def _loss(step: OpenStep, _subject: Subject, _k: int) -> Iterator[Line]:
    terms = []
    for k, index in enumerate(step.batch.tolist()):
        parts, share = _part_of(step, k)
        factors = [("share", share), (f"L_{{{index + 1}}}", sum(parts))]
        terms.append(product(f"share·L_{{{index + 1}}}", factors, Subject("point", index=index)))
    name, plain = "batch_loss", sum(term.value for term in terms)
    if step.spec.optimizer == "evolution":  # the loss recorded is of the copies it tried
        yield opened_for(summed(name, terms, "L", plain))
        tried = [
            Term(f"L_{{±{pair + 1}}}", (up + down) / (2 * len(step.look.tried)))
            for pair, (up, down) in enumerate(step.look.tried)
        ]
        yield summed("tried", tried, "L̄", step.look.loss)
    else:
        yield opened_for(summed(name, terms, "L", step.look.loss))
    if step.spec.l1 or step.spec.l2:
        weights = step.before.parameters[step.network.is_weight].astype(np.float64)
        penalties = [
            product("λ_{1}·Σ|w|", [("λ_{1}", step.spec.l1), ("Σ|w|", float(np.abs(weights).sum()))]),
            product("λ_{2}/2·Σw^{2}", [("λ_{2}/2", step.spec.l2 / 2), ("Σw^{2}", float(np.square(weights).sum()))]),
        ]
        yield summed(
            "objective", [Term("L", plain), *penalties], "L + P", plain + sum(term.value for term in penalties)
        )


def _point(step: OpenStep, subject: Subject, _k: int) -> Iterator[Line]:
    """A sample of the batch, by its number in the training set; another one has no part in this step."""
    places = np.flatnonzero(step.batch == subject.index)
    if not len(places):
        return
    k = int(places[0])
    parts, share = _part_of(step, k)
    output, target, last = step.look.passed[-1].out[k], step.targets[k], step.network.layers - 1
    symbols = [f"L_{{{o + 1}}}" for o in range(len(parts))]
    terms = [Term(symbol, part) for symbol, part in zip(symbols, parts, strict=True)]
    yield opened_for(summed(f"point.{step.network.loss}", terms, "L_{point}", sum(parts)))
    for o in range(len(output)):
        given = [Term("o", float(output[o]), subject=Subject("neuron", last, o)), Term("y", float(target[o]))]
        yield found("error", given, "o − y", float(output[o] - target[o]))
    yield multiplied("share", [Term("share", share), Term("L_{point}", sum(parts))], "part of L", share * sum(parts))


def _layer(step: OpenStep, subject: Subject, _k: int) -> Iterator[Line]:
    gradient = step.of_tensor(step.look.gradient, f"layers.{subject.layer}.weight").astype(np.float64)
    rows = np.square(gradient).sum(axis=1)
    terms = [
        Term(f"Σ_{{in}}g_{{{o + 1}}}^{{2}}", float(row), subject=Subject("neuron", subject.layer, o))
        for o, row in enumerate(rows)
    ]
    total = float(rows.sum())
    yield opened_for(summed("squares", terms, "‖∂L/∂W‖^{2}", total))
    yield found("root_of_squares", [Term("‖∂L/∂W‖^{2}", total)], "‖∂L/∂W‖", float(np.sqrt(total)))


SUBJECTS: dict[str, Callable[[OpenStep, Subject, int], Iterator[Line]]] = {
    "neuron": _neuron,
    "weight": _weight,
    "bias": _bias,
    "norm": _norm,
    "point": _point,
    "layer": _layer,
    "loss": _loss,
}
"""One entry per kind of Subject."""


# Symbols


def _w(layer: int, o: int, i: int) -> str:
    return f"w_{{{o + 1},{i + 1}}}^{{({layer + 1})}}"


def _b(layer: int, o: int) -> str:
    return f"b_{{{o + 1}}}^{{({layer + 1})}}"


def _a(layer: int, i: int) -> str:
    """What enters a layer."""
    return f"x_{{{i + 1}}}" if layer == 0 else f"a_{{{i + 1}}}^{{({layer})}}"


def _delta(layer: int, o: int) -> str:
    return f"δ_{{{o + 1}}}^{{({layer + 1})}}"
