"""Which lines of constraints.txt a piece of Python depends on.

A notebook depends on the pins of the packages that it and the `lcip` modules it uses import, and of
everything that those packages require in turn; so a new version of the test runner re-executes
nothing, and a new version of NumPy re-executes every notebook that computes with it.
"""

import ast
import importlib.metadata
import json
import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement

RUNNER = frozenset({"ipykernel", "papermill"})
"""What executes every notebook, whatever it imports."""

RENDERER = frozenset({"jupyter-book", "sphinx-exercise", "sphinx-proof"})
"""What renders every page."""


def canonical(name: str) -> str:
    """The name of a distribution as indexes compare it.

    >>> canonical("pillow_heif"), canonical("Jinja2")
    ('pillow-heif', 'jinja2')
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(constraints: Path) -> dict[str, str]:
    """Canonical name of a distribution → its line `name==version`."""
    lines = [line.partition("#")[0].strip() for line in constraints.read_text().splitlines()]
    return {canonical(line.partition("==")[0]): line for line in lines if line}


def python_source(path: Path) -> str:
    """The Python of a module, or of a notebook's code cells without their shell and magic lines."""
    text = path.read_text(encoding="utf8")
    if path.suffix != ".ipynb":
        return text
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    lines = "\n".join("".join(cell["source"]) for cell in cells).splitlines()
    return "\n".join(re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in lines)


def imported_packages(source: str) -> set[str]:
    """Top-level names that `source` imports absolutely, at any depth of nesting.

    >>> sorted(imported_packages("import numpy as np, os.path\\nfrom PIL import Image"))
    ['PIL', 'numpy', 'os']
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found


def named_packages(source: str) -> set[str]:
    """Top-level names in words that a call is given, as in `import_module("pillow_heif")`.

    >>> sorted(named_packages("plug_in('pillow_heif', 'a file'); find_spec('skimage.data')"))
    ['pillow_heif', 'skimage']
    """
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    words = (arg.value for call in calls for arg in call.args if isinstance(arg, ast.Constant))
    names = (word for word in words if isinstance(word, str))
    return {name.partition(".")[0] for name in names if name.replace(".", "").isidentifier()}


def third_party(paths: Iterable[Path]) -> set[str]:
    """Canonical names of the installed distributions that the Python files or notebooks import."""
    return _distributions(imported_packages(python_source(path)) for path in paths)


def named_third_party(paths: Iterable[Path]) -> set[str]:
    """As `third_party`, for what may be imported by a name in words."""
    return _distributions(named_packages(python_source(path)) for path in paths)


def closure(distributions: Iterable[str]) -> set[str]:
    """The distributions and all that they require, through the metadata of what is installed."""
    found: set[str] = set()
    waiting = list(distributions)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_requirements(name))
    return found


def pins_of(distributions: Iterable[str], constraints: Path) -> list[str]:
    """The pins, sorted, that the distributions depend on."""
    wanted = closure(distributions)
    return sorted(line for name, line in read_pins(constraints).items() if name in wanted)


def _distributions(names: Iterable[set[str]]) -> set[str]:
    found = (_providers().get(name, ()) for name in set().union(*names) - sys.stdlib_module_names)
    return {canonical(distribution) for group in found for distribution in group} - {"lcip"}


@cache
def _providers() -> dict[str, list[str]]:
    return dict(importlib.metadata.packages_distributions())


@cache
def _requirements(name: str) -> tuple[str, ...]:
    try:
        lines = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return ()
    wanted = [Requirement(line) for line in lines]
    active = [r for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""})]
    return tuple(canonical(requirement.name) for requirement in active)
