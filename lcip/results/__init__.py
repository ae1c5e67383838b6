"""Results: published and measured tables, their provenance, and the claims they are held against.

A measurement is a row with its unit in the column's name; means, BD figures and tables are computed
from rows, never typed in.
"""

from lcip.results.extractors import extract, extractor
from lcip.results.measured import (
    Measured,
    MissingTableError,
    measured_names,
    read_measured,
    write_measured,
)
from lcip.results.published import published_names, read_published
from lcip.results.scoreboard import claims, update_claims
from lcip.results.tables import ResultsError

__all__ = [
    "Measured",
    "MissingTableError",
    "ResultsError",
    "claims",
    "extract",
    "extractor",
    "measured_names",
    "published_names",
    "read_measured",
    "read_published",
    "update_claims",
    "write_measured",
]
