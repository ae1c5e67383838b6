"""Execute a notebook, with other parameters if wanted, and keep what it shows."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat

from lcip import paths
from lcip.errors import LcipError
from lcip.notebook import tidy
from lcip.notebook.dependencies import patterns
from lcip.notebook.document import NotebookError, load
from lcip.notebook.kernel import kernel_environment, kernel_manager
from lcip.notebook.static import check, is_injected
from lcip.notebook.trace import Notes, refuse_undeclared

TAIL_LINES = 12


class NotebookFailed(LcipError):
    """A cell failed; `path` is the notebook as far as it ran. The command line exits with 1."""

    exit_status = 1

    def __init__(self, message: str, path: Path | None) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True)
class Execution:
    """One complete run: the executed notebook, its wall time, the data files that it opened; and
    those again by the identifier of the cell that opened them."""

    path: Path
    seconds: float
    data: tuple[str, ...]
    cells: dict[str, tuple[str, ...]]


def execute(
    source: Path,
    destination: Path,
    parameters: Mapping[str, Any],
    *,
    failed: Path | None = None,
    progress: bool = False,
) -> Execution:
    """Run the notebook `source` in its own folder and write it, with its outputs, to `destination`.

    `parameters` differ from the book's values (none: `{}`). They are checked before any work, and
    so is the notebook. `destination` (which may be `source`) is replaced only by a complete run; a
    partial one is written to `failed`, by default below `runs/failed/`. A run with the book's
    values must open no data file that the notebook's metadata does not declare. Raises
    `ParameterError`, `NotebookError`, and `NotebookFailed` where a cell fails.
    """
    source, destination = Path(source).resolve(), Path(destination).resolve()
    overrides = check(source, parameters)
    failed = failed or paths.root() / "runs" / "failed" / source.name
    with TemporaryDirectory(prefix="lcip-run-") as folder:
        scratch = Path(folder)
        notes = Notes(scratch / "trace")
        start = time.perf_counter()
        run_cells(source, overrides, scratch, failed, progress, notes)
        seconds = time.perf_counter() - start
        opened = notes.opened()
        notebook = load(source)
        if not overrides and not is_injected(notebook):
            refuse_undeclared(opened, patterns(notebook), source.name)
        write(scratch / "executed.ipynb", destination, tidy.record(seconds, overrides))
    return Execution(destination, seconds, opened, notes.cells)


def run_cells(
    source: Path,
    overrides: Mapping[str, Any],
    scratch: Path,
    failed: Path,
    progress: bool,
    notes: Notes,
) -> None:
    """Papermill, with our kernel; whatever stops it becomes a `NotebookFailed`."""
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    executed = scratch / "executed.ipynb"
    environment = kernel_environment(scratch / "ipython", notes.file)
    try:
        execute_notebook(
            nbformat.read(source, as_version=4),
            str(executed).replace("{", "{{").replace("}", "}}"),
            tidy.plain(overrides),
            cwd=source.parent,
            kernel_name="python3",
            language="python",
            progress_bar=progress,
            kernel_manager_class=kernel_manager(environment),
            coalesce_streams=True,
            record_timing=False,
            on_cell_executed=notes.after_cell,
        )
    except PapermillExecutionError as error:
        write(executed, failed, {})
        raise NotebookFailed(explain(source, error, failed), failed) from None
    except (KeyboardInterrupt, NotebookError):
        raise
    except Exception as error:
        partial = failed if executed.is_file() else None
        if partial:
            write(executed, failed, {})
        text = f"{source.name} stopped: {type(error).__name__}: {error}"
        raise NotebookFailed(text, partial) from error


def explain(source: Path, error: Any, failed: Path) -> str:
    """Which cell failed, at which line, the end of what it said, and where to look further."""
    lines = tidy.without_colours("\n".join(error.traceback)).strip().splitlines()
    told = "\n".join(f"  {line}" for line in shortened(lines))
    return (
        f"{source.name} failed in code cell [{error.exec_count}]:\n{told}\n"
        f"The notebook as far as it ran: {failed}"
    )


def shortened(lines: list[str]) -> list[str]:
    """The end of a traceback, and before it the line of the cell, where that is cut off."""
    tail = lines[-TAIL_LINES:]
    of_cell = next((n for n, line in enumerate(lines) if line.startswith("Cell In")), len(lines))
    arrow = next((line for line in lines[of_cell:] if line.startswith("-")), "")
    return [lines[of_cell], arrow, "...", *tail] if arrow and arrow not in tail else tail


def write(executed: Path, destination: Path, record: Mapping[str, Any]) -> None:
    """Put the executed notebook, without what is volatile, in its place: all of it or nothing."""
    from lcip.plotting import stamp_alt

    notebook = tidy.tidied(nbformat.read(executed, as_version=4), record)
    stamp_alt(notebook)
    with paths.atomic_write(destination) as temporary:
        nbformat.write(notebook, temporary)
