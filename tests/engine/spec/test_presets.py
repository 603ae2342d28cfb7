"""Every system of the sources has a preset, and each preset shows what it is there to show: rows A to D.

Run by hand where figures are told, compiled where there is much to compute.
"""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from app.settings import Limits
from engine.backends.bugs import affects, compatible_with
from engine.fault import Fault
from engine.nn.network import Network
from engine.spec.choices import OptimizerName
from engine.spec.presets import PRESETS, Preset
from engine.spec.spec import Spec
from engine.training.trainer import Trainer
from tests.engine.run_preset import NAMED, flat, shown, spec_of

ROWS = {
    f"{group}{row}" for group, rows in (("A", 5), ("B", 4), ("C", 5), ("D", 7), ("E", 5)) for row in range(1, rows + 1)
}
EIGHT: tuple[OptimizerName, ...] = ("sgd", "momentum", "nag", "adagrad", "rmsprop", "adam", "adamw", "muon")


def test_every_row_of_the_sources_has_a_preset() -> None:
    assert {row for preset in PRESETS for row in preset.rows} == ROWS


def test_names_are_unique_and_rows_in_reading_order() -> None:
    assert len(NAMED) == len(PRESETS)
    groups = [preset.group for preset in PRESETS]
    assert groups == sorted(groups, key=["start", "A", "B", "C", "D", "E"].index)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_is_an_experiment_or_stands_on_another_page(preset: Preset) -> None:
    assert (preset.spec is None) == (preset.page is not None)
    assert (preset.steps > 0) == (preset.spec is not None)


@pytest.mark.parametrize("preset", [one for one in PRESETS if one.spec], ids=lambda preset: preset.name)
def test_a_preset_is_watched_for_some_ten_seconds_and_its_bug_has_a_place(preset: Preset) -> None:
    assert preset.spec
    assert 6 <= preset.steps / preset.steps_per_second <= 16
    if preset.bug:
        assert affects(preset.bug, preset.spec)
        assert compatible_with(preset.bug, preset.spec.optimizer)


def test_the_default_experiment_is_nearly_right_after_some_ten_seconds() -> None:
    trainer, accuracy = Trainer(Spec(), backend="by_hand"), [0.0]
    while accuracy[-1] < 0.95:
        trainer.advance(int(Limits.NORMAL_PACE))  # a second
        accuracy.append(trainer.evaluate()["test_accuracy"] or 0)
    assert 7 <= len(accuracy) - 1 <= 14


@pytest.mark.parametrize("name", ["circle", "quadrants", "spiral", "spiral_help", "moons", "pinwheel", "rings"])
def test_what_beginners_watch_comes_out_right(name: str) -> None:
    scores = shown(name).evaluate()
    assert (scores["train_accuracy"] or 0) > 0.98
    assert (scores["test_accuracy"] or 0) > 0.95


# A. Neurons, training, optimizers


def test_a1_one_neuron_is_its_sum_bias_and_activation() -> None:
    trainer = shown("a1_neuron")
    parameters = trainer.parameters()
    assert {name: values.size for name, values in parameters.items()} == {"layers.0.weight": 2, "layers.0.bias": 1}
    sums = trainer.test_points @ parameters["layers.0.weight"][0] + parameters["layers.0.bias"]
    np.testing.assert_allclose(trainer.predict(trainer.test_points)[:, 0], 1 / (1 + np.exp(-sums)), atol=1e-6)
    assert trainer.evaluate()["test_accuracy"] == 1


def bend(trainer: Trainer) -> float:
    """How far outputs halfway between two places are from halfway between their outputs, as a share of their spread."""
    places = np.random.default_rng(0).uniform(-6, 6, (2, 400, 2))
    one, other, middle = (trainer.predict(points)[:, 0] for points in (*places, places.mean(axis=0)))
    return float(np.abs((one + other) / 2 - middle).max() / np.ptp(np.concatenate([one, other])))


def test_a2_linear_layers_are_one_straight_line_however_many() -> None:
    assert len(spec_of("a2_linear").hidden) == 3
    assert bend(shown("a2_linear")) < 1e-5
    assert (shown("a2_linear").evaluate()["train_accuracy"] or 1) < 0.7
    assert bend(shown("a2_bent")) > 0.1
    assert shown("a2_bent").evaluate()["train_accuracy"] == 1


def test_a3_loss_falls_from_a_tenth_to_under_a_ten_thousandth_within_100_epochs() -> None:
    start, end = Trainer(spec_of("a3_feed_forward"), backend="by_hand"), shown("a3_feed_forward")
    assert start.network.sizes == (10, 20, 2)
    assert 0.05 < start.evaluate()["train_loss"] < 0.3
    assert end.evaluate()["train_loss"] < 1e-4
    assert (end.epoch, end.stopped) == (100, "epochs")


