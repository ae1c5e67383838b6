"""Tables that code cells show, numbered and captioned like figures.

A cell says in its metadata what its table is:

    "lcip": {"table": {"caption": "What rows and columns are, with units.", "name": "tab-x"}}

The table then has a number ("Table 3"), a caption above it, an address, and {numref}`tab-x` works.
"""

from collections.abc import Iterator

from docutils import nodes
from sphinx.transforms import SphinxTransform


class table_figure(nodes.figure):
    """A shown table with its caption; numbered with the tables that are written in prose."""


class table_caption(nodes.caption):
    """The caption of a shown table, which stands above it."""


def code_cells(document: nodes.document) -> Iterator[nodes.container]:
    """The code cells of a page, as MyST-NB lays them out."""
    for node in document.findall(nodes.container):
        if node.get("nb_element") == "cell_code":
            yield node


def shown_table(cell: nodes.container) -> nodes.container | None:
    """The output of a cell that is an HTML table; None where it shows none."""
    for bundle in cell.findall(nodes.container):
        if bundle.get("nb_element") == "mime_bundle":
            raw = bundle.findall(lambda n: isinstance(n, nodes.raw) and n["format"] == "html")
            if any("<table" in node.astext() for node in raw):
                return bundle
    return None


class NumberTables(SphinxTransform):
    """Before the standard domain collects labels and numbers (at 850)."""

    default_priority = 830

    def apply(self) -> None:
        for cell in list(code_cells(self.document)):
            told = cell["cell_metadata"].get("lcip", {}).get("table")
            bundle = shown_table(cell) if told else None
            if bundle is not None:
                self.wrap(bundle, told["caption"], told["name"])

    def wrap(self, bundle: nodes.container, caption: str, name: str) -> None:
        """Put the output and its caption into one figure, under its name."""
        name = nodes.fully_normalize_name(name)
        figure = table_figure("", classes=["lcip-table"], names=[name])
        figure.source, figure.line = bundle.source, bundle.line
        bundle.parent.replace(bundle, figure)
        figure += [table_caption("", "", *inline(caption)), bundle]
        self.document.note_explicit_target(figure, figure)


def inline(caption: str) -> list[nodes.Node]:
    """The caption's text; what stands between backquotes is code."""
    parts = caption.split("`")
    kinds = [nodes.literal if place % 2 else nodes.Text for place in range(len(parts))]
    pairs = zip(kinds, parts, strict=True)
    return [kind(part, part) if kind is nodes.literal else kind(part) for kind, part in pairs]


def visit_figure(self, node) -> None:
    self.body.append(self.starttag(node, "figure"))


def depart_figure(self, node) -> None:
    self.body.append("</figure>\n")


def visit_caption(self, node) -> None:
    self.body.append("<figcaption>\n")
    self.add_fignumber(node.parent)
    self.body.append('<span class="caption-text">')


def depart_caption(self, node) -> None:
    self.body.append("</span>")
    self.add_permalink_ref(node.parent, "Link to this table")
    self.body.append("</figcaption>\n")


def setup(app):
    app.add_enumerable_node(table_figure, "table", html=(visit_figure, depart_figure))
    app.add_node(table_caption, html=(visit_caption, depart_caption))
    app.add_transform(NumberTables)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
