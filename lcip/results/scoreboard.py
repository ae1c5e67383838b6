"""The scoreboard: every number that the sources print, and what became of it here.

`data/claims.csv` has one row a number. The columns of `TYPED` are written by hand; those of
`COMPUTED` only by `update_claims`, which `python -m lcip.results` calls. To add a claim, add a row
with the computed columns empty and run that command.
"""

import csv
import io
import re
from typing import NamedTuple

import pandas as pd

from lcip import paths
from lcip.errors import refusal
from lcip.results import clouds, coded, costs, derivations, races  # noqa: F401  they register
from lcip.results.extractors import extract
from lcip.results.measured import MissingTableError
from lcip.results.rules import NOT_ATTEMPTED, STATUSES, judge
from lcip.results.tables import ResultsError

FILE = "claims.csv"
TYPED = (
    "id", "source", "what", "value", "unit", "comparison", "better", "extractor", "note",
)  # fmt: skip
COMPUTED = ("measured", "basis", "status", "reason")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
MAY_BE_EMPTY = ("better", "extractor", "note")


class Outcome(NamedTuple):
    """The computed columns of one claim, as text."""

    measured: str
    basis: str
    status: str
    reason: str


def claims() -> pd.DataFrame:
    """All claims as last computed: `value` and `measured` as floats (missing where not attempted).

    Columns:
        id, source (the label it is read at), what (the number in words), value, unit ("1" if none);
        comparison (`abs<=d`, `rel<=p%`, `in[a,b]`, `at most`, `at least`), better (`lower`,
        `higher` or empty), extractor (a call, see `extractors`), note;
        measured, basis (own measurement, published points or arithmetic), status (reproduced,
        differs, beyond, not attempted), reason.
    """
    rows = _read()
    frame = pd.DataFrame(rows, columns=[*TYPED, *COMPUTED])
    unknown = sorted(set(frame["status"]) - set(STATUSES))
    if unknown:
        step = "run 'python -m lcip.results', which computes it"
        raise ResultsError(refusal("status in data/claims.csv", unknown, STATUSES, step))
    return frame.assign(
        value=frame["value"].astype(float), measured=pd.to_numeric(frame["measured"])
    )


def update_claims() -> pd.DataFrame:
    """Compute every claim again from tables and published points; rewrite the file; return it."""
    rows = [row | outcome(row)._asdict() for row in _read()]
    text = io.StringIO()
    writer = csv.DictWriter(text, [*TYPED, *COMPUTED], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with paths.atomic_write(paths.root() / "data" / FILE) as temporary:
        temporary.write_text(text.getvalue(), encoding="utf8")
    return claims()


def outcome(claim: dict[str, str]) -> Outcome:
    """The computed columns of one claim; nothing typed enters but value, rule and extractor."""
    if not claim["extractor"]:
        return Outcome("", "", NOT_ATTEMPTED, claim["note"])
    try:
        measured, basis = extract(claim["extractor"])
    except MissingTableError as error:
        return Outcome("", "", NOT_ATTEMPTED, f"table {error.table} is not measured yet")
    verdict = judge(measured, float(claim["value"]), claim["comparison"], claim["better"])
    return Outcome(f"{measured:.6g}", basis, *verdict)


def _read() -> list[dict[str, str]]:
    path = paths.data_file(FILE)
    if not path.is_file():
        step = "restore it from the repository"
        raise ResultsError(refusal("data/claims.csv", "missing", "the table of claims", step))
    with path.open(encoding="utf8", newline="") as file:
        reader = csv.DictReader(file)
        columns, rows = tuple(reader.fieldnames or ()), list(reader)
    if columns != TYPED + COMPUTED:
        step = "restore the header"
        raise ResultsError(refusal("columns of data/claims.csv", columns, TYPED + COMPUTED, step))
    for row in rows:
        _check(row)
    _check_ids([row["id"] for row in rows])
    return rows


def _check(row: dict[str, str]) -> None:
    what, step = f"claim {row['id']!r}", "complete the row of data/claims.csv"
    if None in row or None in row.values():
        raise ResultsError(refusal(what, "not one cell a column", "as many as the header", step))
    for column in TYPED:
        if not row[column].strip() and column not in MAY_BE_EMPTY:
            raise ResultsError(refusal(f"{column} of {what}", "empty", "some text", step))
    if not (row["extractor"] or row["note"]):
        allowed = "a note that says why, where there is no extractor"
        raise ResultsError(refusal(f"note of {what}", "empty", allowed, step))
    if not NUMBER.fullmatch(row["value"]):
        raise ResultsError(refusal(f"value of {what}", row["value"], "a plain number", step))
    try:
        judge(0.0, float(row["value"]), row["comparison"], row["better"])
    except ResultsError as error:
        raise ResultsError(f"{what}: {error}") from None


def _check_ids(ids: list[str]) -> None:
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ResultsError(refusal("id in data/claims.csv", twice, "each once", "rename one"))
