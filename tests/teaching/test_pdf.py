"""The book on paper: every page in order, numbered, with bookmarks; links lead inside the file."""

import shutil
import subprocess
import sys
from pathlib import Path

import pdf
import pytest
from pypdf import PdfReader

PAGE = """<!DOCTYPE html><html lang="en">
<head><meta charset="utf-8"><title>{title}</title>
<style>nav {{ display: none; }}</style></head><body>
<nav class="bd-links"><p class="caption"><span class="caption-text">Part one</span></p><ul>
<li><a class="reference internal" href="{up}book/first.html">1. First</a></li>
<li><a class="reference internal" href="{up}notebooks/second.html">2. Second</a></li></ul></nav>
<h1>{title}</h1>{body}</body></html>"""
FILLED = "<p style='height: 230mm'>filling</p>"


@pytest.fixture
def site(tmp_path) -> Path:
    pages = {
        "book/index.html": '<p>See <a href="../notebooks/second.html#deep">the second</a>.</p>',
        "book/first.html": '<p><a href="gone.html">gone</a> <a href="https://example.org/">out</a></p>',
        "notebooks/second.html": f'<a href="#deep">down</a>{FILLED}{FILLED}<h2 id="deep">Deep</h2>',
    }
    for name, body in pages.items():
        path = tmp_path / "html" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        title = path.stem.capitalize()
        path.write_text(PAGE.format(title=title, body=body, up="../"), encoding="utf8")
    return tmp_path / "html"


def test_the_contents_are_those_of_the_site(site):
    found = [(chapter.file, chapter.part) for chapter in pdf.contents(site)]
    assert found == [
        ("book/index.html", ""),
        ("book/first.html", "Part one"),
        ("notebooks/second.html", "Part one"),
    ]


def test_without_pages_it_says_what_to_do(tmp_path):
    with pytest.raises(pdf.PrintError, match=r"index.html is missing. Next: 'make book'."):
        pdf.contents(tmp_path)


def test_without_a_browser_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    with pytest.raises(pdf.PrintError, match="none of chromium, .* apt-get install chromium"):
        pdf.browser_path()


def links(page) -> list[dict]:
    return [each.get_object() for each in page.get("/Annots", [])]


def test_pages_are_merged_numbered_and_linked(site, tmp_path):
    if not any(map(shutil.which, pdf.BROWSERS)):
        pytest.skip("no browser: nothing was printed (Debian: apt-get install chromium)")
    target = tmp_path / "out" / "book.pdf"
    # In a process of its own: another test may have a browser under way in this one.
    command = [sys.executable, pdf.__file__, str(site), str(target)]
    subprocess.run(command, check=True)
    reader = PdfReader(target)
    texts = [page.extract_text() for page in reader.pages]
    heads = ["Index", "Part one", "Index", "First", "Second"]
    assert len(texts) == 6 and all(head in text for head, text in zip(heads, texts, strict=False))
    assert "Deep" in texts[5]
    assert all(text.split()[-1] == str(n) for n, text in enumerate(texts, 1) if n > 1)
    (part,) = [item for item in reader.outline if isinstance(item, list)]
    assert [item.title for item in part] == ["1. First", "2. Second"]
    own = reader.pages[4]
    (down,) = [each for each in links(own) if each["/Subtype"] == "/Link"]
    assert reader.get_page_number(down["/Dest"][0].get_object()) == 5
    (across,) = links(reader.pages[2])
    assert reader.get_page_number(across["/Dest"][0].get_object()) in (4, 5)
    outside = [each["/A"]["/URI"] for each in links(reader.pages[3])]
    assert outside == ["https://example.org/"], "what leads to no page is no link"
    assert reader.metadata.title == "Index"
    assert str(tmp_path).encode() not in target.read_bytes()
