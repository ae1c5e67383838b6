"""The bibliography's labels are the names that the text cites by: [Ballé et al., 2018].

sphinxcontrib-bibtex writes citations as author and year, and pybtex labels the list with numbers; a
reader of a printed page could not find one from the other. The style `author_year` of this file is
pybtex's `plain` with such labels; two works of one name and year get a letter behind it.
"""

import unicodedata
from collections import Counter

from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style as Plain
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.sorting import BaseSortingStyle

NAMED = 2  # authors; of more, the first


class Labels(BaseLabelStyle):
    """Names and year of each entry, as `sphinxcontrib.bibtex` cites it."""

    def format_labels(self, sorted_entries):
        labels = [label_of(entry) for entry in sorted_entries]
        seen = Counter()
        for label in labels:
            seen[label] += 1
            again = labels.count(label) > 1
            yield label + (chr(ord("a") + seen[label] - 1) if again else "")


def label_of(entry) -> str:
    """'Ballé et al., 2018', 'Horn and Schunck, 1981', 'Google, 2017'."""
    people = entry.persons.get("author", [])
    names = [_last(person) for person in people]
    many = len(names) > NAMED or "others" in names
    who = f"{names[0]} et al." if many else " and ".join(names)
    return ", ".join(part for part in (who or entry.key, entry.fields.get("year")) if part)


def _last(person) -> str:
    parts = [*person.rich_prelast_names, *person.rich_last_names]
    return " ".join(part.render_as("text") for part in parts)


class Order(BaseSortingStyle):
    """By label, accents and capitals aside: where a reader looks for the name."""

    def sorting_key(self, entry):
        plain = unicodedata.normalize("NFKD", label_of(entry))
        return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


class Style(Plain):
    """pybtex's plain list with these labels, in their order."""

    default_label_style = "author_year"
    default_sorting_style = "author_year"


def setup(app):
    register_plugin("pybtex.style.labels", "author_year", Labels, force=True)
    register_plugin("pybtex.style.sorting", "author_year", Order, force=True)
    register_plugin("pybtex.style.formatting", "author_year", Style, force=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
