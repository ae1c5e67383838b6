"""What the checks of the built pages share: where the pages are, and how to take them apart."""

from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
REQUIRED = "LCIP_REQUIRE_SITE"
"""Set by 'make test', which builds the pages first: their absence then fails, and skips nothing."""


def page_names() -> list[str]:
    """Every page, relative to the site, without what Sphinx keeps for itself."""
    found = (path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    return sorted(name for name in found if not name.startswith(("_static/", "_sources/")))


def chapter_names() -> list[str]:
    """The pages that were notebooks."""
    return [name for name in page_names() if name.startswith("notebooks/")]


@cache
def soup(name: str) -> BeautifulSoup:
    """A page, parsed."""
    return BeautifulSoup((SITE / name).read_text(encoding="utf8"), "html.parser")


def addresses(name: str) -> list[tuple[Tag, str]]:
    """Every element of a page with an address, and the address."""
    found = []
    for tag in soup(name).find_all(True):
        found += [(tag, tag[attribute]) for attribute in ("href", "src") if tag.get(attribute)]
    return found


def is_internal(address: str) -> bool:
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc


def target(name: str, address: str) -> tuple[Path, str]:
    """The file that an internal address of a page leads to, and the anchor in it."""
    parts = urlsplit(address)
    path = (SITE / name).parent / unquote(parts.path) if parts.path else SITE / name
    return path, unquote(parts.fragment)


@cache
def anchors(path: Path) -> frozenset[str]:
    """Every anchor of a page."""
    page = soup(path.resolve().relative_to(SITE.resolve()).as_posix())
    found = {tag["id"] for tag in page.find_all(id=True)}
    return frozenset(found | {tag["name"] for tag in page.find_all("a", attrs={"name": True})})
