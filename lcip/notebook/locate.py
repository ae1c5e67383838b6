"""From what a person writes (a path, a number, a name) to the notebook's file."""

from pathlib import Path

from lcip import paths
from lcip.notebook.document import NotebookError


def find(text: str) -> Path:
    """The notebook that `text` names: a path, a number ('21'), or a name ('21-amortization-gap').

    Raises `NotebookError`, which lists the notebooks that exist.
    """
    path = Path(text).expanduser()
    if path.suffix == ".ipynb" and path.is_file():
        return path
    found = [book for book in notebooks() if text in names(book)]
    if len(found) != 1:
        problem = "names no notebook" if not found else "names more than one notebook"
        raise NotebookError(
            f"{text!r} {problem}; allowed: a path to an .ipynb file, a number or a name.\n"
            f"These exist:\n" + "\n".join(f"  {relative(book)}" for book in notebooks())
        )
    return found[0]


def notebooks() -> list[Path]:
    """All notebooks of the book, in its order."""
    found = (paths.root() / "notebooks").glob("**/*.ipynb")
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def names(path: Path) -> set[str]:
    """The short names of a notebook: its number, its name, its name with the ending."""
    return {path.stem.split("-")[0], path.stem, path.name}


def relative(path: Path) -> str:
    """The path as seen from the repository's root, or as it is for a notebook elsewhere."""
    root = paths.root()
    path = path.resolve()
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
