"""Every notebook of the book follows its conventions. Nothing is executed here; nbval does that."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from lcip.notebook.dependencies import dependencies
from lcip.notebook.document import load
from lcip.notebook.locate import notebooks, relative
from lcip.notebook.static import check, describe
from lcip.notebook.tidy import KERNEL, VOLATILE_CELL, VOLATILE_NOTEBOOK

LONGEST_CELL = 25
SAMPLE = Path(__file__).parent / "sample" / "01-sample.ipynb"
ALL = [*notebooks(), SAMPLE]
CHAPTERS = [path for path in ALL if path.parent.name != "solutions"]
every_notebook = pytest.mark.parametrize("path", ALL, ids=relative)


def content(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf8"))


def figure_cells(path: Path) -> list[dict]:
    return [cell for cell in content(path)["cells"] if shows_figure(cell)]


def shows_figure(cell: dict) -> bool:
    kinds = {kind for output in cell.get("outputs", ()) for kind in output.get("data", {})}
    return bool(kinds & {"image/png", "image/svg+xml"})


@every_notebook
def test_its_parameters_are_declared_and_read(path):
    assert check(path) == {}
    assert describe(path), "a notebook without parameters cannot be rerun with others"


@every_notebook
def test_the_files_it_depends_on_exist(path):
    found = dependencies(path)
    root = Path(__file__).parents[2]
    assert "lcip/notebook/reading.py" in found.modules
    assert [file for file in found.modules + found.data if not (root / file).is_file()] == []


IMPORTS = """import sys
{imports}
print(*(name for name in sys.modules if name.split(".")[0] == "lcip"))"""


@every_notebook
def test_what_its_imports_load_is_among_its_dependencies(path):
    nodes = [node for cell in load(path).cells for node in cell.tree().body]
    imports = [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    code = IMPORTS.format(imports="\n".join(imports))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.replace(".", "/") for name in done.stdout.split()}
    modules = {file.removesuffix(".py").removesuffix("/__init__") for file in dependencies(path)[0]}
    assert loaded and loaded <= modules


@every_notebook
def test_it_holds_nothing_of_the_machine_that_ran_it(path):
    metadata = content(path)["metadata"]
    assert metadata["kernelspec"]["name"] == KERNEL["name"]
    assert not set(metadata) & set(VOLATILE_NOTEBOOK)
    assert not any(set(cell["metadata"]) & set(VOLATILE_CELL) for cell in content(path)["cells"])
    text = path.read_text(encoding="utf8")
    assert "ipykernel_" not in text, "a warning names a file of the kernel that ran"
    for folder in {str(Path.home()), str(Path(__file__).parents[2])} - {"/"}:
        assert f"{folder}/" not in text


@every_notebook
def test_its_cells_are_short(path):
    lines = {cell.place: len(cell.source.splitlines()) for cell in load(path).cells}
    assert {place: number for place, number in lines.items() if number > LONGEST_CELL} == {}


@every_notebook
def test_every_figure_has_words_and_a_caption(path):
    for cell in figure_cells(path):
        shown = cell["metadata"].get("mystnb", {})
        assert len(shown.get("image", {}).get("alt", "")) > 30, cell["source"]
        assert len(shown.get("figure", {}).get("caption", "")) > 20, cell["source"]


def shows_table(cell: dict) -> bool:
    texts = ["".join(output.get("data", {}).get("text/html", "")) for output in cell["outputs"]]
    return any("<table" in text and "lcip-banner" not in text for text in texts)


@pytest.mark.parametrize("path", CHAPTERS, ids=relative)
def test_every_table_has_a_caption_and_a_name(path):
    cells = [cell for cell in content(path)["cells"] if cell["cell_type"] == "code"]
    names = []
    for cell in filter(shows_table, cells):
        shown = cell["metadata"].get("lcip", {}).get("table", {})
        assert len(shown.get("caption", "")) > 40, cell["source"]
        names.append(shown["name"])
    assert len(names) == len(set(names)) and all(name.startswith("tab-") for name in names)


@every_notebook
def test_it_ends_with_a_check(path):
    assert "assert " in load(path).cells[-1].source


def test_there_is_a_notebook_for_each_number_only_once():
    numbers = [path.stem.split("-")[0] for path in notebooks()]
    assert len(numbers) == len(set(numbers))
