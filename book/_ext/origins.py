"""Under every figure and table of a chapter: how this was made.

A small disclosure names the cell, the functions that it calls, the data files that it and the cells
before it opened, and the commit. Which files those are, the record of the very run says. Where the
repository's address is set (`lcip_repository_url`), files and functions are links; without it, and
without a network, the words say the same. Every code cell has an address, `#cell-<identifier>`.
"""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from numbered_tables import code_cells
from sphinx.addnodes import pending_xref
from sphinx.transforms import SphinxTransform

from lcip import paths
from lcip.notebook.dependencies import data_files
from lcip.notebook.document import Document, load
from lcip.notebook.origins import Origin, origin
from lcip.results.sources import label_of, published_sources

MOST = 6  # files that are named one by one
DIGITS = 10  # of a commit
SUMMARY = "How this was made"


class origin_details(nodes.General, nodes.Element):
    """A disclosure that opens without any script."""


class Origins(SphinxTransform):
    """After the tables have their figures (830), before labels are collected (850)."""

    default_priority = 840

    def apply(self) -> None:
        file = Path(self.env.doc2path(self.env.docname))
        if file.suffix != ".ipynb":
            return
        cells = json.loads(file.read_text(encoding="utf8"))["cells"]
        record = read_record(file)
        for node in list(code_cells(self.document)):
            identifier = cells[node["cell_index"]]["id"]
            self.name(node, f"cell-{file.stem}-{identifier}", f"cell-{identifier}")
            for shown in [*node.findall(nodes.figure)]:
                told = Told(self, load(file), record, identifier)
                shown.parent.insert(shown.parent.index(shown) + 1, told.details())

    def name(self, node: nodes.Element, label: str, anchor: str) -> None:
        """Give a cell its address on the page, and the label by which other pages link to it."""
        node["ids"].append(nodes.make_id(anchor))
        node["names"].append(nodes.fully_normalize_name(label))
        self.document.note_explicit_target(node, node)


def read_record(file: Path) -> dict[str, Any]:
    """The record of the run that lies beside the notebook; nothing for a reader's own page."""
    record = file.with_suffix(".json")
    return json.loads(record.read_text(encoding="utf8")) if record.is_file() else {}


class Told:
    """What is told about the output of one cell."""

    def __init__(
        self, transform: Origins, notebook: Document, record: dict[str, Any], identifier: str
    ) -> None:
        self.notebook, self.record, self.identifier = notebook, record, identifier
        self.docname = transform.env.docname
        self.origin: Origin = origin(notebook, identifier)
        commit = record.get("environment", {}).get("commit") or ""
        self.commit = "" if commit == "unknown" else commit
        url = transform.config.lcip_repository_url.rstrip("/")
        # A run of changed code has a `+` behind its commit, which no address has.
        at = self.commit.rstrip("+") or transform.config.lcip_repository_branch
        self.base = f"{url}/blob/{at}/" if url else ""

    def details(self) -> origin_details:
        """The disclosure."""
        lines = [("cell", self.cell()), ("functions", self.functions()), ("data", self.data())]
        if self.commit:
            lines.append(("commit", [nodes.literal(text=short(self.commit))]))
        items = [nodes.definition_list_item("", term(n), nodes.definition("", par(b))) for n, b in
                 lines]  # fmt: skip
        return origin_details("", nodes.definition_list("", *items))

    def cell(self) -> list[nodes.Node]:
        """A link to the cell on this page, and its notebook's path."""
        link = nodes.reference("", self.identifier, internal=True, refid=f"cell-{self.identifier}")
        link["refid"] = nodes.make_id(f"cell-{self.identifier}")
        path = self.record.get("notebook", self.notebook.path.name)
        return [link, nodes.Text(" of "), self.file(path)]

    def functions(self) -> list[nodes.Node]:
        """The functions that the cell calls, each with its file and line."""
        found = [
            [self.file(f"{one.file}", f"{one.name}", one.line)] for one in self.origin.functions
        ]
        return joined(found) or [nodes.Text("none of lcip: the cell itself computes")]

    def data(self) -> list[nodes.Node]:
        """The data files behind the output, and what made those that the project measured."""
        files = self.opened()
        named = [self.told_file(file) for file in files[:MOST]]
        if len(files) > MOST:
            named.append([nodes.Text(f"and {len(files) - MOST} more")])
        return joined(named) or [nodes.Text("none: computed live")]

    def opened(self) -> list[str]:
        """Tables and streams first; of a file and the record beside it, the file."""
        cells = self.record.get("cells")
        if cells is None:
            found = set(self.record.get("data") or data_files(self.notebook))
        else:
            found = {file for cell in self.origin.cells for file in cells.get(cell, ())}
        beside = {str(Path(f).with_suffix(".json")) for f in found if not f.endswith(".json")}
        return sorted(found - beside, key=lambda f: (f.startswith("data/weights"), f))

    def told_file(self, path: str) -> list[nodes.Node]:
        """A file, and in brackets the command that made it, or the sources it was read from."""
        if path.startswith("data/published/"):
            labels = published_sources(Path(path).stem)
            links = [self.source(label) for label in labels[:2]]
            more = [nodes.Text(f", {len(labels) - 2} more sources")] if len(labels) > 2 else []
            return [self.file(path), nodes.Text(" ("), *joined([[x] for x in links]), *more,
                    nodes.Text(")")]  # fmt: skip
        card = paths.root() / Path(path).with_suffix(".json")
        made = json.loads(card.read_text(encoding="utf8")) if card.is_file() else {}
        if not made.get("command"):
            return [self.file(path)]
        at = f" at {short(made['commit'])}" if made.get("commit") else ""
        command = nodes.literal(text=made["command"])
        return [self.file(path), nodes.Text(" (made by "), command, nodes.Text(f"{at})")]

    def source(self, label: str) -> pending_xref:
        """A link to where the scoreboard lists a published source."""
        target = {"refdomain": "std", "reftype": "ref", "refexplicit": True, "refwarn": False}
        return pending_xref("", nodes.inline(text=label), reftarget=label_of(label),
                            refdoc=self.docname, **target)  # fmt: skip

    def file(self, path: str, text: str = "", line: int = 0) -> nodes.Node:
        """A file's path (or another text for it), linked where the repository's address is set."""
        words = nodes.literal(text=text or path)
        if not self.base or not (paths.root() / path).exists():
            return words
        anchor = f"#L{line}" if line else ""
        return nodes.reference("", "", words, refuri=f"{self.base}{path}{anchor}")


def short(commit: str) -> str:
    """The first digits of a commit, and the mark of changed code behind it."""
    return commit[:DIGITS] + "+" * commit.endswith("+")


def term(text: str) -> nodes.term:
    return nodes.term(text=text)


def par(body: list[nodes.Node]) -> nodes.paragraph:
    return nodes.paragraph("", "", *body)


def joined(parts: list[list[nodes.Node]]) -> list[nodes.Node]:
    """The parts with semicolons between them."""
    found: list[nodes.Node] = []
    for part in parts:
        found += [nodes.Text("; "), *part] if found else part
    return found


def visit_details(self, node) -> None:
    self.body.append(f'<details class="lcip-origin"><summary>{SUMMARY}</summary>\n')


def depart_details(self, node) -> None:
    self.body.append("</details>\n")


def setup(app):
    app.setup_extension("numbered_tables")
    app.add_node(origin_details, html=(visit_details, depart_details))
    app.add_transform(Origins)
    app.add_css_file("origins.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
