"""The layout of a picture: its bounds for any Spec, where sections lie, and what of a network is drawn."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from engine import Layer, Spec
from engine.nn.network import Network
from engine.nn.picture_layout import (
    BOUNDARY_SIDE,
    LARGEST_MAP,
    LEAST_MAP,
    SMALLEST_SMOOTH,
    PictureLayout,
    picture_layout,
    tensor_places,
)
from engine.spec.choices import FEATURES
from engine.spec.spec import MOST_CLASSES, MOST_INPUTS, MOST_LAYERS, WIDEST_LAYER

MOST_BYTES = 32_000
HEADER = 200

widths = st.one_of(st.integers(1, 40), st.integers(1, WIDEST_LAYER))
data: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(dict, dataset=st.sampled_from(["spiral", "plane"]), features=st.sampled_from([FEATURES[:1], FEATURES])),
    st.builds(dict, dataset=st.just("blobs"), classes=st.integers(2, MOST_CLASSES), features=st.just(FEATURES)),
    st.builds(
        dict, dataset=st.just("random"), random_inputs=st.integers(1, MOST_INPUTS), random_outputs=st.integers(1, 10)
    ),
    st.builds(dict, dataset=st.sampled_from(["digits", "mnist"])),
)


@settings(max_examples=300, deadline=None)
@given(
    data=data,
    hidden=st.lists(widths, max_size=MOST_LAYERS),
    batch_norm=st.booleans(),
    biases=st.booleans(),
)
def test_a_picture_of_any_network_stays_small(
    data: dict[str, Any], hidden: list[int], batch_norm: bool, biases: bool
) -> None:
    layers = tuple(Layer(width=width, batch_norm=batch_norm) for width in hidden)
    try:
        spec = Spec(**data, hidden=layers, biases=biases)
    except ValidationError:  # too many parameters
        return
    assert_holds_together(spec, picture_layout(spec))


@pytest.mark.parametrize(
    ("dataset", "width"), [("blobs", 32), ("blobs", 1), ("blobs", 193), ("mnist", 32), ("spiral", 33), ("random", 24)]
)
def test_the_deepest_networks_stay_small(dataset: Any, width: int) -> None:
    layers = (Layer(width=width, batch_norm=True),) * MOST_LAYERS
    spec = Spec(dataset=dataset, classes=MOST_CLASSES, features=FEATURES, random_inputs=MOST_INPUTS, hidden=layers)
    assert_holds_together(spec, picture_layout(spec))


def assert_holds_together(spec: Spec, layout: PictureLayout) -> None:
    assert layout.size + HEADER <= MOST_BYTES
    assert layout.sections[0].offset == 0
    for section, following in pairwise(layout.sections):
        assert section.offset + section.bytes == following.offset
    assert layout.sections[-1].offset + layout.sections[-1].bytes == layout.size
    assert all(section.offset % np.dtype(section.kind).itemsize == 0 for section in layout.sections)
    grids = [section.offset for section in layout.sections if section.name in ("boundary", "classes", "maps")]
    assert layout.raw_bytes == min(grids, default=layout.size)

    network = Network.of(spec)
    places = tensor_places(network, layout)
    values = sum(int(np.prod(shape)) for _, shape in layout.tensors)
    assert {layout[name].shape for name in ("parameters", "gradients", "updates")} == {places.shape} == {(values,)}
    assert len(np.unique(places)) == len(places)
    assert layout.between is not None or len(places) == network.count
    if layout.maps_of == "plane":
        drawn = layout.drawn or tuple(tuple(range(size)) for size in layout.sizes)
        assert layout["maps"].shape == (sum(map(len, drawn[1:])), layout.map_side, layout.map_side)
        assert LEAST_MAP <= layout.map_side <= LARGEST_MAP
    assert ("boundary" in layout) + ("classes" in layout) == spec.kind.plane
    assert ("classes" in layout) == (spec.kind.plane and spec.class_count > 2)


@pytest.mark.parametrize(("hidden", "side"), [((4, 2), LARGEST_MAP), ((8, 8, 8), SMALLEST_SMOOTH)])
def test_small_networks_are_drawn_whole(hidden: tuple[int, ...], side: int) -> None:
    layout = picture_layout(Spec(hidden=hidden))
    assert (layout.drawn, layout.between) == (None, None)
    assert layout.map_side >= side
    assert layout["boundary"].shape == (BOUNDARY_SIDE, BOUNDARY_SIDE)
    assert layout["parameters"].kind == "<f4"


def test_pictures_show_their_weights_pixel_by_pixel() -> None:
    layout = picture_layout(Spec(dataset="digits", hidden=(40,)))
    assert layout.drawn is not None
    assert (layout.maps_of, layout["maps"].shape) == ("weights", (len(layout.drawn[1]), 8, 8))


def test_live_changes_keep_the_layout() -> None:
    spec = Spec(hidden=(8,))
    assert picture_layout(spec.changed(learning_rate=1, optimizer="adam", l1=0.1)) is picture_layout(spec)


def test_places_between_drawn_neurons() -> None:
    spec = Spec(dataset="random", random_inputs=1000, hidden=(100,), biases=True)
    layout, network = picture_layout(spec), Network.of(spec)
    assert layout.between is not None
    flat = np.random.default_rng(0).normal(size=network.count).astype(np.float32)
    inputs, hidden, outputs = (list(column) for column in layout.between)
    tensors = network.views(flat)
    expected = [
        tensors["layers.0.weight"][np.ix_(hidden, inputs)],
        tensors["layers.0.bias"][hidden],
        tensors["layers.1.weight"][np.ix_(outputs, hidden)],
        tensors["layers.1.bias"][outputs],
    ]
    assert [shape for _, shape in layout.tensors] == [part.shape for part in expected]
    np.testing.assert_array_equal(flat[tensor_places(network, layout)], np.concatenate([e.ravel() for e in expected]))
