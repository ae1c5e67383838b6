"""The scoreboard: `{scoreboard-counts}`, `{scoreboard-claims}`, `{scoreboard-contents}`, and
`{published-sources}`, drawn from `data/claims.csv` and `data/inventory.csv` while the pages are
rendered. Nothing here is typed: statuses, reasons and places come from `lcip.results`.

The tables are complete without scripts; `scoreboard.js` adds filters and sorting.
"""

from collections import Counter
from functools import cache

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import Directive
from execution_record import captioned, table
from sphinx.addnodes import pending_xref

from lcip.results import claims, published_names
from lcip.results.inventory import SHOWN, inventory, notebook, rows_of
from lcip.results.rules import STATUSES, rule
from lcip.results.sources import label_of, published_sources

PART_NAMES = {"1": "1 · Introduction", "2": "2 · Encoding distributions", "3": "3 · Point clouds",
              "4": "4 · Motion", "all": "all"}  # fmt: skip
UNITS = {"1": "", "percent": "%", "percentage_points": "points", "mac": "MAC",
         "mac_per_pixel": "MAC/px", "weights": ""}  # fmt: skip
BASES = {"own measurement": "measured here", "published points": "published points",
         "arithmetic": "arithmetic", "": "not attempted"}  # fmt: skip
WIDE = ("sortable", "colwidths-auto")
CLAIMS = "every number that slides and thesis print, its value here, and what became of it"
CONTENTS = "every row of the slides' and the thesis's contents, and where this book has it"


@cache
def board() -> pd.DataFrame:
    """The claims with the part and the place of each."""
    found = claims()
    rows = rows_of(found, inventory())
    none = {"cell": "", "part": "all"}
    told = pd.DataFrame([rows.get(name, none) for name in found["id"]])
    return found.assign(cell=told["cell"], part=told["part"])


def number(value: float) -> str:
    """A number as a reader would write it; empty where there is none."""
    if pd.isna(value):
        return ""
    return (f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.5g}").replace("-", "−")


def with_unit(value: float, unit: str) -> str:
    text = number(value)
    return f"{text} {UNITS.get(unit, unit)}".strip() if text else ""


def badge(status: str) -> nodes.Node:
    """A status, in a word of its own class."""
    return nodes.inline(text=status, classes=["status", "status-" + status.replace(" ", "-")])


class Board(Directive):
    """What the directives share: links that are resolved later, and tables with captions."""

    @property
    def docname(self) -> str:
        return self.state.document.settings.env.docname

    def link(self, label: str, text: str) -> pending_xref:
        """A link to a label anywhere in the book."""
        options = {"refdomain": "std", "reftype": "ref", "refexplicit": True, "refwarn": True}
        words = nodes.inline(text=text)
        return pending_xref("", words, reftarget=label, refdoc=self.docname, **options)

    def place(self, cell: str) -> nodes.Node:
        """A link to the cell or the page; its words where it does not exist yet."""
        page, _, identifier = cell.partition("#")
        if page.startswith("book/"):
            return self.page(page, page.removeprefix("book/"))
        found = notebook(page)
        if found is None or not self.is_rendered(f"notebooks/{found.parent.name}/{page}"):
            return nodes.Text("not yet")
        if identifier:
            label = nodes.fully_normalize_name(f"cell-{page}-{identifier}")
            return self.link(label, f"{page.split('-')[0]}, {identifier}")
        return self.page(f"notebooks/{found.parent.name}/{page}", page)

    def page(self, name: str, text: str) -> nodes.Node:
        if not self.is_rendered(name):
            return nodes.Text("not yet")
        options = {"refdomain": "std", "reftype": "doc", "refexplicit": True, "refwarn": True}
        return pending_xref("", nodes.inline(text=text), reftarget=f"/{name}",
                            refdoc=self.docname, **options)  # fmt: skip

    def is_rendered(self, name: str) -> bool:
        return name in self.state.document.settings.env.found_docs

    def captioned(self, body: nodes.table, caption: str, name: str, *classes: str) -> nodes.table:
        """The table under a numbered caption and a label."""
        return captioned(self.state.document, body, caption, name, *classes)

    def target(self, name: str) -> nodes.target:
        """An empty anchor with a label."""
        anchor = nodes.target("", "", names=[nodes.fully_normalize_name(name)])
        self.state.document.note_explicit_target(anchor, anchor)
        return anchor


