"""The generated programs, really run: their losses and outputs are those of the run they were made of."""

import ast
import gzip
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from engine.data.digits import BUNDLED_ONLY, DataSources
from engine.exports.exported_run import FIRST_STEPS, ExportedRun
from engine.exports.programs.numpy_script import numpy_program
from engine.exports.programs.program import Program
from engine.exports.programs.torch_script import torch_program
from engine.exports.proof import TOLERANCE, Proof, compare, expected, found, prove, run_program
from engine.spec.presets import PRESETS
from engine.spec.spec import Layer, Spec
from engine.training.trainer import Trainer
from tests.engine.data.test_digits import write_mnist
from tests.engine.exports.trained_runs import run_of, trained_run
from tests.engine.run_preset import NAMED, spec_of
from tests.parity.test_pairwise import covering_array
from tests.parity.test_pairwise import spec_of as spec_of_row
from tests.table import sampled

Make = Callable[[ExportedRun], Program]
PROGRAMS: tuple[Make, ...] = (numpy_program, torch_program)

GROUPS = 60
"""Of rows of the covering array: optimizer, activation, loss, layers and all else, each with each."""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> DataSources:
    return write_mnist(Path(tmp_path_factory.mktemp("mnist")))


def faults(run: ExportedRun, sources: DataSources = BUNDLED_ONLY) -> Iterator[str]:
    for make in PROGRAMS:
        proof = prove(run, found(make(run).text, sources), sources)
        if not proof.holds:
            yield f"{make.__name__}: {proof} {run.spec!r}"


@pytest.mark.parametrize("group", sampled(range(GROUPS), [7]))
def test_pairs_of_choices_are_trained_as_the_page_trains_them(group: int, sources: DataSources) -> None:
    rows = covering_array()[0][group::GROUPS]
    assert len(rows) > 3
    runs = (trained_run(spec_of_row(row), sources=sources) for row in rows)
    assert [fault for run in runs for fault in faults(run, sources)] == []


SHOWN = [preset.name for preset in PRESETS if preset.spec is not None and preset.spec.dataset != "mnist"]


@pytest.mark.parametrize("name", sampled(SHOWN, ["d6_residual", "d7_keep"]))
def test_presets_are_trained_as_the_page_trains_them(name: str) -> None:
    assert [*faults(trained_run(spec_of(name)))] == []


@pytest.mark.parametrize("make", PROGRAMS)
@pytest.mark.parametrize(
    ("field", "value"),
    sampled(
        [("learning_rate", 0.0305), ("l2", 0.02), ("momentum", 0.89), ("clip", "none"), ("seed", 8), ("start_seed", 8)],
        [("l2", 0.02)],
    ),
)
def test_a_program_of_other_settings_does_not_agree(make: Make, field: str, value: object) -> None:
    spec = Spec(optimizer="momentum", l2=0.01, clip="norm", clip_limit=0.1, learning_rate=0.03)
    other = trained_run(spec.changed(**{field: value}))
    assert compare(expected(trained_run(spec)), found(make(other).text)).difference > 3 * TOLERANCE


@pytest.mark.parametrize("make", PROGRAMS)
def test_seeds_of_the_data_and_of_the_first_weights_go_along(make: Make) -> None:
    run = trained_run(Spec(noise=10, data_seed=3, start_seed=4))
    assert compare(expected(run), found(make(run).text)).difference <= TOLERANCE


@pytest.mark.parametrize("make", PROGRAMS)
def test_weights_of_a_file_and_stop_rules_go_along(make: Make) -> None:
    rules = {"stop_patience": 1, "stop_change": 1e-9, "stop_loss": 1e-9, "stop_epochs": 6}
    trainer = Trainer(Spec(hidden=(Layer(width=3, batch_norm=True, dropout=0.2), 3), **rules), "by_hand")
    random = np.random.default_rng(2)
    trainer.load_parameters({name: random.normal(size=values.shape) for name, values in trainer.parameters().items()})
    run = run_of(trainer, 30)
    assert not run.starts_from_seed
    given = found(make(run).text)
    proof = prove(run, given)
    assert proof.holds
    assert given.losses is not None
    assert proof.losses == len(given.losses) < FIRST_STEPS, "stopped by a rule"


