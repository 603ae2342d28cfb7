"""The house itself: who may import whom, what lies where, and what the README says that can be checked."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import Limits, Settings

ROOT = Path(__file__).resolve().parent.parent

TOP = {"app", "engine", "static", "templates", "tests", "Dockerfile", "pyproject.toml", "README.md"}
BUILT = {"build", "__pycache__", "backprop_playground.egg-info"}  # left behind by pip

PYTHON = sorted(path for folder in ("app", "engine", "tests") for path in (ROOT / folder).rglob("*.py"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
PAGE = sorted(
    path
    for folder in ("static", "templates")
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and "vendor" not in path.parts
)

ENGINE = (
    ("fault",),
    ("spec",),
    ("nn",),
    ("data",),
    ("graph",),
    ("backends",),
    ("checking", "explaining", "evaluation"),
    ("training",),
    ("diagnosis",),
)
APP = (
    ("setup", "wire"),
    ("training_worker", "sessions"),
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

LONG: dict[str, str] = {}
"""Files of more than 400 lines, each with its reason."""


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path, deferred: bool = True) -> Iterator[str]:
    """The modules a file imports, those for type checking left out; deferred: also those inside functions."""
    nodes: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.FunctionDef) and not deferred:
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
        mine = floor(APP, own)
        assert {package for package in packages(path, "app") - {own, "settings"} if floor(APP, package) >= mine} <= {
            "sessions",
            "training_worker",
        }


@pytest.mark.parametrize("path", [path for path in PYTHON if "backends" not in path.parts], ids=name)
def test_only_backends_name_torch_or_numba(path: Path) -> None:
    if "tests" not in path.relative_to(ROOT).parts:  # tests hold the oracle
        assert {module for module in imports(path) if re.match(r"(torch|numba|llvmlite)\b", module)} == set()


@pytest.mark.parametrize("file", BEFORE_ANYTHING_IS_INSTALLED)
def test_what_runs_first_needs_the_standard_library_only(file: str) -> None:
    needed = {module.split(".")[0] for module in imports(ROOT / file, deferred=False)}
    assert needed <= set(sys.stdlib_module_names) | {"app"}
    ours = {module for module in imports(ROOT / file, deferred=False) if module.startswith("app.")}
    assert ours <= {"app.setup", "app.setup.bootstrap", "app.setup.pip"}


def test_starting_imports_neither_torch_nor_a_compiler() -> None:
    code = "import sys, engine, app.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"app.main", "engine"} <= set(done.stdout.split())
    assert {"torch", "numba", "llvmlite", "plotly"} & set(done.stdout.split()) == set()


def script_imports(path: Path) -> set[str]:
    """Paths below static/js, from code: what stands in comments is types."""
    code = re.sub(r"/\*.*?\*/|^\s*//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
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
def test_no_file_is_too_long_without_reason(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert (lines > 400) == (name(path) in LONG), f"{lines} lines: two subjects? If not, LONG tells the reason"


@pytest.mark.parametrize("folder", ["app", "engine", "engine/backends", "tests"])
def test_each_python_folder_has_a_short_readme(folder: str) -> None:
    assert len((ROOT / folder / "README.md").read_text(encoding="utf-8").splitlines()) <= 30


README = ROOT / "README.md"


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert found, f"README.md has no section {title}"
    return found[1]


def test_readme_has_its_sections_in_order() -> None:
    titles = re.findall(r"^## (.*)", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert titles == ["Start", "Map", "Invariants", "Decisions", "Changes"]


def test_readme_map_names_every_module_and_nothing_else() -> None:
    named = set(re.findall(r"`([\w/]+/\w+\.(?:py|js))`", section("Map")))
    modules = {name(path) for path in PYTHON if path.parts[len(ROOT.parts)] != "tests" and path.name != "__init__.py"}
    modules.discard("app/__main__.py")
    assert {place for place in named if not (ROOT / place).is_file()} == set(), "named, but not there"
    assert {place for place in modules if place not in named} == set(), "there, but not named"


@pytest.mark.parametrize(
    ("setting", "default"),
    [
        *(
            (f"PLAYGROUND_{key.upper()}", field.default)
            for key, field in Settings.model_fields.items()
            if key != "limits"
        ),
        *((f"PLAYGROUND_LIMITS__{key.upper()}", field.default) for key, field in Limits.model_fields.items()),
    ],
)
def test_readme_tells_every_setting_and_its_default(setting: str, default: object) -> None:
    row = re.search(rf"^\| `{setting}`.*", section("Start"), re.MULTILINE)
    assert row, f"{setting} is not in the table of settings"
    if isinstance(default, int | float) and not isinstance(default, bool):
        assert f"| {default} |" in row[0].replace(",", "")


def test_python_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.15"
    assert "(3, 11) <= sys.version_info[:2] <= (3, 14)" in (ROOT / "app" / "__init__.py").read_text(encoding="utf-8")
