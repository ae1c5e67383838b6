"""The pages that students get hold nothing of solutions or of notes for instructors."""

import json
import re
import zlib
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from built_site import ROOT, SITE
from secrets_of import MARKS, SOLUTIONS, code_of_solutions, of_notes, of_solutions, squeezed

TEXT = {".html", ".js", ".json", ".ipynb", ".md", ".txt", ".xml", ".css", ".inv", ".py", ".svg", ""}
SHARED = ("_static/", "_sphinx_design_static/")
SLIDES, BOOK = ROOT / "_build" / "slides", ROOT / "_build" / "book.pdf"


def text_files(folder: Path) -> list[Path]:
    """Everything that can be read as text, without what the theme and MathJax bring along."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix in TEXT)
    names = ((path, path.relative_to(folder).as_posix()) for path in found)
    return sorted(path for path, name in names if not name.startswith(SHARED))


def readable(path: Path) -> str:
    """A file's text, and where it has markup or an encoding, also what a reader would see of it."""
    data = path.read_bytes()
    if path.suffix == ".inv":
        head, body = data[: data.index(b"zlib.\n") + 6], data[data.index(b"zlib.\n") + 6 :]
        return (head + zlib.decompress(body)).decode()
    text = data.decode("utf8", errors="replace")
    if path.suffix == ".html":
        return text + BeautifulSoup(text, "html.parser").get_text()
    if path.suffix == ".ipynb":
        return "\n".join(strings(json.loads(text)))
    return text


def strings(value: object) -> list[str]:
    """All text in a notebook's JSON, the lines of a cell joined; pictures left out."""
    if isinstance(value, dict):
        kept = (item for key, item in value.items() if not key.startswith("image/"))
        return [text for item in kept for text in strings(item)]
    if isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            return ["".join(value)]
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


@cache
def haystack() -> dict[str, str]:
    folders = [SITE, *([SLIDES] if SLIDES.is_dir() else [])]
    files = ((path, folder) for folder in folders for path in text_files(folder))
    bulky = re.compile(r"base64,[A-Za-z0-9+/=]+")
    return {
        f"{folder.name}/{path.relative_to(folder)}": squeezed(bulky.sub("", readable(path)))
        for path, folder in files
        if "mathjax" not in path.parts and "reveal" not in path.parts
    }


def found_in(needles: list[str]) -> list[tuple[str, str]]:
    return [(name, n) for name, text in haystack().items() for n in needles if n in text]


def test_the_search_would_find_what_is_there():
    """A sentence and a line of code of the pages are found, in the page and in its source."""
    assert len(found_in([squeezed("This sentence stands on no page of the whole book")])) == 0
    known = squeezed("A weather station sends one symbol a day: sun (S), rain (R) or clouds (C)")
    where = [name for name, _ in found_in([known])]
    assert "html/book/teaching/19-introduction.html" in where
    assert any("_sources" in name for name in where)


@pytest.mark.parametrize(
    "secrets", [of_solutions, code_of_solutions, of_notes], ids=lambda each: each.__name__
)
def test_no_sentence_and_no_code_of_teachers_is_anywhere(secrets):
    needles = sorted(set(secrets()))
    if SOLUTIONS.is_dir() or secrets is of_notes:
        assert len(needles) >= 8
    assert found_in(needles) == []


def test_no_mark_of_a_solution_is_anywhere():
    assert found_in(list(MARKS[:1])) == []
    names = [path.relative_to(SITE).as_posix() for path in SITE.rglob("*")]
    assert [name for name in names if "solutions" in name.lower()] == []
    assert found_in(["solutionexweather", MARKS[3]]) == []


def test_the_search_index_knows_no_solution():
    text = (SITE / "searchindex.js").read_text(encoding="utf8")
    index = json.loads(text[text.index("{") : text.rindex("}") + 1])
    assert [name for name in index["docnames"] if "solutions" in name] == []
    assert [term for term in index["terms"] if "answerkey" in term or "answerkei" in term] == []


def test_no_page_has_a_solution_or_a_note():
    for path in SITE.rglob("*.html"):
        page = path.read_text(encoding="utf8")
        assert 'class="solution' not in page, path.name
        assert not re.search(r'class="[^"]*\binstructor\b', page), path.name


def test_the_book_on_paper_has_none():
    if not BOOK.is_file():
        pytest.skip("_build/book.pdf is not there; 'make pdf' makes it")
    from pypdf import PdfReader

    text = squeezed("".join(page.extract_text() for page in PdfReader(BOOK).pages))
    assert [each for each in {*of_solutions(), *of_notes(), MARKS[0]} if each in text] == []