@pytest.mark.parametrize("make", PROGRAMS)
def test_the_last_line_is_the_loss_of_the_run_on_the_page(make: Make) -> None:
    trainer = Trainer(Spec(dataset="gauss", hidden=(3,)), "by_hand")
    run = run_of(trainer, 321)
    last = run_program(make(run).text)["printed"].splitlines()[-1]
    assert last.startswith("training loss ")
    assert float(last.split()[-1]) == pytest.approx(trainer.evaluate()["train_loss"], rel=1e-5)


@pytest.mark.parametrize("make", PROGRAMS)
def test_a_program_is_short_formatted_and_of_plain_libraries(make: Make, tmp_path: Path) -> None:
    assert len(make(trained_run(Spec())).lines) <= 120
    for name in ("circle", "d5_digits", "b3_reward", "d1_and", "d6_batch_norm"):
        text = make(trained_run(NAMED[name].spec or Spec(), 1)).text
        imported = {
            alias.name.split(".")[0]
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        assert imported - set(sys.stdlib_module_names) <= {"numpy", "torch"}
        (tmp_path / f"{name}.py").write_text(text)
    settings = ["--isolated", "--line-length", "120", "--ignore", "E501", "--select", "F,E,W"]
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *settings, tmp_path], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("make", PROGRAMS)
def test_points_of_a_file_say_the_numbers_of_the_file(make: Make) -> None:
    points, units = ((-5, 5, 0), (5, -5, 1), (0, 1, 1)), ((37.5, 3.5), (50000, 4000), (0, 1))
    run = trained_run(Spec(dataset="own", own_points=points, own_units=units))
    assert "# in the file they come from: 37.5 + 3.5 * x1, 50000.0 + 4000.0 * x2, 0.0 + 1.0 * label" in make(run).text
    assert prove(run, found(make(run).text)).holds


@pytest.mark.parametrize("dotted", [False, True])
@pytest.mark.parametrize("below", [".", "raw", "MNIST/raw"])
def test_a_program_finds_the_copies_of_mnist_that_the_page_finds(dotted: bool, below: str, tmp_path: Path) -> None:
    folder = tmp_path / below
    folder.mkdir(parents=True, exist_ok=True)
    write_mnist(folder)
    for number, file in enumerate(sorted(folder.iterdir())):
        packed = gzip.compress(file.read_bytes()) if number % 2 else file.read_bytes()  # by what it holds, not its name
        file.unlink()
        name = file.name.replace("-idx", ".idx") if dotted else file.name
        (folder / (name if number < 2 else f"{name}.gz")).write_bytes(packed)
    sources = DataSources(mnist_folder=tmp_path)
    run = trained_run(Spec(dataset="mnist", samples=60, hidden=(2,)), 2, sources=sources)
    assert prove(run, found(numpy_program(run).text, sources), sources).holds


def test_the_twenty_lines_are_about_twenty() -> None:
    program = numpy_program(trained_run(spec_of("c5_twenty_lines"), 1))
    start = next(number for number, line in enumerate(program.lines) if line.text.startswith("x = "))
    end = next(number for number, line in enumerate(program.lines) if line.text.startswith("# The weights"))
    lines = [line for line in program.lines[start:end] if line.text.strip() and not line.text.strip().startswith("#")]
    assert len(lines) <= 25


PHASES = {"batch", "forward-0", "forward-1", "loss", "backward-1", "backward-0", "update"}


@pytest.mark.parametrize("make", PROGRAMS)
def test_every_phase_has_its_lines(make: Make) -> None:
    marked = {line.phase for line in make(trained_run(Spec(hidden=(3,)))).lines} - {None}
    assert {phase for phase in PHASES if not {phase, phase.split("-")[0]} & marked} == set()


def test_losses_are_as_many_as_the_run_has() -> None:
    """One that goes on where a stop rule ends the run is another program; only where rounding cuts may they be more."""
    run = trained_run(Spec(hidden=(3,), samples=40, stop_steps=30))
    wanted = expected(run)
    assert wanted.losses is not None
    longer = replace(wanted, losses=np.append(wanted.losses, wanted.losses[-1]))
    assert prove(run, wanted) == Proof(30, wanted.outputs.size, 0.0)
    assert not prove(run, longer).holds
    with patch("engine.exports.proof.rounding_horizon", return_value=20):
        assert prove(run, longer) == Proof(20, wanted.outputs.size, 0.0, cut=True)
