"""The pages of exercises, the notebooks that solve them, and that the one fits the other."""

import re
from pathlib import Path

import pytest
import yaml
from secrets_of import MARKS, ROOT, SOLUTIONS, cells, of_notes, of_solutions, squeezed

from lcip.notebook.locate import notebooks

PAGES = sorted((ROOT / "book" / "teaching").glob("*.md"))
EXERCISE = re.compile(
    r"^````\{exercise\} [^\n]+\n:label: (?P<label>\S+)\n(?P<body>.*?)^````$", re.M | re.S
)
CODE = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def exercises(page: Path) -> list[re.Match]:
    return list(EXERCISE.finditer(page.read_text(encoding="utf8")))


def solution_text(page: Path) -> list[str]:
    return ["".join(c["source"]) for c in cells(SOLUTIONS / f"{page.stem}.ipynb")]


def test_every_part_of_the_book_has_its_page():
    parts = {path.parent.name[0] for path in notebooks() if path.parent != SOLUTIONS}
    assert {page.stem[0] for page in PAGES} >= parts - {"5"}
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text())
    files = [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    assert {f"book/teaching/{page.stem}" for page in PAGES} <= set(files)


@every_page
def test_a_page_says_what_for_how_long_and_for_whom(page):
    text = page.read_text(encoding="utf8")
    for heading in ("**After this part you can**", "**What you need.**", "**Time plan**"):
        assert text.count(heading) == 1
    assert text.index("After this part") < text.index("{exercise}")
    assert ":::{instructor}" in text


@every_page
def test_there_are_four_to_six_exercises_from_paper_to_open(page):
    found = exercises(page)
    assert 4 <= len(found) <= 6
    assert len(found) == page.read_text(encoding="utf8").count("{exercise}")
    bodies = [each["body"] for each in found]
    assert bodies[0].lstrip().startswith("*On paper")
    assert bodies[-1].lstrip().startswith("*Open-ended")
    assert sum("at the computer" in body.lower() for body in bodies) >= 2
    assert sum("lcip" in code for body in bodies for code in CODE.findall(body)) >= 2
    assert all(re.match(r"\s*\*[^*]*(minutes|afternoon|weekend|week)", body) for body in bodies)
    assert all("```{dropdown} Hint\n" in body for body in bodies)


@every_page
def test_each_exercise_has_one_solution_in_the_notebook_beside(page):
    labels = [each["label"] for each in exercises(page)]
    text = solution_text(page)
    started = [found for cell in text for found in re.findall(r"\{solution-start\} (\S+)", cell)]
    assert started == labels, "in the order of the page"
    assert sum("{solution-end}" in cell for cell in text) == len(labels)


@every_page
def test_every_solution_runs_code_and_carries_the_mark(page):
    cut = "\x00".join(solution_text(page)).split("{solution-start}")[1:]
    for solution in cut:
        assert MARKS[0] in squeezed(solution), solution[:60]
    code = [c for c in cells(SOLUTIONS / f"{page.stem}.ipynb") if c["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in code)
    assert len(code) >= len(cut) + 2


def test_labels_are_used_once():
    labels = [each["label"] for page in PAGES for each in exercises(page)]
    assert sorted(set(labels)) == sorted(labels)


@every_page
def test_the_code_that_exercises_begin_with_runs(page):
    """In the order of the page, in one session, as a student would paste it."""
    session: dict = {}
    for code in CODE.findall(page.read_text(encoding="utf8")):
        exec(compile(code, page.name, "exec"), session)
    assert session


def test_there_is_something_to_look_for():
    assert len(list(of_solutions())) > 60
    assert len(list(of_notes())) >= 8
