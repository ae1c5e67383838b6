"""Values that can be read off the source of a declaration without running it."""

import ast
import copy
from typing import Any

from lcip.errors import refusal
from lcip.notebook.document import NotebookError
from lcip.notebook.sources import Scope, find

SEQUENCES = {"list": ast.List, "tuple": ast.Tuple}


class Constants(ast.NodeTransformer):
    """Puts in the place of a name what its cell or module assigns to it, or what another module of
    `lcip` does from which it is imported; carries out list(...) and tuple(...) of a sequence, and
    of the keys of a dictionary."""

    def __init__(self, scope: Scope, within: tuple[ast.expr, ...] = ()) -> None:
        self.scope, self.within = scope, within

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.constant(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return self.constant(node)

    def constant(self, node: ast.Name | ast.Attribute) -> ast.expr:
        """The value of a name; the name itself where it has none, or one made of itself."""
        found = find(self.scope, ast.unparse(node))
        if found is None or isinstance(found.value, ast.ClassDef) or found.value in self.within:
            return node
        inside = Constants(found.scope, (*self.within, found.value))
        return inside.visit(copy.deepcopy(found.value))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        made = SEQUENCES.get(ast.unparse(node.func))
        inside = [self.visit(argument) for argument in node.args]
        items = elements(inside[0]) if made and len(inside) == 1 else None
        return node if items is None else made(elts=items, ctx=ast.Load())


def elements(node: ast.expr) -> list[ast.expr] | None:
    """What iterating over a sequence or a dictionary in the source gives; None for all else."""
    if isinstance(node, ast.List | ast.Tuple):
        return node.elts
    return node.keys if isinstance(node, ast.Dict) and None not in node.keys else None


def literal(node: ast.expr, name: str, constants: Constants) -> Any:
    """The value of a literal or of a constant; any other expression is refused."""
    text = ast.unparse(node)
    try:
        return ast.literal_eval(constants.visit(copy.deepcopy(node)))
    except ValueError as error:
        step = "write the value itself, so that it can be read without running the notebook"
        raise NotebookError(
            refusal(f"a value given for {name}", text, "a literal", step)
        ) from error
