"""An executed notebook without what differs between machines, and with a record of its run."""

import platform
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

PACKAGES = ("lcip", "numpy", "torch", "compressai", "matplotlib", "pillow", "scikit-image")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {
    "name": "python",
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "pygments_lexer": "ipython3",
}
VOLATILE_NOTEBOOK = ("papermill", "widgets", "signature", "toc", "vscode")
VOLATILE_CELL = ("papermill", "execution", "ExecuteTime", "collapsed", "scrolled")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def record(seconds: float, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """What is worth knowing about a run: seconds, versions, and the parameters not the book's."""
    versions = {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}
    return {
        "seconds": round(seconds, 1),
        "versions": versions,
        "parameters": plain(overrides),
    }


def plain(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON and papermill know them: a path is its text."""

    def simple(value: Any) -> Any:
        if isinstance(value, list):
            return [simple(item) for item in value]
        return str(value) if isinstance(value, Path) else value

    return {name: simple(value) for name, value in overrides.items()}


def tidied(notebook: NotebookNode, execution: Mapping[str, Any]) -> NotebookNode:
    """The notebook without paths, times and identifiers of the run; `execution` is kept.

    Two runs give the same file, but for the seconds in that record.
    """
    for key in VOLATILE_NOTEBOOK:
        notebook.metadata.pop(key, None)
    notebook.metadata["kernelspec"] = dict(KERNEL)
    notebook.metadata["language_info"] = dict(LANGUAGE)
    for place, cell in enumerate(notebook.cells):
        tidy_cell(cell, place)
    own = dict(notebook.metadata.get("lcip", {}))
    own.pop("execution", None)
    notebook.metadata["lcip"] = own | ({"execution": dict(execution)} if execution else {})
    return notebook


def tidy_cell(cell: NotebookNode, place: int) -> None:
    """One cell without the times of its run; an injected cell gets a lasting identifier."""
    for key in VOLATILE_CELL:
        cell.metadata.pop(key, None)
    if not cell.metadata.get("tags", True):
        del cell.metadata["tags"]
    if "injected-parameters" in cell.metadata.get("tags", []):
        cell["id"] = f"injected-{place}"


def without_colours(text: str) -> str:
    """The text of a terminal without its colours."""
    return COLOURS.sub("", text)
