"""Weights: the tensors of a file, whatever its format, fitted to a network.

Where the names are others, modules are matched in their order (`layer_stack`): the first linear layer of the file is
layers.0, and so on. Shapes are compared before a number is read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.tables import shortened
from engine.fault import Fault
from engine.nn.network import Array
from engine.training.layer_stack import LayerStack, layer_stack

Shapes = Mapping[str, tuple[int, ...]]

IGNORED_SUFFIX = ".num_batches_tracked"
"""Of tensors that torch saves with a norm and that are not used here."""

MOST_NAMES = 20
"""Of tensors that a sentence repeats."""


@dataclass(frozen=True)
class Stored:
    """The tensors of a file."""

    shapes: Shapes
    """Of each, by its name, in the order of the file."""
    load: Callable[[str], Array]
    """Its numbers, as float32. Raises Fault."""


@dataclass(frozen=True)
class Weights:
    tensors: dict[str, Array]
    """By the names that the network has for them."""
    renamed: tuple[str, ...] = ()
    """Each module of the file with the name it has here, where these differ: "fc1 → layers.0"."""


def fitted(stored: Stored, wanted: Shapes, change_to: Callable[[LayerStack], str | None] = lambda _: None) -> Weights:
    """The tensors of a file as those that are wanted. Raises Fault where they are others.

    change_to: the change of an experiment, as JSON, that makes a network of such layers; None where there is none.
    """
    found = {name: shape for name, shape in stored.shapes.items() if not name.endswith(IGNORED_SUFFIX)}
    if found == wanted:
        return Weights({name: stored.load(name) for name in wanted})
    stack, own = layer_stack(found), layer_stack(wanted)
    if stack is None or own is None:
        raise _unlike(found, wanted)
    if stack.sizes != own.sizes:
        raise _other_sizes(found, wanted, change_to(stack))
    pairs = list(zip(stack.tensors, own.tensors, strict=True))
    return Weights({mine: stored.load(theirs) for theirs, mine in pairs}, tuple(dict.fromkeys(_renamed(pairs))))


def _renamed(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The modules of tensors."""
    for theirs, mine in pairs:
        if theirs != mine:
            yield f"{shortened(theirs.rpartition('.')[0] or theirs)} → {mine.rpartition('.')[0]}"


def _other_sizes(found: Shapes, wanted: Shapes, change: str | None) -> Fault:
    values: dict[str, Any] = {"given": _listed(found), "wanted": _listed(wanted)}
    if change is None:
        return Fault("model_other_data", values)
    return Fault("model_sizes", {**values, "build": change})


def _unlike(found: Shapes, wanted: Shapes) -> Fault:
    """Of what is no stack of linear layers."""
    if set(found) != set(wanted):
        missing, extra = sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))
        return Fault("model_names", {"missing": _some(missing), "extra": _some(map(shortened, extra))})
    name = next(name for name, shape in wanted.items() if found[name] != shape)
    return Fault("model_shape", {"name": name, "given": _text(found[name]), "wanted": _text(wanted[name])})


def finite_float32(name: str, values: NDArray[Any]) -> Array:
    """Raises Fault where a number is not finite, or too large for a float32."""
    with np.errstate(over="ignore"):
        numbers = values.astype(np.float32)
    if not np.isfinite(numbers).all():
        raise Fault("model_not_finite", {"name": shortened(name)})
    return numbers


def widened(halves: NDArray[Any]) -> NDArray[np.float32]:
    """Of the 16 bits of bfloat16."""
    return (halves.astype(np.uint32) << 16).view(np.float32)


def _listed(shapes: Shapes) -> list[str]:
    return _some(f"{shortened(name)} {_text(shape)}" for name, shape in shapes.items() if len(shape) == 2)


def _some(texts: Iterable[str]) -> list[str]:
    """The first of them, and whether there are more."""
    first = list(islice(texts, MOST_NAMES + 1))
    return first if len(first) <= MOST_NAMES else [*first[:MOST_NAMES], "…"]


def _text(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "1"
