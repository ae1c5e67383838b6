"""Lectures from the executed notebooks: what `slides/lecture-*.yml` selects, as reveal.js pages.

usage: slides.py EXECUTED TARGET        (the folder of executed notebooks; TARGET is replaced)

A lecture is a list of slides. A slide has a heading, the minutes it takes, notes for the speaker,
and of these what it needs: `points` (Markdown), `figure` (the name that a figure has in the book)
and `table` (`notebook` and `cell` whose table is shown). Figures and tables are the book's own: a
name that no notebook has is refused. nbconvert makes the page; nothing in it comes from a network.
"""

import base64
import html
import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml

ROOT = Path(__file__).resolve().parents[2]
SLIDES = ROOT / "slides"
ASSETS = ROOT / "book" / "assets"
IMAGES = ("image/png", "image/svg+xml")
LECTURE_KEYS = {"title", "subtitle", "slides"}
SLIDE_KEYS = {"heading", "minutes", "notes", "points", "figure", "table"}
NEEDED = ("heading", "minutes", "notes")
ROLE = re.compile(r"\{[a-z]+\}`([^`]*)`")
FRONT = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Lectures</title>
<link rel="icon" href="data:,">
</head>
<body>
<h1>Lectures</h1>
<ol>
{}</ol>
<p>The key S opens the speaker's view, with notes and times.</p>
</body>
</html>
"""


class SlidesError(ValueError):
    """A selection that asks for what is not there, or that says too little."""


@dataclass(frozen=True)
class Figure:
    """A figure of the book: its picture as an address, its words, its caption, its chapter."""

    address: str
    alt: str
    caption: str
    chapter: str


def figures(executed: Path) -> dict[str, Figure]:
    """Every named figure of the executed notebooks (solutions apart), by name."""
    found = {}
    for path in sorted(executed.glob("[0-9]*/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf8"))["cells"]
        for cell in cells:
            shown = cell["metadata"].get("mystnb", {})
            name = shown.get("figure", {}).get("name")
            picture = next(filter(None, map(address, cell.get("outputs", ()))), None)
            if name and picture:
                caption, alt = shown["figure"].get("caption", ""), shown.get("image", {}).get("alt")
                found[name] = Figure(picture, alt or caption, caption, title_of(cells))
    return found


def address(output: dict) -> str | None:
    """A picture among an output's data, as a data: address."""
    for kind in IMAGES:
        if kind in output.get("data", {}):
            data = "".join(output["data"][kind])
            if kind == "image/svg+xml":
                data = base64.b64encode(data.encode()).decode()
            return f"data:{kind};base64,{''.join(data.split())}"
    return None


def title_of(cells: list[dict]) -> str:
    return "".join(cells[0]["source"]).splitlines()[0].removeprefix("# ")


def table(executed: Path, wanted: dict) -> str:
    """The HTML of the table that one cell of one notebook shows."""
    path = executed / f"{wanted['notebook']}.ipynb"
    if not path.is_file():
        raise SlidesError(f"no notebook {wanted['notebook']!r} to take a table from")
    for cell in json.loads(path.read_text(encoding="utf8"))["cells"]:
        if cell.get("id") == wanted["cell"]:
            for output in cell.get("outputs", ()):
                if "text/html" in output.get("data", {}):
                    return "".join(output["data"]["text/html"])
    raise SlidesError(f"{wanted['notebook']}: no cell {wanted['cell']!r} that shows a table")


def checked(lecture: Any, name: str) -> dict:
    """Refuse a lecture that lacks something, or has something unknown."""
    if not isinstance(lecture, dict) or set(lecture) != LECTURE_KEYS or not lecture["slides"]:
        raise SlidesError(f"{name}: a lecture has exactly {', '.join(sorted(LECTURE_KEYS))}")
    for number, slide in enumerate(lecture["slides"], 1):
        unknown, absent = set(slide) - SLIDE_KEYS, [key for key in NEEDED if not slide.get(key)]
        if unknown or absent:
            raise SlidesError(
                f"{name}, slide {number}: unknown {sorted(unknown) or 'nothing'}, "
                f"absent {absent or 'nothing'}; allowed: {', '.join(sorted(SLIDE_KEYS))}"
            )
    return lecture


