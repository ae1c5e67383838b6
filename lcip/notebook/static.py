"""What can be said about a notebook's parameters without running it: description and checks."""

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lcip.errors import refusal
from lcip.notebook.declared import Declared, ParameterError, declare, unknown
from lcip.notebook.document import (
    DECLARATION_TAG,
    INJECTED_TAG,
    PARAMETERS_TAG,
    Document,
    NotebookError,
    load,
)
from lcip.notebook.literals import Constants, literal
from lcip.notebook.sources import Scope, find
from lcip.notebook.usage import check_usage

FACTS = ("book", "meaning", "unit", "choices", "low", "high")
OPTIONAL = {"unit": "", "choices": None, "low": None, "high": None}


def describe(path: Path) -> dict[str, Declared]:
    """The parameters that the notebook at `path` declares, by name, in its order."""
    return declarations(load(path))


def check(path: Path, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Refuse, before any work, what would make a run useless; give the overrides back.

    The overrides are values of the declared types. Refused with `ParameterError`: unknown names,
    wrong types, values out of range; and mistakes of the notebook's author: a declared parameter
    that the code below never reads, one read that is not declared, a parameters cell that differs
    from the declaration.
    """
    notebook = load(path)
    declared = declarations(notebook)
    check_book_values(notebook, declared)
    check_usage(notebook, instance_name(notebook), declared)
    overrides = dict(overrides or {})
    strangers = [name for name in overrides if name not in declared]
    if strangers:
        raise unknown(strangers, declared)
    return {name: declared[name].admit(value) for name, value in overrides.items()}


def overrides_from_text(path: Path, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The values that `-p NAME VALUE` on the command line stand for, by the declared types."""
    declared = describe(path)
    pairs = list(pairs)
    names = [name for name, _ in pairs]
    strangers = [name for name in names if name not in declared]
    if strangers:
        raise unknown(strangers, declared)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        step = "give each parameter one value; a list is written with commas: -p NAME a,b"
        raise ParameterError(refusal(f"the number of values of {twice[0]}", "2 or more", "1", step))
    return {name: declared[name].admit_text(text) for name, text in pairs}


def declarations(notebook: Document) -> dict[str, Declared]:
    """The fields of the frozen dataclass that `notebook.read` is given: it stands in the
    declaration cell itself, or the cell imports it from a module of `lcip`."""
    cell = Scope(notebook.tagged(DECLARATION_TAG).tree(), package="")
    name = class_name(notebook)
    found = find(cell, name)
    if found is None or not isinstance(found.value, ast.ClassDef):
        step = "declare all parameters in one frozen dataclass"
        allowed = "a class of the declaration cell, or one that it imports from lcip"
        raise NotebookError(
            refusal(f"what {notebook.path.name} reads its parameters by", name, allowed, step)
        )
    check_alone(found.value)
    fields = [node for node in found.value.body if isinstance(node, ast.AnnAssign)]
    constants = Constants(found.scope)
    return {ast.unparse(node.target): declared_field(node, constants) for node in fields}


def check_alone(declaring: ast.ClassDef) -> None:
    """Refuse a class with parents: their fields would be parameters that no reader sees listed."""
    if declaring.bases:
        parents = ", ".join(map(ast.unparse, declaring.bases))
        step = "write out its fields"
        raise NotebookError(
            refusal(f"the parents of the class {declaring.name}", parents, "none", step)
        )


def declared_field(node: ast.AnnAssign, constants: Constants) -> Declared:
    """One line of the declaration: `name: type = notebook.parameter(default, meaning, ...)`."""
    name = ast.unparse(node.target)
    call = node.value
    if not isinstance(call, ast.Call) or not ast.unparse(call.func).endswith("parameter"):
        text = ast.unparse(node.value) if node.value else "nothing"
        step = f"write {name} with notebook.parameter(default, meaning)"
        raise NotebookError(refusal(f"the field {name}", text, "notebook.parameter(...)", step))
    arguments = dict(zip(FACTS, call.args, strict=False))
    arguments |= {
        "book" if item.arg == "default" else item.arg: item.value for item in call.keywords
    }
    if not {"book", "meaning"} <= set(arguments) <= set(FACTS):
        step = "write parameter(default, meaning, unit=, choices=, low=, high=)"
        raise NotebookError(refusal(f"parameter(...) of {name}", sorted(arguments), FACTS, step))
    facts = OPTIONAL | {key: literal(value, name, constants) for key, value in arguments.items()}
    if facts["choices"] is not None:
        facts["choices"] = tuple(facts["choices"])
    return declare(name, ast.unparse(node.annotation), facts)


def check_book_values(notebook: Document, declared: Mapping[str, Declared]) -> None:
    """The parameters cell assigns every declared name its default, and nothing else."""
    book = parameters_cell(notebook)
    if set(book) - set(declared):
        raise unknown(sorted(set(book) - set(declared)), declared)
    for name, item in declared.items():
        if name not in book:
            step = f"add {name} = {item.book!r} to it"
            text = "nothing"
            raise ParameterError(
                refusal(f"{name} in the parameters cell", text, repr(item.book), step)
            )
        if item.admit(book[name]) != item.book:
            step = "make the parameters cell and the default in the declaration equal"
            raise ParameterError(
                refusal(f"{name} in the parameters cell", book[name], repr(item.book), step)
            )


def parameters_cell(notebook: Document) -> dict[str, Any]:
    """What the cell tagged `parameters` assigns: names and literal values, nothing else."""
    values = {}
    nothing = Constants(Scope(ast.Module(body=[], type_ignores=[]), package=""))
    for node in notebook.tagged(PARAMETERS_TAG).tree().body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if not isinstance(node, ast.Assign) or not all(
            isinstance(t, ast.Name) for t in node.targets
        ):
            step = "keep only lines like quality = 3 in the parameters cell"
            text = ast.unparse(node)
            raise NotebookError(
                refusal("a line of the parameters cell", text, "name = value", step)
            )
        values |= {target.id: literal(node.value, target.id, nothing) for target in node.targets}
    return values


def instance_name(notebook: Document) -> str:
    """The name that the notebook gives what `notebook.read(...)` returns, by convention `P`."""
    return ast.unparse(reading(notebook).targets[0])


def class_name(notebook: Document) -> str:
    """The name of the class that the notebook gives to `notebook.read(...)`."""
    call = reading(notebook).value
    given = [*call.args, *(item.value for item in call.keywords if item.arg == "parameters")]
    return ast.unparse(given[0]) if given else "nothing"


def reading(notebook: Document) -> ast.Assign:
    """The line `P = notebook.read(Parameters, globals())` of the declaration cell."""
    for node in notebook.tagged(DECLARATION_TAG).tree().body:
        is_read = isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if is_read and ast.unparse(node.value.func).split(".")[-1] == "read":
            return node
    step = "end the declaration cell with P = notebook.read(Parameters, globals())"
    raise NotebookError(
        refusal(f"the declaration cell of {notebook.path.name}", "without read", "one read", step)
    )


def is_injected(notebook: Document) -> bool:
    """Whether the notebook comes from a run with other parameters than its own."""
    return any(INJECTED_TAG in cell.tags for cell in notebook.cells)
