"""Where published numbers were read: the source labels, and one address for each."""

import hashlib
import re

from lcip.results.published import read_published

LONGEST = 40


def published_sources(name: str) -> list[str]:
    """The distinct source labels of a published table, in the order of its rows."""
    return list(dict.fromkeys(read_published(name)["source"]))


def label_of(source: str) -> str:
    """The label by which pages link to a source: words of it, and a checksum that tells it apart.

    >>> label_of("thesis tbl:pdf (Table 2.1)")
    'source-thesis-tbl-pdf-table-2-1-54e1'
    """
    words = re.sub(r"[^a-z0-9]+", "-", source.lower()).strip("-")[:LONGEST].strip("-")
    return f"source-{words}-{hashlib.sha256(source.encode()).hexdigest()[:4]}"
