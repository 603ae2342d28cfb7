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

# A module may import the modules of its own room that stand on a lower line.
ENGINE = """
choices seeds
activations spec tables
losses network schedules presets planes digits own_points
operations datasets features separability initializers metrics optimizers stopping answers model_file
targets snapshot graph timeline terms health
backends expressions network_graph
planted differences modules compared
trained
trainer graph_check opened check
explain_rule phases diagnosis
explain breakages
""".strip().splitlines()
APP = """
settings mailbox messages numbers pace pip
history
protocol explain bootstrap pages serving inspection owed
past commands slices states shield warming
viewers
travel
checks
handlers
sessions
manager
sockets api graphs gallery
files
main
__main__
""".strip().splitlines()

BACKENDS = ("by_hand", "autograd", "compiled")
BACKENDS_USE = {
    *("choices", "spec", "schedules", "seeds", "activations", "losses", "network", "optimizers"),
    *("graph", "operations"),
}
DATA = {"datasets", "planes", "digits", "own_points", "tables"}
SAID = {"answers", "metrics", "model_file", "optimizers", "stopping"}
OPEN = {"explain", "opened", "phases", "terms", "timeline"}
GRAPHS = {"graph", "expressions", "network_graph", "graph_check", "modules", "operations"}
CHECKED = {"breakages", "check", "compared", "diagnosis", "planted"}
ENGINE_FOR_APP = {
    *("choices", "spec", "snapshot", "trainer", "network", "presets"),
    *(*DATA, *GRAPHS, *SAID, *OPEN, *CHECKED),
}
NOTHING_OF_OURS = ("app/settings.py", "app/mailbox.py", "engine/choices.py", "engine/seeds.py")
BEFORE_ANYTHING_IS_INSTALLED = (
    *("app/__init__.py", "app/__main__.py", "app/bootstrap.py", "app/pip.py"),
    *("tests/__init__.py", "tests/__main__.py", "tests/chromium.py"),
)

KNOWLEDGE = ("fitting.js", "formulas.js", "layers.js", "offers.js")
"""What the page knows of experiments, for every view."""

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


def room(module: str) -> str:
    """engine.backends.kernels → backends"""
    return module.split(".")[1] if "." in module else ""


def rank(lines: list[str], module: str) -> int:
    found = [number for number, line in enumerate(lines) if module in line.split()]
    assert found, f"{module} has no place in the arrows: give it its line in tests/test_house.py"
    return found[0]


def test_the_top_level_holds_nothing_else() -> None:
    there = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert there - BUILT <= TOP
    assert there >= TOP


@pytest.mark.parametrize("path", [path for path in PYTHON if path.parent == ROOT / "engine"], ids=name)
def test_arrows_of_the_engine(path: Path) -> None:
    ours = {module for module in imports(path) if module.startswith(("engine", "app", "tests"))}
    assert all(module.startswith("engine.") for module in ours), "the engine knows nothing of the web"
    if path.stem != "__init__":
        mine = rank(ENGINE, path.stem)
        assert {module for module in ours if rank(ENGINE, room(module)) >= mine} == set()


@pytest.mark.parametrize("path", [path for path in PYTHON if path.parent.name == "backends"], ids=name)
def test_arrows_of_the_backends(path: Path) -> None:
    ours = {module for module in imports(path) if module.startswith(("engine", "app", "tests"))}
    outside = {module for module in ours if room(module) != "backends"}
    assert {room(module) for module in outside} <= BACKENDS_USE
    if path.stem != "__init__":
        others = {f"engine.backends.{other}" for other in BACKENDS}
        assert ours & others == set(), "backends never know each other"
    parts = {"by_hand": set(), "autograd": {"engine.backends.torch_rules"}, "torch_rules": set()}
    if path.stem in parts:
        assert ours - outside == parts[path.stem], "what compiled is made of is its own"


@pytest.mark.parametrize("path", [path for path in PYTHON if path.parent == ROOT / "app"], ids=name)
def test_arrows_of_the_app(path: Path) -> None:
    modules = set(imports(path))
    app = {room(module) for module in modules if module.startswith("app.")}
    engine = {room(module) for module in modules if module.startswith("engine.")}
    if path.stem != "__init__":
        mine = rank(APP, path.stem)
        assert {module for module in app if rank(APP, module) >= mine} == set()
    assert engine <= ENGINE_FOR_APP | ({"backends"} if path.stem == "warming" else set())
    if path.stem == "protocol":
        assert app == set()
        assert engine == {"answers", "metrics", "snapshot", "spec"}
    if path.stem in ("commands", "handlers"):
        assert engine <= {"choices", "spec"}


@pytest.mark.parametrize("file", NOTHING_OF_OURS)
def test_leaves_import_nothing_of_ours(file: str) -> None:
    assert [module for module in imports(ROOT / file) if module.startswith(("engine", "app", "tests"))] == []


@pytest.mark.parametrize("path", [path for path in PYTHON if path.parent.name != "backends"], ids=name)
def test_only_backends_name_torch_or_numba(path: Path) -> None:
    if "tests" not in path.relative_to(ROOT).parts:  # tests hold the oracle
        assert {module for module in imports(path) if re.match(r"(torch|numba|llvmlite)\b", module)} == set()


@pytest.mark.parametrize("file", BEFORE_ANYTHING_IS_INSTALLED)
def test_what_runs_first_needs_the_standard_library_only(file: str) -> None:
    needed = {module.split(".")[0] for module in imports(ROOT / file, deferred=False)}
    assert needed <= set(sys.stdlib_module_names) | {"app"}
    ours = {module for module in imports(ROOT / file, deferred=False) if module.startswith("app.")}
    assert ours <= {"app.bootstrap", "app.pip"}


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
def test_arrows_of_the_page(path: Path) -> None:
    here = path.relative_to(ROOT / "static" / "js").as_posix()
    used = script_imports(path)
    assert all((ROOT / "static" / "js" / place).is_file() for place in used)
    if here in ("main.js", "graph.js"):
        return
    allowed: tuple[str, ...]
    if here.startswith("views/"):
        parts = f"views/{here.split('/')[1].removesuffix('.js')}/"  # a view may be in parts, in a folder of its name
        allowed = ("draw/", "elements.js", "store.js", "i18n.js", "names.js", "output.js", *KNOWLEDGE, parts)
    elif here.startswith("draw/"):
        allowed = ("draw/",)
    else:
        allowed = {
            "protocol.js": ("msgpack.js",),
            "rivals.js": ("msgpack.js",),
            "address.js": ("layers.js",),
            "offers.js": ("fitting.js", "i18n.js"),
            "changes.js": ("fitting.js", "memory.js"),
            "output.js": ("memory.js",),
            "i18n.js": ("draw/numbers.js",),
            "names.js": ("draw/numbers.js", "i18n.js"),
        }.get(here, ())
    assert {place for place in used if not place.startswith(allowed)} == set()


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
