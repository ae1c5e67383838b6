"""What students must not find: the sentences of solutions and notes, in a form to search for."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from audience import page_for_students

ROOT = Path(__file__).resolve().parents[2]
SOLUTIONS = ROOT / "notebooks" / "solutions"
MARKS = ("answerkey", "solutionstart", "solutionend", "notebookssolutions")
"""In every solution: its mark, its directives, its place (without what is no letter)."""

SHORTEST = 30
SENTENCE = re.compile(r"(?<=[.?!:])\s+|\n\s*\n|\n```.*")
ROLE = re.compile(r"\{[a-z]+\}`")


def squeezed(text: str) -> str:
    """Letters and digits alone, in lower case: what no markup and no line break can change."""
    return re.sub(r"[\W_]+", "", text.lower())


def sentences(text: str) -> list[str]:
    """The sentences of some markdown that are long enough to be nobody else's, squeezed."""
    found = (squeezed(each) for each in SENTENCE.split(text) if not ROLE.search(each))
    return [each for each in found if len(each) >= SHORTEST]


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf8"))["cells"]


def of_solutions() -> Iterator[str]:
    """Every sentence of every notebook of solutions."""
    for path in sorted(SOLUTIONS.glob("*.ipynb")):
        for cell in cells(path):
            if cell["cell_type"] == "markdown":
                yield from sentences("".join(cell["source"]))


def code_of_solutions() -> Iterator[str]:
    """Every long line of code in them that no chapter has, too."""
    chapters = [p for p in (ROOT / "notebooks").glob("[0-9]*/*.ipynb")]
    pages = [p.read_text(encoding="utf8") for p in (ROOT / "book").rglob("*.md")]
    known = squeezed("".join(source for p in chapters for source in sources(p)) + "".join(pages))
    for path in sorted(SOLUTIONS.glob("*.ipynb")):
        for source in sources(path):
            lines = (squeezed(line) for line in source.splitlines())
            yield from (line for line in lines if len(line) >= SHORTEST and line not in known)


def sources(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "code"]


def of_notes() -> Iterator[str]:
    """Every sentence that only the notes for instructors have."""
    for path in sorted((ROOT / "book").rglob("*.md")):
        text = path.read_text(encoding="utf8")
        public = squeezed(page_for_students(text, path.name))
        yield from (each for each in sentences(text) if each not in public)
