"""The server: who is connected, what they see, and how a run is paced."""

import os
import sys

VERSION = "0.1.0"

# Sessions share the cores already: a matrix product of one session split over all of them makes the others wait.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Every start passes here first, also with a Python too old to read the rest, so this file keeps to old syntax.
if not (3, 11) <= sys.version_info[:2] <= (3, 14):
    sys.exit(
        f"Backprop Playground needs Python 3.11 to 3.14, and this is {sys.version.split()[0]} ({sys.executable}). "
        "Install one of those and start with it, for example: python3.11 -m app"
    )
