"""What is refused before a notebook runs."""

import json

import pytest

from lcip.errors import LcipError
from lcip.notebook import ParameterError
from lcip.notebook.document import NotebookError, load
from lcip.notebook.static import check, describe, overrides_from_text


def test_a_notebook_is_described_without_running_it(write_notebook):
    declared = describe(write_notebook(body=("raise SystemExit(P.quality)",)))
    assert list(declared) == ["quality", "lmbda", "names", "half"]
    lmbda = declared["lmbda"]
    assert (str(lmbda.kind), lmbda.book, lmbda.unit, lmbda.low) == ("float", 0.01, "1/dB", 0)
    assert declared["names"].choices == ("a", "b", "coffee")


def test_a_good_notebook_and_good_overrides_pass(write_notebook):
    path = write_notebook()
    assert check(path) == {}
    assert check(path, {"lmbda": 1, "names": ["b"]}) == {"lmbda": 1.0, "names": ["b"]}


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"qualty": 4}, "did you mean quality?"),
        ({"quality": "4"}, "quality is '4'"),
        ({"quality": 0}, "allowed: int from 1 to 8"),
        ({"half": 1}, "half is 1; allowed: bool"),
        ({"names": ["d"]}, "names[0] is 'd'"),
    ],
)
def test_a_wrong_override_is_refused(write_notebook, overrides, words):
    with pytest.raises(ParameterError) as caught:
        check(write_notebook(), overrides)
    assert words in str(caught.value)


def test_a_parameter_that_the_code_never_reads_is_refused(write_notebook):
    body = ("print(P.lmbda, P.names)", "half = 3\nQ = P\nQ.quality\n'P.quality'  # P.quality")
    with pytest.raises(ParameterError) as caught:
        check(write_notebook(body=body))
    assert str(caught.value).startswith(
        "quality, half is 'declared in 41-tiny.ipynb and never read'"
    )


def test_writing_an_attribute_is_not_reading_it(write_notebook):
    body = ("print(P.lmbda, P.names, P.half)", "P.quality = 4")
    with pytest.raises(ParameterError, match="quality is 'declared in"):
        check(write_notebook(body=body))


def test_a_read_above_the_declaration_does_not_count(write_notebook):
    path = write_notebook(body=("print(P.lmbda, P.names, P.half)",))
    content = json.loads(path.read_text())
    early = content["cells"][3] | {"id": "early", "source": "def later():\n    return P.quality"}
    content["cells"].insert(1, early)
    path.write_text(json.dumps(content))
    with pytest.raises(ParameterError, match="never read"):
        check(path)


def test_a_read_of_what_is_not_declared_is_refused(write_notebook):
    body = ("print(P.quality, P.lmbda, P.names, P.half, P.qualty)",)
    with pytest.raises(ParameterError) as caught:
        check(write_notebook(body=body))
    assert "P.qualty is 'not declared'" in str(caught.value)
    assert "did you mean quality?" in str(caught.value)


def test_a_bare_name_is_refused_unless_the_body_binds_it(write_notebook):
    good = "print(P.quality, P.lmbda, P.names, P.half)"
    check(write_notebook(body=(good, "for half in range(3):\n    print(half)")))
    with pytest.raises(ParameterError, match="write P.half, the validated value"):
        check(write_notebook(body=(good, "print(half)")))


def test_magics_and_shell_lines_do_not_disturb(write_notebook):
    body = ("%time print(P.quality, P.lmbda)", "!ls\nprint(P.names, P.half)")
    assert check(write_notebook(body=body)) == {}


