import pytest

from lcip.notebook.document import NotebookError
from lcip.notebook.locate import find, notebooks, relative


@pytest.fixture
def book(house, write_notebook):
    for name in ("1-introduction/12-codec-race", "2-distributions/21-gap"):
        write_notebook(path=house / "notebooks" / f"{name}.ipynb")
    write_notebook(path=house / "notebooks" / "1-introduction" / ".ipynb_checkpoints" / "12.ipynb")
    return house / "notebooks"


GAP = "notebooks/2-distributions/21-gap.ipynb"


@pytest.mark.parametrize("text", ["21", "21-gap", "21-gap.ipynb", GAP])
def test_a_notebook_is_found_by_number_name_and_path(book, text, monkeypatch):
    monkeypatch.chdir(book.parent)
    assert find(text).resolve() == book / "2-distributions" / "21-gap.ipynb"


def test_all_notebooks_in_order_without_checkpoints(book):
    names = [relative(path) for path in notebooks()]
    assert names == ["notebooks/1-introduction/12-codec-race.ipynb", GAP]


@pytest.mark.parametrize("text", ["22", "gap", "", "notebooks", "nothing.ipynb"])
def test_an_unknown_name_lists_what_exists(book, text):
    with pytest.raises(NotebookError) as caught:
        find(text)
    assert repr(text) in str(caught.value)
    assert GAP in str(caught.value)


def test_a_name_of_two_notebooks_is_refused(book, write_notebook):
    write_notebook(path=book / "3-pointcloud" / "21-other.ipynb")
    with pytest.raises(NotebookError, match="names more than one notebook"):
        find("21")


def test_a_notebook_elsewhere_keeps_its_path(book, write_notebook):
    path = write_notebook()
    assert find(str(path)) == path
    assert relative(path) == str(path)
