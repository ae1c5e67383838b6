"""One source, two editions: what only teachers may see is taken out of the text before rendering.

For teachers only are, in a page or in a cell of a notebook, the directives `{instructor}` and
`{solution}` with what is in them, and everything from a `{solution-start}` to the next
`{solution-end}`; in a notebook also whole cells with the tag `instructor` or `solution`. What is
cut out here is never read by the renderer, so it can be in no page, no search index, no copy of the
sources and no download. Text that merely shows such a directive, inside a block of code, stays.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

FENCE = re.compile(
    r"""^[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?  # in a quotation or a list, perhaps
    (?P<mark>`{3,}|~{3,}|:{3,})(?P<info>.*)$""",
    re.VERBOSE,
)
NAME = re.compile(r"^\s*\{\s*(?P<name>[^}\s]+)\s*\}")
CUT = frozenset({"instructor", "solution"})
START, END = "solution-start", "solution-end"
CODE = frozenset({"code", "code-block", "code-cell", "sourcecode", "literalinclude", "raw", "math"})
TAGS = frozenset({"instructor", "solution"})


class AudienceError(ValueError):
    """A part for teachers that does not end, or ends without having begun."""


@dataclass
class Fence:
    """An open block: its mark, its directive (nothing for plain code), whether it is cut out."""

    mark: str
    name: str
    cut: bool

    def closed_by(self, mark: str, info: str) -> bool:
        return mark[0] == self.mark[0] and len(mark) >= len(self.mark) and not info.strip()

    @property
    def is_code(self) -> bool:
        return not self.name or self.name in CODE


@dataclass
class Cutter:
    """Reads a page line by line, or a notebook cell by cell, and keeps what students may see."""

    where: str
    open: list[Fence] = field(default_factory=list)
    in_solution: bool = False
    found: int = 0

    def kept(self, text: str) -> str:
        """`text` without what is for teachers; a solution may go on in the next call."""
        lines = list(self.kept_lines(text.splitlines(keepends=True)))
        if self.open:
            raise AudienceError(f"{self.where}: the block {self.open[-1].name!r} does not end")
        return "".join(lines)

    def kept_lines(self, lines: list[str]) -> Iterator[str]:
        for line in lines:
            hidden = self.hidden
            self.read(line)
            if not (hidden or self.hidden):
                yield line

    @property
    def hidden(self) -> bool:
        return self.in_solution or any(fence.cut for fence in self.open)

    def read(self, line: str) -> None:
        """Follow the blocks that `line` opens and closes."""
        found = FENCE.match(line.rstrip("\r\n"))
        if not found:
            return
        mark, info = found["mark"], found["info"]
        if self.closes(mark, info):
            self.close(mark, info)
        elif not (self.open and self.open[-1].is_code):
            self.begin(mark, info)

    def closes(self, mark: str, info: str) -> bool:
        """Whether the line ends a block: the innermost, or one around it that was left open."""
        return any(fence.closed_by(mark, info) for fence in self.open[self.innermost_code :])

    @property
    def innermost_code(self) -> int:
        return len(self.open) - 1 if self.open and self.open[-1].is_code else 0

    def close(self, mark: str, info: str) -> None:
        while True:
            fence = self.open.pop()
            self.leave(fence)
            if fence.closed_by(mark, info):
                return

    def begin(self, mark: str, info: str) -> None:
        named = NAME.match(info)
        if mark[0] == ":" and not named:
            return  # text, not a block
        name = named["name"].lower() if named else ""
        self.found += name in CUT or name == START
        self.open.append(Fence(mark, name, cut=name in CUT or name in (START, END)))
        if name == START and self.in_solution:
            raise AudienceError(f"{self.where}: a solution begins before the last one has ended")
        if name == END and not self.in_solution:
            raise AudienceError(f"{self.where}: {{{END}}} without a {{{START}}} before it")

    def leave(self, fence: Fence) -> None:
        if fence.name in (START, END):
            self.in_solution = fence.name == START

    def finish(self) -> None:
        """Refuse a solution that is never ended."""
        if self.in_solution:
            raise AudienceError(f"{self.where}: a {{{START}}} without a {{{END}}} after it")


def page_for_students(text: str, where: str) -> str:
    """A page of MyST markdown without what is for teachers. Raises `AudienceError`."""
    cutter = Cutter(where)
    kept = cutter.kept(text)
    cutter.finish()
    return kept


def notebook_for_students(content: dict, where: str) -> dict:
    """A notebook, as JSON, without what is for teachers; `content` itself stays as it is."""
    cutter, cells = Cutter(where), []
    for cell in content["cells"]:
        if set(cell["metadata"].get("tags", ())) & TAGS:
            continue
        if cell["cell_type"] != "markdown":
            cells += [] if cutter.in_solution else [cell]
            continue
        before = "".join(cell["source"])
        after = cutter.kept(before)
        if after == before or after.strip():
            cells.append(cell | {"source": after} if after != before else cell)
    cutter.finish()
    return content | {"cells": cells}
