"""What a Trainer says and what it refuses; the runs themselves stand in test_runs."""

from typing import Any, get_args

import numpy as np
import pytest

from engine import Spec, Trainer
from engine.spec.choices import FEATURES, BackendName
from tests.parity.oracle import loss_and_gradients, relative

BACKENDS: tuple[BackendName, ...] = get_args(BackendName)


@pytest.fixture
def trainer() -> Trainer:
    return Trainer(Spec(samples=40, hidden=(3,), optimizer="adam"), "by_hand")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("spec", [Spec(features=FEATURES), Spec(dataset="plane"), Spec(loss="bce", samples=33)])
def test_arrays_fit_together(backend: BackendName, spec: Spec) -> None:
    trainer = Trainer(spec, backend)
    trainer.advance(30)
    train, test = len(trainer.train_points), len(trainer.test_points)
    assert train + test == (spec.samples or (1200 if spec.dataset == "plane" else 500))
    assert trainer.train_inputs.shape == (train, len(spec.features))
    assert trainer.test_inputs.shape == (test, len(spec.features))
    assert (trainer.train_targets.shape, trainer.test_targets.shape) == ((train, 1), (test, 1))

    outputs = trainer.predict(trainer.train_points)
    evaluation = trainer.evaluate()
    loss, gradients = loss_and_gradients(
        trainer.network, trainer.state()["parameters"], trainer.train_inputs, trainer.train_targets
    )
    assert outputs.shape == (train, 1)
    assert evaluation["train_loss"] == pytest.approx(loss, rel=1e-5)
    for name, gradient in trainer.gradients().items():
        assert relative(gradient, gradients[name]) < 1e-4, name
    if spec.is_regression:
        assert evaluation["train_accuracy"] is None
        assert evaluation["test_accuracy"] is None
    else:
        right = np.sign(outputs) == np.sign(trainer.train_targets - (0.5 if spec.loss == "bce" else 0))
        assert evaluation["train_accuracy"] == pytest.approx(right.mean())
        assert evaluation["test_accuracy"] is not None


def test_penalty_stands_beside_the_losses() -> None:
    plain, penalised = Trainer(Spec(), "by_hand"), Trainer(Spec(l1=0.1, l2=0.2), "by_hand")
    weights = np.concatenate([w.ravel() for name, w in plain.parameters().items() if name.endswith("weight")])
    assert plain.evaluate()["penalty"] == 0
    assert penalised.evaluate()["penalty"] == pytest.approx(0.1 * np.abs(weights).sum() + 0.1 * (weights**2).sum())
    assert penalised.evaluate()["train_loss"] == plain.evaluate()["train_loss"]
    np.testing.assert_equal(penalised.gradients(), plain.gradients())


@pytest.mark.parametrize("backend", BACKENDS)
def test_parameters_are_copies_and_can_be_put_back(backend: BackendName) -> None:
    trainer = Trainer(Spec(), backend)
    start = trainer.parameters()
    trainer.parameters()["layers.0.weight"][:] = 99
    np.testing.assert_equal(trainer.parameters(), start)
    trainer.advance(10)
    assert not np.array_equal(trainer.parameters()["layers.0.weight"], start["layers.0.weight"])
    trainer.load_parameters({name: values.tolist() for name, values in start.items()})
    np.testing.assert_equal(trainer.parameters(), start)
    assert trainer.step == 10


@pytest.mark.parametrize("backend", BACKENDS)
def test_progress_is_read_without_a_copy_of_the_state(backend: BackendName, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = Spec(samples=40, stop_steps=13, optimizer="adam", batch_size=8)
    trainer = Trainer(spec, backend)
    runner = trainer._backend
    assert runner.progress() == runner.state().progress
    with monkeypatch.context() as patch:
        patch.setattr(runner, "state", lambda: pytest.fail("the whole state was copied for a number of it"))
        trainer.advance(7)
        trainer.advance_to_epoch_end()
        trainer.advance(8)
        assert (trainer.step, trainer.epoch, trainer.steps_left_in_epoch) == (13, 4, 2)
        assert (trainer.diverged, trainer.stopped) == (None, "steps")
    reached = runner.progress()
    assert reached == runner.state().progress
    assert (reached.samples, reached.cursor, reached.optimizer_steps) == (88, 8, 13)


def test_to_the_end_of_the_epoch(trainer: Trainer) -> None:
    """20 training samples in batches of 8, 8 and 4."""
    trainer.configure(trainer.spec.changed(batch_size=8))
    for epoch in (1, 2):
        trainer.advance_to_epoch_end()
        assert (trainer.epoch, trainer.step) == (epoch, 3 * epoch)
    trainer.advance(2)
    trainer.advance_to_epoch_end()
    assert (trainer.epoch, trainer.step) == (3, 9)
    trainer.advance(1)
    trainer.configure(trainer.spec.changed(batch_size=5))  # 12 samples are left
    trainer.advance_to_epoch_end()
    assert (trainer.epoch, trainer.step) == (4, 13)


def test_no_points_give_no_outputs(trainer: Trainer) -> None:
    assert trainer.predict(np.empty((0, 2))).shape == (0, 1)


@pytest.mark.parametrize("points", [[1, 2], [[1, 2, 3]], 5, [], [[[1, 2]]]])
def test_points_of_another_shape_are_refused(trainer: Trainer, points: Any) -> None:
    with pytest.raises(ValueError, match=r"shape \(n, 2\)"):
        trainer.predict(points)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 1e39])
