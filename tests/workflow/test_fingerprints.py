"""What each notebook and the pages depend on: every kind of change that reaches them."""

import json
import re

import pytest

ONE, TWO, BOOK = "1-part/one", "2-part/two", "book"
CHANGES = {
    "module": ("lcip/alpha.py", "^", "X = 1\n", {ONE}),
    "module of a module": ("lcip/gamma.py", "1", "2", {ONE}),
    "package of a module": ("lcip/__init__.py", "$", "\n# X", {ONE, TWO}),
    "module of both": ("lcip/notebook/reading.py", "$", "\n# X", {ONE, TWO}),
    "module not used": ("lcip/metrics/__init__.py", "$", "\n# X", set()),
    "data": ("data/table.csv", "jpeg,1", "jpeg,2", {TWO}),
    "notebook": ("notebooks/2-part/two.ipynb", "P.quality", "0", {TWO}),
    "notebook's tags": ("notebooks/2-part/two.ipynb", "parameters", "other", {TWO}),
    "pin of one": ("constraints.txt", "pandas==.*", "pandas==3.9", {ONE}),
    "pin of a pin": ("constraints.txt", "python-dateutil==.*", "python-dateutil==3", {ONE, TWO}),
    "pin of two": ("constraints.txt", "scipy==.*", "scipy==1.9", {TWO}),
    "pin of the kernel": ("constraints.txt", "ipykernel==.*", "ipykernel==9", {ONE, TWO}),
    "pin of no notebook": ("constraints.txt", "pytest==.*", "pytest==9.9", set()),
    "pin of the pages": ("constraints.txt", "Sphinx==.*", "Sphinx==7.9", {BOOK}),
    "page": ("book/index.md", "A book", "The book", {BOOK}),
    "contents": ("_toc.yml", "$", "\n# X", {BOOK}),
    "settings": ("_config.yml", "$", "\n# X", {BOOK}),
}


def changed_keys(before: dict, after: dict) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


@pytest.fixture
def book(fresh_book, monkeypatch):
    monkeypatch.setenv("LCIP_ROOT", str(fresh_book.folder))
    return fresh_book


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_reaches_what_depends_on_it(book, change):
    name, old, new, expected = CHANGES[change]
    before = book.keys()
    text = (book.folder / name).read_text(encoding="utf8")
    assert re.search(old, text)
    book.write(name, re.sub(old, new, text, count=1))
    # Jupyter Book needs the kernel's packages too, so a pin of theirs may reach the pages as well.
    reached = changed_keys(before, book.keys())
    assert reached - {BOOK} == expected - {BOOK}
    assert BOOK in reached or BOOK not in expected


def test_fresh_outputs_change_nothing(book):
    """`make notebooks` writes outputs; what a notebook computes depends on its source alone."""
    before = book.keys()
    path = book.folder / "notebooks/1-part/one.ipynb"
    content = json.loads(path.read_text())
    output = {"output_type": "stream", "name": "stdout", "text": "3"}
    content["cells"][0] |= {"execution_count": 1, "outputs": [output]}
    content["metadata"]["lcip"]["execution"] = {"seconds": 1.0}
    path.write_text(json.dumps(content, indent=1))
    assert book.keys() == before


def test_a_package_named_in_words_counts(book):
    """Plug-ins are often imported by name, where they may be absent."""
    book.write("lcip/gamma.py", "import importlib\nimportlib.import_module('pillow_heif')\n")
    keys = book.keys()
    assert any(line.startswith("pillow_heif==") for line in keys[ONE])
    assert not any(line.startswith("pillow_heif==") for line in keys[TWO])


def test_a_declared_file_that_is_absent_is_named(book):
    (book.folder / "data/table.csv").unlink()
    assert "data/table.csv missing" in book.keys()[TWO]
