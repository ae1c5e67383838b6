"""The contents of the slides and the thesis, row by row, and where this book has each.

`data/inventory.csv` names every figure, table, formula and summary of the slides (marker S), and of
the thesis beyond them (T). A row's `cell` is where this book makes it, `NOTEBOOK#CELL` or a page;
its `claims` are patterns of the claims (`data/claims.csv`) that belong to it, and through it a
claim finds its cell. The columns of `COMPUTED` are written by `update_inventory` only.
"""

import csv
import io
import json
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from lcip import paths
from lcip.errors import refusal
from lcip.results.rules import BEYOND, DIFFERS, NOT_ATTEMPTED, REPRODUCED
from lcip.results.tables import ResultsError

FILE = "inventory.csv"
TYPED = ("id", "part", "marker", "label", "what", "cell", "claims")
COMPUTED = ("status", "reason")
SHOWN = "shown"
MARKERS = ("S", "T")
PARTS = ("1", "2", "3", "4", "all")


class Outcome(NamedTuple):
    """The computed columns of one row."""

    status: str
    reason: str


def inventory() -> pd.DataFrame:
    """All rows as last computed, text in every column."""
    return pd.DataFrame(_read(), columns=[*TYPED, *COMPUTED])


def update_inventory(claims: pd.DataFrame) -> pd.DataFrame:
    """Compute every row again from the claims and the notebooks; rewrite the file; return it."""
    rows = [row | outcome(row, claims)._asdict() for row in _read()]
    text = io.StringIO()
    writer = csv.DictWriter(text, [*TYPED, *COMPUTED], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with paths.atomic_write(paths.root() / "data" / FILE) as temporary:
        temporary.write_text(text.getvalue(), encoding="utf8")
    return inventory()


def outcome(row: dict[str, str], claims: pd.DataFrame) -> Outcome:
    """What became of one row: its numbers decide, where it has none the cell that shows it does.

    `differs` if one of its numbers does, `not attempted` if none was attempted or nothing shows
    the row, `beyond` if all numbers are at least reproduced and one is better, else `reproduced`;
    `shown` for a row without numbers.
    """
    counts = Counter(claims[claims["id"].map(lambda name: belongs(name, row))]["status"])
    if not counts:
        there = is_there(row["cell"])
        text = f"{row['cell']} shows it" if there else "no page shows it"
        return Outcome(SHOWN if there else NOT_ATTEMPTED, text)
    order = (DIFFERS, BEYOND, REPRODUCED, NOT_ATTEMPTED)
    told = ", ".join(f"{counts[name]} {name}" for name in order if counts[name])
    return Outcome(next(name for name in order if counts[name]), told)


def belongs(claim: str, row: dict[str, str]) -> bool:
    """Whether one of the row's patterns names the claim."""
    return any(fnmatchcase(claim, pattern) for pattern in row["claims"].split())


def rows_of(claims: pd.DataFrame, rows: pd.DataFrame) -> dict[str, dict[str, str]]:
    """The row that each claim belongs to, by its id: the first that names it and has a cell."""
    records = [row for row in rows.to_dict("records") if row["cell"]]
    found = {name: [row for row in records if belongs(name, row)] for name in claims["id"]}
    return {name: some[0] for name, some in found.items() if some}


def cells_of(claims: pd.DataFrame, rows: pd.DataFrame) -> dict[str, str]:
    """The place that makes each claim, by its id; empty where no row has the claim."""
    found = rows_of(claims, rows)
    return {name: found[name]["cell"] if name in found else "" for name in claims["id"]}


def is_there(cell: str) -> bool:
    """Whether a place exists: a page, or a code cell with an output.

    >>> is_there("book/index"), is_there("21-amortization-gap#no-such-cell"), is_there("")
    (True, False, False)
    """
    page, _, identifier = cell.partition("#")
    if page.startswith("book/"):
        return (paths.root() / f"{page}.md").is_file()
    found = notebook(page)
    if found is None or not identifier:
        return found is not None
    cells = json.loads(found.read_text(encoding="utf8"))["cells"]
    return any(each.get("id") == identifier and each.get("outputs") for each in cells)


def notebook(stem: str) -> Path | None:
    """The notebook of that name below `notebooks/`."""
    found = sorted((paths.root() / "notebooks").glob(f"*/{stem}.ipynb")) if stem else []
    return found[0] if found else None


def _read() -> list[dict[str, str]]:
    path = paths.data_file(FILE)
    if not path.is_file():
        step = "restore it from the repository"
        raise ResultsError(refusal("data/inventory.csv", "missing", "the table of contents", step))
    with path.open(encoding="utf8", newline="") as file:
        reader = csv.DictReader(file)
        columns, rows = tuple(reader.fieldnames or ()), list(reader)
    if columns != TYPED + COMPUTED:
        step = "restore the header"
        raise ResultsError(
            refusal("columns of data/inventory.csv", columns, TYPED + COMPUTED, step)
        )
    for row in rows:
        _check(row)
    return rows


def _check(row: dict[str, str]) -> None:
    what, step = f"row {row['id']!r} of data/inventory.csv", "complete the row"
    if None in row or None in row.values():
        raise ResultsError(refusal(what, "not one cell a column", "as many as the header", step))
    for column, allowed in (("marker", MARKERS), ("part", PARTS)):
        if row[column] not in allowed:
            raise ResultsError(refusal(f"{column} of {what}", row[column], allowed, step))
    for column in ("id", "label", "what"):
        if not row[column].strip():
            raise ResultsError(refusal(f"{column} of {what}", "empty", "some text", step))
