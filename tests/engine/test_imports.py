"""Neither torch nor numba is imported before a backend needs it."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import engine", ["torch", "numba"]),
        ("import engine; engine.Trainer(engine.Spec(), backend='by_hand').advance(1)", ["torch", "numba"]),
        ("import engine; engine.Trainer(engine.Spec(), backend='compiled').advance(1)", ["torch"]),
        ("import engine; engine.Trainer(engine.Spec(), backend='autograd').advance(1)", ["numba"]),
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(code: str, absent: list[str]) -> None:
    program = f"{code}; import sys; print([name for name in {absent} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
