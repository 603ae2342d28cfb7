"""PyTorch script: a run as a program of its own, as a person would write it."""

from dataclasses import dataclass

from engine.exports.exported_run import ExportedRun
from engine.exports.programs.data_code import Names, data_code
from engine.exports.programs.loop_code import batch_code, before_loop, log_and_stop, settings
from engine.exports.programs.numpy_script import imports, title, uses
from engine.exports.programs.program import Line, Program, indented, joined, lines
from engine.exports.programs.random_code import random_functions
from engine.exports.programs.torch_network import loss_function, module_classes, network_code, norm_biases
from engine.exports.programs.torch_rules import optimizer_code, rule_classes, update_code
from engine.exports.programs.weights_code import draws_weights, is_readable, layer_function, written
from engine.spec.spec import Spec


@dataclass(frozen=True)
class Part:
    """What belongs together in a program, and in a notebook stands in a cell."""

    sentence: str
    sections: list[list[Line]]


def torch_program(run: ExportedRun) -> Program:
    body = [section for part in torch_parts(run) for section in part.sections]
    return joined([title(run, "PyTorch"), torch_imports(body), *body])


def torch_imports(sections: list[list[Line]]) -> list[Line]:
    return imports(sections, "numpy as np", "torch", "torch.nn as nn")


def torch_parts(run: ExportedRun) -> list[Part]:
    data = data_code(run)
    random = random_functions(run, needs_stream=draws_weights(run) or uses(data, "stream("))
    start = [layer_function(run)] if run.starts_from_seed else []
    optimizer = [*optimizer_code(run), *lines(f"loss_function = {loss_function(run.spec)}")]
    return [
        Part("The settings of the run.", [settings(run)]),
        Part("Its random numbers: data, weights and batches are those of the page.", [*random, *start]),
        Part("The data, divided into a training and a test set.", [*data, _tensors(run)]),
        Part("The network, at its start.", [*module_classes(run), network_code(run), _start(run)]),
        Part("The rule of descent and the loss.", [*rule_classes(run), optimizer]),
        Part("Training: forward, loss, backward, update.", [[*before_loop(run.spec), *_loop(run)]]),
        Part("The weights of the page, and what they give.", [_trained(run), _end(run)]),
    ]


def _tensors(run: ExportedRun) -> list[Line]:
    names = [*Names.of(run).train, *(("x_test", "y_test") if run.is_split else ())]
    together = f"{', '.join(names)} = (torch.from_numpy(part) for part in ({', '.join(names)}))"
    return lines(together)


def _start(run: ExportedRun) -> list[Line]:
    code = "linears = [module for module in net.modules() if isinstance(module, nn.Linear)]"
    if not run.starts_from_seed:
        readable = is_readable(run.start_tensors)
        filled = _filled("net.parameters()", "START", readable)
        return [*lines(code), *written("START", run.start_tensors), *filled]
    start = "start_of(layer, *linear.weight.shape)"
    if run.spec.biases:
        copies = f"""
        weight, bias = {start}
        linear.weight.copy_(torch.from_numpy(weight))
        linear.bias.copy_(torch.from_numpy(bias))"""
    else:
        copies = f"""
        linear.weight.copy_(torch.from_numpy({start}))"""
    return lines(f"{code}\nwith torch.no_grad():\n    for layer, linear in enumerate(linears):{copies}")


def _filled(tensors: str, name: str, readable: bool) -> list[Line]:
    if readable:
        code = f"""
        with torch.no_grad():
            for p, values in zip({tensors}, {name}):
                p.copy_(torch.tensor(values))
        """
    else:
        code = f"""
        numbers = torch.frombuffer(bytearray(base64.b64decode({name})), dtype=torch.float32)
        with torch.no_grad():
            for p in {tensors}:
                p.copy_(numbers[: p.numel()].view_as(p))
                numbers = numbers[p.numel() :]
        """
    return lines(code)


