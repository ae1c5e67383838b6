"""The built pages as one PDF: printed by a headless Chromium, merged, numbered, with bookmarks.

usage: pdf.py SITE BOOK.pdf       (the folder of the rendered pages; the file to write)

The order is that of the pages' own contents. Links between pages lead to pages of the PDF; nothing
in it names a place on the machine that made it.
"""

import html
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import Fit, NameObject

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
ROOT_PAGE = "book/index.html"
PATIENCE_MS = 600_000
PAPER = {
    "format": "A4",
    "print_background": True,
    "margin": {"top": "18mm", "bottom": "20mm", "left": "18mm", "right": "18mm"},
}
BARE = PAPER | {"margin": {"top": "0", "bottom": "0", "left": "0", "right": "0"}}
READY = """async () => {
    document.documentElement.dataset.theme = "light";
    document.querySelectorAll("details.sd-dropdown").forEach(box => { box.open = true; });
    document.querySelectorAll("img[loading]").forEach(image => image.removeAttribute("loading"));
    await document.fonts.ready;
    if (window.MathJax && MathJax.startup) await MathJax.startup.promise;
    const waiting = [...document.images].filter(image => !image.complete);
    await Promise.all(waiting.map(image => new Promise(done => {
        image.onload = image.onerror = done;
    })));
}"""
STYLE = """<meta charset="utf-8"><style>
body { margin: 0; font: 10pt/1.5 Georgia, serif; color: #20262d; }
h1 { margin: 60mm 0 4mm; font-size: 26pt; line-height: 1.2; color: #004d7a; }
h2 { margin: 7mm 0 2mm; font-size: 12pt; break-after: avoid; }
.cover { break-after: page; }
.entry { display: flex; gap: 2mm; }
.entry a { color: inherit; text-decoration: none; }
.entry .dots { flex: 1; border-bottom: 1px dotted #9aa3ad; margin-bottom: 1.4mm; }
.folio { box-sizing: border-box; height: 296.9mm; padding: 282mm 18mm 0; break-after: page;
         display: flex; justify-content: space-between; font-size: 8pt; color: #545d68; }
</style>"""


class PrintError(RuntimeError):
    """No browser to print with, or no pages to print."""


@dataclass(frozen=True)
class Chapter:
    """A page of the site: its file, its title, the part of the book that it belongs to."""

    file: str
    title: str
    part: str


def browser_path() -> str:
    """The machine's own Chromium. Raises PrintError with what to install."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise PrintError(
            f"Printing needs a browser: none of {', '.join(BROWSERS)} is on the PATH. "
            "Next: install Chromium (Debian: apt-get install chromium), then 'make pdf' again."
        )
    return found


def contents(site: Path) -> list[Chapter]:
    """All pages in the order of the contents, the front page first."""
    front = site / ROOT_PAGE
    if not front.is_file():
        raise PrintError(f"{front} is missing. Next: 'make book'.")
    page = BeautifulSoup(front.read_text(encoding="utf8"), "html.parser")
    found = [Chapter(ROOT_PAGE, page.find("h1").text.strip("\n #"), "")]
    part = ""
    for tag in page.select_one("nav.bd-links").find_all(["p", "a"]):
        if tag.name == "p" and "caption" in tag.get("class", []):
            part = tag.text.strip()
        elif tag.name == "a" and tag.get("href", "#").endswith(".html"):
            file = (front.parent / tag["href"]).resolve().relative_to(site.resolve()).as_posix()
            if file != ROOT_PAGE and (site / file).is_file():
                found.append(Chapter(file, tag.text.strip(), part))
    return found


def printed(tab, address: str) -> bytes:
    """One page of the site, as the style sheet for paper has it."""
    tab.goto(address, wait_until="load")
    tab.evaluate(READY)
    return tab.pdf(**PAPER)


def typeset(tab, text: str, paper: dict) -> PdfReader:
    """Some HTML of ours as a PDF."""
    tab.set_content(STYLE + text)
    return PdfReader(BytesIO(tab.pdf(**paper)))


def front_matter(title: str, chapters: list[Chapter], starts: list[int], site: Path) -> str:
    """The cover and the table of contents; its links are to the pages' own addresses."""
    lines, part = [f'<div class="cover"><h1>{html.escape(title)}</h1></div>'], ""
    for chapter, start in zip(chapters, starts, strict=True):
        if chapter.part != part:
            part = chapter.part
            lines.append(f"<h2>{html.escape(part)}</h2>")
        address = (site / chapter.file).resolve().as_uri()
        lines.append(
            f'<div class="entry"><a href="{address}">{html.escape(chapter.title)}</a>'
            f'<span class="dots"></span><span>{start}</span></div>'
        )
    return "\n".join(lines)


def folios(title: str, chapters: list[str]) -> str:
    """One sheet a page: the book's or the chapter's title at the foot, and the page's number."""
    feet = (f"<span>{html.escape(chapter or title)}</span>" for chapter in chapters)
    sheets = (f"{foot}<span>{number}</span>" for number, foot in enumerate(feet, 1))
    return "".join(f'<div class="folio">{sheet}</div>' for sheet in sheets)


