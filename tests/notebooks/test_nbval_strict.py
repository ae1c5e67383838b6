"""The comparison of stored outputs fails where it must: pytest on notebooks made wrong on purpose.

The cells of the sample notebook are repeated, each time with one stored output made wrong, so that
one kernel proves many cases. Notebooks that were not run, or not to their end, stand alone.
"""

import base64
import copy
import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from PIL import Image

from lcip.notebook.runner import execute

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SAMPLE = HERE / "sample" / "01-sample.ipynb"
Cell = dict
Change = Callable[[Cell], None]
EXECUTED = "every cell was executed"


def replace(old: str, new: str, kind: str = "text") -> Change:
    """A change of the stored text of a cell: of its stream, or of one form of its output."""

    def change(cell: Cell) -> None:
        (output,) = cell["outputs"]
        forms = output.get("data", output)
        assert any(old in line for line in forms[kind])
        forms[kind] = [line.replace(old, new) for line in forms[kind]]

    return change


def figure_of(cell: Cell) -> dict:
    return next(output["data"] for output in cell["outputs"] if "image/png" in output["data"])


def one_grey_level_off(cell: Cell) -> None:
    data = base64.b64decode("".join(figure_of(cell)["image/png"]))
    values = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    file = io.BytesIO()
    Image.fromarray(np.where(values < 255, values + 1, values).astype(np.uint8)).save(file, "PNG")
    figure_of(cell)["image/png"] = base64.b64encode(file.getvalue()).decode()


def of_a_wrong_curve(cell: Cell) -> None:
    """The figure that the notebook draws for a frequency 2 % higher."""
    with TemporaryDirectory() as folder:
        other = execute(SAMPLE, Path(folder) / "other.ipynb", {"frequency_hz": 2.04}).path
        figure_of(cell)["image/png"] = figure_of(sample_cells(other)["figure"])["image/png"]


def without_outputs(cell: Cell) -> None:
    cell["outputs"] = []


def ignored(cell: Cell) -> None:
    replace("0.500000", "0.900000")(cell)
    cell["metadata"]["tags"] = ["nbval-ignore-output"]


def another_assertion(cell: Cell) -> None:
    cell["source"] = "assert abs(np.mean(signal**2) - 0.6) < 0.01"


TABLE = "text/html"
PASSING: dict[str, tuple[str, Change]] = {
    "as stored": ("signal", lambda cell: None),
    "number 2e-5 off": ("signal", replace("0.500000", "0.500010")),
    "cell of a table 2e-5 off": ("table", replace("<td>0.425779<", "<td>0.425787<", TABLE)),
    "figure one grey level off": ("figure", one_grey_level_off),
    "wrong number in a cell that is ignored": ("signal", ignored),
}
FAILING: dict[str, tuple[str, Change, str]] = {
    "number 2 % off": ("signal", replace("0.500000", "0.510000"), "0.510000 is stored, 0.500000"),
    "wrong integer": ("signal", replace("200 s", "201 s"), "201 is stored, 200 was computed"),
    "wrong word": ("signal", replace("samples", "examples"), "the text differs"),
    "wrong cell of a table": (
        "table",
        replace("<td>0.425779<", "<td>0.434295<", TABLE),
        "text/html: 0.434295 is stored, 0.425779 was computed",
    ),
    "wrong integer in a table": ("table", replace("<td>7<", "<td>8<", TABLE), "8 is stored, 7 was"),
    "wrong figure": ("figure", of_a_wrong_curve, "image/png: the figure differs by"),
    "no figure": ("figure", without_outputs, "0 outputs are stored"),
    "failing assertion": ("assertion", another_assertion, "AssertionError"),
}


def sample_cells(path: Path) -> dict[str, Cell]:
    cells = json.loads(path.read_text())["cells"]
    return {cell["id"]: cell for cell in cells if cell["cell_type"] == "code"}


def variants() -> list[Cell]:
    """The cells that the others need, then one cell for each case above, in its order."""
    stored = sample_cells(SAMPLE)
    cells = [copy.deepcopy(stored[name]) for name in ("parameters", "declaration", "signal")]
    for name, change, *_ in [*PASSING.values(), *FAILING.values()]:
        cell = copy.deepcopy(stored[name])
        change(cell)
        cells.append(cell)
    return cells


def trivial(**changes: object) -> Cell:
    """A cell that computes 2."""
    two = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
    two["data"] = {"text/plain": ["2"]}
    cell = {"cell_type": "code", "metadata": {}, "source": "1 + 1", "outputs": [two]}
    return cell | {"execution_count": 1} | changes


# As its author may leave it: cleared, run in part, run with parameters from outside.
NOT_RUN: dict[str, tuple[list[Cell], str]] = {
    "cleared": ([trivial(outputs=[], execution_count=None)], "the execution counts are none"),
    "in-part": (
        [trivial(), trivial(source="", outputs=[], execution_count=None)]
        + [trivial(source="x = 1", outputs=[], execution_count=None)],
        "the execution counts are 1, none; allowed: 1 to 2",
    ),
    "injected": ([trivial(metadata={"tags": ["injected-parameters"]})], "injected parameters"),
}


def write(path: Path, cells: list[Cell]) -> None:
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
        if path.stem == "cells":
            cell["execution_count"] = place + 1
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    path.write_text(json.dumps(content))


Outcomes = dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """What pytest said of each notebook and item: its problem, or nothing."""
    folder = tmp_path_factory.mktemp("wrong")
    write(folder / "cells.ipynb", variants())
    for name, (cells, _) in NOT_RUN.items():
        write(folder / f"{name}.ipynb", copy.deepcopy(cells))
    command = [sys.executable, "-m", "pytest", "-p", "nbval_strict", "--nbval", str(folder)]
    command += ["-n", "2", "--dist", "loadfile", "--junitxml", str(folder / "report.xml")]
    command += ["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), "--color", "no"]
    environment = os.environ | {"PYTHONPATH": str(HERE)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    return {outcome(case)[0]: outcome(case)[1] for case in cases(folder / "report.xml")}


def cases(report: Path) -> Iterator[ElementTree.Element]:
    return ElementTree.parse(report).iter("testcase")


def outcome(case: ElementTree.Element) -> tuple[tuple[str, str], str]:
    """From 'some.folder.cells.ipynb' and 'Cell 3' to what is wrong with it."""
    notebook = case.attrib["classname"].removesuffix(".ipynb").rpartition(".")[2]
    problems = [item.text or "" for item in case if item.tag in ("failure", "error")]
    return (notebook, case.attrib["name"]), "\n".join(problems)


def place_of(case: str) -> tuple[str, str]:
    return "cells", f"Cell {3 + [*PASSING, *FAILING].index(case)}"


@pytest.mark.parametrize("case", PASSING)
def test_what_may_differ_passes(outcomes, case):
    assert outcomes[place_of(case)] == ""


@pytest.mark.parametrize("case", FAILING)
def test_what_is_wrong_fails(outcomes, case):
    assert FAILING[case][2] in outcomes[place_of(case)]


@pytest.mark.parametrize("name", NOT_RUN)
def test_a_notebook_that_was_not_run_fails(outcomes, name):
    assert NOT_RUN[name][1] in outcomes[name, EXECUTED]


def test_nothing_else_fails(outcomes):
    wrong = {place_of(case) for case in FAILING} | {(name, EXECUTED) for name in NOT_RUN}
    assert {item for item, problem in outcomes.items() if problem} == wrong