def test_numbers_that_are_not_finite_are_refused(trainer: Trainer, number: float) -> None:
    with pytest.raises(ValueError, match="not finite"):
        trainer.predict([[0, number]])
    tensors: dict[str, Any] = dict(trainer.parameters())
    tensors["layers.0.bias"] = [0, number, 0]
    before = trainer.state()
    with pytest.raises(ValueError, match=r"layers\.0\.bias .* not finite"):
        trainer.load_parameters(tensors)
    np.testing.assert_equal(trainer.state(), before)


def test_tensors_that_do_not_fit_are_refused(trainer: Trainer) -> None:
    tensors: dict[str, Any] = dict(trainer.parameters())
    before = trainer.state()
    with pytest.raises(ValueError, match=r"layers\.0\.weight must have the shape \(3, 2\), not \(2, 3\)"):
        trainer.load_parameters({**tensors, "layers.0.weight": tensors["layers.0.weight"].T})
    with pytest.raises(ValueError, match=r"missing or unknown: layers\.7\.bias"):
        trainer.load_parameters({**tensors, "layers.7.bias": [0]})
    tensors.pop("layers.1.bias")
    with pytest.raises(ValueError, match=r"missing or unknown: layers\.1\.bias"):
        trainer.load_parameters(tensors)
    np.testing.assert_equal(trainer.state(), before)


def test_a_run_does_not_go_backwards(trainer: Trainer) -> None:
    with pytest.raises(ValueError, match="not by -1 steps"):
        trainer.advance(-1)


def test_what_restarts_a_run_is_refused_by_name(trainer: Trainer) -> None:
    with pytest.raises(ValueError, match="noise, hidden cannot change"):
        trainer.configure(trainer.spec.changed(noise=5, hidden=(4,), learning_rate=0.1))
    assert trainer.spec.learning_rate == 0.03


def test_what_adagrad_begins_with_begins_a_run_again() -> None:
    """Its first step is −rate·g/√(s₀ + g²), and nothing later looks at s₀."""
    adagrad = Spec(optimizer="adagrad", learning_rate=0.1, batch_size=None)
    trainer = Trainer(adagrad, backend="by_hand")
    with pytest.raises(ValueError, match="initial_accumulator cannot change"):
        trainer.configure(adagrad.changed(initial_accumulator=1))
    for first_sum in (0, 1):
        run = Trainer(adagrad.changed(initial_accumulator=first_sum))
        g = np.concatenate([values.ravel() for values in run.gradients().values()])
        run.advance(1)
        np.testing.assert_allclose(run.state()["updates"], -0.1 * g / (np.sqrt(first_sum + g * g) + 1e-8), rtol=1e-3)


def test_an_unknown_backend_is_refused(trainer: Trainer) -> None:
    with pytest.raises(ValueError, match="no backend 'magic'"):
        trainer.switch_backend("magic")  # type: ignore[arg-type]
    trainer.advance(1)
    assert trainer.backend == "by_hand"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 0}, "version 0"),
        ({"backend": "magic"}, "no backend"),
        ({"extra": 1}, "missing or unknown: extra"),
        ({"parameters": [0.0]}, "parameters must have the shape"),
        ({"updates": [np.nan] * 13}, "updates holds a number that is not finite"),
        ({"optimizer_state": {"velocity": [0.0] * 13}}, r"remembers \['m', 'v', 'v_max'\]"),
        ({"step": -1}, "counters"),
        ({"step": 1.5}, "counters"),
        ({"cursor": 20}, "20 samples"),
        ({"spec": {"noise": 99}}, "noise"),
    ],
)
def test_a_state_that_does_not_hold_together_is_refused(trainer: Trainer, change: dict[str, Any], message: str) -> None:
    assert trainer.network.count == 13
    with pytest.raises(ValueError, match=message):
        Trainer.from_state({**trainer.state(), **change})


def test_no_global_random_state_is_touched() -> None:
    torch = pytest.importorskip("torch")
    np.random.seed(1)
    torch.manual_seed(1)
    true = (np.random.random(), torch.rand(1).item())
    np.random.seed(1)
    torch.manual_seed(1)
    threads = torch.get_num_threads()
    for backend in BACKENDS:
        trainer = Trainer(Spec(), backend)
        trainer.advance(5)
        trainer.snapshot(10)
    assert (np.random.random(), torch.rand(1).item()) == true
    assert torch.get_num_threads() == threads