def targets(reader: PdfReader) -> dict[str, tuple[int, float]]:
    """Where a printed page's own anchors lie: page within it, and height on that page."""
    found = {}
    for name, place in reader.named_destinations.items():
        number = reader.get_destination_page_number(place)
        if number is not None and number >= 0:
            found[unquote(name.lstrip("/"))] = (number, float(place.top or 0))
    return found


def wanted(annotation: dict) -> str | None:
    """The address or the anchor that a link leads to; None where it is no link."""
    if annotation.get("/Subtype") != "/Link":
        return None
    action = annotation.get("/A")
    if action is not None:
        action = action.get_object()
        return str(action.get("/URI") or f"#{str(action.get('/D', '')).lstrip('/')}")
    return f"#{str(annotation.get('/Dest', '')).lstrip('/')}"


def place_of(address: str, own: str, known: dict, root: str) -> tuple[int, float] | None:
    """The page, from 0, and the height that an address inside the book means; None for others."""
    parts = urlsplit(address)
    file = own if not parts.scheme else unquote(parts.path).removeprefix(root).lstrip("/")
    anchors = known.get(file)
    if parts.scheme not in ("", "file") or anchors is None:
        return None
    return anchors.get(unquote(parts.fragment), anchors[""])


def relinked(writer: PdfWriter, owners: list[str], known: dict, root: str) -> None:
    """Make links inside the book lead to its pages, and drop those to files that are not in it."""
    for number, (page, own) in enumerate(zip(writer.pages, owners, strict=True)):
        kept, links = [], []
        for reference in page.get("/Annots", []):
            address = wanted(reference.get_object())
            place = None if address is None else place_of(address, own, known, root)
            if place is not None:
                links.append((reference.get_object()["/Rect"], place))
            elif address is None or not address.startswith(("file:", "#")):
                kept.append(reference)
        page[NameObject("/Annots")] = type(page.get("/Annots", []))(kept) if kept else _array()
        for box, (target, top) in links:
            fit = Fit.xyz(left=0, top=top or None, zoom=None)
            link = Link(rect=box, target_page_index=target, fit=fit)
            writer.add_annotation(page_number=number, annotation=link)


def _array():
    from pypdf.generic import ArrayObject

    return ArrayObject()


def assembled(
    title: str, chapters: list[Chapter], readers: list[PdfReader], site: Path, tab
) -> PdfWriter:
    """Cover, contents and chapters in one file, with numbers, bookmarks and links."""
    front = typeset(tab, front_matter(title, chapters, [0] * len(chapters), site), PAPER)
    starts = list(_starts(len(front.pages), readers))
    shown = [start + 1 for start in starts]
    front = typeset(tab, front_matter(title, chapters, shown, site), PAPER)
    writer, owners, names = PdfWriter(), [""] * len(front.pages), [""] * len(front.pages)
    known: dict[str, dict[str, tuple[int, float]]] = {"": {"": (0, 0.0)}}
    for reader in (front, *readers):
        for page in reader.pages:
            writer.add_page(page)
    part, parent = "", None
    for chapter, start, reader in zip(chapters, starts, readers, strict=True):
        owners += [chapter.file] * len(reader.pages)
        names += [chapter.title] * len(reader.pages)
        known[chapter.file] = {"": (start, 0.0)} | {
            name: (start + page, top) for name, (page, top) in targets(reader).items()
        }
        if chapter.part != part:
            part = chapter.part
            parent = writer.add_outline_item(title=part, page_number=start)
        writer.add_outline_item(title=chapter.title, page_number=start, parent=parent)
    relinked(writer, owners, known, site.resolve().as_posix())
    sheets = typeset(tab, folios(title, names), BARE)
    for page, sheet in list(zip(writer.pages, sheets.pages, strict=False))[1:]:
        page.merge_page(sheet)
        page.compress_content_streams()
    return writer


def _starts(first: int, readers: list[PdfReader]) -> Iterator[int]:
    for reader in readers:
        yield first
        first += len(reader.pages)


def make(site: Path, target: Path) -> None:
    """Print every page of the site and write the book."""
    from playwright.sync_api import sync_playwright

    program, chapters = browser_path(), contents(site)
    title = chapters[0].title
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        tab = browser.new_context(viewport={"width": 1000, "height": 1400}).new_page()
        tab.set_default_timeout(PATIENCE_MS)
        addresses = ((site / chapter.file).resolve().as_uri() for chapter in chapters)
        readers = [PdfReader(BytesIO(printed(tab, address))) for address in addresses]
        writer = assembled(title, chapters, readers, site, tab)
        browser.close()
    writer.add_metadata({"/Title": title, "/Author": "The LCIP authors"})
    writer.compress_identical_objects()
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    writer.write(partial)
    partial.replace(target)


if __name__ == "__main__":
    try:
        make(Path(sys.argv[1]), Path(sys.argv[2]))
    except PrintError as error:
        sys.exit(str(error))
