"""Code of the weights of a run: those it starts from, by its initializer, and tensors written out."""

import base64
from collections.abc import Sequence

import numpy as np

from engine.exports.exported_run import ExportedRun
from engine.exports.programs.data_code import wrapped
from engine.exports.programs.program import Line, lines
from engine.nn.network import Array
from engine.spec.choices import InitializerName

MOST_READABLE = 200
"""Numbers that are written out as numbers; more are packed."""

WEIGHTS: dict[InitializerName, str] = {
    "zeros": "np.zeros((outputs, inputs))",
    "constant": "np.full((outputs, inputs), {constant})",
    "normal": "{std}random.normal(size=(outputs, inputs))",
    "pytorch": "random.uniform(-1, 1, (outputs, inputs)) / np.sqrt(inputs)",
    "xavier_uniform": "random.uniform(-1, 1, (outputs, inputs)) * np.sqrt(6 / (inputs + outputs))",
    "xavier_normal": "random.normal(size=(outputs, inputs)) * np.sqrt(2 / (inputs + outputs))",
    "he_uniform": "random.uniform(-1, 1, (outputs, inputs)) * np.sqrt(6 / inputs)",
    "he_normal": "random.normal(size=(outputs, inputs)) * np.sqrt(2 / inputs)",
}
"""As in `engine.nn.initializers`."""

NAMES: dict[InitializerName, str] = {
    "zeros": "of zeros",
    "constant": "all the same",
    "normal": "normal",
    "pytorch": "as torch.nn.Linear starts, uniform within 1/sqrt(inputs)",
    "xavier_uniform": "uniform after Glorot and Bengio 2010",
    "xavier_normal": "normal after Glorot and Bengio 2010",
    "he_uniform": "uniform after He et al. 2015",
    "he_normal": "normal after He et al. 2015",
}


def direct_start(run: ExportedRun, layer: int) -> str:
    """The weight of one layer as one expression, where there are no biases."""
    stage, spec = run.network.stages[layer], run.spec
    std = "" if spec.init_std == 1 else f"{spec.init_std} * "
    code = WEIGHTS[spec.initializer].format(constant=spec.init_constant, std=std)
    code = code.replace("(outputs, inputs)", f"({stage.outputs}, {stage.inputs})")
    code = code.replace("outputs", str(stage.outputs)).replace("inputs", str(stage.inputs))
    code = code.replace("random.", f'stream("weights of layer {layer}").')
    return as_float32(code)


def as_float32(code: str) -> str:
    return f"{f'({code})' if ' * ' in code or ' / ' in code else code}.astype(np.float32)"


def draws_weights(run: ExportedRun) -> bool:
    """Whether its start needs random numbers."""
    return run.starts_from_seed and run.spec.initializer not in ("zeros", "constant")


def layer_function(run: ExportedRun) -> list[Line]:
    """A function that gives the weight of a layer, and its bias where there are any, at the start."""
    spec = run.spec
    std = "" if spec.init_std == 1 else f"{spec.init_std} * "
    weight = WEIGHTS[spec.initializer].format(constant=spec.init_constant, std=std)
    bias = "random.uniform(-1, 1, outputs) / np.sqrt(inputs)" if spec.initializer == "pytorch" else "np.zeros(outputs)"
    what = "Weight and bias" if spec.biases else "The weight"
    code = f"""
        def start_of(layer, outputs, inputs):
            \"\"\"{what} of a linear layer, {NAMES[spec.initializer]}.\"\"\"
            random = stream(f"weights of layer {{layer}}")
            weight = {as_float32(weight)}
            return weight, {as_float32(bias)}
    """
    if not draws_weights(run):
        code = code.replace('            random = stream(f"weights of layer {layer}")\n', "")
    if not spec.biases:
        code = code.replace(f"return weight, {as_float32(bias)}", "return weight")
    return lines(code)


def is_readable(tensors: Sequence[Array]) -> bool:
    return sum(tensor.size for tensor in tensors) <= MOST_READABLE


def written(name: str, tensors: Sequence[Array]) -> list[Line]:
    """The tensors as lists of numbers, or all their numbers in one text."""
    if not is_readable(tensors):
        packed = base64.b64encode(np.concatenate([tensor.ravel() for tensor in tensors]).astype("<f4").tobytes())
        return lines(f'{name} = "{packed.decode()}"')
    rows = [line for tensor in tensors for line in wrapped(_items(tensor))]
    return lines("\n".join([f"{name} = [", *rows, "]"]))


def _items(tensor: Array) -> list[str]:
    """Pieces of its list that a line may be broken between."""
    if tensor.ndim == 1:
        items = [str(number) for number in tensor]
    else:
        items = [f"[{', '.join(str(number) for number in row)}]" for row in tensor]
    return [f"[{items[0]}", *items[1:-1], f"{items[-1]}]"] if len(items) > 1 else [f"[{items[0]}]"]
