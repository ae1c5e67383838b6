"""`parameter` and `read`, as a notebook calls them."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import pytest

from lcip import notebook
from lcip.notebook import banner


@dataclass(frozen=True)
class Parameters:
    quality: int = notebook.parameter(3, "quality index", low=1, high=8)
    lmbda: float = notebook.parameter(0.01, "weight of the distortion", unit="1/dB", low=0)
    names: list[str] = notebook.parameter(["cat"], "photographs", choices=("cat", "coffee"))
    own: Path | None = notebook.parameter(None, "a folder of your own images")


BOOK = {"quality": 3, "lmbda": 0.01, "names": ["cat"], "own": None}


@pytest.fixture
def displayed(monkeypatch) -> list[dict]:
    shown: list[dict] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    return shown


def refusal_of(**changes) -> str:
    with pytest.raises(notebook.ParameterError) as caught:
        notebook.read(Parameters, BOOK | changes)
    return str(caught.value)


def test_the_book_s_values_are_read_and_nothing_is_displayed(displayed):
    found = notebook.read(Parameters, dict(BOOK))
    assert found == Parameters()
    assert dataclasses.asdict(found) == BOOK
    assert notebook.at_book_values(found)
    assert displayed == []


def test_the_instance_is_frozen_and_shares_no_list_with_another():
    one, other = Parameters(), Parameters()
    one.names.append("dog")
    assert other.names == ["cat"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.quality = 4


def test_what_a_notebook_s_namespace_holds_besides_is_no_parameter(displayed):
    others = {"_": 3, "__name__": "x", "In": ["a"], "Out": {}, "notebook": notebook, "f": len}
    assert notebook.read(Parameters, BOOK | others) == Parameters()


def test_an_unknown_name_is_refused_with_all_that_are_known():
    message = refusal_of(qualty=5, other=[1])
    assert "qualty is not a parameter of this notebook; did you mean quality?" in message
    assert "other is not a parameter" in message
    assert "quality: int from 1 to 8 (quality index)" in message
    assert "names: list of str, each one of cat, coffee (photographs)" in message
    assert "own: Path or None (a folder of your own images)" in message


def test_a_wrong_type_is_refused():
    message = refusal_of(quality="3")
    assert message == (
        "quality is '3'; allowed: int from 1 to 8 (quality index). "
        "Next: give quality an allowed value."
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quality": 9}, "quality is 9; allowed: int from 1 to 8"),
        ({"quality": True}, "quality is True"),
        ({"lmbda": -0.5}, "lmbda is -0.5; allowed: float at least 0 1/dB"),
        ({"lmbda": float("nan")}, "Next: give a finite number"),
        ({"names": ["cat", "cofee"]}, "names[1] is 'cofee'"),
        ({"names": ["cofee"]}, "did you mean coffee?"),
        ({"names": []}, "Next: give at least one item"),
        ({"names": "cat"}, "Next: write a list"),
    ],
)
def test_what_is_not_allowed_is_named(changes, words):
    assert words in refusal_of(**changes)


def test_a_name_that_nobody_assigned_is_refused():
    without = {name: value for name, value in BOOK.items() if name != "quality"}
    with pytest.raises(notebook.ParameterError, match="quality is declared, but the parameters"):
        notebook.read(Parameters, without)


def test_a_difference_is_displayed_with_the_book_s_value(displayed):
    found = notebook.read(Parameters, BOOK | {"lmbda": 1})
    assert found.lmbda == 1.0 and not notebook.at_book_values(found)
    (bundle,) = displayed
    assert set(bundle) == {"text/html", "text/plain"}
    for form in bundle.values():
        assert all(word in form for word in ("lmbda", "0.01", "1.0", "1/dB", "weight of the"))
        assert "quality" not in form


def test_the_banner_escapes_what_it_shows():
    @dataclass(frozen=True)
    class Titles:
        title: str = notebook.parameter("a", "title & <b>more</b>")

    declared = notebook.reading.declarations(Titles).values()
    found = banner.differences(declared, {"title": "<script>alert(1)</script>"})
    page = banner.as_html(found)
    assert "<script" not in page and "<b>" not in page
    assert "&lt;script&gt;alert(1)" in page and "title &amp; &lt;b&gt;" in page


def test_what_the_declaration_cell_itself_assigns_is_no_parameter(tmp_path, displayed):
    """Only what that cell assigns: the same constant from elsewhere is refused."""
    source = "CHOICES = ('cat', 'coffee')\nP = notebook.read(Parameters, globals())"
    cell = tmp_path / "cell.py"
    cell.write_text(source)
    namespace = BOOK | {"notebook": notebook, "Parameters": Parameters}
    exec(compile(source, str(cell), "exec"), namespace)
    assert namespace["P"] == Parameters()
    assert "CHOICES is not a parameter" in refusal_of(CHOICES=("cat", "coffee"))


def test_running_again_in_the_same_kernel_ignores_variables_of_the_body(displayed):
    namespace = dict(BOOK)
    notebook.read(Parameters, namespace)
    namespace |= {"total": 5, "quality": 4, "In": ["", "quality = 4", "P = notebook.read(...)"]}
    assert notebook.read(Parameters, namespace).quality == 4


def test_running_again_still_refuses_a_misspelt_name_in_the_cell_above():
    namespace = dict(BOOK)
    notebook.read(Parameters, namespace)
    namespace |= {"qualty": 5, "In": ["", "qualty = 5", "P = notebook.read(...)"]}
    with pytest.raises(notebook.ParameterError, match="did you mean quality"):
        notebook.read(Parameters, namespace)


def declaring(annotation: type, *arguments, **limits) -> type:
    field = notebook.parameter(*arguments, **limits)
    return dataclasses.make_dataclass("Parameters", [("x", annotation, field)], frozen=True)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (declaring(complex, 1, "meaning"), "the type of x is"),
        (declaring(int, 1, " "), "the meaning of x is ' '"),
        (declaring(int, 9, "meaning", low=1, high=8), "x is 9; allowed: int from 1 to 8"),
        (declaring(int, 5, "meaning", low=8, high=1), "low not above high"),
        (declaring(str, "a", "meaning", low=1), "for int and float only"),
        (declaring(int, 1, "meaning", low=0, choices=(1, 2)), "not together with choices"),
        (dataclasses.make_dataclass("Thawed", []), "a frozen dataclass"),
        (dataclasses.make_dataclass("Plain", [("x", int)], frozen=True), "notebook.parameter"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(parameters, words):
    with pytest.raises(notebook.ParameterError) as caught:
        notebook.read(parameters, {"x": 1})
    assert words in str(caught.value)