@pytest.mark.parametrize(
    ("assignments", "words"),
    [
        ('quality = 4\nlmbda = 0.01\nnames = ["a"]\nhalf = False', "cell is 4; allowed: 3"),
        (
            'lmbda = 0.01\nnames = ["a"]\nhalf = False',
            "quality in the parameters cell is",
        ),
        ('quality = 3\nlmbda = 0.01\nnames = ["a"]\nhalf = False\nmore = 1', "more is not a param"),
        ('quality = 1 + 2\nlmbda = 0.01\nnames = ["a"]\nhalf = False', "allowed: a literal"),
        ("import os", "allowed: name = value"),
    ],
)
def test_a_parameters_cell_that_differs_from_the_declaration(write_notebook, assignments, words):
    with pytest.raises(LcipError) as caught:
        check(write_notebook(assignments=assignments))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("quality: int = 3", "notebook.parameter(...)"),
        ("quality: int", "notebook.parameter(...)"),
        ("quality: int = notebook.parameter(3)", "parameter(default, meaning"),
        ('quality: int = notebook.parameter(3, "x", maximum=3)', "'maximum'"),
        ('quality: int = notebook.parameter(len("abc"), "x")', "allowed: a literal"),
        ('quality: dict = notebook.parameter({}, "x")', "the type of quality is 'dict'"),
    ],
)
def test_a_declaration_that_cannot_be_read(write_notebook, field, words):
    with pytest.raises(LcipError) as caught:
        describe(write_notebook(fields=(field,)))
    assert words in str(caught.value)


@pytest.mark.parametrize("tag", ["parameters", "declaration"])
def test_a_notebook_without_a_tagged_cell(write_notebook, tag):
    path = write_notebook()
    path.write_text(path.read_text().replace(f'"{tag}"', '"other"'))
    with pytest.raises(NotebookError, match=f"tag exactly one cell '{tag}'"):
        check(path)


