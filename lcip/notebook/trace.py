"""Which data files a run opens, cell by cell, and whether the notebook declares them all, so that
their change re-executes it."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from lcip.errors import refusal
from lcip.notebook.document import NotebookError


class Notes:
    """The notes that `lcip.paths.data_file` takes in a file while a notebook runs."""

    def __init__(self, file: Path) -> None:
        self.file, self.seen = file, 0
        self.cells: dict[str, tuple[str, ...]] = {}

    def lines(self) -> list[str]:
        """Every access so far, in the order in which they happened."""
        return self.file.read_text(encoding="utf8").splitlines() if self.file.is_file() else []

    def opened(self) -> tuple[str, ...]:
        """The data files that were opened, each once, sorted."""
        return tuple(sorted(set(self.lines())))

    def after_cell(self, cell: Mapping[str, Any], **_: Any) -> None:
        """What was noted since the last cell was opened by this one."""
        lines = self.lines()
        if new := lines[self.seen :]:
            self.cells[str(cell.get("id", ""))] = tuple(sorted(set(new)))
        self.seen = len(lines)


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
