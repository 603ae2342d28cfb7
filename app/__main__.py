"""python3 -m app, or `playground` where pip installed it: sets up what is missing, then serves the page.

Standard library only until everything is installed. Each option is also a setting, PLAYGROUND_NAME; an option wins.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.setup import bootstrap

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def main() -> None:
    options = parser().parse_args()
    bootstrap.enter("app")
    try:
        from pydantic import ValidationError
        from pydantic_settings import SettingsError

        from app.settings import Settings
    except ModuleNotFoundError as error:
        sys.exit(
            f"The package {error.name} is not installed here. Install it with pip, or start from a fresh checkout."
        )

    given = {name: value for name, value in vars(options).items() if value is not None}
    file = given.pop("file", None)
    given.pop("command", None)
    if not os.environ.get("PLAYGROUND_OPEN"):
        given.setdefault("open", has_screen())
    try:
        settings = Settings(**given)
    except ValidationError as error:
        sys.exit("\n".join(_sentence(fault, given) for fault in error.errors()))
    except SettingsError as error:
        sys.exit(f"{error}: it must be JSON. Correct it and start again.")
    if file is not None:
        from app.verifying import verify_file
        from engine.data.digits import DataSources

        sys.exit(verify_file(file, DataSources(settings.mnist)))
    from app.main import serve

    serve(settings)


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python3 -m app" if sys.argv[0].endswith("__main__.py") else None,
        description="Backprop Playground: see a neural network learn, in the browser. The first start installs what it "
        "needs into .venv.",
        epilog="Each option is also a setting: PLAYGROUND_HOST, PLAYGROUND_PORT, PLAYGROUND_OPEN, PLAYGROUND_DATA, "
        "PLAYGROUND_STORE.",
    )
    options.add_argument("--host", help="address to listen on (127.0.0.1); 0.0.0.0 lets other machines in")
    options.add_argument("--port", type=int, help="port (8000); if it is taken, the next free one")
    options.add_argument(
        "--open",
        action=argparse.BooleanOptionalAction,
        help="open the page in the browser (yes, where there is a screen)",
    )
    options.add_argument("--data", metavar="FOLDER", help="folder in which runs are kept (the user's own)")
    options.add_argument(
        "--no-store", dest="store", action="store_const", const="off", help="keep no runs: they end with this server"
    )
    verify = options.add_subparsers(dest="command", metavar="verify FILE").add_parser(
        "verify", help="train a kept experiment again and say whether its numbers are right; exit status 0 or 1"
    )
    verify.add_argument("file", type=Path, metavar="FILE", help="a .playground file, as Kept writes it")
    return options


def has_screen() -> bool:
    """Whether a browser window can be opened: elsewhere Python would start a text browser in the terminal."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


BOUNDS = {
    "greater_than_equal": "the least is {ge}",
    "greater_than": "it must be above {gt}",
    "less_than_equal": "the most is {le}",
    "int_parsing": "it must be a whole number",
    "float_parsing": "it must be a number",
    "bool_parsing": "it must be true or false",
    "path_not_directory": "there is no such folder",
}
"""pydantic's type of error → what is allowed."""


def _sentence(fault: "ErrorDetails", options: dict[str, Any]) -> str:
    """Names it as it was given: an option of the command line, or a setting of the environment."""
    place = fault["loc"]
    name = f"--{place[0]}" if place[0] in options else "PLAYGROUND_" + "__".join(str(part) for part in place).upper()
    allowed = BOUNDS[fault["type"]].format(**fault.get("ctx", {})) if fault["type"] in BOUNDS else fault["msg"]
    return f"{name} cannot be {fault['input']}: {allowed}. Correct it and start again."


if __name__ == "__main__":
    main()
