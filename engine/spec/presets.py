"""Presets: ready experiments in reading order, each with how many steps it takes to show what it is here to show.

Data alone. Titles and what to look for are words of the page, by the preset's name. `rows` are the systems a preset
stands for: A neurons and optimizers, B arithmetic, C backpropagation, D perceptron to digits, E a mini-torch.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from engine.spec.choices import BugName
from engine.spec.own_points import OwnPoint
from engine.spec.spec import Layer, Spec

RaceName = Literal["optimizers", "reward", "engine"]
PanelName = Literal["results", "log"]

PACES = (5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750)
"""Steps per second that a preset can be watched at."""

SECONDS = 10
"""How long a preset takes, about, to show what it shows: less is over before it is seen."""


@dataclass(frozen=True)
class Preset:
    name: str
    rows: tuple[str, ...]
    """Empty: to begin with."""
    spec: Spec | None = None
    """None where another page shows it."""
    steps: int = 0
    """Optimizer steps from the start until it shows what it shows."""
    page: str | None = None
    """The address of the page that shows it, where that is another one."""
    race: RaceName | None = None
    """What runs beside it from the same start."""
    curve: bool = False
    """Whether its loss curve shows more than a map of its outputs."""
    bug: BugName | None = None
    """Planted from the start."""
    numbers: bool = False
    """Whether every link and neuron shows its number."""
    inspect: Literal["neuron", "weight"] | None = None
    """Whether the inspector is open, on the first neuron or weight."""
    panel: PanelName | None = None
    """What it shows beside the loss curve; None: the layers through time."""

    @property
    def steps_per_second(self) -> int:
        """The pace to watch it at."""
        return min(PACES, key=lambda pace: abs(pace - self.steps / SECONDS))

    @property
    def group(self) -> str:
        """The letter of its rows, or start."""
        return self.rows[0][0] if self.rows else "start"


def _own_heart() -> Iterator[OwnPoint]:
    """Class 1 on a heart and within it, class 0 around it: 84 points as a person might draw them."""
    for size, count, label in ((0.45, 12, 1), (0.85, 24, 1), (1.25, 24, 0), (1.6, 24, 0)):
        for place in range(count):
            t = 2 * math.pi * (place + 0.5) / count
            x1 = 16 * math.sin(t) ** 3
            x2 = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t) + 2
            yield round(0.21 * size * x1, 2), round(0.21 * size * x2, 2), label


def _spec(dataset: str, hidden: tuple[int | Layer, ...], **fields: Any) -> Spec:
    return Spec.model_validate({"dataset": dataset, "hidden": hidden, **fields})


def _gate(name: str) -> Spec:
    perceptron = {"output_activation": "step", "optimizer": "perceptron", "learning_rate": 0.1, "batch_size": 1}
    return _spec(name, (), **perceptron, stop_epochs=200)


def _many(dataset: str, hidden: tuple[int | Layer, ...], classes: int, **fields: Any) -> Spec:
    return _spec(dataset, hidden, classes=classes, loss="cross_entropy", optimizer="adam", **fields)


def _linear(dataset: str) -> Spec:
    return _spec(dataset, (8, 8, 8), activation="linear", loss="bce", optimizer="adam", learning_rate=0.01)


def _digits(dataset: str, hidden: tuple[int | Layer, ...], **fields: Any) -> Spec:
    learning = {"activation": "relu", "optimizer": "adam", "learning_rate": 0.001, "batch_size": 64}
    return _spec(dataset, hidden, loss="cross_entropy", train_fraction=0.8, **learning, **fields)


def _dropped(*widths: int) -> tuple[Layer, ...]:
    return tuple(Layer(width=width, dropout=0.2) for width in widths)


_PLANAR = _spec(
    "function",
    (5, 3),
    function="cubic",
    samples=400,
    noise=25,
    loss="bce",
    optimizer="adamw",
    learning_rate=0.001,
    batch_size=50,
    stop_epochs=200,
    stop_change=1e-5,
    seed=12,
)

_FIVE = _spec(
    "own_values",
    (5,),
    own_points=((5.0, 3.0, 8.0),),
    activation="relu",
    learning_rate=0.01,
    batch_size=1,
    stop_epochs=1000,
)

_ONE_POINT = _spec("own_values", (2,), own_points=((3.0, 2.0, 4.0),), learning_rate=0.02, batch_size=1)

_SUMS = _spec("arithmetic", (5,), activation="relu", optimizer="adam", learning_rate=0.01, seed=6)

PRESETS: tuple[Preset, ...] = (
    # To begin with
    Preset("circle", (), _spec("circle", (4, 2)), 2000),
    Preset("clouds", (), _spec("gauss", (), noise=10), 250),
    Preset("quadrants", (), _spec("xor", (4,), optimizer="adam", learning_rate=0.02), 3000),
    Preset("spiral", (), _spec("spiral", (16, 16), optimizer="adam", learning_rate=0.01), 6000),
    Preset("spiral_help", (), _spec("spiral", (8,), features=("x1", "x2", "sin_x1", "sin_x2"), optimizer="adam"), 4000),
    Preset("moons", (), _spec("moons", (8, 8), noise=10, loss="bce", optimizer="adam", learning_rate=0.01), 1500),
    Preset("pinwheel", (), _many("pinwheel", (16, 16), 5, learning_rate=0.01, noise=5), 2500),
    Preset("blobs", (), _many("blobs", (12,), 8, learning_rate=0.01, noise=3), 2000),
    Preset("rings", (), _many("rings", (16, 8), 4, learning_rate=0.01, noise=5), 3000),
    Preset(
        "checkerboard", (), _many("checkerboard", (24, 24), 2, learning_rate=0.01, samples=3000, batch_size=30), 8000
    ),
    Preset("hills", (), _spec("multi_gauss", (24, 24), optimizer="adam", learning_rate=0.01), 5000),
    Preset("ripples", (), _spec("sine", (16, 16), optimizer="adam", learning_rate=0.01), 4000),
    Preset("edge_of_stability", (), _spec("spiral", (16, 16), batch_size=None, learning_rate=0.1), 1500, curve=True),
    # A: neurons, training, optimizers, a scalar autograd
    Preset(
        "a1_neuron",
        ("A1", "C4"),
        _spec("gauss", (), output_activation="sigmoid", learning_rate=0.1),
        1000,
        numbers=True,
        inspect="neuron",
    ),
    Preset("a2_linear", ("A2",), _linear("circle"), 1000),
    Preset("a2_bent", ("A2",), _linear("circle").changed(activation="tanh"), 1000),
    Preset(
        "a3_feed_forward",
        ("A3",),
        _spec(
            "random",
            (20,),
            samples=1,
            random_inputs=10,
            random_outputs=2,
            activation="relu",
            optimizer="adam",
            learning_rate=0.01,
            batch_size=1,
            stop_epochs=100,
            seed=36,
        ),
        100,
        curve=True,
        panel="log",
    ),
    Preset(
        "a4_optimizers",
        ("A4",),
        _spec("circle", (8, 8, 8), noise=5, loss="bce", learning_rate=0.01),
        1500,
        race="optimizers",
    ),
    Preset("a5_scalar", ("A5",), page="/graph?preset=autograd"),
    # B: forward, backward, gradient descent on arithmetic
    Preset("b1_five_plus_three", ("B1",), _FIVE, 1000, curve=True, panel="results"),
    Preset("b2_sums", ("B2",), _SUMS, 6000, panel="results"),
    Preset(
        "b3_reward",
        ("B3",),
        _SUMS.changed(optimizer="evolution", learning_rate=0.05),
        6000,
        race="reward",
    ),
    Preset("b4_descent", ("B4",), _ONE_POINT, 50, numbers=True, inspect="weight"),
    # C: backpropagation, flat and modular
    Preset("c1_flat", ("C1",), page="/graph?preset=flat"),
    Preset("c2_graph", ("C2",), page="/graph?preset=gates"),
    Preset("c3_own_operation", ("C3",), page="/graph?preset=custom"),
    Preset("c4_one_neuron", ("C4",), page="/graph?preset=neuron"),
    Preset(
        "c5_twenty_lines",
        ("C5",),
        _spec(
            "random",
            (100,),
            samples=64,
            random_inputs=1000,
            random_outputs=10,
            activation="sigmoid",
            biases=False,
            reduction="sum",
            initializer="normal",
            init_std=1,
            learning_rate=1e-4,
            batch_size=None,
            stop_steps=2000,
            seed=1685,
        ),
        31,
        race="engine",
        curve=True,
    ),
    # D: from the perceptron to digits
    Preset("d1_and", ("D1",), _gate("and_gate"), 40, panel="results"),
    Preset("d1_or", ("D1",), _gate("or_gate"), 40, panel="results"),
    Preset("d1_nand", ("D1",), _gate("nand_gate"), 40, panel="results"),
    Preset("d1_xor", ("D1",), _gate("xor_gate"), 800, panel="results"),
    Preset(
        "d2_xor",
        ("D2",),
        _spec(
            "xor_gate",
            (4,),
            activation="relu",
            output_activation="linear",
            optimizer="adam",
            learning_rate=0.1,
            batch_size=None,
            stop_epochs=1000,
        ),
        1000,
        panel="results",
    ),
    Preset(
        "d3_activations",
        ("D3",),
        _spec(
            "circle",
            tuple(Layer(width=5, activation=name) for name in ("sigmoid", "tanh", "relu", "leaky_relu", "gelu")),
            leaky_slope=0.1,
            loss="bce",
            optimizer="adam",
            learning_rate=0.01,
            seed=2,
        ),
        2500,
    ),
    Preset(
        "d4_two_ways",
        ("D4",),
        _spec("xor_gate", (4,), activation="relu", output_activation="linear", learning_rate=0.1, batch_size=None),
        500,
    ),
    Preset(
        "d5_digits", ("D5",), _digits("digits", _dropped(256, 128), stop_epochs=10, normalize=True), 230, panel="log"
    ),
    Preset(
        "d5_mnist", ("D5",), _digits("mnist", _dropped(256, 128), stop_epochs=10, normalize=True), 1000, panel="log"
    ),
    Preset("d6_narrowing", ("D6",), _digits("digits", (256, 64)), 230),
    Preset("d6_narrowing_mnist", ("D6",), _digits("mnist", (256, 64)), 1000),
    Preset(
        "d6_widening",
        ("D6",),
        _spec(
            "large_digit_pictures",
            (64, 256),
            activation="relu",
            optimizer="adam",
            learning_rate=0.001,
            batch_size=None,
        ),
        400,
    ),
    Preset(
        "d6_residual",
        ("D6",),
        _spec(
            "spiral",
            (8, *(Layer(width=8, residual=True) for _ in range(6))),
            activation="relu",
            optimizer="adam",
            learning_rate=0.005,
        ),
        4000,
    ),
    Preset(
        "d6_batch_norm",
        ("D6",),
        _spec(
            "pinwheel",
            tuple(Layer(width=12, batch_norm=True) for _ in range(3)),
            classes=4,
            loss="cross_entropy",
            activation="relu",
            batch_size=50,
        ),
        1000,
    ),
    Preset("d7_keep", ("D7",), _digits("digits", (32,)), 460),
    # E: a mini-torch in NumPy
    Preset(
        "e1_by_hand",
        ("E1",),
        _spec("rings", (8, 8), noise=10, loss="bce", optimizer="adamw", learning_rate=0.01, batch_size=50),
        1000,
        race="engine",
    ),
    Preset("e2_planar", ("E2",), _PLANAR, 800, panel="log"),
    Preset("e3_pytorch", ("E3",), _PLANAR, 800, race="engine"),
    # its bug stops it there, where two mini-batches happen to differ by 7e-7; no other two by less than 8e-5
    Preset("e4_mystery", ("E4",), _PLANAR.changed(seed=167), 357, bug="stop_on_batches"),
    Preset(
        "e5_own_points",
        ("E5",),
        _spec(
            "own",
            (8, 8),
            own_points=tuple(_own_heart()),
            loss="bce",
            optimizer="adam",
            learning_rate=0.01,
            train_fraction=0.9,
        ),
        2500,
    ),
)
"""In reading order; names are unique."""
