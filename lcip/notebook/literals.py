"""Values that can be read off the source of a declaration cell without running it."""

import ast
from typing import Any

from lcip.errors import refusal
from lcip.notebook.document import NotebookError

SEQUENCES = {"list": ast.List, "tuple": ast.Tuple}


class Constants(ast.NodeTransformer):
    """Puts in the place of a name what the cell assigns to it above, and carries out list(...) and
    tuple(...) of a sequence."""

    def __init__(self, tree: ast.Module) -> None:
        assignments = [node for node in tree.body if isinstance(node, ast.Assign)]
        self.values = {ast.unparse(t): node.value for node in assignments for t in node.targets}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.values.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        made = SEQUENCES.get(ast.unparse(node.func))
        inside = [self.visit(argument) for argument in node.args]
        if made and len(inside) == 1 and isinstance(inside[0], ast.List | ast.Tuple):
            return made(elts=inside[0].elts, ctx=ast.Load())
        return node


def literal(node: ast.expr, name: str, constants: Constants) -> Any:
    """The value of a literal or of a constant of the cell; any other expression is refused."""
    text = ast.unparse(node)
    try:
        return ast.literal_eval(constants.visit(node))
    except ValueError as error:
        step = "write the value itself, so that it can be read without running the notebook"
        raise NotebookError(
            refusal(f"a value given for {name}", text, "a literal", step)
        ) from error
