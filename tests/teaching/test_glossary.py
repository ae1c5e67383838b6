"""The glossary and the notation table: in order, and linked to from the chapters."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "book" / "glossary.md").read_text(encoding="utf8")
TERM = re.compile(r"\{term\}`(?:[^`<]*<)?([^`<>]+)>?`")
FEWEST_LINKS = 5


def terms() -> list[str]:
    body = GLOSSARY.split("```{glossary}\n")[1].split("\n```")[0]
    return [line.strip() for line in body.splitlines() if line and not line.startswith(" ")]


def prose(part: str) -> list[tuple[str, str]]:
    """Every Markdown cell of a part's notebooks, in order, with the notebook's name."""
    found = []
    for path in sorted((ROOT / "notebooks").glob(f"{part}-*/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf8"))["cells"]
        texts = ("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        found += [(path.stem, text) for text in texts]
    return found


def test_the_terms_are_in_order_and_each_there_once():
    found = terms()
    assert len(found) >= 30
    assert found == sorted(set(found), key=str.lower)


def test_every_term_has_its_words():
    body = GLOSSARY.split("```{glossary}\n")[1].split("\n```")[0]
    entries = re.split(r"\n\n", body.strip())
    assert len(entries) == len(terms())
    assert all(len(entry.split()) >= 8 for entry in entries)


@pytest.mark.parametrize("part", "1234")
def test_the_first_use_in_a_part_links_to_the_glossary(part):
    linked = [term for _, text in prose(part) for term in TERM.findall(text)]
    assert len(set(linked)) >= FEWEST_LINKS
    assert {term.lower() for term in linked} <= {term.lower() for term in terms()}


@pytest.mark.parametrize("part", "1234")
def test_a_term_is_linked_where_it_comes_first(part):
    """No plain use of a linked term in an earlier cell of the part's prose."""
    texts = [
        re.sub(r"```.*?```|\$[^$]*\$|^#.*$", " ", text, flags=re.S | re.M)
        for _, text in prose(part)
    ]
    for place, text in enumerate(texts):
        for term in TERM.findall(text):
            if term in ("file", "estimate", "context"):
                continue  # words of every day; linked where they are defined
            earlier = " ".join(
                re.sub(r"\{[a-z]+\}`[^`]*`|`[^`]*`", " ", each) for each in texts[:place]
            )
            plain = re.compile(rf"(?<![\w-]){re.escape(term)}s?(?![\w-])", re.I)
            assert not plain.search(earlier) or term in " ".join(
                found for each in texts[:place] for found in TERM.findall(each)
            ), f"{term} in part {part}"


def test_symbols_are_explained_by_terms_that_exist():
    notation = (ROOT / "book" / "notation.md").read_text(encoding="utf8")
    used = {term.lower() for term in TERM.findall(notation)}
    assert used and used <= {term.lower() for term in terms()}
    for symbol in ("$g_a$", "$\\lambda$", "$\\lambda_q$", "$h_{a,q}$", "$\\tilde v$", "$P$", "$N$"):
        assert symbol in notation, symbol
