"""Inside a notebook: from the names in its namespace to one validated, frozen instance."""

import ast
import dataclasses
import linecache
import sys
from collections.abc import MutableMapping
from types import FrameType
from typing import Any, TypeVar

from lcip.errors import refusal
from lcip.notebook.banner import show_differences
from lcip.notebook.declared import METADATA, Declared, ParameterError, declare, unknown

Parameters = TypeVar("Parameters")

PLAIN = (bool, int, float, complex, str, bytes, list, tuple, dict, set, type(None))
IPYTHON_NAMES = {"In", "Out"}
READ_BEFORE = "__lcip_parameters_were_read__"


def read(parameters: type[Parameters], namespace: MutableMapping[str, Any]) -> Parameters:
    """Validate the names that the parameters cell (or whoever injected after it) has assigned.

    `namespace` is the notebook's `globals()`. A plain value in it that `parameters` does not
    declare is an unknown parameter: papermill only warns of one, here it is refused. Where a value
    differs from the book's, a banner that lists the differences is displayed. Raises
    `ParameterError` for a name that is unknown or missing and for a value not allowed.
    """
    declared = declarations(parameters)
    own = assigned_by(source_of_cell(sys._getframe(1), namespace))
    strangers = [name for name in candidates(namespace) if name not in own | set(declared)]
    if strangers:
        raise unknown(strangers, declared)
    values = {name: item.admit(assigned(name, namespace)) for name, item in declared.items()}
    namespace[READ_BEFORE] = True
    show_differences(declared.values(), values)
    return parameters(**values)


def at_book_values(parameters: Any) -> bool:
    """Whether what `read` returned holds the book's values, so that recorded numbers apply."""
    declared = declarations(type(parameters))
    return all(getattr(parameters, name) == item.book for name, item in declared.items())


def declarations(parameters: type) -> dict[str, Declared]:
    """What a frozen dataclass declares, by name, in its order."""
    frozen = dataclasses.is_dataclass(parameters) and parameters.__dataclass_params__.frozen
    if not isinstance(parameters, type) or not frozen:
        step = "put @dataclass(frozen=True) above the class"
        raise ParameterError(refusal("Parameters", parameters, "a frozen dataclass", step))
    found = {}
    for field in dataclasses.fields(parameters):
        if METADATA not in field.metadata:
            step = f"write {field.name} with notebook.parameter(default, meaning)"
            allowed = "fields made by notebook.parameter"
            raise ParameterError(refusal(f"the field {field.name}", field.type, allowed, step))
        found[field.name] = declare(field.name, field.type, field.metadata[METADATA])
    return found


def candidates(namespace: MutableMapping[str, Any]) -> list[str]:
    """The plain, public names that may be meant as parameters, in the order of assignment.

    The first time these are all there are. A reader who runs the notebook again in the same kernel
    brings the variables of its body along: then only the cell just before this one counts.
    """
    plain = [
        name
        for name, value in namespace.items()
        if isinstance(value, PLAIN) and not name.startswith("_") and name not in IPYTHON_NAMES
    ]
    if READ_BEFORE not in namespace:
        return plain
    recent = assigned_by(previous_cell(namespace))
    return [name for name in plain if name in recent]


def source_of_cell(frame: FrameType, namespace: MutableMapping[str, Any]) -> str:
    """The source of the cell that calls `read`: what it assigns, such as a list of choices, is its
    own. Nothing where the caller's names are not the namespace, as in a test."""
    if frame.f_globals is not namespace:
        return ""
    return "".join(linecache.getlines(frame.f_code.co_filename))


def previous_cell(namespace: MutableMapping[str, Any]) -> str:
    """The source of the cell that IPython ran before the one that runs now."""
    history = namespace.get("In")
    return history[-2] if isinstance(history, list) and len(history) > 1 else ""


def assigned_by(source: str) -> set[str]:
    """The names that a cell assigns."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, ast.Store)}


def assigned(name: str, namespace: MutableMapping[str, Any]) -> Any:
    """The value of a declared name, which the parameters cell must have assigned."""
    if name not in namespace:
        raise ParameterError(
            f"{name} is declared, but the parameters cell does not assign it. "
            f"Next: run the cell tagged 'parameters', or add {name} to it."
        )
    return namespace[name]
