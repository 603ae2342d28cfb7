"""Symbols of the numbers of a network; layers and neurons count from 1.

x → z → (n, where there is batch norm) → a → z → … → o → L. Where dropout or a residual link comes between, h is what
the activation gives. A number has one symbol wherever it stands; static/js/panels/slow_motion/phases.js has the same.
"""

from engine.explaining.traced_step import TracedStep


def weight_symbol(layer: int, o: int, i: int) -> str:
    return f"w_{{{o + 1},{i + 1}}}^{{({layer + 1})}}"


def bias_symbol(layer: int, o: int) -> str:
    return f"b_{{{o + 1}}}^{{({layer + 1})}}"


def input_symbol(layer: int, i: int) -> str:
    """Of a layer: x of the first, of others what the layer below gives."""
    return f"x_{{{i + 1}}}" if layer == 0 else f"a_{{{i + 1}}}^{{({layer})}}"


def output_symbol(step: TracedStep, layer: int) -> str:
    """Of a layer: o of the network, else what enters the next layer."""
    return "o" if layer == step.network.layers - 1 else "a"


def active_symbol(step: TracedStep, layer: int) -> str:
    """What a layer's activation gives."""
    stage = step.network.stages[layer]
    return "h" if stage.dropout or stage.residual else output_symbol(step, layer)


def delta_symbol(layer: int, o: int) -> str:
    return f"δ_{{{o + 1}}}^{{({layer + 1})}}"
