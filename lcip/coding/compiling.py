"""How the package compiles its loops, and when what it compiled is stale.

numba keeps machine code in a cache on disk (in `__pycache__`, or in the user's cache folder where
that cannot be written, or in `NUMBA_CACHE_DIR`), and renews it when the file of the function
changes; not when a function that it calls changes in another file. For a coder that would be fatal:
old and new arithmetic side by side. Hence the name of every compiled function carries a digest of
this package's sources, and any change here compiles anew what calls it, in the chapters, too.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numba


def source_digest() -> str:
    """Eight hexadecimal digits that change with any source of this package."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


DIGEST = source_digest()


def compiled(function: Callable) -> Callable:
    """Compile on first call, cached on disk; without a cache where no folder can be written."""
    options = {"nogil": True, "error_model": "numpy"}
    function.__qualname__ += f"_{DIGEST}"
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:
        return numba.njit(**options)(function)
