"""Tables of the very run that the pages show: `{execution-times}` and `{execution-versions}`.

The numbers come from the records that the graph of `workflow/` writes beside each notebook it
executes; nothing here is typed.
"""

import json
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive


def records(source: Path) -> list[dict]:
    """All execution records below `source`, in the order of the notebooks' paths."""
    found = [json.loads(path.read_text()) for path in source.glob("notebooks/**/*.json")]
    return sorted(found, key=lambda record: record["notebook"])


def table(header: list[str], rows: list[list[str]]) -> nodes.table:
    """A plain table of text."""
    group = nodes.tgroup(cols=len(header))
    group += [nodes.colspec(colwidth=1) for _ in header]
    head, body = nodes.thead(), nodes.tbody()
    head += table_row(header)
    body += [table_row(row) for row in rows]
    group += [head, body]
    return nodes.table("", group)


def table_row(cells: list[str]) -> nodes.row:
    entries = [nodes.entry("", nodes.paragraph(text=cell)) for cell in cells]
    return nodes.row("", *entries)


def one_value(found: list[dict], key: str) -> str:
    """A fact of the machine; where the notebooks ran on several, all of them."""
    values = sorted({str(record["environment"][key]) for record in found})
    return " / ".join(values) if values else "not recorded"


class Records(Directive):
    """What both directives share: the records of this build."""

    def found(self) -> list[dict]:
        environment = self.state.document.settings.env
        for path in Path(environment.srcdir).glob("notebooks/**/*.json"):
            environment.note_dependency(str(path))
        return records(Path(environment.srcdir))


class ExecutionTimes(Records):
    """One row a notebook: how long it took, when it finished; and the sum."""

    def run(self):
        found = self.found()
        rows = [
            [
                Path(record["notebook"]).stem,
                f"{record['seconds']:.1f}",
                record["finished"].replace("T", " ").replace("+00:00", ""),
            ]
            for record in found
        ]
        total = sum(record["seconds"] for record in found)
        rows.append(["all notebooks", f"{total:.1f}", ""])
        return [table(["notebook", "run time (s)", "finished (UTC)"], rows)]


class ExecutionVersions(Records):
    """The machine and the versions that the notebooks ran with."""

    def run(self):
        found = self.found()
        keys = ("system", "machine", "processor", "num_processors", "num_threads", "python")
        rows = [[key.replace("_", " "), one_value(found, key)] for key in keys]
        versions: dict[str, set[str]] = {}
        for record in found:
            for name, version in record["environment"]["packages"].items():
                versions.setdefault(name, set()).add(str(version))
        rows += [[name, " / ".join(sorted(found))] for name, found in versions.items()]
        return [table(["what", "value"], rows)]


def setup(app):
    app.add_directive("execution-times", ExecutionTimes)
    app.add_directive("execution-versions", ExecutionVersions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
