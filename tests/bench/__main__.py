"""python -m tests.bench [NAME …]: measures, prints tables, and puts the figures into results.json. All by default."""

import argparse
import json
import os
import platform
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")

BENCHES = {
    "engine": "an epoch and a snapshot, against an eager torch loop and NumPy by hand",
    "cost_of_readings": "what keeping the loss and the last updates costs, against kernels that keep neither",
    "studies": "whole sweeps of two knobs on all cores, beside an eager torch loop; a landscape, a curvature",
    "cost_of_studies": "pictures of two sessions while one of them has a study, beside none",
    "streaming": "one to sixty-four sessions at once, clients in another process",
    "first_second": "a start of the page over a thin line, cold and warm",
    "page": "pictures, paints and long tasks of the default experiment in Chromium",
    "keeping": "a save of a run with a full timeline, and waking it",
    "resting": "a thousand runs that rest, and how soon one is back while others train",
    "soak": "a good student beside an attack, for BENCH_SOAK_MINUTES (1)",
    "cost_of_inspector": "the same with inspector and check on, against without; how soon it answers and scrubs",
}
"""A bench is a module of its own name here: run() gives its figures for results.json, report(figures) prints them."""

KEYS = {"cost_of_readings": "kept", "cost_of_inspector": "opened"}
"""In results.json, where it is not the name."""


def main() -> None:
    described = "\n".join(f"  {name:17} {what}" for name, what in BENCHES.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", epilog=described, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; all by default")
    names = parser.parse_args().names or list(BENCHES)
    if unknown := [name for name in names if name not in BENCHES]:
        parser.error(f"there is no bench {unknown[0]!r}; choose of {', '.join(BENCHES)}")

    print(", ".join(f"{key} {value}" for key, value in machine().items()))
    for name in names:
        print(f"\n{name}: {BENCHES[name]}", flush=True)
        bench = import_module(f"tests.bench.{name}")
        figures = bench.run()
        bench.report(figures)
        keep(KEYS.get(name, name), {"machine": machine(), **figures})


def keep(name: str, figures: dict[str, Any]) -> None:
    """Replaces one bench's figures, and leaves the others' as they are."""
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results[name] = figures
    RESULTS.write_text(json.dumps(results, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def machine() -> dict[str, str | int | None]:
    packages = {name: version(name) for name in ("numpy", "numba", "torch")}
    return {"processor": processor(), "cores": os.cpu_count(), "python": platform.python_version(), **packages}


def processor() -> str:
    """Its name where the system tells one."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    main()