def test_words_of_the_command_line_become_values(write_notebook):
    pairs = [("names", "b,coffee"), ("half", "yes"), ("quality", "5")]
    expected = {"names": ["b", "coffee"], "half": True, "quality": 5}
    assert overrides_from_text(write_notebook(), pairs) == expected


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([("quality", "high")], "quality is 'high'; allowed: int from 1 to 8"),
        ([("quality", "9")], "quality is 9"),
        ([("names", "b,d")], "names[1] is 'd'"),
        ([("half", "perhaps")], "Next: write true or false"),
        ([("qualty", "3")], "did you mean quality?"),
        ([("quality", "3"), ("quality", "4")], "the number of values of quality"),
    ],
)
def test_words_that_stand_for_no_allowed_value(write_notebook, pairs, words):
    with pytest.raises(ParameterError) as caught:
        overrides_from_text(write_notebook(), pairs)
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"nbformat": 3, "worksheets": []}', "# title"])
def test_a_file_that_is_no_notebook(tmp_path, text):
    path = tmp_path / "x.ipynb"
    path.write_text(text)
    with pytest.raises(NotebookError):
        load(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(NotebookError, match="No such file"):
        load(tmp_path / "x.ipynb")


def test_a_cell_that_is_no_python(write_notebook):
    with pytest.raises(NotebookError, match="Cell 4 is no Python"):
        check(write_notebook(body=("print(P.quality",)))


def test_the_code_below_a_cell_magic_is_read(write_notebook):
    body = ("%%time\nfiles = !ls\nprint(P.quality, P.lmbda)\nhelp?", "print(P.names, P.half)")
    assert check(write_notebook(body=body)) == {}


CHOICES = 'SOLIDS = ("cone", "bowl")\n\n\n@dataclass'
SOLIDS = 'solids: list[str] = notebook.parameter(list(SOLIDS), "objects", choices=SOLIDS)'


def test_constants_of_the_declaration_cell_are_read(write_notebook):
    path = write_notebook(
        assignments='solids = ["cone", "bowl"]', fields=(SOLIDS,), body=("P.solids",)
    )
    path.write_text(path.read_text().replace("@dataclass", json.dumps(CHOICES)[1:-1]))
    assert check(path, {"solids": ["bowl"]}) == {"solids": ["bowl"]}
    assert describe(path)["solids"].choices == ("cone", "bowl")


CELL = "from lcip import notebook\n{imported}\n\nP = notebook.read({name}, namespace=globals())"
MODULE = """from dataclasses import dataclass
from lcip import notebook
from ..names import SOLIDS
from lcip.motion import KERNELS as WAYS

FIRST = SOLIDS

@dataclass(frozen=True)
class Moving:
    solids: list[str] = notebook.parameter(list(FIRST), "objects", choices=SOLIDS)
    way: str = notebook.parameter("nearest", "of reading", choices=WAYS)
    size: int = notebook.parameter(3, "size", low=1)

raise SystemExit("a module that describe must not run")
"""
PACKAGE = {
    "lcip/__init__.py": "",
    "lcip/names.py": 'HELD = {"cone": 1, "bowl": 2}\nSOLIDS: tuple[str, ...] = tuple(HELD)',
    "lcip/motion/__init__.py": "from lcip.motion.warp import KERNELS\nfrom .lost import Lost",
    "lcip/motion/warp.py": 'KERNELS = ("nearest", "bilinear")',
    "lcip/motion/lost.py": "from lcip.motion import Lost",
    "lcip/motion/parameters.py": MODULE,
}
MOVING = 'solids = ["cone", "bowl"]\nway = "nearest"\nsize = 3'


@pytest.fixture
def importing(write_notebook, house):
    """A notebook whose declaration cell imports its dataclass; the package holds PACKAGE."""
    for name, text in PACKAGE.items():
        (house / name).parent.mkdir(parents=True, exist_ok=True)
        (house / name).write_text(text)

    def write(imported: str, name: str):
        path = write_notebook(assignments=MOVING, body=("print(P.solids, P.way, P.size)",))
        content = json.loads(path.read_text())
        content["cells"][2]["source"] = CELL.format(imported=imported, name=name)
        path.write_text(json.dumps(content))
        return path

    return write


@pytest.mark.parametrize(
    ("imported", "name"),
    [
        ("from lcip.motion.parameters import Moving as Parameters", "Parameters"),
        ("from lcip.motion.parameters import Moving", "parameters=Moving"),
        ("from lcip.motion import parameters", "parameters.Moving"),
        ("import lcip.motion.parameters as mine", "mine.Moving"),
    ],
)
def test_a_declaration_in_the_package_is_read_without_importing_it(importing, imported, name):
    path = importing(imported, name)
    assert check(path, {"solids": ["bowl"]}) == {"solids": ["bowl"]}
    declared = describe(path)
    assert list(declared) == ["solids", "way", "size"]
    assert declared["solids"].choices == tuple(declared["solids"].book) == ("cone", "bowl")
    assert declared["way"].choices == ("nearest", "bilinear")
    with pytest.raises(ParameterError, match="size is 0"):
        check(path, {"size": 0})


def test_a_declaration_in_the_package_that_changed_is_read_again(importing, house):
    path = importing("from lcip.motion.parameters import Moving", "Moving")
    assert describe(path)["size"].book == 3
    (house / "lcip" / "motion" / "parameters.py").write_text(MODULE.replace("(3,", "(3 + 1,"))
    with pytest.raises(NotebookError, match="'3 \\+ 1'; allowed: a literal"):
        describe(path)


@pytest.mark.parametrize(
    ("imported", "name"),
    [
        ("", "Moving"),
        ("from lcip.motion.parameters import Other", "Other"),
        ("from lcip.motion.nowhere import Moving", "Moving"),
        ("from json import JSONDecoder as Moving", "Moving"),
        ("from lcip.motion import Lost", "Lost"),
        ("from lcip.motion.warp import KERNELS", "KERNELS"),
        ("import lcip.motion.parameters", "lcip"),
    ],
)
def test_a_class_that_is_nowhere_in_the_package_is_refused(importing, imported, name):
    with pytest.raises(NotebookError, match="declare all parameters in one frozen dataclass"):
        describe(importing(imported, name))


def test_a_class_with_parents_is_refused(importing, house):
    text = MODULE.replace("class Moving:", "class Moving(Base):")
    (house / "lcip" / "motion" / "parameters.py").write_text(text)
    with pytest.raises(NotebookError, match="the parents of the class Moving is 'Base'"):
        describe(importing("from lcip.motion.parameters import Moving", "Moving"))


def test_a_constant_made_of_itself_is_no_literal(importing, house):
    text = MODULE.replace("FIRST = SOLIDS", "FIRST = FIRST")
    (house / "lcip" / "motion" / "parameters.py").write_text(text)
    with pytest.raises(NotebookError, match="a value given for solids"):
        describe(importing("from lcip.motion.parameters import Moving", "Moving"))
