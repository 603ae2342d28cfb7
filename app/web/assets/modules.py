"""Which JavaScript modules a page loads, read from their import statements, so that it can ask for all of them at once.

A browser finds a module's imports when it has the module: each level of a graph costs a round trip.
"""

import posixpath
import re

COMMENTS = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
STATEMENT = re.compile(r"""(?:\bfrom|\bimport)\s*['"](\.[^'"]+)['"]""")


class ModuleGraph:
    def __init__(self, sources: dict[str, str]) -> None:
        """sources: path → text of every module."""
        self._imports = {path: _imports(path, text) for path, text in sources.items()}

    def needed_by(self, entry: str) -> list[str]:
        """The module and all that must be there before it runs, level by level."""
        found = [entry]
        for path in found:  # it grows
            found += [target for target in self._imports[path] if target not in found]
        return found


def _imports(path: str, text: str) -> list[str]:
    folder = posixpath.dirname(path)
    found = STATEMENT.findall(COMMENTS.sub("", text))
    return [posixpath.normpath(posixpath.join(folder, target)) for target in found]
