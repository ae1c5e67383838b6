"""What a notebook's results depend on: the modules of `lcip` that it uses and the data it declares.

Both are read from the source, so that the graph of `workflow/` knows them before anything runs. The
modules are the transitive closure over imports, those inside functions included, of everything that
the code cells import; a package's `__init__` belongs to every module in it.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lcip import paths
from lcip.errors import refusal
from lcip.notebook.document import Document, NotebookError, load

PACKAGE = "lcip"
WILDCARDS = frozenset("*?[")


class Dependencies(NamedTuple):
    """Paths relative to the repository's root, sorted: source files of `lcip`, and data files."""

    modules: tuple[str, ...]
    data: tuple[str, ...]


def dependencies(path: Path) -> Dependencies:
    """The files whose change makes the stored outputs of the notebook at `path` stale."""
    notebook = load(path)
    return Dependencies(modules(notebook), data_files(notebook))


def modules(notebook: Document) -> tuple[str, ...]:
    """The files of `lcip` that the notebook's code cells import, directly or through another."""
    root = paths.root()
    names = {name for cell in notebook.cells for name in names_in(cell.tree(), package="")}
    waiting = {module for name in names if (module := module_of(root, name))}
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= imports_of(root, name) - seen
    files = {file for name in seen for file in files_of(name)}
    return tuple(sorted(str(file.relative_to(root)) for file in files))


def files_of(name: str) -> list[Path]:
    """A module's file; for a package also what lies beside its modules and is no Python."""
    source = source_of(paths.root(), name)
    if source.name != "__init__.py":
        return [source]
    others = (path for path in source.parent.iterdir() if path.is_file() and path.suffix != ".py")
    return [source, *(path for path in others if not path.name.startswith("."))]


def source_of(root: Path, name: str) -> Path | None:
    """The file of the module `name`, or None where there is no such module."""
    path = root.joinpath(*name.split("."))
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.is_file():
            return file
    return None


def imports_of(root: Path, name: str) -> set[str]:
    """The modules that the module `name` imports anywhere in its text, and its parent package."""
    file = source_of(root, name)
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    names = names_in_file(file, file.stat().st_mtime_ns, package) | {name.rpartition(".")[0]}
    return {module for dotted in names if (module := module_of(root, dotted))}


@cache
def names_in_file(file: Path, changed: int, package: str) -> frozenset[str]:
    """What a file imports, read once for each state of it."""
    return frozenset(names_in(ast.parse(file.read_text(encoding="utf8"), str(file)), package))


def names_in(tree: ast.Module, package: str) -> set[str]:
    """The dotted names below `lcip` that a tree imports, `package` being the one it lies in."""
    names = (name for node in relevant(tree) for name in named(node, package))
    return {name for name in names if name.split(".")[0] == PACKAGE}


def relevant(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes that may run: not those under `if TYPE_CHECKING`."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and chain(node.test).endswith("TYPE_CHECKING"):
            waiting += node.orelse
        else:
            waiting += ast.iter_child_nodes(node)


def named(node: ast.AST, package: str) -> list[str]:
    """The dotted names that one node may import: statements, `lcip.x.y` chains, import_module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = absolute(node, package)
        return [base, *(f"{base}.{alias.name}" for alias in node.names)]
    if isinstance(node, ast.Attribute):
        return [chain(node)]
    if isinstance(node, ast.Call) and chain(node.func).endswith("import_module"):
        values = (item.value for item in node.args if isinstance(item, ast.Constant))
        return [value for value in values if isinstance(value, str)]
    return []


def chain(node: ast.expr) -> str:
    """'a.b.c' for such an expression, nothing for any other."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def absolute(node: ast.ImportFrom, package: str) -> str:
    """The module that `from ... import` names, relative ones resolved."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    kept = parts[: len(parts) - node.level + 1]
    return ".".join([*kept, *([node.module] if node.module else [])])


def module_of(root: Path, name: str) -> str:
    """The longest beginning of a dotted name that is a module; what follows are names inside it."""
    while name and source_of(root, name) is None:
        name = name.rpartition(".")[0]
    return name


def patterns(notebook: Document) -> list[str]:
    """The data files that a notebook declares in its metadata, `lcip.data`: globs below `data/`."""
    found = notebook.metadata.get(PACKAGE, {}).get("data", [])
    for pattern in found:
        parts = Path(pattern).parts
        if not parts or parts[0] != "data" or ".." in parts or len(parts) < 2:
            step = f"correct the metadata lcip.data of {notebook.path.name}"
            allowed = "globs like data/weights/images/factorized-small-q3.*"
            raise NotebookError(refusal("a data pattern", pattern, allowed, step))
    return list(found)


def data_files(notebook: Document) -> tuple[str, ...]:
    """The declared data files. A name without wildcards counts even before the file exists, so that
    the graph can make it; a pattern that matches nothing is refused."""
    files = set()
    for pattern in patterns(notebook):
        files |= set(matches(pattern)) if WILDCARDS & set(pattern) else {pattern}
        if WILDCARDS & set(pattern) and not matches(pattern):
            step = "correct the metadata lcip.data, or make the file (see data/ and workflow/)"
            name = f"a data pattern of {notebook.path.name}"
            raise NotebookError(refusal(name, pattern, "patterns that match a file", step))
    return tuple(sorted(files))


def matches(pattern: str) -> list[str]:
    """The files below the root that a glob names."""
    root = paths.root()
    return [str(path.relative_to(root)) for path in root.glob(pattern) if path.is_file()]