def test_a4_eight_optimizers_from_one_start_to_eight_ends() -> None:
    spec = spec_of("a4_optimizers")
    trainers = [Trainer(spec.changed(optimizer=name), backend="by_hand") for name in EIGHT]
    starts = [flat(trainer.parameters()) for trainer in trainers]
    for trainer in trainers:
        trainer.advance(1)
    first_batches = [trainer.state()["loss_sum"] for trainer in trainers]
    for trainer in trainers:
        trainer.advance(299)
    assert all(np.array_equal(start, starts[0]) for start in starts)
    assert len(set(first_batches)) == 1, "the first batch is the same one"
    losses = [trainer.evaluate()["train_loss"] for trainer in trainers]
    assert all(loss < 0.69 for loss in losses)
    assert max(losses) > 5 * min(losses)
    for one, other in combinations(trainers, 2):
        assert np.abs(flat(one.parameters()) - flat(other.parameters())).max() > 1e-3


def test_a5_and_c1_to_c4_stand_on_the_page_of_the_chain_rule() -> None:
    pages = {preset.rows[0]: preset.page for preset in PRESETS if preset.page}
    assert set(pages) == {"A5", "C1", "C2", "C3", "C4"}
    scripts = Path(__file__).parents[3] / "static" / "js" / "panels" / "graph" / "example_expressions.js"
    there = set(re.findall(r"^  (\w+): \{", scripts.read_text("utf-8"), re.MULTILINE))
    assert {str(page).removeprefix("/graph?preset=") for page in pages.values()} <= there


# B. Forward, backward, descent on arithmetic


def test_b1_the_answer_for_5_and_3_tends_to_8() -> None:
    trainer = shown("b1_five_plus_three")
    assert trainer.network.sizes == (2, 5, 1)
    assert trainer.step == trainer.epoch == 1000
    assert trainer.predict([(5, 3)])[0, 0] == pytest.approx(8.00, abs=0.005)


def test_b2_pairs_never_seen_are_answered() -> None:
    trainer = shown("b2_sums")
    pairs = trainer.test_points
    assert {tuple(pair) for pair in pairs.tolist()} & {tuple(pair) for pair in trainer.train_points.tolist()} == set()
    answers = trainer.predict(pairs) * trainer.spec.kind.unit
    right = np.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], axis=1)
    assert np.abs(answers - right).max() < 0.5
    assert len(pairs) > 100


def test_b3_reward_learns_as_well_and_spends_more() -> None:
    spec = spec_of("b3_reward")
    by_reward, by_gradient = (Trainer(spec.changed(optimizer=name), backend="by_hand") for name in ("evolution", "sgd"))
    for trainer in (by_reward, by_gradient):
        start = trainer.evaluate()["train_loss"]
        trainer.advance(1200)
        assert trainer.evaluate()["test_loss"] < start / 10
    spent = [trainer.state()["samples"] for trainer in (by_reward, by_gradient)]
    assert spent[0] == 2 * spec.pairs * spent[1]
    directions = [trainer.state()["updates"] for trainer in (by_reward, by_gradient)]
    assert np.count_nonzero(directions[0]) == len(directions[0]), "a reward moves every weight, a ReLU may not"


def test_b4_every_update_is_old_minus_rate_times_gradient() -> None:
    trainer = Trainer(spec_of("b4_descent"), backend="by_hand")
    for _ in range(10):
        old, gradients = trainer.parameters(), trainer.gradients()
        trainer.advance(1)
        for name, new in trainer.parameters().items():
            np.testing.assert_allclose(new, old[name] - trainer.spec.learning_rate * gradients[name], atol=1e-7)
            assert np.abs(gradients[name]).max() > 1e-3


# C. Backpropagation


def test_c5_twenty_lines_fall_to_under_5000_in_31_steps() -> None:
    trainer = Trainer(spec_of("c5_twenty_lines"), backend="by_hand")
    assert (trainer.network.sizes, trainer.network.count) == ((1000, 100, 10), 101_000)
    losses = []
    for _ in range(31):
        trainer.advance(1)
        losses.append(trainer.state()["epoch_loss"])  # of the one batch there is, before its step
    losses.append(trainer.evaluate()["train_loss"])
    assert losses[0] == pytest.approx(2.5e4, rel=0.02)
    assert losses[-1] < 5e3
    assert losses == sorted(losses, reverse=True)


def test_what_is_by_hand_or_in_pytorch_as_well_is_compared_with_the_other_engines() -> None:
    compared = {preset.name: preset.spec for preset in PRESETS if preset.race == "engine"}
    assert set(compared) == {"c5_twenty_lines", "e1_by_hand", "e3_pytorch"}
    assert compared["e3_pytorch"] == spec_of("e2_planar")


# D. From the perceptron to digits


