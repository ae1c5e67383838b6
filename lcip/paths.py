"""Where the repository's own files lie, and how they are opened and written."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lcip.errors import LcipError, refusal

MARKER = "data/registry.toml"


def root() -> Path:
    """The folder of `data/`, `notebooks/` and `lcip/`: `LCIP_ROOT`, or the package's parent."""
    chosen = os.environ.get("LCIP_ROOT")
    folder = Path(chosen) if chosen else Path(__file__).resolve().parents[1]
    if not (folder / MARKER).is_file():
        raise LcipError(
            refusal(
                "LCIP_ROOT",
                str(folder),
                f"a folder that holds {MARKER}",
                "clone the repository and install it with 'pip install -e .', or set LCIP_ROOT",
            )
        )
    return folder


def data_file(relative: str) -> Path:
    """The path of `data/<relative>`; noted in the file named by `LCIP_TRACE`, one line an access.

    The notebook runner compares these notes with what the notebook declares, so that a changed data
    file re-executes exactly the notebooks that read it.
    """
    path = root() / "data" / relative
    trace = os.environ.get("LCIP_TRACE")
    if trace:
        with open(trace, "a", encoding="utf8") as notes:
            notes.write(f"data/{relative}\n")
    return path


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it over `path` on success, remove it on failure.

    A reader, or a run that is stopped half-way, never sees half a file.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
