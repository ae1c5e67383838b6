"""Snakemake runs what the fingerprints say is stale, and nothing else; by content, not by date."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

ONE, TWO, BOOK = "1-part/one", "2-part/two", "book"


@contextmanager
def changed(book, name: str, old: str, new: str) -> Iterator[None]:
    """`old` replaced by `new` in a file inside the block; the old text comes back after it."""
    path = book.folder / name
    before = path.read_text(encoding="utf8")
    assert old in before
    path.write_text(before.replace(old, new), encoding="utf8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf8")


def test_new_dates_make_nothing_stale(built_book):
    """A clone or a checkout gives every file a new date."""
    for path in built_book.folder.rglob("*"):
        inside = path.relative_to(built_book.folder).parts[0]
        if path.is_file() and inside not in ("_build", ".snakemake"):
            os.utime(path)
    assert built_book.stale() == set()


@pytest.mark.parametrize(
    ("name", "old", "new", "stale"),
    [
        ("lcip/gamma.py", "1", "2", {ONE, BOOK}),
        ("lcip/beta.py", "import scipy", "import scipy, lcip.metrics, lcip.plotting", {TWO, BOOK}),
        ("data/table.csv", "jpeg,1", "jpeg,2", {TWO, BOOK}),
        ("notebooks/2-part/two.ipynb", "P.quality", "P.quality + 1", {TWO, BOOK}),
        ("constraints.txt", "scipy==", "scipy==9.", {TWO, BOOK}),
        ("book/index.md", "A book", "The book", {BOOK}),
    ],
)
def test_a_change_makes_stale_what_depends_on_it(built_book, name, old, new, stale):
    with changed(built_book, name, old, new):
        assert built_book.stale() == stale


def test_a_change_with_an_old_date_counts(built_book):
    """A file restored from a backup may be older than what was built from it."""
    with changed(built_book, "lcip/gamma.py", "1", "3"):
        os.utime(built_book.folder / "lcip/gamma.py", (0, 0))
        planned = built_book.snakemake("--dry-run", "book").stdout
    assert f"Executing {ONE}" in planned
    assert f"Executing {TWO}" not in planned
    reason = next(line for line in planned.splitlines() if "Params have changed" in line)
    assert "lcip/gamma.py" in reason
    assert "lcip/alpha.py" not in reason  # only what differs


def test_a_new_notebook_is_executed(built_book):
    text = (built_book.folder / f"notebooks/{ONE}.ipynb").read_text()
    path = built_book.write("notebooks/1-part/three.ipynb", text)
    assert built_book.stale() == {"1-part/three", BOOK}
    path.unlink()


def test_a_missing_data_file_is_named(built_book):
    path = built_book.folder / "data/table.csv"
    text = path.read_text()
    path.unlink()
    planned = built_book.snakemake("--dry-run", "book")
    path.write_text(text)
    assert planned.returncode != 0
    assert "data/table.csv" in planned.stdout


def test_after_all_that_nothing_is_stale(built_book):
    assert built_book.stale() == set()
    assert "Nothing to be done" in built_book.snakemake("book").stdout
