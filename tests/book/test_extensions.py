"""What the book's own extensions put on the pages."""

import pytest
from bs4 import BeautifulSoup
from tiny_book import render

from lcip.results import claims
from lcip.results.inventory import inventory

TINY = "notebooks/part/21-tiny"


def origins(page) -> list:
    return page(TINY).select("details.lcip-origin")


def told(details) -> dict[str, str]:
    """The lines of a disclosure by their names."""
    names = [term.text for term in details.find_all("dt")]
    return dict(zip(names, (body.text.strip() for body in details.find_all("dd")), strict=True))


def test_a_table_of_a_cell_has_a_number_a_caption_and_an_address(page):
    figures = page(TINY).select("figure.lcip-table")
    assert len(figures) == 1, "the table of a cell without words stays as it is"
    caption = figures[0].find("figcaption")
    assert caption.text.strip().startswith("Table")
    assert "of one sample, from one photograph." in caption.text
    assert caption.find("code").text == "one"
    assert figures[0]["id"] == "tab-one" and figures[0].find("table") is not None
    number = caption.select_one(".caption-number").text.strip()
    assert number in page("book/rerunning").text, "numref finds it"


def test_every_figure_and_table_says_how_it_was_made(page):
    assert len(origins(page)) == 2
    table, figure = map(told, origins(page))
    assert table["cell"] == "shown of notebooks/part/21-tiny.ipynb"
    assert table["functions"] == "lcip.metrics.images.psnr_db"
    assert figure["functions"] == "lcip.metrics.images.ms_ssim"
    assert table["commit"] == "0123456789+"


def test_data_files_are_those_of_the_cells_that_the_output_rests_on(page):
    data = told(origins(page)[0])["data"]
    assert "data/measured/distributions/kodak.csv (made by python -m lcip.distributions" in data
    assert "data/published/pdf_table_2_1_per_quality.csv (thesis tbl:pdf (Table 2.1))" in data
    assert "kodak.json" not in data and "claims.csv" not in data


def test_links_lead_to_the_cell_to_the_source_and_to_the_commit(page):
    links = [link["href"] for link in origins(page)[0].find_all("a")]
    assert "#cell-shown" in links and page(TINY).find(id="cell-shown") is not None
    (source,) = [link for link in links if "sources.html#" in link]
    assert page("book/sources").find(id=source.split("#")[1]) is not None
    base = "https://example.org/owner/book/blob/0123456789abcdef0123/"
    assert f"{base}data/measured/distributions/kodak.csv" in links
    assert any(link.startswith(f"{base}lcip/metrics/images.py#L") for link in links)


def test_without_an_address_and_a_record_the_words_remain(tmp_path):
    text = (render(tmp_path, "", record=False) / f"{TINY}.html").read_text()
    parsed = BeautifulSoup(text, "html.parser")
    found = told(parsed.select("details.lcip-origin")[0])
    assert found["functions"] == "lcip.metrics.images.psnr_db"
    assert found["data"] == "none: computed live" and "commit" not in found
    assert "example.org" not in text and "github" not in text


def test_a_chapter_begins_with_its_run_time_and_how_to_run_it(page):
    line = page(TINY).select_one("p.lcip-run").text
    assert line == "Ran in 12.3 s. 2 parameters: lcip params 21. Rerunning."


def test_all_parameters_are_listed_with_their_limits(page):
    rows = page("book/rerunning").select("table.parameters tbody tr")
    cells = [[cell.text.strip() for cell in row.find_all("td")] for row in rows]
    assert cells == [
        ["A tiny chapter", "12.3", "lmbda", "20", "int one of 10, 20, 40", "weight <of> the loss"],
        ["", "", "size_px", "3", "int at least 1 px", "side"],
    ]


def test_the_example_of_a_rerun_takes_another_value_and_shows_the_notice(page):
    found = page("book/rerunning")
    assert "lcip run 21 -p lmbda 40 --html" in found.text
    banner = found.select_one(".lcip-banner")
    cells = [cell.text for cell in banner.select("tbody td")]
    assert cells == ["lmbda", "20", "40", "", "weight <of> the loss"]
    assert "git clone --quiet --depth 1 https://example.org/owner/book.git lcip" in found.text


def test_the_scoreboard_has_every_claim_and_counts_them(page):
    found, table = page("book/scoreboard"), claims()
    rows = found.select("table#tab-scoreboard tbody tr")
    assert len(rows) == len(table)
    statuses = [row.select_one(".status").text for row in rows]
    assert statuses == table["status"].tolist()
    total = found.select("table#tab-scoreboard-counts tbody tr")[-1].find_all("td")
    counts = dict(zip(("reproduced", "differs", "beyond", "not attempted"),
                      (int(cell.text) for cell in total[1:5]), strict=True))  # fmt: skip
    assert counts == {name: statuses.count(name) for name in counts}
    assert int(total[5].text) == len(table)


def test_every_claim_links_to_its_source(page):
    targets = {tag["id"] for tag in page("book/sources").find_all(id=True)}
    for row in page("book/scoreboard").select("table#tab-scoreboard tbody tr"):
        (link,) = [a["href"] for a in row.find_all("a") if "sources.html#" in a["href"]]
        assert link.split("#")[1] in targets


def test_the_contents_are_all_there(page):
    rows = page("book/scoreboard").select("table#tab-contents tbody tr")
    assert len(rows) == len(inventory())
    assert all(row.select_one(".status").text for row in rows)


@pytest.mark.parametrize("name", ["book/scoreboard", "book/rerunning"])
def test_the_script_for_tables_is_loaded_only_where_it_is_used(page, name):
    scripts = [tag.get("src", "") for tag in page(name).find_all("script")]
    assert any("scoreboard.js" in script for script in scripts) == (name == "book/scoreboard")
