"""The built pages, read as files: links, words for figures, downloads, nothing from elsewhere."""

import json
import re

import pytest
import yaml
from built_site import (
    ROOT,
    SITE,
    addresses,
    anchors,
    chapter_names,
    is_internal,
    page_names,
    soup,
    target,
)

from lcip.results import claims

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text())
FILE_NAME = re.compile(r"[^\s]*\.(png|jpe?g|svg|gif|webp)|[0-9a-f]{16,}", re.IGNORECASE)
RAW_MARKUP = re.compile(r"\{(cite|numref|eq|doc|ref|figure|math)[}:]|\$\$|:::|```")
LOADING = {"script", "img", "iframe", "source", "video", "audio", "embed", "object"}
SHORTEST_WORDS = 20


def test_the_pages_of_the_contents_are_there():
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text())
    files = [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    assert {f"{file}.html" for file in [contents["root"], *files]} <= set(page_names())
    assert (SITE / "index.html").is_file()
    assert (SITE / ".nojekyll").is_file()


def test_internal_links_resolve(page):
    dead = []
    for _, address in addresses(page):
        if is_internal(address) and address not in ("", "#"):
            path, anchor = target(page, address)
            path = path / "index.html" if path.is_dir() else path
            if not path.is_file():
                dead.append(address)
            elif anchor and path.suffix == ".html" and anchor not in anchors(path):
                dead.append(f"{address} (no such anchor)")
    assert dead == []


def test_nothing_is_loaded_from_elsewhere(page):
    loading = [
        address
        for tag, address in addresses(page)
        if tag.name in LOADING or (tag.name == "link" and "canonical" not in tag.get("rel", []))
    ]
    assert [a for a in loading if not is_internal(a) and not a.startswith("data:")] == []
    inline = "".join(script.text for script in soup(page).find_all("script"))
    assert "http" not in inline.replace("http://www.w3.org", "")


def test_no_style_loads_from_elsewhere():
    for path in SITE.rglob("*.css"):
        urls = re.findall(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)", path.read_text())
        found = [url for pair in urls for url in pair if url]
        assert [url for url in found if url.startswith(("http", "//"))] == [], path.name


def test_buttons_wait_for_the_public_address(page):
    """No address is set: no link to a repository, to Binder or to Colab. One is: all of them."""
    outside = " ".join(address for _, address in addresses(page) if not is_internal(address))
    words = ("mybinder.org", "colab.research", "/edit/", "/issues/new")
    known = bool(CONFIG["sphinx"]["config"]["lcip_repository_url"])
    if not known:
        assert [word for word in words if word in outside] == []
        assert "executablebooks/jupyter-book" not in outside
    elif page.startswith("notebooks/"):
        assert [word for word in words if word not in outside] == []


def test_every_button_appears_once_the_address_is_set():
    from repository import theme_options

    options = theme_options("https://example.org/owner/name/", "main")
    assert options["repository_url"] == "https://example.org/owner/name"
    assert options["use_edit_page_button"] and options["use_issues_button"]
    assert options["launch_buttons"]["binderhub_url"] and options["launch_buttons"]["colab_url"]
    assert theme_options("", "main")["launch_buttons"] == {}


def test_images_are_described_in_words(page):
    for image in soup(page).find_all("img"):
        words = image.get("alt", "").strip()
        assert len(words) >= SHORTEST_WORDS, f"{image.get('src')}: alt is {words!r}"
        assert not FILE_NAME.fullmatch(words), words


def test_figures_have_captions_and_numbers(chapter):
    shown = soup(chapter).select("div.cell_output img")
    assert shown, "a chapter without a figure"
    for image in shown:
        figure = image.find_parent("figure")
        assert figure is not None, f"not a figure: {image['alt'][:60]}"
        caption = figure.find("figcaption")
        assert caption is not None, f"no caption: {image['alt'][:60]}"
        assert re.match(r"Fig\. \d+(\.\d+)?", caption.text.strip())
        words = re.sub(r"^Fig\. [\d.]+", "", caption.text.strip())
        assert len(words) >= SHORTEST_WORDS


def test_tables_have_captions_and_numbers(page):
    for table in soup(page).select("article table"):
        if table.find_parent(class_="lcip-banner"):
            continue
        figure = table.find_parent("figure", class_="lcip-table")
        caption = figure.find("figcaption") if figure else table.find("caption")
        assert caption is not None, f"no caption: {table.text[:80]!r}"
        assert re.match(r"Table \d+(\.\d+)?", caption.text.strip()), caption.text
        assert len(caption.select_one(".caption-text").text) >= SHORTEST_WORDS


def test_figures_and_tables_say_how_they_were_made(chapter):
    shown = soup(chapter).select("div.cell_output figure")
    assert shown, "a chapter without a figure or a table"
    for figure in shown:
        details = figure.find_next_sibling()
        assert details is not None and "lcip-origin" in details.get("class", []), figure.text[:80]
        names = [name.text for name in details.find_all("dt")]
        assert names == ["cell", "functions", "data", "commit"]
        address = details.find("a")["href"]
        assert soup(chapter).find(id=address.removeprefix("#")) is not None


def test_chapters_say_how_long_they_run(chapter):
    line = soup(chapter).select_one("p.lcip-run").text
    assert re.match(r"Ran in \d+\.\d s\. \d+ parameters?: lcip params \d+\.", line)


def test_the_scoreboard_is_that_of_the_claims():
    page = soup("book/scoreboard.html")
    statuses = [tag.text for tag in page.select("table#tab-scoreboard tbody .status")]
    assert statuses == claims()["status"].tolist()
    places = page.select("table#tab-scoreboard tbody td:last-child")
    assert [cell.text for cell in places if cell.find("a") is None] == []


def test_the_parameters_of_all_chapters_are_listed():
    rows = soup("book/rerunning.html").select("table.parameters tbody tr")
    assert len([row for row in rows if row.find("a")]) >= len(chapter_names())


def test_nothing_is_left_raw(page):
    body = soup(page).find("article") or soup(page)
    text = " ".join(piece for piece in body.find_all(string=True) if not inside_code(piece))
    assert RAW_MARKUP.findall(text) == []


def inside_code(piece) -> bool:
    names = {parent.name for parent in piece.parents}
    classes = {c for parent in piece.parents for c in (parent.get("class") or [])}
    return bool(names & {"pre", "code", "script", "style"} or classes & {"math"})


def test_a_page_has_a_language_a_title_and_one_heading(page):
    if page == "index.html":
        return  # sends the reader on to the front page
    parsed = soup(page)
    assert parsed.html["lang"] == "en"
    assert parsed.title.text.strip()
    assert len(parsed.select("main h1:not(#jb-print-docs-body h1)")) == 1


def test_the_first_page_leads_to_the_front_page():
    refresh = soup("index.html").find("meta", attrs={"http-equiv": re.compile("refresh", re.I)})
    assert "book/index.html" in refresh["content"]


def test_chapters_show_no_error(chapter):
    assert soup(chapter).select("div.cell_output div.output.traceback") == []
    assert "Traceback (most recent call last)" not in soup(chapter).text


def test_chapters_can_be_downloaded(chapter):
    (link,) = soup(chapter).select("a.btn-download-source-button")
    path, _ = target(chapter, link["href"])
    assert path.suffix == ".ipynb"
    cells = [c for c in json.loads(path.read_text())["cells"] if c["cell_type"] == "code"]
    assert cells and all(cell["execution_count"] for cell in cells)


@pytest.mark.parametrize("name", ["book/how-it-is-made.html"])
def test_the_page_on_how_it_is_made_has_the_record_of_this_build(name):
    times = soup(name).find("table", class_="record")
    links = " ".join(link["href"] for link in times.find_all("a"))
    for chapter in chapter_names():
        record = ROOT / "_build" / "executed" / chapter.removeprefix("notebooks/")
        seconds = json.loads(record.with_suffix(".json").read_text())["seconds"]
        assert chapter in links
        assert f"{seconds:.1f}" in times.text


def test_the_bibliography_has_every_source():
    keys = re.findall(r"^@\w+\{([^,]+),", (ROOT / "book" / "references.bib").read_text(), re.M)
    assert len(soup("book/bibliography.html").select("div.citation")) == len(set(keys))
