"""What a page weighs: under 3 MB, without the data of its interactive figures.

Counted is all that a reader who comes for the first time fetches: the page, every picture, style,
script and icon that it names, MathJax, and every font that its styles name, each once. Text is
counted as a server sends it (gzip), the rest as it lies on the disk. Not counted is the data of the
interactive figures: it is what the words "interactive bundle" mean.
"""

import gzip
import re
from functools import cache
from pathlib import Path

import pytest
from built_site import SITE, addresses, is_internal, soup, target

MOST_BYTES = 3_000_000
TEXT = {".html", ".css", ".js", ".svg", ".json"}
LOADED = {"script", "img", "source", "link"}
FONT = re.compile(r"url\(\s*['\"]?([^'\")]+\.woff2?)")


def loaded(page: str) -> set[Path]:
    """The files that a page names for itself, and the fonts that its styles name."""
    named = (
        target(page, address)[0].resolve()
        for tag, address in addresses(page)
        if tag.name in LOADED and tag.get("rel") not in (["next"], ["prev"])
        if is_internal(address) and not address.startswith("data:")
    )
    files = {path for path in named if path.is_file() and path.suffix != ".html"}
    return files | {font for path in files if path.suffix == ".css" for font in fonts(path)}


@cache
def fonts(style: Path) -> frozenset[Path]:
    found = FONT.findall(style.read_text(encoding="utf8"))
    return frozenset((style.parent / name).resolve() for name in found)


@cache
def sent_bytes(path: Path) -> int:
    """The bytes of a file as they are sent."""
    content = path.read_bytes()
    return len(gzip.compress(content)) if path.suffix in TEXT else len(content)


def own_bytes(page: str) -> int:
    """The page itself, without the data of its interactive figures."""
    text = (SITE / page).read_text(encoding="utf8")
    for data in soup(page).select(".lcip-widget script"):
        text = text.replace(data.get_text(), "")
    return len(gzip.compress(text.encode()))


def test_a_page_is_light(page):
    weights = {path.name: sent_bytes(path) for path in loaded(page)}
    heaviest = sorted(weights, key=weights.get)[-3:]
    assert own_bytes(page) + sum(weights.values()) < MOST_BYTES, heaviest


def test_what_is_heavy_is_counted():
    """So that the check above cannot pass because nothing was found."""
    names = {path.name for path in loaded("book/index.html")}
    assert {"tex-svg-full.js", "book.css", "fontawesome.js"} <= names
    assert any(name.endswith(".woff2") for name in names)


@pytest.mark.parametrize("icon", ["magnifying-glass", "bars", "download", "circle-half-stroke"])
def test_the_icons_in_use_are_kept(icon):
    script = (SITE / "_static" / "scripts" / "fontawesome.js").read_text(encoding="utf8")
    assert f'"{icon}":[' in script or f"{icon}:[" in script
