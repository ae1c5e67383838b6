"""Whether a notebook declares the data files that it opens, so that their change re-executes it."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from lcip.errors import refusal
from lcip.notebook.document import NotebookError


def refuse_undeclared(opened: Iterable[str], patterns: Iterable[str], name: str) -> None:
    """Raise `NotebookError` for a file below `data/` that was opened and that no pattern names."""
    patterns = list(patterns)
    undeclared = [path for path in opened if not declared(path, patterns)]
    if undeclared:
        step = f"add {', '.join(undeclared)} to the metadata lcip.data of {name}"
        allowed = patterns or "no data file, for the notebook declares none"
        raise NotebookError(refusal(f"a data file opened by {name}", undeclared[0], allowed, step))


def declared(path: str, patterns: Iterable[str]) -> bool:
    """Whether one of the globs names the path. As in `Path.glob`, `*` stays within one folder."""
    parts = PurePosixPath(path).parts
    return any(match(parts, PurePosixPath(pattern).parts) for pattern in patterns)


def match(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Match folder by folder; `**` stands for any number of folders."""
    if not pattern or not parts:
        return not pattern and not parts
    if pattern[0] == "**":
        return match(parts, pattern[1:]) or match(parts[1:], pattern)
    return fnmatchcase(parts[0], pattern[0]) and match(parts[1:], pattern[1:])
