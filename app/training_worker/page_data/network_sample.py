"""What the page of the chain rule is given of a run."""

from dataclasses import dataclass

from engine.graph import network_graph
from engine.nn.network import Network


@dataclass(frozen=True)
class NetworkSample:
    """A network and one training sample, at one step."""

    network: Network
    tensors: network_graph.Tensors
    inputs: network_graph.Vector
    targets: network_graph.Vector
    names: list[str]
    """Of the inputs."""
    point: int
    points: int
    """How many samples there are."""
    step: int
    notes: list[str]
