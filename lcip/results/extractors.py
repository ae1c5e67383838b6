"""Where a claim's measured number comes from: a call by name, written in the claims table.

`cell("pointcloud/layers", "decoder_mac", size="full")` is parsed, never executed as Python: the
name must be a registered extractor and the arguments plain literals.
"""

import ast
import inspect
import math
from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from lcip.errors import refusal
from lcip.results.measured import read_measured
from lcip.results.tables import ResultsError

OWN, PUBLISHED, ARITHMETIC = "own measurement", "published points", "arithmetic"
Where = str | int | float | bool


class Extractor(NamedTuple):
    """A function that gives one number, and what that number rests on."""

    function: Callable[..., float]
    basis: str


REGISTRY: dict[str, Extractor] = {}


def extractor(basis: str) -> Callable[[Callable[..., float]], Callable[..., float]]:
    """Register a function under its name, for use in `data/claims.csv`."""

    def register(function: Callable[..., float]) -> Callable[..., float]:
        REGISTRY[function.__name__] = Extractor(function, basis)
        return function

    return register


def extract(call: str) -> tuple[float, str]:
    """The number that a written call gives, and its basis.

    Raises `MissingTableError` where a table is not measured yet, `ResultsError` for a call that is
    no registered extractor with literal arguments.
    """
    name, arguments, keywords = _parse(call)
    function, basis = REGISTRY[name]
    try:
        inspect.signature(function).bind(*arguments, **keywords)
    except TypeError as error:
        step = f"see lcip.results: {name}{inspect.signature(function)}"
        raise ResultsError(
            refusal("extractor", call, f"what {name} takes ({error})", step)
        ) from None
    number = float(function(*arguments, **keywords))
    if not math.isfinite(number):
        step = "choose another number to measure"
        raise ResultsError(refusal(f"number from {call}", number, "finite", step))
    return number, basis


@extractor(OWN)
def cell(table: str, column: str, **where: Where) -> float:
    """The value of `column` in the single row of a measured table that matches `where`."""
    values = _values(table, column, where)
    if len(values) != 1:
        step = "add conditions until one row is left, or use mean, total, lowest, highest"
        raise ResultsError(refusal(f"rows of {table!r} with {where}", len(values), "one", step))
    return values.iloc[0]


@extractor(OWN)
def mean(table: str, column: str, **where: Where) -> float:
    """The mean of `column` over the rows of a measured table that match `where`."""
    return _values(table, column, where).mean()


@extractor(OWN)
def total(table: str, column: str, **where: Where) -> float:
    """The sum of `column` over the rows of a measured table that match `where`."""
    return _values(table, column, where).sum()


@extractor(OWN)
def lowest(table: str, column: str, **where: Where) -> float:
    """The least value of `column` in the rows of a measured table that match `where`."""
    return _values(table, column, where).min()


@extractor(OWN)
def highest(table: str, column: str, **where: Where) -> float:
    """The greatest value of `column` in the rows of a measured table that match `where`."""
    return _values(table, column, where).max()


def _parse(call: str) -> tuple[str, list[Where], dict[str, Where]]:
    try:
        tree = ast.parse(call, mode="eval").body
        if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name)):
            raise ValueError
        arguments = [ast.literal_eval(argument) for argument in tree.args]
        keywords = {str(word.arg): ast.literal_eval(word.value) for word in tree.keywords}
    except (SyntaxError, ValueError):
        step = 'write it as in cell("pointcloud/layers", "decoder_mac", size="full")'
        allowed = "one call with literal arguments"
        raise ResultsError(refusal("extractor", call, allowed, step)) from None
    if tree.func.id not in REGISTRY:
        step = "choose one of these, or register another with lcip.results.extractor"
        raise ResultsError(refusal("extractor", tree.func.id, sorted(REGISTRY), step))
    return tree.func.id, arguments, keywords


def _values(table: str, column: str, where: dict[str, Where]) -> pd.Series:
    rows = read_measured(table).frame
    for name in (column, *where):
        if name not in rows:
            step = "choose a column of the table"
            raise ResultsError(refusal(f"column of {table!r}", name, list(rows.columns), step))
    for name, wanted in where.items():
        rows = rows[rows[name] == wanted]
    if rows.empty:
        step = "mend the conditions, or measure the table again"
        raise ResultsError(refusal(f"rows of {table!r} with {where}", 0, "at least one", step))
    return rows[column]
