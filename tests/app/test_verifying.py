"""The command verify: a right file, forged ones, and what is no such file."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.verifying import VERDICTS, verify_file
from engine.data.digits import BUNDLED_ONLY
from engine.kept import playground_file
from tests.app.running import ROOT
from tests.engine.kept.experiments import experiment

RIGHT = experiment(name="homework\x1b[2J")
FORGED = replace(RIGHT, curve=(*RIGHT.curve[:-1], replace(RIGHT.curve[-1], train_loss=1e-4)))


def command(file: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "app", "verify", str(file)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_a_right_file_and_a_forged_one(tmp_path: Path) -> None:
    file = tmp_path / "homework.playground"
    file.write_bytes(playground_file.write(RIGHT))
    status, said = command(file)
    assert (status, "Right: trained again from its seed for 73 steps" in said) == (0, True)
    assert "\x1b" not in said
    file.write_bytes(playground_file.write(FORGED))
    status, said = command(file)
    assert status == 1
    assert "Wrong: trained again from its seed, it has other numbers" in said
    assert "its curve, at step 73" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not an experiment file"),
        (b"[" * 100_000, "not an experiment file"),
        (b" " * 3_000, "not an experiment file"),
        (json.dumps({"format": playground_file.FORMAT, "version": 9}).encode(), "version 9"),
        (json.dumps({"format": playground_file.FORMAT, "version": 1, "arrays": {}}).encode(), "damaged"),
        (json.dumps({"format": playground_file.FORMAT, "version": 1, "arrays": {"\x1b[2J": 0}}).encode(), "?[2J"),
    ],
)
def test_what_cannot_be_verified_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert verify_file(file, BUNDLED_ONLY, most_bytes=2_000 if len(content) == 3_000 else 10**6) == 1
    told = capsys.readouterr().err
    assert said in told
    assert "\x1b" not in told


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_file(tmp_path / "none", BUNDLED_ONLY) == 1
    assert "cannot be read (No such file or directory)" in capsys.readouterr().err


def test_every_verdict_can_be_filled() -> None:
    for verdict in VERDICTS.values():
        assert "{" not in verdict.format(steps="1", compared="2", step="3", place="curve")
