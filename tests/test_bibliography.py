"""The bibliography: labels as the text cites, in order, an address for whatever has one."""

import json
import re
import sys
from pathlib import Path

import pytest
from pybtex.database import BibliographyData, Entry, Person, parse_file

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

import author_year  # noqa: E402

ENTRIES = parse_file(str(ROOT / "book" / "references.bib")).entries
WITHOUT_ADDRESS = {
    "ulhaq2023thesis", "gallager1968information", "you2022ipdae", "loraalliance2020l2",
}  # fmt: skip


def entry(names: str, year: str = "2018") -> Entry:
    persons = {"author": [Person(name) for name in names.split(" and ")]}
    return Entry("misc", fields={"year": year, "title": "T"}, persons=persons)


@pytest.mark.parametrize(
    ("names", "label"),
    [
        ("Shannon, Claude E.", "Shannon, 2018"),
        ("Horn, Berthold K. P. and Schunck, Brian G.", "Horn and Schunck, 2018"),
        ("Ball{\\'e}, Johannes and Minnen, David and Singh, Saurabh", "Ballé et al., 2018"),
        ("Alakuijala, Jyrki and others", "Alakuijala et al., 2018"),
        ("{Eastman Kodak}", "Eastman Kodak, 2018"),
        ("van der Walt, St{\\'e}fan", "van der Walt, 2018"),
    ],
)
def test_a_label_is_names_and_year(names, label):
    assert author_year.label_of(entry(names)) == label


def test_equal_labels_get_letters_and_names_are_in_order():
    data = BibliographyData(
        {"a": entry("Zhang, A"), "b": entry("Özyılkan, B"), "c": entry("Zhang, C")}
    )
    author_year.setup(None)
    style = author_year.Style()
    formatted = list(style.format_bibliography(data))
    assert [one.label for one in formatted] == ["Özyılkan, 2018", "Zhang, 2018a", "Zhang, 2018b"]


def test_every_source_that_has_an_address_gives_it():
    bare = {k for k, e in ENTRIES.items() if not {"doi", "url", "eprint"} & set(e.fields)}
    assert bare == WITHOUT_ADDRESS & set(ENTRIES)
    assert not [k for k, e in ENTRIES.items() if "arXiv" in e.fields.get("note", "")]


def test_what_is_cited_is_there():
    pages = [path.read_text(encoding="utf8") for path in (ROOT / "book").rglob("*.md")]
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf8"))["cells"]
        pages += ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
    found = re.findall(r"\{cite[^}]*\}`([^`]+)`", "\n".join(pages))
    cited = {key.strip() for keys in found for key in keys.split(",")}
    assert cited and cited <= set(ENTRIES)
