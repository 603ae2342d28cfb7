"""The server as tests run it: python -m tests.app.server BACKEND. Settings come from the environment."""

import sys

from app.main import create_app
from app.serving import run
from app.settings import Settings
from engine.spec import BackendName

if __name__ == "__main__":
    chosen: BackendName = "by_hand" if sys.argv[1] == "by_hand" else "compiled"
    settings = Settings()
    run(create_app(settings, backend=chosen), settings)
