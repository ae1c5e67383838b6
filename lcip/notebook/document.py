"""A notebook file as data: its cells, their tags, their syntax trees. Nothing is executed here."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lcip.errors import LcipError, refusal

PARAMETERS_TAG = "parameters"
DECLARATION_TAG = "declaration"
INJECTED_TAG = "injected-parameters"

TIMED = re.compile(r"^(\s*)%(?:time|timeit|prun|memit)\s+(?:-\w+\s*\d*\s+)*(?=\S)")
MAGIC = re.compile(r"^(\s*|\s*[\w, ]+=\s*)(?:%|!|\?|[\w.]+\?).*$")


class NotebookError(LcipError):
    """A notebook that cannot be read, or whose cells do not follow the book's conventions."""


@dataclass(frozen=True)
class Cell:
    """One code cell: its place among all cells (from 1), its tags, its source, its identifier."""

    place: int
    tags: tuple[str, ...]
    source: str
    id: str

    def tree(self) -> ast.Module:
        """The syntax tree of the cell; shell and magic lines are no Python and are left out."""
        try:
            return ast.parse(self.source)
        except SyntaxError:
            return self.tree_without_magics()

    def tree_without_magics(self) -> ast.Module:
        try:
            return ast.parse("\n".join(map(without_magic, self.source.splitlines())))
        except SyntaxError as error:
            raise NotebookError(
                f"Cell {self.place} is no Python: {error.msg}, line {error.lineno}. "
                f"Next: correct the cell."
            ) from error


def without_magic(line: str) -> str:
    """A line as Python: the statement that a timing magic runs, nothing for any other magic.

    >>> without_magic("    %timeit -n 3 encode(image)"), without_magic("files = !ls")
    ('    encode(image)', 'files = None')
    """
    line = TIMED.sub(r"\1", line)
    return MAGIC.sub(lambda found: found[1] + "None", line)


@dataclass(frozen=True)
class Document:
    """The code cells of a notebook and its metadata."""

    path: Path
    cells: tuple[Cell, ...]
    metadata: dict[str, Any]

    def tagged(self, tag: str) -> Cell:
        """The one cell that has the tag; `NotebookError` where there is none, or more than one."""
        found = [cell for cell in self.cells if tag in cell.tags]
        if len(found) != 1:
            step = f"tag exactly one cell '{tag}'"
            name = f"the number of cells tagged '{tag}' in {self.path.name}"
            raise NotebookError(refusal(name, len(found), "1", step))
        return found[0]

    def body(self) -> Iterator[Cell]:
        """The code cells below the declaration."""
        start = self.tagged(DECLARATION_TAG).place
        return (cell for cell in self.cells if cell.place > start)


def load(path: Path) -> Document:
    """Read a notebook of format 4; `NotebookError` says what else the file is."""
    content = read_json(Path(path))
    version = content.get("nbformat") if isinstance(content, dict) else None
    if version != 4 or not isinstance(content.get("cells"), list):
        step = "open it in Jupyter and save it, or give another file"
        raise NotebookError(
            refusal(str(path), f"nbformat {version}", "a notebook of format 4", step)
        )
    cells = tuple(
        code_cell(place, cell)
        for place, cell in enumerate(content["cells"], start=1)
        if cell.get("cell_type") == "code"
    )
    return Document(Path(path), cells, content.get("metadata", {}))


def code_cell(place: int, cell: dict[str, Any]) -> Cell:
    """What the file says of one code cell; files before format 4.5 know no identifiers."""
    tags = tuple(cell.get("metadata", {}).get("tags", ()))
    return Cell(place, tags, text_of(cell.get("source", "")), str(cell.get("id", "")))


def read_json(path: Path) -> Any:
    """The content of the file, or what prevents reading it."""
    try:
        return json.loads(path.read_text(encoding="utf8"))
    except OSError as error:
        step = "give the path of a notebook"
        raise NotebookError(
            refusal(str(path), error.strerror, "a readable .ipynb file", step)
        ) from error
    except ValueError as error:
        step = "give a file that Jupyter has saved"
        raise NotebookError(refusal(str(path), "no JSON", "a notebook (.ipynb)", step)) from error


def text_of(source: str | list[str]) -> str:
    """The text of a cell: Jupyter stores it as one string or as a list of lines."""
    return source if isinstance(source, str) else "".join(source)
