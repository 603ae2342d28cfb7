"""NumPy script: a run as a program of its own, with the backward pass written out for exactly its network."""

from textwrap import fill

from engine.exports.exported_run import CHANGED, ExportedRun
from engine.exports.programs.data_code import Names, data_code
from engine.exports.programs.loop_code import batch_code, before_loop, log_and_stop, rate_factor, settings
from engine.exports.programs.numpy_network import (
    buffer_names,
    functions,
    layers_of,
    loss_slope,
    loss_value,
    parameter_names,
)
from engine.exports.programs.numpy_rules import memory_code, rule_functions, update_code
from engine.exports.programs.program import Line, Program, indented, joined, lines
from engine.exports.programs.random_code import random_functions
from engine.exports.programs.weights_code import direct_start, draws_weights, is_readable, layer_function, written
from engine.nn.network import Stage


def numpy_program(run: ExportedRun) -> Program:
    data = data_code(run)
    body = [
        settings(run),
        *random_functions(run, needs_stream=draws_weights(run) or uses(data, "stream(")),
        *([layer_function(run)] if run.starts_from_seed and run.spec.biases else []),
        *functions(run),
        *rule_functions(run.spec),
        *data,
        _weights(run),
        _predict(run),
        *_loss_of(run),
        [*memory_code(run), *before_loop(run.spec), *_loop(run)],
        _trained(run),
        _end(run),
    ]
    return joined([title(run, "NumPy alone, the backward pass written out"), imports(body, "numpy as np"), *body])


def title(run: ExportedRun, what: str) -> list[Line]:
    sizes = "-".join(map(str, run.network.sizes))
    head = lines(f'''
        """A run of Backprop Playground as a program: {what}.

        A network {sizes} learns the data set {run.spec.dataset} by {run.spec.optimizer}, with the same data, start
        and batches as on the page. Then the weights of the page at step {run.step} are put in, and their loss is
        printed last.
    ''')  # fmt: skip
    return [*head, *(lines("\n" + fill(CHANGED, 110)) if run.changed else []), *lines('"""')]


IMPORTS = {"base64": "base64.", "gzip": "gzip.", "math": "math.", "os": "os.", "zlib": "zlib."}


def imports(sections: list[list[Line]], *libraries: str) -> list[Line]:
    """What the sections use of the standard library, and these; and the folder of MNIST where it is read."""
    mnist = uses(sections, "FOLDER")
    standard = [f"import {name}" for name, used in IMPORTS.items() if uses(sections, used) or (mnist and name == "os")]
    paths = ["from pathlib import Path"] if mnist else []
    folder = ["", 'FOLDER = Path(os.environ.get("MNIST", "mnist"))  # with the four files'] if mnist else []
    gap = [""] if standard or paths else []
    return lines("\n".join([*standard, *paths, *gap, *(f"import {name}" for name in libraries), *folder]))


def uses(sections: list[list[Line]], what: str) -> bool:
    return any(what in line.text for section in sections for line in section)


def _weights(run: ExportedRun) -> list[Line]:
    code = []
    for i, stage in enumerate(run.network.stages):
        code += [_layer(run, i, stage)]
        if stage.batch_norm:
            ones, zeros = (f"np.{kind}({stage.outputs}, np.float32)" for kind in ("ones", "zeros"))
            code += [f"gamma{i}, beta{i} = {ones}, {zeros}", f"mean{i}, var{i} = {zeros}, {ones}"]
    code.append(f"parameters = [{', '.join(parameter_names(run))}]")
    block = lines("\n".join(code))
    if run.starts_from_seed:
        return block
    return [
        *block,
        *written("START", run.start_tensors),
        *_filled("parameters", "START", is_readable(run.start_tensors)),
    ]


def _layer(run: ExportedRun, i: int, stage: Stage) -> str:
    names = f"w{i}, b{i}" if run.spec.biases else f"w{i}"
    if run.starts_from_seed and not run.spec.biases:
        return f"w{i} = {direct_start(run, i)}"
    if run.starts_from_seed:
        return f"{names} = start_of({i}, {stage.outputs}, {stage.inputs})"
    bias = f", np.empty({stage.outputs}, np.float32)" if run.spec.biases else ""
    return f"{names} = np.empty(({stage.outputs}, {stage.inputs}), np.float32){bias}"


def _filled(tensors: str, name: str, readable: bool) -> list[Line]:
    if readable:
        return lines(f"for p, values in zip({tensors}, {name}):\n    p[...] = values")
    return lines(f"""
        numbers = np.frombuffer(base64.b64decode({name}), "<f4")
        for p in {tensors}:
            p[...], numbers = numbers[: p.size].reshape(p.shape), numbers[p.size :]
    """)


CALLS = ("a = sigmoid(", "a = np.tanh(", "a = np.maximum(")
"""Of a first layer that stands within the line of the second."""


def _predict(run: ExportedRun) -> list[Line]:
    """Outputs in the form of inference. Evolution tries other parameters than those of the run."""
    if run.spec.optimizer == "evolution":
        head = ["def predict(x, parameters):", f"    {', '.join(parameter_names(run))} = parameters"]
        if len(run.network.names) == 1:
            head[1] = "    (w0,) = parameters"
    else:
        head = ["def predict(x):"]
    steps = [line for layer in layers_of(run) for line in layer.infer("a" if layer.number else "x")]
    steps[-1] = steps[-1].replace("a = ", "return ", 1)
    if len(steps) == 2 and steps[0].startswith(CALLS) and steps[1].count("a @") == 1:
        steps = [steps[1].replace("a @", f"{steps[0].removeprefix('a = ')} @")]
    return lines("\n".join([*head, *(f"    {step}" for step in steps)]))


