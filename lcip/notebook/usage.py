"""How the body of a notebook uses its parameters: each is read, as `P.name`, and no other way."""

import ast
from collections.abc import Collection

from lcip.errors import refusal
from lcip.notebook.declared import ParameterError, nearest
from lcip.notebook.document import INJECTED_TAG, Document


def check_usage(notebook: Document, instance: str, declared: Collection[str]) -> None:
    """Refuse a declared parameter never read, a read one not declared, and a read around `P`."""
    nodes = [
        node for cell in notebook.body() if INJECTED_TAG not in cell.tags for node in walk(cell)
    ]
    read = attributes(nodes, instance)
    unread = [name for name in declared if name not in read]
    if unread:
        allowed = f"parameters whose {instance}.NAME occurs below the declaration"
        step = f"use {instance}.{unread[0]} in the notebook, or remove the parameter"
        text = f"declared in {notebook.path.name} and never read"
        raise ParameterError(refusal(", ".join(unread), text, allowed, step))
    check_declared(read, instance, declared)
    check_not_around(nodes, instance, declared)


def walk(cell: object) -> list[ast.AST]:
    return list(ast.walk(cell.tree()))


def attributes(nodes: list[ast.AST], instance: str) -> list[str]:
    """The names that are read as attributes of `instance`."""
    return [
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name)
        and node.value.id == instance
    ]


def check_declared(read: list[str], instance: str, declared: Collection[str]) -> None:
    """Refuse `P.name` where no such parameter is declared: it would fail amid the work."""
    for name in read:
        if name not in declared:
            step = nearest(name, declared) or f"declare {name}"
            raise ParameterError(refusal(f"{instance}.{name}", "not declared", declared, step))


def check_not_around(nodes: list[ast.AST], instance: str, declared: Collection[str]) -> None:
    """Refuse a parameter's bare name, unless the body itself gives that name a meaning."""
    loaded = {node.id for node in nodes if isinstance(node, ast.Name) and loads(node)}
    around = sorted((loaded & set(declared)) - bound(nodes))
    if around:
        step = f"write {instance}.{around[0]}, the validated value"
        text = "read by its bare name"
        raise ParameterError(refusal(around[0], text, f"{instance}.{around[0]}", step))


def loads(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def bound(nodes: list[ast.AST]) -> set[str]:
    """The names that the body binds itself: assignments, loops, arguments, imports, definitions."""
    names = {node.id for node in nodes if isinstance(node, ast.Name) and not loads(node)}
    names |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    names |= {(node.asname or node.name) for node in nodes if isinstance(node, ast.alias)}
    definitions = ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef
    return names | {node.name for node in nodes if isinstance(node, definitions)}
