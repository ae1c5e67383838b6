"""What an output came from."""

import json

import pytest

from lcip.notebook.document import load
from lcip.notebook.origins import function, origin

BODY = (
    "from lcip import metrics, plotting\nfrom lcip.images import race as r\nimport lcip.coding",
    "a = metrics.psnr_db(1, 2)",
    "unrelated = r.header_bytes('jpeg')",
    "b = a + 1\nc = [x for x in range(b)]",
    "plotting.show(b, alt='words')",
    "a = lcip.coding.encode(1)",
    "print(a, P.quality)",
)


@pytest.fixture
def notebook(write_notebook):
    return load(write_notebook(body=BODY))


def test_a_cell_rests_on_the_last_cells_that_assigned_what_it_uses(notebook):
    assert origin(notebook, "cell-7").cells == ("cell-4", "cell-6", "cell-7")
    assert origin(notebook, "cell-9").cells == ("cell-8", "cell-9")


def test_the_functions_are_those_of_the_nearest_cell_that_calls_any(notebook):
    (found,) = origin(notebook, "cell-7").functions
    assert (found.name, found.file) == ("lcip.metrics.images.psnr_db", "lcip/metrics/images.py")
    (found,) = origin(notebook, "cell-9").functions
    assert found.file.startswith("lcip/coding/") and found.line > 1


def test_a_cell_that_is_not_there_is_an_error(notebook):
    with pytest.raises(ValueError, match="cell-99"):
        origin(notebook, "cell-99")


@pytest.mark.parametrize("dotted", ["lcip", "lcip.metrics", "lcip.metrics.no_such", "json.dumps"])
def test_what_is_no_function_of_lcip(dotted):
    assert function(dotted) is None


def test_cells_of_old_files_have_no_identifiers(write_notebook):
    path = write_notebook()
    content = json.loads(path.read_text())
    for cell in content["cells"]:
        cell.pop("id")
    path.write_text(json.dumps(content))
    assert {cell.id for cell in load(path).cells} == {""}
