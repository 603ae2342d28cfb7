"""Machine code kept between processes: numba's own cache, with three repairs.

It looks at every file that a cached function calls, reads a read-only folder, and survives a full disk.
"""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit
from numba.core.caching import (
    CompileResultCacheImpl,
    FunctionCache,
    InTreeCacheLocator,
    UserProvidedCacheLocator,
    UserWideCacheLocator,
)

Function = TypeVar("Function")

_FILES = sorted(Path(__file__).parent.rglob("*.py"))

SOURCES = hashlib.sha256(b"".join(path.read_bytes() for path in _FILES)).hexdigest()
"""numba looks only at the file of a cached function, and would run old code after a change in a file it calls."""


class _GivenFolder(UserProvidedCacheLocator):  # type: ignore[misc]
    """NUMBA_CACHE_DIR, also where it can only be read: an image fills it when it is built and then is read-only."""

    def ensure_cache_path(self) -> None:
        with suppress(OSError):
            super().ensure_cache_path()
        if not Path(self.get_cache_path()).is_dir():
            raise NotADirectoryError(self.get_cache_path())


class _KernelCacheImpl(CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes = (_GivenFolder, InTreeCacheLocator, UserWideCacheLocator)


class KernelCache(FunctionCache):  # type: ignore[misc]
    _impl_class = _KernelCacheImpl

    def _index_key(self, signature: Any, codegen: Any) -> tuple[Any, ...]:
        return (*super()._index_key(signature, codegen), SOURCES)

    def save_overload(self, signature: Any, data: Any) -> None:
        with suppress(OSError):  # a full or read-only disk: the code in memory is as good
            super().save_overload(signature, data)


def cached(function: Function) -> Function:
    """A numba function that is called from Python, outside the GIL, and compiled once for a machine.

    Where no folder can be written it is compiled once for a process.
    """
    dispatcher = njit(nogil=True, error_model="numpy", _nrt=False)(function)
    with suppress(RuntimeError):
        dispatcher._cache = KernelCache(dispatcher.py_func)
    return cast(Function, dispatcher)