def drawn(figure: Figure) -> str:
    alt, chapter = html.escape(figure.alt, quote=True), html.escape(figure.chapter)
    source = f"<figcaption>From the chapter “{chapter}”</figcaption>"
    return f'<figure>\n<img src="{figure.address}" alt="{alt}">\n{source}\n</figure>'


def body(slide: dict, known: dict[str, Figure], executed: Path, name: str) -> str:
    """The Markdown of one slide."""
    parts = [f"## {slide['heading']}"]
    points = slide.get("points", "").strip()
    if slide.get("figure") and slide["figure"] not in known:
        raise SlidesError(
            f"{name}: no executed notebook has a figure {slide['figure']!r}; there are "
            f"{', '.join(sorted(known))}"
        )
    picture = drawn(known[slide["figure"]]) if slide.get("figure") else ""
    if points and picture:
        picture = f'<div class="beside">\n<div>\n\n{points}\n\n</div>\n{picture}\n</div>'
        points = ""
    shown = table(executed, slide["table"]) if slide.get("table") else ""
    return "\n\n".join(part for part in (*parts, points, picture, shown) if part)


def notes(slide: dict, known: dict[str, Figure], until: float, total: float) -> str:
    """What the speaker sees: the time, the notes, and the figure's caption in the book."""
    time = f"**{slide['minutes']:g} min**, until minute {until:g} of {total:g}"
    caption = known[slide["figure"]].caption if slide.get("figure") else ""
    told = f"*In the book:* {ROLE.sub('(see there)', caption)}" if caption else ""
    return "\n\n".join(part for part in (time, slide["notes"].strip(), told) if part)


def cell(source: str, kind: str, seconds: float | None) -> nbformat.NotebookNode:
    data = {} if seconds is None else {"data": {"timing": round(seconds)}}
    made = nbformat.v4.new_markdown_cell(source)
    made.metadata["slideshow"] = {"slide_type": kind} | data
    return made


def notebook(lecture: dict, executed: Path, name: str) -> nbformat.NotebookNode:
    """The lecture as a notebook of Markdown cells, with the tags that nbconvert reads."""
    known, slides = figures(executed), lecture["slides"]
    total, until = sum(slide["minutes"] for slide in slides), 0.0
    cells = [cell(f"# {lecture['title']}\n\n{lecture['subtitle']}", "slide", 0)]
    for slide in slides:
        until += slide["minutes"]
        cells.append(cell(body(slide, known, executed, name), "slide", 60 * slide["minutes"]))
        cells.append(cell(notes(slide, known, until, total), "notes", None))
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata |= {"title": lecture["title"], "seconds": round(60 * total)}
    return made


def page(made: nbformat.NotebookNode) -> str:
    """nbconvert's page of slides, in the project's template."""
    from nbconvert import SlidesExporter

    exporter = SlidesExporter(
        template_name="lcip", extra_template_basedirs=[str(SLIDES / "template")]
    )
    return exporter.from_notebook_node(made)[0]


def front(titles: dict[str, str]) -> str:
    """A page that leads to the lectures."""
    links = (f'<a href="{name}.html">{html.escape(title)}</a>' for name, title in titles.items())
    return FRONT.format("".join(f"<li>{link}</li>\n" for link in links))


def make(executed: Path, target: Path) -> None:
    """All lectures, and beside them what their pages load."""
    lectures = {
        path.stem: checked(yaml.safe_load(path.read_text(encoding="utf8")), path.name)
        for path in sorted(SLIDES.glob("lecture-*.yml"))
    }
    pages = {name: page(notebook(each, executed, name)) for name, each in lectures.items()}
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(SLIDES / "reveal", target / "reveal")
    for folder in ("mathjax", "fonts"):
        shutil.copytree(ASSETS / folder, target / folder)
    shutil.copyfile(SLIDES / "slides.css", target / "slides.css")
    for name, text in pages.items():
        (target / f"{name}.html").write_text(text, encoding="utf8")
    titles = {name: each["title"] for name, each in lectures.items()}
    (target / "index.html").write_text(front(titles), encoding="utf8")


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]))