def _loop(run: ExportedRun) -> list[Line]:
    x, y = Names.of(run).batch
    if run.spec.optimizer == "perceptron":
        learn = _perceptron(run, x, y)
    elif run.spec.optimizer == "evolution":
        learn = _evolution(run, x, y)
    else:
        penalty = _penalties(run.spec)
        total = f"(loss + {penalty})" if penalty else "loss"
        train = ".train()" if run.spec.stop_patience and run.needs_modes else ""
        learn = [
            Line(f"outputs = net{train}({x})", "forward"),
            *lines(f"loss = loss_function(outputs, {y})", "loss"),
            *lines("optimizer.zero_grad()" + ("\nmuon.zero_grad()" if "muon" in _optimizers(run) else ""), "backward"),
            *lines(f"{total}.backward()", "backward"),
            *norm_biases(run),
        ]
    loss = "loss" if run.spec.optimizer == "evolution" else "loss.item()"
    body = [*batch_code(run), *learn, *update_code(run), *log_and_stop(run, loss, _test_loss(run))]
    return [Line("for step in range(STEPS):"), *indented(body)]


def _optimizers(run: ExportedRun) -> str:
    return "".join(line.text for line in optimizer_code(run))


def _penalties(spec: Spec) -> str:
    """On the weights alone; the log leaves them out."""
    terms = [
        *(["L1 * linear.weight.abs().sum()"] if spec.l1 else []),
        *(["L2 / 2 * linear.weight.square().sum()"] if spec.l2 else []),
    ]
    return f"sum({' + '.join(terms)} for linear in linears)" if terms else ""


def _perceptron(run: ExportedRun, x: str, y: str) -> list[Line]:
    reduced = "sum" if run.spec.reduction == "sum" else "mean"
    penalty = _penalties(run.spec)
    learnt = f"(error * net[0]({x})).{reduced}()"
    if penalty:
        learnt = f"({learnt} + {penalty})"
    forward = [Line(f"outputs = net({x})", "forward")]
    loss = lines(f"loss = loss_function(outputs, {y})", "loss")
    learn = lines(
        f"""
        error = (outputs - {y}).detach()  # the error itself, for the step has no slope
        optimizer.zero_grad()
        {learnt}.backward()
        """,
        "gradient",
    )
    return [*forward, *loss, *learn]


def _evolution(run: ExportedRun, x: str, y: str) -> list[Line]:
    penalty = _penalties(run.spec)
    return lines(
        f"""
        with torch.no_grad():
            parameters, loss = nn.utils.parameters_to_vector(net.parameters()), 0
            gradient = torch.zeros_like(parameters)
            for pair in range(PAIRS):
                move = SIGMA * torch.from_numpy(signs(step, pair, len(parameters)))
                nn.utils.vector_to_parameters(parameters + move, net.parameters())
                up = loss_function(net({x}), {y}).item()
                nn.utils.vector_to_parameters(parameters - move, net.parameters())
                down = loss_function(net({x}), {y}).item()
                loss += (up + down) / (2 * PAIRS)
                gradient += (up - down) / (2 * SIGMA**2 * PAIRS) * move
            nn.utils.vector_to_parameters(parameters, net.parameters())
        for p in net.parameters():
            p.grad, gradient = gradient[: p.numel()].view_as(p), gradient[p.numel() :]
        """
        + (f"\n        {penalty}.backward()" if penalty else ""),
        "gradient",
    )


def _test_loss(run: ExportedRun) -> str:
    x, y = ("x_test", "y_test") if run.is_split else Names.of(run).train
    return f"loss_function(net.eval()({x}), {y}).item()"


def _trained(run: ExportedRun) -> list[Line]:
    tensors = "net.parameters()"
    if run.network.buffer_shapes:
        tensors = "[*net.parameters(), *(b for b in net.buffers() if b.is_floating_point())]"
    comment = lines(f"# The weights of the run on the page after {run.step} steps")
    readable = is_readable(run.tensors)
    return [*comment, *written("TRAINED", run.tensors), *_filled(tensors, "TRAINED", readable)]


def _end(run: ExportedRun) -> list[Line]:
    x, y = Names.of(run).train
    code = ["net.eval()", "with torch.no_grad():"]
    if run.is_split:
        code.append('    print(f"test loss {loss_function(net(x_test), y_test):.6g}")')
    code += [f"    outputs = net({x})", f'    print(f"training loss {{loss_function(outputs, {y}):.6g}}")']
    return lines("\n".join(code))
