"""Tables of the very run that the pages show: `{execution-times}` and `{execution-versions}`.

The numbers come from the records that the graph of `workflow/` writes beside each notebook it
executes; nothing here is typed.
"""

import json
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.addnodes import pending_xref

MACHINE = {
    "system": "system",
    "machine": "architecture",
    "processor": "processor",
    "num_processors": "processors",
    "num_threads": "threads of a notebook",
    "cuda_device": "graphics card",
    "python": "Python",
}


def records(source: Path) -> list[dict]:
    """All execution records below `source`, in the order of the notebooks' paths."""
    found = [json.loads(path.read_text()) for path in source.glob("notebooks/**/*.json")]
    return sorted(found, key=lambda record: record["notebook"])


def table(header: list[str], rows: list[list[nodes.Node]]) -> nodes.table:
    """A table with one heading and any inline nodes in its cells."""
    group = nodes.tgroup("", *[nodes.colspec(colwidth=1) for _ in header], cols=len(header))
    group += nodes.thead("", table_row([nodes.Text(text) for text in header]))
    group += nodes.tbody("", *[table_row(row) for row in rows])
    return nodes.table("", group, classes=["record"])


def captioned(
    document: nodes.document, body: nodes.table, caption: str, name: str, *classes: str
) -> nodes.table:
    """The table under a numbered caption and a label."""
    body.insert(0, nodes.title(caption, caption))
    body["classes"] += classes
    body["names"].append(name)
    document.note_explicit_target(body, body)
    return body


def table_row(cells: list[nodes.Node]) -> nodes.row:
    return nodes.row("", *[nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells])


def link(page: str) -> pending_xref:
    """A link to a page by its title."""
    options = {"refdomain": "std", "reftype": "doc", "refexplicit": False, "refwarn": True}
    return pending_xref("", nodes.inline(page, page), reftarget=f"/{page}", **options)


def values(found: list[dict], key: str) -> str:
    """A fact of the machine; where the notebooks ran on several machines, all of them."""
    facts = {record["environment"].get(key) for record in found}
    return " / ".join(sorted("none" if fact is None else str(fact) for fact in facts))


class Records(Directive):
    """What both directives share: the records of this build."""

    def found(self) -> list[dict]:
        return records(Path(self.state.document.settings.env.srcdir))


class ExecutionTimes(Records):
    """One row a notebook: how long it took, when it finished; and the sum."""

    def run(self):
        found = self.found()
        rows = [self.row(record) for record in found]
        total = f"{sum(record['seconds'] for record in found):.1f}"
        rows.append([nodes.strong(text="all"), nodes.strong(text=total), nodes.Text("")])
        caption = "Run time of each chapter (s), and when the run that these pages show finished"
        made = table(["chapter", "run time (s)", "finished (UTC)"], rows)
        return [captioned(self.state.document, made, caption, "tab-run-times")]

    def row(self, record: dict) -> list[nodes.Node]:
        finished = record["finished"].replace("T", " ").replace("+00:00", "")
        chapter = link(record["notebook"].removesuffix(".ipynb"))
        chapter["refdoc"] = self.state.document.settings.env.docname
        return [chapter, nodes.Text(f"{record['seconds']:.1f}"), nodes.Text(finished)]


class ExecutionVersions(Records):
    """The machine and the versions that the notebooks ran with."""

    def run(self):
        found = self.found()
        rows = [(words, values(found, key)) for key, words in MACHINE.items()]
        versions: dict[str, set[str]] = {}
        for record in found:
            for name, version in record["environment"]["packages"].items():
                versions.setdefault(name, set()).add(str(version))
        rows += [(name, " / ".join(sorted(several))) for name, several in versions.items()]
        made = table(["what", "value"], [[nodes.Text(cell) for cell in row] for row in rows])
        caption = "The machine that the chapters ran on, and the versions of the packages"
        return [captioned(self.state.document, made, caption, "tab-versions")]


def setup(app):
    app.add_directive("execution-times", ExecutionTimes)
    app.add_directive("execution-versions", ExecutionVersions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
