"""The contents of slides and thesis: statuses follow from claims and cells; the file is current."""

import fnmatch
import json

import pandas as pd
import pytest

from lcip.results import ResultsError, claims
from lcip.results.inventory import (
    COMPUTED,
    SHOWN,
    TYPED,
    cells_of,
    inventory,
    is_there,
    outcome,
    update_inventory,
)
from lcip.results.sources import label_of

ROW = {"id": "fig", "part": "2", "marker": "S", "label": "slides", "what": "a figure",
       "cell": "21-tiny#shown", "claims": "fig-* own-fig"}  # fmt: skip


def claimed(**statuses: str) -> pd.DataFrame:
    names = [name.replace("_", "-") for name in statuses]
    return pd.DataFrame({"id": names, "status": list(statuses.values())})


@pytest.fixture
def book(repository):
    """A repository with one notebook, two of its cells with an output, and a table of contents."""
    cells = [{"id": "shown", "outputs": [{}]}, {"id": "silent", "outputs": []}, {"id": "prose"}]
    (repository / "notebooks" / "part").mkdir(parents=True)
    (repository / "notebooks" / "part" / "21-tiny.ipynb").write_text(json.dumps({"cells": cells}))
    (repository / "book").mkdir()
    (repository / "book" / "index.md").touch()

    def write(*rows):
        frame = pd.DataFrame([ROW | row for row in rows])
        frame = frame.reindex(columns=[*TYPED, *COMPUTED], fill_value="")
        frame.to_csv(repository / "data" / "inventory.csv", index=False)

    return write


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ({"fig_1": "reproduced", "own_fig": "not attempted"}, "reproduced"),
        ({"fig_1": "reproduced", "fig_2": "beyond"}, "beyond"),
        ({"fig_1": "beyond", "fig_2": "differs"}, "differs"),
        ({"fig_1": "not attempted"}, "not attempted"),
        ({"other": "differs"}, SHOWN),
    ],
)
def test_a_row_s_numbers_decide_and_else_the_cell_that_shows_it(book, statuses, expected):
    assert outcome(ROW, claimed(**statuses)).status == expected


@pytest.mark.parametrize(
    ("cell", "there"),
    [
        ("21-tiny#shown", True),
        ("21-tiny", True),
        ("book/index", True),
        ("21-tiny#silent", False),
        ("21-tiny#prose", False),
        ("21-tiny#absent", False),
        ("22-absent", False),
        ("book/absent", False),
        ("", False),
    ],
)
def test_a_place_is_a_page_or_a_cell_that_shows_something(book, cell, there):
    assert is_there(cell) == there
    status = outcome(ROW | {"cell": cell}, claimed(other="differs")).status
    assert status == (SHOWN if there else "not attempted")


def test_a_claim_is_made_where_the_first_row_says_that_has_it(book):
    book({"cell": ""}, {"cell": "21-tiny"}, {"cell": "book/index"})
    table = claimed(fig_1="reproduced", lone="reproduced")
    assert cells_of(table, inventory()) == {"fig-1": "21-tiny", "lone": ""}


def test_a_typed_status_is_overwritten(book):
    book({"status": "reproduced", "reason": "typed"})
    table = update_inventory(claimed(other="differs"))
    assert table["status"].tolist() == [SHOWN]
    assert table["reason"].tolist() == ["21-tiny#shown shows it"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"marker": "X"}, "marker of row 'fig' of data/inventory.csv is 'X'"),
        ({"part": "5"}, "part of row 'fig'"),
        ({"label": " "}, "label of row 'fig'"),
    ],
)
def test_incomplete_rows_are_refused(book, row, message):
    book(row)
    with pytest.raises(ResultsError, match=message):
        inventory()


@pytest.mark.parametrize("text", [None, "", "id,status\n"])
def test_another_file_is_refused(book, repository, text):
    if text is not None:
        (repository / "data" / "inventory.csv").write_text(text)
    with pytest.raises(ResultsError, match="data/inventory.csv"):
        inventory()


def test_the_stored_rows_are_what_claims_and_notebooks_give_today():
    """If this fails: run 'python -m lcip.results' and read what moved."""
    table = claims()
    for row in inventory().to_dict("records"):
        assert (row["status"], row["reason"]) == outcome(row, table), row["id"]


def test_every_claim_has_a_cell_that_exists():
    table, rows = claims(), inventory()
    places = cells_of(table, rows)
    assert {name: cell for name, cell in places.items() if not is_there(cell)} == {}


def test_every_pattern_names_a_claim_once_there_are_any():
    """Patterns of rows whose numbers are still to come may name none; no row has ids twice."""
    rows = inventory()
    assert rows["id"].is_unique
    assert {"S", "T"} == set(rows["marker"]) and {"1", "2", "3", "4", "all"} == set(rows["part"])


def test_labels_of_sources_are_short_and_apart():
    long = "thesis " + "x" * 200
    assert len(label_of(long)) < 60 and label_of(long) != label_of(long + "x")
    assert label_of("a (b)") != label_of("a b")


def test_every_pattern_of_a_row_names_a_claim():
    names = list(claims()["id"])
    patterns = [p for row in inventory()["claims"] for p in row.split()]
    assert patterns and not [p for p in patterns if not fnmatch.filter(names, p)]