def _loss_of(run: ExportedRun) -> list[list[Line]]:
    """A function where the loss is needed in several places."""
    if run.spec.optimizer != "evolution":
        return []
    return [lines(f"def loss_of(o, y):\n    return float({loss_value(run.spec, 'o', 'y')})")]


def _loop(run: ExportedRun) -> list[Line]:
    spec, names = run.spec, Names.of(run)
    x, y = names.batch
    factor = rate_factor(spec)
    rate = lines(f"rate = LEARNING_RATE * {factor}", "update") if factor else []
    layers = layers_of(run)
    outputs = f"a{layers[-1].number}"
    forward = [line for layer in layers for line in lines("\n".join(layer.forward()), f"forward-{layer.number}")]
    loss = lines(f"loss = {loss_value(spec, outputs, y)}", "loss")
    if spec.optimizer == "perceptron":
        learn = [*forward, *loss, *_perceptron(run, x, y)]
    elif spec.optimizer == "evolution":
        learn = _evolution(x, y)
    else:
        first = lines(f"{layers[-1].gradient} = {loss_slope(spec, outputs, y)}", f"backward-{layers[-1].number}")
        backward = [
            line
            for layer in reversed(layers)
            for line in lines("\n".join(layer.backward()), f"backward-{layer.number}")
        ]
        learn = [*forward, *loss, Line("# backward, by the chain rule"), *first, *backward]
    gradients = [f"d_{name}" for name in parameter_names(run)]
    if spec.optimizer != "evolution":
        learn += lines(f"gradients = [{', '.join(gradients)}]", "update")
    body = [
        *batch_code(run),
        Line("# forward"),
        *learn,
        Line("# update"),
        *rate,
        *update_code(run, "rate" if factor else "LEARNING_RATE"),
        *_running(run),
        *log_and_stop(run, "float(loss)", _test_loss(run)),
    ]
    return [Line("for step in range(STEPS):"), *indented(body)]


def _perceptron(run: ExportedRun, x: str, y: str) -> list[Line]:
    share = "" if run.spec.reduction == "sum" else f" / {y}.size"
    bias = "\nd_b0 = d_z0.sum(axis=0)" if run.spec.biases else ""
    comment = "  # the error itself, for the step has no slope"
    return lines(f"d_z0 = (a0 - {y}){share}{comment}\nd_w0 = d_z0.T @ {x}{bias}", "gradient")


def _evolution(x: str, y: str) -> list[Line]:
    return lines(
        f"""
        loss, gradients = 0, [np.zeros_like(p) for p in parameters]
        for pair in range(PAIRS):
            numbers = signs(step, pair, sum(p.size for p in parameters))
            parts = np.split(numbers, np.cumsum([p.size for p in parameters])[:-1])
            moves = [SIGMA * part.reshape(p.shape) for p, part in zip(parameters, parts)]
            up = loss_of(predict({x}, [p + move for p, move in zip(parameters, moves)]), {y})
            down = loss_of(predict({x}, [p - move for p, move in zip(parameters, moves)]), {y})
            loss += (up + down) / (2 * PAIRS)
            for g, move in zip(gradients, moves):
                g += (up - down) / (2 * SIGMA**2 * PAIRS) * move
        """,
        "gradient",
    )


def _running(run: ExportedRun) -> list[Line]:
    """The running statistics of batch norm after a step."""
    code, m = [], run.spec.norm_momentum
    for layer in layers_of(run):
        if layer.stage.batch_norm:
            i, n = layer.number, f"len({layer.below})"
            code += [f"mean{i} += {m} * (mu{i} - mean{i})", f"var{i} += {m} * (v{i} * {n} / ({n} - 1) - var{i})"]
    if code and run.has_batch_of_one:
        n = f"len({Names.of(run).batch[0]})"
        code = [f"if {n} > 1:", *(f"    {line}" for line in code)]
    return lines("\n".join(code), "update") if code else []


def _test_loss(run: ExportedRun) -> str:
    x, y = ("x_test", "y_test") if run.is_split else Names.of(run).train
    more = ", parameters" if run.spec.optimizer == "evolution" else ""
    return f"float({loss_value(run.spec, f'predict({x}{more})', y)})"


def _trained(run: ExportedRun) -> list[Line]:
    tensors = "parameters"
    if buffers := buffer_names(run):
        tensors = f"[*parameters, {', '.join(buffers)}]"
    comment = lines(f"# The weights of the run on the page after {run.step} steps")
    return [*comment, *written("TRAINED", run.tensors), *_filled(tensors, "TRAINED", is_readable(run.tensors))]


def _end(run: ExportedRun) -> list[Line]:
    x, y = Names.of(run).train
    more = ", parameters" if run.spec.optimizer == "evolution" else ""
    code = [f"outputs = predict({x}{more})"]
    if run.is_split:
        test = loss_value(run.spec, f"predict(x_test{more})", "y_test")
        code = [f'print(f"test loss {{{test}:.6g}}")', *code]
    return lines("\n".join([*code, f'print(f"training loss {{{loss_value(run.spec, "outputs", y)}:.6g}}")']))
