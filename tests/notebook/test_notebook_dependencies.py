"""Which files make a notebook stale."""

from pathlib import Path

import pytest

from lcip.notebook.dependencies import dependencies
from lcip.notebook.document import NotebookError

SOURCES = {
    "lcip/__init__.py": "",
    "lcip/errors.py": "",
    "lcip/metrics.py": "from lcip.errors import X",
    "lcip/lonely.py": "",
    "lcip/images/__init__.py": "from lcip.images.codec import Codec",
    "lcip/images/codec.py": "def f():\n    from ..coding import encode",
    "lcip/images/fit.py": "import lcip.training",
    "lcip/coding/__init__.py": "from . import ranges\nfrom .tables import *",
    "lcip/coding/ranges.py": "",
    "lcip/coding/tables.py": "import typing\nif typing.TYPE_CHECKING:\n    import lcip.lonely",
    "lcip/coding/unused.py": "",
    "lcip/coding/constants.json": "{}",
    "lcip/training.py": "",
    "lcip/lazy.py": "import importlib\nx = importlib.import_module('lcip.metrics')",
    "lcip/circle.py": "import lcip.circle",
}
ALWAYS = ["lcip/__init__.py"]
CODING = [
    "lcip/coding/__init__.py",
    "lcip/coding/constants.json",
    "lcip/coding/ranges.py",
    "lcip/coding/tables.py",
]
IMAGES = ["lcip/images/__init__.py", "lcip/images/codec.py"]


@pytest.fixture
def modules(house, write_notebook):
    """The modules that code cells depend on, in a package made for the purpose."""
    for name, source in SOURCES.items():
        (house / name).parent.mkdir(parents=True, exist_ok=True)
        (house / name).write_text(source)

    def found(*body: str) -> list[str]:
        path = write_notebook(assignments="", fields=("pass",), body=body)
        path.write_text(path.read_text().replace("from lcip import notebook", "pass"))
        return list(dependencies(path).modules)

    return found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import numpy", []),
        ("import lcip", ALWAYS),
        ("from lcip import errors", [*ALWAYS, "lcip/errors.py"]),
        ("from lcip import errors as e, training", [*ALWAYS, "lcip/errors.py", "lcip/training.py"]),
        ("import lcip.metrics as m", [*ALWAYS, "lcip/errors.py", "lcip/metrics.py"]),
        ("from lcip.metrics import psnr_db", [*ALWAYS, "lcip/errors.py", "lcip/metrics.py"]),
        ("def f():\n    from lcip import errors", [*ALWAYS, "lcip/errors.py"]),
        ("import lcip\nlcip.training.fit()", [*ALWAYS, "lcip/training.py"]),
        ("from lcip import lazy", [*ALWAYS, "lcip/errors.py", "lcip/lazy.py", "lcip/metrics.py"]),
        ("from lcip import circle", [*ALWAYS, "lcip/circle.py"]),
        ("from lcip import coding", [*ALWAYS, *CODING]),
        ("from lcip.images.codec import Codec", [*ALWAYS, *CODING, *IMAGES]),
        ("from lcip.images import fit", [*ALWAYS, *CODING, *IMAGES]),
        ("%time import lcip.errors", [*ALWAYS, "lcip/errors.py"]),
    ],
)
def test_the_closure_of_imports(modules, source, expected):
    extra = ["lcip/images/fit.py", "lcip/training.py"] if source.endswith("import fit") else []
    assert modules(source) == sorted(expected + extra)


def test_a_module_that_changed_is_read_again(modules, house):
    assert "lcip/errors.py" not in modules("from lcip import training")
    (house / "lcip" / "training.py").write_text("from lcip import errors  # now it is longer")
    assert "lcip/errors.py" in modules("from lcip import training")


def data(write_notebook, *patterns: str) -> list[str]:
    return list(dependencies(write_notebook(body=(), data=patterns)).data)


@pytest.fixture
def files(house) -> Path:
    for name in ("measured/a.csv", "measured/a.json", "measured/b.csv", "weights/images/q3.json"):
        (house / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (house / "data" / name).touch()
    (house / "lcip" / "notebook").mkdir(parents=True)
    for name in ("__init__.py", "notebook/__init__.py"):
        (house / "lcip" / name).touch()
    return house


def test_declared_data_files(files, write_notebook):
    found = data(write_notebook, "data/measured/a.*", "data/weights/**/*.json")
    assert found == ["data/measured/a.csv", "data/measured/a.json", "data/weights/images/q3.json"]


def test_a_file_named_in_full_may_still_be_made(files, write_notebook):
    assert data(write_notebook, "data/measured/new.csv") == ["data/measured/new.csv"]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("data/measured/c*.csv", "patterns that match a file"),
        ("/etc/passwd", "globs like data/"),
        ("data/../lcip/*.py", "globs like data/"),
        ("lcip/*.py", "globs like data/"),
        ("data", "globs like data/"),
    ],
)
def test_a_pattern_that_names_nothing_or_leads_outside(files, write_notebook, pattern, words):
    with pytest.raises(NotebookError) as caught:
        data(write_notebook, pattern)
    assert words in str(caught.value)
