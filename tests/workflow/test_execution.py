"""Running a rule: what it leaves behind when it works, and what it says when it does not."""

import json

from small_book import notebook

EXECUTED = "_build/executed/2-part/two.ipynb"


def test_an_executed_notebook_has_its_outputs_and_a_record(fresh_book):
    done = fresh_book.snakemake(EXECUTED)
    assert done.returncode == 0, done.stdout
    executed = json.loads((fresh_book.folder / EXECUTED).read_text())
    assert "".join(executed["cells"][-1]["outputs"][0]["data"]["text/plain"]) == "3"
    record = json.loads((fresh_book.folder / EXECUTED).with_suffix(".json").read_text())
    assert record["notebook"] == "notebooks/2-part/two.ipynb"
    assert record["seconds"] > 0
    assert record["environment"]["packages"]["numpy"]
    stored = json.loads((fresh_book.folder / "notebooks/2-part/two.ipynb").read_text())
    assert stored["cells"][-1]["outputs"] == []


def test_a_failing_notebook_shows_why_and_leaves_no_output(fresh_book):
    failing = notebook("from lcip import beta\nP.quality\nraise RuntimeError('the flux ran out')")
    fresh_book.write("notebooks/2-part/two.ipynb", failing)
    done = fresh_book.snakemake("book")
    assert done.returncode != 0
    assert "the flux ran out" in done.stdout
    assert "the flux ran out" in (fresh_book.folder / "_build/failures").read_text()
    assert not (fresh_book.folder / EXECUTED).exists()
    assert (fresh_book.folder / "_build/executed/1-part/one.ipynb").exists()
    assert not (fresh_book.folder / "_build/html").exists()
