"""Names followed to where `lcip` defines them, by reading sources: nothing is imported.

A declaration cell may take its dataclass from the package, `from lcip.motion.parameters import
Warping as Parameters`; the module may take its lists of choices from another. Both are found here,
through any number of imports, so that `lcip params` and every check see them without running code.
"""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import lcip
from lcip import paths
from lcip.notebook.dependencies import PACKAGE, absolute, module_of, source_of


@dataclass(frozen=True)
class Scope:
    """The names at the top of a cell or a module; `package` is what relative imports start from."""

    tree: ast.Module
    package: str

    def own(self, name: str) -> ast.ClassDef | ast.expr | None:
        """The class of that name, or the value last assigned to it; None where there is neither."""
        found = [value for node in self.tree.body if (value := bound(node, name)) is not None]
        return found[-1] if found else None

    def imported(self, name: str) -> str:
        """The dotted name that an import at the top binds to `name`; empty where none does."""
        for node in self.tree.body:
            base = absolute(node, self.package) + "." if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
                if (alias.asname or alias.name) == name:
                    return base + alias.name
        return ""


class Found(NamedTuple):
    """Where a name is defined, and as what: a class, or the expression assigned to it."""

    scope: Scope
    value: ast.ClassDef | ast.expr


def find(scope: Scope, name: str, seen: frozenset[tuple[str, str]] = frozenset()) -> Found | None:
    """The definition of a plain or dotted name, followed through imports from `lcip`.

    None where the name is bound in no such way; imports that go in a circle lead nowhere.
    """
    own = scope.own(name)
    if own is not None:
        return Found(scope, own)
    head, _, tail = name.partition(".")
    dotted = ".".join(part for part in (scope.imported(head), tail) if part)
    module, rest = split(dotted) if scope.imported(head) else ("", "")
    if not module or not rest or "." in rest or (module, rest) in seen:
        return None
    return find(scope_of(module), rest, seen | {(module, rest)})


def split(dotted: str) -> tuple[str, str]:
    """A dotted name below `lcip` as its module and what follows; nothing for any other name."""
    module = module_of(source_root(), dotted) if dotted.split(".")[0] == PACKAGE else ""
    return module, dotted.removeprefix(module).removeprefix(".")


def scope_of(module: str) -> Scope:
    """The top of a module of `lcip`."""
    file = source_of(source_root(), module)
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    return Scope(tree_of(file, file.stat().st_mtime_ns), package)


def source_root() -> Path:
    """The folder of the `lcip` that the notebooks of this root run with."""
    root = paths.root()
    return root if (root / PACKAGE).is_dir() else Path(lcip.__file__).parents[1]


@cache
def tree_of(file: Path, changed: int) -> ast.Module:
    """The syntax tree of a file, read once for each state of it."""
    return ast.parse(file.read_text(encoding="utf8"), str(file))


def bound(node: ast.stmt, name: str) -> ast.ClassDef | ast.expr | None:
    """What one statement binds to `name`: a class, or a value."""
    if isinstance(node, ast.ClassDef) and node.name == name:
        return node
    if isinstance(node, ast.Assign) and name in map(ast.unparse, node.targets):
        return node.value
    if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name:
        return node.value
    return None
