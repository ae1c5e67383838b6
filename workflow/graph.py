"""What depends on what: the files behind each executed notebook and behind the rendered book."""

from functools import cache
from pathlib import Path

from fingerprint import fingerprints
from pins import RENDERER, RUNNER, named_third_party, pins_of, third_party

from lcip.notebook.dependencies import dependencies

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
BOOK_FILES = (
    "_config.yml",
    "_toc.yml",
    "workflow/scripts/audience.py",
    "workflow/scripts/stage.py",
    "workflow/scripts/render.py",
)
DRAWN = (
    "data/claims.csv",
    "data/inventory.csv",
    "data/published/*.csv",
    "lcip/results/*.py",
    "lcip/notebook/*.py",
)
"""What the pages draw from directly: scoreboard, sources, parameters, how figures were made."""
SLIDES_FILES = ("workflow/scripts/slides.py",)
SOLUTIONS = "solutions/"


def notebook_names() -> list[str]:
    """Every notebook of the book, as its path under `notebooks/` without the suffix."""
    folder = ROOT / "notebooks"
    paths = (path.relative_to(folder).with_suffix("") for path in folder.rglob("*.ipynb"))
    return sorted(path.as_posix() for path in paths if ".ipynb_checkpoints" not in path.parts)


def chapter_names() -> list[str]:
    """The notebooks that everybody reads: all but the solutions of the exercises."""
    return [name for name in notebook_names() if not name.startswith(SOLUTIONS)]


@cache
def notebook_files(name: str) -> list[Path]:
    """The notebook itself, the modules of `lcip` that it uses, the data files that it declares."""
    path = ROOT / "notebooks" / f"{name}.ipynb"
    used = dependencies(path)
    return [path, *(ROOT / file for file in used.modules + used.data)]


def absent_files() -> list[str]:
    """Data files that a notebook declares and that do not exist."""
    files = {path for name in notebook_names() for path in notebook_files(name)}
    return sorted(str(path.relative_to(ROOT)) for path in files if not path.is_file())


@cache
def notebook_key(name: str) -> list[str]:
    """Fingerprints of the notebook's files, then the pins of the packages they import."""
    files = notebook_files(name)
    code = [file for file in files if file.suffix in (".py", ".ipynb")]
    pins = pins_of(third_party(code) | named_third_party(code) | RUNNER, CONSTRAINTS)
    return fingerprints(files, ROOT) + pins


@cache
def book_files() -> list[Path]:
    """Everything but the executed notebooks that the pages are rendered from."""
    pages = [path for path in (ROOT / "book").rglob("*") if path.is_file()]
    pages = [path for path in pages if "__pycache__" not in path.parts]
    drawn = [path for pattern in DRAWN for path in ROOT.glob(pattern)]
    return sorted(pages + drawn + [ROOT / file for file in BOOK_FILES])


@cache
def book_key() -> list[str]:
    """Fingerprints of the book's files, then the pins of what renders them."""
    return fingerprints(book_files(), ROOT) + pins_of(RENDERER, CONSTRAINTS)


@cache
def slides_files() -> list[Path]:
    """What the lectures are made from besides executed notebooks: selection, style, reveal.js."""
    found = [path for path in (ROOT / "slides").rglob("*") if path.is_file()]
    return sorted(found + [ROOT / file for file in SLIDES_FILES])


@cache
def slides_key() -> list[str]:
    """Fingerprints of the lectures' files, then the pins of what makes their pages."""
    return fingerprints(slides_files(), ROOT) + pins_of({"nbconvert"}, CONSTRAINTS)


def print_key() -> list[str]:
    """Fingerprints of the script that prints the pages, then the pins of what it prints with."""
    files = [ROOT / "workflow/scripts/pdf.py"]
    return fingerprints(files, ROOT) + pins_of({"playwright", "pypdf"}, CONSTRAINTS)
