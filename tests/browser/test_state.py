"""The stores of both pages: every key a script reads, writes or watches is in the type of the page's state, and every
key of the type is used and has a value to start with."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "static" / "js"
APPEARANCE = SCRIPTS / "panels" / "top" / "appearance.js"
GRAPH = sorted([*(SCRIPTS / "panels" / "graph").glob("*.js"), SCRIPTS / "pages" / "graph.js"])
PLAYGROUND = sorted(set(SCRIPTS.rglob("*.js")) - set(GRAPH))
PAGES = {
    "playground": (PLAYGROUND, SCRIPTS / "core" / "state.js", ("FromServer", "Offered", "Shown", "Appearance")),
    "graph": ([*GRAPH, APPEARANCE], SCRIPTS / "panels" / "graph" / "state.js", ("GraphKeys",)),
}
CLOSING = {"(": ")", "{": "}", "[": "]"}


def until_closed(text: str, start: int) -> int:
    """The place after the bracket that closes the one at `start`."""
    opened = [CLOSING[text[start]]]
    for place in range(start + 1, len(text)):
        if text[place] in CLOSING:
            opened.append(CLOSING[text[place]])
        elif text[place] == opened[-1]:
            opened.pop()
            if not opened:
                return place + 1
    raise ValueError(text[start : start + 40])


def parts(text: str) -> Iterator[str]:
    """Of what stands between brackets, by its commas; those of inner brackets and of comments left out."""
    start = place = 0
    while place < len(text):
        if text[place] in CLOSING:
            place = until_closed(text, place)
        elif text[place] == ",":
            yield text[start:place].strip()
            start = place = place + 1
        else:
            place += 1
    yield text[start:].strip()


def written(values: str) -> set[str]:
    """{ a: 1, b, ...more, [key]: 2 } → a, b"""
    keys = (re.match(r"\w+(?=\s*(?::|$))", part) for part in parts(values[1:-1]))
    return {key[0] for key in keys if key}


def used(scripts: list[Path]) -> dict[str, str]:
    """Keys → a script that uses each."""
    found: dict[str, str] = {}
    for path in scripts:
        text = re.sub(r"^\s*//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for call in re.finditer(r"\bstore\.(get|set|watch)\(", text):
            said = text[call.end() : until_closed(text, call.end() - 1) - 1]
            if call[1] == "set":
                keys = written(said) if said.startswith("{") else set()
            elif call[1] == "watch":
                keys = set(re.findall(r"'(\w+)'", said.partition("]")[0])) if said.startswith("[") else set()
            else:
                keys = set(re.findall(r"'(\w+)'", said))
            found |= dict.fromkeys(keys, path.relative_to(SCRIPTS).as_posix())
    return found


def typed(path: Path, names: tuple[str, ...]) -> set[str]:
    keys: set[str] = set()
    for comment in re.findall(r"/\*\*.*?\*/", path.read_text(encoding="utf-8"), re.DOTALL):
        name = re.search(r"@typedef \{object\} (\w+)", comment)
        if name and name[1] in names:
            for found in re.finditer(r"@property (?=\{)", comment):
                after = comment[until_closed(comment, found.end()) :]
                keys |= set(re.findall(r"\A (\w+)", after))
    return keys


@pytest.mark.parametrize("page", PAGES)
def test_the_type_has_exactly_the_keys_that_are_used(page: str) -> None:
    scripts, state, names = PAGES[page]
    appearance = typed(SCRIPTS / "core" / "state.js", ("Appearance",))
    keys, places = typed(state, names) | appearance, used(scripts)
    assert {key: place for key, place in places.items() if key not in keys} == {}, "used, but not in the type"
    assert keys - set(places) == set(), "in the type, but used nowhere"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_starts_with_exactly_the_keys_of_the_type(page: str) -> None:
    _, state, names = PAGES[page]
    text = state.read_text(encoding="utf-8")
    start = text.index("({", text.index("export const startState")) + 1
    assert written(text[start : until_closed(text, start)]) == typed(state, names) - typed(state, ("Appearance",))
    script = (SCRIPTS / "pages" / f"{page}.js").read_text(encoding="utf-8")
    assert "createStore(startState(preferred()))" in script
