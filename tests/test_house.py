"""The repository itself: which package may import which, what lies where, and what READMEs say that can be checked."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from app.__main__ import parser
from app.settings import Limits, Settings
from app.setup import bootstrap
from engine.diagnosis.failures import FAILURES
from engine.spec.choices import BugName

ROOT = Path(__file__).resolve().parent.parent

TOP = {"app", "engine", "static", "templates", "tests", "Dockerfile", "pyproject.toml", "README.md"}
BUILT = {"build", "__pycache__", "backprop_playground.egg-info"}  # left behind by pip

PYTHON = sorted(path for folder in ("app", "engine", "tests") for path in (ROOT / folder).rglob("*.py"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
PAGE = sorted(
    path
    for folder in ("static", "templates")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".css", ".html", ".js", ".json", ".svg")
)
PACKAGES = sorted(path.parent.relative_to(ROOT).as_posix() for path in PYTHON if path.name == "__init__.py")

ENGINE = (
    ("fault",),
    ("spec",),
    ("nn",),
    ("data",),
    ("graph",),
    ("backends",),
    ("checking", "explaining", "evaluation"),
    ("training",),
    ("diagnosis", "studies", "exports", "kept"),
)
APP = (
    ("setup", "wire"),
    ("store", "training_worker"),
    ("sessions",),
    ("web",),
)
"""Packages, from the ground floor up. A file imports from its own package and from lower floors."""

BEFORE_ANYTHING_IS_INSTALLED = (
    *("app/__init__.py", "app/__main__.py", "app/setup/bootstrap.py", "app/setup/pip.py"),
    *("tests/__init__.py", "tests/__main__.py", "tests/chromium.py"),
)

PAGE_FLOORS = (
    ("draw/base", "wire"),
    ("draw/chart", "draw/dag", "draw/math", "draw/network", "draw/plane"),
    ("core",),
    ("experiment",),
    tuple(f"panels/{folder.name}" for folder in sorted((ROOT / "static" / "js" / "panels").iterdir())),
    ("pages",),
)
"""Folders of static/js, from the ground floor up; no panel imports another panel."""


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, at_start: bool = False) -> Iterator[str]:
    """The modules a file imports; at_start: only when it is loaded, so not in functions nor for types alone."""
    nodes: list[ast.AST] = [parsed(path)]
    while nodes:
        node = nodes.pop()
        for_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        if at_start and (for_types or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.module
            assert node.level == 0, f"{name(path)}: a relative import hides where it leads"
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            modules = [module for module in inner if (ROOT / (module.replace(".", "/") + ".py")).is_file()]
            yield from modules or [node.module]
        nodes.extend(ast.iter_child_nodes(node))


def floor(floors: tuple[tuple[str, ...], ...], package: str) -> int:
    found = [number for number, packages in enumerate(floors) if package in packages]
    assert found, f"{package} has no floor: give it its place in tests/test_house.py"
    return found[0]


def test_the_top_level_holds_nothing_else() -> None:
    there = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert there - BUILT <= TOP
    assert there >= TOP


def packages(path: Path, top: str) -> set[str]:
    """engine/nn/network.py → the packages of `top` that it imports from."""
    return {module.split(".")[1] for module in imports(path) if module.startswith(f"{top}.")}


@pytest.mark.parametrize("path", [path for path in PYTHON if path.is_relative_to(ROOT / "engine")], ids=name)
def test_floors_of_the_engine(path: Path) -> None:
    assert not [module for module in imports(path) if module.startswith(("app", "tests"))], "the web is above it"
    if path.parent != ROOT / "engine":
        own = path.relative_to(ROOT / "engine").parts[0]
        mine = floor(ENGINE, own)
        assert {package for package in packages(path, "engine") - {own} if floor(ENGINE, package) >= mine} == set()


@pytest.mark.parametrize("path", [path for path in PYTHON if path.is_relative_to(ROOT / "app")], ids=name)
def test_floors_of_the_app(path: Path) -> None:
    if path.parent != ROOT / "app":
        own = path.relative_to(ROOT / "app").parts[0]
        others, mine = packages(path, "app") - {own, "settings"}, floor(APP, own)
        assert {package for package in others if floor(APP, package) >= mine} == set()


@pytest.mark.parametrize("path", [path for path in PYTHON if path.is_relative_to(ROOT / "app")], ids=name)
def test_only_the_training_worker_reaches_a_trainer(path: Path) -> None:
    if "training_worker" not in path.parts:
        doors = {
            "worker_processes.harm",
            "port",
            "study_requests",
            "page_data.measurements",
            "kept_run",
            "memory",
            "page_data.network_sample",
            "worker_processes.processes",
            "uploaded_files",
            "warming",
        }
        doors |= {"threads"} if path.name == "main.py" else set()
        used = set(imports(path))
        assert used & {"engine", "engine.training.trainer"} == set()
        assert {module for module in used if module.startswith("app.training_worker")} <= {
            f"app.training_worker.{door}" for door in doors
        }


@pytest.mark.parametrize("path", [path for path in PYTHON if "backends" not in path.parts], ids=name)
def test_only_backends_name_torch_or_numba(path: Path) -> None:
    if "tests" not in path.relative_to(ROOT).parts:  # tests hold the oracle
        assert {module for module in imports(path) if re.match(r"(torch|numba|llvmlite)\b", module)} == set()


@pytest.mark.parametrize("file", BEFORE_ANYTHING_IS_INSTALLED)
def test_what_runs_first_needs_the_standard_library_only(file: str) -> None:
    needed = {module.split(".")[0] for module in imports(ROOT / file, at_start=True)}
    assert needed <= set(sys.stdlib_module_names) | {"app"}
    ours = {module for module in imports(ROOT / file, at_start=True) if module.startswith("app.")}
    assert ours <= {"app.setup", "app.setup.bootstrap", "app.setup.pip"}


def test_starting_imports_neither_torch_nor_a_compiler() -> None:
    code = "import sys, engine, app.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"app.main", "engine"} <= set(done.stdout.split())
    assert {"torch", "numba", "llvmlite", "plotly"} & set(done.stdout.split()) == set()


def script_imports(path: Path, types: bool = False) -> set[str]:
    """Paths below static/js, from code; with types, from comments too."""
    code = path.read_text(encoding="utf-8")
    if not types:
        code = re.sub(r"/\*.*?\*/|^\s*//[^\n]*", "", code, flags=re.DOTALL | re.MULTILINE)
    found = re.findall(r"""(?:\bfrom|\bimport|\bimport\()\s*['"]([^'"]+)['"]""", code)
    top = ROOT / "static" / "js"
    assert all(place.startswith(".") for place in found), f"{name(path)}: scripts come from this folder"
    return {(path.parent / place).resolve().relative_to(top).as_posix() for place in found}


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_floors_of_the_page(path: Path) -> None:
    top = ROOT / "static" / "js"
    used = {top / place for place in script_imports(path)}
    assert {place for place in used if not place.is_file()} == set()
    own = path.parent.relative_to(top).as_posix()
    others = {place.parent.relative_to(top).as_posix() for place in used} - {own}
    mine = floor(PAGE_FLOORS, own)
    assert {package for package in others if floor(PAGE_FLOORS, package) >= mine} == set()


@pytest.mark.parametrize("path", PAGE, ids=name)
def test_no_asset_of_another_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    outside = re.findall(r"""https?://[^\s'"<)]+|(?:src|href)=["']//[^"']+|url\(\s*["']?//[^)]+""", text)
    assert [address for address in outside if not address.startswith("http://www.w3.org/")] == []


@pytest.mark.parametrize(
    "path", [*PYTHON, *SCRIPTS, *(path for path in PAGE if path.suffix in (".css", ".html"))], ids=name
)
def test_no_file_is_too_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, "two subjects?"


def first_circle(edges: dict[str, set[str]]) -> list[str]:
    """Modules that import one another in a ring; empty if there is none."""
    left = dict(edges)
    while free := [module for module, used in left.items() if not used & left.keys()]:
        for module in free:
            del left[module]
    ring: list[str] = []
    while left and (not ring or ring[-1] not in ring[:-1]):
        ring.append(min(left[ring[-1]] & left.keys()) if ring else min(left))
    return ring[ring.index(ring[-1]) :] if ring else []


@pytest.mark.parametrize("top", ["app", "engine", "tests"])
def test_no_modules_import_one_another_in_a_circle(top: str) -> None:
    paths = [path for path in PYTHON if name(path).startswith(f"{top}/")]
    modules = {name(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__"): path for path in paths}
    assert first_circle({module: set(imports(path)) - {module} for module, path in modules.items()}) == []


def test_no_scripts_import_one_another_in_a_circle() -> None:
    scripts = {path.relative_to(ROOT / "static" / "js").as_posix(): path for path in SCRIPTS}
    assert first_circle({script: script_imports(path, types=True) for script, path in scripts.items()}) == []


def test_a_circle_is_found() -> None:
    assert first_circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == ["b", "c", "b"]
    assert first_circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


PYTHON_LINES = 60
SCRIPT_LINES = 60
"""The longest function."""


@pytest.mark.parametrize("path", [*PYTHON, *SCRIPTS], ids=name)
def test_no_function_is_too_long(path: Path) -> None:
    if path.suffix == ".py":
        functions = [
            node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        assert [one.name for one in functions if (one.end_lineno or 0) - one.lineno > PYTHON_LINES] == []
    else:
        found = re.finditer(r"^(?:export )?(?:async )?function (\w+)[\s\S]*?^}", words(path), re.MULTILINE)
        assert [one[1] for one in found if one[0].count("\n") > SCRIPT_LINES] == []


def test_pyproject_lists_the_packages_there_are() -> None:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    listed = {package.replace(".", "/") for package in tool["packages"]}
    assert listed - {"app/static", "app/templates"} == {
        package for package in PACKAGES if not package.startswith("tests")
    }


README = ROOT / "README.md"
READMES = [
    README,
    *sorted(path for top in ("app", "engine", "static", "tests") for path in (ROOT / top).rglob("README.md")),
]


def words(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def quoted(path: Path) -> set[str]:
    """What stands between backticks on one line, and each line of a block between fences."""
    fence = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
    blocks = [line for block in fence.findall(words(path)) for line in block.splitlines()]
    return {*blocks, *re.findall(r"`([^`\n]+)`", fence.sub("", words(path)))}


def test_the_readme_is_short_and_has_a_picture() -> None:
    assert len(README.read_bytes()) <= 6000
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", words(README))
    assert pictures
    assert all((ROOT / picture).stat().st_size <= 150_000 for picture in pictures)


@pytest.mark.parametrize("package", [one for one in PACKAGES if not one.startswith("tests/")])
def test_each_package_has_a_readme_that_names_its_modules(package: str) -> None:
    modules = {path.name for path in PYTHON if path.parent == ROOT / package and path.name != "__init__.py"}
    assert modules - quoted(ROOT / package / "README.md") == set(), "there, but not named"


def test_the_page_has_a_readme_that_names_its_folders() -> None:
    folders = {f"{path.parent.relative_to(ROOT / 'static').as_posix()}/" for path in SCRIPTS}
    assert folders - quoted(ROOT / "static" / "README.md") == set(), "there, but not named"


FILE = re.compile(r"[\w*-][\w.*-]*(/[\w.*-]+)*(/|\.(py|js|css|html|json|md|webp|toml|bin|svg))|Dockerfile")


@pytest.mark.parametrize("path", READMES, ids=name)
def test_files_and_links_of_a_readme_are_there(path: Path) -> None:
    files = {text for text in quoted(path) if FILE.fullmatch(text)}
    links = {link.split("#")[0] for link in re.findall(r"\]\((?!https?:)([^)]+)\)", words(path))}
    places = (path.parent, ROOT)
    assert {file for file in files | links if not any([*place.glob(file)] for place in places)} == set()


@pytest.mark.parametrize("path", READMES, ids=name)
def test_commands_and_settings_of_a_readme_are_there(path: Path) -> None:
    commands = [text.split() for text in quoted(path) if re.match(r"python3? -m ", text)]
    for _, _, module, *arguments in commands:
        place = ROOT / module.replace(".", "/")
        assert (place / "__main__.py").is_file() or module in ("pytest", "venv"), module
        assert [one for one in arguments if "/" in one and not (ROOT / one).exists()] == []
    options = {text for _, _, module, *arguments in commands if module == "app" for text in arguments} | quoted(path)
    known = {*re.findall(r"--[a-z-]+", parser().format_help()), "--all"}
    assert {text.split("=")[0] for text in options if re.fullmatch(r"--[a-z-]+", text)} <= known
    built = set(re.findall(r"--build-arg (\w+)", words(path)))
    assert built <= set(re.findall(r"^ARG (\w+)", words(ROOT / "Dockerfile"), re.MULTILINE))
    assert set(re.findall(r"PLAYGROUND_\w+", words(path))) <= {*SETTINGS, "PLAYGROUND_TORCH_INDEX"}


SETTINGS: dict[str, object] = {
    **{f"PLAYGROUND_{key.upper()}": field.default for key, field in Settings.model_fields.items() if key != "limits"},
    **{f"PLAYGROUND_LIMITS__{key.upper()}": field.default for key, field in Limits.model_fields.items()},
}


@pytest.mark.parametrize(("setting", "default"), SETTINGS.items())
def test_every_setting_is_told_with_its_default(setting: str, default: object) -> None:
    row = re.search(rf"^\| `{setting}`.*", words(ROOT / "app" / "README.md"), re.MULTILINE)
    assert row, f"{setting} is not in the table of settings"
    if isinstance(default, int | float) and not isinstance(default, bool):
        assert f"| {default} |" in row[0].replace(",", "")


def test_buttons_and_keys_of_the_readme_are_on_the_page() -> None:
    buttons = set(json.loads(words(ROOT / "static" / "i18n" / "en.json")).values())
    assert {text for text in re.findall(r"\*\*([^*]+)\*\*", words(README)) if not text.endswith(".")} <= buttons
    keys = set(re.findall(r'key\("([^"]+)"', words(ROOT / "templates" / "help.html")))
    named = re.findall(r"<kbd>([^<]+)</kbd>", words(README))
    assert named
    assert set(named) <= keys


def test_figures_of_the_readme_hold() -> None:
    text = " ".join(words(README).split())
    assert len(get_args(BugName)) == int(in_readme(r"(\d+) bugs", text))
    assert len(FAILURES) == int(in_readme(r"(\d+) runs that fail", text))
    assert float(in_readme(r"([\d.]+) GB of disk", text)) * 1e9 >= bootstrap.DISK_NEEDED
    measured = json.loads(words(ROOT / "tests" / "bench" / "results.json"))["engine"]["epochs"]
    ratios = sorted(figures["ratio"] for figures in measured.values())
    assert float(in_readme(r"(\d+) to \d+ times as fast", text)) <= ratios[0]
    assert float(in_readme(r"\d+ to (\d+) times as fast", text)) <= ratios[-1]


def in_readme(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"README.md does not say {pattern}"
    return found[1]


def test_python_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.15"
    assert "(3, 11) <= sys.version_info[:2] <= (3, 14)" in (ROOT / "app" / "__init__.py").read_text(encoding="utf-8")
