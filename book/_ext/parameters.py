"""What can be changed in each chapter, and how long it runs: `{notebook-parameters}`, a table of
all notebooks and parameters read from their declarations, and a line under each chapter's title.

Run times are those of the record beside the notebook, or of the notebook's own.
"""

import json
from pathlib import Path

from docutils import nodes
from execution_record import link, table
from origins import read_record
from scoreboard import Board
from sphinx.transforms import SphinxTransform

from lcip.notebook.declared import Declared
from lcip.notebook.document import DECLARATION_TAG, load
from lcip.notebook.static import describe

LONGEST = 60  # characters of a book value that are shown


class AllParameters(Board):
    """One row a parameter, the notebooks in the order of the book."""

    def run(self):
        source = Path(self.state.document.settings.env.srcdir)
        paths = sorted(source.glob("notebooks/**/*.ipynb"))
        paths = [path for path in paths if self.is_rendered(self.docname_of(source, path))]
        rows = [row for path in paths for row in self.rows(source, path)]
        header = ["chapter", "run time (s)", "parameter", "book's value", "allowed", "meaning"]
        caption = (
            f"All parameters of all {len(paths)} notebooks; a row starts each with its run time"
        )
        made = table(header, rows)
        return [self.captioned(made, caption, "tab-parameters", "parameters", "colwidths-auto")]

    @staticmethod
    def docname_of(source: Path, path: Path) -> str:
        return path.relative_to(source).with_suffix("").as_posix()

    def rows(self, source: Path, path: Path) -> list[list[nodes.Node]]:
        chapter = link(self.docname_of(source, path))
        chapter["refdoc"] = self.docname
        head = [chapter, nodes.Text(seconds_of(path))]
        rest = [nodes.Text(""), nodes.Text("")]
        declared = describe(path).values()
        return [(rest if place else head) + cells(item) for place, item in enumerate(declared)]


def cells(item: Declared) -> list[nodes.Node]:
    """Name, book value, what is allowed and the meaning of one parameter."""
    name = nodes.literal(text=item.name)
    return [name, nodes.literal(text=shortened(item.book)), nodes.Text(allowed(item)),
            nodes.Text(item.meaning)]  # fmt: skip


def shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"


def allowed(item: Declared) -> str:
    """As the refusal would say it; of many choices the first ones."""
    text = item.allowed()
    if item.choices is None or len(text) <= 2 * LONGEST:
        return text
    few = ", ".join(map(str, item.choices[:4]))
    return f"one of {few}, … ({len(item.choices)} in all)"


def seconds_of(path: Path) -> str:
    """The run time of a notebook, from the record beside it or from its own; empty if unknown."""
    found = read_record(path).get("seconds")
    if found is None:
        metadata = json.loads(path.read_text(encoding="utf8"))["metadata"]
        found = metadata.get("lcip", {}).get("execution", {}).get("seconds")
    return "" if found is None else f"{found:.1f}"


class RunLine(SphinxTransform):
    """Under a chapter's title: its run time, and how to run it with other values."""

    default_priority = 845

    def apply(self) -> None:
        path = Path(self.env.doc2path(self.env.docname))
        title = next(self.document.findall(nodes.title), None)
        if path.suffix != ".ipynb" or title is None:
            return
        if not any(DECLARATION_TAG in cell.tags for cell in load(path).cells):
            return
        title.parent.insert(title.parent.index(title) + 1, self.line(path))

    def line(self, path: Path) -> nodes.paragraph:
        seconds, number = seconds_of(path), path.stem.split("-")[0]
        words = [nodes.Text(f"Ran in {seconds} s. ")] if seconds else []
        words.append(nodes.Text(f"{len(describe(path))} parameters: "))
        words += [nodes.literal(text=f"lcip params {number}"), nodes.Text(". ")]
        if "book/rerunning" in self.env.found_docs:
            page = link("book/rerunning")
            page["refdoc"] = self.env.docname
            words += [page, nodes.Text(".")]
        return nodes.paragraph("", "", *words, classes=["lcip-run"])


def setup(app):
    app.setup_extension("origins")
    app.add_directive("notebook-parameters", AllParameters)
    app.add_transform(RunLine)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
