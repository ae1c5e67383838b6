from pathlib import Path

import pytest

from lcip.notebook.kinds import Kind, Mismatch


def kind(text: str) -> Kind:
    found = Kind.parse(text)
    assert found is not None
    return found


@pytest.mark.parametrize("annotation", [int, list[str], float | None, Path | None, bool])
def test_a_type_and_its_text_name_the_same_kind(annotation):
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    assert Kind.parse(annotation) == Kind.parse(text.replace("pathlib.", ""))
    assert Kind.parse(str(Kind.parse(annotation))) == Kind.parse(annotation)


@pytest.mark.parametrize(
    "annotation", ["complex", "dict[str, int]", "list[list[int]]", "int | str"]
)
def test_other_types_are_no_kind(annotation):
    assert Kind.parse(annotation) is None


@pytest.mark.parametrize(
    ("text", "value", "accepted"),
    [
        ("int", 3, 3),
        ("float", 3, 3.0),
        ("str", "3", "3"),
        ("bool", True, True),
        ("int | None", None, None),
        ("list[float]", [1, 2.5], [1.0, 2.5]),
        ("list[int]", (1, 2), [1, 2]),
        ("Path", "a/b", Path("a/b")),
    ],
)
def test_values_of_the_kind_are_accepted(text, value, accepted):
    found = kind(text).accept(value)
    assert found == accepted and type(found) is type(accepted)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("int", True),
        ("int", 3.0),
        ("int", "3"),
        ("int", None),
        ("float", True),
        ("float", float("nan")),
        ("float", float("-inf")),
        ("float", 10**400),
        ("str", 3),
        ("bool", 1),
        ("bool", "true"),
        ("list[int]", 3),
        ("list[str]", "a"),
        ("list[int]", [1, True]),
        ("list[float]", [1.0, float("inf")]),
        ("Path", 3),
    ],
)
def test_other_values_are_not(text, value):
    with pytest.raises(Mismatch):
        kind(text).accept(value)


def test_a_wrong_item_is_named_by_its_place():
    with pytest.raises(Mismatch) as caught:
        kind("list[int]").accept([1, 2, "x"])
    assert (caught.value.place, caught.value.value) == ("[2]", "x")


@pytest.mark.parametrize(
    ("text", "word", "value"),
    [
        ("int", "-3", -3),
        ("float", "1e-3", 0.001),
        ("float", "2", 2.0),
        ("str", "true", "true"),
        ("str", "", ""),
        ("bool", "True", True),
        ("bool", "no", False),
        ("list[str]", "coffee, cat", ["coffee", "cat"]),
        ("list[str]", '["a,b", "c"]', ["a,b", "c"]),
        ("list[int]", "1", [1]),
        ("list[int]", "[1, 2]", [1, 2]),
        ("list[int]", "", []),
        ("int | None", "none", None),
        ("int | None", "4", 4),
    ],
)
def test_words_of_the_command_line(text, word, value):
    found = kind(text).from_text(word)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("int", "3.0"),
        ("int", "none"),
        ("float", "nan"),
        ("float", "1e999"),
        ("float", "three"),
        ("bool", "2"),
        ("list[int]", "1,,2"),
        ("list[int]", "[1, 2"),
        ("list[int]", "[true]"),
        ("Path", "no/such/file"),
    ],
)
def test_words_that_stand_for_no_value(text, word):
    with pytest.raises(Mismatch):
        kind(text).from_text(word)


def test_a_path_is_seen_from_where_the_user_stands(tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    monkeypatch.chdir(tmp_path)
    assert kind("Path").from_text("photos") == tmp_path / "photos"


def test_paths_in_a_list_written_as_json_are_seen_from_there_too(tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    monkeypatch.chdir(tmp_path)
    assert kind("list[Path]").from_text('["photos"]') == [tmp_path / "photos"]
    with pytest.raises(Mismatch):
        kind("list[Path]").from_text('["photos", "no/such/file"]')