class Counts(Board):
    """How many claims have each status, by part and by what the number here rests on."""

    def run(self):
        frame = board()
        groups = [(PART_NAMES[part], frame[frame["part"] == part]) for part in PART_NAMES]
        groups += [(words, frame[frame["basis"] == basis]) for basis, words in BASES.items()]
        groups = [(words, rows) for words, rows in groups if len(rows)] + [("all claims", frame)]
        rows = [self.row(words, Counter(rows["status"])) for words, rows in groups]
        made = table(["part, or basis", *STATUSES, "sum"], rows)
        caption = "Number of claims by status: for each part, then by what the number here rests on"
        return [self.captioned(made, caption, "tab-scoreboard-counts")]

    def row(self, words: str, counts: Counter) -> list[nodes.Node]:
        numbers = [counts[status] for status in STATUSES]
        return [nodes.Text(words), *(nodes.Text(str(n)) for n in [*numbers, sum(numbers)])]


class Claims(Board):
    """One row a claim."""

    def run(self):
        header = ["claim and source", "published", "here", "status", "made in"]
        found = board().to_dict("records")
        made = table(header, [self.row(claim) for claim in found])
        for line, claim in zip(list(made.findall(nodes.row))[1:], found, strict=True):
            line["classes"] += [f"part-{claim['part']}", claim["status"].replace(" ", "-")]
        return [self.captioned(made, f"The claims: {CLAIMS}", "tab-scoreboard", *WIDE)]

    def row(self, claim: dict) -> list[nodes.Node]:
        anchor = self.target(f"claim-{claim['id']}")
        source = self.link(label_of(claim["source"]), claim["source"])
        allowed = rule(claim["comparison"], claim["value"]).text.replace("-", "−")
        note = f"{BASES[claim['basis']]}. {claim['note']}".removesuffix(". ")
        return [
            with_anchor(anchor, nodes.Text(claim["what"]), below(source)),
            with_anchor(told(claim["value"], claim["unit"]), below(nodes.Text(allowed))),
            told(claim["measured"], claim["unit"]),
            with_anchor(badge(claim["status"]), below(nodes.Text(note))),
            self.place(claim["cell"]),
        ]


def told(value: float, unit: str) -> nodes.Node:
    return nodes.inline(text=with_unit(value, unit), classes=["number"])


def below(part: nodes.Node) -> nodes.inline:
    """A part of a cell that stands below the first, in smaller letters."""
    return nodes.inline("", "", part, classes=["below"])


def with_anchor(*parts: nodes.Node) -> nodes.inline:
    return nodes.inline("", "", *parts)


class Contents(Board):
    """One row a figure, table, formula or summary of the sources."""

    def run(self):
        header = ["part", "in the sources", "what", "status", "in this book"]
        found = [self.row(row) for row in inventory().to_dict("records")]
        made = table(header, found)
        counts = Counter(inventory()["status"])
        told = ", ".join(f"{counts[s]} {s}" for s in (SHOWN, *STATUSES) if counts[s])
        caption = f"The contents: {CONTENTS} ({told})"
        return [self.captioned(made, caption, "tab-contents", *WIDE)]

    def row(self, row: dict) -> list[nodes.Node]:
        status = with_anchor(badge(row["status"]), nodes.Text(self.reason(row)))
        words = [nodes.Text(row[column]) for column in ("part", "label", "what")]
        return [*words, status, self.place(row["cell"])]

    def reason(self, row: dict) -> str:
        return "" if row["status"] == SHOWN else f" {row['reason']}"


class Sources(Board):
    """Every source label: first those of the claims, then the published tables, file by file."""

    def run(self):
        counts = Counter(board()["source"])
        files = {name: published_sources(name) for name in published_names()}
        items = [self.item(source, f": {count} claims") for source, count in counts.items()]
        blocks = [nodes.paragraph(text="Sources of the claims:"), nodes.bullet_list("", *items)]
        seen = set(counts)
        for name, labels in files.items():
            new = [label for label in labels if label not in seen]
            known = [self.link(label_of(label), label) for label in labels if label in seen]
            seen |= set(new)
            items = [self.item(label, "") for label in new] + [listed(link) for link in known]
            title = nodes.paragraph("", "", nodes.literal(text=f"data/published/{name}.csv"))
            blocks += [title, nodes.bullet_list("", *items)]
        return blocks

    def item(self, source: str, more: str) -> nodes.list_item:
        return listed(self.target(label_of(source)), nodes.Text(f"{source}{more}"))


def listed(*parts: nodes.Node) -> nodes.list_item:
    return nodes.list_item("", nodes.paragraph("", "", *parts))


def add_script(app, pagename, templatename, context, doctree):
    """The filters, on pages with such a table only."""
    if doctree is not None and any(
        "sortable" in t["classes"] for t in doctree.findall(nodes.table)
    ):
        app.add_js_file("scoreboard.js", loading_method="defer")


def setup(app):
    for name, directive in (("counts", Counts), ("claims", Claims), ("contents", Contents)):
        app.add_directive(f"scoreboard-{name}", directive)
    app.add_directive("published-sources", Sources)
    app.connect("html-page-context", add_script)
    app.add_css_file("scoreboard.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
