"""What an output of a notebook came from: the cells it rests on and the functions they call.

Read off the source, as in `dependencies`: a cell rests on the earlier cells that last assigned the
names it uses, and on what those rest on. Which data files those cells opened is not in the source;
the record of a run says it (`Execution.cells`).
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from lcip.notebook.dependencies import PACKAGE, chain, module_of, source_of
from lcip.notebook.document import DECLARATION_TAG, PARAMETERS_TAG, Cell, Document
from lcip.notebook.sources import Scope, source_root
from lcip.notebook.usage import bound

HEAD = {PARAMETERS_TAG, DECLARATION_TAG}
MANNERS = ("lcip.notebook", "lcip.plotting.show")
"""Calls that say how something is shown, not what."""


class Function(NamedTuple):
    """A function or class of `lcip`: its dotted name, its file from the root, its first line."""

    name: str
    file: str
    line: int


class Origin(NamedTuple):
    """The identifiers of the cells that an output rests on, its own last; the functions called."""

    cells: tuple[str, ...]
    functions: tuple[Function, ...]


def origin(notebook: Document, identifier: str) -> Origin:
    """What the output of the cell with this identifier came from.

    The functions are those that the cell itself calls; where it calls none, because it only shows
    what an earlier cell made, those of the nearest cell before it that it rests on.
    """
    cells = [
        cell for cell in notebook.cells if not {PARAMETERS_TAG, DECLARATION_TAG} & {*cell.tags}
    ]
    place = [cell.id for cell in cells].index(identifier)
    chosen = resting_on(cells[: place + 1])
    names = aliases(notebook.cells)
    called = (tuple(functions(cell.tree(), names)) for cell in reversed(chosen))
    return Origin(tuple(cell.id for cell in chosen), next(filter(None, called), ()))


def resting_on(cells: list[Cell]) -> list[Cell]:
    """The last of the cells and those before it that it needs, in their order."""
    wanted, chosen = set(), []
    for cell in reversed(cells):
        nodes = list(ast.walk(cell.tree()))
        made = bound([node for node in nodes if not isinstance(node, ast.alias)])
        if cell is cells[-1] or made & wanted:
            chosen.append(cell)
            wanted = (wanted - made) | used(nodes)
    return chosen[::-1]


def used(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that a cell reads."""
    names = (node for node in nodes if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, ast.Load)}


def aliases(cells: Iterable[Cell]) -> dict[str, str]:
    """What the imports of all cells bind: the short name and the dotted one below `lcip`."""
    found: dict[str, str] = {}
    for cell in cells:
        for node in ast.walk(cell.tree()):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
                found |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
            elif isinstance(node, ast.Import):
                inside = [a for a in node.names if a.name.split(".")[0] == PACKAGE]
                found |= {a.asname or PACKAGE: a.name if a.asname else PACKAGE for a in inside}
    return found


def functions(tree: ast.AST, names: Mapping[str, str]) -> Iterator[Function]:
    """The functions of `lcip` that a tree calls, each once, in the order of the text."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    seen = set()
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        head, _, tail = chain(call.func).partition(".")
        dotted = ".".join(part for part in (names.get(head, ""), tail) if part)
        if head in names and dotted not in seen and not dotted.startswith(MANNERS):
            seen.add(dotted)
            if (found := function(dotted)) is not None:
                yield found


def function(dotted: str) -> Function | None:
    """Where `lcip` defines a dotted name; None where it is no function or class of a module.

    >>> function("lcip.metrics.psnr_db").file
    'lcip/metrics/images.py'
    """
    root = source_root()
    module = module_of(root, dotted)
    rest = dotted.removeprefix(module).removeprefix(".").split(".")[0]
    file = source_of(root, module) if module and rest else None
    if file is None:
        return None
    tree = ast.parse(file.read_text(encoding="utf8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == rest:
            return Function(f"{module}.{rest}", str(file.relative_to(root)), node.lineno)
    return moved(tree, module, rest, package=file.name == "__init__.py")


def moved(tree: ast.Module, module: str, name: str, *, package: bool) -> Function | None:
    """As `function`, for a name that a module takes from another one."""
    parent = module if package else module.rpartition(".")[0]
    dotted = Scope(tree, parent).imported(name)
    return function(dotted) if dotted.startswith(f"{PACKAGE}.") else None
