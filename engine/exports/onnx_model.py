"""ONNX model: the network of a run in the form of inference, its graph made node by node from the tensors.

Its input is `inputs` (n, inputs), what enters the network; its output is `outputs` (n, outputs), before any threshold.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.exports.exported_run import ExportedRun
from engine.nn.network import Array
from engine.spec.choices import ActivationName
from engine.spec.spec import Spec

OPSET = 17
"""Of operators: of 2022, which every runtime of today knows."""

IR_VERSION = 8


@dataclass
class Graph:
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Adds a node; the name of its output."""
        from onnx import helper

        output = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, name: str, values: ArrayLike) -> str:
        """Adds a tensor; its name, which only one has."""
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.array(values, dtype=np.float32), name))
        return name


def _silu(graph: Graph, z: str) -> str:
    return graph.node("Mul", z, graph.node("Sigmoid", z))


def _gelu(graph: Graph, z: str) -> str:
    """z·(1 + erf(z/√2))/2"""
    number = len(graph.nodes)
    scaled = graph.node("Mul", z, graph.constant(f"root_half_{number}", math.sqrt(0.5)))
    twice = graph.node("Add", graph.node("Erf", scaled), graph.constant(f"one_{number}", 1))
    half = graph.node("Mul", z, graph.constant(f"half_{number}", 0.5))
    return graph.node("Mul", half, twice)


def activations(spec: Spec) -> dict[ActivationName, Callable[[Graph, str], str]]:
    return {
        "linear": lambda _graph, z: z,
        "step": lambda graph, z: graph.node("Sign", graph.node("Relu", z)),
        "sigmoid": lambda graph, z: graph.node("Sigmoid", z),
        "tanh": lambda graph, z: graph.node("Tanh", z),
        "relu": lambda graph, z: graph.node("Relu", z),
        "leaky_relu": lambda graph, z: graph.node("LeakyRelu", z, alpha=spec.leaky_slope),
        "elu": lambda graph, z: graph.node("Elu", z, alpha=float(spec.elu_alpha)),
        "softplus": lambda graph, z: graph.node("Softplus", z),
        "silu": _silu,
        "gelu": _gelu,
    }


def write(run: ExportedRun) -> bytes:
    """The model file, checked by onnx."""
    import onnx
    from onnx import TensorProto, helper

    graph = Graph()
    tensors = {**run.network.views(run.parameters), **run.network.buffer_views(run.buffers)}
    last = "inputs"
    for name in _layers(run, graph, tensors):
        last = name
    graph.nodes.append(helper.make_node("Identity", [last], ["outputs"]))
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width])
        for name, width in (("inputs", run.spec.inputs), ("outputs", run.spec.outputs))
    ]
    made = helper.make_graph(graph.nodes, "network", ends[:1], ends[1:], graph.constants)
    model = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="Backprop Playground",
        doc_string=f"{run.spec.dataset} after {run.step} steps",
    )
    onnx.checker.check_model(model, full_check=True)
    data: bytes = model.SerializeToString()
    return data


def _layers(run: ExportedRun, graph: Graph, tensors: dict[str, Array]) -> Iterator[str]:
    """Adds one layer after the other; the name of each one's output."""
    below = "inputs"
    for i, stage in enumerate(run.network.stages):
        names = [f"layers.{i}.weight", *([f"layers.{i}.bias"] if run.spec.biases else [])]
        z = graph.node("Gemm", below, *(graph.constant(name, tensors[name]) for name in names), transB=1)
        if stage.batch_norm:
            parts = [f"norms.{i}.{part}" for part in ("weight", "bias", "running_mean", "running_var")]
            norm = [graph.constant(name, tensors[name]) for name in parts]
            z = graph.node("BatchNormalization", z, *norm, epsilon=run.spec.norm_epsilon)
        a = activations(run.spec)[stage.activation](graph, z)
        below = graph.node("Add", a, below) if stage.residual else a
        yield below


def outputs_of(model: bytes, inputs: Array) -> Array:
    """As onnxruntime computes them, on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(["outputs"], {"inputs": inputs})[0], dtype=np.float32)
