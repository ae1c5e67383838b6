"""Whole executions. Each starts a kernel, so each test looks at many things."""

import json
import sys
from pathlib import Path

import pytest

from lcip.notebook import ParameterError
from lcip.notebook.document import NotebookError
from lcip.notebook.runner import NotebookFailed, execute, shortened
from lcip.notebook.trace import declared

READ_ALL = "P.quality, P.lmbda, P.names, P.half"


def outputs(path: Path) -> str:
    """The text of all outputs of a notebook."""
    cells = json.loads(path.read_text())["cells"]
    return json.dumps([cell["outputs"] for cell in cells if cell["cell_type"] == "code"])


def without_seconds(path: Path) -> dict:
    found = json.loads(path.read_text())
    assert found["metadata"]["lcip"]["execution"].pop("seconds") > 0
    return found


SURROUNDINGS = """import os, sys
import matplotlib
print(os.path.basename(os.getcwd()), sys.executable, matplotlib.get_backend())
print(os.environ["PYTHONHASHSEED"], matplotlib.rcParams["lines.linewidth"])"""


def test_a_run_with_the_book_s_values(house, write_notebook, monkeypatch, tmp_path):
    """In its own folder, by this interpreter, with an environment of its own."""
    registered = tmp_path / "share" / "kernels" / "python3"
    registered.mkdir(parents=True)
    spec = {
        "argv": ["no-such-python", "{connection_file}"],
        "display_name": "?",
        "language": "python",
    }
    (registered / "kernel.json").write_text(json.dumps(spec))
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\n")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path / "matplotlibrc"))
    monkeypatch.setenv("MPLBACKEND", "agg")
    (house / "data" / "measured" / "a.csv").write_text("x\n1\n")
    reading = "from lcip import paths\nprint(paths.data_file('measured/a.csv').read_text())"
    source = write_notebook(
        body=(f"print({READ_ALL})", SURROUNDINGS, reading), data=("data/measured/*.csv",)
    )
    destination = tmp_path / "new folder {a}" / "done.ipynb"

    done = execute(source, destination, {})

    assert (done.path, done.data) == (destination, ("data/measured/a.csv",))
    assert done.cells == {"cell-5": ("data/measured/a.csv",)}
    text = outputs(destination)
    assert "3 0.01 ['a'] False" in text
    assert f"own {sys.executable} inline" in text.replace(
        "module://matplotlib_inline.backend_inline", "inline"
    )
    assert "0 1.5" in text
    assert str(tmp_path) not in json.dumps(without_seconds(destination)).replace(sys.executable, "")

    again = execute(source, tmp_path / "again.ipynb", {})
    assert without_seconds(again.path) == without_seconds(done.path)


def test_a_run_with_another_value_shows_the_difference_and_may_read_other_data(
    house, write_notebook, tmp_path
):
    (house / "data" / "measured" / "b.csv").touch()
    reading = "from lcip import paths\npaths.data_file('measured/b.csv').read_text()"
    source = write_notebook(body=(f"print({READ_ALL})", reading))
    constant = json.dumps("CONSTANT = 3\n\n\n@dataclass")[1:-1]
    source.write_text(source.read_text().replace("@dataclass", constant))
    done = execute(source, tmp_path / "done.ipynb", {"lmbda": 1})
    assert "lcip-banner" in outputs(done.path)
    record = json.loads(done.path.read_text())["metadata"]["lcip"]["execution"]
    assert record["parameters"] == {"lmbda": 1.0}
    assert record["versions"]["numpy"]


def test_an_undeclared_data_file_is_refused(house, write_notebook, tmp_path):
    (house / "data" / "measured" / "b.csv").touch()
    reading = "from lcip import paths\npaths.data_file('measured/b.csv').read_text()"
    source = write_notebook(body=(f"print({READ_ALL})", reading), data=("data/measured/a.csv",))
    with pytest.raises(NotebookError) as caught:
        execute(source, tmp_path / "done.ipynb", {})
    assert "a data file opened by 41-tiny.ipynb is 'data/measured/b.csv'" in str(caught.value)
    assert "add data/measured/b.csv to the metadata lcip.data" in str(caught.value)
    assert not (tmp_path / "done.ipynb").exists()