@pytest.mark.parametrize("name", ["d1_and", "d1_or", "d1_nand"])
def test_d1_perceptron_converges_and_stops(name: str) -> None:
    trainer = shown(name)
    assert trainer.stopped == "no_errors"
    assert trainer.evaluate()["train_accuracy"] == 1
    right = {"d1_and": (0, 0, 0, 1), "d1_or": (0, 1, 1, 1), "d1_nand": (1, 1, 1, 0)}[name]
    assert tuple(trainer.predict([(0, 0), (0, 1), (1, 0), (1, 1)])[:, 0]) == right


def test_d1_perceptron_never_converges_on_xor() -> None:
    trainer = shown("d1_xor")
    assert (trainer.stopped, trainer.epoch) == ("epochs", 200)
    assert trainer.inseparable
    assert not shown("d1_and").inseparable
    start = trainer.state()["parameters"]
    again = Trainer(trainer.spec.changed(stop_epochs=None), backend="by_hand")
    again.advance(8000)
    assert again.stopped is None
    assert np.abs(again.state()["parameters"]).max() < 2 + np.abs(start).max(), "it goes round in a circle"


def test_d2_xor_tends_to_0_1_1_0() -> None:
    answers = shown("d2_xor").predict([(0, 0), (0, 1), (1, 0), (1, 1)])[:, 0]
    np.testing.assert_allclose(answers, [0, 1, 1, 0], atol=0.02)


def test_d3_five_activations_in_a_row_learn_together() -> None:
    trainer = shown("d3_activations")
    assert trainer.network.activations[:5] == ("sigmoid", "tanh", "relu", "leaky_relu", "gelu")
    assert trainer.network.leaky_slope == 0.1
    assert (trainer.evaluate()["test_accuracy"] or 0) > 0.98


def test_d4_by_hand_and_automatic_gradients_are_the_same() -> None:
    by_hand, automatic = (Trainer(spec_of("d4_two_ways"), backend=name) for name in ("by_hand", "autograd"))
    largest = 0.0
    for _ in range(5):
        one, other = flat(by_hand.gradients()), flat(automatic.gradients())
        largest = max(largest, float(np.abs(one - other).max()))
        assert np.abs(one).max() > 1e-3
        for trainer in (by_hand, automatic):
            trainer.advance(20)
            trainer.load_parameters(by_hand.parameters())
    assert largest < 1e-6


def test_d5_digits_are_recognised_after_ten_epochs() -> None:
    trainer = Trainer(spec_of("d5_digits"))
    tested = []
    while trainer.stopped is None:
        trainer.advance_to_epoch_end()
        tested.append(trainer.evaluate()["test_accuracy"] or 0)
    assert (trainer.epoch, trainer.stopped, len(tested)) == (10, "epochs", 10)
    assert trainer.network.sizes == (64, 256, 128, 10)
    assert tested[0] < tested[-1]
    assert tested[-1] > 0.93
    picture = trainer.test_inputs[:1]
    assert trainer.predict(picture).argmax() == trainer.test_labels[0]


def test_d5_mnist_has_the_sources_shape_and_asks_for_its_files() -> None:
    assert Network.of(spec_of("d5_mnist")).sizes == (784, 256, 128, 10)
    assert all(layer.dropout == 0.2 for layer in spec_of("d5_mnist").hidden)
    with pytest.raises(Fault):
        Trainer(spec_of("d5_mnist"))


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("d6_narrowing", (64, 256, 64, 10)),
        ("d6_widening", (10, 64, 256, 784)),
        ("d6_residual", (2, 8, 8, 8, 8, 8, 8, 8, 1)),
        ("d6_batch_norm", (2, 12, 12, 12, 4)),
    ],
)
def test_d6_shapes_train(name: str, sizes: tuple[int, ...]) -> None:
    trainer = Trainer(spec_of(name))
    start = trainer.evaluate()["train_loss"]
    trainer.advance(60)
    assert trainer.network.sizes == sizes
    assert trainer.evaluate()["train_loss"] < start


def test_d6_residual_links_bring_the_gradient_to_the_first_layer() -> None:
    def share(spec: Spec) -> float:
        """Of the last layer's gradient, what reaches the first."""
        norms = Trainer(spec, backend="by_hand").snapshot(2).gradient_norms
        return norms[0] / norms[-1]

    linked = spec_of("d6_residual")
    plain = linked.changed(hidden=(8,) * len(linked.hidden))
    assert share(linked) > 10 * share(plain)


def test_d7_weights_kept_answer_the_same() -> None:
    trainer = shown("d7_keep", "compiled")
    other = Trainer(trainer.spec.changed(seed=trainer.spec.seed + 1), backend="by_hand")
    other.load_parameters(trainer.parameters())
    np.testing.assert_allclose(other.predict(trainer.test_inputs), trainer.predict(trainer.test_inputs), atol=1e-4)
    assert (trainer.evaluate()["test_accuracy"] or 0) > 0.9