def test_a_failing_cell_leaves_the_destination_and_keeps_the_part_that_ran(
    house, write_notebook, tmp_path
):
    source = write_notebook(body=(f"print({READ_ALL})", "print('so far')\n1 / 0", "print('never')"))
    destination = tmp_path / "done.ipynb"
    destination.write_text("as before")
    with pytest.raises(NotebookFailed) as caught:
        execute(source, destination, {})
    partial = house / "runs" / "failed" / "41-tiny.ipynb"
    assert caught.value.path == partial
    assert "41-tiny.ipynb failed in code cell [4]" in str(caught.value)
    assert "ZeroDivisionError: division by zero" in str(caught.value)
    assert str(partial) in str(caught.value)
    assert "so far" in outputs(partial) and "'never'" not in outputs(partial)
    assert destination.read_text() == "as before"


def test_a_kernel_that_dies_is_a_failed_run(house, write_notebook, tmp_path):
    source = write_notebook(body=(f"print({READ_ALL})", "import os\nos._exit(3)"))
    with pytest.raises(NotebookFailed, match=r"41-tiny.ipynb stopped: DeadKernelError"):
        execute(source, tmp_path / "done.ipynb", {})
    assert not (tmp_path / "done.ipynb").exists()


@pytest.mark.parametrize("parameters", [{"quality": 0}, {"qualty": 1}])
def test_nothing_runs_with_a_wrong_parameter(
    house, write_notebook, tmp_path, parameters, monkeypatch
):
    def never(*arguments: object) -> None:
        raise AssertionError("it ran")

    monkeypatch.setattr("lcip.notebook.runner.run_cells", never)
    with pytest.raises(ParameterError):
        execute(write_notebook(), tmp_path / "done.ipynb", parameters)


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("data/a/b.csv", "data/a/b.csv", True),
        ("data/a/b.csv", "data/a/*", True),
        ("data/a/b.csv", "data/*", False),
        ("data/a/b.csv", "data/*.csv", False),
        ("data/a/b.csv", "data/**/*.csv", True),
        ("data/b.csv", "data/**/*.csv", True),
        ("data/a/B.csv", "data/a/b.csv", False),
        ("data/a/q3.json", "data/a/q[1-3].*", True),
    ],
)
def test_patterns_name_the_same_files_as_in_the_graph(path, pattern, expected):
    assert declared(path, [pattern]) is expected


def test_a_long_traceback_is_cut_but_for_the_line_of_the_cell():
    of_cell = ["Traceback", "Cell In[4], line 2", "      1 x = 1", "----> 2 fail()", ""]
    inside = [f"line {number} of a library" for number in range(50)]
    found = shortened([*of_cell, *inside, "KeyError: 'a'"])
    assert found[:3] == ["Cell In[4], line 2", "----> 2 fail()", "..."]
    assert found[-1] == "KeyError: 'a'" and len(found) == 15
    assert shortened([*of_cell, "KeyError: 'a'"]) == [*of_cell, "KeyError: 'a'"]


IMPORTED = """from lcip import notebook
from lcip.distributions.parameters import Architecture as Parameters

P = notebook.read(Parameters, globals())"""


def test_a_declaration_in_the_package_is_read_by_the_kernel(house, write_notebook, tmp_path):
    assignments = 'quality = 3\nfamily = "small"\nimage = "kodim23"\nchanges = ["order", "ulp"]'
    body = "print(P.quality, P.family, P.image, P.changes, notebook.at_book_values(P))"
    source = write_notebook(assignments=assignments, body=(body,))
    content = json.loads(source.read_text())
    content["cells"][2]["source"] = IMPORTED
    source.write_text(json.dumps(content))
    with pytest.raises(ParameterError, match="image is 'kodim25'; allowed: str one of kodim01"):
        execute(source, tmp_path / "done.ipynb", {"image": "kodim25"})
    done = execute(source, tmp_path / "done.ipynb", {"image": "kodim24"})
    assert "3 small kodim24 ['order', 'ulp'] False" in outputs(done.path)
    assert "lcip-banner" in outputs(done.path)
